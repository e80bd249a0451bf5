"""The open cart, as it is filled and changed."""

from __future__ import annotations

from collections.abc import Callable

from app.data.stock.catalogue import Catalogue
from app.domain.carts import Cart, Doubt
from app.domain.conventions import US, Conventions
from app.domain.customers import Customer
from app.domain.errors import InvalidInputError
from app.domain.pricing import Priced
from app.ui.core.message import Message, problem
from app.ui.order import changes
from app.ui.order.changes import Change, Removed
from app.ui.order.placing import Placing


class OpenCart:
    """Changes one cart at a time, unless it is being placed; calls `on_changed` after every change.

    `revision` counts the changes, `chosen` is the product of the last one. `say` is called with why
    nothing was changed, `refuse` with what is wrong with what was typed.
    """

    def __init__(
        self,
        cart: Cart,
        catalogue: Catalogue,
        placing: Placing,
        on_changed: Callable[[Message], None],
        say: Callable[[Message], None],
        refuse: Callable[[InvalidInputError], None],
        conventions: Conventions = US,
    ) -> None:
        self._catalogue = catalogue
        self._placing = placing
        self._on_changed = on_changed
        self._say = say
        self._refuse = refuse
        self._conventions = conventions
        self.open(cart)

    def open(self, cart: Cart) -> None:
        """Go on with another cart."""
        self.cart = cart
        self.revision = 0
        self.chosen = ""
        self._removed: Removed | None = None
        self._meant: set[Doubt] = set()

    @property
    def doubt(self) -> Doubt | None:
        """A discount that has to be typed anew before the cart is placed; None without any."""
        return next((one for one in self.cart.doubts if one not in self._meant), None)

    @property
    def is_being_placed(self) -> bool:
        """Whether the cart is on its way to become an order."""
        return self._placing.is_placing(self.cart)

    def add(self, product_id: str, by: int) -> None:
        """Add units of a product, or with a minus take some away; at 0 the line is taken out."""
        listing, line = self._catalogue.listing(product_id), self.cart.line(product_id)
        if line is not None and line.quantity + by <= 0:
            self._put(changes.without(self.cart, line))
        elif listing is not None and (by > 0 or line is not None):
            try:
                self._put(changes.more_of(self.cart, listing.product, by))
            except InvalidInputError as error:
                self._say(problem(error))

    def set_line(self, product_id: str, quantity: str, discount: str) -> bool:
        """Set the typed quantity and discount of a line; False when they were refused."""
        line = self.cart.line(product_id)
        if line is None:
            self._say(problem("That line is not in the cart any more: nothing was saved."))
            return False
        try:
            change = changes.typed(self.cart, line, quantity, discount, self._conventions)
        except InvalidInputError as error:
            self._refuse(error)
            return False
        return self._put(change)

    def remove(self, product_id: str) -> bool:
        """Take a line out; False where that was refused."""
        line = self.cart.line(product_id)
        return line is not None and self._put(changes.without(self.cart, line))

    def undo(self) -> bool:
        """Bring back the line that was taken out last; False where there is none."""
        if self._removed is None:
            return False
        line, _ = self._removed
        if self.cart.line(line.product_id) is None:
            self._put(changes.with_again(self.cart, self._removed))
        return True

    def set_discount(self, priced: Priced, discount: str) -> bool:
        """Set the typed discount of the cart, priced as `priced`; False when it was refused."""
        try:
            change = changes.cheaper(self.cart, priced, discount, self._conventions)
        except InvalidInputError as error:
            self._refuse(error)
            return False
        return (change.cart == self.cart and self.doubt is None) or self._put(change)

    def choose_customer(self, customer: Customer | None) -> None:
        """Set the customer; None begins to choose another one."""
        self._put(changes.sold_to(self.cart, customer))

    def refresh(self) -> None:
        """Take names and prices from the catalogue."""
        self.cart = changes.as_listed(self.cart, self._catalogue)

    def _put(self, change: Change) -> bool:
        if self.is_being_placed:
            self._say(problem("This cart is being placed: nothing was changed."))
            return False
        self.cart, self.chosen, self._removed = change.cart, change.chosen, change.removed
        self._meant = {
            one
            for one in self.cart.doubts
            if one in self._meant or one.product_id == change.discounted
        }
        self.revision += 1
        doubt = self.doubt
        self._on_changed(problem(doubt.error) if doubt is not None else Message(change.message))
        return True
