"""Conditions of Ditto's query language, put together so that no statement has two `IN`.

WORKAROUND: where two `IN` of one statement have lists of six or more values each, Ditto 5.2.0.dev0
looks for the values of the second one in the list of the first: `a IN :A AND b IN :B` finds
nothing, and `NOT (a IN :A) AND NOT (_id IN :B)` evicts what is in B. Measured: it is so in queries,
live queries, EVICT and DELETE, inside transactions and outside, with ids that are objects, with
literals, with an index, within NOT, OR and CASE, and where one `IN` is in the WHERE and the other
one in what is selected or sorted by.

`array_contains(:B, b)` for every list but the first is right in all of these, and as quick as `IN`
where no index serves; subscriptions take it. One `IN` beside `USE IDS LIST :ids` is right as well,
but no subscription takes that.

Nor is `true` or `false` ever a part of a condition: `NOT (a = 1 OR true)` holds for everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple


class _Test(NamedTuple):
    field: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on documents: `template` with a `{}` for each of `tests`.

    `&`, `|` and `~` make a new one of others.
    """

    template: str
    tests: tuple[_Test, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        if NOTHING in (self, other):
            return NOTHING
        if EVERYTHING in (self, other):
            return self if other == EVERYTHING else other
        return self._joined("AND", other)

    def __or__(self, other: Condition) -> Condition:
        if EVERYTHING in (self, other):
            return EVERYTHING
        if NOTHING in (self, other):
            return self if other == NOTHING else other
        return self._joined("OR", other)

    def __invert__(self) -> Condition:
        if self in (EVERYTHING, NOTHING):
            return NOTHING if self == EVERYTHING else EVERYTHING
        return Condition(f"NOT ({self.template})", self.tests)

    def where(self) -> tuple[str, dict[str, Any]]:
        """The clause ` WHERE …`, empty for everything, and its parameters."""
        if self == EVERYTHING:
            return "", {}
        texts: list[str] = []
        listed = False
        for at, (field, operator, _) in enumerate(self.tests):
            texts.append(
                f"array_contains(:value{at}, {field})"
                if listed and operator == "IN"
                else f"{field} {operator} :value{at}"
            )
            listed = listed or operator == "IN"
        parameters = {f"value{at}": test.value for at, test in enumerate(self.tests)}
        return f" WHERE {self.template.format(*texts)}", parameters

    def _joined(self, word: str, other: Condition) -> Condition:
        return Condition(f"({self.template}) {word} ({other.template})", self.tests + other.tests)


EVERYTHING: Final = Condition("true")
"""What holds for every document."""

NOTHING: Final = Condition("false")
"""What holds for no document."""


_ABOVE_TEXT: Final = "\U0010ffff"


def has_text(field: str) -> str:
    """The condition that a field holds a text that is not empty, to be put into a statement.

    It has two ends, because an index has the documents without the field as well, after all texts:
    by `> ''` alone each of them is read.
    """
    return f"{field} > '' AND {field} < '{_ABOVE_TEXT}'"


def one_of(field: str, values: Iterable[Any]) -> Condition:
    """The condition that a field has one of some values.

    The first one of a statement can use an index.
    """
    return Condition("{}", (_Test(field, "IN", list(values)),))


def equal(field: str, value: Any) -> Condition:
    """The condition that a field has this value."""
    return Condition("{}", (_Test(field, "=", value),))


def at_least(field: str, value: Any) -> Condition:
    """The condition that a field has this value or a greater one."""
    return Condition("{}", (_Test(field, ">=", value),))
