"""Orders that were taken: found, handed over, taken back, cancelled, printed once more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.data.carts import DittoCartRepository
from app.data.customers import DittoCustomerRepository
from app.data.order_list import DittoOrderList, OrderFilter
from app.data.orders import DittoOrderRepository
from app.domain.entities import Role
from app.domain.orders import Order, OrderStatus
from app.run import utc_now
from app.ui.orders.returning import ReturnDialog
from app.ui.orders.screen import OrdersScreen
from app.ui.orders.view_model import OrdersState
from app.ui.shell.window import MINIMUM
from tests.app.ui.test_fits import problems, small
from tests.helpers.hands import ALT, CONTROL, SKU, Hands, cells, dialog, named, somebody, texts
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATTLE = "store_seattle"


class Desk:
    """Where customers come back to: the screen, and what was sold at another device."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        session = hands.client.session
        self.orders = DittoOrderRepository(session, utc_now)
        self.carts = DittoCartRepository(session, utc_now)
        self.customers = DittoCustomerRepository(session, utc_now)

    @property
    def screen(self) -> OrdersScreen:
        screen = self.hands.workplace.current
        assert isinstance(screen, OrdersScreen)
        return screen

    @property
    def state(self) -> OrdersState:
        return self.screen.view_model.state

    async def sold(self, quantity: int) -> Order:
        """An order of hammers that somebody else took."""
        client = self.hands.client
        listing = client.catalogue.listing(client.catalogue.with_code(SKU) or "")
        assert listing is not None
        cart = self.carts.begin(SEATTLE).add(listing.product, quantity)
        cart = replace(cart, customer=(await self.customers.find(SEATTLE, "john", 1))[0])
        store = next(one for one in client._stores if one.store_id == SEATTLE)
        return await self.orders.place(cart, store, somebody(SEATTLE), allow_negative=True)

    async def open(self, order: Order) -> None:
        """Scan its receipt."""
        await self.hands.scan(order.number)
        await until(lambda: self.opened == order.order_id, "the order")

    @property
    def opened(self) -> str:
        return self.state.order.order_id if self.state.order else ""

    async def rest(self) -> None:
        await until(lambda: not self.screen.view_model.actions.running, "a rest")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rita(person: Hands) -> Hands:
    """A rep, signed in once."""
    await person.begin(Role.REP, name="Rita")
    return person


@pytest_asyncio.fixture(loop_scope="module")
async def desk(rita: Hands) -> AsyncIterator[Desk]:
    """All orders, come to by their key."""
    await rita.press(Qt.Key.Key_R, ALT)
    desk = Desk(rita)
    desk.screen.view_model.close()
    desk.screen.focus_first()
    await until(lambda: bool(desk.state.orders), "orders")
    yield desk
    while covering := QApplication.activeModalWidget():
        covering.close()
    await desk.rest()


async def test_a_new_order_is_on_top_and_older_ones_follow(desk: Desk):
    order = await desk.sold(1)
    await until(lambda: desk.state.orders[0].order_id == order.order_id, "the new one")  # type: ignore[index]
    # The one that was pushed off the first page stays.
    assert len(desk.state.orders or ()) == 101
    await desk.hands.press(Qt.Key.Key_Down)
    await desk.hands.press(Qt.Key.Key_End, CONTROL)
    await until(lambda: len(desk.state.orders or ()) >= 200, "the next page")
    await desk.rest()
    shown = [one.order_id for one in desk.state.orders or ()]
    listing = DittoOrderList(desk.hands.client.session)
    page = await listing.page(OrderFilter((SEATTLE,)), limit=len(shown))
    assert shown == [one.order_id for one in page.orders]
    assert cells(desk.screen.orders.table)[0][0] == order.customer_name


async def test_a_part_comes_back_by_keyboard_alone(desk: Desk):
    hands = desk.hands
    order = await desk.sold(3)
    before = (await hands.item()).on_hand
    await desk.open(order)
    await hands.press(Qt.Key.Key_D, CONTROL)
    await until(lambda: desk.state.order.status is OrderStatus.COMPLETED, "handed over")  # type: ignore[union-attr]
    await hands.press(Qt.Key.Key_B, CONTROL)
    asking = dialog()
    assert isinstance(asking, ReturnDialog)
    await hands.type("4")
    assert f"{order.lines[0].name}: at most 3 can come back." in texts(asking)
    await hands.press(Qt.Key.Key_Backspace)
    await hands.type("2\t1")
    # Two thirds of price and tax, each to the cent.
    price = (order.lines[0].total * 2 / 3).quantize(Decimal("0.01"))
    tax = (order.lines[0].tax * 2 / 3).quantize(Decimal("0.01"))
    assert f"Give back ${price + tax:,.2f}" in texts(asking)
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: bool(desk.state.order and desk.state.order.returns), "the return")
    await desk.rest()
    assert desk.state.said == f"Taken back: give back ${price + tax:,.2f}."
    assert (await hands.item()).on_hand == before + 1
    assert not desk.screen.cancel.isVisible()
    await hands.press(Qt.Key.Key_B, CONTROL)
    await hands.type("1")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: desk.state.order.status is OrderStatus.RETURNED, "all of it")  # type: ignore[union-attr]
    assert desk.state.order is not None and desk.state.order.refunded == order.total
    assert not desk.screen.take_back.isVisible()
    await hands.press(Qt.Key.Key_B, CONTROL)
    assert dialog() is None
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: desk.state.order is None, "the list")


async def test_an_order_is_cancelled_after_a_question(desk: Desk):
    hands = desk.hands
    before = (await hands.item()).on_hand
    order = await desk.sold(2)
    await desk.open(order)
    await hands.click(named(desk.screen, "Cancel order"))
    question = dialog()
    assert question is not None
    assert any(f"${order.total:,.2f}" in text for text in texts(question))
    question.accept()
    await until(lambda: desk.state.order.status is OrderStatus.CANCELLED, "the end")  # type: ignore[union-attr]
    await desk.rest()
    assert (await hands.item()).on_hand == before
    assert "Cancelled" in texts(desk.screen.details)


async def test_it_fits_a_small_laptop(desk: Desk):
    order = await desk.sold(1)
    await small(desk.hands)
    await settle()
    assert problems(desk.hands.window) == []
    await desk.open(order)
    await settle()
    assert problems(desk.hands.window) == []
    await desk.hands.press(Qt.Key.Key_B, CONTROL)
    asking = dialog()
    assert isinstance(asking, ReturnDialog)
    await desk.hands.type("9")
    await settle()
    assert asking.width() <= MINIMUM[0] and asking.height() <= MINIMUM[1]
    assert problems(asking) == []
    asking.reject()
    desk.hands.window.resize(1280, 800)


async def test_numbers_are_read_with_care(desk: Desk):
    hands = desk.hands
    order = await desk.sold(1)
    await hands.type("HELLO")
    await hands.press(Qt.Key.Key_Return)
    assert any("nine characters" in text for text in texts(desk.screen.orders))
    desk.screen.orders.number.clear()
    await hands.type("222 222 222")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: "no order 222-222-222" in desk.state.said, "a sentence")
    await hands.type(order.number.lower().replace("-", " "))
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: desk.opened == order.order_id, "the order")
    await settle()
