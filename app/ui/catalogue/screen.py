"""Catalogue: categories on the left, products as tiles or in a table on the right."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from app.ui.catalogue.tiles import Tiles
from app.ui.catalogue.view_model import (
    CatalogueRow,
    CatalogueState,
    CatalogueViewModel,
    GroupRow,
)
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.formats import counted, money, number, on_hand_cell
from app.ui.core.meant_rows import MeantRows
from app.ui.core.pictures import Pictures
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Segments, Text, button, column, row
from app.ui.core.zoom import px
from app.ui.find.screen import FIND_COLUMNS, nothing_called
from app.ui.find.view_model import FindRow
from app.ui.product.chosen import ChosenProducts, ProductWays


def _group(one: GroupRow) -> Cell:
    if one.group[1]:
        return Cell(f"    {one.name}", tone="muted")
    return Cell(one.name, bold=True)


def _carts(one: CatalogueRow) -> Cell:
    return Cell(number(one.in_carts), tone="ok", pill=True) if one.in_carts else Cell("")


_GROUPS = (
    Column[GroupRow]("Category", _group),
    Column[GroupRow]("", lambda one: Cell(number(one.count), tone="muted"), 54, right=True),
)
_COLUMNS = (
    Column[CatalogueRow]("Product", lambda one: Cell(one.name, one.sku, bold=True)),
    Column[CatalogueRow]("Type", lambda one: Cell(one.type, tone="muted"), 112),
    Column[CatalogueRow]("In carts", _carts, 66, right=True),
    Column[CatalogueRow](
        "On hand", lambda one: on_hand_cell(one.on_hand, one.state), 82, right=True
    ),
    Column[CatalogueRow]("Price", lambda one: Cell(money(one.price)), 80, right=True),
)


class CatalogueScreen(Screen):
    """The Catalogue screen, in which the bar on top searches; + sells the chosen product."""

    def __init__(
        self,
        view_model: CatalogueViewModel,
        appearance: Appearance,
        pictures: Pictures,
        ways: ProductWays,
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self._shown = view_model.state
        self._groups = RowsModel[GroupRow](_GROUPS, lambda one: one.group)
        self.groups = ChoiceTable(
            self._groups, appearance, "Categories", row_height=36, open_on_click=False
        )
        self.groups.selected.connect(self._on_group)
        self.groups.clicked.connect(lambda at: self._open_group(self._groups.rows[at.row()]))
        self.groups.opened.connect(self._enter_group)
        self.groups.setFixedWidth(px(244))
        self._model = RowsModel[CatalogueRow](_COLUMNS, lambda one: one.product_id)
        self.table = RowsTable(self._model, appearance, "Products")
        self.tiles = Tiles(self._model, appearance, pictures)
        self.tiles.setSelectionModel(self.table.selectionModel())
        for view in (self.table, self.tiles):
            view.opened.connect(lambda one: self.product_opened.emit(one.product_id))
        self.meant = MeantRows(self.table, FIND_COLUMNS, lambda one: one.product_id, appearance)
        self.meant.opened.connect(lambda one: self.product_opened.emit(one.product_id))
        self.tiles.left.connect(self.groups.setFocus)
        self.tiles.menu_asked.connect(self.table.menu.show_row)
        self.look = Segments(
            (("tiles", "Tiles"), ("table", "Table")), lambda _: self._show_look(), "Show as"
        )
        self.add = button("Add to cart", lambda: self.sell(1), tip="One more in the open cart (+)")
        self._summary = Text("", "muted")
        self._more = button("Show more", view_model.show_more, "quiet")
        self._views = QStackedWidget()
        self._views.addWidget(self.tiles)
        self._views.addWidget(self.table)
        right = column(spacing=8)
        right.addLayout(row(self._summary, None, self.add, self.look))
        right.addWidget(self._views, 1)
        right.addWidget(self.meant)
        right.addLayout(
            row(Text("Enter opens, + and − change the cart", "small"), None, self._more)
        )
        layout = row(self.groups, spacing=14)
        layout.addLayout(right, 1)
        layout.setContentsMargins(24, 16, 24, 10)
        self.setLayout(layout)
        groups = self.groups
        selling = (
            Binding("+", "One more in the open cart", lambda: self.sell(1), ("=",)),
            Binding("-", "One fewer in the open cart", lambda: self.sell(-1), ("\N{MINUS SIGN}",)),
        )
        for table in (self.table, self.meant.table):
            table.offer(*selling)
        ChosenProducts(self, (self.table, self.meant.table), ways, self._summary.say)
        self.press_keys(
            *selling,
            Binding("Right", "Into the category", self._enter_current, when=groups.hasFocus),
            Binding(
                "Left",
                "Back to the categories",
                groups.setFocus,
                ("Esc",),
                when=lambda: not groups.hasFocus(),
            ),
        )
        view_model.state_changed.connect(self._render)

    def activate(self) -> None:
        self.view_model.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def focus_first(self) -> None:
        (self.tiles if self.look.chosen == "tiles" else self.table).setFocus()
        if self.table.current() is None:
            self.table.select(0)

    def take_query(self, text: str) -> bool:
        self.view_model.set_query(text)
        return True

    def step(self, by: int) -> None:
        self.meant.step(by)

    def open_current(self) -> None:
        best = self.view_model.best()
        current = self._chosen()
        if current is not None and self._shown.query == self.view_model.state.query:
            best = current.product_id
        if best is not None:
            self.product_opened.emit(best)

    def sell(self, by: int) -> None:
        """Change the units of the chosen product in the open cart by so many."""
        current = self._chosen()
        if current is not None:
            self.view_model.sell(current.product_id, by)

    def _enter_current(self) -> None:
        if (one := self.groups.current()) is not None:
            self._enter_group(one)

    def _chosen(self) -> CatalogueRow | FindRow | None:
        """The row that is chosen among the products, or among what is meant by this query."""
        meant: FindRow | None = self.meant.current()
        if meant is None:
            found: CatalogueRow | None = self.table.current()
            return found
        return meant if self._shown.meant_by == self._shown.query else None

    def _open_group(self, one: GroupRow) -> bool:
        return self.view_model.open_group(one.group)

    def _enter_group(self, one: GroupRow) -> None:
        if not self._open_group(one):
            self.focus_first()

    def _on_group(self, one: GroupRow | None) -> None:
        if one is not None:
            self.view_model.choose(one.group)

    def _show_look(self) -> None:
        tiles = self.look.chosen == "tiles"
        self._views.setCurrentWidget(self.tiles if tiles else self.table)
        self.focus_first()

    def _render(self, state: CatalogueState) -> None:
        before, self._shown = self._shown, state
        self.groups.show_rows(state.groups)
        self.groups.choose(state.chosen)
        self._model.set_rows(state.rows)
        self.meant.show_rows(state.meant)
        if (before.query, before.chosen) != (state.query, state.chosen):
            self.table.unselect()
            self.meant.unselect()
        if state.rows and self.table.current() is None and self.meant.current() is None:
            self.table.select(0)
        elif not state.rows and state.meant_by == state.query and self.meant.current() is None:
            self.meant.select_first()
        empty = nothing_called(state.query, state.meant, state.meant_by)
        self.table.set_empty_text(empty)
        self.tiles.set_empty_text(empty)
        shown = len(state.rows)
        carts = f"  ·  {number(state.in_carts)} in carts" if state.in_carts else ""
        self._summary.setText(
            f"{number(shown)} of {counted(state.total, 'product')}{carts}"
            if state.total
            else carts[5:]
        )
        self._more.setVisible(shown < state.total)
        self.table.set_complete(shown >= state.total, self.view_model.show_all)
        self.add.setEnabled(bool(shown or state.meant))
