"""Sign-in: who, where, and as what."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.entities import Profile, Role, Store
from app.ui.shell.sign_in import SignInScreen, remember
from tests.helpers.fakes import ONLINE, SEATTLE, STORES, TACOMA
from tests.helpers.hands import texts
from tests.helpers.waiting import collect


class Door:
    """A sign-in on the screen."""

    def __init__(
        self,
        qtbot: QtBot,
        preferences: QSettings,
        stores: list[Store],
        store_id: str | None = None,
        role: Role | None = None,
    ) -> None:
        self.screen = SignInScreen(stores, preferences, store_id, role)
        qtbot.addWidget(self.screen)
        self.screen.resize(1024, 640)
        with qtbot.waitActive(self.screen):
            self.screen.show()
            self.screen.activateWindow()
        self.screen.focus_first()
        self.signed_in: list[Profile] = collect(self.screen.signed_in)
        self.screen.signed_in.connect(lambda profile: remember(profile, preferences))

    @property
    def error(self) -> str:
        found = [text for text in texts(self.screen) if "ledger" in text or "kept with" in text]
        return found[0] if found else ""


@pytest.fixture
def door(qtbot: QtBot, preferences: QSettings) -> Door:
    """The first start."""
    return Door(qtbot, preferences, STORES)


def test_the_first_time_it_asks_for_the_name(door: Door):
    assert door.screen.name.hasFocus()
    assert door.screen.name.text() == ""
    assert Role(door.screen.role.chosen) is Role.WORKER


def test_a_name_and_enter_sign_in(door: Door):
    QTest.keyClicks(door.screen.name, "  Maya   B ")
    QTest.keyClick(door.screen.name, Qt.Key.Key_Return)
    assert door.signed_in == [Profile("store_seattle", Role.WORKER, "Maya B")]


def test_a_click_signs_in_with_the_chosen_store_and_role(door: Door):
    QTest.keyClicks(door.screen.name, "Ben")
    door.screen.store.setCurrentIndex(STORES.index(TACOMA))
    QTest.mouseClick(door.screen.role.button("manager"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(door.screen.enter, Qt.MouseButton.LeftButton)
    assert door.signed_in == [Profile("store_tacoma", Role.MANAGER, "Ben")]


@pytest.mark.parametrize("name", ["", "   ", "\t\u2003"])
def test_an_empty_name_is_answered_with_a_sentence_beside_the_field(door: Door, name: str):
    door.screen.name.setText(name)
    QTest.mouseClick(door.screen.enter, Qt.MouseButton.LeftButton)
    assert door.signed_in == []
    sentence = door.screen.name.accessibleDescription()
    assert sentence.endswith(".")
    assert sentence in texts(door.screen)
    assert door.screen.name.hasFocus()
    QTest.keyClicks(door.screen.name, "Maya")
    QTest.keyClick(door.screen.name, Qt.Key.Key_Return)
    assert len(door.signed_in) == 1
    assert sentence not in texts(door.screen)


def test_the_last_profile_is_remembered_and_enter_goes_on_with_it(
    door: Door, qtbot: QtBot, preferences: QSettings
):
    name = 'Zoë "the hammer", Müller; 🔨'
    door.screen.name.setText(name)
    door.screen.store.setCurrentIndex(STORES.index(ONLINE))
    door.screen.role.choose("rep")
    QTest.keyClick(door.screen.name, Qt.Key.Key_Return)
    preferences.sync()
    door.screen.close()
    again = Door(qtbot, QSettings(preferences.fileName(), QSettings.Format.IniFormat), STORES)
    assert again.screen.name.hasFocus()
    QTest.keyClick(again.screen.name, Qt.Key.Key_Return)
    assert again.signed_in == [Profile("store_online", Role.REP, name)]


def test_what_is_typed_after_switch_user_is_the_name(
    door: Door, qtbot: QtBot, preferences: QSettings
):
    door.screen.name.setText("Maya")
    QTest.keyClick(door.screen.name, Qt.Key.Key_Return)
    again = Door(qtbot, preferences, STORES)
    focus = again.screen.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, "Bob")
    QTest.keyClick(focus, Qt.Key.Key_Return)
    assert [one.name for one in again.signed_in] == ["Bob"]


def test_settings_win_over_what_is_remembered(qtbot: QtBot, preferences: QSettings):
    preferences.setValue("profile/store", "store_seattle")
    preferences.setValue("profile/role", "worker")
    preferences.setValue("profile/name", "Maya")
    door = Door(qtbot, preferences, STORES, "store_tacoma", Role.REP)
    QTest.keyClick(door.screen.enter, Qt.Key.Key_Return)
    assert door.signed_in == [Profile("store_tacoma", Role.REP, "Maya")]


@pytest.mark.parametrize(
    ("key", "value"), [("profile/store", "store_closed"), ("profile/role", "boss")]
)
def test_what_is_remembered_and_gone_is_forgotten(
    qtbot: QtBot, preferences: QSettings, key: str, value: str
):
    preferences.setValue(key, value)
    preferences.setValue("profile/name", "Maya")
    door = Door(qtbot, preferences, STORES)
    QTest.keyClick(door.screen.enter, Qt.Key.Key_Return)
    assert door.signed_in == [Profile(STORES[0].store_id, Role.WORKER, "Maya")]


def test_who_goes_to_another_store_is_asked_there_next(
    door: Door, qtbot: QtBot, preferences: QSettings
):
    door.screen.name.setText("Mona")
    QTest.keyClick(door.screen.name, Qt.Key.Key_Return)
    remember(Profile("store_tacoma", Role.MANAGER, "Mona"), preferences)
    again = Door(qtbot, preferences, STORES)
    assert again.screen.store_id == "store_tacoma"


def test_what_is_typed_stays_when_the_stores_arrive(qtbot: QtBot, preferences: QSettings):
    preferences.setValue("profile/store", "store_tacoma")
    door = Door(qtbot, preferences, [])
    QTest.keyClicks(door.screen.name, "Maya")
    door.screen.show_stores(STORES)
    assert door.screen.name.hasFocus()
    QTest.keyClick(door.screen.name, Qt.Key.Key_Return)
    assert door.signed_in == [Profile("store_tacoma", Role.WORKER, "Maya")]


def test_the_stores_are_listed_with_their_city(door: Door):
    labels = [door.screen.store.itemText(at) for at in range(door.screen.store.count())]
    assert labels == ["Seattle", "Tacoma", "Online"]


def test_without_a_store_nobody_comes_in(qtbot: QtBot, preferences: QSettings):
    door = Door(qtbot, preferences, [])
    assert not door.screen.enter.isEnabled()
    QTest.keyClicks(door.screen.name, "Maya")
    QTest.keyClick(door.screen.name, Qt.Key.Key_Return)
    assert door.signed_in == []


def test_a_store_in_another_city_says_which(qtbot: QtBot, preferences: QSettings):
    mall = Store("store_mall", "Zava Retail Northgate", "Seattle")
    door = Door(qtbot, preferences, [SEATTLE, mall])
    assert door.screen.store.itemText(1) == "Northgate, Seattle"


def test_a_name_of_any_length_does_not_widen_it(door: Door):
    before = door.screen.minimumSizeHint()
    door.screen.name.setText("🔨 W\u202e" * 3_000)
    assert door.screen.minimumSizeHint() == before
    QTest.keyClick(door.screen.name, Qt.Key.Key_Return)
    assert len(door.signed_in) == 1
