"""A rep goes on while a cart is being placed: every order is what was seen when it was placed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt

from app.domain.carts import Cart
from app.domain.customers import Customer
from app.domain.entities import Role
from app.domain.orders import OrderStatus
from app.ui.core.actions import Actions
from app.ui.order.parked import ParkedCarts
from app.ui.order.view_model import OrderViewModel
from tests.helpers.hands import ALT, CONTROL, SKU, dialog, texts
from tests.helpers.till import Till
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

RIP, TAPE = "HND-HAMMER-002", "HND-HAMMER-003"


def sold(lines: Any) -> dict[str, int]:
    """By code."""
    return {one.sku: one.quantity for one in lines}


async def with_john_and_mary(till: Till, hammers: str = "1") -> OrderViewModel:
    """John's cart is parked; Mary's, with so many hammers, is the open one."""
    hands = till.hands
    await hands.scan(TAPE)
    await till.lines(1)
    await till.customer("john")
    await hands.press(Qt.Key.Key_N, CONTROL)
    await hands.scan(SKU)
    await till.lines(1)
    view_model = till.screen.view_model
    view_model.set_line(till.state.rows[0].product_id, hammers, "")
    await till.customer("mary")
    await till.stored()
    return view_model


async def ordered(till: Till, cart: Cart) -> dict[str, int]:
    """What is in the order that a cart became."""
    order = await till.orders.find("store_seattle", cart.number)
    return sold(order.lines) if order is not None else {}


async def question(till: Till) -> str:
    """Wait until something is asked."""
    await until(lambda: dialog() is not None, "the question")
    asked = dialog()
    assert asked is not None
    return " ".join(texts(asked))


async def answer(till: Till, yes: bool = True) -> None:
    asked = dialog()
    assert asked is not None
    asked.accept() if yes else asked.reject()
    await till.stored()


async def test_a_question_is_about_the_cart_that_is_short(till: Till) -> None:
    many = str((await till.hands.item()).on_hand + 1)
    view_model = await with_john_and_mary(till, many)
    marys = till.state.cart
    assert marys.customer is not None
    view_model.place()
    view_model.step(-1)
    johns = till.state.cart
    assert marys.customer.name in await question(till)
    await answer(till)
    assert await ordered(till, marys) == {SKU: int(many)}
    assert await ordered(till, johns) == {}
    # His stays the open one.
    assert till.state.placed is None and till.state.cart == johns
    assert till.state.message.text == f"Order {marys.number} is placed."
    assert [one.cart_id for one in till.state.carts] == [johns.cart_id]
    await till.hands.elsewhere(int(many))


async def test_only_what_was_asked_about_is_placed_anyway(till: Till) -> None:
    on_hand = (await till.hands.item()).on_hand
    view_model = await with_john_and_mary(till, str(on_hand + 1))
    marys = till.state.cart
    view_model.place()
    await question(till)
    # A scan reaches the cart while the question is there.
    view_model.take(till.hands.read(SKU))
    await answer(till)
    assert await ordered(till, marys) == {}
    assert (
        till.state.message.text == "The cart that was short has changed meanwhile: place it again."
    )
    view_model.place()
    assert f"{on_hand + 2:,} ordered" in await question(till)
    await answer(till, yes=False)
    # What is to be changed is changed in the cart that is short.
    view_model.store = replace(view_model.store, blocks_oversell=True)
    view_model.place()
    view_model.step(-1)
    assert marys.customer is not None
    assert marys.customer.name in await question(till)
    await answer(till)
    assert till.state.cart.cart_id == marys.cart_id
    view_model.store = replace(view_model.store, blocks_oversell=False)


async def test_what_is_scanned_while_a_cart_is_placed_is_sold_too(till: Till) -> None:
    view_model = await with_john_and_mary(till)
    marys = till.state.cart
    view_model.place()
    view_model.take(till.hands.read(TAPE))
    view_model.take(till.hands.read(RIP))
    said = f"Order {marys.number} is placed."
    await until(lambda: till.state.message.text == said, "the order")
    await till.stored()
    assert await ordered(till, marys) == {SKU: 1}
    assert till.state.placed is None
    assert sold(till.state.cart.lines) == {TAPE: 1, RIP: 1}
    assert len(till.state.carts) == 2
    # Another sign-in knows only what is stored.
    await till.hands.begin(Role.REP, name="Rita")
    await till.hands.press(Qt.Key.Key_O, ALT)
    await until(lambda: len(till.state.carts) == 2, "both carts")
    assert sold(till.state.cart.lines) == {TAPE: 1, RIP: 1}
    await till.customer("mary")
    assert sold((await till.placed()).lines) == {TAPE: 1, RIP: 1}


async def test_a_cart_is_not_changed_while_it_is_placed(till: Till) -> None:
    view_model = await with_john_and_mary(till)
    marys = till.state.cart
    product_id = marys.lines[0].product_id
    view_model.place()
    view_model.place()
    view_model.set_line(product_id, "5", "")
    view_model.choose_customer(None)
    view_model.remove(product_id)
    assert till.state.cart == marys
    assert till.state.message.text == "This cart is being placed: nothing was changed."
    await until(lambda: till.state.placed is not None, "the order")
    await till.stored()
    assert await ordered(till, marys) == {SKU: 1}
    assert till.state.placed is not None
    assert till.state.message.text == f"Order {marys.number} is placed."


async def test_an_order_is_handed_over_also_when_the_next_one_is_begun_at_once(till: Till) -> None:
    await till.hands.scan(SKU)
    await till.lines(1)
    await till.customer("mary")
    placed = await till.placed()
    till.screen.view_model.complete()
    till.screen.view_model.begin()
    await till.stored()
    order = await till.orders.find("store_seattle", placed.number)
    assert order is not None and order.status is OrderStatus.COMPLETED
    assert till.state.placed is None
    assert not till.state.message


async def test_the_placed_cart_leaves_the_list_and_no_other(till: Till) -> None:
    view_model = await with_john_and_mary(till)
    marys = till.state.cart
    view_model.place()
    view_model.step(-1)
    johns = till.state.cart
    await until(lambda: "is placed" in till.state.message.text, "the order")
    await till.stored()
    assert till.state.placed is None and till.state.cart == johns
    assert till.state.carts == (johns,)
    assert await ordered(till, marys) == {SKU: 1}
    # It is placed like any other.
    assert sold((await till.placed()).lines) == {TAPE: 1}


async def test_what_is_wrong_with_another_cart_is_said_with_its_name(till: Till) -> None:
    view_model = await with_john_and_mary(till)
    view_model.choose_customer(None)
    view_model.place()
    view_model.step(-1)
    await until(lambda: till.state.message.is_problem, "what is wrong")
    assert till.state.message.text == "No customer yet, 1 product: Choose the customer first."
    assert "Choose the customer first." not in texts(till.screen.cart)


class Kept:
    """A CartRepository that only remembers what it was asked for."""

    def __init__(self) -> None:
        self.saved: list[Cart] = []

    async def save(self, cart: Cart) -> None:
        self.saved.append(cart)

    async def discard(self, cart: Cart) -> None:
        self.saved = [one for one in self.saved if one.cart_id != cart.cart_id]


async def test_a_cart_that_became_an_order_is_not_saved_again(till: Till) -> None:
    carts: Any = Kept()
    parent = QObject()
    actions = Actions(parent)
    parked = ParkedCarts(carts, "store_seattle", actions, lambda: None)
    gone, kept = (replace(till.state.cart, cart_id=one) for one in ("gone", "kept"))
    customer = Customer("store_seattle", "cust_1", "John", "Smith")
    for cart in (gone, kept):
        parked.keep(replace(cart, customer=customer))
    parked.forget(gone)
    await until(lambda: not actions.running, "a rest")
    assert [one.cart_id for one in carts.saved] == ["kept"]


async def test_a_price_that_changed_while_a_question_was_open_is_looked_at(till: Till) -> None:
    many = (await till.hands.item()).on_hand + 1
    view_model = await with_john_and_mary(till, str(many))
    marys = till.state.cart
    view_model.place()
    await question(till)
    # The screen has not heard of it yet.
    view_model._following.close()
    old = till.price(SKU)
    statement = "UPDATE products SET base_price = :price WHERE _id = :id"
    for price in (old + 100, old):
        parameters = {"price": price / 100, "id": marys.lines[0].product_id}
        await till.hands.client.session.query(statement, parameters)
        await until(lambda price=price: till.price(SKU) == price, "the price")  # type: ignore[misc]
        if price != old:
            await answer(till)
            assert await ordered(till, marys) == {}
            assert till.state.message.text.startswith(f"The price of {marys.lines[0].name} has")
    view_model.deactivate()
    view_model.activate()
