"""What other stores have, and what the product is."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from app.ui.core.barcode import Barcode
from app.ui.core.formats import number
from app.ui.core.widgets import Text, card, clear, column
from app.ui.product.state import Elsewhere, ProductState
from app.ui.product.view_model import ProductViewModel


class ElsewhereCard(QFrame):
    """On hand at every other store."""

    def __init__(self, view_model: ProductViewModel) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        layout = QVBoxLayout()
        layout.addWidget(Text("At other stores", "heading"))
        layout.addLayout(self._grid)
        self.setLayout(column(card(layout)))
        self._labels: dict[str, Text] = {}
        view_model.state_changed.connect(self._render)

    def _render(self, state: ProductState) -> None:
        for one in state.elsewhere:
            if one.store not in self._labels:
                at = len(self._labels)
                self._labels[one.store] = Text("", "pill")
                self._grid.addWidget(Text(one.store), at, 0)
                self._grid.addWidget(self._labels[one.store], at, 1, Qt.AlignmentFlag.AlignRight)
            _show(self._labels[one.store], one)


def _show(label: Text, one: Elsewhere) -> None:
    label.setText("Not stocked" if one.on_hand is None else number(one.on_hand))
    if one.on_hand is None:
        label.set_tone("")
    else:
        label.set_tone("ok" if one.on_hand > 0 else "danger")


class DetailsCard(QFrame):
    """Description, specifications and the barcode."""

    def __init__(self, view_model: ProductViewModel) -> None:
        super().__init__()
        self._description = Text("", wrap=True)
        self._description.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._barcode = Barcode()
        self._specifications: Mapping[str, object] | None = None
        layout = QVBoxLayout()
        layout.setSpacing(10)
        layout.addWidget(Text("Details", "heading"))
        layout.addWidget(self._barcode)
        layout.addWidget(self._description)
        layout.addLayout(self._grid)
        self.setLayout(column(card(layout)))
        view_model.state_changed.connect(self._render)

    def _render(self, state: ProductState) -> None:
        product = state.product
        if product is None:
            return
        self._barcode.set_code(product.sku)
        self._description.setText(product.description)
        if product.specifications == self._specifications:
            return
        self._specifications = product.specifications
        clear(self._grid)
        for at, (name, value) in enumerate(product.specifications.items()):
            self._grid.addWidget(Text(specification_name(name), "small"), at, 0)
            self._grid.addWidget(Text(_value(value), wrap=True), at, 1)


_UNITS = {
    "in": "in",
    "ft": "ft",
    "lbs": "lb",
    "oz": "oz",
    "gal": "gal",
    "v": "V",
    "a": "A",
    "w": "W",
    "ft_lbs": "ft-lb",
}


def specification_name(key: str) -> str:
    """`weight_lbs` as `Weight (lb)`, `battery_type` as `Battery type`."""
    name, _, last = key.rpartition("_")
    if name and last in _UNITS:
        return f"{name.replace('_', ' ').capitalize()} ({_UNITS[last]})"
    return key.replace("_", " ").capitalize()


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
