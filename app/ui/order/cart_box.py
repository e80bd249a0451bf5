"""The box that lists the parked carts."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.ui.core.choice import Choice
from app.ui.order.rows import cart_name, contents
from app.ui.order.state import OrderState

_WIDTH = 24
_NAME = 16
"""Letters of a customer's name that there is room for."""


class CartBox(Choice):
    """Shows the open cart among the parked ones; `chosen` carries the id of another."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Parked carts")
        self.setToolTip("Parked carts (Ctrl+PgUp, Ctrl+PgDn)")
        self.setMinimumContentsLength(_WIDTH)
        self.activated.connect(lambda at: self.chosen.emit(self.itemData(at)))

    def show_carts(self, state: OrderState) -> None:
        """Offer the carts, with the open one as the chosen one."""
        carts = [(one.cart_id, cart_name(one, _NAME)) for one in state.carts]
        if carts != [(self.itemData(at), self.itemText(at)) for at in range(self.count())]:
            self.clear()
            for cart_id, name in carts:
                self.addItem(name, cart_id)
        self.setVisible(len(carts) > 1 or (len(carts) == 1 and state.cart.is_empty))
        # An empty cart is kept nowhere, and is the open one all the same.
        self.setPlaceholderText(f"New cart, {contents(state.cart)}")
        at = self.findData(state.cart.cart_id)
        if self.currentIndex() != at:
            self.setCurrentIndex(at)
