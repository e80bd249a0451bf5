"""A manager takes goods of another store's order in, and is told whose they are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.data.stock.movements import ITEMS_OF_PRODUCTS
from app.domain.documents.stock import to_item
from app.domain.entities import Role
from app.domain.orders import Order, OrderStatus
from tests.app.ui.test_fits import problems
from tests.helpers.hands import ALT, CONTROL, Hands, dialog, named, texts
from tests.helpers.orders_page import SEATTLE, OrdersPage
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TACOMA = "store_tacoma"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mo(person: Hands) -> Hands:
    """A manager in Seattle whose device holds all stores."""
    await person.begin(Role.MANAGER, name="Mo")
    return person


@pytest_asyncio.fixture(loop_scope="module")
async def page(mo: Hands) -> AsyncIterator[OrdersPage]:
    await mo.press(Qt.Key.Key_R, ALT)
    page = OrdersPage(mo)
    page.screen.view_model.close()
    await until(lambda: bool(page.state.orders), "orders")
    yield page
    while covering := QApplication.activeModalWidget():
        covering.close()
    await page.rest()


async def of_tacoma(page: OrdersPage) -> Order:
    customer = (await page.customers.find(TACOMA, "mary", 1))[0]
    return await page.sold(3, customer, store_id=TACOMA)


async def on_hand(page: OrdersPage, order: Order) -> list[int]:
    """In Seattle and in Tacoma."""
    found = []
    for store_id in (SEATTLE, TACOMA):
        key = {"store_id": store_id, "product_ids": [order.lines[0].product_id]}
        rows = await page.hands.client.session.query(ITEMS_OF_PRODUCTS, key)
        found.append(to_item(rows[0]).on_hand)
    return found


async def test_a_receipt_of_another_store_says_what_it_is_and_what_becomes_of_the_goods(
    page: OrdersPage,
) -> None:
    hands, screen = page.hands, page.screen
    order = await of_tacoma(page)
    seattle, tacoma = await on_hand(page, order)
    await page.open(order)
    told = (
        "An order of Tacoma. What comes back goes into Seattle's stock; what is given back is "
        "Tacoma's money."
    )
    assert page.state.message.text == told
    assert told in texts(screen.details)
    await hands.press(Qt.Key.Key_B, CONTROL)
    asking = dialog()
    assert asking is not None and told in texts(asking)
    assert problems(asking) == []
    await hands.type("2")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: bool(page.state.order and page.state.order.returns), "the return")
    await page.rest()
    assert page.state.message.text.endswith(" for Tacoma; the goods are in Seattle's stock.")
    assert any("2 back into Seattle's stock" in text for text in texts(screen.details))
    assert await on_hand(page, order) == [seattle + 2, tacoma]


@pytest.mark.parametrize("handed_over", [False, True])
async def test_cancelling_says_where_the_goods_are(page: OrdersPage, handed_over: bool) -> None:
    hands = page.hands
    order = await of_tacoma(page)
    seattle, tacoma = await on_hand(page, order)
    await page.open(order)
    if handed_over:
        await hands.press(Qt.Key.Key_D, CONTROL)
        await until(
            lambda: (
                page.state.order is not None and page.state.order.status is OrderStatus.COMPLETED
            ),
            "handed over",
        )
        await page.rest()
    await hands.click(named(page.screen, "Cancel…"))
    question = dialog()
    assert question is not None
    said = " ".join(texts(question))
    assert ("in Seattle's stock now" if handed_over else "all its goods stay in Tacoma") in said
    question.accept()
    await until(
        lambda: page.state.order is not None and page.state.order.status is OrderStatus.CANCELLED,
        "the end",
    )
    await page.rest()
    after = [seattle + 3, tacoma] if handed_over else [seattle, tacoma + 3]
    assert await on_hand(page, order) == after


async def test_a_number_that_is_not_here_says_what_can_be_done(page: OrdersPage) -> None:
    await page.hands.scan("222-222-222")
    await until(lambda: "no order 222-222-222" in page.state.message.text, "a sentence")
    assert "tick that store on the Sync screen" in page.state.message.text
    await settle()
