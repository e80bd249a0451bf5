"""What the screen of an order shows."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.carts import Cart
from app.domain.orders import Order
from app.domain.pricing import Priced
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.order.rows import CartRow

_NOTHING = Priced(())


@dataclass(frozen=True, slots=True)
class OrderState:
    """`carts` are the parked ones and the open one, oldest first; `placed` is what it became.

    `revision` counts what was done to the cart, `chosen` is the product the last of it was about.
    """

    cart: Cart
    carts: tuple[Cart, ...] = ()
    rows: tuple[CartRow, ...] = ()
    priced: Priced = _NOTHING
    placed: Order | None = None
    revision: int = 0
    chosen: str = ""
    message: Message = NO_MESSAGE
