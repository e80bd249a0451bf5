"""Where customers come back to: the screen of the orders in a test."""

from __future__ import annotations

from dataclasses import replace

from app.domain.customers import Customer
from app.domain.entities import Actor
from app.domain.orders import Order
from app.ui.orders.screen import OrdersScreen
from app.ui.orders.view_model import OrdersState
from tests.helpers.hands import SKU, Hands, somebody
from tests.helpers.waiting import until

SEATTLE = "store_seattle"


class OrdersPage:
    """Where customers come back to: the screen, and what was sold at another device."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.orders = hands.repositories.orders
        self.carts = hands.repositories.carts
        self.customers = hands.repositories.customers

    @property
    def screen(self) -> OrdersScreen:
        screen = self.hands.workplace.current
        assert isinstance(screen, OrdersScreen)
        return screen

    @property
    def state(self) -> OrdersState:
        return self.screen.view_model.state

    async def sold(
        self,
        quantity: int,
        customer: Customer | None = None,
        actor: Actor | None = None,
        store_id: str = SEATTLE,
    ) -> Order:
        """An order of hammers, by default one that somebody else took for the first John."""
        catalogue = self.hands.repositories.catalogue
        listing = catalogue.listing(catalogue.read(SKU).product_id or "")
        assert listing is not None
        cart = self.carts.begin(store_id).add(listing.product, quantity)
        customer = customer or (await self.customers.find(SEATTLE, "john", 1))[0]
        cart = replace(cart, customer=customer)
        store = next(one for one in self.hands.client.stores if one.store_id == store_id)
        actor = actor or somebody(store_id)
        return await self.orders.place(cart, store, actor, allow_negative=True)

    async def open(self, order: Order) -> None:
        """Scan its receipt."""
        await self.hands.scan(order.number)
        await until(lambda: self.opened == order.order_id, "the order")

    @property
    def opened(self) -> str:
        return self.state.order.order_id if self.state.order else ""

    @property
    def ids(self) -> list[str]:
        """The orders on the list."""
        return [one.order_id for one in self.state.orders or ()]

    async def rest(self) -> None:
        await until(lambda: not self.screen.view_model.actions.running, "a rest")
