"""Signing in where a store keeps its people: PIN, badge, lock, and who is kept out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit

from app.domain.entities import Profile, Role
from app.domain.staff import BADGE_RANDOM, Person, new_badge
from app.ui.core.idle import IdleLock
from app.ui.core.scanner_keys import pressed_at
from app.ui.product.codes_card import CodeDialog
from app.ui.shell.sign_in import SignInScreen
from tests.helpers.hands import ALT, CONTROL, SKU, Hands, dialog, texts
from tests.helpers.sign_in_matrix import SignInMatrix
from tests.helpers.waiting import settle, until
from tests.helpers.wedge import Wedge

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATTLE, TACOMA = "store_seattle", "store_tacoma"
PIN = "2719"
BADGES = {name: new_badge(str(at) * BADGE_RANDOM) for at, name in enumerate(("Ann", "Ben"), 1)}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def staff(person: Hands) -> dict[str, Person]:
    """Ann, a manager, and Ben, a worker of Seattle; each with a PIN and a badge."""
    await person.begin()
    repository = person.repositories.staff
    people = {}
    for name, role in (("Ann", Role.MANAGER), ("Ben", Role.WORKER)):
        one = people[name] = await repository.add(name, role, [SEATTLE], PIN, None)
        await repository.set_badge(one, BADGES[name], None)
    return people


@pytest_asyncio.fixture(loop_scope="module")
async def door(person: Hands, staff: dict[str, Person]) -> AsyncIterator[Hands]:
    """Somebody before the sign-in of Seattle, where nobody left anything."""
    client = person.client
    client.show_sign_in()
    client._shifts.close()
    await until(lambda: not client.door.is_open(SEATTLE), "the people")
    screen(person).choose(SEATTLE)
    await person.at_hand()
    yield person
    await person.rest()


def screen(hands: Hands) -> SignInScreen:
    found = hands.client.sign_in_screen
    assert found is not None
    return found


async def enter(hands: Hands, name: str, pin: str = PIN) -> None:
    """Choose a name and type a PIN."""
    screen(hands).person.setCurrentText(name)
    screen(hands).pin.setFocus()
    await hands.type(pin)
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: not hands.client.entrance.running, "an answer")


def who(hands: Hands) -> Profile:
    signed_in = hands.client.signed_in
    assert signed_in is not None
    return signed_in.profile


async def test_a_store_is_read_while_the_pin_is_typed(door: Hands) -> None:
    screen(door).person.setCurrentText("Ann")
    screen(door).pin.setFocus()
    before = door.client.repositories
    await door.type(PIN)
    ahead = door.client._ahead._task
    assert ahead is not None
    repositories = (await ahead).repositories
    await door.press(Qt.Key.Key_Return)
    await until(lambda: door.client.workplace is not None, "the work")
    assert door.client.repositories is repositories is not before


async def test_a_name_is_not_enough(door: Hands) -> None:
    assert screen(door).person.isVisible() and screen(door).pin.isVisible()
    assert not screen(door).name.isVisible() and not screen(door).role.isVisible()
    assert [screen(door).person.itemText(at) for at in range(2)] == ["Ann", "Ben"]
    screen(door).signed_in.emit(Profile(SEATTLE, Role.MANAGER, "Eve"))
    await settle()
    assert door.client.workplace is None
    assert screen(door).enter.isEnabled()
    assert any("This store keeps its people" in one for one in texts(screen(door)))
    screen(door).choose(TACOMA)
    assert screen(door).name.isVisible() and not screen(door).pin.isVisible()


async def test_name_and_pin_come_in_as_what_one_is(door: Hands, staff: dict[str, Person]) -> None:
    await enter(door, "Ben", "1357")
    assert door.client.workplace is None
    assert "The PIN is not right: type it again." in texts(screen(door))
    assert screen(door).pin.text() == "" and screen(door).pin.hasFocus()
    await enter(door, "Ben", "２７１９")
    assert who(door) == Profile(SEATTLE, Role.WORKER, "Ben", staff["Ben"].person_id, (SEATTLE,))
    assert {"Ben", "Store worker"} <= set(texts(door.workplace.rail))
    assert not door.workplace.has("people")


async def test_a_badge_comes_in_and_nobody_sees_it(door: Hands) -> None:
    await door.scan(BADGES["Ann"])
    await until(lambda: door.client.workplace is not None, "the workplace")
    assert (who(door).name, who(door).role) == ("Ann", Role.MANAGER)
    assert BADGES["Ann"] not in " ".join(texts(door.window))
    assert door.workplace.bar.line.text() == ""


async def test_a_badge_of_nobody_is_said_without_its_number(door: Hands) -> None:
    unknown = new_badge("7" * BADGE_RANDOM)
    await door.scan(unknown)
    await until(lambda: not door.client.entrance.running, "an answer")
    assert any("This badge is nobody's" in one for one in texts(screen(door)))
    assert unknown not in " ".join(texts(door.window)) + screen(door).pin.text()
    assert screen(door).enter.isEnabled()


@pytest.mark.parametrize("pause", [150, 300, 900])
@pytest.mark.parametrize(("cut", "gap"), [(4, 60), (5, 4), (13, 20), (18, 100)])
async def test_a_badge_that_is_held_up_shows_nobody_its_digits(
    door: Hands, cut: int, gap: float, pause: float
) -> None:
    """The PIN has the keyboard, and at work the line on top."""
    wedge, badge = Wedge(door.client._scanner), new_badge("3" * 10 + "0185264937"[::-1] + "4")
    try:
        for _ in range(2):
            wedge.rest()
            wedge.type(badge, [gap] * cut + [pause] + [gap] * len(badge))
            wedge.press(Qt.Key.Key_Return, gap)
            wedge.rest()
            await until(lambda: not door.client.entrance.running, "an answer")
            shown = texts(door.window) + [one.text() for one in lines(door)]
            assert not any(badge[at : at + 5] in one for one in shown for at in range(20))
            said = ("This badge is nobody's", "Only a part of a badge was read")
            assert any(sentence in one for one in shown for sentence in said)
            if door.client.workplace is None:
                # Nobody can tell that the first four keys were no part of a PIN.
                screen(door).pin.clear()
                await enter(door, "Ben")
                door.workplace.bar.focus()
    finally:
        door.client._scanner._pressed_at = pressed_at


def lines(hands: Hands) -> list[QLineEdit]:
    return hands.window.findChildren(QLineEdit)


async def test_what_was_typed_behind_the_lock_is_there_again(door: Hands) -> None:
    await enter(door, "Ann")
    workplace = door.workplace
    await door.press(Qt.Key.Key_U, ALT)
    await door.press(Qt.Key.Key_N, CONTROL)
    await door.type("Zoe")
    await door.press(Qt.Key.Key_L, CONTROL)
    assert door.client.workplace is None
    assert "Locked. What Ann was doing is kept as it is." in texts(screen(door))
    assert screen(door).person.currentText() == "Ann" and screen(door).pin.hasFocus()
    # Somebody else comes in meanwhile, and goes.
    await door.scan(BADGES["Ben"])
    await until(lambda: door.client.workplace is not None, "the workplace of Ben")
    assert who(door).name == "Ben" and door.workplace is not workplace
    await door.open(SKU)
    await door.scan(BADGES["Ann"])
    await until(lambda: door.client.workplace is workplace, "the workplace of Ann")
    form = workplace.current.form  # type: ignore[attr-defined]
    assert form.edits["first_name"].text() == "Zoe"
    await door.at_hand()
    await door.type("ra")
    assert form.edits["first_name"].text() == "Zoera"
    await door.press(Qt.Key.Key_Escape)


async def test_half_a_number_is_still_half_a_number(door: Hands) -> None:
    await enter(door, "Ben")
    await door.open(SKU)
    card = door.workplace.product
    card.stock.form.quantity.setFocus()
    await door.type("12")
    before = door.on_hand
    await door.press(Qt.Key.Key_L, CONTROL)
    await enter(door, "Ben")
    assert door.workplace.current is card and card.stock.form.quantity.text() == "12"
    await door.at_hand()
    await until(card.stock.form.quantity.hasFocus, "the keyboard where it was")
    assert door.on_hand == before
    await door.press(Qt.Key.Key_Escape)


async def test_who_leaves_nothing_behind_is_not_kept(door: Hands) -> None:
    await enter(door, "Ann")
    workplace = door.workplace
    await door.press(Qt.Key.Key_L, CONTROL)
    await enter(door, "Ann")
    assert door.workplace is workplace
    await door.scan(BADGES["Ben"])
    await until(lambda: door.client.workplace not in (None, workplace), "Ben")
    assert list(door.client._shifts._locked) == []


async def test_ones_own_badge_changes_nothing_and_a_question_comes_first(door: Hands) -> None:
    await enter(door, "Ann")
    workplace = door.workplace
    await door.scan(BADGES["Ann"])
    await until(lambda: "You are Ann already." in texts(workplace), "a sentence")
    await door.press(Qt.Key.Key_K, CONTROL)
    assert dialog() is not None
    await door.scan(BADGES["Ben"])
    assert who(door).name == "Ann"
    assert any("The badge was not taken" in one for one in texts(workplace))
    await door.press(Qt.Key.Key_Escape)


async def test_the_lock_comes_by_itself_and_closes_what_is_asked(door: Hands) -> None:
    await enter(door, "Ann")
    await door.press(Qt.Key.Key_K, CONTROL)
    assert dialog() is not None
    idle = door.client._idle
    idle._clock = lambda: door.client._scanner.touched_at + 299
    idle.look()
    assert door.client.workplace is not None
    idle._clock = lambda: door.client._scanner.touched_at + 301
    idle.look()
    assert door.client.workplace is None and dialog() is None
    await settle()


async def test_what_is_typed_where_something_is_asked_is_there_after_the_lock(
    door: Hands, staff: dict[str, Person]
) -> None:
    await enter(door, "Ann")
    workplace = door.workplace
    await door.open(SKU)
    workplace.product.codes.open_dialog()
    asked = dialog()
    assert isinstance(asked, CodeDialog)
    await door.type("4711")
    door.client.lock()
    assert door.client.workplace is None and dialog() is None and not asked.isVisible()
    # Somebody else comes in meanwhile, and goes.
    await door.at_hand()
    await door.scan(BADGES["Ben"])
    await until(lambda: door.client.workplace is not None, "the workplace of Ben")
    door.client.lock()
    await door.at_hand()
    await enter(door, "Ann")
    assert door.workplace is workplace and dialog() is asked
    await door.at_hand()
    await door.type("x")
    assert asked.edit.text() == "4711x"
    await door.press(Qt.Key.Key_Escape)
    assert dialog() is None and workplace.is_idle


async def test_a_secret_is_not_kept_behind_the_lock(door: Hands) -> None:
    await enter(door, "Ann")
    asked = QDialog(door.workplace)
    secret, note = QLineEdit(asked), QLineEdit(asked)
    secret.setEchoMode(QLineEdit.EchoMode.Password)
    for one in (secret, note):
        one.setText("2719")
        one.setModified(True)
    answers: list[str] = []
    asked.rejected.connect(lambda: answers.append("no"))
    asked.open()
    door.client.lock()
    assert dialog() is None and answers == ["no"]


async def test_a_store_that_has_people_is_not_said_to_be_open(door: Hands) -> None:
    client = door.client
    await client.sign_in(Profile("store_everett", Role.MANAGER, "Mona"))
    status = door.workplace._status
    assert "Anybody may sign in to Everett" in status.state.message.text
    await door.repositories.staff.add("Eva", Role.MANAGER, ["store_everett"], PIN, None)
    await until(lambda: "Anybody" not in status.state.message.text, "that it is gone")


async def test_no_minutes_never_lock(door: Hands) -> None:
    idle = IdleLock(0, lambda: 0.0, door.window, lambda: timedelta(days=9).total_seconds())
    idle.start()
    idle.look()
    assert not idle._timer.isActive()


@pytest.mark.parametrize(
    ("store_id", "named"), [("store_bellevue", ""), (SEATTLE, "Ben"), (SEATTLE, "")]
)
async def test_what_is_typed_is_who_is_asked_for_or_it_is_said(
    door: Hands, store_id: str, named: str
) -> None:
    async def prepare(hands: Hands) -> None:
        screen(hands).choose(store_id)
        screen(hands).person.setCurrentIndex(screen(hands).person.findText(named))

    badge = new_badge("7" * BADGE_RANDOM)
    matrix = SignInMatrix(door, prepare, (SKU, badge))
    failures = await matrix.run()
    assert not failures, "\n".join(failures)
    assert matrix.tried > 10


async def test_who_is_sent_home_is_out_at_once(door: Hands, staff: dict[str, Person]) -> None:
    await enter(door, "Ben")
    await door.repositories.staff.set_active(staff["Ben"], False, None)
    await until(lambda: door.client.workplace is None, "the sign-in")
    assert [screen(door).person.itemText(at) for at in range(screen(door).person.count())] == [
        "Ann"
    ]
    await door.repositories.staff.set_active(staff["Ben"], True, None)
    await until(lambda: screen(door).person.count() == 2, "Ben")


async def test_a_person_of_one_store_is_not_let_into_another(door: Hands) -> None:
    await enter(door, "Ann")
    client = door.client
    tacomas = await door.repositories.staff.add("Cleo", Role.MANAGER, [TACOMA], PIN, None)
    await until(lambda: not client.door.is_open(TACOMA), "the people of Tacoma")
    client.entrance.move(Profile(TACOMA, Role.MANAGER, "Ann", who(door).person_id))
    await until(lambda: not client.entrance.running, "an answer")
    assert client.workplace is None
    assert screen(door).store_id == TACOMA
    assert screen(door).person.itemText(0) == tacomas.name


async def test_people_are_kept_by_hand(door: Hands, staff: dict[str, Person]) -> None:
    await enter(door, "Ann")
    await door.press(Qt.Key.Key_P, ALT)
    people = door.workplace.current
    await until(lambda: people.table.model().rowCount() == 2, "the people")  # type: ignore[attr-defined]
    await door.press(Qt.Key.Key_N, CONTROL)
    await door.type("Dora")
    await door.press(Qt.Key.Key_Return)
    form = people.form  # type: ignore[attr-defined]
    await until(lambda: form.fields["pin"].error, "what is wrong")
    assert form.pin.hasFocus()
    await door.type("1234")
    await door.press(Qt.Key.Key_Return)
    await until(lambda: "a row of digits" in form.fields["pin"].error, "what is wrong")
    assert form.unsaved
    form.pin.clear()
    await door.type("8052")
    await door.press(Qt.Key.Key_Return)
    view_model = people.view_model  # type: ignore[attr-defined]
    await until(lambda: len(view_model.state.people) == 3, "Dora")
    await until(lambda: view_model.state.draft is None, "the form to close")
    await door.click_row(people.table, 2)  # type: ignore[attr-defined]
    assert view_model.state.chosen.name == "Dora" and view_model.state.draft is None
    await door.click(people.active)  # type: ignore[attr-defined]
    await until(lambda: view_model.state.chosen and not view_model.state.chosen.active, "gone")
    await door.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: view_model.state.chosen.active, "Dora again")
    view_model.choose(next(one for one in view_model.state.people if one.name == "Ann"))
    view_model.set_active(False)
    await until(lambda: "last manager" in view_model.state.message.text, "a refusal")
    dora = next(one for one in view_model.state.people if one.name == "Dora")
    await door.repositories.staff.set_active(dora, False, None)
