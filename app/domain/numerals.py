"""The numbers that a typed text can mean.

A number that is meant is never read as another one: where a text can mean two, both are told, and
whoever asks refuses it with an example.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from app.domain.conventions import Conventions, in_ascii

_SIGNS: Final = " ',."
"""What sets groups of digits apart, in ASCII."""
_SIGNED: Final = re.compile(r"([+-]?) ?(.*)", re.DOTALL)
_DIGITS: Final = re.compile(r"[0-9]+")
_FRACTION: Final = re.compile(r"(.*)([,.])([0-9]+)", re.DOTALL)
_THOUSAND: Final = re.compile(r"[1-9][0-9]{0,2}[ ',.][0-9]{3}")


def readings(text: str, conventions: Conventions) -> tuple[Decimal, ...]:
    """What a typed text can mean as a number: nothing, one number, or two.

    Groups of three digits may be set apart by blanks and apostrophes of all kinds, and so may those
    of the place, as in `1,00,000`. `1.000` is a thousand where people write it so, and two numbers
    elsewhere.
    """
    match = _SIGNED.fullmatch(in_ascii(text))
    assert match is not None
    sign, body = match.groups()
    if conventions.group and conventions.group not in _SIGNS:
        body = body.replace(conventions.group, "'")
    found = (_fraction(body, conventions), _whole(body, conventions))
    return tuple(Decimal(sign + one) for one in found if one is not None)


def _whole(body: str, conventions: Conventions) -> str | None:
    if _DIGITS.fullmatch(body):
        return body
    if _is_grouped(body, conventions):
        return re.sub(f"[{_SIGNS}]", "", body)
    return None


def _fraction(body: str, conventions: Conventions) -> str | None:
    """The text as a number with a decimal point, in the local form or as the program shows it."""
    match = _FRACTION.fullmatch(body)
    if match is None:
        return None
    before, point, after = match.groups()
    if _THOUSAND.fullmatch(body) and point == conventions.group:
        # Where people group so, nobody means three decimals.
        return None
    if _is_grouped(before, conventions):
        # Two signs: the last one can only be the decimal point.
        return None if point in before else f"{re.sub('[^0-9]', '', before)}.{after}"
    if point not in (conventions.decimal, "."):
        return None
    return f"{before or 0}.{after}" if not before or _DIGITS.fullmatch(before) else None


def _is_grouped(text: str, conventions: Conventions) -> bool:
    """Whether the digits stand in groups of three, or in those of the place with its own sign."""
    own = conventions.group if conventions.group in (",", ".") else " '"
    found = (_grouped(_SIGNS, 3, 3), _grouped(own, *conventions.group_sizes))
    return any(one.fullmatch(text) for one in found)


@cache
def _grouped(signs: str, last: int, others: int) -> re.Pattern[str]:
    return re.compile(
        rf"[1-9][0-9]{{0,{others - 1}}}([{signs}])(?:[0-9]{{{others}}}\1)*[0-9]{{{last}}}"
    )
