"""Reads the part of Ditto's query language that the product uses, and refuses everything else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.dql.tree import (
    Between,
    Binary,
    Call,
    Case,
    Cast,
    Expression,
    Insert,
    Is,
    Item,
    Made,
    Not,
    Parameter,
    Path,
    Remove,
    Select,
    Statement,
    Update,
    Value,
)

_TOKEN: Final = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<text>'(?:\\.|[^'\\])*')"
    r"|(?P<parameter>:\w+)|(?P<name>[A-Za-z_]\w*)|(?P<sign><=|>=|!=|[-=<>+*/(){}\[\],.:])"
)
_COMPARISONS: Final = ("=", "!=", "<=", ">=", "<", ">")
_AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX"})
_FUNCTIONS: Final = frozenset(
    {"coalesce", "array_contains", "lower", "object_length", "split", "trim"}
)
_CONSTANTS: Final = {"TRUE": True, "FALSE": False, "NULL": None}
_CONFLICTS: Final = ("NOTHING", "UPDATE_LOCAL_DIFF", "UPDATE")
_END: Final = ("", "")


class UnknownDqlError(ValueError):
    """A statement has something that the oracle does not know."""


def read(text: str) -> Statement:
    """A statement as a tree; raises UnknownDqlError, which names the place."""
    return _Reader(text).statement()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise UnknownDqlError(f"{text[at : at + 20]!r} is unknown in: {text}")
            if found.lastgroup != "space":
                self._tokens.append((str(found.lastgroup), found.group()))
            at = found.end()
        self._at = 0

    def statement(self) -> Statement:
        readers: dict[str, Callable[[], Statement]] = {
            "SELECT": self._select,
            "INSERT": self._insert,
            "UPDATE": self._update,
            "EVICT": self._remove,
            "DELETE": self._remove,
        }
        verb = self._peek()[1].upper()
        if verb not in readers:
            raise self._unknown()
        made = readers[verb]()
        if self._peek() != _END:
            raise self._unknown()
        return made

    # Statements

    def _select(self) -> Select:
        self._need("SELECT")
        distinct = self._take("DISTINCT")
        columns = None if self._take("*") else tuple(self._listed(self._column))
        self._need("FROM")
        collection = self._name()
        ids = self._ids()
        index = self._take("USE") and self._index()
        where = self._where()
        group = ()
        if self._take("GROUP"):
            self._need("BY")
            group = tuple(self._listed(self._path))
        order: tuple[tuple[Expression, bool], ...] = ()
        if self._take("ORDER"):
            self._need("BY")
            order = tuple(self._listed(self._key))
        limit = self._expression() if self._take("LIMIT") else None
        offset = self._expression() if self._take("OFFSET") else None
        made = Select(
            collection, columns, distinct, ids, index or "", where, group, order, limit, offset
        )
        if made.is_grouped and (order or distinct):
            raise UnknownDqlError(f"sorted groups are unknown: {self._text}")
        return made

    def _insert(self) -> Insert:
        self._need("INSERT")
        self._need("INTO")
        collection = self._name()
        conflict = "INITIAL" if self._take("INITIAL") else "FAIL"
        self._need("DOCUMENTS")
        self._need("(")
        documents = self._expression()
        self._need(")")
        if conflict == "FAIL" and self._take("ON"):
            for word in ("ID", "CONFLICT", "DO"):
                self._need(word)
            conflict = self._name()
            if conflict not in _CONFLICTS:
                raise self._unknown()
        return Insert(collection, documents, conflict)

    def _update(self) -> Update:
        self._need("UPDATE")
        collection = self._name()
        ids = self._ids()
        increments = tuple(self._listed(self._increment)) if self._take("APPLY") else ()
        values = tuple(self._listed(self._assignment)) if self._take("SET") else ()
        return Update(collection, ids, increments, values, self._where())

    def _remove(self) -> Remove:
        verb = self._peek()[1].upper()
        self._need(verb)
        self._need("FROM")
        collection = self._name()
        ids = self._ids()
        where = self._where()
        return Remove(
            collection, verb, ids, where, self._expression() if self._take("LIMIT") else None
        )

    # Clauses

    def _column(self) -> tuple[str, Expression]:
        value = self._expression()
        if self._take("AS"):
            return self._name(), value
        if isinstance(value, Path) and len(value.names) == 1:
            return value.names[0], value
        raise self._unknown()

    def _ids(self) -> Expression | None:
        if self._peek()[1].upper() != "USE" or self._peek(1)[1].upper() != "IDS":
            return None
        for word in ("USE", "IDS", "LIST"):
            self._need(word)
        return self._expression()

    def _index(self) -> str:
        self._need("INDEX")
        kind, text = self._next()
        if kind != "text":
            raise self._unknown()
        return text[1:-1]

    def _where(self) -> Expression | None:
        return self._expression() if self._take("WHERE") else None

    def _key(self) -> tuple[Expression, bool]:
        value = self._expression()
        descending = self._take("DESC")
        if not descending:
            self._take("ASC")
        return value, descending

    def _increment(self) -> tuple[str, Expression]:
        name = self._name()
        self._need("INCREMENT")
        self._need("BY")
        return name, self._expression()

    def _assignment(self) -> tuple[str, Expression]:
        name = self._name()
        self._need("=")
        return name, self._expression()

    # Expressions, the loosest first

    def _expression(self) -> Expression:
        left = self._all_of()
        while self._take("OR"):
            left = Binary("OR", left, self._all_of())
        return left

    def _all_of(self) -> Expression:
        left = self._negated()
        while self._take("AND"):
            left = Binary("AND", left, self._negated())
        return left

    def _negated(self) -> Expression:
        return Not(self._negated()) if self._take("NOT") else self._compared()

    def _compared(self) -> Expression:
        left = self._sum()
        for sign in _COMPARISONS:
            if self._take(sign):
                return Binary(sign, left, self._sum())
        if self._take("IN"):
            return Binary("IN", left, self._sum())
        if self._take("BETWEEN"):
            low = self._sum()
            self._need("AND")
            return Between(left, low, self._sum())
        if self._take("IS"):
            negated = self._take("NOT")
            what = self._name().upper()
            if what not in ("NULL", "MISSING"):
                raise self._unknown()
            return Not(Is(left, what)) if negated else Is(left, what)
        return left

    def _sum(self) -> Expression:
        left = self._product()
        while self._peek()[1] in ("+", "-"):
            left = Binary(self._next()[1], left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._signed()
        while self._peek()[1] in ("*", "/"):
            left = Binary(self._next()[1], left, self._signed())
        return left

    def _signed(self) -> Expression:
        if self._take("-"):
            return Call("-", (self._signed(),))
        value = self._single()
        while self._take("["):
            value = Item(value, self._expression())
            self._need("]")
        return value

    def _single(self) -> Expression:
        kind, text = self._peek()
        word = text.upper()
        if kind == "number":
            self._next()
            return Value(float(text) if set(text) & set(".eE") else int(text))
        if kind == "text":
            self._next()
            if "\\" in text:
                raise self._unknown()
            return Value(text[1:-1])
        if kind == "parameter":
            self._next()
            return Parameter(text[1:])
        if self._take("("):
            value = self._expression()
            self._need(")")
            return value
        if self._take("{"):
            entries = tuple(self._listed(self._entry))
            self._need("}")
            return Made(entries)
        if kind != "name":
            raise self._unknown()
        if word in _CONSTANTS:
            self._next()
            return Value(_CONSTANTS[word])
        if word == "CASE":
            return self._case()
        if self._peek(1)[1] == "(":
            return self._cast() if word == "CAST" else self._call()
        return self._path()

    def _path(self) -> Path:
        names = [self._name()]
        while self._take("."):
            names.append(self._name())
        return Path(tuple(names))

    def _entry(self) -> tuple[str, Expression]:
        kind, text = self._next()
        if kind != "text":
            raise self._unknown()
        # `: at` and `:at` are two tokens and one: here the colon stands alone.
        self._need(":")
        return text[1:-1], self._expression()

    def _case(self) -> Case:
        self._need("CASE")
        branches = []
        while self._take("WHEN"):
            condition = self._expression()
            self._need("THEN")
            branches.append((condition, self._expression()))
        otherwise = self._expression() if self._take("ELSE") else Value(None)
        self._need("END")
        return Case(tuple(branches), otherwise)

    def _cast(self) -> Cast:
        self._need("CAST")
        self._need("(")
        value = self._expression()
        self._need("AS")
        kind = self._name().upper()
        self._need(")")
        if kind not in ("INT", "FLOAT"):
            raise self._unknown()
        return Cast(value, kind)

    def _call(self) -> Call:
        name = self._name()
        if name not in _AGGREGATES | _FUNCTIONS:
            raise self._unknown()
        self._need("(")
        distinct = name == "COUNT" and self._take("DISTINCT")
        starred = name == "COUNT" and self._take("*")
        arguments = () if starred else tuple(self._listed(self._expression))
        self._need(")")
        if distinct:
            name = "COUNT DISTINCT"
        return Call("COUNT *" if starred else name, arguments)

    # Tokens

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else _END

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _take(self, word: str) -> bool:
        kind, text = self._peek()
        found = kind in ("name", "sign") and text.upper() == word
        self._at += found
        return found

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise self._unknown()

    def _name(self) -> str:
        kind, text = self._peek()
        if kind != "name":
            raise self._unknown()
        self._at += 1
        return text

    def _listed(self, one: Any) -> Iterator[Any]:
        yield one()
        while self._take(","):
            yield one()

    def _unknown(self) -> UnknownDqlError:
        return UnknownDqlError(f"{self._peek()[1]!r} is unknown here: {self._text}")
