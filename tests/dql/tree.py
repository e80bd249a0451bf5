"""What a statement is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

_AGGREGATES: Final = ("COUNT *", "COUNT", "COUNT DISTINCT", "SUM", "MIN", "MAX")


class Expression:
    """What has a value for each document."""


@dataclass(frozen=True)
class Value(Expression):
    """A constant."""

    value: Any


@dataclass(frozen=True)
class Parameter(Expression):
    """A value that is passed beside the text."""

    name: str


@dataclass(frozen=True)
class Path(Expression):
    """A field, or one in a map."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Made(Expression):
    """A map that is written out."""

    entries: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Call(Expression):
    """A function, an aggregate, or a sign before a value."""

    name: str
    arguments: tuple[Expression, ...]

    @property
    def is_aggregate(self) -> bool:
        return self.name in _AGGREGATES


@dataclass(frozen=True)
class Binary(Expression):
    """An operator between two values."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Not(Expression):
    """The contrary."""

    value: Expression


@dataclass(frozen=True)
class Is(Expression):
    """Whether a value is NULL or MISSING."""

    value: Expression
    what: str


@dataclass(frozen=True)
class Between(Expression):
    """Whether a value is in a range, its ends included."""

    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True)
class Case(Expression):
    """The value of the first branch whose condition is true."""

    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression


@dataclass(frozen=True)
class Cast(Expression):
    """A value as INT or FLOAT."""

    value: Expression
    kind: str


@dataclass(frozen=True)
class Item(Expression):
    """One of a list."""

    value: Expression
    at: Expression


@dataclass(frozen=True)
class Select:
    """A query; no columns are all fields."""

    collection: str
    columns: tuple[tuple[str, Expression], ...] | None
    distinct: bool
    ids: Expression | None
    index: str
    where: Expression | None
    group: tuple[Path, ...]
    order: tuple[tuple[Expression, bool], ...]
    limit: Expression | None
    offset: Expression | None

    @property
    def is_grouped(self) -> bool:
        """Whether rows stand for several documents."""
        return bool(self.group) or any(aggregates(value) for _, value in self.columns or ())


@dataclass(frozen=True)
class Insert:
    """New documents; `conflict` says what becomes of one that is there."""

    collection: str
    documents: Expression
    conflict: str


@dataclass(frozen=True)
class Update:
    """A change of documents that are there."""

    collection: str
    ids: Expression | None
    increments: tuple[tuple[str, Expression], ...]
    values: tuple[tuple[str, Expression], ...]
    where: Expression | None


@dataclass(frozen=True)
class Remove:
    """EVICT or DELETE."""

    collection: str
    verb: str
    ids: Expression | None
    where: Expression | None
    limit: Expression | None


Statement = Select | Insert | Update | Remove


def within(node: Any) -> Iterator[Expression]:
    """Every expression of a statement or of an expression, itself included."""
    if isinstance(node, Expression):
        yield node
    if isinstance(node, tuple):
        for one in node:
            yield from within(one)
    elif isinstance(node, (Expression, Select, Insert, Update, Remove)):
        for one in fields(node):  # type: ignore[arg-type]
            yield from within(getattr(node, one.name))


def aggregates(value: Expression) -> bool:
    """Whether an expression has an aggregate in it."""
    return any(isinstance(one, Call) and one.is_aggregate for one in within(value))
