"""The way along the shelves of a stocktake: which one is at hand, and what stands on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from app.data.papers.stocktakes import StocktakeRepository
from app.data.stock.stock import ShelfSummary, StockRepository
from app.domain.entities import Actor, Place, StockItem, natural_key
from app.domain.stocktake import Count, Stocktake
from app.ui.count.counting_state import counted_by_others


class Walk:
    """Follows one shelf of a stocktake, or some items only; tells `on_changed` of what is new."""

    def __init__(
        self,
        stock: StockRepository,
        stocktakes: StocktakeRepository,
        actor: Actor,
        on_changed: Callable[[], None],
    ) -> None:
        self._stock = stock
        self._stocktakes = stocktakes
        self._actor = actor
        self._on_changed = on_changed
        self._stocktake: Stocktake
        self._shelves: list[ShelfSummary] = []
        self._following_shelves = ExitStack()
        self._following_items = ExitStack()
        self._following_counts = ExitStack()
        self.place: Place | None = None
        """The shelf at hand; None before the shelves are known, and with `only`."""
        self.items: Sequence[StockItem] = ()
        self.others: dict[str, tuple[str, ...]] = {}

    @property
    def total(self) -> int:
        """How many products the stocktake covers, as far as they have a place."""
        return sum(one.items for one in self._shelves)

    def open(self, stocktake: Stocktake, only: Sequence[StockItem] = ()) -> None:
        """Begin at the first shelf of a stocktake; or walk only to some of its items."""
        self.close()
        self._stocktake = stocktake
        self._shelves, self.place, self.items, self.others = [], None, tuple(only), {}
        if only:
            self._follow_counts()
        else:
            self._following_shelves.callback(
                self._stock.watch_shelves(stocktake.store_id, self._on_shelves)
            )

    def close(self) -> None:
        """Stop following the store."""
        self._following_shelves.close()
        self._following_items.close()
        self._following_counts.close()

    def has(self, place: Place) -> bool:
        """Whether the shelf of a place is on the way."""
        return any((one.aisle, one.shelf) == (place.aisle, place.shelf) for one in self._shelves)

    def is_at(self, place: Place) -> bool:
        """Whether a place is on the shelf at hand."""
        return self.place == Place(place.aisle, place.shelf)

    def beside(self, by: int) -> Place | None:
        """The next shelf, or with -1 the one before; None where the way ends."""
        places = [Place(one.aisle, one.shelf) for one in self._shelves]
        at = places.index(self.place) + by if self.place in places else 0
        return places[at] if 0 <= at < len(places) else None

    def go(self, place: Place) -> None:
        """Go to the shelf of a place; its items are told when they have been read."""
        self._following_items.close()
        self._following_counts.close()
        self.place = Place(place.aisle, place.shelf)
        self.items, self.others = (), {}
        self._following_items.callback(
            self._stock.watch_shelf(
                self._stocktake.store_id, place.aisle, place.shelf, self._on_items
            )
        )

    def _on_shelves(self, summaries: list[ShelfSummary]) -> None:
        covers = self._stocktake.covers
        self._shelves = sorted(
            (one for one in summaries if covers(Place(one.aisle, one.shelf))),
            key=lambda one: (natural_key(one.aisle), natural_key(one.shelf)),
        )
        if self._shelves and self.place is None:
            self.go(Place(self._shelves[0].aisle, self._shelves[0].shelf))
        self._on_changed()

    def _on_items(self, items: list[StockItem]) -> None:
        known = {one.inventory_id for one in self.items}
        self.items = sorted(items, key=lambda one: (one.place.sort_key, one.product_id))
        if {one.inventory_id for one in items} != known:
            self._follow_counts()
        self._on_changed()

    def _follow_counts(self) -> None:
        self._following_counts.close()
        ids = [one.inventory_id for one in self.items]
        self._following_counts.callback(
            self._stocktakes.watch_counts(self._stocktake, ids, self._on_counts)
        )

    def _on_counts(self, counts: list[Count]) -> None:
        # Every count of one's own comes by here as well, and changes nothing.
        found = counted_by_others(counts, self._actor)
        if found != self.others:
            self.others = found
            self._on_changed()
