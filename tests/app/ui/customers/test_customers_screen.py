"""Customers by keyboard alone, on the demo store."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.customers import Customer
from app.domain.entities import Actor, Role
from app.ui.customers.screen import CustomersScreen
from app.ui.customers.view_model import CustomersState
from app.ui.order.screen import OrderScreen
from tests.helpers.hands import ALT, CONTROL, Hands, focus
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hands(person: Hands) -> Hands:
    """Rita, a rep in Seattle, who stays signed in."""
    await person.begin(role=Role.REP, name="Rita")
    return person


async def look(hands: Hands) -> CustomersScreen:
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_U, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, CustomersScreen)
    await until(lambda: state(screen).ready, "everybody")
    screen.line.clear()
    return screen


def state(screen: CustomersScreen) -> CustomersState:
    return screen.view_model.state


def found(screen: CustomersScreen) -> list[str]:
    return [one.name for one in screen._model.rows]


async def create(hands: Hands, screen: CustomersScreen, first: str, email: str) -> None:
    await hands.press(Qt.Key.Key_N, CONTROL)
    for text in (first, "Quillfeather", email, "206 555 9876"):
        await hands.paste(text)
        await hands.press(Qt.Key.Key_Tab)
    screen.form.edits["phone"].setFocus()
    await hands.press(Qt.Key.Key_Return)


async def test_a_new_customer_gets_an_order_with_one_key(hands: Hands) -> None:
    screen = await look(hands)
    await hands.type("Nobody Quill")
    assert found(screen) == []
    screen.line.clear()
    await create(hands, screen, "Nora", "nora@")
    assert screen.form.fields["email"].error.startswith("E-mail: type one address")
    assert focus() is screen.form.edits["email"]
    await hands.type("example.com")
    assert screen.form.fields["email"].error == ""
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: state(screen).draft is None, "that it is saved")
    chosen = state(screen).chosen
    assert chosen is not None
    assert (chosen.email, chosen.phone) == ("nora@example.com", "(206) 555-9876")
    assert focus() is screen.card.order
    screen.line.setFocus()
    await hands.type("quilfe")
    await until(lambda: found(screen) == ["Nora Quillfeather"], "her, misspelt")
    await until(lambda: state(screen).purchases is not None, "what she bought")
    await hands.press(Qt.Key.Key_F9)
    order = hands.workplace.current
    assert isinstance(order, OrderScreen)

    def theirs() -> str:
        customer = order.view_model.state.cart.customer
        return customer.customer_id if customer else ""

    await until(lambda: theirs() == chosen.customer_id, "her cart")
    first = order.view_model.state.cart.cart_id
    order.view_model.sell_to(chosen)
    assert order.view_model.state.cart.cart_id == first
    await until(lambda: not order.view_model.actions.running, "that it is kept")


async def test_the_same_person_is_pointed_out_and_one_address_is_refused(hands: Hands) -> None:
    screen = await look(hands)
    await hands.type("nora quill")
    await until(lambda: found(screen) == ["Nora Quillfeather"], "her")
    screen.line.clear()
    await create(hands, screen, "Norah", "nora@example.com")
    await until(lambda: bool(screen.form.fields["email"].error), "the refusal")
    assert "Nora Quillfeather has this address already" in screen.form.fields["email"].error
    draft = state(screen).draft
    assert draft is not None
    ((one, why),) = draft.alike
    assert (one.name, why) == (
        "Nora Quillfeather",
        "nearly the same name, same e-mail, same phone",
    )
    screen.form.edits["email"].selectAll()
    await hands.type("norah@example.com")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: state(screen).draft is None, "that a namesake may be")
    await until(lambda: bool(state(screen).alike), "the other one on her card")
    assert screen.card.alike.text().startswith("Nora Quillfeather: nearly the same name")


async def test_somebody_elses_card_stays_when_a_customer_is_gone(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = await look(hands)
    await create(hands, screen, "Nils", "nils@example.com")
    await until(lambda: state(screen).draft is None, "that he is saved")
    (other, *_) = screen.view_model.find("Nora Quillfeather")
    customers = hands.repositories.customers
    delete, looked = customers.delete, asyncio.Event()

    async def slowly(customer: Customer, actor: Actor) -> None:
        await looked.wait()
        await delete(customer, actor)

    monkeypatch.setattr(customers, "delete", slowly)
    screen.view_model.delete()
    screen.view_model.choose(other)
    looked.set()
    await until(lambda: not screen.view_model.actions.running, "that he is gone")
    assert "Nils Quillfeather is deleted" in state(screen).message.text
    assert state(screen).chosen == other


async def test_who_is_deleted_comes_back_with_undo(hands: Hands) -> None:
    screen = await look(hands)
    await hands.type("quillfeather")
    await until(lambda: found(screen) == ["Nora Quillfeather", "Norah Quillfeather"], "both")
    await hands.press(Qt.Key.Key_Down)
    await hands.press(Qt.Key.Key_F2)
    screen.form.edits["last_name"].setFocus()
    screen.form.edits["last_name"].selectAll()
    await hands.type("Quillwing")
    await hands.press(Qt.Key.Key_Return)
    # She has left the list, and no other one's card is shown.
    await until(lambda: found(screen) == ["Nora Quillfeather"], "that it is saved")
    chosen = state(screen).chosen
    assert chosen is not None
    assert chosen.name == "Norah Quillwing"
    assert screen.table.current() is None
    screen.line.setFocus()
    screen.line.clear()
    await hands.type("quillw")
    await until(lambda: found(screen) == ["Norah Quillwing"], "the new name")
    screen.table.setFocus()
    await hands.press(Qt.Key.Key_Delete)
    await until(lambda: "Norah Quillwing" not in found(screen), "that she is gone")
    assert focus() is screen.table
    assert "Ctrl+Z" in state(screen).message.text
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: found(screen) == ["Norah Quillwing"], "that she is back")
    await until(lambda: not screen.view_model.actions.running, "a rest")
    screen.view_model.deactivate()
