"""The card that describes the product."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from app.ui.core.barcode import Barcode
from app.ui.core.widgets import Text, card, clear, column
from app.ui.product.state import ProductState
from app.ui.product.view_model import ProductViewModel


class DetailsCard(QFrame):
    """The card with the description, the specifications and the barcode."""

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
    """The name of a specification: `Weight (lb)` for `weight_lbs`."""
    name, _, last = key.rpartition("_")
    if name and last in _UNITS:
        return f"{name.replace('_', ' ').capitalize()} ({_UNITS[last]})"
    return key.replace("_", " ").capitalize()


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
