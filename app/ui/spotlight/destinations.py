"""What the bar for everything leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.domain.entities import Place
from connector_config.search.words import fold

CODE: Final = "Code"
PLACE: Final = "Place"
SCREEN: Final = "Screen"
ACTION: Final = "Action"
PRODUCT: Final = "Product"
CUSTOMER: Final = "Customer"
_ORDER: Final = (CODE, SCREEN, ACTION, PLACE, PRODUCT, CUSTOMER)


@dataclass(frozen=True, slots=True)
class Destination:
    """A screen, a thing or something to do; `words` find it too, `key` is what does the same.

    `name` tells it from all others, `group` says what it is, `place` is where it is about.
    """

    name: str
    group: str
    title: str
    act: Callable[[], object]
    detail: str = ""
    words: str = ""
    key: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What one kind has for a text, best first; `forgiven` is 0 where no word is misspelt."""

    destinations: tuple[Destination, ...]
    forgiven: int = 0


def in_order(text: str, groups: list[Group]) -> tuple[Destination, ...]:
    """All that was found, the kind first that fits best.

    What has every word as it was typed comes before what only begins so; what fits equally well
    comes in a fixed order. What is spelt in another way is only there where nothing else is.
    """
    words = set(fold(text).split())

    def rank(group: Group) -> tuple[int, int]:
        best = group.destinations[0]
        if best.group == CODE:
            return 0, 0
        as_typed = words <= set(fold(f"{best.title} {best.words}").split())
        return (0 if as_typed else 1 + group.forgiven), _ORDER.index(best.group)

    found = [one for one in groups if one.destinations]
    least = min((one.forgiven for one in found), default=0)
    found = sorted((one for one in found if least or not one.forgiven), key=rank)
    return tuple(one for group in found for one in group.destinations)
