"""Counts, numbers and amounts in words, as all sentences of the three commands and of the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

_MINUS = "\N{MINUS SIGN}"


def _english(value: int) -> str:
    return f"{value:,}".replace("-", _MINUS)


def _american(value: Decimal) -> str:
    return f"{_MINUS if value < 0 else ''}${abs(value):,.2f}"


@dataclass(slots=True)
class _Writing:
    number: Callable[[int], str] = _english
    dollars: Callable[[Decimal], str] = _american


_writing = _Writing()


def write_as(number: Callable[[int], str], dollars: Callable[[Decimal], str]) -> None:
    """Let every sentence of this program write numbers and amounts so, from now on.

    The commands write them in the English way; a window, as the computer does where it is.
    """
    _writing.number, _writing.dollars = number, dollars


def number(value: int) -> str:
    """A number such as `1,234`."""
    return _writing.number(value)


def signed(value: int) -> str:
    """A number with its sign, such as `+3`; 0 has none."""
    return f"+{number(value)}" if value > 0 else number(value)


def dollars(value: Decimal) -> str:
    """An amount of US dollars, such as `$1,234.50`."""
    return _writing.dollars(value)


def plural(count: int, one: str, many: str = "") -> str:
    """The word for so many things: `one` for 1, else `many`, which is `one` with an s."""
    return one if count == 1 else many or f"{one}s"


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things in words: `1 unit`, `1,200 units`, `0 boxes`."""
    return f"{number(count)} {plural(count, one, many)}"
