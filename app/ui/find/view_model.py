"""Searching the catalogue while one types, with what is on hand here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from decimal import Decimal
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.data.stock.catalogue import Catalogue, Listing
from app.data.stock.stock import StockRepository
from app.domain.entities import StockItem, StockState
from app.domain.scans import Scan
from app.ui.core.on_hand import stock_keys

PAGE = 30
_MOST = 2_000
"""Rows that are shown at once at most, so that they can be sorted."""
_FOLLOW_AFTER_MS = 150
_ENOUGH = 8
"""Whoever sees so many products by their words needs none by meaning."""
_MEANT = 5
"""Products that are shown by meaning."""


@dataclass(frozen=True, slots=True)
class FindRow:
    """A product that was found; `on_hand` is None where this store does not stock it."""

    product_id: str
    name: str
    sku: str
    type: str
    price: Decimal
    place: str
    on_hand: int | None
    state: StockState | None


@dataclass(frozen=True, slots=True)
class FindState:
    """The state of a search; `seconds` is how long it took, `total` counts all matches.

    `meant` is what means something like `meant_by`, which may be a query before this one, and was
    not found by its words.
    """

    query: str = ""
    rows: tuple[FindRow, ...] = ()
    total: int = 0
    seconds: float = 0.0
    meant: tuple[FindRow, ...] = ()
    meant_by: str = ""


class FindViewModel(QObject):
    """Finds while typing; the rows shown follow the store."""

    state_changed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        parent: QObject | None = None,
        follow_after_ms: int = _FOLLOW_AFTER_MS,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stock = stock
        self.state = FindState()
        self._limit = PAGE
        self._asked = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._unfollow: Callable[[], None] | None = None
        self._unlisten: Callable[[], None] | None = None
        # A live query for every key press would be wasted work: follow when typing rests.
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(follow_after_ms)
        self._rest.timeout.connect(self._follow)
        # Nor is a question asked by meaning before its words are answered and painted.
        self._think = QTimer(self)
        self._think.setSingleShot(True)
        self._think.setInterval(follow_after_ms)
        self._think.timeout.connect(self._ask)
        self._ids: tuple[str, ...] = ()
        self._meant: tuple[str, ...] = ()
        self._meant_by = ""
        self._meant_items: list[StockItem] = []
        self._followed = 0

    def activate(self) -> None:
        """Search again and follow the store."""
        if self._unlisten is None:
            self._unlisten = self._catalogue.on_changed(self._search)
        self._search()

    def deactivate(self) -> None:
        """Stop following the store."""
        self._stop_following()
        self._rest.stop()
        self._think.stop()
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None

    def set_query(self, query: str) -> None:
        """Search for a text."""
        self._limit = PAGE
        self.state = replace(self.state, query=query, seconds=0.0)
        self._search(typed=True)

    def best(self) -> str | None:
        """The product that fits the query best, without waiting for its stock."""
        return next(iter(self._catalogue.search(self.state.query, 1).product_ids), None)

    def show_more(self) -> None:
        """Show another page of the same search."""
        self._limit += PAGE
        self._search()

    def show_all(self) -> bool:
        """Show all that fit the same search; False where these are too many."""
        if self.state.total > _MOST:
            return False
        self._limit = max(self._limit, self.state.total)
        self._search()
        return True

    def read(self, text: str) -> Scan:
        """What a scanned or typed code means."""
        return self._catalogue.read(text)

    def listing(self, product_id: str) -> Listing | None:
        """A product as the lists show it."""
        return self._catalogue.listing(product_id)

    def _search(self, typed: bool = False) -> None:
        self._asked += 1
        started = perf_counter()
        hits = self._catalogue.search(self.state.query, self._limit)
        seconds = perf_counter() - started
        fresh = self._unfollow is not None or self._rest.isActive()
        if typed and hits.product_ids == self._ids and fresh:
            # One more letter and the same products: their rows are fresh, or even followed.
            self._followed = self._asked
            if self._rest.isActive():
                self._rest.start()
            self.state = replace(self.state, total=hits.total, seconds=seconds)
            self._look_for_meaning()
            self.state_changed.emit(self.state)
            return
        self._start(self._show(self._asked, hits.product_ids, hits.total, seconds))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_event_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, asked: int, ids: tuple[str, ...], total: int, seconds: float) -> None:
        items = await self._stock.items(stock_keys(self._catalogue, ids))
        if asked != self._asked:
            return
        self._ids = ids
        self._meant = tuple(one for one in self._meant if one not in ids)
        self._emit([*items, *self._meant_items], total, seconds)
        self._stop_following()
        if self._unlisten is not None:
            self._rest.start()
        self._look_for_meaning()

    def _look_for_meaning(self) -> None:
        """Ask by meaning when typing rests, where the words did not find enough."""
        if self._unlisten is not None and self.state.total <= _ENOUGH and self.state.query.strip():
            self._think.start()
            return
        self._think.stop()
        if self._meant:
            self._set_meant((), "", [])
            self._follow()

    def _ask(self) -> None:
        self._start(self._add_meant(self._asked))

    async def _add_meant(self, asked: int) -> None:
        query = self.state.query
        found = await self._catalogue.like(query, _MEANT + len(self._ids))
        if found is None:
            found, query = (), ""
        ids = tuple(one for one in found if one not in self._ids)[:_MEANT]
        items = await self._stock.items(stock_keys(self._catalogue, ids)) if ids else []
        if asked != self._asked or self._unlisten is None:
            return
        if (ids, query) != (self._meant, self._meant_by):
            self._set_meant(ids, query, items)
            self._follow()

    def _set_meant(self, ids: tuple[str, ...], query: str, items: list[StockItem]) -> None:
        self._meant, self._meant_by, self._meant_items = ids, query, items
        rows = self._rows(ids, items)
        self.state = replace(self.state, meant=rows, meant_by=query)
        self.state_changed.emit(self.state)

    def _follow(self) -> None:
        self._stop_following()
        if keys := stock_keys(self._catalogue, self._ids + self._meant):
            self._followed = self._asked

            def on_items(items: list[StockItem]) -> None:
                if self._followed == self._asked:
                    self._emit(items, self.state.total, self.state.seconds)

            self._unfollow = self._stock.watch_items(keys, on_items)

    def _stop_following(self) -> None:
        if self._unfollow is not None:
            self._unfollow()
            self._unfollow = None

    def _emit(self, items: list[StockItem], total: int, seconds: float) -> None:
        self._meant_items = [one for one in items if one.product_id in self._meant]
        self.state = FindState(
            self.state.query,
            self._rows(self._ids, items),
            total,
            seconds,
            self._rows(self._meant, items),
            self._meant_by,
        )
        self.state_changed.emit(self.state)

    def _rows(self, ids: tuple[str, ...], items: list[StockItem]) -> tuple[FindRow, ...]:
        by_product = {item.product_id: item for item in items}
        rows = []
        for product_id in ids:
            listing = self._catalogue.listing(product_id)
            if listing is None:
                continue
            item = by_product.get(product_id)
            product = listing.product
            rows.append(
                FindRow(
                    product_id=product_id,
                    name=product.name,
                    sku=product.sku,
                    type=product.type,
                    price=product.price,
                    place=item.place.code if item else "",
                    on_hand=item.on_hand if item else None,
                    state=item.state if item else None,
                )
            )
        return tuple(rows)
