"""The steps of a transfer so far, and taking them back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.dialogs import ask
from app.ui.core.formats import counted, number
from app.ui.core.rows import RowsModel
from app.ui.core.widgets import Text, button, row, tinted
from app.ui.transfers.columns import LOG
from app.ui.transfers.open_transfer_state import OpenTransferState
from app.ui.transfers.open_transfer_view_model import OpenTransferViewModel
from app.ui.transfers.words import LogRow
from connector_config.wording import plural


class Steps:
    """The `table` of the steps, and a `head` to put above it, with what can be done."""

    def __init__(self, view_model: OpenTransferViewModel, appearance: Appearance) -> None:
        self._view_model = view_model
        model = RowsModel[LogRow](LOG, lambda one: one.key)
        self.table = ChoiceTable(model, appearance, "Steps so far", 34, open_on_click=False)
        self.table.selected.connect(lambda _: self._offer(view_model.state))
        self.take_back = button("Take back…", self._ask_back, tip="Cancel a shipment")
        tinted(self.take_back, "undo", appearance)
        self.cancel_rest = button("Cancel the rest…", self._ask_rest)
        self.head = QWidget()
        self.head.setLayout(
            row(Text("Steps so far", "heading"), None, self.take_back, self.cancel_rest)
        )

    def show(self, state: OpenTransferState) -> None:
        """Show the steps of a transfer, if it is known here."""
        self.table.show_rows(state.log)
        self._offer(state)
        for widget in (self.head, self.table):
            widget.setVisible(state.transfer is not None)

    def _offer(self, state: OpenTransferState) -> None:
        self.take_back.setVisible(state.may_take_back and self._shipment() is not None)
        self.cancel_rest.setVisible(state.may_cancel)

    def _shipment(self) -> LogRow | None:
        """The chosen shipment, or else the newest that can be taken back."""
        chosen: LogRow | None = self.table.current()
        if chosen is not None and chosen.back:
            return chosen
        return next((one for one in self._view_model.state.log if one.back), None)

    def _ask_back(self) -> None:
        shipment = self._shipment()
        transfer = self._view_model.state.transfer
        if shipment is None or transfer is None:
            return
        names = {line.product_id: line.name for line in transfer.lines}
        back = ", ".join(
            f"{number(count)} \N{MULTIPLICATION SIGN} {names[key]}"
            for key, count in shipment.back.items()
        )
        total = sum(shipment.back.values())
        ask(
            self.head,
            "Take this shipment back?",
            f"{back} {plural(total, 'comes', 'come')} back into stock here and "
            "can no longer be received there. What has arrived stays there. If the other store "
            "received it meanwhile, its receipt counts, and this is put right by itself.",
            f"Take back {counted(total, 'unit')}",
            lambda: self._view_model.take_back(shipment.key),
            "Leave it",
        )

    def _ask_rest(self) -> None:
        ask(
            self.head,
            "Ship no more of it?",
            "What was asked for and has not left is cancelled. No stock changes; what is on its "
            "way stays on its way and can be received.",
            "Cancel the rest",
            self._view_model.cancel_rest,
            "Leave it",
        )
