"""Random documents of every collection, and parameters that find some of them.

A field has one of few values, so that documents have some in common; now and then it has none, or
one that is nobody's intent.
"""

from __future__ import annotations

import copy
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, Any, Final, NotRequired

from connector_config.schema.collections import COLLECTIONS, INVENTORY, ORDERS, ditto_id
from connector_config.schema.documents import SHAPES
from tests.dql import tree
from tests.dql.oracle import Document, RefusedError, Rows, run, value_of
from tests.dql.values import MISSING, Count, number_of
from tests.helpers.nasty import VALUES

COUNTER: Final = "stock_delta"
_ALIKE: Final = 8
"""How many values a field has: more than six, of which Ditto mistakes a second list."""
_TRIES: Final = 6
_INSTANTS: Final = [f"2026-11-2{day}T08:00:00.000Z" for day in range(_ALIKE)]
_NUMBERS: Final = [-7, -1, 0, 1, 2, 3, 5, 12]
_DAMAGES: Final = [
    # A sum of both depends on the order in which it is added up.
    value
    for name, value in VALUES.items()
    if name != "too small"
]
_PLAIN: Final[dict[str, list[Any]]] = {
    "int": _NUMBERS,
    "float": [one / 4 for one in _NUMBERS],
    "bool": [True, False, False],
}


@dataclass
class Fields:
    """What statements say of the fields of a collection."""

    literals: dict[tuple[str, ...], list[Any]] = field(default_factory=dict)
    """What they are compared with, by path; empty where that is a parameter."""
    kinds: dict[tuple[str, ...], str] = field(default_factory=dict)
    """The kinds of parameters that they are compared with."""


def fields_of(
    statements: Iterable[tuple[tree.Statement, Mapping[str, str]]],
) -> dict[str, Fields]:
    """The fields in statements, by collection; each with the kinds of its parameters."""
    found: dict[str, Fields] = {}
    for statement, kinds in statements:
        its = found.setdefault(statement.collection, Fields())
        ids = getattr(statement, "ids", None)
        if isinstance(ids, tree.Parameter):
            its.kinds["_id",] = kinds.get(ids.name, "text").removeprefix("list of ")
        for one in tree.within(statement):
            if isinstance(one, tree.Path):
                its.literals.setdefault(one.names, [])
            if isinstance(one, tree.Binary) and isinstance(one.left, tree.Path):
                known = its.literals.setdefault(one.left.names, [])
                if isinstance(one.right, tree.Value) and one.right.value not in known:
                    known.append(one.right.value)
                if isinstance(one.right, tree.Parameter):
                    kind = kinds.get(one.right.name, "text").removeprefix("list of ")
                    its.kinds[one.left.names] = kind
    return found


