"""The Reorder screen: the store's purchase orders, and the open one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from app.data.stock.catalogue import Catalogue
from app.domain.entities import Store
from app.domain.scans import Scan, ScannedOrder, ScannedPaper
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import ENTER, Binding
from app.ui.core.message import Message
from app.ui.core.screen import Screen
from app.ui.core.widgets import column
from app.ui.reorder.orders import OrderList
from app.ui.reorder.paper import OrderView
from app.ui.reorder.state import ReorderState
from app.ui.reorder.view_model import ReorderViewModel


class ReorderScreen(Screen):
    """The screen; in an open draft, scans order products. `receive_asked` carries an order."""

    receive_asked = Signal(object)

    def __init__(
        self,
        view_model: ReorderViewModel,
        catalogue: Catalogue,
        store: Store,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self.orders = OrderList(view_model, appearance)
        self.paper = OrderView(view_model, catalogue, store, appearance, approving)
        self.paper.back.connect(self._back)
        self.paper.receive_asked.connect(self.receive_asked)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.orders)
        self._pages.addWidget(self.paper)
        self.setLayout(column(self._pages))
        view_model.state_changed.connect(self._render)
        view_model.scan_refused.connect(self.refused)
        printing = Binding(
            "Ctrl+P", "Print the order, or save it as a PDF", self._print, when=self._has_lines
        )
        exporting = Binding(
            "E", "Export the order as a CSV file", self._export, when=self._has_lines
        )
        self.orders.table.offer(printing, exporting)
        self.bind_keys(
            Binding("Ctrl+N", "Begin an order", self._begin),
            printing,
            Binding("Ctrl+Return", "Take the next step of the order", self.paper.next_step, ENTER),
        )
        self.press_keys(
            exporting, Binding("Esc", "Back to the line, then to the list", self._on_escape)
        )

    def order_low(self) -> None:
        """Begin an order of all that is low."""
        if self.take_typed():
            self.view_model.close()
            self.view_model.begin_from_low()

    def order_products(self, product_ids: Sequence[str]) -> None:
        """Begin an order of some products, or go on with the one that is begun."""
        if self.take_typed():
            self.view_model.close()
            self.view_model.begin_from(product_ids)

    def open_item(self, key: str) -> None:
        if self.take_typed():
            self.view_model.open_id(key)

    def activate(self) -> None:
        self.view_model.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def take_typed(self) -> bool:
        return self.paper.take_typed()

    def say(self, message: Message) -> None:
        self.view_model.say(message)

    def focus_first(self) -> None:
        page = self._pages.currentWidget()
        assert isinstance(page, OrderList | OrderView)
        page.focus_first()

    def take_scan(self, scan: Scan) -> bool:
        is_paper = isinstance(scan.meaning, ScannedPaper | ScannedOrder)
        if is_paper or not self.view_model.state.editable:
            return False
        self.paper.take_scan(scan)
        return True

    def _has_lines(self) -> bool:
        """Whether something is ordered with what is meant: the open order, or that of the list."""
        paper = self.view_model.state.paper or self.orders.chosen
        return paper is not None and bool(paper.lines)

    def _print(self) -> None:
        if self.view_model.state.paper is not None:
            self.paper.print_order()
        elif (paper := self.orders.chosen) is not None and paper.lines:
            self.paper.print(paper)

    def _export(self) -> None:
        if self.view_model.state.paper is not None:
            self.paper.export_order()
        elif (paper := self.orders.chosen) is not None:
            self.paper.export(paper)

    def _begin(self) -> None:
        if not self.view_model.state.editable and self.view_model.state.paper is not None:
            # What is ordered is only looked at.
            self._back()
        self.view_model.begin()

    def _on_escape(self) -> None:
        if self.paper.table.hasFocus() and self.view_model.state.editable:
            self.paper.line.setFocus()
        elif self.view_model.state.paper is not None:
            self._back()

    def _back(self) -> None:
        if self.take_typed():
            self.view_model.close()
            self.orders.focus_first()

    def _render(self, state: ReorderState) -> None:
        page = self.orders if state.paper is None else self.paper
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            if self.isVisible():
                page.focus_first()
