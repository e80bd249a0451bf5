"""A store says who may sign in, and from then on they do: by PIN and by badge."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.tour.driver import Driver, TourError
from app.ui.people.screen import PeopleScreen

_ALT = Qt.KeyboardModifier.AltModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_PIN = "2719"


async def keep_people(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_P, _ALT)
    screen = driver.workplace.current
    if not isinstance(screen, PeopleScreen):
        raise TourError("People is not shown")
    state = screen.view_model
    await driver.until("an empty list", lambda: state.state.people == ())
    await driver.picture("people-empty", ("light",))
    await driver.click(screen.new)
    await driver.type("Ann Lind")
    await driver.click(screen.form.pin)
    await driver.type(_PIN)
    await driver.picture("people-new", ("light",))
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the first manager", lambda: len(state.state.people or ()) == 1)
    await driver.until("the form closed", lambda: state.state.draft is None)
    staff = driver.client.repositories.staff
    store_id = driver.client.repositories.store_id
    await staff.add("Ben", Role.WORKER, [store_id], _PIN, None)
    await driver.until("both", lambda: len(state.state.people or ()) == 2)
    await driver.click_row(screen.table, 0)
    await driver.until("Ann's card", lambda: state.state.chosen is not None)
    await driver.picture("people", ("light", "dark", "contrast"))
    driver.window.resize(1024, 640)
    await driver.picture("people-1024x640", ("light",))
    driver.window.resize(1280, 800)


async def sign_in_by_pin_and_badge(driver: Driver) -> None:
    client = driver.client
    store_id = client.repositories.store_id
    name = next(one.short_name for one in client.stores if one.store_id == store_id)
    await driver.press(Qt.Key.Key_L, _CONTROL)
    screen = client.sign_in_screen
    if screen is None:
        raise TourError("the sign-in is not shown")
    screen.store.setCurrentText(name)
    screen.person.setCurrentText("Ben")
    await driver.click(screen.pin)
    await driver.type("1357")
    await driver.press(Qt.Key.Key_Return)
    await driver.until("a refusal", screen.enter.isEnabled)
    await driver.picture("sign-in-pin")
    await driver.type(_PIN)
    await driver.press(Qt.Key.Key_Return)
    await driver.until("Ben's workplace", lambda: client.workplace is not None)
    staff = client.repositories.staff
    people = await staff.people(client.repositories.store_id)
    ann = next(one for one in people if one.role is Role.MANAGER)
    badge = staff.new_badge_code()
    await staff.set_badge(ann, badge, None)
    before = client.workplace
    await driver.scan(badge)
    await driver.until("Ann's workplace", lambda: client.workplace not in (None, before))


PEOPLE_STEPS = (
    ("keep people", keep_people),
    ("sign in by PIN and badge", sign_in_by_pin_and_badge),
)
