"""A new customer in the middle of an order: the form of Customers, while the cart waits."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.ui.core.appearance import Appearance
from app.ui.core.formats import money
from app.ui.core.widgets import Text, card, column, row
from app.ui.core.zoom import px
from app.ui.customers.draft import DraftViewModel
from app.ui.customers.form import CustomerForm
from app.ui.order.rows import contents
from app.ui.order.state import OrderState

_WIDTH = 600


class NewCustomerPage(QWidget):
    """The page with the form, and below it what is scanned into the cart meanwhile."""

    def __init__(self, draft: DraftViewModel, appearance: Appearance) -> None:
        super().__init__()
        self.form = CustomerForm(draft, appearance)
        self._cart = Text("", "muted", wrap=True)
        frame = card(column(self.form, self._cart, spacing=12), 20)
        frame.setFixedWidth(px(_WIDTH))
        layout = column(spacing=0)
        layout.addLayout(row(frame, None))
        layout.addStretch(1)
        layout.setContentsMargins(24, 16, 24, 12)
        self.setLayout(layout)

    def show_cart(self, state: OrderState) -> None:
        """Say what the customer is going to buy."""
        parts = [f"In the cart: {contents(state.cart)}"]
        if state.rows:
            parts.append(money(state.priced.total))
        if state.message:
            parts.append(state.message.text)
        self._cart.setText("  ·  ".join(parts))
