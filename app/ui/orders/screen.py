"""The Orders screen: the list, and one order with what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QStackedWidget

from app.domain.approvals import Approval, WordNeededError
from app.domain.customers import Customer
from app.domain.orders import Order, OrderStatus
from app.domain.scans import Scan, ScannedOrder
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import Binding
from app.ui.core.dialogs import ask
from app.ui.core.formats import counted, money
from app.ui.core.message import Message, problem
from app.ui.core.printing import Printing
from app.ui.core.report import Report, printout
from app.ui.core.screen import Screen
from app.ui.core.widgets import button, column, tinted
from app.ui.orders.details import OrderDetails
from app.ui.orders.document import gift_receipt, receipt
from app.ui.orders.list import OrderList
from app.ui.orders.returning import ReturnDialog
from app.ui.orders.view_model import OrdersState, OrdersViewModel
from app.ui.orders.words import goods_back, of_other_store

_OPEN = (OrderStatus.PENDING, OrderStatus.COMPLETED)


class OrdersScreen(Screen):
    """The screen; scanning a receipt opens its order."""

    def __init__(
        self, view_model: OrdersViewModel, appearance: Appearance, approving: Approving
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self._approving = approving
        self.orders = OrderList(view_model, appearance)
        back = button("Back", self._back, "quiet", "Back to all orders (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self.cancel = button("Cancel…", self._ask_cancel, tip="Cancel the order")
        self.take_back = button("Return…", self._ask_units, tip="Goods come back (Ctrl+B)")
        self.complete = button("Hand over", view_model.complete, tip="The customer has it (Ctrl+D)")
        self.receipt = button("Receipt…", self.print_receipt, "primary", "Print, or PDF (Ctrl+P)")
        self.details = OrderDetails(
            appearance, self.cancel, self.take_back, self.complete, self.receipt, back=back
        )
        self._printing = Printing(self)
        self._printing.ended.connect(view_model.say)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.orders)
        self._pages.addWidget(self.details)
        self.setLayout(column(self._pages))
        view_model.state_changed.connect(self._render)
        view_model.scan_refused.connect(self.refused)
        view_model.word_needed.connect(self._on_word_needed)
        printing = Binding(
            "Ctrl+P",
            "Print the receipt, or save it as a PDF",
            self.print_receipt,
            when=self._is_one,
        )
        giving = Binding(
            "Ctrl+Shift+P",
            "Print a gift receipt, without prices",
            partial(self.print_receipt, gift_receipt),
            when=self._is_one,
        )
        self.orders.table.offer(printing, giving)
        self.bind_keys(
            printing,
            giving,
            Binding("Ctrl+D", "Hand the order over", view_model.complete),
            Binding("Ctrl+B", "Take goods back", self._ask_units),
            *(
                replace(one, act=partial(self._filter, one.act), when=self._is_listed)
                for one in self.orders.filters.bindings
            ),
        )
        self.press_keys(
            Binding("Esc", "Back to all orders", self._back, when=lambda: not self._is_listed())
        )

    def activate(self) -> None:
        self.view_model.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def say(self, message: Message) -> None:
        self.view_model.say(message)

    def focus_first(self) -> None:
        if self.view_model.state.order is None:
            self.orders.focus_first()
        else:
            self.details.table.setFocus()

    def take_scan(self, scan: Scan) -> bool:
        match scan.meaning:
            case ScannedOrder(number):
                return self.view_model.open_number(number)
        return False

    def show_customer(self, customer: Customer) -> None:
        """Show all orders of a customer, in place of what is shown."""
        self.view_model.close()
        self.view_model.filters.show_customer(customer)
        self.orders.table.focus_a_row()

    def print_receipt(self, made: Callable[[Order], Report] = receipt) -> None:
        """Print the receipt of the open or the chosen order once more, or save it as a PDF file."""
        order = self.view_model.state.order
        if order is not None:
            self._print(made, order)
        elif self._is_one() and self.orders.is_done():
            self.view_model.read(self.orders.table.chosen()[0], partial(self._print, made))

    def _print(self, made: Callable[[Order], Report], order: Order) -> None:
        if order.missing:
            lines = counted(order.missing, "line")
            self.view_model.say(
                problem(f"{lines} of {order.title} not here yet: print it when the rest has come.")
            )
        else:
            self._printing.offer(printout(made(order)))

    def _is_one(self) -> bool:
        """Whether there is one order that is meant: the open one, or that of the list."""
        return not self._is_listed() or len(self.orders.table.chosen()) == 1

    def _is_listed(self) -> bool:
        return self.view_model.state.order is None

    def _filter(self, act: Callable[[], object]) -> None:
        if self._is_listed():
            act()

    def _back(self) -> None:
        self.view_model.close()
        self.orders.table.setFocus()

    def _ask_cancel(self) -> None:
        order = self.view_model.state.order
        if order is not None:
            ask(
                self,
                f"Cancel {order.title}?",
                f"{goods_back(order, self.view_model.filters.here)}, and {order.customer_name} "
                f"gets back {money(order.total)}.",
                "Cancel order",
                self.view_model.cancel,
                "Keep it",
            )

    def _on_word_needed(self, error: WordNeededError) -> None:
        order = self.view_model.state.order
        if order is None:
            return

        def go_on(approval: Approval) -> None:
            now = self.view_model.state.order
            if now is not None and now.key == order.key:
                self.view_model.cancel(approval=approval)

        self._approving.ask(self, error, go_on, self.view_model.say_not_approved)

    def _ask_units(self) -> None:
        order = self.view_model.state.order
        if order is not None and order.status not in _OPEN:
            state = order.status.label.lower()
            self.view_model.say(problem(f"{order.title} is {state}: nothing of it can come back."))
        elif order is not None:
            self.view_model.begin_return()
            told = of_other_store(order, self.view_model.filters.here)
            conventions = self.view_model.filters.days.conventions
            ReturnDialog(self, order, self.view_model.take_back, conventions, told).open()

    def _render(self, state: OrdersState) -> None:
        order = state.order
        if order is not None:
            self.details.show_order(order, state.message)
            self.receipt.setEnabled(not order.missing)
            self.complete.setVisible(order.status is OrderStatus.PENDING)
            self.take_back.setVisible(order.status in _OPEN)
            self.cancel.setVisible(order.status in _OPEN and not order.returns)
        page = self.orders if order is None else self.details
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            if self.isVisible():
                self.focus_first()
