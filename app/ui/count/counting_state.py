"""The state of the page on which people count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.entities import Actor, StockItem
from app.domain.stocktake import Count, Stocktake
from app.ui.core.message import NO_MESSAGE, Message


@dataclass(frozen=True, slots=True)
class CountRow:
    """A product to count: `mine` is what this person counted, `others` who else counted it."""

    item: StockItem
    name: str
    sku: str
    mine: int | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountingState:
    """What is counted now; `quantity` is in the big digits, `expected` is None in a blind count.

    `taken` grows with every scan that counts, `refused` with every one that does not.
    """

    stocktake: Stocktake
    shelf: str = ""
    rows: tuple[CountRow, ...] = ()
    current: CountRow | None = None
    quantity: str = ""
    expected: int | None = None
    counted: int = 0
    total: int = 0
    message: Message = NO_MESSAGE
    last: Count | None = None
    taken: int = 0
    refused: int = 0


def same(one: CountRow, other: CountRow) -> bool:
    """Whether two rows are of the same product, whatever is known of it by now."""
    return one.item.inventory_id == other.item.inventory_id


def counted_by_others(counts: Sequence[Count], actor: Actor) -> dict[str, tuple[str, ...]]:
    """The people other than `actor` who counted an item, by inventory id."""
    own = (actor.profile.name, actor.device.device_id)
    found: dict[str, list[str]] = {}
    for count in counts:
        if (count.signature.who, count.signature.device_id) != own:
            found.setdefault(count.inventory_id, []).append(count.signature.who)
    return {item: tuple(dict.fromkeys(names)) for item, names in found.items()}
