"""The history of one item on the card, read again at every movement."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from PySide6.QtCore import QObject, QTimer, Signal

from app.data.stock.stock import StockRepository
from app.data.sync.delivery import Deliveries, Delivery
from app.domain.entities import Actor, StockItem
from app.domain.stock import Ledger
from app.ui.core.tasks import begin
from connector_config.schema.collections import STOCK_MOVEMENTS

HISTORY_PAGE = 20


class ItemLedger(QObject):
    """Follows the movements of an item; `changed` tells of a new `ledger` or of its difference.

    `deliveries` has, by movement id, what has become of the lines that this device wrote.
    `unexplained` counts units whose movements have not arrived: documents arrive one by one, and
    only a difference that stays for so many milliseconds is worth a word.
    """

    changed = Signal()

    def __init__(
        self,
        stock: StockRepository,
        outbox: Deliveries | None,
        actor: Actor,
        settle_ms: int,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._stock = stock
        self._outbox = outbox
        self._device_id = actor.device.device_id
        self._following = ExitStack()
        self._following_outbox = ExitStack()
        self._inventory_id = ""
        self._item: StockItem | None = None
        self._limit = HISTORY_PAGE
        self._opened = 0
        self._read_again = False
        self.reading = False
        self.ledger: Ledger | None = None
        self.deliveries: Mapping[str, Delivery] = {}
        self.unexplained = 0
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(settle_ms)
        self._settle.timeout.connect(self._report_difference)

    def open(self) -> None:
        """Begin with another item, which is not known yet."""
        self.close()
        self._limit = HISTORY_PAGE
        self.ledger, self.deliveries, self.unexplained = None, {}, 0
        if self._outbox is not None:
            self._following_outbox.callback(self._outbox.on_changed(self._refresh))

    def close(self) -> None:
        """Stop following; what is known stays."""
        self._opened += 1
        self._item, self._inventory_id = None, ""
        self._following.close()
        self._following_outbox.close()
        self._settle.stop()

    def show(self, item: StockItem | None) -> None:
        """Show the history of an item as it is now; without an item nothing changes."""
        self._item = item
        if item is None:
            return
        if item.inventory_id == self._inventory_id:
            self._refresh()
        else:
            self._follow(item)

    def show_more(self) -> None:
        """Show another page of the history."""
        self._limit += HISTORY_PAGE
        if self._item is not None:
            self._follow(self._item)

    def _follow(self, item: StockItem) -> None:
        self._following.close()
        self._inventory_id = item.inventory_id
        self._following.callback(
            self._stock.watch_movements(item.inventory_id, self._limit, lambda _: self._refresh())
        )

    def _refresh(self) -> None:
        self._read_again = True
        if not self.reading:
            self.reading = True
            begin(self._read())

    async def _read(self) -> None:
        try:
            while self._read_again and self._item is not None:
                self._read_again = False
                opened = self._opened
                ledger = await self._stock.ledger(self._item, self._limit)
                deliveries = await self._deliveries_of(ledger)
                if opened == self._opened:
                    self._show(ledger, deliveries)
                else:
                    self._read_again = True
        finally:
            self.reading = False

    async def _deliveries_of(self, ledger: Ledger) -> Mapping[str, Delivery]:
        if self._outbox is None:
            return {}
        movements = [line.movement for line in ledger.lines]
        own = [one for one in movements if one.device_id == self._device_id]
        keys = [{"store_id": one.store_id, "movement_id": one.movement_id} for one in own]
        found = await self._outbox.deliveries_of(STOCK_MOVEMENTS, keys)
        return {one.movement_id: delivery for one, delivery in zip(own, found, strict=True)}

    def _show(self, ledger: Ledger, deliveries: Mapping[str, Delivery]) -> None:
        self.ledger, self.deliveries = ledger, deliveries
        if ledger.difference:
            self._settle.start()
        else:
            self.unexplained = 0
        self.changed.emit()

    def _report_difference(self) -> None:
        if self.ledger is not None:
            self.unexplained = self.ledger.difference
            self.changed.emit()
