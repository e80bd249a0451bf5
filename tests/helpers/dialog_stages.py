"""The dialogs in which something is typed, each opened where a person opens it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from PySide6.QtCore import Qt

from app.run import utc_now
from app.ui.codes.dialog import TeachDialog
from app.ui.count.screen import CountScreen
from app.ui.orders.screen import OrdersScreen
from connector_config.schema.collections import PRODUCT_CODES
from tests.helpers.hands import CONTROL, Hands, dialog
from tests.helpers.sales import Counter
from tests.helpers.stock_room import StockRoom
from tests.helpers.typing_stages import forget
from tests.helpers.waiting import until

_NOBODYS: Final = "NOPE-4712"
_MANY: Final = 5_000


async def move(hands: Hands) -> None:
    card = hands.workplace.product
    card.view_model._drafts.clear()
    await hands.open()
    card.place.begin()


async def code(hands: Hands) -> None:
    await hands.open()
    hands.workplace.product.codes.open_dialog()


async def teach(hands: Hands) -> None:
    """A product is chosen, and its units are asked for."""
    await forget(hands, PRODUCT_CODES)
    hands.workplace.go("find")
    await hands.scan(_NOBODYS)
    await hands.press(Qt.Key.Key_T, CONTROL)
    asked = dialog()
    assert isinstance(asked, TeachDialog)
    asked._choose((await hands.item()).product_id)


async def new_count(hands: Hands) -> None:
    screen = hands.workplace.go("count")
    assert isinstance(screen, CountScreen)
    screen.counting.digits.clear()
    screen._to_sessions()
    await until(lambda: screen._sessions.state.aisles, "the shelves")
    screen.sessions.begin("3")


async def goods_back(hands: Hands) -> None:
    screen = hands.workplace.go("orders")
    assert isinstance(screen, OrdersScreen)
    screen.view_model.close()
    # All that is typed is less, and can come back.
    await hands.elsewhere(_MANY + max(-(await hands.item()).on_hand, 0))
    counter = Counter(StockRoom(hands.client.session))
    counter.room.clock.now = utc_now()
    order = await counter.sold([await hands.item()], _MANY)
    screen.view_model.open(order)
    await until(lambda: screen.view_model.state.order is not None, "the order")
    screen._ask_units()


DIALOGS: dict[str, Callable[[Hands], Awaitable[None]]] = {
    "move": move,
    "code": code,
    "teach": teach,
    "new count": new_count,
    "goods back": goods_back,
}
