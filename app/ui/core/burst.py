"""Keys that come quickly one after the other: whether a scanner sent them, or a person.

A scanner is either faster than any person, or regular: at 60 or 100 ms a key its gaps are alike,
to the 16 ms of the clock of Windows and the 8 ms of a keyboard, while a person's vary by half.
Where a person types, that is not enough, so a slow burst also has to look like a code. Where keys
act at once, and a few in a row at such a pace mean nothing, it need not: a code that is let go
there moves stock, and a word that is not is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

SEPARATOR: Final = "\x1d"
"""What stands between two parts of a GS1 code, however the scanner sends it."""
FAST_MS: Final = 48
"""Between two keys; no person types four keys with all gaps so short, and scanners of 35 ms do."""

_AT_ONCE_MS: Final = 20
_FEW = 4
_MANY = 6
_SHORTEST_GTIN = 8
_SPREAD_MS: Final = 40


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it came: its name, what it adds to a code, and ms since the key before.

    The first key of a burst has the gap 0.
    """

    name: str
    sign: str
    gap_ms: int


@dataclass(frozen=True, slots=True)
class Burst:
    """Keys without a pause, the keys that ended them, and their code, "" where a person typed."""

    keys: tuple[Key, ...]
    ended_by: tuple[str, ...]
    code: str

    @property
    def gaps_ms(self) -> tuple[int, ...]:
        """The times between the keys."""
        return tuple(one.gap_ms for one in self.keys[1:])


def start_of_code(
    keys: Sequence[Key],
    is_known: Callable[[str], bool],
    *,
    in_text: bool,
    ended_after_ms: int | None = None,
) -> int | None:
    """Where in a burst the code of a scanner begins; None where a person typed all of it.

    `in_text` says that the keys go to a text field, `ended_after_ms` how soon the Enter or Tab came
    behind them, None where none did; `is_known` knows the codes of products, places and papers.
    """
    start = _start(keys, is_known, in_text, ended_after_ms)
    if start and not is_known(signs_of(keys[start:])):
        # A scanner that was held up in its code: its pace tells the rest only, the code tells all.
        return next((at for at in range(start) if is_known(signs_of(keys[at:]))), start)
    return start


def codes_apart(keys: Sequence[Key], is_known: Callable[[str], bool]) -> list[Sequence[Key]]:
    """The codes that came without an end between them; all keys are one where that is not sure."""
    gaps = [one.gap_ms for one in keys[1:]]
    longest = max(gaps, default=0)
    if longest > FAST_MS and not is_known(signs_of(keys)):
        at = gaps.index(longest) + 1
        codes = [*codes_apart(keys[:at], is_known), *codes_apart(keys[at:], is_known)]
        if all(is_known(signs_of(one)) for one in codes):
            return codes
    return [keys]


def signs_of(keys: Sequence[Key]) -> str:
    """What keys add up to."""
    return "".join(one.sign for one in keys)


def _start(
    keys: Sequence[Key],
    is_known: Callable[[str], bool],
    in_text: bool,
    ended_after_ms: int | None,
) -> int | None:
    """The same, by the pace of the keys, and where that is slow also by what they say."""
    if ended_after_ms is None and not any(one.sign.isalnum() for one in keys):
        # Plus pressed ten times is ten units, however evenly.
        return None
    gaps = [one.gap_ms for one in keys[1:]]
    fast = _start_of_fast(gaps)
    if fast is not None:
        return fast
    ended_at_once = ended_after_ms is not None and ended_after_ms <= _AT_ONCE_MS
    if ended_at_once and gaps and max(gaps) <= _AT_ONCE_MS:
        return 0
    regular = _start_of_regular(gaps)
    if len(keys) - regular < _FEW:
        regular = len(keys)
    if in_text:
        text = signs_of(keys[regular:])
        is_ended = ended_after_ms is not None
        if not text or not (_looks_like_a_code(text, is_ended) or is_known(text)):
            return None
        # The code before it came without an end, a little longer ago than the next key of a code.
        before = start_of_code(keys[:regular], is_known, in_text=True)
        return regular if before is None else before
    if len(keys) >= _MANY:
        return 0
    return regular if regular < len(keys) else None


def _start_of_fast(gaps: Sequence[int]) -> int | None:
    """The earliest key from which on nearly all gaps are a machine's."""
    for at, gap in enumerate(gaps):
        left = gaps[at:]
        if len(left) < _FEW - 1:
            return None
        # One may be late: the scanner's, or that of a computer which has much to do.
        late = sum(one > FAST_MS for one in left)
        if gap <= FAST_MS and late * 4 < len(left):
            return at
    return None


def _start_of_regular(gaps: Sequence[int]) -> int:
    """The first key of those at the end whose gaps are alike."""
    least, most = min(gaps[-1:], default=0), max(gaps[-1:], default=0)
    for at in range(len(gaps) - 1, -1, -1):
        least, most = min(least, gaps[at]), max(most, gaps[at])
        if most - least > _SPREAD_MS:
            return at + 1
    return 0


def _looks_like_a_code(text: str, is_ended: bool) -> bool:
    """More than a quantity, a word or several words: a person types those at any pace.

    Some more digits are a large quantity of somebody who is quick on the number pad, unless an end
    came right behind them.
    """
    if " " in text:
        return False
    if text.isdecimal():
        return len(text) >= (_FEW + 1 if is_ended else _SHORTEST_GTIN) or text.startswith("0")
    return len(text) >= _MANY and any(map(str.isdecimal, text)) and any(map(str.isalpha, text))
