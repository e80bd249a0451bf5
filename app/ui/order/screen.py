"""The Order screen: a cart that is filled, then its order with the receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.customers import Customer
from app.domain.orders import Order, OrderStatus
from app.domain.scans import Scan, ScannedOrder, ScannedPaper
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import ENTER, Binding
from app.ui.core.message import Message
from app.ui.core.printing import Printing
from app.ui.core.report import Report, printout
from app.ui.core.screen import Screen
from app.ui.core.widgets import button, column, tinted
from app.ui.customers.draft import Draft, DraftViewModel
from app.ui.order.cart import CartView
from app.ui.order.customer_lookup import CustomerLookup
from app.ui.order.new_customer import NewCustomerPage
from app.ui.order.state import OrderState
from app.ui.order.view_model import OrderViewModel
from app.ui.orders.details import OrderDetails
from app.ui.orders.document import gift_receipt, receipt


class OrderScreen(Screen):
    """The screen; scans of products go into the open cart, also while a new customer is typed."""

    def __init__(
        self,
        view_model: OrderViewModel,
        lookup: CustomerLookup,
        draft: DraftViewModel,
        catalogue: Catalogue,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self.draft = draft
        self.lookup = lookup
        self.cart = CartView(view_model, lookup, catalogue, appearance, approving)
        self.new_customer = NewCustomerPage(draft, appearance)
        self.receipt = button("Receipt… (Ctrl+P)", self.print_receipt, tip="Print, or save as PDF")
        self.complete = button("Hand over (Ctrl+D)", view_model.complete)
        self.next = button("Next order (Ctrl+N)", view_model.begin, "primary")
        tinted(self.complete, "check_circle", appearance)
        self.placed = OrderDetails(appearance, self.complete, self.receipt, self.next)
        self._printing = Printing(self)
        self._pages = QStackedWidget()
        for page in (self.cart, self.new_customer, self.placed):
            self._pages.addWidget(page)
        self.setLayout(column(self._pages))
        view_model.state_changed.connect(self._render)
        view_model.scan_refused.connect(self.refused)
        self.cart.customer.new_asked.connect(self._begin_customer)
        self.new_customer.form.instead.connect(self._take_instead)
        draft.state_changed.connect(self._on_draft)
        draft.saved.connect(self._sell_to)
        self._printing.ended.connect(view_model.say)
        cart, customer = self.cart, self.cart.customer
        in_cart = (
            Binding("Ctrl+Return", "Place the order", self._place, ENTER),
            Binding("Ctrl+N", "Begin another cart", cart.begin),
            Binding("Ctrl+PgDown", "Show the next cart", lambda: cart.step(1)),
            Binding("Ctrl+PgUp", "Show the cart before", lambda: cart.step(-1)),
            Binding("F4", "Choose the customer", customer.start),
            Binding("Shift+F4", "Add a new customer", customer.start_new),
            Binding("F6", "Give a discount on the line", cart.start_discount),
            Binding("F7", "Give a discount on the order", cart.start_order_discount),
        )
        self.bind_keys(
            Binding("Ctrl+P", "Print the receipt, or save it as a PDF", self.print_receipt),
            Binding(
                "Ctrl+Shift+P",
                "Print a gift receipt, without prices",
                partial(self.print_receipt, gift_receipt),
            ),
            Binding("Ctrl+D", "Hand the order over", view_model.complete),
            *(replace(one, act=partial(self._unless_typing, one.act)) for one in in_cart),
        )

    def activate(self) -> None:
        self.view_model.activate()
        self.draft.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()
        self.lookup.stop()
        self.draft.deactivate()

    def say(self, message: Message) -> None:
        self.view_model.say(message)

    def focus_first(self) -> None:
        if self.view_model.state.placed is not None:
            self.next.setFocus()
        elif self.draft.state is not None:
            self.new_customer.form.focus_first()
        else:
            self.cart.focus_first()

    def take_scan(self, scan: Scan) -> bool:
        if isinstance(scan.meaning, ScannedPaper | ScannedOrder):
            return False
        if self.view_model.state.placed is not None:
            # The next customer is here already.
            self.view_model.begin()
        self.cart.take_scan(scan)
        return True

    def take_typed(self) -> bool:
        return self._pages.currentWidget() is not self.cart or self.cart.take_typed()

    @property
    def unsaved(self) -> str:
        return self.new_customer.form.unsaved

    def take_undo(self) -> bool:
        return self.view_model.undo()

    def print_receipt(self, made: Callable[[Order], Report] = receipt) -> None:
        """Print the receipt of the placed order, or save it as a PDF file."""
        order = self.view_model.state.placed
        if order is not None:
            self._printing.offer(printout(made(order)))

    def _place(self) -> None:
        if self.view_model.state.placed is None:
            self.cart.place_order()

    def _unless_typing(self, act: Callable[[], object]) -> None:
        # The cart that a new customer is typed for stays the open one.
        if self.draft.state is None:
            act()

    def _on_draft(self, draft: Draft | None) -> None:
        was_typing = self._pages.currentWidget() is self.new_customer
        self._show_page()
        if draft is None and was_typing and self.view_model.state.cart.customer is None:
            self.cart.customer.start()

    def _begin_customer(self, text: str) -> None:
        # The cart waits behind the form as it is shown.
        if self.cart.take_typed():
            self.draft.begin(text)

    def _sell_to(self, customer: Customer) -> None:
        self.view_model.sell_to(customer)
        self.cart.customer.finish()

    def _take_instead(self, customer: Customer) -> None:
        self.draft.give_up()
        self._sell_to(customer)

    def _render(self, state: OrderState) -> None:
        if state.placed is not None:
            self.placed.show_order(state.placed, state.message)
            self.complete.setVisible(state.placed.status is OrderStatus.PENDING)
        self.new_customer.show_cart(state)
        self._show_page()

    def _show_page(self) -> None:
        if self.view_model.state.placed is not None:
            page: QWidget = self.placed
        else:
            page = self.cart if self.draft.state is None else self.new_customer
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            if self.isVisible():
                self.focus_first()
