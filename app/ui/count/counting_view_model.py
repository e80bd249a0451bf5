"""Scan, count, next: what one person counts in a stocktake, shelf by shelf."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.data.catalogue import Catalogue
from app.data.stock import ShelfSummary, StockRepository
from app.data.stocktakes import Progress, StocktakeRepository
from app.domain.entities import Actor, Place, StockItem, natural_key
from app.domain.errors import InvalidInputError, ZavaError
from app.domain.stock import parse_quantity, read_label
from app.domain.stocktake import Count, Stocktake
from app.ui.count.counting_state import CountingState, CountRow, others, same


class CountingViewModel(QObject):
    """Counts one stocktake for one person; a scan never waits for the store."""

    state_changed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        stocktakes: StocktakeRepository,
        actor: Actor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stock = stock
        self._stocktakes = stocktakes
        self._actor = actor
        self._cancels: list[Callable[[], None]] = []
        self._stop_shelf: list[Callable[[], None]] = []
        self._shelves: list[ShelfSummary] = []
        self._recount: tuple[StockItem, ...] = ()
        self._at = Place()
        self._items: list[StockItem] = []
        self._others: dict[str, tuple[str, ...]] = {}
        self._mine: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self.state: CountingState

    def open(self, stocktake: Stocktake, recount: Sequence[StockItem] = ()) -> None:
        """Count this stocktake from its first shelf, or only some of its items once more."""
        self.close()
        self._recount = tuple(recount)
        self._shelves, self._items, self._others, self._mine = [], list(recount), {}, {}
        self._at = Place()
        self.state = CountingState(stocktake)
        store_id = stocktake.store_id
        self._cancels = [
            self._stocktakes.watch(stocktake, self._on_stocktake),
            self._stocktakes.watch_progress(stocktake, self._on_progress),
            self._catalogue.on_changed(self._show),
        ]
        if recount:
            self._follow_counts()
            self._show()
        else:
            self._cancels.append(self._stock.watch_shelves(store_id, self._on_shelves))
            self._background(self._remember(stocktake))

    def close(self) -> None:
        """Stop following the store; what is being saved is finished."""
        for cancel in (*self._cancels, *self._stop_shelf):
            cancel()
        self._cancels, self._stop_shelf = [], []

    @property
    def working(self) -> bool:
        """Whether something is being written or read."""
        return bool(self._tasks)

    def scan(self, code: str, typed: str) -> None:
        """Count a scanned product one more; `typed` is what the big digits say by now."""
        if place := read_label(code):
            self._go_to(place, typed)
            return
        product_id = self._catalogue.with_code(code)
        listing = self._catalogue.listing(product_id) if product_id else None
        if listing is None:
            self._refuse(f"No product has the code {code}: look for another code on it.")
            return
        if listing.key is None:
            self._refuse(f"{listing.product.name} is not stocked here: receive it first.")
            return
        current = self.state.current
        if current is not None and current.item.product_id == product_id:
            self._count_more(current, typed)
            return
        if not self.keep(typed):
            return
        item = StockItem(
            listing.key["inventory_id"],
            listing.key["store_id"],
            listing.product.product_id,
            listing.place or Place(),
            0,
        )
        shelf = (item.place.aisle, item.place.shelf)
        if shelf != (self._at.aisle, self._at.shelf) and self._is_shelf(item.place):
            self._follow_shelf(item.place)
        row = self._row(item)
        before = row.mine or 0
        said = ""
        if before:
            said = f"You had counted {before:,}: this one is added. Type a number to count anew."
        elif not self.state.stocktake.covers(item.place):
            said = f"It belongs to {item.place.text[:1].lower()}{item.place.text[1:]}: counted."
        self._update(
            current=row,
            quantity=str(before + 1),
            said=said,
            problem="",
            taken=self.state.taken + 1,
        )
        self._look_up(row)

    def choose(self, row: CountRow, typed: str) -> None:
        """Count a product of the list, by keyboard."""
        if self.state.current is not None and row.item == self.state.current.item:
            return
        if self.keep(typed):
            self._update(current=row, quantity="", said="", problem="")
            self._look_up(row)

    def save(self, typed: str) -> None:
        """Write down what was counted and go to the next product of the shelf."""
        current = self.state.current
        if current is None:
            self._refuse("Scan a product, or choose one from the list.")
            return
        if not typed.strip():
            self._refuse(f"Type how many there are of {current.name}; 0 when there are none.")
            return
        if not self.keep(typed):
            return
        at = next(
            (i for i, row in enumerate(self.state.rows) if same(row, current)),
            len(self.state.rows),
        )
        following = self.state.rows[at + 1 :]
        nearest = next((row for row in following if row.mine is None), None)
        self._update(current=nearest, quantity="", expected=None)
        if nearest is not None:
            self._look_up(nearest)

    def keep(self, typed: str) -> bool:
        """Write down what was counted, if anything; False when it is no number."""
        current = self.state.current
        if current is None or not typed.strip():
            return True
        try:
            quantity = parse_quantity(typed, least=0)
        except InvalidInputError as error:
            self._refuse(str(error))
            return False
        self._mine[current.item.inventory_id] = quantity
        self._update(current=None, quantity="", problem="", said=f"{quantity:,} {current.name}")
        self._show()
        self._background(self._write(current, quantity))
        return True

    def take_back(self) -> None:
        """Take the last count of this person out again."""
        if self.state.last is not None:
            count = self.state.last
            self._update(last=None)
            self._background(self._withdraw(count))

    def step_shelf(self, by: int, typed: str) -> None:
        """Walk to the next shelf, or with -1 to the one before."""
        places = [(one.aisle, one.shelf) for one in self._shelves]
        here = (self._at.aisle, self._at.shelf)
        at = places.index(here) + by if here in places else 0
        if 0 <= at < len(places) and self.keep(typed):
            self._follow_shelf(Place(*places[at]))

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_event_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            asyncio.get_event_loop().call_exception_handler(
                {"message": "counting failed", "exception": error}
            )

    async def _remember(self, stocktake: Stocktake) -> None:
        # After what is still being written.
        async with self._turn:
            counted = await self._stocktakes.counted_by(stocktake, self._actor)
        if self.state.stocktake.stocktake_id == stocktake.stocktake_id:
            self._mine = counted | self._mine
            self._show()

    async def _write(self, row: CountRow, quantity: int) -> None:
        # One after the other: the newest count of a product is the one that holds.
        async with self._turn:
            try:
                count = await self._stocktakes.count(
                    self.state.stocktake, row.item, quantity, self._actor
                )
            except ZavaError as error:
                self._mine.pop(row.item.inventory_id, None)
                self._refuse(str(error))
            else:
                self._update(last=count)

    async def _withdraw(self, count: Count) -> None:
        async with self._turn:
            try:
                await self._stocktakes.withdraw(count)
            except ZavaError as error:
                self._refuse(str(error))
                return
        self._mine.pop(count.inventory_id, None)
        self._update(said="Taken back.", problem="")
        self._show()
        if not self._recount:
            # An earlier count of the same person holds again.
            await self._remember(self.state.stocktake)

    def _count_more(self, current: CountRow, typed: str) -> None:
        try:
            quantity = parse_quantity(typed, least=0) if typed.strip() else 0
        except InvalidInputError as error:
            self._refuse(str(error))
            return
        self._update(quantity=str(quantity + 1), problem="", taken=self.state.taken + 1)

    def _go_to(self, place: Place, typed: str) -> None:
        if not self._is_shelf(place):
            self._refuse(f"{place.text} is not part of this count.")
        elif self.keep(typed):
            self._follow_shelf(place)

    def _is_shelf(self, place: Place) -> bool:
        return any((one.aisle, one.shelf) == (place.aisle, place.shelf) for one in self._shelves)

    def _look_up(self, row: CountRow) -> None:
        """The expected number, where people may see it."""
        if self.state.stocktake.blind:
            return
        self._update(expected=None)
        self._background(self._expect(row))

    async def _expect(self, row: CountRow) -> None:
        listing = self._catalogue.listing(row.item.product_id)
        if listing is None or listing.key is None:
            return
        items = await self._stock.items([listing.key])
        if items and self.state.current is not None and same(self.state.current, row):
            self._update(expected=items[0].on_hand)

    def _on_stocktake(self, stocktake: Stocktake) -> None:
        self._update(stocktake=stocktake)

    def _on_progress(self, progress: Progress) -> None:
        self._update(counted=progress.items)

    def _on_shelves(self, summaries: list[ShelfSummary]) -> None:
        covers = self.state.stocktake.covers
        self._shelves = sorted(
            (one for one in summaries if covers(Place(one.aisle, one.shelf))),
            key=lambda one: (natural_key(one.aisle), natural_key(one.shelf)),
        )
        self._update(total=sum(one.items for one in self._shelves))
        if self._shelves and not self._stop_shelf:
            self._follow_shelf(Place(self._shelves[0].aisle, self._shelves[0].shelf))

    def _follow_shelf(self, place: Place) -> None:
        for cancel in self._stop_shelf:
            cancel()
        place = Place(place.aisle, place.shelf)
        self._at, self._items, self._others = place, [], {}
        self._update(shelf=place.text, rows=(), current=None, quantity="", problem="")
        store_id = self.state.stocktake.store_id
        self._stop_shelf = [
            self._stock.watch_shelf(store_id, place.aisle, place.shelf, self._on_items)
        ]

    def _on_items(self, items: list[StockItem]) -> None:
        known = {one.inventory_id for one in self._items}
        self._items = sorted(items, key=lambda one: (one.place.sort_key, one.product_id))
        if {one.inventory_id for one in items} != known:
            self._follow_counts()
        self._show()

    def _follow_counts(self) -> None:
        for cancel in self._stop_shelf[1:]:
            cancel()
        ids = [one.inventory_id for one in self._items]
        watch = self._stocktakes.watch_counts(self.state.stocktake, ids, self._on_counts)
        self._stop_shelf = [*self._stop_shelf[:1], watch]

    def _on_counts(self, counts: list[Count]) -> None:
        self._others = others(counts, self._actor)
        self._show()

    def _show(self) -> None:
        self._update(rows=tuple(self._row(item) for item in self._items))

    def _row(self, item: StockItem) -> CountRow:
        listing = self._catalogue.listing(item.product_id)
        name = listing.product.name if listing else item.product_id
        mine = self._mine.get(item.inventory_id)
        sku = listing.product.sku if listing else ""
        return CountRow(item, name, sku, mine, self._others.get(item.inventory_id, ()))

    def _refuse(self, sentence: str) -> None:
        self._update(problem=sentence, said="", refused=self.state.refused + 1)

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)
