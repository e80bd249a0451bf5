"""The page that shows the differences of a stocktake, and posts them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.domain.stocktake import ReviewLine, Stocktake
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.dialogs import ask
from app.ui.core.formats import MINUS, counted, money, number, signed
from app.ui.core.printing import Printing
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Segments, Text, button, column, row, tinted
from app.ui.count.choosing import ChooseDialog
from app.ui.count.review_view_model import FILTERS, ReviewRow, ReviewState, ReviewViewModel
from app.ui.count.sheets import sheet
from connector_config.wording import plural

_DASH = "\N{EN DASH}"
_EMPTY = {
    "different": "No differences: what was counted is what was expected.",
    "disputed": "Nobody counted a product differently from somebody else.",
    "missing": "Everything was counted.",
    "all": "This stocktake covers no products.",
}
_NOTHING = "Nothing has been counted yet."


def _counted(one: ReviewRow) -> Cell:
    line = one.line
    if line.disputed:
        numbers = " / ".join(number(count.quantity) for count in line.counts[-3:])
        return Cell(numbers, "choose one", tone="warn")
    if line.chosen is None:
        return Cell(_DASH, tone="muted")
    return Cell(number(line.chosen.quantity), line.chosen.signature.who)


def _difference(one: ReviewRow) -> Cell:
    value = one.line.difference
    if value is None:
        return Cell(_DASH, tone="muted")
    return Cell(signed(value), tone="danger" if value < 0 else "warn" if value else "ok", pill=True)


def _number(value: int | None) -> Cell:
    return Cell(_DASH, tone="muted") if value is None else Cell(number(value))


def _value(line: ReviewLine) -> Cell:
    return Cell(money(line.value)) if line.difference else Cell("")


_COLUMNS = (
    Column[ReviewRow]("Place", lambda one: Cell(one.line.item.place.code or _DASH, pill=True), 100),
    Column[ReviewRow]("Product", lambda one: Cell(one.name, one.sku, bold=True)),
    Column[ReviewRow]("Counted", _counted, 120, right=True),
    Column[ReviewRow]("Expected", lambda one: _number(one.line.expected), 84, right=True),
    Column[ReviewRow]("Difference", _difference, 92, right=True),
    Column[ReviewRow]("At cost", lambda one: _value(one.line), 100, right=True),
)


class ReviewPage(QWidget):
    """The review page: differences in units and money; Enter shows the counts of a product."""

    left = Signal()
    recount_wanted = Signal(object)

    def __init__(
        self,
        view_model: ReviewViewModel,
        store: str,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._store = store
        self.printing = Printing(self)
        self._model = RowsModel[ReviewRow](_COLUMNS, lambda one: one.line.item.inventory_id)
        self.table = RowsTable(self._model, appearance, "Lines of the stocktake")
        self.table.opened.connect(self._on_row)
        back = button("Back", self.left.emit, "quiet", "Go on counting (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self._title = Elided("", "title")
        self._print = button("Print sheet…", self.print_sheet, tip="For pencil and paper (Ctrl+P)")
        header = row(back, self._title, self._print)
        header.setStretch(1, 1)
        self.filters = Segments(FILTERS, view_model.show, "Show")
        self._summary = Text("", "heading", wrap=True)
        self._message = Text("", "muted", wrap=True)
        self.printing.ended.connect(self._message.say)
        self._cancel = button("Cancel count…", self._on_cancel, "quiet")
        self._recount = button("Recount what differs", self._on_recount)
        self.post_button = button("Post…", self._on_post, "primary")
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addLayout(row(self.filters, None))
        layout.addWidget(self.table, 1)
        layout.addWidget(self._summary)
        layout.addWidget(self._message)
        layout.addLayout(row(self._cancel, None, self._recount, self.post_button))
        layout.setContentsMargins(24, 16, 24, 16)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        view_model.posted.connect(self._on_posted)
        view_model.word_needed.connect(
            lambda error: approving.ask(
                self, error, view_model.post.execute, view_model.say_not_approved
            )
        )
        view_model.cancel.finished.connect(lambda _: self.focus_first())

    def focus_first(self) -> None:
        """Move the keyboard into the list."""
        self.table.focus_a_row()

    def print_sheet(self) -> None:
        """Print the count sheet of the shown stocktake, or save it as a PDF file."""
        if self._view_model.state.rows is not None:
            self.print_one(self._view_model.state.stocktake, self._view_model.lines)

    def print_one(self, stocktake: Stocktake, lines: Sequence[ReviewRow]) -> None:
        """Print the count sheet of a stocktake with these lines."""
        self.printing.offer(sheet(lines, stocktake, self._store))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _on_row(self, reviewed: ReviewRow) -> None:
        if reviewed.line.counts:
            ChooseDialog(self._view_model, reviewed, self).open()
        elif self._view_model.state.stocktake.is_open:
            self.recount_wanted.emit([reviewed.line.item])

    def _on_recount(self) -> None:
        self.recount_wanted.emit(self._view_model.to_recount)

    def _on_post(self) -> None:
        state = self._view_model.state
        left = ""
        if state.missing:
            stay = plural(state.missing, "stays as it is", "stay as they are")
            left = f" {counted(state.missing, 'product')} not counted {stay}."
        ask(
            self,
            "Post this count?",
            f"{_differences(state)}.{left} What was sold or received since counting stays counted.",
            f"Post {counted(state.counted, 'product')}",
            self._view_model.post.execute,
        )

    def _on_cancel(self) -> None:
        ask(
            self,
            "Cancel this count?",
            "Nothing is posted, and nobody can go on counting in it.",
            "Cancel the count",
            self._view_model.cancel.execute,
            no="Keep it",
        )

    def _on_posted(self, _: object) -> None:
        # The button that had the keyboard is gone.
        self.focus_first()

    def _render(self, state: ReviewState) -> None:
        stocktake = state.stocktake
        self._model.set_rows(state.rows or ())
        empty = _EMPTY[state.shown] if state.counted or state.shown != "different" else _NOTHING
        self.table.set_empty_text("" if state.rows is None else empty)
        status = "" if stocktake.is_open else " · cancelled" if stocktake.cancelled else " · posted"
        self._title.set_text(f"{stocktake.name} · {stocktake.number}{status}")
        self.filters.choose(state.shown)
        self._summary.setText(_summary(state))
        if state.message:
            self._message.say(state.message)
        self._print.setEnabled(state.rows is not None)
        for one in (self._cancel, self._recount, self.post_button):
            one.setVisible(stocktake.is_open)
        self._recount.setEnabled(bool(state.different or state.disputed))
        self.post_button.setEnabled(bool(state.counted) and not state.disputed)
        self.post_button.setToolTip(
            "First choose a count where people counted differently" if state.disputed else ""
        )


def _differences(state: ReviewState) -> str:
    if not state.different:
        return "No differences"
    differ = plural(state.different, "differs", "differ")
    return (
        f"{counted(state.different, 'product')} {differ}: +{number(state.more)} and "
        f"{MINUS}{counted(state.fewer, 'unit')}, {money(state.value)} at cost"
    )


def _summary(state: ReviewState) -> str:
    parts = [f"{counted(state.counted, 'product')} counted", _differences(state)]
    if state.disputed:
        parts.append(
            f"{counted(state.disputed, 'product')} counted differently: choose one count each"
        )
    if state.missing:
        parts.append(f"{counted(state.missing, 'product')} not counted")
    return " · ".join(parts)
