"""The inventory: what each store has of each product, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from connector_config.schema.stock_documents import Inventory
from seed.catalogue_files import Catalogue
from seed.generators.catalogue import introduced_on
from seed.generators.demand import STAPLE_SKU
from seed.generators.places import store_places
from seed.generators.streams import (
    NEWEST_FIXED_DAY,
    stream,
    timestamp,
    uuid4_text,
    working_moment,
)
from seed.store_files import StorePlan

_ZERO_SHARE: Final = 0.02
_LOW_SHARE: Final = 0.12  # with the empty ones: at or below the reorder point
_NOTE_SHARE: Final = 0.06
_COLD_WINTER_STOCK: Final = 2.5
_COUNTED_WITHIN_DAYS: Final = 90
_MOVED_WITHIN_DAYS: Final = 30

_NOTES: Final = (
    "Overstock on the top shelf",
    "Endcap during the season",
    "Check packaging for damage",
    "High demand: check weekly",
    "Display model on the floor",
    "Keep two for the rental desk",
    "Heavy: use the cart",
    "New label needed",
)


def inventory(
    seed: int,
    end: date,
    stores: Sequence[StorePlan],
    catalogue: Catalogue,
    demand: Sequence[float],
    carried: Sequence[Sequence[int]],
) -> Iterator[Inventory]:
    """One document for each product a store carries, store by store.

    Everything but the times of the last count and the last movement is independent of `end`.
    """
    last_day = end.toordinal() - 1
    newest = min(NEWEST_FIXED_DAY, last_day)
    introduced = [introduced_on(product.sku) for product in catalogue.products]
    product_ids = [product.product_id for product in catalogue.products]
    # How many to keep follows from the rank, so that it does not hang on a few extreme sellers.
    rank = [0.0] * len(demand)
    for place, position in enumerate(sorted(range(len(demand)), key=demand.__getitem__)):
        rank[position] = (place + 1) / len(demand)
    staple = next((n for n, p in enumerate(catalogue.products) if p.sku == STAPLE_SKU), None)
    for number, store in enumerate(stores):
        draws = stream(seed, f"inventory/{store.store_id}")
        random, getrandbits = draws.random, draws.getrandbits
        places = store_places(catalogue, carried[number], random)
        opened = store.opened.toordinal()
        scale = (store.order_multiplier / 2) ** 0.5
        for position in carried[number]:
            is_staple = position == staple
            usual = 6 + int((90 * rank[position] ** 2 + 8 * random()) * scale)
            if (kept := catalogue.products[position].usual_stock) is not None:
                usual = max(1, int(kept * scale))
            if store.cold_winters and catalogue.products[position].winter:
                usual = int(usual * _COLD_WINTER_STOCK)
            reorder = max(2, int(usual * (0.2 + 0.15 * random())))
            level = _level(random(), random(), usual, reorder)
            if kept == 0:
                level = 0
            if is_staple:
                level = max(usual, 2 * reorder) + 12 + int(24 * random())
            created = max(opened, introduced[position])
            placed = created + int((newest - created) * random())
            counted = last_day - int(random() * (_COUNTED_WITHIN_DAYS - 1))
            moved = last_day - int(random() ** 2 * _MOVED_WITHIN_DAYS)
            moment = working_moment(random())
            noted = random() < _NOTE_SHARE
            aisle, shelf, bin_number = places[position]
            yield {
                "store_id": store.store_id,
                "inventory_id": uuid4_text(getrandbits(128)),
                "product_id": product_ids[position],
                "location": {"aisle": aisle, "shelf": shelf, "bin": bin_number},
                "stock_level": level,
                "reorder_threshold": reorder,
                "last_updated": timestamp(moved, moment),
                "last_counted": timestamp(counted, working_moment(random())),
                "notes": _NOTES[int(random() * len(_NOTES))] if noted else "",
                "created_at": timestamp(created, working_moment(0)),
                "updated_at": timestamp(placed, moment),
                "deleted": False,
            }


def _level(kind: float, draw: float, usual: int, reorder: int) -> int:
    """A stock level: empty, low or healthy by `kind`, where in that range by `draw`."""
    if kind < _ZERO_SHARE:
        return 0
    if kind < _LOW_SHARE:
        return 1 + int(draw * reorder)
    return reorder + 1 + int(draw * (usual * 1.15 - reorder))
