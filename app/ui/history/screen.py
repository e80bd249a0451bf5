"""The history: filters on top, movements below, undo and CSV at hand."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from app.data.stock.history import HistoryColumn
from app.domain.entities import Reason
from app.domain.scans import Scan
from app.domain.undo import UndoPreview
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.day_edit import DaySpan
from app.ui.core.dialogs import ask, choose_file
from app.ui.core.filters import choice_box, filter_row, offer
from app.ui.core.formats import (
    change_cell,
    counted,
    local_clock,
    local_date,
    movement_who,
    movement_why,
)
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.saved_filters import FiltersMenu, Kept, SavedFilters
from app.ui.core.screen import Screen
from app.ui.core.widgets import Elided, Field, Text, button, column, row, tinted
from app.ui.history.view_model import HistoryRow, HistoryState, HistoryViewModel


def _why(entry: HistoryRow) -> Cell:
    number = entry.movement.reference.get("number", "")
    why = movement_why(entry.movement) + (f" \N{MIDDLE DOT} {number}" if number else "")
    if entry.undone:
        return Cell(f"Undone \N{MIDDLE DOT} {why}", movement_who(entry.movement), tone="muted")
    return Cell(why, movement_who(entry.movement))


_COLUMNS = (
    Column[HistoryRow](
        "When",
        lambda one: Cell(local_date(one.movement.at), local_clock(one.movement.at)),
        116,
        key=HistoryColumn.TIME,
    ),
    Column[HistoryRow](
        "Product",
        lambda one: Cell(one.name, one.sku, bold=True),
        unsortable="Too many to be sorted by product: the field above shows those of one.",
    ),
    Column[HistoryRow](
        "Change",
        lambda one: change_cell(one.movement.quantity),
        84,
        right=True,
        key=HistoryColumn.QUANTITY,
    ),
    Column[HistoryRow](
        "Why and who",
        _why,
        unsortable="Too many to be sorted by reason: the fields above show those of one, or of "
        "a person.",
    ),
)
_SORTED = {
    None: ("newest first", "older ones below"),
    (HistoryColumn.TIME, False): ("oldest first", "newer ones below"),
    (HistoryColumn.QUANTITY, False): ("most taken out first", "more below"),
    (HistoryColumn.QUANTITY, True): ("most brought in first", "more below"),
}
_ALL = "All"


class HistoryScreen(Screen):
    """The History screen: every movement of the store, newest first at first."""

    def __init__(self, view_model: HistoryViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._model = RowsModel[HistoryRow](_COLUMNS, lambda one: one.movement.movement_id)
        self.table = ChoiceTable(self._model, appearance, "Movements")
        self.table.choose_several()
        self.table.sort_by_keys(self._sort)
        self.table.opened.connect(lambda one: self.product_opened.emit(one.movement.product_id))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_choice())
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._summary = Elided("", "muted")
        self._counts = ""
        self.undo_button = button("Undo…", self._ask_undo, tip="Take the chosen one back (U)")
        tinted(self.undo_button, "undo", appearance)
        self.undo_button.setEnabled(False)
        export = button("Export CSV…", self._choose_file, tip="Save what is filtered as a CSV file")
        tinted(export, "download", appearance)
        self.product = QLineEdit()
        self.product.setPlaceholderText("Name, SKU or scan")
        self.span = DaySpan(view_model.days, appearance)
        self.since, self.until = self.span.since, self.span.until
        self._edits = {"product": self.product, "since": self.since, "until": self.until}
        self.reason, self.who, self.device = choice_box(), choice_box(), choice_box()
        for box in (self.reason, self.who, self.device):
            box.activated.connect(self._filter)
        reasons = [(one.label, one) for one in Reason if one is not Reason.UNKNOWN]
        offer(self.reason, _ALL, reasons, None)
        for edit in self._edits.values():
            edit.returnPressed.connect(self._to_table)
            edit.editingFinished.connect(self._filter)
        self._fields = {
            "product": Field("Product", self.product),
            "since": Field("From day", self.since),
            "until": Field("To day", self.until),
        }
        self.clear_button = button("Clear", self._clear, "quiet", "Show every movement again")
        self._clear_field = Field(" ", self.clear_button)
        saved = SavedFilters(appearance.preferences, "history")
        self.saved = FiltersMenu(saved, self._kept, self._show_kept)
        header = row(
            *(Text("History", "title"), 8, self._summary),
            *(self.saved.button, self.undo_button, export),
        )
        header.setStretch(2, 1)
        fields = (
            *self._fields.values(),
            Field("Reason", self.reason),
            Field("Person", self.who),
            Field("Device", self.device),
            self._clear_field,
        )
        filters = filter_row(*zip(fields, (3, 0, 0, 2, 2, 2, 0), strict=True))
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addLayout(filters)
        layout.addWidget(self.table, 1)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        undo = Binding("U", "Undo the chosen movement", self._ask_undo, when=self._is_one)
        exporting = Binding(
            "E",
            "Export the chosen rows as CSV",
            self._export_chosen,
            when=lambda: bool(self.table.chosen()),
        )
        self.table.offer(undo, exporting)
        self.bind_keys(self.saved.binding)
        self.press_keys(
            undo,
            exporting,
            Binding("/", "Show the movements of one product", self.product.setFocus),
        )
        view_model.state_changed.connect(self._render)
        view_model.undo_asked.connect(self._on_undo_asked)
        for command in (view_model.export, view_model.undo):
            command.finished.connect(self._summary.set_text)
            command.failed.connect(lambda error: self._summary.set_text(str(error)))

    def activate(self) -> None:
        self._counts = ""
        self._view_model.activate()

    def deactivate(self) -> None:
        self._view_model.deactivate()

    def focus_first(self) -> None:
        self.table.focus_a_row()

    def take_scan(self, scan: Scan) -> bool:
        if scan.product_id is None:
            return False
        self._view_model.mean(scan.text, scan.product_id)
        self.product.setText(scan.text)
        self._filter()
        return True

    def _filter(self) -> None:
        self._view_model.filter(
            self.product.text(),
            self.reason.currentData(),
            self.who.currentData(),
            self.device.currentData(),
            self.since.text(),
            self.until.text(),
        )

    def _clear(self) -> None:
        for edit in self._edits.values():
            edit.setText("")
        for box in (self.reason, self.who, self.device):
            box.setCurrentIndex(0)
        self._filter()

    def _to_table(self) -> None:
        self._filter()
        if self._is_right():
            self.focus_first()

    def _is_right(self) -> bool:
        """Whether all filters can be read; else the keyboard goes to one that cannot."""
        wrong = [self._edits[name] for name, _ in self._view_model.state.problems]
        if wrong and not any(edit.hasFocus() for edit in wrong):
            wrong[0].setFocus()
        return not wrong

    def _show_choice(self) -> None:
        self.undo_button.setEnabled(self._is_one())

    def _is_one(self) -> bool:
        return len(self.table.chosen()) == 1

    def _kept(self) -> Kept:
        # With what is typed, and not entered yet.
        self._filter()
        state = self._view_model.state
        if state.problems or not state.filtered:
            return {}
        fields = {
            "product": self.product.text().strip(),
            "reason": self.reason.currentData().value if self.reason.currentData() else "",
            "who": self.who.currentData() or "",
            "device": self.device.currentData() or "",
        }
        return {name: text for name, text in fields.items() if text} | self.span.kept

    def _show_kept(self, kept: Kept) -> None:
        self.product.setText(kept.get("product", ""))
        self.span.restore(kept)
        reasons = {one.value: one for one in Reason}
        wanted = (
            (self.reason, reasons.get(kept.get("reason", ""))),
            (self.who, kept.get("who")),
            (self.device, kept.get("device")),
        )
        for box, value in wanted:
            if value is not None and box.findData(value) < 0:
                # Who did nothing here lately is none of the choices, and still what is asked for.
                box.addItem(str(value), value)
            box.setCurrentIndex(max(box.findData(value), 0))
        self._to_table()

    def _sort(self, column: HistoryColumn | None, descending: bool) -> None:
        self._view_model.sort(column, descending)
        self.table.scrollToTop()

    def _on_scrolled(self, value: int) -> None:
        if value == self.table.verticalScrollBar().maximum() and self._view_model.state.more:
            self._view_model.older.execute()

    def _ask_undo(self) -> None:
        one = self.table.current()
        if one is not None:
            self._view_model.ask_undo.execute(one)

    def _on_undo_asked(self, asked: tuple[HistoryRow, UndoPreview]) -> None:
        entry, preview = asked
        change = change_cell(entry.movement.quantity).text
        if not preview.allowed:
            self._summary.set_text(f"Not undone. {preview.sentence}")
            return
        below = " It is shown in red until it is settled." if preview.on_hand_after < 0 else ""
        ask(
            self,
            "Undo this movement?",
            f"{entry.name}: {movement_why(entry.movement)}, {change}.\n\n"
            f"{preview.sentence}{below} Both movements stay in the history.",
            "Undo it",
            lambda: self._view_model.undo.execute(entry, preview),
        )

    def _choose_file(self) -> None:
        self._filter()
        # A file of what was filtered before would not be what is typed.
        if self._is_right():
            export = self._view_model.export.execute
            choose_file(self, "Export history", "history.csv", "csv", export)

    def _export_chosen(self) -> None:
        only = self.table.chosen()
        export = self._view_model.export.execute
        choose_file(self, "Export history", "history.csv", "csv", lambda path: export(path, only))

    def _render(self, state: HistoryState) -> None:
        rows = state.rows or ()
        self.table.set_complete(not state.more)
        if state.rows is not None:
            # The rows of before stay for the moment that an answer takes: less flickers.
            self.table.show_rows(rows)
        self._show_choice()
        person, device = self.who.currentData(), self.device.currentData()
        offer(self.who, _ALL, [(name, name) for name in state.people], person)
        offer(self.device, _ALL, [(name, key) for key, name in state.devices], device)
        problems = dict(state.problems)
        for name, field in self._fields.items():
            field.show_error(problems.get(name, ""))
        self._clear_field.setVisible(state.filtered or bool(problems))
        if state.rows is not None:
            self.table.set_empty_text(
                "No movement fits these filters: clear one of them."
                if state.filtered
                else "Nothing has moved yet. Receive goods, or correct a product's stock."
            )
        of_product = f" of {state.product}" if state.product else ""
        order, rest = _SORTED[state.sorting]
        counts = f"{counted(len(rows), 'movement')}{of_product}, {order}"
        counts += f", {rest}" if state.more else ""
        if counts != self._counts:
            # Else what was said about an export or an undo would go with the next news.
            self._counts = counts
            self._summary.set_text(counts)
