"""The state of the Order screen."""

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
    """The carts, the parked ones and the open one, oldest first; `placed` is the order of one.

    `revision` counts the changes of the open cart, `chosen` is the product of the last one.
    """

    cart: Cart
    carts: tuple[Cart, ...] = ()
    rows: tuple[CartRow, ...] = ()
    priced: Priced = _NOTHING
    placed: Order | None = None
    revision: int = 0
    chosen: str = ""
    message: Message = NO_MESSAGE
