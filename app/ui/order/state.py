"""What the screen of an order shows."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.carts import Cart, CartLine
from app.domain.orders import Order
from app.domain.pricing import Priced
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.order.rows import CartRow

_NOTHING = Priced(())


@dataclass(frozen=True, slots=True)
class OrderState:
    """`carts` are the parked ones and the open one, oldest first; `placed` is what it became.

    `removed` is the line that was taken out last and where it stood; `acts` counts what was done
    to the cart, and `chosen` is the product the last of it was about; `message` is what is said of
    it.
    """

    cart: Cart
    carts: tuple[Cart, ...] = ()
    rows: tuple[CartRow, ...] = ()
    priced: Priced = _NOTHING
    placed: Order | None = None
    removed: tuple[CartLine, int] | None = None
    acts: int = 0
    chosen: str = ""
    message: Message = NO_MESSAGE
