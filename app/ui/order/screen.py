"""Order: a cart that is filled, then the order it became with its receipt."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from app.data.catalogue import Catalogue
from app.domain.orders import OrderStatus
from app.ui.core.appearance import Appearance
from app.ui.core.printing import Printing
from app.ui.core.report import printout
from app.ui.core.screen import Screen
from app.ui.core.widgets import button, column, tinted
from app.ui.order.cart import CartView
from app.ui.order.state import OrderState
from app.ui.order.view_model import OrderViewModel
from app.ui.orders.details import OrderDetails
from app.ui.orders.document import receipt


class OrderScreen(Screen):
    """Scans of products go into the open cart."""

    def __init__(
        self, view_model: OrderViewModel, catalogue: Catalogue, appearance: Appearance
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self.cart = CartView(view_model, catalogue, appearance)
        self.receipt = button("Receipt…", self.print_receipt, tip="Print, or save as PDF (Ctrl+P)")
        self.complete = button("Handed over", view_model.complete, tip="Ctrl+D")
        self.next = button("Next order", view_model.begin, "primary", "Ctrl+N")
        tinted(self.complete, "check_circle", appearance)
        self.placed = OrderDetails(appearance, self.complete, self.receipt, self.next)
        self._printing = Printing(self)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.cart)
        self._pages.addWidget(self.placed)
        self.setLayout(column(self._pages))
        view_model.state_changed.connect(self._render)
        self._printing.said.connect(self._on_printed)
        self.bind_keys(
            {
                "Ctrl+N": view_model.begin,
                "Ctrl+P": self.print_receipt,
                "Ctrl+D": view_model.complete,
                "Ctrl+PgDown": lambda: view_model.step(1),
                "Ctrl+PgUp": lambda: view_model.step(-1),
                "Ctrl+Return": self._place,
                "Ctrl+Enter": self._place,
                "F4": self.cart.customer.start,
                "F6": self.cart.start_discount,
                "F7": self.cart.start_order_discount,
            }
        )

    def activate(self) -> None:
        self.view_model.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def focus_first(self) -> None:
        if self.view_model.state.placed is None:
            self.cart.focus_first()
        else:
            self.next.setFocus()

    def take_scan(self, code: str) -> bool:
        if self.view_model.state.placed is not None:
            # The next customer is here already.
            self.view_model.begin()
        self.view_model.take(code)
        return True

    def take_undo(self) -> bool:
        return self.view_model.undo()

    def print_receipt(self) -> None:
        """Print the receipt of the placed order, or save it as a PDF file."""
        order = self.view_model.state.placed
        if order is not None:
            self._printing.offer(printout(receipt(order)))

    def _place(self) -> None:
        if self.view_model.state.placed is None:
            # What is being typed counts.
            self.cart.save_order_discount()
            self.view_model.place()

    def _on_printed(self, said: str) -> None:
        order = self.view_model.state.placed
        if order is not None:
            self.placed.show_order(order, said)

    def _render(self, state: OrderState) -> None:
        page = self.cart if state.placed is None else self.placed
        if state.placed is not None:
            self.placed.show_order(state.placed, state.said, state.problem)
            self.complete.setVisible(state.placed.status is OrderStatus.PENDING)
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            if self.isVisible():
                self.focus_first()
