"""What Ditto 5.2.0.dev0 makes of values, each rule as a function; `test_rules` measures them.

Some rules raise NoValueError, because Ditto gives up the whole expression there: no ELSE and no OR
helps. A condition is not met then, and a column is MISSING.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final

_FLOAT: Final = re.compile(
    r"[+-]?(?:inf|infinity|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.IGNORECASE | re.ASCII
)
_INT: Final = re.compile(r"[+-]?\d+", re.ASCII)
_LOOKED_UP: Final = 6
_LEAST, _MOST = -(2**63), 2**64 - 1


class Missing(Enum):
    """What a field is that a document does not have, and whatever cannot be told."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING


class NoValueError(Exception):
    """What is reckoned with has the wrong type, and the expression that it is in has no value."""


class Count(int):
    """A number that was made by increments."""


def kind(value: Any) -> str:
    """The type of a value; there is one of numbers, and a truth is none of them."""
    kinds: dict[type, str] = {bool: "truth", int: "number", float: "number", Count: "number"}
    kinds |= {str: "text", list: "list", dict: "map", type(None): "null"}
    return "missing" if value is MISSING else kinds[type(value)]


def number_of(value: Any) -> bool:
    """Whether a value is a number."""
    return kind(value) == "number"


# Comparing


def told(left: Any, right: Any) -> Any:
    """What two values are to each other: -1, 0 or 1.

    Nothing can be told of values of two types, nor of what is no number: MISSING. Of NULL it is
    NULL, and with NULL it is MISSING. Lists and maps are told by the first thing that differs in
    them.
    """
    if left is MISSING or right is MISSING or right is None:
        return MISSING
    if left is None:
        return None
    if kind(left) != kind(right):
        return MISSING
    if isinstance(left, (dict, list)):
        return _told_within(left, right)
    if number_of(left) and (math.isnan(left) or math.isnan(right)):
        return MISSING
    return (left > right) - (left < right)


def _told_within(left: Any, right: Any) -> Any:
    lefts, rights = (
        sorted(one.items()) if isinstance(one, dict) else list(enumerate(one))
        for one in (left, right)
    )
    for (name, one), (other_name, other) in zip(lefts, rights, strict=False):
        found = told(one, other) if name == other_name else MISSING
        if found != 0:
            return found
    return (len(left) > len(right)) - (len(left) < len(right))


def place(value: Any) -> tuple[Any, ...]:
    """The place of a value in an order: truths, numbers, texts, lists, maps, NULL, MISSING.

    Of numbers, what is none comes last; texts are sorted by their code points, lists and maps by
    what is in them.
    """
    rank = ("truth", "number", "text", "list", "map", "null", "missing").index(kind(value))
    if number_of(value):
        return rank, math.isnan(value), 0 if math.isnan(value) else value
    if isinstance(value, list):
        return rank, tuple(place(one) for one in value)
    if isinstance(value, dict):
        return rank, tuple((name, place(value[name])) for name in sorted(value))
    return rank, value if isinstance(value, (bool, str)) else 0


def same(value: Any) -> Any:
    """What makes two values one group: their type counts, also that of numbers."""
    if isinstance(value, list):
        return "list", tuple(same(one) for one in value)
    if isinstance(value, dict):
        return "map", tuple((name, same(value[name])) for name in sorted(value))
    return (int if isinstance(value, Count) else type(value)), value


def in_list(value: Any, values: Any) -> Any:
    """Whether a value is in a list, with IN; NoValueError where the list has another type in it.

    A list with NULL in it is never without a value: that is NULL. A list of six or more is looked
    up: of whatever types, NULL is ignored, and 3.0 is not 3.
    """
    if value is MISSING or value is None:
        return value
    if not isinstance(values, list):
        raise NoValueError
    if len(values) >= _LOOKED_UP:
        return same(value) in {same(one) for one in values}
    others = [one for one in values if one is not None]
    if any(kind(one) != kind(value) for one in others):
        raise NoValueError
    if any(told(value, one) == 0 for one in others):
        return True
    return None if len(others) < len(values) else False


def contained(values: Any, value: Any) -> Any:
    """Whether a value is in a list, with `array_contains`: of any types, and NULL is ignored."""
    if value is MISSING or values is MISSING:
        return MISSING
    if value is None or values is None:
        return None
    if not isinstance(values, list):
        raise NoValueError
    return any(told(value, one) == 0 for one in values)


# Truth


def truth(value: Any) -> Any:
    """A condition as true, false, NULL or MISSING; NoValueError for anything else."""
    if isinstance(value, bool) or value is None or value is MISSING:
        return value
    raise NoValueError


def both(left: Any, right: Callable[[], Any]) -> Any:
    """AND: false where one of them is; the right one is not looked at where the left one is."""
    return _decided(left, right, False)


