"""The dialog for goods that come back: how many of each line, and how many of them damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QScrollArea, QWidget

from app.domain.conventions import US, Conventions
from app.domain.errors import InvalidInputError
from app.domain.order_steps import refunds
from app.domain.orders import Order, OrderLine
from app.domain.pricing import NOTHING
from app.domain.stock import parse_units
from app.ui.core.formats import money, number
from app.ui.core.widgets import Elided, Field, Text, button, column, row
from app.ui.core.zoom import px

_Units = Mapping[str, tuple[int, int]]


class ReturnDialog(QDialog):
    """Asks for units by line; the refund is shown while they are typed.

    `told` is said before: whose goods they are, and where they go.
    """

    def __init__(
        self,
        parent: QWidget,
        order: Order,
        on_taken: Callable[[_Units, str], object],
        conventions: Conventions = US,
        told: str = "",
    ) -> None:
        super().__init__(parent)
        self._order = order
        self._on_taken = on_taken
        self._conventions = conventions
        self.setWindowTitle("Take goods back")
        self.setMinimumWidth(px(640))
        self._lines = [line for line in order.lines if line.left]
        self.edits: dict[str, tuple[QLineEdit, QLineEdit]] = {}
        grid = QGridLayout()
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(16)
        for at, title in enumerate(("Product", "Can come back", "Comes back", "Damaged")):
            heading = Text(title, "small")
            if at:
                heading.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(heading, 0, at)
        grid.setColumnStretch(0, 1)
        for at, line in enumerate(self._lines, 1):
            self._row(grid, at, line)
        page = QWidget()
        page.setObjectName("page")
        page.setLayout(grid)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        area.setMinimumHeight(min(page.sizeHint().height() + 8, 260))
        self.note = QLineEdit()
        self.note.setMaxLength(200)
        self.refund = Text("", "heading")
        self._error = Text("", "error", wrap=True)
        self.accept_button = button("Take back", self._take, "primary", "Ctrl+Enter")
        cancel = button("Cancel", self.reject)
        buttons = row(self.refund, None, cancel, self.accept_button)
        layout = column(
            Text(f"Take back of {order.title}", "heading"),
            *([Text(told, wrap=True)] if told else []),
            area,
            Field("Why", self.note),
            self._error,
            spacing=10,
        )
        layout.addLayout(buttons)
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        # Enter in a field presses no button, least of all Cancel.
        for one in (cancel, self.accept_button):
            one.setAutoDefault(False)
        self.note.returnPressed.connect(self._take)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self, self._take)
        self._first = self._wrong = next(iter(self.edits.values()))[0]
        self._show_refund()
        self.finished.connect(self.deleteLater)
        self._first.setFocus()

    def _row(self, grid: QGridLayout, at: int, line: OrderLine) -> None:
        quantity, damaged = QLineEdit(), QLineEdit()
        for edit, name in ((quantity, "Comes back"), (damaged, "Damaged")):
            edit.setAlignment(Qt.AlignmentFlag.AlignRight)
            edit.setFixedWidth(px(90))
            edit.setAccessibleName(f"{name}: {line.name}")
            edit.textChanged.connect(self._show_refund)
            edit.returnPressed.connect(self._take)
        grid.addWidget(Elided(line.name), at, 0)
        left = Text(number(line.left))
        left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(left, at, 1)
        grid.addWidget(quantity, at, 2)
        grid.addWidget(damaged, at, 3)
        self.edits[line.item_id] = (quantity, damaged)

    def _units(self) -> dict[str, tuple[int, int]]:
        """What is typed; raises InvalidInputError, about what is `_wrong`."""
        units = {}
        for line in self._lines:
            self._wrong, second = self.edits[line.item_id]
            quantity = parse_units(self._wrong.text(), self._conventions)
            if quantity > line.left:
                raise InvalidInputError(
                    "quantity", f"{line.name}: at most {number(line.left)} can come back."
                )
            self._wrong = second
            damaged = parse_units(second.text(), self._conventions)
            if damaged > quantity:
                raise InvalidInputError(
                    "damaged", f"{line.name}: no more can be damaged than come back."
                )
            if quantity:
                units[line.item_id] = (quantity, damaged)
        return units

    def _show_refund(self) -> None:
        try:
            given = refunds(self._order, self._units())
        except InvalidInputError as error:
            self._error.setText(str(error))
            return
        self._error.setText("")
        total = sum((one.refund + one.tax for one in given.values()), NOTHING)
        self.refund.setText(f"Give back {money(total)}")
        self.accept_button.setEnabled(bool(given))

    def _take(self) -> None:
        try:
            units = self._units()
            if not units:
                self._wrong = self._first
                raise InvalidInputError("quantity", "Comes back: type how many of which product.")
        except InvalidInputError as error:
            self._error.setText(str(error))
            self._wrong.setFocus()
            self._wrong.selectAll()
            return
        self._on_taken(units, self.note.text().strip())
        self.accept()
