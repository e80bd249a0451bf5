"""All small histories: three changes of the same, and one trouble at every place between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Final

from tests.connector_config.link.simulation.history import NAMES, Happening, History

_CHANGES: Final = ("note", "move", "stock", "stock and note", "entry", "status", "office")
_MEANWHILE: Final = (0.0, 0.03, 0.1)
"""When the other device makes its change: at once, on the way of the first one, and after it."""
_AGAIN: Final = 0.06
_TROUBLES: Final = ("kill", "dies", "step down", "loses", "fails", "offline")
_STEP: Final = 0.004
_PLACES: Final = 40
"""Most requests take less than a step, and the changes are told before the last place."""
_AFTERWARDS: Final = 0.5


def small() -> Iterator[History]:
    """Ann makes a change twice and has a trouble, bob makes another one, and cem looks on."""
    cases = product(_CHANGES, _CHANGES, _MEANWHILE, _TROUBLES, range(_PLACES))
    for seed, (ours, theirs, meanwhile, trouble, place) in enumerate(cases):
        moments = [
            (0.0, Happening(ours, "ann", 0.0, amount=1)),
            (meanwhile, Happening(theirs, "bob", 0.0, amount=2)),
            (_AGAIN, Happening(ours, "ann", 0.0, amount=3)),
            (place * _STEP, Happening(trouble, "ann", 0.0, amount=1 + place % 4)),
            (_AFTERWARDS, Happening("online", "ann", 0.0)),
            (_AFTERWARDS, Happening("back", "ann", 0.0)),
        ]
        happenings = tuple(_one_after_the_other(sorted(moments, key=lambda moment: moment[0])))
        yield History(seed, NAMES[:3], 1, 1, happenings, right_clocks=True)


def _one_after_the_other(moments: list[tuple[float, Happening]]) -> Iterator[Happening]:
    yield moments[0][1]
    for (before, _), (at, one) in pairwise(moments):
        yield Happening(one.kind, one.who, at - before, amount=one.amount)
