"""Customers who are one person, and one who wishes to be forgotten: by keyboard and by mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.customers import Customer
from app.domain.entities import Role
from app.ui.customers.merge_dialog import MergeDialog
from app.ui.customers.screen import CustomersScreen
from app.ui.customers.view_model import CustomersState
from app.ui.shell.window import MINIMUM
from tests.app.ui.test_fits import problems
from tests.helpers.hands import ALT, CONTROL, Hands, cells, dialog, focus, named, somebody, texts
from tests.helpers.stock_room import SEATTLE
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHIFT = Qt.KeyboardModifier.ShiftModifier
ZOE = Customer(SEATTLE, "cust_ui_1", "Zoë", "Quillfeather", "zoe@example.com", "(206) 555-9876")
ZO = Customer(SEATTLE, "cust_ui_2", "Zo", "Quillwing", "quill@example.com", "1 206 555 9876")
ANN = Customer(SEATTLE, "cust_ui_3", "Ann", "Quillother", "ann.q@example.com", "(206) 555-0002")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hands(person: Hands) -> Hands:
    """Maya, a manager in Seattle, with three customers of whom two have one phone."""
    await person.begin(role=Role.MANAGER, name="Maya")
    for one in (ZOE, ZO, ANN):
        await person.repositories.customers.save(one, somebody(SEATTLE))
    return person


async def card_of(hands: Hands, customer: Customer) -> CustomersScreen:
    """Customers, with the card of somebody."""
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_U, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, CustomersScreen)
    await until(lambda: state(screen).ready, "everybody")
    await until(lambda: bool(screen.view_model.find("ann quillother")), "the new ones")
    screen.show_customer(customer)
    await until(lambda: chosen(screen).customer_id == customer.customer_id, "the card")
    await until(lambda: state(screen).purchases is not None, "what was bought")
    return screen


def state(screen: CustomersScreen) -> CustomersState:
    return screen.view_model.state


def chosen(screen: CustomersScreen) -> Customer:
    found = state(screen).chosen
    assert found is not None
    return found


def asked() -> MergeDialog:
    found = dialog()
    assert isinstance(found, MergeDialog)
    return found


async def test_who_has_the_same_phone_is_merged_by_keyboard_and_parted_again(hands: Hands) -> None:
    screen = await card_of(hands, ZOE)
    assert screen.card.alike.text() == "Zo Quillwing: same phone"
    await hands.press(Qt.Key.Key_M, CONTROL)
    assert cells(asked().table) == [["Zo Quillwing", "same phone"]]
    await hands.press(Qt.Key.Key_Return)
    kept = replace(ZOE, others=(ZO.customer_id,))
    await until(lambda: chosen(screen) == kept, "the one who is kept")
    said = "The orders of Zo Quillwing count for Zoë Quillfeather now. Ctrl+Z parts them."
    assert state(screen).message.text == said
    await until(lambda: state(screen).also == (ZO,), "who it was")
    assert "Also Zo Quillwing quill@example.com" in " ".join(texts(screen.card))
    assert not screen.card.alike.isVisible()
    # Whoever is opened by an old name, from a list of before, is the one who is kept.
    screen.show_customer(ZO)
    await until(lambda: chosen(screen) == kept, "the card of both")
    said = "Zo Quillwing was merged into Zoë Quillfeather, whose card this is."
    assert state(screen).message.text == said
    screen.line.setFocus()
    screen.line.clear()
    await hands.type("quillwing")
    await until(lambda: screen._model.rows == [kept], "her by the other name")
    await hands.press(Qt.Key.Key_Escape)

    screen.card.order.setFocus()
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: chosen(screen) == ZO, "that they are two again")
    screen.show_customer(ZOE)
    await until(lambda: bool(state(screen).alike), "that the other one is pointed out")
    assert chosen(screen) == ZOE


async def test_somebody_who_is_not_pointed_out_is_merged_by_mouse(hands: Hands) -> None:
    screen = await card_of(hands, ANN)
    assert state(screen).alike == ()
    await hands.click(screen.card.merge)
    assert cells(asked().table) == []
    await hands.click(asked().merge)
    assert asked().field.error == "Type whom you mean, and choose one with ↓."
    assert focus() is asked().line
    await hands.type("ann quillo")
    # One is not another one.
    assert cells(asked().table) == []
    asked().line.selectAll()
    await hands.type("zo quillwing")
    assert [row[0] for row in cells(asked().table)] == ["Zo Quillwing"]
    await hands.click(asked().merge)
    await until(lambda: chosen(screen).others == (ZO.customer_id,), "that they are one")
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: chosen(screen) == ZO, "that they are two again")
    await hands.press(Qt.Key.Key_M, CONTROL)
    await hands.press(Qt.Key.Key_Escape)
    assert dialog() is None
    assert chosen(screen) == ZO


async def test_a_full_card_fits_a_small_laptop(hands: Hands) -> None:
    """Of somebody who was two, may be a third one, and bought a lot."""
    before = hands.window.size()
    buyer = (await hands.repositories.customers.find(SEATTLE, "mary", 1))[0]
    twin = replace(buyer, customer_id="cust_ui_twin", email="m.twin@example.com")
    for one in (twin, replace(twin, customer_id="cust_ui_triplet", email="m.third@example.com")):
        await hands.repositories.customers.save(one, somebody(SEATTLE))
    screen = await card_of(hands, buyer)
    await until(lambda: len(state(screen).alike) >= 2, "who may be the same")
    await hands.press(Qt.Key.Key_M, CONTROL)
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: bool(state(screen).also and state(screen).alike), "one of each")
    await until(lambda: bool((its := state(screen).purchases) and its.favourites), "favourites")
    hands.window.resize(*MINIMUM)
    await settle()
    assert problems(hands.window) == []
    hands.window.resize(before)
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: chosen(screen).customer_id != buyer.customer_id, "that they are two again")


async def test_who_wishes_it_is_forgotten_after_a_question_and_for_good(hands: Hands) -> None:
    screen = await card_of(hands, ZO)
    await hands.press(Qt.Key.Key_Delete, CONTROL | SHIFT)
    await until(lambda: dialog() is not None, "the question")
    question = dialog()
    assert question is not None
    said = " ".join(texts(question))
    assert "Forget Zo Quillwing?" in said
    assert "cannot be undone" in said
    # Enter keeps.
    await hands.press(Qt.Key.Key_Return)
    assert dialog() is None
    assert await hands.repositories.customers.get(SEATTLE, ZO.customer_id) == ZO
    await hands.click(screen.card.forget)
    await until(lambda: dialog() is not None, "the question")
    question = dialog()
    assert question is not None
    await hands.click(named(question, "Forget"))
    await until(lambda: state(screen).chosen is None, "that nobody is shown")
    assert "forgotten" in state(screen).message.text
    assert await hands.repositories.customers.get(SEATTLE, ZO.customer_id) is None
    await until(lambda: screen.view_model.find("quillwing") == (), "that nobody is found")
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: dialog() is not None, "why that is not undone")
    refusal = dialog()
    assert refusal is not None
    assert "at their own wish" in " ".join(texts(refusal))
    await hands.press(Qt.Key.Key_Escape)


async def test_a_rep_sees_no_way_to_do_it(hands: Hands) -> None:
    await hands.begin(role=Role.REP, name="Rita")
    screen = await card_of(hands, ZOE)
    assert not screen.card.merge.isVisible()
    assert not screen.card.forget.isVisible()
    await hands.press(Qt.Key.Key_M, CONTROL)
    await hands.press(Qt.Key.Key_Delete, CONTROL | SHIFT)
    await until(lambda: not screen.view_model.actions.running, "that nothing happens")
    assert dialog() is None
    assert chosen(screen) == ZOE
