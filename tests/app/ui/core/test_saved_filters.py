"""Filters under names: saved, chosen and deleted by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.core.saved_filters import FiltersMenu, Kept, NameDialog, SavedFilters
from tests.helpers.menus import popup, said

RETURNS = {"status": "returned", "preset": "WEEK"}


class Screen:
    """Stands for a screen with filters."""

    def __init__(self, qtbot: QtBot, preferences: QSettings) -> None:
        self.filters = SavedFilters(preferences, "orders")
        self.now: Kept = {}
        self.shown: list[Kept] = []
        self.menu = FiltersMenu(self.filters, lambda: self.now, self.shown.append)
        qtbot.addWidget(self.menu.button)
        self.menu.button.show()

    def save(self, name: str) -> NameDialog:
        self.menu.open()
        QTest.keyClicks(popup(), "s")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, NameDialog)
        QTest.keyClicks(dialog.name, name)
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        return dialog


@pytest.fixture
def screen(qtbot: QtBot, preferences: QSettings) -> Screen:
    return Screen(qtbot, preferences)


def test_one_is_saved_chosen_and_deleted(qtbot: QtBot, screen: Screen, preferences: QSettings):
    screen.now = RETURNS
    screen.save("Mine & yours")
    screen.now = {"mine": "yes"}
    screen.save(" My   own ")
    again = Screen(qtbot, QSettings(preferences.fileName(), QSettings.Format.IniFormat))
    preferences.sync()
    again.filters._preferences.sync()
    again.menu.open()
    assert said(popup())[:2] == ["&1 Mine && yours", "&2 My own"]
    QTest.keyClicks(popup(), "1")
    assert again.shown == [RETURNS]
    again.menu.open()
    QTest.keyClicks(popup(), "d")
    QTest.keyClick(popup(), Qt.Key.Key_Return)
    assert list(again.filters.all) == ["My own"]


def test_the_same_name_takes_its_place(screen: Screen):
    for now, name in ((RETURNS, "Mine"), ({"mine": "yes"}, "MINE")):
        screen.now = now
        screen.save(name)
    assert screen.filters.all == {"MINE": {"mine": "yes"}}
    screen.filters.delete("MINE")
    assert not screen.filters._preferences.contains("filters/orders")


def test_a_filter_has_a_name(screen: Screen):
    screen.now = RETURNS
    dialog = screen.save("  ")
    assert dialog.isVisible() and dialog._field.error
    QTest.keyClicks(dialog.name, "Mine")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert list(screen.filters.all) == ["Mine"]


def test_nothing_is_saved_where_nothing_is_filtered(screen: Screen):
    screen.menu.open()
    off = [one.text() for one in popup().actions() if not one.isEnabled() and one.text()]
    assert off == ["&Save what is filtered…", "&Delete"]
    popup().close()


@pytest.mark.parametrize("kept", ["", "no json", "[]", '{"a": 1, "b": {"c": 2}}'])
def test_what_is_kept_may_be_damaged(screen: Screen, preferences: QSettings, kept: str):
    preferences.setValue("filters/orders", kept)
    assert set(screen.filters.all) <= {"b"}
    assert not any(screen.filters.all.values())
