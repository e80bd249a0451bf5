"""Runs statements on plain dicts, to compare Ditto with; `values` has the rules of the values."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.dql import tree, values
from tests.dql.reader import UnknownDqlError
from tests.dql.values import MISSING, Count

Document = dict[str, Any]
Parameters = Mapping[str, Any]


class RefusedError(Exception):
    """Ditto would refuse the statement."""


@dataclass(frozen=True)
class Rows:
    """What a query has to give: from each group as many rows as it says, in the order of groups.

    Within a group every order is right, and where it has more rows than are wanted, every choice.
    """

    groups: tuple[tuple[list[Document], int], ...]
    reckoned: frozenset[str] = frozenset()
    """The columns whose numbers depend on the order in which they were added up."""


@dataclass(frozen=True)
class Changed:
    """What a change has to leave: `ids` that it tells of, and what is stored then.

    With a `limit`, some of the ids, and all but those are still stored.
    """

    ids: list[Any]
    documents: list[Document]
    limit: int | None = None


def run(
    statement: tree.Statement, documents: Sequence[Document], parameters: Parameters
) -> Rows | Changed:
    """The result of a statement on the documents of its collection, which stay as they are.

    Raises RefusedError where Ditto has to refuse it.
    """
    if isinstance(statement, tree.Select):
        return _select(statement, documents, parameters)
    stored = copy.deepcopy(list(documents))
    if isinstance(statement, tree.Insert):
        return _insert(statement, stored, parameters)
    if isinstance(statement, tree.Update):
        return _update(statement, stored, parameters)
    return _remove(statement, stored, parameters)


def value_of(expression: tree.Expression, document: Document, parameters: Parameters) -> Any:
    """The value of an expression for one document."""
    return _Row(document, parameters).column(expression)


def key(document_id: Any) -> Any:
    """What tells the `_id` of one document from that of another."""
    return values.same(document_id)


# Queries


def _select(statement: tree.Select, documents: Sequence[Document], parameters: Parameters) -> Rows:
    found = _found(statement.ids, statement.where, documents, parameters)
    reckoned: frozenset[str] = frozenset()
    if statement.is_grouped:
        columns = statement.columns or ()
        rows = [((), _projected(columns, group)) for group in _groups(statement, found, parameters)]
        reckoned = frozenset(name for name, value in columns if tree.aggregates(value))
    else:
        rows = [(_place(statement, row), _row(statement, row)) for row in found]
    if statement.distinct:
        rows = list({values.same(row): (place, row) for place, row in rows}.values())
    return Rows(tuple(_taken(statement, rows, parameters)), reckoned)


def _place(statement: tree.Select, row: _Row) -> tuple[Any, ...]:
    return tuple(
        _Reversed(values.place(row.column(by))) if descending else values.place(row.column(by))
        for by, descending in statement.order
    )


def _taken(
    statement: tree.Select, rows: list[tuple[Any, Document]], parameters: Parameters
) -> list[tuple[list[Document], int]]:
    none = _Row({}, parameters)
    skip = none.value(statement.offset) if statement.offset else 0
    left = none.value(statement.limit) if statement.limit else len(rows)
    taken = []
    for _, group in itertools.groupby(sorted(rows, key=lambda one: one[0]), lambda one: one[0]):
        alike = [row for _, row in group]
        skipped = min(skip, len(alike))
        wanted = min(left, len(alike) - skipped)
        skip, left = skip - skipped, left - wanted
        if wanted:
            taken.append((alike, wanted))
    return taken


def _row(statement: tree.Select, row: _Row) -> Document:
    return row.document if statement.columns is None else _projected(statement.columns, row)


def _projected(columns: Sequence[tuple[str, tree.Expression]], row: _Row) -> Document:
    """The columns of a row; what is MISSING is not in it."""
    found = {name: row.column(value) for name, value in columns}
    return {name: value for name, value in found.items() if value is not MISSING}


def _groups(statement: tree.Select, found: list[_Row], parameters: Parameters) -> list[_Group]:
    """The groups of rows; one without any row where there is nothing to group."""
    groups: dict[Any, list[_Row]] = {}
    for row in found:
        groups.setdefault(tuple(values.same(row.column(by)) for by in statement.group), []).append(
            row
        )
    return [_Group(rows, parameters) for rows in groups.values()] or [_Group([], parameters)]


# Changes


def _insert(statement: tree.Insert, stored: list[Document], parameters: Parameters) -> Changed:
    given = _Row({}, parameters).value(statement.documents)
    given = given if isinstance(given, list) else [given]
    if not given or len({key(one["_id"]) for one in given}) < len(given):
        raise RefusedError
    there = {key(one["_id"]): one for one in stored}
    ids = []
    for new in copy.deepcopy(given):
        old = there.get(key(new["_id"]))
        if old is None:
            stored.append(new)
            ids.append(new["_id"])
        elif statement.conflict == "FAIL":
            raise RefusedError
        elif statement.conflict.startswith("UPDATE"):
            change = new
            if statement.conflict == "UPDATE_LOCAL_DIFF":
                change = values.different(old, new)
            if change is not MISSING:
                old.update(values.merged(old, change))
                ids.append(new["_id"])
    return Changed(ids, stored)


def _update(statement: tree.Update, stored: list[Document], parameters: Parameters) -> Changed:
    rows = _found(statement.ids, statement.where, stored, parameters)
    ids = [row.document["_id"] for row in rows]
    # A document that is listed twice is told of twice, and changed once.
    for row in {key(row.document["_id"]): row for row in rows}.values():
        change: Document = {}
        for name, value in statement.increments:
            change[name] = _incremented(row.document.get(name), row.value(value))
        for name, value in statement.values:
            if (new := row.column(value)) is MISSING:
                raise RefusedError
            change[name] = new
        row.document.update(values.merged(row.document, change))
    return Changed(ids, stored)


def _incremented(stored: Any, by: Any) -> Count:
    """What an increment makes of a field: what was not made by increments counts from 0."""
    if not isinstance(by, int):
        raise RefusedError
    return Count(stored + by) if isinstance(stored, Count) else Count(by)


def _remove(statement: tree.Remove, stored: list[Document], parameters: Parameters) -> Changed:
    # By ids alone, without a condition, Ditto removes nothing.
    nothing = statement.ids is not None and statement.where is None
    rows = [] if nothing else _found(statement.ids, statement.where, stored, parameters)
    ids = {key(row.document["_id"]): row.document["_id"] for row in rows}
    limit = _Row({}, parameters).value(statement.limit) if statement.limit else None
    if limit is not None:
        return Changed(list(ids.values()), stored, min(limit, len(ids)))
    return Changed(list(ids.values()), [one for one in stored if key(one["_id"]) not in ids])


def _found(
    ids: tree.Expression | None,
    where: tree.Expression | None,
    documents: Sequence[Document],
    parameters: Parameters,
) -> list[_Row]:
    rows = [_Row(one, parameters) for one in documents]
    if ids is not None:
        rows = _listed(rows, _Row({}, parameters).value(ids))
    found = [row for row in rows if where is None or row.column(where) is True]
    by_id = isinstance(where, tree.Binary) and where.operator == "IN"
    if by_id and where.left == tree.Path(("_id",)):  # type: ignore[union-attr]
        return _listed(found, _Row({}, parameters).value(where.right))  # type: ignore[union-attr]
    return found


def _listed(rows: list[_Row], ids: Any) -> list[_Row]:
    """The rows of a list of ids, each as often as it is listed."""
    if not isinstance(ids, list):
        raise RefusedError
    there = {key(row.document["_id"]): row for row in rows}
    return [there[key(one)] for one in ids if key(one) in there]


# Values


class _Row:
    """A document, and what expressions are for it."""

    def __init__(self, document: Document, parameters: Parameters) -> None:
        self.document = document
        self._parameters = parameters

    def column(self, expression: tree.Expression) -> Any:
        """The value of a whole expression, MISSING where it has none."""
        try:
            return self.value(expression)
        except values.NoValueError:
            return MISSING

    def value(self, expression: tree.Expression) -> Any:
        """The value of a part of an expression; raises NoValueError where it has none."""
        match expression:
            case tree.Value(value):
                return value
            case tree.Parameter(name):
                return self._parameters[name]
            case tree.Path(names):
                return values.field(self.document, names)
            case tree.Made(entries):
                return {name: self.value(its) for name, its in entries}
            case tree.Not(value):
                return values.contrary(self.value(value))
            case tree.Is(value, what):
                return self.value(value) is (None if what == "NULL" else MISSING)
            case tree.Between(value, low, high):
                its = self.value(value)
                at_least = _compared(">=", its, self.value(low))
                return values.both(at_least, lambda: _compared("<=", its, self.value(high)))
            case tree.Case(branches, otherwise):
                cases = (then for when, then in branches if self.value(when) is True)
                return self.value(next(cases, otherwise))
            case tree.Cast(value, kind):
                cast = values.as_int if kind == "INT" else values.as_float
                return cast(self.value(value))
            case tree.Item(value, at):
                return values.item(self.value(value), self.value(at))
            case tree.Binary("AND", left, right):
                return values.both(self.value(left), lambda: self.value(right))
            case tree.Binary("OR", left, right):
                return values.either(self.value(left), lambda: self.value(right))
            case tree.Binary(operator, left, right):
                return _BINARY[operator](self.value(left), self.value(right))
            case tree.Call():
                return self.call(expression)
        raise UnknownDqlError(repr(expression))

    def call(self, call: tree.Call) -> Any:
        if call.name not in _FUNCTIONS:
            raise UnknownDqlError(call.name)
        return _FUNCTIONS[call.name](*map(self.value, call.arguments))


class _Group(_Row):
    """Documents that are one row."""

    def __init__(self, rows: list[_Row], parameters: Parameters) -> None:
        super().__init__(rows[0].document if rows else {}, parameters)
        self._rows = rows

    def call(self, call: tree.Call) -> Any:
        if not call.is_aggregate:
            return super().call(call)
        if call.name == "COUNT *":
            return len(self._rows)
        found = [row.column(call.arguments[0]) for row in self._rows]
        there = [one for one in found if values.counts(one)]
        aggregates: dict[str, Callable[[], Any]] = {
            "COUNT": lambda: len(there),
            "COUNT DISTINCT": lambda: len({values.same(one) for one in there}),
            "SUM": lambda: values.total(found),
            "MIN": lambda: values.extreme(found, most=False),
            "MAX": lambda: values.extreme(found, most=True),
        }
        return aggregates[call.name]()


class _Reversed(tuple[Any, ...]):
    """A place in a descending order."""

    __slots__ = ()

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        return tuple(other) < tuple(self)

    def __gt__(self, other: tuple[Any, ...]) -> bool:
        return tuple(other) > tuple(self)


def _compared(sign: str, left: Any, right: Any) -> Any:
    signs: dict[str, Callable[[int], bool]] = {
        "=": lambda found: found == 0,
        "!=": lambda found: found != 0,
        "<": lambda found: found < 0,
        "<=": lambda found: found <= 0,
        ">": lambda found: found > 0,
        ">=": lambda found: found >= 0,
    }
    found = values.told(left, right)
    return signs[sign](found) if isinstance(found, int) else found


def _comparison(sign: str) -> Callable[[Any, Any], Any]:
    return lambda left, right: _compared(sign, left, right)


def _arithmetic(sign: str) -> Callable[[Any, Any], Any]:
    return lambda left, right: values.reckoned(sign, left, right)


_BINARY: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "IN": values.in_list,
    **{sign: _comparison(sign) for sign in ("=", "!=", "<", "<=", ">", ">=")},
    **{sign: _arithmetic(sign) for sign in "+-*/"},
}
_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "-": lambda value: values.reckoned("-", 0, value),
    "array_contains": values.contained,
    "coalesce": values.first,
    "lower": lambda value: values.of_kind("text", value, str.lower),
    "object_length": lambda value: values.of_kind("map", value, len),
    "trim": lambda value: values.of_kind("text", value, str.strip),
    "split": lambda value, by: values.of_kind("text", value, lambda text: values.split(text, by)),
}
