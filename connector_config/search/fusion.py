"""One list out of several that were ranked in different ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

_K: Final = 60
"""How little the first place of one list counts against a good place in several."""


def fused(rankings: Iterable[Sequence[str]]) -> list[tuple[str, float]]:
    """Ids with their scores, best first, by reciprocal rank fusion: 1 / (60 + place), added up.

    Of equal scores the one that came first in an earlier list is first.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, one in enumerate(ranking, 1):
            scores[one] = scores.get(one, 0.0) + 1 / (_K + place)
    return sorted(scores.items(), key=lambda item: -item[1])
