"""The live list of transfers from and to a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.data.papers.transfers import TransferRepository
from app.domain.entities import Store
from app.domain.transfers import Transfer
from app.ui.core.command import Command
from app.ui.transfers.words import waits


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer as this store sees it; `mine` says that the next step is this store's."""

    transfer: Transfer
    other: str
    outgoing: bool
    mine: bool
    waits: str


@dataclass(frozen=True, slots=True)
class TransfersState:
    """The transfers that wait for this store, then the others; None before the first answer."""

    rows: tuple[TransferRow, ...] | None = None
    waiting: int = 0
    in_transit: int = 0


class TransfersViewModel(QObject):
    """Follows the transfers in both directions; finished ones are shown on request.

    `found` carries the Transfer that was looked for, `missed` its number.
    """

    state_changed = Signal(object)
    found = Signal(object)
    missed = Signal(str)

    def __init__(
        self,
        transfers: TransferRepository,
        stores: Sequence[Store],
        store_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transfers = transfers
        self._names: Mapping[str, str] = {one.store_id: one.short_name for one in stores}
        self._store_id = store_id
        self._found: list[Transfer] | None = None
        self._finished = False
        self._cancel: Callable[[], None] | None = None
        self.state = TransfersState()
        self._look = Command(self._look_up, self)

    def activate(self) -> None:
        """Follow the store."""
        if self._cancel is None:
            self._cancel = self._transfers.watch_all(self._store_id, self._on_transfers)

    def deactivate(self) -> None:
        """Stop following the store."""
        self._look.cancel()
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def show_finished(self, finished: bool) -> None:
        """Show finished and cancelled transfers, too, or only open ones."""
        self._finished = finished
        self._emit()

    def with_number(self, number: str) -> Transfer | None:
        """The transfer of the list with a number; None where it has none."""
        return next((one for one in self._found or () if one.number == number), None)

    def look_for(self, transfer_id: str = "", number: str = "") -> None:
        """Look for the transfer with an id or a number, however old: `found` or `missed`."""
        self._look.cancel()
        self._look.execute(transfer_id, number)

    async def _look_up(self, transfer_id: str, number: str) -> None:
        if transfer_id:
            found = await self._transfers.with_id(transfer_id)
        else:
            found = await self._transfers.with_number(self._store_id, number)
        if found is not None:
            self.found.emit(found)
        elif number:
            self.missed.emit(number)

    def _on_transfers(self, found: list[Transfer]) -> None:
        self._found = found
        self._emit()

    def _emit(self) -> None:
        if self._found is None:
            return
        rows = [self._row(one) for one in self._found]
        shown = [one for one in rows if self._finished or one.transfer.state.is_open]
        shown.sort(key=lambda one: (not one.mine, not one.transfer.state.is_open))
        self.state = TransfersState(
            tuple(shown),
            sum(one.mine for one in rows),
            sum(one.in_transit for one in self._found),
        )
        self.state_changed.emit(self.state)

    def _row(self, transfer: Transfer) -> TransferRow:
        outgoing = transfer.from_store_id == self._store_id
        other = transfer.to_store_id if outgoing else transfer.from_store_id
        mine, text = waits(transfer, self._store_id, self._names)
        return TransferRow(transfer, self._names.get(other, other), outgoing, mine, text)
