"""A manager's word at the till: by PIN, by badge, refused, and by who is a manager anyway."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.entities import Role
from app.domain.staff import BADGE_RANDOM, Person, new_badge
from app.ui.core.approving import NOT_APPROVED, ApprovalDialog
from app.ui.core.sounds import Sound
from tests.helpers.hands import ALT, CONTROL, SKU, Hands, dialog, texts
from tests.helpers.till import Till
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATTLE = "store_seattle"
PINS = {"Ann": "2719", "Rita": "8305"}
BADGES = {name: new_badge(str(at) * BADGE_RANDOM) for at, name in enumerate(PINS, 1)}
_SET = (
    "UPDATE stores SET oversell = 'block', "
    "approvals = {'discount_percent': 10, 'below_zero': true} WHERE _id = 'store_seattle'"
)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def staff(person: Hands) -> dict[str, Person]:
    """Ann, who manages Seattle, and Rita, who sells; the store wants a word for much off."""
    await person.begin(Role.REP, name="Nobody")
    await person.client.session.write(lambda unit: unit.update("stores", _SET, {}))
    repository = person.repositories.staff
    people = {}
    for name, role in (("Ann", Role.MANAGER), ("Rita", Role.REP)):
        one = people[name] = await repository.add(name, role, [SEATTLE], PINS[name], None)
        await repository.set_badge(one, BADGES[name], None)
    return people


@pytest_asyncio.fixture(loop_scope="module")
async def till(person: Hands, staff: dict[str, Person]) -> AsyncIterator[Till]:
    """Rita with a cart of one hammer at 25% off, for somebody."""
    client = person.client
    if client.signed_in is None or client.signed_in.profile.name != "Rita":
        client.show_sign_in()
        await client.sign_in(staff["Rita"].profile)
    await person.at_hand()
    till = await filled(person)
    yield till
    while covering := QApplication.activeModalWidget():
        covering.close()
    await till.stored()
    await person.rest()


async def filled(person: Hands) -> Till:
    await person.press(Qt.Key.Key_O, ALT)
    till = Till(person)
    till.screen.view_model.begin()
    await settle()
    await person.scan(SKU)
    await till.lines(1)
    await till.customer("a")
    assert till.screen.view_model.set_discount("25%")
    await till.stored()
    return till


async def asked(till: Till) -> ApprovalDialog:
    await till.hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: isinstance(dialog(), ApprovalDialog), "the question")
    question = dialog()
    assert isinstance(question, ApprovalDialog)
    await till.hands.at_hand()
    return question


async def test_a_pin_of_the_manager_approves_and_the_order_says_whose(till: Till) -> None:
    question = await asked(till)
    said = " ".join(texts(question))
    assert "a discount of 25%, which is above 10%" in said
    assert question.manager.currentText() == "Ann" and question.pin.hasFocus()
    await till.hands.type(PINS["Rita"])
    await till.hands.press(Qt.Key.Key_Return)
    await until(lambda: "The PIN is not right: type it again." in texts(question), "a refusal")
    assert till.state.placed is None and question.pin.text() == ""
    await till.hands.type(PINS["Ann"])
    await till.hands.press(Qt.Key.Key_Return)
    await until(lambda: till.state.placed is not None, "the order")
    assert "taken by Rita, approved by Ann" in till.screen.placed.story
    assert till.hands.client.signed_in is not None
    assert till.hands.client.signed_in.profile.name == "Rita"


async def test_a_badge_approves_and_only_a_managers(till: Till) -> None:
    heard: list[Sound] = []
    till.hands.workplace.scans.heard.connect(heard.append)
    question = await asked(till)
    await till.hands.scan(BADGES["Rita"])
    await until(lambda: "Rita is no manager" in " ".join(texts(question)), "a refusal")
    await till.hands.scan(SKU)
    await until(lambda: "This is no badge" in " ".join(texts(question)), "another refusal")
    assert [line.line.quantity for line in till.state.rows] == [1]
    await till.hands.scan(BADGES["Ann"])
    await until(lambda: till.state.placed is not None, "the order")
    till.hands.workplace.scans.heard.disconnect(heard.append)
    assert heard == [Sound.REFUSED, Sound.REFUSED, Sound.KNOWN]
    assert till.hands.client.signed_in is not None
    assert till.hands.client.signed_in.profile.name == "Rita"


async def test_without_the_word_nothing_happens_and_the_cart_stays(till: Till) -> None:
    cart = till.state.cart
    await asked(till)
    await till.hands.press(Qt.Key.Key_Escape)
    await until(lambda: dialog() is None, "no question")
    await until(lambda: till.state.message.text == NOT_APPROVED, "what it says")
    assert till.state.placed is None and till.state.cart == cart
    assert await till.orders.find(SEATTLE, cart.number) is None


async def test_who_manages_is_not_asked_but_named(till: Till, staff: dict[str, Person]) -> None:
    client = till.hands.client
    client.show_sign_in()
    await client.sign_in(staff["Ann"].profile)
    anns = await filled(till.hands)
    await till.hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: anns.state.placed is not None or dialog() is not None, "the order")
    assert dialog() is None
    assert "taken by Ann, approved by Ann" in anns.screen.placed.story
