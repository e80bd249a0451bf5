"""Where a rep takes orders in a test."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.domain.orders import Order
from app.ui.order.screen import OrderScreen
from app.ui.order.state import OrderState
from tests.helpers.hands import CONTROL, Hands, dialog
from tests.helpers.waiting import until


class Till:
    """Where a rep takes orders: the screen, and what is stored behind it."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.orders = hands.repositories.orders

    @property
    def screen(self) -> OrderScreen:
        screen = self.hands.workplace.current
        assert isinstance(screen, OrderScreen)
        return screen

    @property
    def state(self) -> OrderState:
        return self.screen.view_model.state

    def price(self, sku: str) -> int:
        """In cents."""
        catalogue = self.hands.repositories.catalogue
        listing = catalogue.listing(catalogue.read(sku).product_id or "")
        assert listing is not None
        return int(listing.product.price * 100)

    async def lines(self, count: int) -> None:
        await until(lambda: len(self.state.rows) == count, f"{count} lines: {self.state.rows}")

    async def stored(self) -> None:
        """Wait until everything is kept."""
        actions, reads = self.screen.view_model.actions, self.screen.lookup._reads
        await until(lambda: not actions.running and not reads.running, "a rest")

    async def customer(self, typed: str) -> None:
        await self.hands.press(Qt.Key.Key_F4)
        await self.hands.type(typed)
        await self.hands.press(Qt.Key.Key_Return)
        await until(lambda: self.state.cart.customer is not None, "the customer")

    async def priced(self, sku: str, cents: int) -> None:
        """Wait until the catalogue and the only line say this price."""
        await until(lambda: self.price(sku) == cents, "the new price")
        await until(lambda: int(self.state.rows[0].line.unit_price * 100) == cents, "it shown")

    async def placed(self) -> Order:
        """Ctrl+Enter, and yes to what is asked."""
        await self.hands.press(Qt.Key.Key_Return, CONTROL)
        await until(lambda: dialog() is not None or self.state.placed is not None, "an answer")
        if question := dialog():
            question.accept()
        await until(lambda: self.state.placed is not None, "the order")
        await self.stored()
        assert self.state.placed is not None
        return self.state.placed
