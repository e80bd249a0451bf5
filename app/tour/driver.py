"""Hands and eyes of the tour: keys, clicks, waiting, pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget
from shiboken6 import isValid

from app.client import Client
from app.ui.core.dialogs import FAILED
from app.ui.shell.workplace import Workplace

SCAN_PAUSE = 0.12
"""Seconds between the keys of a person, so that they are not taken for a scanner."""


class TourError(Exception):
    """A step did not lead where it should have."""


def send_scan(code: str, target: QWidget) -> None:
    """Send the keys of a scanner, 2 ms apart on the keyboard's clock, also on a busy computer."""
    keys = [(Qt.Key(ord(char.upper())), char) for char in code]
    keys.append((Qt.Key.Key_Return, "\r"))
    pressed_at = round(monotonic() * 1000) - 2 * len(keys)
    for key, text in keys:
        pressed_at += 2
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(pressed_at)
            if isValid(target):
                QApplication.sendEvent(target, event)


class Driver:
    """Works the window of a client the way a person does."""

    def __init__(self, client: Client, out: Path) -> None:
        self.client = client
        self.window = client.window
        self._out = out

    @property
    def workplace(self) -> Workplace:
        """The screens behind the sign-in."""
        if self.client.workplace is None:
            raise TourError("nobody is signed in")
        return self.client.workplace

    async def until(self, what: str, holds: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait for something to be true on the screen."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not holds():
            if asyncio.get_running_loop().time() > deadline:
                raise TourError(f"waited {seconds:g} s for: {what}")
            await asyncio.sleep(0.01)

    async def type(self, text: str) -> None:
        """Type at a person's speed into whatever has the focus."""
        await self._at_hand()
        for char in text:
            QTest.keyClicks(self._focus(), char)
            await asyncio.sleep(SCAN_PAUSE)

    async def press(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press one key."""
        await self._at_hand()
        QTest.keyClick(self._focus(), key, modifier)
        await asyncio.sleep(SCAN_PAUSE)

    async def scan(self, code: str) -> None:
        """Send a code the way a keyboard-wedge scanner does: fast, and Enter."""
        await self._at_hand()
        # Its keys are stamped backwards from now: the first one must not touch the key before.
        await asyncio.sleep(SCAN_PAUSE + 0.002 * len(code))
        send_scan(code, self._focus())
        # Another Enter or Down that comes sooner would be the scanner's own end.
        await asyncio.sleep(2 * SCAN_PAUSE)

    async def click(self, widget: QWidget) -> None:
        """Click in the middle of a widget that a person could click."""
        if not widget.isVisible() or not widget.isEnabled():
            raise TourError(f"{widget.accessibleName() or widget} cannot be clicked")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        await asyncio.sleep(SCAN_PAUSE)

    async def click_row(self, table: QTableView, at: int) -> None:
        """Click a row of a table."""
        place = table.visualRect(table.model().index(at, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await asyncio.sleep(SCAN_PAUSE)

    async def click_header(self, table: QTableView, column: int) -> None:
        """Click the header of a column."""
        header = table.horizontalHeader()
        place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await asyncio.sleep(SCAN_PAUSE)

    async def picture(self, name: str, looks: tuple[str, ...] = ("light", "dark")) -> None:
        """Save what the window shows, once in each look; the last one stays on."""
        # Every change of the look restyles all screens there are, for 0.1 to 0.5 s.
        on = self.client.appearance.choice
        for look in sorted(looks, key=lambda one: one != on):
            self.client.appearance.choose(look)
            await asyncio.sleep(0.08)
            file = self._out / f"{name}-{look}.png"
            # Half the time of the usual compression, and a twentieth larger.
            if not self._grab().save(str(file), quality=70):
                raise TourError(f"{file} could not be written")

    def check(self) -> None:
        """Raise TourError where the window says that something failed, which no step asks for."""
        dialog = QApplication.activeModalWidget()
        if dialog is not None and dialog.windowTitle() == FAILED:
            raise TourError("the window says that something went wrong")

    def _grab(self) -> QPixmap:
        dialog = QApplication.activeModalWidget()
        picture = self.window.grab()
        if dialog is not None and dialog is not self.window:
            # A dialog is a window of its own: put it where the person sees it.
            painter = QPainter(picture)
            painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
            shown = dialog.grab()
            painter.drawPixmap(
                (self.window.width() - dialog.width()) // 2,
                (self.window.height() - dialog.height()) // 2,
                shown,
            )
            painter.end()
        popup: QWidget | None = QApplication.activePopupWidget()
        if popup is not None:
            painter = QPainter(picture)
            painter.drawPixmap(self.window.mapFromGlobal(popup.pos()), popup.grab())
            painter.end()
        return picture

    def _focus(self) -> QWidget:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        focus = application.focusWidget()
        return focus if focus is not None else self.window

    async def _at_hand(self) -> None:
        """Without a window manager nobody gives the window back its focus after a dialog."""
        if QApplication.activeWindow() is None:
            (QApplication.activeModalWidget() or self.window).activateWindow()
            await self.until("an active window", lambda: QApplication.activeWindow() is not None)
