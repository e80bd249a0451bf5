"""The product card: where it stands, what is on hand, its history, and changes of stock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from math import inf
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.data.sync.delivery import Deliveries, Delivery
from app.domain.distance import kilometres
from app.domain.entities import Actor, Movement, Place, Reason, StockItem, Store
from app.domain.errors import InvalidInputError, ShortStockError, ZavaError
from app.domain.stock import (
    Ledger,
    parse_place,
    parse_quantity,
)
from app.ui.core.actions import Actions
from app.ui.core.command import Command
from app.ui.product.state import Draft, Elsewhere, ProductState
from connector_config.schema.collections import STOCK_MOVEMENTS

HISTORY_PAGE = 20
_SETTLE_MS = 1_500
_NOT_HERE = "This store does not stock the product."
_NOT_THIS_ROLE = "Sales reps look stock up; a store worker changes it."


class ProductViewModel(QObject):
    """Follows one product at every store; changes of stock go through `actions`, in order.

    `short` carries a ShortStockError, and whether it is about the draft; `saved` tells that the
    draft of the product that is shown was written.
    """

    state_changed = Signal(object)
    short = Signal(object)
    saved = Signal()
    place_refused = Signal(object)
    moved = Signal()
    refused = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        actor: Actor,
        stores: list[Store],
        deliveries: Deliveries | None = None,
        parent: QObject | None = None,
        settle_ms: int = _SETTLE_MS,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stock = stock
        self._actor = actor
        own = [one for one in stores if one.store_id == actor.profile.store_id]
        others = [one for one in stores if one.store_id != actor.profile.store_id]
        self._kilometres = {
            one.store_id: kilometres(own[0], one) if own else None for one in others
        }
        # Nearest first; of where they are not, nobody knows how far that is.
        self._others = sorted(others, key=lambda one: _far(self._kilometres[one.store_id]))
        self.deliveries = deliveries
        self._drafts: dict[str, Draft] = {}
        self._limit = HISTORY_PAGE
        self._opened = 0
        self._cancels: list[Callable[[], None]] = []
        self._stop_movements: Callable[[], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._reading = self._read_again = False
        self.state = ProductState(may_adjust=actor.profile.role.may_adjust)
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        self.move = Command(self._move, self)
        self.move.finished.connect(lambda _: self.moved.emit())
        self.move.failed.connect(self._on_failed)
        # Documents arrive one by one: only a difference that stays is worth a word.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(settle_ms)
        self._settle.timeout.connect(self._report_difference)

    @property
    def busy(self) -> bool:
        """Whether something is being read or written."""
        return self.actions.running or self.move.running or self._reading

    def open(self, product_id: str) -> None:
        """Show this product and follow it."""
        self.close()
        self._limit = HISTORY_PAGE
        listing = self._catalogue.listing(product_id)
        self.state = ProductState(
            product=listing.product if listing else None,
            draft=self._drafts.get(product_id, Draft()),
            may_adjust=self._actor.profile.role.may_adjust,
        )
        self._cancels = [
            self._stock.watch_product(product_id, self._on_items),
            self._catalogue.on_changed(self._load_product),
        ]
        if self.deliveries is not None:
            self._cancels.append(self.deliveries.on_changed(self._refresh_ledger))
        self._load_product()
        self.state_changed.emit(self.state)

    def close(self) -> None:
        """Stop following the product."""
        self._opened += 1
        for cancel in self._cancels:
            cancel()
        self._cancels = []
        if self._stop_movements is not None:
            self._stop_movements()
            self._stop_movements = None
        self._settle.stop()

    def edit(
        self,
        adding: bool | None = None,
        quantity: str | None = None,
        reason: Reason | None = None,
        note: str | None = None,
    ) -> None:
        """Change the draft; the preview follows."""
        draft = self.state.draft
        if adding is not None and adding != draft.adding:
            draft = replace(draft, adding=adding)
            draft = replace(draft, reason=draft.reasons[0])
        draft = replace(
            draft,
            quantity=draft.quantity if quantity is None else quantity,
            reason=reason or draft.reason,
            note=draft.note if note is None else note,
        )
        self._set_draft(draft)

    def apply(self, allow_negative: bool = False) -> None:
        """Write the draft; says beside the field what is wrong with it."""
        item, draft = self.state.item, self.state.draft
        try:
            quantity = parse_quantity(draft.quantity)
        except InvalidInputError as error:
            self._update(quantity_error=str(error))
            return
        if item is None or not self.state.may_adjust:
            self.refused.emit(_NOT_HERE if item is None else _NOT_THIS_ROLE)
            return
        if not self.actions.running:
            # A second press before the first one is written does not write it twice.
            signed = quantity if draft.adding else -quantity
            self._adjust(item, signed, draft.reason, allow_negative, draft)

    def step(self, by: int, allow_negative: bool = False) -> None:
        """One unit more or less, as a correction; quick presses wait for each other."""
        if self.state.may_adjust and self.state.item is not None:
            self._adjust(self.state.item, by, Reason.CORRECTION, allow_negative, None)

    def move_to(self, aisle: str, shelf: str, bin_: str) -> None:
        """Put the product at another place; `moved` or `place_refused` answers."""
        try:
            place = parse_place(aisle, shelf, bin_)
        except InvalidInputError as error:
            self.place_refused.emit(error)
            return
        item = self.state.item
        if item is None or not self.state.may_adjust:
            self.refused.emit(_NOT_HERE if item is None else _NOT_THIS_ROLE)
        elif place == item.place:
            self.place_refused.emit(InvalidInputError("aisle", "It stands there already."))
        else:
            self.move.execute(item, place)

    def show_more(self) -> None:
        """Show another page of the history."""
        self._limit += HISTORY_PAGE
        self._follow_movements()

    def _adjust(
        self,
        item: StockItem,
        quantity: int,
        reason: Reason,
        allow_negative: bool,
        draft: Draft | None,
    ) -> None:
        """Change the stock of an item, by a draft or by a step."""
        note = draft.note if draft is not None else ""

        async def work() -> None:
            try:
                await self._stock.adjust(item, quantity, reason, self._actor, note, allow_negative)
            except ShortStockError as error:
                if not self._shows(item):
                    raise
                self.actions.drop_waiting()
                self.short.emit((error, draft is not None))
            else:
                self._on_adjusted(item, quantity, draft)

        self.actions.add(work)

    def _on_adjusted(self, item: StockItem, quantity: int, draft: Draft | None) -> None:
        if self.state.item is item:
            # It is committed: show it now; the live query is about to say the same.
            own = replace(item, stock_delta=item.stock_delta + quantity)
            self._update(item=own, preview=self._preview(self.state.draft, own))
        if draft is not None:
            self._empty(item.product_id, draft)
            if self._shows(item):
                self.saved.emit()

    async def _move(self, item: StockItem, place: Place) -> Movement:
        return await self._stock.move(item, place, self._actor)

    def _shows(self, item: StockItem) -> bool:
        shown = self.state.product
        return shown is not None and shown.product_id == item.product_id

    def _empty(self, product_id: str, written: Draft) -> None:
        """The direction and reason stay: the next change is often of the same kind."""
        if self._drafts.get(product_id) != written:
            return
        self._drafts[product_id] = emptied = replace(written, quantity="", note="")
        if self.state.product is not None and self.state.product.product_id == product_id:
            self._set_draft(emptied)

    def _on_failed(self, error: ZavaError) -> None:
        self.actions.drop_waiting()
        self.refused.emit(str(error))

    def _set_draft(self, draft: Draft) -> None:
        if self.state.product is not None:
            self._drafts[self.state.product.product_id] = draft
        self._update(draft=draft, quantity_error="", preview=self._preview(draft, self.state.item))

    def _preview(self, draft: Draft, item: StockItem | None) -> int | None:
        try:
            quantity = parse_quantity(draft.quantity)
        except InvalidInputError:
            return None
        return item.on_hand + (quantity if draft.adding else -quantity) if item else None

    def _load_product(self) -> None:
        if self.state.product is not None:
            self._start(self._read_product(self._opened, self.state.product.product_id))

    async def _read_product(self, opened: int, product_id: str) -> None:
        product = await self._catalogue.product(product_id)
        if opened == self._opened and product is not None:
            self._update(product=product)

    def _on_items(self, items: list[StockItem]) -> None:
        by_store = {item.store_id: item for item in items}
        own = by_store.get(self._actor.profile.store_id)
        elsewhere = tuple(self._elsewhere(one, by_store.get(one.store_id)) for one in self._others)
        self._update(item=own, elsewhere=elsewhere, preview=self._preview(self.state.draft, own))
        if own is not None and self._stop_movements is None:
            self._follow_movements()
        elif own is not None:
            self._refresh_ledger()

    def _elsewhere(self, store: Store, item: StockItem | None) -> Elsewhere:
        return Elsewhere(
            store.short_name,
            item.on_hand if item else None,
            store.store_id,
            self._kilometres[store.store_id],
            item.last_updated if item else None,
        )

    def _follow_movements(self) -> None:
        if self._stop_movements is not None:
            self._stop_movements()
        if self.state.item is not None:
            self._stop_movements = self._stock.watch_movements(
                self.state.item.inventory_id, self._limit, lambda _: self._refresh_ledger()
            )

    def _refresh_ledger(self) -> None:
        self._read_again = True
        if not self._reading:
            self._reading = True
            self._start(self._read_ledger())

    async def _read_ledger(self) -> None:
        try:
            while self._read_again and self.state.item is not None:
                self._read_again = False
                opened = self._opened
                ledger = await self._stock.ledger(self.state.item, self._limit)
                deliveries = await self._deliveries_of(ledger)
                if opened == self._opened:
                    settled = {} if ledger.difference else {"unexplained": 0}
                    self._update(ledger=ledger, deliveries=deliveries, **settled)
                    if ledger.difference:
                        self._settle.start()
                else:
                    self._read_again = True
        finally:
            self._reading = False

    async def _deliveries_of(self, ledger: Ledger) -> Mapping[str, Delivery]:
        if self.deliveries is None:
            return {}
        device_id = self._actor.device.device_id
        own = [line.movement for line in ledger.lines if line.movement.device_id == device_id]
        keys = [{"store_id": one.store_id, "movement_id": one.movement_id} for one in own]
        found = await self.deliveries.of(STOCK_MOVEMENTS, keys)
        return {one.movement_id: its for one, its in zip(own, found, strict=True)}

    def _report_difference(self) -> None:
        if self.state.ledger is not None:
            self._update(unexplained=self.state.ledger.difference)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_event_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)


def _far(distance: float | None) -> float:
    return inf if distance is None else distance