def either(left: Any, right: Callable[[], Any]) -> Any:
    """OR: true where one of them is; the right one is not looked at where the left one is."""
    return _decided(left, right, True)


def contrary(value: Any) -> Any:
    """NOT: NULL of NULL, and MISSING of what is MISSING."""
    known = truth(value)
    return not known if isinstance(known, bool) else known


def _decided(left: Any, right: Callable[[], Any], by: bool) -> Any:
    if left is by:
        return by
    both_sides = left, right()
    if both_sides[1] is by:
        return by
    known = [truth(one) for one in both_sides]
    return MISSING if MISSING in known else None if None in known else not by


# Numbers


def reckoned(sign: str, left: Any, right: Any) -> Any:
    """Arithmetic: MISSING with MISSING, else NULL with NULL; NoValueError with what is no number.

    Whole numbers stay whole (`3 / 2` is 1). NoValueError where they are too large, and of what is
    divided by zero.
    """
    if left is MISSING or right is MISSING:
        return MISSING
    if left is None or right is None:
        return None
    if not number_of(left) or not number_of(right) or (sign == "/" and right == 0):
        raise NoValueError
    whole = isinstance(left, int) and isinstance(right, int)
    if sign == "/" and whole:
        result: int | float = abs(left) // abs(right) * (1 if left * right >= 0 else -1)
    elif sign == "/":
        result = float(left) / float(right)
    else:
        made = {"+": left + right, "-": left - right, "*": left * right}
        result = made[sign]
    if whole and not _LEAST <= result <= _MOST:
        raise NoValueError
    return result


def as_float(value: Any) -> Any:
    """CAST AS FLOAT: texts as numbers, also of infinity and of no number; a truth is 0 or 1."""
    if value is None or value is MISSING:
        return value
    if isinstance(value, str):
        return float(value) if _FLOAT.fullmatch(value) else MISSING
    return float(value) if isinstance(value, (int, float)) else MISSING


def as_int(value: Any) -> Any:
    """CAST AS INT: what is behind the point is cut off, but not that of a text."""
    if value is None or value is MISSING:
        return value
    if isinstance(value, str):
        value = int(value) if _INT.fullmatch(value) else MISSING
    if isinstance(value, float):
        value = int(value) if math.isfinite(value) else MISSING
    return int(value) if isinstance(value, int) and _LEAST <= value <= _MOST else MISSING


# Functions


def first(*values: Any) -> Any:
    """`coalesce`: the first that is neither NULL nor MISSING."""
    return next((one for one in values if one is not None and one is not MISSING), None)


def of_kind(wanted: str, value: Any, made: Callable[[Any], Any]) -> Any:
    """What a function makes of a value of its type; NoValueError of another one."""
    if value is None or value is MISSING:
        return value
    if kind(value) != wanted:
        raise NoValueError
    return made(value)


def split(text: str, by: str) -> list[str]:
    """The parts of a text; an empty one has none."""
    return text.split(by) if text else []


def item(values: Any, at: Any) -> Any:
    """One of a list; MISSING where it has not so many."""
    return values[at] if isinstance(values, list) and 0 <= at < len(values) else MISSING


def field(document: Any, names: Sequence[str]) -> Any:
    """A field; MISSING also where what it should be in is no map."""
    for name in names:
        document = document.get(name, MISSING) if isinstance(document, dict) else MISSING
    return document


# Aggregates


def counts(value: Any) -> bool:
    """Whether COUNT counts a value: neither what is not there nor false."""
    return value is not None and value is not MISSING and value is not False


def total(values: Sequence[Any]) -> Any:
    """SUM of what is a number; MISSING where nothing is."""
    numbers = [one for one in values if number_of(one)]
    return sum(numbers) if numbers else MISSING


def extreme(values: Sequence[Any], *, most: bool) -> Any:
    """MIN or MAX by place: NULL is the greatest, and what is MISSING does not count."""
    known = [one for one in values if one is not MISSING]
    if not known:
        return MISSING
    return max(known, key=place) if most else min(known, key=place)


# Writing


def merged(stored: Any, given: Any) -> Any:
    """What a field becomes: maps are merged field by field, and nothing else is."""
    if not isinstance(stored, dict) or not isinstance(given, Mapping):
        return given
    names = stored.keys() | given.keys()
    return {
        name: merged(stored[name], given[name])
        if name in stored and name in given
        else stored.get(name, given.get(name))
        for name in names
    }


def different(stored: Any, given: Any) -> Any:
    """The part of a value that UPDATE_LOCAL_DIFF writes, MISSING where that is nothing.

    Maps are written field by field, so that an empty one is never written.
    """
    if not isinstance(given, dict):
        return MISSING if same(stored) == same(given) else given
    parts = {name: different(field(stored, [name]), its) for name, its in given.items()}
    return {name: its for name, its in parts.items() if its is not MISSING} or MISSING
