"""The fields that begin a transfer: direction, other store, number, and products."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.data.stock.catalogue import Catalogue
from app.ui.core.appearance import Appearance
from app.ui.core.choice import Choice
from app.ui.core.product_line import ProductLine
from app.ui.core.widgets import Field, Segments, row
from app.ui.transfers.open_transfer_state import OpenTransferState, Step
from app.ui.transfers.open_transfer_view_model import OpenTransferViewModel


class Entry(QWidget):
    """The fields, of which only those are shown that the step under way needs."""

    def __init__(
        self, view_model: OpenTransferViewModel, catalogue: Catalogue, appearance: Appearance
    ) -> None:
        super().__init__()
        self.direction = Segments(
            (("take", "Bring it here"), ("send", "Send it away")),
            lambda value: view_model.set_direction(value == "send"),
            "Direction",
        )
        self.other = Choice()
        for store in view_model.others:
            self.other.addItem(store.short_name, store.store_id)
        self.number = QLineEdit()
        self.number.setPlaceholderText("As on the paper, such as TR-SEA-3F2A-0007")
        self.product = ProductLine(catalogue, appearance, "Scan a product, or search it by name")
        self.number.returnPressed.connect(self.product.setFocus)
        self._direction_field = Field("Direction", self.direction)
        self._other_field = Field("Other store", self.other)
        self._number_field = Field("Number of the transfer", self.number)
        self._product_field = Field("Add a product", self.product)
        layout = row(self._direction_field, self._other_field, self._number_field, spacing=10)
        layout.setStretchFactor(self._number_field, 1)
        layout.addWidget(self._product_field, 2)
        for field in (self._direction_field, self._other_field, self._number_field):
            # The list of what was found makes the last one high.
            layout.setAlignment(field, Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)

    def target(self, step: Step) -> str:
        """The other store of a new transfer, or the number of one that was not seen yet."""
        return str(self.other.currentData()) if step is Step.REQUEST else self.number.text()

    def is_done(self) -> bool:
        """Whether nothing is typed that is not on the transfer; else say so, and stay there."""
        return not self.product.isVisible() or self.product.is_done()

    def show_state(self, state: OpenTransferState) -> None:
        """Show the fields that the step of a state needs."""
        requesting, receiving = state.step is Step.REQUEST, state.step is Step.RECEIVE
        self.direction.choose("send" if state.sending else "take")
        for field, shown in (
            (self._direction_field, requesting),
            (self._other_field, requesting),
            (self._number_field, state.unseen),
            (self._product_field, requesting or receiving),
        ):
            field.setVisible(shown)
        self.setVisible(requesting or receiving or state.unseen)
