"""The Transfers screen: the list of both directions, and the card of one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.paper_numbers import PaperKind
from app.domain.scans import Scan, ScannedPaper
from app.domain.transfers import Transfer
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import Binding
from app.ui.core.dialogs import ask
from app.ui.core.formats import counted, number
from app.ui.core.message import Message
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Segments, Text, button, column, row, tinted
from app.ui.transfers.open_transfer_view_model import OpenTransferViewModel
from app.ui.transfers.transfer import TransferView
from app.ui.transfers.view_model import TransferRow, TransfersState, TransfersViewModel
from app.ui.transfers.words import TONES, differences, moment


def _goods(listed: TransferRow) -> Cell:
    lines = listed.transfer.lines
    names = ", ".join(line.name for line in lines[:3]) or "Nothing yet"
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    return Cell(
        names + more,
        f"{listed.transfer.number} \N{MIDDLE DOT} {moment(listed.transfer.signature.at)}",
    )


def _state(one: TransferRow) -> Cell:
    state = one.transfer.state
    return Cell(state.value.capitalize(), tone=TONES[state], pill=True)


_COLUMNS = (
    Column[TransferRow](
        "Direction",
        lambda one: Cell(f"To {one.other}" if one.outgoing else f"From {one.other}", bold=True),
        132,
    ),
    Column[TransferRow]("What", _goods),
    Column[TransferRow](
        "Waits for",
        lambda one: Cell(
            one.waits,
            differences(one.transfer),
            tone="" if one.mine else "muted",
            bold=one.mine,
        ),
        210,
    ),
    Column[TransferRow](
        "On its way", lambda one: Cell(number(one.transfer.in_transit)), 92, right=True
    ),
    Column[TransferRow]("State", _state, 132),
)


class TransfersScreen(Screen):
    """The screen, which opens on the list."""

    def __init__(
        self,
        view_model: TransfersViewModel,
        transfer: OpenTransferViewModel,
        catalogue: Catalogue,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._transfer_model = transfer
        self._model = RowsModel[TransferRow](_COLUMNS, lambda one: one.transfer.transfer_id)
        self.table = RowsTable(self._model, appearance, "Transfers")
        self.table.opened.connect(lambda one: self.open_transfer(one.transfer))
        self._summary = Elided("", "muted")
        self.shown = Segments(
            (("open", "Open"), ("all", "All")),
            lambda value: view_model.show_finished(value == "all"),
            "Shown",
        )
        unseen = button("Receive a number…", self.receive_unseen, tip="A paper not seen here (R)")
        tinted(unseen, "barcode_scanner", appearance)
        new = button("New transfer", self.begin, "primary", "Ask for goods or send some (N)")
        header = row(Text("Transfers", "title"), 8, self._summary, self.shown, unseen, new)
        header.setStretch(2, 1)
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addWidget(self.table, 1)
        layout.setContentsMargins(24, 20, 24, 16)
        self._list = QWidget()
        self._list.setLayout(layout)
        self.transfer = TransferView(transfer, catalogue, appearance, approving)
        self.transfer.left.connect(self.show_list)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self.transfer)
        self.setLayout(column(self._stack))
        self.press_keys(
            Binding("N", "Begin a transfer", self.begin, when=self._is_listed),
            Binding("R", "Receive a number", self.receive_unseen, when=self._is_listed),
        )
        view_model.state_changed.connect(self._render)
        view_model.found.connect(self.open_transfer)
        view_model.missed.connect(self.receive_unseen)
        transfer.scan_refused.connect(self.refused)

    def activate(self) -> None:
        self._view_model.activate()
        self._transfer_model.activate()

    def deactivate(self) -> None:
        self._view_model.deactivate()
        self._transfer_model.deactivate()

    def take_typed(self) -> bool:
        return self._stack.currentWidget() is self._list or self.transfer.take_typed()

    @property
    def unsaved(self) -> str:
        return self._transfer_model.unsaved

    def say(self, message: Message) -> None:
        self._transfer_model.say(message)

    def focus_first(self) -> None:
        if self._stack.currentWidget() is self.transfer:
            self.transfer.focus_first()
            return
        self.table.focus_a_row()

    def open_item(self, key: str) -> None:
        self._unless_counted(lambda: self._view_model.look_for(transfer_id=key))

    def take_scan(self, scan: Scan) -> bool:
        if self._stack.currentWidget() is self.transfer:
            return self.transfer.take_scan(scan)
        match scan.meaning:
            case ScannedPaper(PaperKind.TRANSFER, number):
                listed = self._view_model.with_number(number)
                if listed is not None:
                    # The goods may be scanned before a look-up has ended.
                    self.open_transfer(listed)
                else:
                    self._view_model.look_for(number=number)
                return True
        return False

    def open_transfer(self, transfer: Transfer) -> None:
        """Show the card of a transfer."""
        self._transfer_model.open(transfer)
        self._show_transfer()

    def begin(self) -> None:
        """Begin a transfer that asks for goods or sends some."""
        self._transfer_model.open_new()
        self._show_transfer()

    def ask_for(self, store_id: str, product_id: str) -> None:
        """Ask a store for a product."""

        def ask_now() -> None:
            self.begin()
            other = self.transfer.entry.other
            other.setCurrentIndex(other.findData(store_id))
            self._transfer_model.count(product_id, 1)

        self._unless_counted(ask_now)

    def receive_unseen(self, number: str = "") -> None:
        """Receive against a number that this device has not seen yet."""
        self._transfer_model.open_unseen()
        self._show_transfer()
        self.transfer.entry.number.setText(number)
        if number:
            self.transfer.entry.product.setFocus()

    def show_list(self) -> None:
        """Go back to the list, after a second thought where something is counted."""

        def leave() -> None:
            self._transfer_model.close()
            self._stack.setCurrentWidget(self._list)
            self.focus_first()

        self._unless_counted(leave)

    def _unless_counted(self, act: Callable[[], object]) -> None:
        """Do what drops the open transfer, after a question where something is counted for it."""
        if not self.take_typed():
            return
        if sentence := self._transfer_model.unsaved:
            text = f"{sentence} Whoever leaves it begins to count anew."
            ask(self, "Leave what is counted?", text, "Leave it", act, "Go on counting")
        else:
            act()

    def _is_listed(self) -> bool:
        return self._stack.currentWidget() is self._list

    def _show_transfer(self) -> None:
        self._stack.setCurrentWidget(self.transfer)
        self.transfer.begin()

    def _render(self, state: TransfersState) -> None:
        self._model.set_rows(state.rows or ())
        self.table.set_empty_text(
            "Nothing is under way between this store and others. N asks for goods or sends some."
        )
        self._summary.set_text(
            f"{counted(state.waiting, 'waits', 'wait')} for this store  \N{MIDDLE DOT}  "
            f"{counted(state.in_transit, 'unit')} in transit"
        )
