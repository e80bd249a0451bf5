"""Taking orders: the carts of this device, the open one, and the order that it became."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.data.selling.carts import CartRepository
from app.data.selling.orders import OrderRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.approvals import Approval
from app.domain.carts import Cart
from app.domain.conventions import US, Conventions
from app.domain.customers import Customer
from app.domain.entities import Actor, Store
from app.domain.errors import InvalidInputError
from app.domain.orders import Order
from app.domain.scans import Scan
from app.ui.core.actions import Actions
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.message import Message, problem
from app.ui.core.on_hand import OnHand
from app.ui.core.open_paper import OpenPaper
from app.ui.core.scan_words import SCAN_WAITS, refusal
from app.ui.order.open_cart import OpenCart
from app.ui.order.parked import ParkedCarts
from app.ui.order.placing import Placing, WordWanted
from app.ui.order.rows import cart_name, rows_of
from app.ui.order.shortage import Shortage
from app.ui.order.state import OrderState
from connector_config.errors import UserError


class OrderViewModel(QObject):
    """Follows the carts of one store on this device; all changes go through `actions`, in order.

    `refused` carries an InvalidInputError about a field, `doubted` a `Doubt` about a discount;
    `short` carries a `Shortage`, `unusual` a cart and the Unusual of which `place` has to be sure,
    `word_needed` a `WordWanted` for `place_approved`.
    """

    state_changed = Signal(object)
    refused = Signal(object)
    doubted = Signal(object)
    scan_refused = Signal()
    short = Signal(object)
    unusual = Signal(object, object)
    word_needed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        carts: CartRepository,
        orders: OrderRepository,
        actor: Actor,
        store: Store,
        stores: dict[str, Store],
        conventions: Conventions = US,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._orders = orders
        self._actor = actor
        self.store = store
        self._active = False
        self._chose = False
        self._following = ExitStack()
        self._following_order = ExitStack()
        self._placed = OpenPaper[Order](lambda order: order.order_id)
        self._on_hand = OnHand(catalogue, stock, self._emit)
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        self._parked = ParkedCarts(carts, store.store_id, self.actions, self._on_stored, store.zone)
        self._placing = Placing(catalogue, stock, orders, actor, stores, self.actions)
        self._placing.placed.connect(self._on_placed)
        self._placing.refused.connect(self._on_refused)
        self._placing.short.connect(self.short)
        self._placing.unusual.connect(self.unusual)
        self._placing.word_needed.connect(self.word_needed)
        self._cart = OpenCart(
            self._parked.begin(),
            catalogue,
            self._placing,
            self._on_changed,
            self.say,
            self.refused.emit,
            conventions,
        )
        self.state = OrderState(self._cart.cart)

    def activate(self) -> None:
        """Follow the carts, and what is on hand."""
        self._active = True
        self._parked.follow()
        self._following.callback(self._catalogue.on_changed(self._on_catalogue))
        self._refresh()
        self._follow_order()

    def deactivate(self) -> None:
        """Stop following."""
        self._active = False
        self._parked.stop()
        self._following.close()
        self._following_order.close()
        self._on_hand.stop()

    def begin(self) -> None:
        """Open a new cart; the open one stays parked."""
        self._open(self._parked.begin())

    def open(self, cart_id: str) -> None:
        """Open a parked cart."""
        for cart in self.state.carts:
            if cart.cart_id == cart_id != self._cart.cart.cart_id:
                self._open(cart)

    def step(self, by: int) -> None:
        """Open the next parked cart, or with -1 the one before."""
        cart = self._parked.beside(self._cart.cart, by)
        if cart is not None:
            self.open(cart.cart_id)

    def discard(self) -> None:
        """Throw the open cart away."""
        self._parked.discard(self._cart.cart)
        parked = self._parked.all
        self._open(parked[-1] if parked else self._parked.begin())

    def take(self, scan: Scan) -> None:
        """One more unit or pack of a scanned product."""
        if scan.product is None:
            self.say(problem(refusal(scan)))
            self.scan_refused.emit()
        else:
            self.add(scan.product.product_id, scan.product.units)

    def say(self, message: Message) -> None:
        """Show a message."""
        self.state = replace(self.state, message=message)
        self._emit()

    def refuse_scan(self) -> None:
        """Say that a scan waits for something typed that cannot be read."""
        self.say(problem(SCAN_WAITS))
        self.scan_refused.emit()

    def sell(self, product_id: str, by: int = 1) -> None:
        """Add units of a product to the open cart, whichever screen is shown."""

        def add() -> None:
            self._turn_to_cart()
            self.add(product_id, by)

        self._parked.when_known(add)

    def sell_to(self, customer: Customer) -> None:
        """Begin an order for a customer, in the open cart if it is nobody's, else in a new one."""

        def begin() -> None:
            self._turn_to_cart()
            other = self._cart.cart.customer
            if other is not None and other.customer_id != customer.customer_id:
                self.begin()
            if self._cart.cart.customer is None:
                self.choose_customer(customer)

        self._parked.when_known(begin)

    def add(self, product_id: str, by: int = 1) -> None:
        """Add units of a product, or with a minus take some away; at 0 the line is taken out."""
        is_sold = self._catalogue.listing(product_id) is not None
        if by > 0 and is_sold and self._cart.is_being_placed:
            # The order is without it: it is the next one's.
            self.begin()
        self._cart.add(product_id, by)

    def set_line(self, product_id: str, quantity: str, discount: str) -> bool:
        """Set the typed quantity and discount of a line; False when they were refused."""
        return self._cart.set_line(product_id, quantity, discount)

    def remove(self, product_id: str) -> bool:
        """Take a line out, which `undo` brings back; False where that was refused."""
        return self._cart.remove(product_id)

    def undo(self) -> bool:
        """Bring back the line that was taken out last; False where there is none."""
        return self._placed.paper is None and self._cart.undo()

    def set_discount(self, typed: str) -> bool:
        """Set the typed discount of the order; False when it was refused."""
        return self._cart.set_discount(self.state.priced, typed)

    def choose_customer(self, customer: Customer | None) -> None:
        """Set the customer; None begins to choose another one."""
        self._cart.choose_customer(customer)

    def place(self, anyway: Shortage | None = None, sure: Cart | None = None) -> None:
        """Make an order of the open cart.

        Else `anyway` of the cart of which not all is there, or of one that is `sure`.
        """
        asked = sure if anyway is None else anyway.cart
        if asked is None:
            if self._placed.paper is not None or self._refresh() or self._ask_discount():
                return
        elif asked not in self.state.carts:
            what = "that was asked about" if anyway is None else "that was short"
            self.say(problem(f"The cart {what} has changed meanwhile: place it again."))
            return
        # As it is now: until its turn comes, another one may be open.
        cart = asked or self._cart.cart
        self._placing.place(cart, self.store, anyway is not None, asked is not None)

    def place_approved(self, wanted: WordWanted, approval: Approval) -> None:
        """Make an order of a cart that a manager has approved as it was."""
        if wanted.cart not in self.state.carts:
            self.say(problem("The cart that was approved has changed meanwhile: place it again."))
            return
        self._placing.place(wanted.cart, self.store, wanted.anyway, True, approval)

    def say_not_approved(self) -> None:
        """Say that a cart stays as it is, because no manager approved it."""
        self.say(problem(NOT_APPROVED))

    def complete(self) -> None:
        """Note that the customer has the goods of the placed order."""
        order = self._placed.paper
        if order is not None:
            self.actions.add(lambda: self._complete(order))

    async def _complete(self, order: Order) -> None:
        if await self._placed.write(self._orders.complete(order, self._actor)):
            self.say(Message("Handed over."))

    def _ask_discount(self) -> bool:
        """Ask for a discount that does not fit any more; False where all of them do."""
        doubt = self._cart.doubt
        if doubt is None:
            return False
        self.say(problem(doubt.error))
        self.doubted.emit(doubt)
        return True

    def _on_catalogue(self) -> None:
        self._on_hand.stop()
        self._refresh()

    def _on_refused(self, cart: Cart, error: InvalidInputError) -> None:
        if cart.cart_id != self._cart.cart.cart_id:
            self.say(problem(f"{cart_name(cart)}: {error}"))
            return
        if error.field != "customer":
            self.say(problem(error))
        self.refused.emit(error)

    def _on_placed(self, order: Order, cart: Cart) -> None:
        self._parked.forget(cart)
        message = Message(f"Order {order.number} is placed.")
        if cart.cart_id != self._cart.cart.cart_id:
            self.say(message)
            return
        self._show(self._parked.begin())
        self._on_hand.forget()
        self._placed.open(order)
        self.say(message)
        self._follow_order()

    def _follow_order(self) -> None:
        self._following_order.close()
        order = self._placed.paper
        if order is not None and self._active:
            self._following_order.callback(self._orders.watch(order, self._on_order))

    def _on_order(self, order: Order) -> None:
        if self._placed.renew(order):
            self._emit()

    def _on_stored(self) -> None:
        parked = self._parked.all
        is_new = self._cart.cart.is_empty and self._placed.paper is None
        if parked and is_new and not self._chose:
            self._open(parked[-1])
        self._emit()

    def _turn_to_cart(self) -> None:
        """Let a cart be open, a new one where the last one has become an order."""
        if self._placed.paper is not None:
            self.begin()

    def _open(self, cart: Cart) -> None:
        self._following_order.close()
        self._placed.close()
        self._chose = True
        self._show(cart)
        if not self._refresh() and self._cart.doubt is not None:
            self.say(problem(self._cart.doubt.error))

    def _show(self, cart: Cart) -> None:
        self._cart.open(cart)
        self.state = OrderState(cart)

    def _on_changed(self, message: Message) -> None:
        self._chose = True
        self._parked.keep(self._cart.cart)
        self._follow_items()
        self.say(message)

    def _refresh(self) -> bool:
        """Take names and prices from the catalogue; True where a price has changed."""
        before = self._cart.cart
        self._cart.refresh()
        cart = self._cart.cart
        if cart != before:
            self._parked.keep(cart)
        self._follow_items()
        if [line.unit_price for line in before.lines] != [line.unit_price for line in cart.lines]:
            doubt = self._cart.doubt
            self.say(problem(doubt.error if doubt else "A price has changed: look at the total."))
            return True
        self._emit()
        return False

    def _follow_items(self) -> None:
        if self._active:
            self._on_hand.follow(line.product_id for line in self._cart.cart.lines)

    def _emit(self) -> None:
        cart = self._cart.cart
        priced = cart.priced(self.store.tax_percent)
        self.state = replace(
            self.state,
            cart=cart,
            carts=tuple(self._parked.all),
            rows=rows_of(cart, priced, self._on_hand.numbers),
            priced=priced,
            placed=self._placed.paper,
            revision=self._cart.revision,
            chosen=self._cart.chosen,
        )
        self.state_changed.emit(self.state)

    def _on_failed(self, error: UserError) -> None:
        self.say(problem(error))
