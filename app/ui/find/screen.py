"""The result list below the command bar."""

from __future__ import annotations

from collections.abc import Sequence

from app.ui.core.announcing import announce
from app.ui.core.appearance import Appearance
from app.ui.core.formats import counted, money, number, on_hand_cell
from app.ui.core.meant_rows import MeantRows
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Text, button, column, row
from app.ui.find.view_model import FindRow, FindState, FindViewModel
from app.ui.product.chosen import ChosenProducts, ProductWays


def _place_of(one: FindRow) -> Cell:
    if one.on_hand is None:
        return Cell("Not stocked here", tone="muted")
    return Cell(one.place or "No place", pill=True)


FIND_COLUMNS = (
    Column[FindRow]("Product", lambda one: Cell(one.name, one.sku, bold=True)),
    Column[FindRow]("Type", lambda one: Cell(one.type, tone="muted"), 170),
    Column[FindRow]("Place", _place_of, 150),
    Column[FindRow]("On hand", lambda one: on_hand_cell(one.on_hand, one.state), 90, right=True),
    Column[FindRow]("Price", lambda one: Cell(money(one.price)), 96, right=True),
)


class FindScreen(Screen):
    """The Find screen: the products that were found."""

    def __init__(
        self, view_model: FindViewModel, appearance: Appearance, ways: ProductWays
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._model = RowsModel[FindRow](FIND_COLUMNS, lambda one: one.product_id)
        self.table = RowsTable(self._model, appearance, "Products found")
        self.table.opened.connect(lambda one: self.product_opened.emit(one.product_id))
        self.meant = MeantRows(self.table, FIND_COLUMNS, lambda one: one.product_id, appearance)
        self.meant.opened.connect(lambda one: self.product_opened.emit(one.product_id))
        self._said = Text("", "error", wrap=True)
        self._said.setVisible(False)
        # Where only the meaning finds something, that has the room of the table.
        self._called = Text("", "muted", wrap=True)
        self._called.setVisible(False)
        self._summary = Text("", "small")
        self._more = button("Show more", view_model.show_more, "quiet")
        ChosenProducts(self, (self.table, self.meant.table), ways, self._summary.say)
        bottom = row(self._summary, None, self._more)
        layout = column(self._said, self._called, self.table, self.meant, spacing=10)
        layout.addStretch(0)
        layout.addLayout(bottom)
        for one in (self.table, self.meant):
            layout.setStretchFactor(one, 1)
        layout.setContentsMargins(24, 20, 24, 12)
        self.setLayout(layout)
        self._query = ""
        self._stepped = False
        self._refused = ("", "")
        view_model.state_changed.connect(self._render)

    def activate(self) -> None:
        self._view_model.activate()

    def deactivate(self) -> None:
        self._view_model.deactivate()

    def focus_first(self) -> None:
        self._stepped = False
        (self.meant.table if self.table.isHidden() else self.table).focus_a_row()

    def step(self, by: int) -> None:
        """Move the selection while the keyboard stays in the command bar."""
        self._stepped = True
        self.meant.step(by)

    def open_current(self) -> None:
        """Open the selected product, or the first one that fits."""
        if self._view_model.state.query != self._query:
            # Enter came before the rows: they still answer the question before this one.
            if (best := self._view_model.best()) is not None:
                self.product_opened.emit(best)
            return
        if (meant := self.meant.current()) is not None:
            # A choice among what an older question meant is none.
            if self._view_model.state.meant_by == self._query:
                self.product_opened.emit(meant.product_id)
            return
        if self.table.current() is None and self._query.strip():
            self.table.select(0)
        # Enter in the empty bar asks for nothing, unless a row was chosen from there.
        asked = bool(self._query.strip()) or self._stepped
        if asked and (current := self.table.current()) is not None:
            self.product_opened.emit(current.product_id)

    def refuse(self, code: str, sentence: str) -> None:
        """Say what is wrong with a scanned code for as long as it is what is looked for."""
        self._refused = (code, sentence)
        self._show_refused(self._view_model.state.query)
        if self._said.text():
            self.meant.show_rows(())

    def _show_refused(self, query: str) -> None:
        code, sentence = self._refused
        self._said.setText(sentence if query == code else "")
        self._said.setVisible(bool(self._said.text()))

    def _render(self, state: FindState) -> None:
        self._show_refused(state.query)
        self._model.set_rows(state.rows)
        # What was scanned is a code, whatever it may mean.
        self.meant.show_rows(() if self._said.text() else state.meant)
        nothing = nothing_called(state.query, state.meant, state.meant_by)
        self.table.set_empty_text(nothing)
        only_meant = not state.rows and bool(self.meant.rows)
        self.table.setVisible(not only_meant)
        self._called.setText(nothing)
        self._called.setVisible(only_meant)
        shown, is_new = len(state.rows), state.query != self._query
        if state.total:
            found = f"{number(shown)} of {counted(state.total, 'product')}"
            self._summary.setText(
                f"{found}, found in {state.seconds * 1000:.1f} ms" if state.query.strip() else found
            )
            announce(self, found if state.query.strip() and is_new else "")
        else:
            self._summary.setText("")
            announce(self, "Nothing found" if state.query.strip() and is_new else "")
        self._more.setVisible(shown < state.total)
        self.table.set_complete(shown >= state.total, self._view_model.show_all)
        if state.query != self._query:
            # A new question has a new best answer; the old choice must not be opened by Enter.
            self._query, self._stepped = state.query, False
            self.table.unsort()
            self.table.unselect()
            self.meant.unselect()
            if state.query.strip():
                self.table.select(0)
        if state.rows and not self._stepped and self.meant.current() is not None:
            # The words are answered after all, and Enter is for them.
            self.meant.unselect()
            self.table.select(0)
        elif not state.rows and state.meant_by == state.query and self.meant.current() is None:
            self.meant.select_first()


def nothing_called(query: str, meant: Sequence[FindRow], meant_by: str) -> str:
    """What stands where no product is found by the words of a query."""
    if not query.strip():
        return "No products on this device yet.\nTake in yours: zava import-catalogue FILE.csv"
    called = f"Nothing here is called “{query[:60]}”"
    if meant_by != query:
        return f"{called}.\nTry fewer words, part of the SKU, or a place such as 3B-12."
    if meant:
        return f"{called}.\nBelow is what means something like it."
    return (
        f"{called}, and nothing means something like it.\n"
        "Try other words, part of the SKU, or a place such as 3B-12."
    )
