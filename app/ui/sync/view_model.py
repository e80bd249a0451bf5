"""The state of the Sync screen: the service, what waits in words, and room on this device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.data.store.faulty import FaultyDocuments
from app.data.sync.delivery import Deliveries, Waiting
from app.data.sync.space import Room, Space
from app.data.sync.state import Sync, SyncState
from app.domain.entities import Movement, Reason
from app.domain.errors import FaultyDocumentError
from app.ui.core.command import Command
from app.ui.core.formats import signed
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.sync_words import collection_title
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS

SHOWN = 100
_ROOM_EVERY_MS = 30_000
_QUICK = 1.0
"""Seconds that looking for faulty documents may take to be repeated while one looks at them."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A document that has not left this device, in words."""

    key: str
    what: str
    more: str
    since: datetime | None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class SyncScreenState:
    """The state; `message` says what went wrong with what a person asked for."""

    sync: SyncState
    waiting: tuple[WaitingRow, ...] = ()
    rooms: tuple[Room, ...] = ()
    total: int = 0
    message: Message = NO_MESSAGE
    faulty: tuple[FaultyDocumentError, ...] = ()


class SyncViewModel(QObject):
    """Follows the service while the screen is shown."""

    state_changed = Signal(object)
    signed_in = Signal()
    sign_in_refused = Signal(str)

    def __init__(
        self,
        sync: Sync,
        deliveries: Deliveries,
        space: Space,
        stock: StockRepository,
        catalogue: Catalogue,
        faulty: FaultyDocuments,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sync = sync
        self._deliveries = deliveries
        self._space = space
        self._stock = stock
        self._catalogue = catalogue
        self._faulty = faulty
        self._following = ExitStack()
        self._active = False
        self.state = SyncScreenState(sync.state)
        self.switch = self._command(self._switch)
        self.set_road = self._command(sync.set_road)
        self.sign_out = self._command(sync.sign_out)
        self.sign_in = Command(sync.sign_in, self)
        self.sign_in.finished.connect(lambda _: self.signed_in.emit())
        self.sign_in.failed.connect(lambda error: self.sign_in_refused.emit(str(error)))
        self._look = Command(self._describe, self)
        self._look.changed.connect(self._look_once_more)
        self._stale = False
        self._measure = Command(self._measure_room, self)
        self._examine = Command(self._find_faulty, self)
        self._took = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_ROOM_EVERY_MS)
        self._timer.timeout.connect(self._measure.execute)
        self._timer.timeout.connect(self._examine_again)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return (
            self._look.running
            or self._measure.running
            or self._examine.running
            or self.switch.running
        )

    def activate(self) -> None:
        """Follow the service."""
        if not self._active:
            self._active = True
            self._following.callback(self._sync.on_changed(self._on_changed))
            self._following.callback(self._deliveries.on_changed(self._on_changed))
            self._measure.execute()
            self._examine.execute()
            self._timer.start()
            self._on_changed()

    def deactivate(self) -> None:
        """Stop following."""
        self._following.close()
        self._active = False
        self._timer.stop()
        self._examine.cancel()

    def _command(self, action: Callable[..., object]) -> Command:
        command = Command(action, self)  # type: ignore[arg-type]
        command.failed.connect(lambda error: self._update(message=problem(error)))
        return command

    async def _switch(self) -> None:
        self._update(message=NO_MESSAGE)
        if self.state.sync.paused:
            await self._sync.go_online()
        else:
            await self._sync.go_offline()

    def _on_changed(self) -> None:
        self._update(sync=self._sync.state)
        self._stale = not self._look.execute()

    def _look_once_more(self) -> None:
        if self._stale and not self._look.running and self._active:
            self._stale = not self._look.execute()

    async def _describe(self) -> None:
        page = self._deliveries.page
        # A change of stock is its movement; the item that it changed is not a second change.
        page = tuple(one for one in page if one.collection != INVENTORY or one.refused) or page
        page = page[:SHOWN]
        keys = [one.document_id for one in page if one.collection == STOCK_MOVEMENTS]
        found = {one.movement_id: one for one in await self._stock.movements_by_id(keys)}
        self._update(waiting=tuple(self._row(one, found) for one in page))

    def _row(self, waiting: Waiting, movements: dict[str, Movement]) -> WaitingRow:
        document_id = waiting.document_id
        ids = document_id.values() if isinstance(document_id, dict) else [document_id]
        movement = next((movements[its] for its in ids if its in movements), None)
        if movement is None or waiting.refused:
            what = f"{collection_title(waiting.collection)}, "
            return WaitingRow(
                waiting.key,
                what + ("new" if waiting.kind == "insert" else "changed"),
                waiting.refused,
                waiting.at,
                bool(waiting.refused),
            )
        listing = self._catalogue.listing(movement.product_id)
        name = listing.product.name if listing else "a product"
        if movement.reason is Reason.MOVED and movement.to_place is not None:
            what = f"{name} moved to {movement.to_place.code}"
        else:
            what = f"{signed(movement.quantity)} {name}"
        return WaitingRow(
            waiting.key, what, f"{movement.reason.label}, by {movement.who}", movement.at
        )

    async def _measure_room(self) -> None:
        rooms: Sequence[Room] = await self._space.rooms()
        self._update(rooms=tuple(rooms), total=self._space.total)

    def _examine_again(self) -> None:
        # A store of years takes longer: it is looked through when somebody comes here.
        if self._took < _QUICK:
            self._examine.execute()

    async def _find_faulty(self) -> None:
        begun = perf_counter()
        found = await self._faulty.find()
        self._took = perf_counter() - begun
        self._update(faulty=tuple(found))

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)
