"""Every role sees and can do on every screen what the table in the domain says, and no more.

By the navigation, by keys, by scans, by Ctrl+K, and by undo. What the repositories refuse by
themselves is in `tests/app/data/test_rights.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Actor, Device, Profile, Reason, Role
from app.domain.order_numbers import order_number
from app.domain.rights import SCREENS, Right, may, sees
from app.ui.core.bindings import bindings_below
from app.ui.core.screen import Screen
from app.ui.customers.screen import CustomersScreen
from app.ui.oversold.screen import OversoldScreen
from app.ui.shell.status import StatusViewModel
from app.ui.spotlight.dialog import SpotlightDialog
from tests.helpers.hands import ALT, CONTROL, Hands, cells, dialog
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEYS = {
    "product": {
        "One more on hand": Right.CHANGE_STOCK,
        "One fewer on hand": Right.CHANGE_STOCK,
        "Adjust by a number": Right.CHANGE_STOCK,
        "Move to another place": Right.CHANGE_STOCK,
        "Add one to the cart": Right.SELL,
    },
    "order": {"Place the order": Right.SELL, "Begin another cart": Right.SELL},
    "orders": {"Take goods back": Right.SELL, "Hand the order over": Right.SELL},
    "catalogue": {"One more in the open cart": Right.SELL},
    "customers": {
        "Add a customer": Right.KEEP_CUSTOMERS,
        "Change the customer": Right.KEEP_CUSTOMERS,
        "Take an order for the customer": Right.SELL,
        "Merge with the same person": Right.MERGE_CUSTOMERS,
        "Forget the customer": Right.MERGE_CUSTOMERS,
    },
    "low_stock": {"Order what is listed": Right.PURCHASE},
    "receive": {
        "Begin a receipt without a paper": Right.RECEIVE,
        "Take in what is listed": Right.RECEIVE,
    },
    "transfers": {"Begin a transfer": Right.TRANSFER, "Receive a number": Right.TRANSFER},
    "reorder": {
        "Begin an order": Right.PURCHASE,
        "Take the next step of the order": Right.PURCHASE,
    },
    "oversold": {
        "Ask another store": Right.SETTLE_OVERSOLD,
        "Open cases, or what was settled": Right.SETTLE_OVERSOLD,
    },
    "closing": {"Close the day": Right.CLOSE_DAYS},
    "people": {
        "Add a person": Right.KEEP_PEOPLE,
        "Change the person": Right.KEEP_PEOPLE,
        "Print a new badge": Right.KEEP_PEOPLE,
    },
}
"""What keys do on each screen, by the words of the help."""

ONLY_LOOK = {"find", "aisles", "alerts", "sales", "sync", "count", "history"}
"""Screens without such a key: a count begins with a button, undo in History wants a chosen row."""

ACTIONS = {
    "New order": Right.SELL,
    "New customer": Right.KEEP_CUSTOMERS,
    "Receive goods": Right.RECEIVE,
    "New count": Right.COUNT,
    "Order what is low": Right.PURCHASE,
    "Say whose code this is": Right.TEACH_CODES,
}
"""What Ctrl+K does for who may."""

CODES = {
    "TR-SEA-FFFF-0001": "transfers",
    "PO-SEA-FFFF-0001": "reorder",
    "GR-SEA-FFFF-0001": "receive",
    "ST-SEA-FFFF-0001": "count",
    order_number("nobody's cart"): "orders",
}
"""Numbers of papers that are not here, and the screens that would show them."""


@pytest_asyncio.fixture(
    loop_scope="module", scope="module", params=list(Role), ids=lambda one: one.value
)
async def role(person: Hands, request: pytest.FixtureRequest) -> AsyncIterator[Role]:
    """Somebody with a role, signed in once for all tests of it."""
    await person.begin(request.param, name="Robin")
    yield request.param
    await person.rest()


def _says(status: StatusViewModel, text: str) -> bool:
    return text in status.state.message.text


async def shown(hands: Hands, name: str) -> Screen:
    screen = hands.workplace.go(name)
    await settle()
    return screen


def offered(screen: Screen, words: str) -> bool:
    return any(one.words == words for one in bindings_below(screen))


async def test_the_screens_and_their_keys(person: Hands, role: Role):
    workplace = person.workplace
    assert [name for name in SCREENS if workplace.has(name)] == [
        name for name in SCREENS if sees(role, name)
    ]
    assert {one.words for one in workplace.screen_keys} == {
        its.title for name, its in workplace._routes.items() if sees(role, name)
    }
    assert set(workplace.rail._buttons) == {name for name in SCREENS if sees(role, name)}
    for name, route in workplace._routes.items():
        await person.press(Qt.Key[f"Key_{route.shortcut[-1]}"], ALT)
        assert workplace.screen_name == name


async def test_the_keys_on_each_screen(person: Hands, role: Role):
    assert KEYS.keys() | ONLY_LOOK == SCREENS.keys() | {"product"}
    for name, keys in KEYS.items():
        if name != "product" and not sees(role, name):
            continue
        if name == "product":
            await person.open()
        screen = person.workplace.product if name == "product" else await shown(person, name)
        for words, right in keys.items():
            assert offered(screen, words) is may(role, right), (name, words)


async def test_the_product_card(person: Hands, role: Role):
    await person.open()
    card, before = person.workplace.product, person.on_hand
    changes = may(role, Right.CHANGE_STOCK)
    for button in (card.stock.plus, card.stock.minus, card.place.move_button):
        assert button.isVisible() is changes
    assert card.elsewhere.cart.isVisible() is may(role, Right.SELL)
    assert card.codes.add_button.isVisible() is may(role, Right.CORRECT_CODES)
    assert (card._nearby.word == "Request") is may(role, Right.TRANSFER)
    # Past the buttons, as by a key or a scan of a place.
    card.view_model.step(1)
    assert (card.place.open_dialog() is not None) is changes
    if (opened := dialog()) is not None:
        opened.reject()
    await until(lambda: not card.view_model.busy, "a rest")
    assert person.on_hand == before + changes
    if changes:
        card.view_model.step(-1)
        await until(lambda: person.on_hand == before, "it as before")


async def test_customers_and_what_is_oversold(person: Hands, role: Role):
    screen = await shown(person, "oversold")
    assert isinstance(screen, OversoldScreen)
    assert screen.parts.isVisible() is may(role, Right.SETTLE_OVERSOLD)
    if not sees(role, "customers"):
        return
    customers = await shown(person, "customers")
    assert isinstance(customers, CustomersScreen)
    its = customers.view_model
    await until(lambda: its.state.ready, "the customers")
    (john, *_) = await person.repositories.customers.find("store_seattle", "john", 1)
    its.choose(john)
    await until(lambda: its.state.chosen is not None, "the card")
    merges = may(role, Right.MERGE_CUSTOMERS)
    assert customers.card.merge.isVisible() is merges
    assert customers.card.forget.isVisible() is merges
    its.ask_forget()
    await until(lambda: not its.actions.running, "a rest")
    assert (dialog() is not None) is merges
    if (asked := dialog()) is not None:
        asked.reject()


async def test_what_everywhere_can_be_done(person: Hands, role: Role):
    await shown(person, "find")
    elsewhere = may(role, Right.WORK_ELSEWHERE)
    assert person.workplace.bar.store.isVisible() is elsewhere
    assert any(one.key == "Alt+S" for one in person.workplace.keys) is elsewhere
    await person.press(Qt.Key.Key_K, CONTROL)
    bar = dialog()
    assert isinstance(bar, SpotlightDialog)
    found = dict(cells(bar.hits))
    bar.reject()
    titles = {its.title: name for name, its in person.workplace._routes.items()}
    assert {one for one, kind in found.items() if kind == "Screen"} == set(titles)
    for title, right in ACTIONS.items():
        assert (title in found) is may(role, right), title
    assert ("Export low stock" in found) is sees(role, "low_stock")
    assert any(one.startswith("Count aisle") for one in found) is may(role, Right.COUNT)


async def test_a_scanned_paper_is_opened_for_who_sees_its_screen(person: Hands, role: Role):
    await shown(person, "find")
    status = person.workplace._status
    for code, name in CODES.items():
        await person.scan(code)
        said = "This device has no" if sees(role, name) else "is not shown to a"
        if name == "orders" and sees(role, name):
            # Orders asks for it, and says it itself.
            assert person.workplace.shows("orders")
            continue
        await until(partial(_says, status, said), f"{said} about {code}")
        assert person.workplace.shows("find")


async def test_undo_is_for_who_may_do_it(person: Hands, role: Role):
    """Somebody else changed stock at this device before."""
    await shown(person, "find")
    its = person.repositories
    item = await person.item()
    here = Device(person.client.device.device_id, "here")
    ben = Actor(Profile(item.store_id, Role.MANAGER, "Ben"), here)
    await its.stock.adjust(item, 3, Reason.FOUND, ben)
    allowed = may(role, Right.CHANGE_STOCK)
    status = person.workplace._status
    await until(lambda: bool(status.state.undoes) is allowed, "what undo would take back")
    await until(lambda: not status._look.running, "a rest")
    await person.press(Qt.Key.Key_Z, CONTROL)
    said = "Undone" if allowed else "leaves that to somebody who may do it"
    await until(lambda: said in status.state.message.text, said)
    assert (await person.item()).on_hand == item.on_hand + (0 if allowed else 3)
