"""Randomness and time stamps that are the same on every machine.

Only `random()` and `getrandbits()` are drawn from `random.Random`: they are the two whose sequence
Python promises to keep, and two peers may run different versions of it.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from random import Random
from typing import Final

DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000

# The dates of customers and of descriptive edits do not depend on the end date, so that a fill of
# tomorrow agrees with one of today; the newest of them is this.
NEWEST_FIXED_DAY: Final = date(2026, 6, 30).toordinal()

_MASK: Final = (1 << 64) - 1

# Looking the texts up costs a third of formatting them, and there are four stamps a document.
_TWO_DIGITS: Final = [f"{number:02d}" for number in range(60)]
_MINUTES: Final = [f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(24 * 60)]
_FRACTIONS: Final = [f".{number:03d}Z" for number in range(1000)]


def stream(seed: int, name: str) -> Random:
    """The random sequence of a purpose, so that one generator cannot shift another."""
    return Random(f"zava/{seed}/{name}")


def day_stream(seed: int, day: int) -> Random:
    """The random sequence of one day (an ordinal), from nothing but the seed and the day."""
    return Random(seed << 24 | day)


def unit(seed: int, number: int) -> float:
    """A number in [0, 1) that depends on the two arguments only (splitmix64)."""
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & _MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    return (mixed ^ mixed >> 31) / 2.0**64


def uuid4_text(bits: int) -> str:
    """The text of `uuid.UUID(int=bits, version=4)`, at half of its cost; `bits` below 2**128."""
    digits = f"{bits:032x}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def timestamp(day: int, milliseconds: int) -> str:
    """ISO-8601 UTC text for a day (an ordinal) and the milliseconds since its midnight."""
    if milliseconds >= DAY_MS:
        days, milliseconds = divmod(milliseconds, DAY_MS)
        day += days
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    return _day_text(day) + _MINUTES[minutes] + _TWO_DIGITS[second] + _FRACTIONS[fraction]


def clock_digits(milliseconds: int) -> str:
    """The time of day as six digits, such as `143207`."""
    minutes, second = divmod(milliseconds // 1000, 60)
    hour, minute = divmod(minutes, 60)
    return _TWO_DIGITS[hour] + _TWO_DIGITS[minute] + _TWO_DIGITS[second]


def working_moment(draw: float) -> int:
    """Milliseconds since midnight UTC for a draw in [0, 1): 16:00 to 24:00, Seattle's day."""
    return 16 * HOUR_MS + int(draw * 8 * HOUR_MS)


@lru_cache(maxsize=8192)
def _day_text(day: int) -> str:
    return date.fromordinal(day).isoformat()
