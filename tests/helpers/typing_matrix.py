"""Every field of a screen and every way to act there, as they are found on the screen itself."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import pytest
from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QCloseEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from app.data.store.unit_of_work import UnitOfWork
from app.ui.core import tasks
from app.ui.core.hits_line import HitsLine
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Field
from tests.helpers.hands import ALT, CONTROL, Hands, cells
from tests.helpers.waiting import settle, until

Editor = QLineEdit | QPlainTextEdit

_GIVING_UP = {"Cancel", "Clear", "Clear (F8)", "Remove"}
"""Buttons that say that what is typed is not wanted."""
_INSTEAD = {"May be the same person"}
"""Tables of what is taken in place of what is typed."""
_KEYS = (
    *(Qt.Key.Key_Return, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_F2, Qt.Key.Key_F4),
)
WRONG = "x!"
"""No number begins so; a name or a note may."""
_NUMBERS = count(100)


@dataclass(frozen=True, slots=True)
class Way:
    """Something that a person does; `scans` tells that it is done with a scanner."""

    name: str
    act: Callable[[], Awaitable[object]]
    scans: bool = False


@dataclass
class Matrix:
    """One screen in one state, which `prepare` brings about; `failures` are sentences.

    With `every_text` each way is tried with a text that is right and with one that is not, else
    with one of the two in turn.
    """

    hands: Hands
    prepare: Callable[[Hands], Awaitable[object]]
    codes: tuple[str, ...]
    every_text: bool = False
    failures: list[str] = field(default_factory=list)
    tried: int = 0
    _written: list[str] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _ended: list[str] = field(default_factory=list)

    async def run(self) -> list[str]:
        """Try every field with every way."""
        workplace = self.hands.workplace
        with pytest.MonkeyPatch.context() as patch:
            self._spied(patch)
            patch.setattr(workplace, "_sign_out", lambda: self._ended.append("signed out"))
            patch.setattr(self.hands.client.entrance._moving, "_action", self._move)
            await self._anew()
            for at in range(len(self._fields())):
                await self._try_field(at)
        return self.failures

    async def _try_field(self, at: int) -> None:
        taken, is_data = await self._probe(at)
        texts = [taken, WRONG] if taken else [WRONG]
        await self._anew()
        for turn in range(len(texts) if self.every_text else 1):
            for way in range(len(self._ways())):
                await self._try(at, way, texts[(at + way + turn) % len(texts)], is_data)

    async def _probe(self, at: int) -> tuple[str, bool]:
        """A text that Enter stores, if there is one, and whether the field is for data at all."""
        unsaved = False
        for text in map(another, ("1", "3.00")):
            await self._anew()
            await self._type(at, text)
            unsaved |= text in self._screen.unsaved
            await self.hands.press(Qt.Key.Key_Return)
            await self._rest()
            if self._is_stored(text, self._screen):
                return text, True
        return (text if unsaved else ""), unsaved

    async def _try(self, at: int, way_at: int, text: str, is_data: bool) -> None:
        screen, ways = self._screen, self._ways()
        if way_at >= len(ways) or at >= len(self._fields()):
            return
        way = ways[way_at]
        # Another one each time, so that it cannot be stored from before.
        text = another(text)
        was = text_in(self._fields()[at])
        editor = await self._type(at, text)
        name = name_of(editor)
        # A word in a line that finds products is a search, whatever a number is there.
        is_data = is_data and not (isinstance(editor, HitsLine) and text.startswith(WRONG))
        self._ended.clear()
        self.tried += 1
        await way.act()
        await self._rest()
        asked = self._close_what_covers()
        await self._rest()
        acted = bool(self._written)
        loses_search = way.scans and isinstance(editor, HitsLine) and text.startswith(WRONG)
        problem, is_moved = "", False
        if self._is_stored(text, screen) or loses_search:
            pass
        elif self._ended:
            problem = "is gone with the screens" if is_data else ""
        elif self.hands.workplace.current is not screen:
            problem = await self._after_leaving(screen, editor, text, is_data)
        elif not editor.isVisible() or text_in(editor) != text:
            problem = "is gone" if (is_data and not self._is_said(screen)) or acted else ""
            is_moved = True
        elif acted and is_data and not (way.scans and screen.unsaved):
            # A product is scanned for the cart behind a form, which waits as it is.
            problem = "was not in what was done"
        elif (
            is_data and error_of(editor) and not (asked or editor.hasFocus() or self._in_the_bar())
        ):
            problem = "was refused, and has not the keyboard"
        if problem:
            self.failures.append(f"{name}: {text!r} {problem} after {way.name}")
        if not is_moved and self.hands.workplace.current is screen and self._names == self._named():
            write_into(editor, was)
        else:
            await self._anew()

    async def _after_leaving(self, screen: Screen, editor: Editor, text: str, is_data: bool) -> str:
        if not is_data:
            return ""
        if not self._is_said(screen):
            return "was left without a word"
        self.hands.workplace._show(screen)
        await self._rest()
        return "" if text_in(editor) == text else "is gone from the screen that was left"

    def _is_said(self, screen: Screen) -> bool:
        """Whether it is kept where it was typed, and the status line or the screen says so."""
        unsaved = screen.unsaved
        # A line that is too long for its place has all of its text in its name.
        lines = [one.accessibleName() for one in screen.findChildren(Elided) if one.isVisible()]
        return bool(unsaved) and unsaved in (
            self.hands.workplace._status.state.message.text,
            *lines,
        )

    def _in_the_bar(self) -> bool:
        """Whether a person types there: the rest of a word must not go into another field."""
        return self.hands.workplace.bar.line.hasFocus()

    @property
    def _screen(self) -> Screen:
        return self.hands.workplace.current

    @property
    def _root(self) -> QWidget:
        """What has the fields, and most ways."""
        return self._screen

    async def _move(self, _: object) -> None:
        self._ended.append("moved")

    async def _anew(self) -> None:
        self._close_what_covers()
        self.hands.workplace.bar.line.clear()
        await self.prepare(self.hands)
        await self._rest()
        await self.hands.at_hand()
        self._names = self._named()

    async def _type(self, at: int, text: str) -> Editor:
        editor = self._fields()[at]
        self._written.clear()
        editor.setFocus()
        editor.selectAll()
        await self.hands.type(text)
        return editor

    def _named(self) -> list[str]:
        return [name_of(one) for one in self._fields()]

    def _fields(self) -> list[Editor]:
        lines: list[Editor] = [*self._root.findChildren(QLineEdit)]
        found = [*lines, *self._root.findChildren(QPlainTextEdit)]
        return [
            one
            for one in found
            if one.isVisible()
            and one.isEnabled()
            and not isinstance(one.parentWidget(), QAbstractSpinBox | QComboBox)
        ]

    def _ways(self) -> list[Way]:
        return [*self._buttons(), *self._keys(), *self._rows(), *self._scans(), *self._leaves()]

    def _buttons(self) -> Iterator[Way]:
        for one in self._root.findChildren(QAbstractButton):
            if not one.isVisible() or not one.isEnabled() or isinstance(one.parent(), QLineEdit):
                continue
            label = one.text() or one.accessibleName()
            if label.strip() not in _GIVING_UP:
                yield Way(f"a click on {label!r}", partial(self._click, one))

    async def _click(self, one: QAbstractButton) -> None:
        # As a person clicks: it gets the keyboard, too.
        if one.isVisible() and one.isEnabled():
            QTest.mouseClick(one, Qt.MouseButton.LeftButton)

    def _keys(self) -> Iterator[Way]:
        for shortcut in self._root.findChildren(QShortcut):
            owner = shortcut.parent()
            if isinstance(owner, QWidget) and owner.isVisible():
                name = shortcut.key().toString()
                pressed: QKeyCombination = shortcut.key()[0]  # type: ignore[index]
                yield Way(
                    f"the key {name}",
                    partial(self.hands.press, pressed.key(), pressed.keyboardModifiers()),
                )
        for key in _KEYS:
            yield Way(f"the key {key.name}", partial(self.hands.press, key))

    def _rows(self) -> Iterator[Way]:
        for table in self._root.findChildren(RowsTable):
            shown = table.isVisible() and table.accessibleName() not in _INSTEAD
            for at in range(min(table.model().rowCount(), 2) if shown else 0):
                yield Way(
                    f"a click on row {at} of {table.accessibleName()!r}",
                    partial(self.hands.click_row, table, at),
                )

    def _scans(self) -> Iterator[Way]:
        for code in self.codes:
            yield Way(f"a scan of {code}", partial(self.hands.scan, code), scans=True)

    def _leaves(self) -> Iterator[Way]:
        workplace = self.hands.workplace
        yield Way("a click on the rail", partial(self._click, workplace.rail.button("aisles")))
        yield Way("the key of a screen", partial(self.hands.press, Qt.Key.Key_3, ALT))
        yield Way("text in the bar on top", self._find)
        yield Way("another store", self._go_to_another_store)
        yield Way("Switch user", partial(self.hands.press, Qt.Key.Key_L, CONTROL))
        yield Way("the end of the window", self._close)

    async def _find(self) -> None:
        await self.hands.press(Qt.Key.Key_F, CONTROL)
        await self.hands.type("ham")

    async def _go_to_another_store(self) -> None:
        # By mouse, which takes the keyboard first.
        await self._click(self.hands.workplace.bar.store)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        other = next(one for one in menu.actions() if one.isCheckable() and not one.isChecked())
        place = menu.actionGeometry(other).center()
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)
        await self._rest()
        await self.hands.at_hand()

    async def _close(self) -> None:
        # As the window manager asks; really closed, the loop of the tests would end with it.
        event = QCloseEvent()
        QApplication.sendEvent(self.hands.window, event)
        if event.isAccepted():
            self._ended.append("closed")

    async def _rest(self) -> None:
        await settle()
        await until(lambda: not tasks._under_way, "a rest")
        await settle()

    def _close_what_covers(self) -> bool:
        covered = False
        for _ in range(5):
            covering: QWidget | None = (
                QApplication.activePopupWidget() or QApplication.activeModalWidget()
            )
            if covering is None:
                break
            covered = True
            covering.close()
        return covered

    def _is_stored(self, text: str, screen: Screen) -> bool:
        """Whether it was written since it was typed, or is counted for a paper that waits."""
        tables = screen.findChildren(RowsTable) if screen.unsaved else ()
        counted = [cell for table in tables for row in cells(table) for cell in row]
        value = re.compile(rf"(?<![\w.]){re.escape(text)}(?![\w.])")
        return text in counted or any(map(value.search, self._written))

    def _spied(self, patch: pytest.MonkeyPatch) -> None:
        """Note what every statement that changes something writes; it is written all the same."""
        change = UnitOfWork._change

        async def noted(unit: UnitOfWork, *args: Any, **options: Any) -> set[str]:
            changed = await change(unit, *args, **options)
            self._written.append(json.dumps(args[2], default=str))
            return changed

        patch.setattr(UnitOfWork, "_change", noted)


def another(text: str) -> str:
    """A text of the same kind that was not typed before."""
    number = next(_NUMBERS)
    if text.startswith(WRONG):
        return f"{WRONG}{number}"
    return f"3.{number % 100:02}" if "." in text else f"{number}"


def write_into(editor: Editor, text: str) -> None:
    if isinstance(editor, QLineEdit):
        editor.setText(text)
    else:
        editor.setPlainText(text)
    above: QWidget | None = editor.parentWidget()
    if isinstance(above, Field):
        above.show_error("")


def text_in(editor: Editor) -> str:
    # Enter is a new line in a note.
    return editor.text() if isinstance(editor, QLineEdit) else editor.toPlainText().strip()


def name_of(editor: Editor) -> str:
    return editor.accessibleName() or editor.placeholderText()


def error_of(editor: Editor) -> str:
    """What is said to be wrong with what a field holds; empty where nothing is."""
    above: QWidget | None = editor.parentWidget()
    return above.error if isinstance(above, Field) else ""
