"""Taking orders: the carts of this device, the one that is open, and the order it became."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.data.selling.carts import CartRepository
from app.data.selling.orders import OrderRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.carts import Cart
from app.domain.customers import Customer
from app.domain.entities import Actor, StockItem, Store
from app.domain.errors import InvalidInputError, ShortLinesError, ZavaError
from app.domain.orders import Order
from app.domain.pricing import NOTHING, Discount, half_up, parse_discount
from app.domain.stock import parse_quantity
from app.ui.core.actions import Actions
from app.ui.core.formats import money
from app.ui.order.parked import ParkedCarts
from app.ui.order.rows import cart_name, rows_of
from app.ui.order.shortage import Shortage
from app.ui.order.state import OrderState


class OrderViewModel(QObject):
    """Follows the carts of one store on this device; all changes go through `actions`, in order.

    `refused` carries an InvalidInputError about a field; `short` carries a `Shortage`.
    """

    state_changed = Signal(object)
    refused = Signal(object)
    short = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        carts: CartRepository,
        orders: OrderRepository,
        actor: Actor,
        store: Store,
        stores: dict[str, Store],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stock = stock
        self._carts = carts
        self._orders = orders
        self._actor = actor
        self._stores = stores
        self.store = store
        self._on_hand: dict[str, int] = {}
        self._followed: tuple[str, ...] = ()
        self._cancels: list[Callable[[], None]] = []
        self._stop_items: Callable[[], None] = lambda: None
        self._stop_order: Callable[[], None] = lambda: None
        self._stop_looking: Callable[[], None] = _nothing
        self._waiting: list[Callable[[], object]] = []
        self._placing: set[str] = set()
        self._known = False
        self._chose = False
        self.state = OrderState(carts.begin(store.store_id))
        self.actions = Actions(self)
        self._parked = ParkedCarts(carts, self.actions)
        self.actions.failed.connect(self._on_failed)

    def activate(self) -> None:
        """Follow the carts, and what is on hand."""
        self._cancels = [
            self._carts.watch_all(self.store.store_id, self._on_carts),
            self._catalogue.on_changed(self._on_catalogue),
        ]
        self._refresh()
        self._follow_order()

    def deactivate(self) -> None:
        """Stop following."""
        for cancel in self._cancels:
            cancel()
        self._cancels, self._followed = [], ()
        self._stop_items()
        self._stop_order()

    def begin(self) -> None:
        """A new cart; the open one stays parked."""
        self._open(self._carts.begin(self.store.store_id))

    def open(self, cart_id: str) -> None:
        """Go on with a parked cart."""
        for cart in self.state.carts:
            if cart.cart_id == cart_id != self.state.cart.cart_id:
                self._open(cart)

    def step(self, by: int) -> None:
        """Go on with the next or the last parked cart."""
        ids = [cart.cart_id for cart in self.state.carts]
        if self.state.cart.cart_id in ids:
            self.open(ids[(ids.index(self.state.cart.cart_id) + by) % len(ids)])
        elif ids:
            self.open(ids[0 if by > 0 else -1])

    def discard(self) -> None:
        """Throw the open cart away."""
        self._parked.discard(self.state.cart)
        parked = self._parked.all
        self._open(parked[-1] if parked else self._carts.begin(self.store.store_id))

    def take(self, code: str) -> None:
        """One more unit of a scanned product."""
        product_id = self._catalogue.with_code(code)
        if product_id is None:
            self._say(f"No product has the code {code}: look it up by its name.", True)
        else:
            self.add(product_id)

    def sell(self, product_id: str, by: int = 1) -> None:
        """So many more of a product in the open cart, whichever screen is shown."""

        self._when_known(lambda: self.add(product_id, by))

    def sell_to(self, customer: Customer) -> None:
        """An order for this customer: in the open cart while it is nobody's, else in a new one."""

        def begin() -> None:
            other = self.state.cart.customer
            if other is not None and other.customer_id != customer.customer_id:
                self.begin()
            if self.state.cart.customer is None:
                self.choose_customer(customer)

        self._when_known(begin)

    def add(self, product_id: str, by: int = 1) -> None:
        """So many more of a product, or fewer; at 0 its line is taken out."""
        listing = self._catalogue.listing(product_id)
        if by > 0 and listing is not None and self.state.cart.cart_id in self._placing:
            # The order is without it: it is the next one's.
            self.begin()
        line = self.state.cart.line(product_id)
        if line is not None and line.quantity + by <= 0:
            self.remove(product_id)
        elif listing is not None and (by > 0 or line is not None):
            cart = self.state.cart.add(listing.product, by)
            quantity = next(one.quantity for one in cart.lines if one.product_id == product_id)
            self._put(cart, f"{listing.product.name}: {quantity:,}", product_id)

    def set_line(self, product_id: str, quantity: str, discount: str) -> bool:
        """Sell as many as typed, so much cheaper; False when that was refused."""
        line = self.state.cart.line(product_id)
        if line is None:
            self._say("That line is not in the cart any more: nothing was saved.", True)
            return False
        if quantity.strip() in ("", "0"):
            return self.remove(product_id)
        try:
            units = parse_quantity(quantity)
            off = parse_discount(discount, half_up(units * line.unit_price))
        except InvalidInputError as error:
            self.refused.emit(error)
            return False
        line = replace(line, quantity=units, discount=off)
        said = f"{line.name}: {units:,}" + (f", {_words(off)} off" if off else "")
        return self._put(self.state.cart.put(line), said, product_id)

    def remove(self, product_id: str) -> bool:
        """Take a line out, which `undo` brings back; False where that was refused."""
        cart, line = self.state.cart, self.state.cart.line(product_id)
        said = f"{line.name} removed. Ctrl+Z brings it back." if line else ""
        if line is None or not self._put(cart.drop(product_id), said):
            return False
        self.state = replace(self.state, removed=(line, cart.lines.index(line)))
        return True

    def undo(self) -> bool:
        """Bring back the line that was taken out last; False where there is none."""
        if self.state.removed is None or self.state.placed is not None:
            return False
        line, at = self.state.removed
        if self.state.cart.line(line.product_id) is None:
            self._put(self.state.cart.put(line, at), f"{line.name} is back.", line.product_id)
        return True

    def set_discount(self, typed: str) -> bool:
        """So much off the whole order; False when that was refused."""
        lines = self.state.priced.lines
        most = sum((one.total + one.order_discount for one in lines), NOTHING)
        try:
            discount = parse_discount(typed, most)
        except InvalidInputError as error:
            self.refused.emit(InvalidInputError("order discount", str(error)))
            return False
        if discount != self.state.cart.discount:
            said = f"{_words(discount)} off the order" if discount else "Nothing off the order"
            return self._put(replace(self.state.cart, discount=discount), said)
        return True

    def choose_customer(self, customer: Customer | None) -> None:
        """Sell to this customer; None to choose another one."""
        said = f"For {customer.name}" if customer else ""
        self._put(replace(self.state.cart, customer=customer), said)

    def place(self, anyway: Shortage | None = None) -> None:
        """Make the open cart an order, or `anyway` the one of which not all is there."""
        if anyway is None:
            if self.state.placed is not None or self._refresh():
                return
        elif anyway.cart not in self.state.carts:
            self._say("The cart that was short has changed meanwhile: place it again.", True)
            return
        # As it is now: until its turn comes, another one may be open.
        cart = self.state.cart if anyway is None else anyway.cart
        if cart.cart_id not in self._placing:
            self._placing.add(cart.cart_id)
            self.actions.add(lambda: self._place(cart, anyway is not None))

    def complete(self) -> None:
        """The customer has the goods."""

        async def work() -> None:
            if self.state.placed is not None:
                order = await self._orders.complete(self.state.placed, self._actor)
                self._emit(placed=order, said="Handed over.", problem=False)

        self.actions.add(work)

    def _on_catalogue(self) -> None:
        self._followed = ()
        self._refresh()

    async def _place(self, cart: Cart, anyway: bool) -> None:
        try:
            self._refuse_unknown(cart)
            order = await self._orders.place(cart, self.store, self._actor, allow_negative=anyway)
        except InvalidInputError as error:
            if cart.cart_id != self.state.cart.cart_id:
                self._say(f"{cart_name(cart)}: {error}", True)
                return
            if error.field != "customer":
                self._say(str(error), True)
            self.refused.emit(error)
        except ShortLinesError as error:
            self.short.emit(await self._shortage(cart, error))
        else:
            self._show_placed(order, cart)
        finally:
            self._placing.discard(cart.cart_id)

    def _refuse_unknown(self, cart: Cart) -> None:
        for line in cart.lines:
            if self._catalogue.listing(line.product_id) is None:
                raise InvalidInputError(
                    "lines", f"{line.name} is no longer in the catalogue: take it out."
                )

    async def _shortage(self, cart: Cart, error: ShortLinesError) -> Shortage:
        lines = []
        for product_id, on_hand in error.on_hand.items():
            line = cart.line(product_id)
            if line is not None:
                others = await self._stock.of_product(product_id)
                lines.append((line, on_hand, others))
        return Shortage.of(cart, lines, self.store, self._stores)

    def _show_placed(self, order: Order, cart: Cart) -> None:
        self._parked.forget(cart)
        said = f"Order {order.number} is placed."
        if cart.cart_id != self.state.cart.cart_id:
            self._say(said)
            return
        self.state = OrderState(self._carts.begin(self.store.store_id))
        self._on_hand = {}
        self._emit(placed=order, said=said)
        self._follow_order()

    def _follow_order(self) -> None:
        self._stop_order()
        if self.state.placed is not None and self._cancels:
            self._stop_order = self._orders.watch(self.state.placed, self._on_order)

    def _on_order(self, order: Order) -> None:
        if self.state.placed is not None and self.state.placed.order_id == order.order_id:
            self._emit(placed=order)

    def _when_known(self, act: Callable[[], object]) -> None:
        """Do it when the carts of this device are known, which they are for good from then on."""
        self._waiting.append(act)
        if self._known:
            self._do_waiting()
        elif not self._cancels and len(self._waiting) == 1:
            self._stop_looking = self._carts.watch_all(self.store.store_id, self._on_carts)

    def _do_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            if self.state.placed is not None:
                self.begin()
            act()

    def _on_carts(self, carts: list[Cart]) -> None:
        self._stop_looking()
        self._stop_looking = _nothing
        self._parked.on_stored(carts)
        if not self._chose and carts and self.state.cart.is_empty and self.state.placed is None:
            self._open(carts[-1])
        self._known = True
        self._do_waiting()
        self._emit()

    def _open(self, cart: Cart) -> None:
        self._stop_order()
        self._chose = True
        self.state = OrderState(cart)
        self._refresh()

    def _put(self, cart: Cart, said: str, chosen: str = "") -> bool:
        """Show a cart as it is now and keep it so; False while it is being placed."""
        if cart.cart_id in self._placing:
            self._say("This cart is being placed: nothing was changed.", True)
            return False
        self._chose = True
        acts = self.state.acts + 1
        self.state = replace(
            self.state, cart=cart, said=said, problem=False, acts=acts, chosen=chosen, removed=None
        )
        self._parked.keep(cart)
        self._follow_items()
        self._emit()
        return True

    def _refresh(self) -> bool:
        """Take names and prices from the catalogue; True where a price has changed."""
        cart = self.state.cart
        before = {line.product_id: line.unit_price for line in cart.lines}
        for line in cart.lines:
            listing = self._catalogue.listing(line.product_id)
            if listing is not None:
                now = listing.product
                cart = cart.put(replace(line, sku=now.sku, name=now.name, unit_price=now.price))
        if cart != self.state.cart:
            self.state = replace(self.state, cart=cart)
            self._parked.keep(cart)
        self._follow_items()
        changed = any(before[line.product_id] != line.unit_price for line in cart.lines)
        if changed:
            self._say("A price has changed: look at the total.", True)
        else:
            self._emit()
        return changed

    def _follow_items(self) -> None:
        products = tuple(line.product_id for line in self.state.cart.lines)
        if products == self._followed or not self._cancels:
            return
        self._followed = products
        self._stop_items()
        listings = (self._catalogue.listing(product_id) for product_id in products)
        keys = [one.key for one in listings if one is not None and one.key is not None]
        self._stop_items = self._stock.watch_items(keys, self._on_items) if keys else _nothing

    def _on_items(self, items: list[StockItem]) -> None:
        self._on_hand = {item.product_id: item.on_hand for item in items}
        self._emit()

    def _emit(self, **changes: Any) -> None:
        cart = self.state.cart
        priced = cart.priced(self.store.tax_percent)
        self.state = replace(
            self.state,
            carts=tuple(self._parked.all),
            rows=rows_of(cart, priced, self._on_hand),
            priced=priced,
            **changes,
        )
        self.state_changed.emit(self.state)

    def _say(self, said: str, problem: bool = False) -> None:
        self._emit(said=said, problem=problem)

    def _on_failed(self, error: ZavaError) -> None:
        self._say(str(error), True)


def _words(discount: Discount) -> str:
    return f"{discount.percent}%" if discount.percent else money(discount.amount)


def _nothing() -> None:
    """Nothing is followed."""
