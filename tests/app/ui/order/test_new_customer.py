"""A new customer in the middle of an order, by keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.data.selling.customers import CustomerRepository
from app.run import utc_now
from app.ui.customers.form import CustomerForm
from tests.app.ui.test_fits import problems, small
from tests.helpers.hands import ALT, CONTROL, SKU, focus, texts
from tests.helpers.till import Till
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHIFT = Qt.KeyboardModifier.ShiftModifier
TAPE = "HND-HAMMER-003"


def form(till: Till) -> CustomerForm:
    return till.screen.new_customer.form


def typed(till: Till) -> list[str]:
    """What stands in the fields of the form."""
    return [edit.text() for edit in form(till).edits.values()]


async def look_for(till: Till, text: str) -> None:
    """F4, a text, and Enter as soon as it is typed."""
    await till.hands.press(Qt.Key.Key_F4)
    await till.hands.type(text)
    await till.hands.press(Qt.Key.Key_Return)


async def opened(till: Till) -> None:
    await until(lambda: till.screen.draft.state is not None, "the form")
    assert form(till).isVisible()


async def test_who_is_not_found_becomes_the_customer_of_the_cart(till: Till) -> None:
    hands = till.hands
    await hands.scan(SKU)
    await till.lines(1)
    await look_for(till, "zelda wyvernhook")
    await opened(till)
    assert typed(till) == ["Zelda", "Wyvernhook", "", ""]
    assert focus() is form(till).edits["email"]
    await hands.type("zelda@")
    await hands.press(Qt.Key.Key_Return)
    assert form(till).fields["email"].error.startswith("E-mail: type one address")
    await hands.type("wyvernhook.example")
    await hands.press(Qt.Key.Key_Tab)
    await hands.type("206 555 0188")
    # What is scanned meanwhile goes into the cart, and nothing that is typed is lost.
    await hands.scan(TAPE)
    await till.lines(2)
    assert typed(till)[3] == "206 555 0188"
    assert any("2 products" in text for text in texts(till.screen.new_customer))
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: till.state.cart.customer is not None, "her in the cart")
    assert till.screen.draft.state is None
    assert focus() is till.screen.cart.line.line
    customer = till.state.cart.customer
    assert customer is not None
    assert (customer.name, customer.phone) == ("Zelda Wyvernhook", "(206) 555-0188")
    kept = await CustomerRepository(hands.client.session, utc_now).get(
        "store_seattle", customer.customer_id
    )
    assert kept == customer
    assert [one.line.quantity for one in till.state.rows] == [1, 1]
    # She is found from now on.
    await hands.press(Qt.Key.Key_N, CONTROL)
    await till.customer("wyvern")
    assert till.state.cart.customer == customer


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Q.Lorn@lorn.example", ["", "", "Q.Lorn@lorn.example", ""]),
        ("425 555 7", ["", "", "", "425 555 7"]),
        ("quill McKay lorn", ["Quill", "McKay Lorn", "", ""]),
    ],
)
async def test_what_was_typed_goes_where_it_belongs_and_cancel_loses_nothing(
    till: Till, text: str, fields: list[str]
) -> None:
    hands = till.hands
    await hands.scan(SKU)
    await till.lines(1)
    cart = till.state.cart
    await look_for(till, text)
    await opened(till)
    assert typed(till) == fields
    # The cart the customer is typed for stays the open one, and is not placed.
    await hands.press(Qt.Key.Key_N, CONTROL)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    # Also on another screen nothing is lost.
    await hands.press(Qt.Key.Key_C, ALT)
    await hands.press(Qt.Key.Key_O, ALT)
    assert till.state.cart == cart
    assert typed(till) == fields
    await hands.press(Qt.Key.Key_Escape)
    assert till.screen.draft.state is None
    assert focus() is till.screen.cart.customer.line
    assert till.screen.cart.customer.line.text() == text
    assert till.state.cart == cart


async def test_the_same_person_is_pointed_out_and_taken_instead(till: Till) -> None:
    hands = till.hands
    await hands.scan(SKU)
    await till.customer("john")
    before = till.state.cart.customer
    assert before is not None
    # Also for somebody whose name others have: with a key of its own.
    await hands.press(Qt.Key.Key_F4)
    await hands.type(before.name)
    await hands.press(Qt.Key.Key_F4, SHIFT)
    await opened(till)
    await until(lambda: bool(form(till).alike.model().rowCount()), "who it may be")
    draft = till.screen.draft.state
    assert draft is not None
    assert before.name in [one.name for one, _ in draft.alike]
    assert any("May be the same person" in text for text in texts(form(till)))
    form(till).alike.setFocus()
    form(till).alike.select([one for one, _ in draft.alike].index(before))
    await hands.press(Qt.Key.Key_Return)
    assert till.state.cart.customer == before
    assert focus() is till.screen.cart.line.line


async def test_a_customer_comes_back_with_escape(till: Till) -> None:
    hands = till.hands
    await hands.scan(SKU)
    await till.customer("john")
    before = till.state.cart.customer
    await hands.press(Qt.Key.Key_F4, SHIFT)
    await opened(till)
    assert till.state.cart.customer is None
    await hands.press(Qt.Key.Key_Escape)
    assert focus() is till.screen.cart.customer.line
    await hands.press(Qt.Key.Key_Escape)
    assert till.state.cart.customer == before
    assert focus() is till.screen.cart.line.line


async def test_enter_takes_nobody_who_was_found_for_less(till: Till) -> None:
    hands = till.hands
    await hands.scan(SKU)
    await hands.press(Qt.Key.Key_F4)
    await hands.type("john")
    await until(lambda: till.screen.lookup.text == "john", "customers")
    line = till.screen.cart.customer.line
    line.setText("john zzz")
    # Before the answer to all of it.
    line.returnPressed.emit()
    assert till.state.cart.customer is None
    await opened(till)
    assert typed(till)[:2] == ["John", "Zzz"]
    await hands.press(Qt.Key.Key_Escape)
    line.clear()
    await till.stored()
    await hands.press(Qt.Key.Key_Return)
    assert till.state.cart.customer is None


@pytest.mark.parametrize("look", ["light", "contrast"])
async def test_the_form_fits_a_small_laptop(till: Till, look: str) -> None:
    hands = till.hands
    hands.client.appearance.choose(look)
    await small(hands)
    await look_for(till, "wyvernhook")
    await until(lambda: till.state.cart.customer is not None, "her")
    await hands.press(Qt.Key.Key_F4)
    await hands.type("Zelda Wyvernhook")
    await hands.press(Qt.Key.Key_F4, SHIFT)
    await opened(till)
    await until(lambda: bool(form(till).alike.model().rowCount()), "who it may be")
    for field in form(till).fields.values():
        field.show_error("E-mail: type one address with an @ and a domain: ana@example.com.")
    assert problems(hands.window) == []
    await hands.press(Qt.Key.Key_Escape)
    assert problems(hands.window) == []
    hands.client.appearance.choose("light")
    hands.window.resize(1280, 800)
