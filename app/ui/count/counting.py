"""The page on which people count: the shelf on the left, the product in big digits beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from app.domain.scans import Scan, ScannedOrder, ScannedPaper
from app.domain.unusual import Unusual
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import Binding, Keys
from app.ui.core.formats import counted, number
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.unusual import ask_unusual
from app.ui.core.widgets import Elided, Text, button, card, column, restyle, row, tinted
from app.ui.count.counting_state import CountingState, CountRow
from app.ui.count.counting_view_model import CountingViewModel
from app.ui.count.sessions_view_model import scope_text

_FLASH_MS = 160


def _counted(line: CountRow) -> Cell:
    if line.mine is not None:
        return Cell(number(line.mine), tone="ok", pill=True)
    # Not their number: who counts the same shelf again must not see it.
    return Cell(", ".join(line.others) or "\N{EN DASH}", tone="muted")


_COLUMNS = (
    Column[CountRow]("Bin", lambda one: Cell(one.item.place.bin or "\N{EN DASH}", pill=True), 64),
    Column[CountRow]("Product", lambda one: Cell(one.name, one.sku, bold=True)),
    Column[CountRow]("Counted", _counted, 110, right=True),
)


class CountingPage(QWidget):
    """The page to count on: scan, or choose with the arrows and type; Enter saves."""

    left = Signal()
    review_wanted = Signal()
    refused = Signal()

    def __init__(
        self, view_model: CountingViewModel, appearance: Appearance, approving: Approving
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._flashed = (0, 0)
        self._rows: tuple[CountRow, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._model = RowsModel[CountRow](_COLUMNS, lambda one: one.item.inventory_id)
        self.table = RowsTable(self._model, appearance, "Products of the shelf")
        self.table.set_empty_text("Nothing stands on this shelf.")
        self.table.opened.connect(self._on_row)
        back = button("Back", self._leave, "quiet", "To the stocktakes (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self._title = Elided("", "title")
        self._progress = Text("", "muted")
        review = button("Review…", self._review, tip="Differences before posting (F8)")
        header = row(back, self._title, self._progress, review)
        header.setStretch(1, 1)
        self._previous = button(
            "\N{LEFTWARDS ARROW}", lambda: self._step(-1), "quiet", "The shelf before (Page up)"
        )
        self._next = button(
            "\N{RIGHTWARDS ARROW}", lambda: self._step(1), "quiet", "The next shelf (Page down)"
        )
        self._previous.setAccessibleName("The shelf before")
        self._next.setAccessibleName("The next shelf")
        self._shelf = Elided("", "heading")
        shelf = row(self._previous, self._shelf, self._next)
        shelf.setStretch(1, 1)
        self._name = Text("", "tile", wrap=True)
        self._where = Text("", "muted", wrap=True)
        self.digits = QLineEdit()
        self.digits.setObjectName("digits")
        self.digits.setAccessibleName("Counted")
        self.digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.digits.returnPressed.connect(self._save)
        self._expected = Text("", "muted")
        self._message = Text("", "heading", wrap=True)
        self.undo_button = button(
            "Take back the last count",
            self._take_back,
            "quiet",
            "Take it out again (F4)",
        )
        tinted(self.undo_button, "undo", appearance, "muted")
        save = button("Save and next", self._save, "primary", "Enter")
        buttons = row(self.undo_button, None, save)
        panel = column(
            self._name,
            self._where,
            12,
            self.digits,
            self._expected,
            8,
            self._message,
            None,
            spacing=6,
        )
        panel.addLayout(buttons)
        self.keys = Keys()
        self.keys.press(
            Binding("Down", "The next product", lambda: self._walk(1)),
            Binding("Up", "The product before", lambda: self._walk(-1)),
            Binding("PgDown", "The next shelf", lambda: self._step(1)),
            Binding("PgUp", "The shelf before", lambda: self._step(-1)),
            Binding("F4", "Take back the last count", self._take_back),
            Binding("F8", "Review what was counted", self._review),
            Binding("Esc", "Back to the list", self._leave),
        )
        self._panel: QFrame = card(panel, 20)
        self._panel.setObjectName("count")
        left = column(spacing=6)
        left.addLayout(shelf)
        left.addWidget(self.table, 1)
        columns = row(spacing=14)
        columns.addLayout(left, 1)
        columns.addWidget(self._panel, 1)
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addLayout(columns, 1)
        layout.setContentsMargins(24, 16, 24, 16)
        self.setLayout(layout)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_FLASH_MS)
        self._calm.timeout.connect(lambda: self._paint(""))
        view_model.state_changed.connect(self._render)
        view_model.unusual.connect(self._on_unusual)
        view_model.word_needed.connect(
            lambda error, store: approving.ask(self, error, store, view_model.say_not_approved)
        )

    def focus_first(self) -> None:
        """Move the keyboard into the big digits."""
        self.digits.setFocus()
        self.digits.selectAll()

    def take_scan(self, scan: Scan) -> bool:
        """Every scan on this page but that of a paper counts, or says why it does not."""
        if isinstance(scan.meaning, ScannedPaper | ScannedOrder):
            return False
        self._view_model.scan(scan, self.digits.text())
        self.focus_first()
        return True

    def keep(self) -> bool:
        """Save what the digits say before the page is left; False when it is no number."""
        kept = self._view_model.keep(self.digits.text())
        if not kept:
            self.focus_first()
        return kept

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.act(event):
            super().keyPressEvent(event)

    def _save(self) -> None:
        self._view_model.save(self.digits.text())
        self.focus_first()

    def _take_back(self) -> None:
        typed = self.digits.text().strip()
        if typed and typed != self._view_model.state.quantity:
            self._view_model.refuse(f"{typed} is typed and not saved: Enter saves it first.")
            self.focus_first()
        else:
            self._view_model.take_back()

    def _walk(self, by: int) -> None:
        current = self._view_model.state.current
        at = self._model.row_of(current.item.inventory_id) if current is not None else None
        wanted = (at + by) if at is not None else 0
        if 0 <= wanted < self._model.rowCount():
            self._on_row(self._model.rows[wanted])

    def _on_row(self, one: CountRow) -> None:
        self._view_model.choose(one, self.digits.text())
        self.focus_first()

    def _step(self, by: int) -> None:
        self._view_model.step_shelf(by, self.digits.text())
        self.focus_first()

    def _leave(self) -> None:
        if self.keep():
            self.left.emit()

    def _review(self) -> None:
        if self.keep():
            self.review_wanted.emit()

    def _on_unusual(self, found: Unusual) -> None:
        typed = self.digits.text()
        ask_unusual(
            self, [found], lambda: self._view_model.save(typed, sure=True), self.focus_first
        )

    def _render(self, state: CountingState) -> None:
        if state.rows is not self._rows:
            self._rows = state.rows
            self._model.set_rows(state.rows)
        self._title.set_text(state.stocktake.name)
        self._progress.setText(
            f"{number(state.counted)} of {counted(state.total, 'product')} counted"
            if state.total
            else f"{counted(state.counted, 'product')} counted"
        )
        self._shelf.set_text(state.shelf or scope_text(state.stocktake))
        current = state.current
        if current is None:
            self._name.setText("Scan a product")
            self._where.setText("or choose one with the arrow keys and type how many")
        else:
            self._name.setText(current.name)
            self._where.setText(f"{current.sku} · {current.item.place.text}")
            at = self._model.row_of(current.item.inventory_id)
            if at is not None and at != self.table.currentIndex().row():
                self.table.select(at)
        asked = (current, state.quantity, state.taken)
        if asked != self._asked:
            # Otherwise the digits are a person's, who types while the store goes on.
            self._asked = asked
            self.digits.setText(state.quantity)
            self.digits.selectAll()
        blind = state.stocktake.blind
        expected = "" if state.expected is None else f"Expected: {number(state.expected)}"
        self._expected.setText("The expected number is hidden" if blind else expected)
        self._message.say(state.message)
        self.undo_button.setEnabled(state.last is not None)
        self._flash(state)

    def _flash(self, state: CountingState) -> None:
        taken, refused = self._flashed
        self._flashed = (state.taken, state.refused)
        if state.refused > refused:
            self.refused.emit()
            self._paint("danger")
        elif state.taken > taken:
            self._paint("ok")

    def _paint(self, tone: str) -> None:
        if self._panel.property("tone") != tone:
            self._panel.setProperty("tone", tone)
            restyle(self._panel)
        if tone:
            self._calm.start()
