"""F1 and Help: the keys as they really are, and what the program is made of."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from importlib.metadata import requires

import pytest
import pytest_asyncio
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.config.logs import LOG_NAME
from app.domain.entities import Role
from app.ui.core.bindings import Keys
from app.ui.help.dialog import HelpDialog
from app.ui.help.licences import libraries
from app.ui.orders.screen import OrdersScreen
from app.ui.shell.welcome import Welcome
from connector_config import __version__
from tests.helpers.hands import CONTROL, Hands, dialog, named, texts
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest_asyncio.fixture(loop_scope="module")
async def manager(person: Hands) -> AsyncIterator[Hands]:
    """Mia, a manager, who sees every screen."""
    if person.client.workplace is None:
        await person.begin(Role.MANAGER, name="Mia")
    person.workplace.go("find")
    yield person
    if (left := dialog()) is not None:
        left.reject()
    await person.rest()


async def opened(hands: Hands) -> HelpDialog:
    await until(lambda: isinstance(dialog(), HelpDialog), "the help")
    shown = dialog()
    assert isinstance(shown, HelpDialog)
    return shown


async def test_f1_shows_the_keys_of_the_screen_that_is_shown(manager: Hands):
    manager.workplace.go("orders")
    await manager.press(Qt.Key.Key_F1)
    shown = texts(await opened(manager))
    assert "On this screen: Orders" in shown
    assert shown.index("F7") < shown.index("Everywhere") < shown.index("Ctrl+K")
    assert shown[shown.index("F7") + 1] == "Show only orders that you took"
    assert shown[shown.index("Alt+M") + 1] == "Sales"
    assert shown[shown.index("Ctrl+Q") + 1] == "Quit"


async def test_every_shortcut_of_every_screen_is_in_the_help(manager: Hands):
    workplace = manager.workplace
    await manager.open()
    for name in workplace._routes:
        workplace.make(name)
    listed: set[str] = set()
    for widget in (manager.window, *manager.window.findChildren(QWidget)):
        for keys in (getattr(widget, name, None) for name in ("keys", "screen_keys")):
            if isinstance(keys, Keys):
                for one in keys._all:
                    assert one.words
                    listed |= {key.replace("Ctrl+=", "Ctrl++") for key in one.keys}
    bound = {one.key().toString() for one in manager.window.findChildren(QShortcut)}
    assert len(bound) > 40
    assert bound - listed - {"Ctrl+="} == set()


async def test_no_key_of_a_screen_is_taken_from_it_by_one_that_acts_everywhere(manager: Hands):
    """Qt does nothing where two shortcuts fit."""
    workplace = manager.workplace
    everywhere = [*workplace.keys, *workplace.screen_keys, *manager.window.keys]
    taken = {key for one in everywhere for key in one.keys} - {"F5"}
    for name in workplace._routes:
        screen = workplace.make(name)
        assert not taken & {key for one in screen.keys._all for key in one.keys}, name


async def test_a_question_mark_is_a_text_where_one_types(manager: Hands):
    manager.workplace.bar.focus()
    await manager.type("?")
    assert manager.workplace.bar.line.text() == "?"
    assert dialog() is None
    manager.workplace.bar.line.clear()
    manager.workplace.go("find").focus_first()
    await manager.type("?")
    shown = texts(await opened(manager))
    # Find has the keys of the line on top, and none of its own.
    assert shown[shown.index("Enter") + 1] == "Open the first hit, or the chosen one"


async def test_help_in_the_rail_says_what_is_installed(manager: Hands):
    (entry,) = [
        one
        for one in manager.workplace.rail.findChildren(QPushButton)
        if one.text().strip() == "Help"
    ]
    await manager.click(entry)
    shown = await opened(manager)
    await manager.click(shown.parts.button("steps"))
    assert "Scan anything" in texts(shown)
    await manager.click(shown.parts.button("about"))
    folder = str(manager.client.settings.data_dir)
    for fact in (__version__, folder, f"{folder}/{LOG_NAME}"):
        assert fact in texts(shown)
    await until(lambda: "pymongo" in shown._names.text(), "the licences")
    assert re.search(r"PySide6_Essentials [\d.]+: LGPL", shown._names.text())
    await manager.click(named(shown, "Copy"))
    copied = QGuiApplication.clipboard().text()
    assert f"Data folder: {folder}" in copied and "pymongo" in copied


async def test_every_library_that_is_needed_has_a_licence():
    found = {re.sub(r"[-_.]+", "-", one.name).lower(): one for one in libraries()}
    needed = [one for one in requires("zava-retail") or () if "extra ==" not in one]
    names = {re.match(r"[\w.-]+", one)[0].lower() for one in needed}  # type: ignore[index]
    assert names and names <= found.keys()
    for one in found.values():
        assert one.licence and "\n" not in one.licence
    # What only tests need is not installed with the program.
    assert "pytest" not in found


async def test_f5_says_that_it_is_live_but_where_a_screen_has_it(manager: Hands):
    manager.workplace.go("find").focus_first()
    await manager.press(Qt.Key.Key_F5)
    assert "live" in manager.workplace._status.state.message.text
    orders = manager.workplace.go("orders")
    assert isinstance(orders, OrdersScreen)
    orders.orders.table.setFocus()
    await manager.press(Qt.Key.Key_F5)
    assert orders.orders.filters.since.hasFocus()


async def test_redo_is_the_fields_own_or_says_why_there_is_none(manager: Hands):
    line = manager.workplace.bar.line
    manager.workplace.bar.focus()
    await manager.type("ham")
    await manager.press(Qt.Key.Key_Z, CONTROL)
    assert line.text() != "ham"
    await manager.press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert line.text() == "ham"
    assert "done again" not in manager.workplace._status.state.message.text
    await manager.press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert "done again" in manager.workplace._status.state.message.text
    line.clear()


async def test_ctrl_q_quits_unless_something_would_be_lost(manager: Hands):
    asked = manager.window.may_close
    # As the program does: else the loop of the tests ends with the window.
    QApplication.setQuitOnLastWindowClosed(False)
    ends: list[bool] = []
    manager.window.closing.connect(lambda: ends.append(True))
    manager.window.may_close = lambda: False
    await manager.press(Qt.Key.Key_Q, CONTROL)
    assert manager.window.isVisible() and not ends
    manager.window.may_close = asked
    await manager.press(Qt.Key.Key_Q, CONTROL)
    assert not manager.window.isVisible() and len(ends) == 1
    manager.window.show()
    await manager.at_hand()
    QApplication.setQuitOnLastWindowClosed(True)


async def test_keys_change_the_size_of_text(manager: Hands):
    look = manager.client.appearance
    rail = manager.workplace.rail.width()
    await manager.press(Qt.Key.Key_Plus, CONTROL)
    await manager.press(Qt.Key.Key_Equal, CONTROL)
    assert look.text_size == 125
    assert manager.workplace.rail.width() == rail * 1.25
    await manager.press(Qt.Key.Key_Minus, CONTROL)
    assert look.text_size == 110
    await manager.press(Qt.Key.Key_0, CONTROL)
    assert (look.text_size, manager.workplace.rail.width()) == (100, rail)


async def test_the_first_run_card_leaves_for_good(manager: Hands):
    workplace = manager.workplace
    workplace.go("orders")
    assert not workplace.welcome.isVisible()
    workplace.go("find")
    assert workplace.welcome.isVisible()
    assert any(one.startswith("This is demo data") for one in texts(workplace.welcome))
    await manager.click(workplace.welcome.close_button)
    assert not workplace.welcome.isVisible()
    await manager.begin(Role.MANAGER, name="Mia")
    assert not manager.workplace.welcome.isVisible()


async def test_a_card_on_a_device_that_exchanges_says_nothing_of_a_demo(
    qtbot: QtBot, preferences: QSettings
):
    card = Welcome(preferences, is_demo=False)
    qtbot.addWidget(card)
    card.show_on("find")
    assert not any("demo" in one for one in texts(card))
    card.close_for_good()
    again = Welcome(preferences, is_demo=False)
    qtbot.addWidget(again)
    again.show_on("find")
    assert not again.isVisible()
