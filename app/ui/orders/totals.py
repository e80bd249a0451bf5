"""The sums of an order, one below the other."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.pricing import NOTHING
from app.ui.core.formats import MINUS, money, tax_label
from app.ui.core.widgets import Text


class Totals(QWidget):
    """The sums: before discounts, discounts, tax, what is to be paid, and what was given back."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[Text] = []
        self._values: list[Text] = []
        layout = QGridLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(4)
        for at, look in enumerate(("muted", "muted", "muted", "heading", "muted")):
            name, value = Text("", look), Text("", "title" if look == "heading" else "")
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(name, at, 0)
            layout.addWidget(value, at, 1)
            self._names.append(name)
            self._values.append(value)
        layout.setColumnStretch(1, 1)
        self.setLayout(layout)

    def show_sums(
        self,
        subtotal: Decimal,
        discount: Decimal,
        tax: Decimal,
        total: Decimal,
        tax_percent: Decimal | None,
        refunded: Decimal = NOTHING,
    ) -> None:
        """Show amounts in US dollars."""
        off = f"{MINUS}{money(discount)}" if discount else money(discount)
        sums = (
            ("Subtotal", money(subtotal)),
            ("Discounts", off),
            (tax_label(tax_percent), money(tax)),
            ("Total", money(total)),
            ("Given back", f"{MINUS}{money(refunded)}") if refunded else ("", ""),
        )
        for (name, amount), label, value in zip(sums, self._names, self._values, strict=True):
            label.setText(name)
            value.setText(amount)
            value.setAccessibleName(f"{name} {amount}")
            for part in (label, value):
                part.setVisible(bool(name))