class Drawn:
    """Draws documents and parameters, the same ones from a seed."""

    def __init__(self, seed: int, fields: Mapping[str, Fields]) -> None:
        self.random = Random(seed)
        self._fields = fields

    def documents(self, collection: str, count: int) -> list[Document]:
        """Documents of one collection, each with another `_id`."""
        made = {str(one["_id"]): one for one in (self._document(collection) for _ in range(count))}
        return list(made.values())

    def parameters(
        self,
        statement: tree.Statement,
        kinds: Mapping[str, str],
        documents: Sequence[Document],
    ) -> dict[str, Any]:
        """Parameters of a statement for these documents, mostly such that it finds some."""
        compared = dict(_compared(statement))
        for _ in range(_TRIES):
            # What is compared for equality should be of one document.
            self.random.shuffle(one := list(documents))
            drawn = {
                name: self._parameter(statement, kinds, one, name, compared.get(name))
                for name in sorted(kinds)
            }
            if _finds(statement, documents, drawn):
                break
        return drawn

    def _parameter(
        self,
        statement: tree.Statement,
        kinds: Mapping[str, str],
        documents: Sequence[Document],
        name: str,
        compared: tree.Expression | None,
    ) -> Any:
        kind = self.random.choice(kinds[name].split(" or "))
        here = tree.Parameter(name)
        if here in (getattr(statement, "limit", None), getattr(statement, "offset", None)):
            return self.random.choice([0, 1, 2, 3, 5, 1000])
        if isinstance(statement, tree.Insert) and statement.documents == here:
            made = self._new(statement.collection, documents)
            return made if kind.startswith("list") else made[0]
        if compared is None:
            return self._plain(kind)
        # A product passes texts, numbers and ids, whatever is stored.
        stored = [value_of(compared, one, {}) for one in documents]
        of_kind = [one for one in stored if _is(one, kind.removeprefix("list of "))]
        return self._listed(of_kind) if kind.startswith("list") else self._one(of_kind, kind)

    def _listed(self, stored: list[Any]) -> list[Any]:
        count = self.random.choice([0, 1, 2, 7, 9])
        values = [copy.deepcopy(self.random.choice(stored)) for _ in range(count) if stored]
        if self.random.random() < 0.8:
            # Mostly without what is in it twice, and as long all the same.
            values = [one for at, one in enumerate(values) if one not in values[:at]]
            values += [_none_of_them(stored[0], at) for at in range(count - len(values)) if stored]
        return values

    def _one(self, stored: list[Any], kind: str) -> Any:
        if stored and self.random.random() < 0.9:
            often = self.random.random() < 0.7
            return copy.deepcopy(stored[0] if often else self.random.choice(stored))
        return self._plain(kind)

    def _plain(self, kind: str) -> Any:
        if kind == "null":
            return None
        if kind == "map":
            return {"aisle": "3", "shelf": self.random.choice(["A", "B"])}
        return self.random.choice(_PLAIN.get(kind) or _INSTANTS)

    def _new(self, collection: str, documents: Sequence[Document]) -> list[Document]:
        """New documents, some with the `_id` of one that is there."""
        made = self.documents(collection, self.random.choice([1, 2, 4]))
        for one, stored in zip(made, documents, strict=False):
            if self.random.random() < 0.5:
                one["_id"] = stored["_id"]
        return list({str(one["_id"]): one for one in made}.values())

    def _document(self, collection: str) -> Document:
        shape = SHAPES.get(collection)
        its = self._fields.get(collection, Fields())
        paths = {path for path in its.literals if path[0] != "_id"}
        document: Document = self._sample(shape, ()) if shape else {}
        for path in sorted(paths):
            self._put(document, path, its, declared=shape is not None)
        identity = f"{self.random.randrange(10**6):06}"
        if collection in COLLECTIONS:
            for name in COLLECTIONS[collection].id_fields:
                document.setdefault(name, identity)
            last = COLLECTIONS[collection].id_fields[-1]
            document[last] = f"{document[last]} {identity}"
            document["_id"] = ditto_id(collection, document)
        else:
            is_map = its.kinds.get(("_id",)) == "map"
            part = self.random.choice([ORDERS, INVENTORY])
            document["_id"] = {"collection": part, "document_id": identity} if is_map else identity
        self._damage(document, ())
        if number_of(document.get(COUNTER)) and isinstance(document[COUNTER], int):
            document[COUNTER] = self.random.choice([document[COUNTER], Count(document[COUNTER])])
        return document

    def _put(
        self, document: Document, path: tuple[str, ...], its: Fields, *, declared: bool
    ) -> None:
        """Give a field one of the values that statements compare it with, or one of its kind."""
        inner = document
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        choices = list(its.literals[path])
        if path[-1] not in inner or not declared:
            kind = its.kinds.get(path) or next(map(_kind, its.literals[path]), "text")
            choices += self._choices(kind, path[-1])
        if choices and (path[-1] not in inner or self.random.random() < 0.5):
            inner[path[-1]] = self.random.choice(choices)

    def _damage(self, document: Document, above: tuple[str, ...]) -> None:
        """Now and then take a field away, or give it a value of any type."""
        for name in [name for name in document if name != "_id"]:
            chance = self.random.random()
            if chance < 0.06:
                del document[name]
            elif chance < 0.12:
                document[name] = None
            elif chance < 0.2:
                document[name] = copy.deepcopy(self.random.choice(_DAMAGES))
            elif isinstance(document[name], dict):
                self._damage(document[name], (*above, name))

    def _sample(self, hint: Any, path: tuple[str, ...]) -> Any:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is NotRequired or origin in (types.UnionType, typing.Union):
            return self._sample(arguments[0], path)
        if origin is Annotated:
            if "instant" in hint.__metadata__:
                return self.random.choice(_INSTANTS)
            return self._sample(arguments[0], path)
        if origin is dict:
            names = self.random.sample(["one", "two"], self.random.randrange(3))
            return {name: self._sample(arguments[1], (*path, name)) for name in names}
        if origin is list:
            return [self._sample(arguments[0], path) for _ in range(2)]
        if typing.is_typeddict(hint):
            hints = typing.get_type_hints(hint, include_extras=True)
            return {name: self._sample(one, (*path, name)) for name, one in hints.items()}
        kinds = {str: "text", bool: "bool", int: "int", float: "float"}
        return self.random.choice(self._choices(kinds[hint], path[-1]))

    def _choices(self, kind: str, name: str) -> list[Any]:
        if kind != "text":
            return _PLAIN.get(kind) or _INSTANTS
        texts = [f"{name} {letter}" for letter in "abCDéÉ"]
        # A number of a paper, and one that is none.
        return [*texts, "SEA-PO-D3-17", "SEA-PO-D3-x"]


def _compared(statement: tree.Statement) -> Iterable[tuple[str, tree.Expression]]:
    """The parameters that something of a document is compared with, and what that is."""
    ids = getattr(statement, "ids", None)
    if isinstance(ids, tree.Parameter):
        yield ids.name, tree.Path(("_id",))
    for one in tree.within(statement):
        sides: tuple[tree.Expression, ...] = ()
        if isinstance(one, tree.Binary) and one.operator not in "+-*/":
            sides = one.right, one.left
        elif isinstance(one, tree.Call) and one.name == "array_contains":
            sides = one.arguments
        if sides and isinstance(sides[0], tree.Parameter):
            yield sides[0].name, sides[1]


def _finds(
    statement: tree.Statement, documents: Sequence[Document], parameters: Mapping[str, Any]
) -> bool:
    try:
        found = run(statement, documents, parameters)
    except RefusedError:
        return False
    return bool(found.groups if isinstance(found, Rows) else found.ids)


def _none_of_them(one: Any, at: int) -> Any:
    """A value of the type of another one that no document has."""
    if isinstance(one, dict):
        return dict.fromkeys(one, f"none {at}")
    return f"none {at}" if isinstance(one, str) else 1000 + at


def _kind(value: Any) -> str:
    return {bool: "bool", int: "int", float: "float"}.get(type(value), "text")


def _is(value: Any, kind: str) -> bool:
    types_of = {"text": str, "map": dict, "bool": bool}
    if kind in types_of:
        return isinstance(value, types_of[kind])
    return value is not MISSING and number_of(value)
