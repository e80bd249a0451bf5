"""The Closing screen: a day on top, its figures below, and the steps to close it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt

from app.ui.closing.document import closed_by, notes
from app.ui.closing.lines import Compared, shown, shown_change
from app.ui.closing.view_model import ClosingState, ClosingViewModel
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import ENTER, Binding
from app.ui.core.day_edit import DayEdit
from app.ui.core.dialogs import choose_file
from app.ui.core.formats import counted, day_of_year, shown_day
from app.ui.core.message import Message
from app.ui.core.printing import Printing
from app.ui.core.report import Report, printout
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Field, Text, button, column, row, tinted

_ROW = 32
_CLOSED, _SINCE = 2, 3


def _change(one: Compared) -> Cell:
    return Cell(shown_change(one.since), tone="warn" if one.since else "", bold=True)


_COLUMNS = (
    Column[Compared]("Part", lambda one: Cell(one.line.section, tone="muted"), 130),
    Column[Compared]("Figure", lambda one: Cell(one.line.label)),
    Column[Compared]("When closed", lambda one: Cell(shown(one.closed)), 130, right=True),
    Column[Compared]("Since closing", _change, 130, right=True),
    Column[Compared]("Now", lambda one: Cell(shown(one.line.value), bold=True), 130, right=True),
)


class ClosingScreen(Screen):
    """The screen: Left and Right walk from day to day, D types one, T is today."""

    def __init__(self, view_model: ClosingViewModel, appearance: Appearance) -> None:
        super().__init__()
        self.view_model = view_model
        self._shown: date | None = None
        self._printing = Printing(self)
        self._printing.ended.connect(view_model.say)
        self._summary = Elided("", "muted")
        self._pill = Text("", "pill")
        self.csv = button("CSV…", self._choose_file, tip="Save all figures as a CSV file")
        tinted(self.csv, "download", appearance)
        self.pdf = button("PDF…", self._print, tip="Print, or save as a PDF file (Ctrl+P)")
        self.close_button = button("Close the day", self._close, "primary", "Ctrl+Enter")
        header = row(
            *(Text("Closing", "title"), 8, self._summary, self._pill),
            *(self.csv, self.pdf, self.close_button),
        )
        header.setStretch(2, 1)
        self.day = DayEdit(view_model.days, appearance, latest=True)
        self.day.editingFinished.connect(self._on_edited)
        self.day.returnPressed.connect(self._on_entered)
        self._field = Field("Day (D)", self.day)
        earlier = button("Day before", lambda: self._step(-1), tip="The day before (Left)")
        tinted(earlier, "arrow_back", appearance)
        self.earlier = earlier
        self.later = button("Day after", lambda: self._step(1), tip="The day after (Right)")
        self.today = button("Today", self._show_today, tip="Show today (T)")
        self.oldest = button("", self._show_unclosed, "quiet", "Show the oldest one (O)")
        steps = row(self._field, self.earlier, self.later, self.today, self.oldest, None)
        for one in (self.earlier, self.later, self.today, self.oldest):
            steps.setAlignment(one, Qt.AlignmentFlag.AlignBottom)
        self._about = Text("", wrap=True)
        self._model = RowsModel[Compared](_COLUMNS, lambda one: one.line.key)
        self.table = RowsTable(
            self._model, appearance, "Figures of the day", _ROW, open_on_click=False, sortable=False
        )
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addLayout(steps)
        layout.addWidget(self._about)
        layout.addWidget(self.table, 1)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        self.bind_keys(
            Binding("Ctrl+Return", "Close the day", self._close, ENTER),
            Binding("Ctrl+P", "Print it, or save it as a PDF", self._print),
        )
        self.press_keys(
            Binding("Left", "The day before", lambda: self._step(-1)),
            Binding("Right", "The next day", lambda: self._step(1)),
            Binding("D", "Type a day", self._type_day),
            Binding("T", "Show today", self._show_today),
            Binding("O", "Show the oldest day that is not closed", self._show_unclosed),
        )
        view_model.state_changed.connect(self._render)
        view_model.printed.connect(self._on_printed)
        self._render(view_model.state)

    def activate(self) -> None:
        self.view_model.activate()
        self._leave_field()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def say(self, message: Message) -> None:
        self.view_model.say(message)

    def focus_first(self) -> None:
        self.table.focus_a_row()

    def open_item(self, key: str) -> None:
        if self.view_model.show_typed(key):
            self.focus_first()

    def _type_day(self) -> None:
        self.day.setFocus()
        self.day.selectAll()

    def _take_day(self) -> bool:
        """Show the day that is typed; False where it is none: the field keeps it and says why."""
        if self._on_edited():
            return True
        self.day.setFocus()
        return False

    def _on_edited(self) -> bool:
        is_day = self.view_model.show_typed(self.day.text())
        if is_day:
            self._leave_field()
        return is_day

    def _on_entered(self) -> None:
        if self._take_day():
            self.focus_first()

    def _step(self, by: int) -> None:
        self._leave_field()
        self.view_model.step(by)

    def _show_today(self) -> None:
        self._leave_field()
        self.view_model.show_today()

    def _show_unclosed(self) -> None:
        self._leave_field()
        self.view_model.show_unclosed()

    def _leave_field(self) -> None:
        """Another day is asked for than the one that is being typed."""
        self.day.setText(shown_day(self.view_model.state.day))

    def _close(self) -> None:
        day = self.view_model.state.day
        if not self._take_day():
            return
        if (typed := self.view_model.state.day) == day:
            self.view_model.close_day.execute()
        else:
            said = f"This is {shown_day(typed)}: look at it, then close it with Ctrl+Enter."
            self.view_model.say(Message(said))

    def _print(self) -> None:
        if self._take_day():
            self.view_model.print.execute()

    def _on_printed(self, report: Report) -> None:
        self._printing.offer(printout(report))

    def _choose_file(self) -> None:
        if self._take_day():
            day = self.view_model.state.day
            choose_file(
                self,
                "Export the day",
                f"day-{day.isoformat()}.csv",
                "csv",
                self.view_model.export.execute,
            )

    def _render(self, state: ClosingState) -> None:
        self._field.show_error(state.field_problem)
        if state.day != self._shown:
            # Only then: news must not change what is being typed.
            self._shown = state.day
            self._leave_field()
        self._summary.say(state.message)
        book, standing = state.book, state.standing
        today = self.view_model.today
        self._model.set_rows(state.lines)
        for at in (_CLOSED, _SINCE):
            self.table.setColumnHidden(at, standing is None)
        self.later.setEnabled(state.day < today)
        self.today.setEnabled(state.day != today)
        self.oldest.setVisible(bool(state.others))
        if state.others:
            days = counted(len(state.others), "earlier day")
            self.oldest.setText(f"{days} not closed, from {day_of_year(state.others[0])}")
        for one in (self.csv, self.pdf):
            one.setEnabled(book is not None)
        self.close_button.setEnabled(book is not None and standing is None)
        self._pill.setText("Closed" if standing is not None else "Open")
        self._pill.set_tone("ok" if standing is not None else "warn")
        self._pill.setVisible(book is not None)
        if book is None:
            self.table.set_empty_text("The day is being added up.")
            self._about.setText("")
            return
        said = notes(book, state.lines, is_over=state.day < today)
        if standing is not None:
            said.insert(0, f"Closed {closed_by(standing, book.store.store_id)}.")
        elif not book.figures.takings.orders:
            said.insert(0, "Nothing was sold on this day so far as this device knows.")
        self._about.setText(" ".join(said))
