"""The client as `zava run` starts it; tells when sign-in and Find have been painted."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

import app.run
from app.client import Client
from app.settings import Settings
from app.ui.find.screen import FindScreen
from app.ui.shell.workplace import FIND


class _Painted(QObject):
    """Calls back once, after the widget has been painted while `ready` held."""

    def __init__(
        self, widget: QWidget, ready: Callable[[], bool], then: Callable[[], None]
    ) -> None:
        super().__init__(widget)
        self._ready = ready
        self._then = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._ready():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


def _tell() -> None:
    print(time.monotonic(), flush=True)


async def _stay(client: Client, closing: asyncio.Event) -> int:
    screen = client.sign_in_screen
    assert screen is not None

    def on_sign_in() -> None:
        _tell()
        assert screen is not None
        screen.name.setText("Bench")
        QTest.keyClick(screen.name, Qt.Key.Key_Return)

    def on_change() -> None:
        if client.workplace is not None:
            find = client.workplace.go(FIND)
            assert isinstance(find, FindScreen)
            _Painted(find.table.viewport(), lambda: bool(find.table.model().rowCount()), _tell)

    _Painted(screen, lambda: screen.store.count() > 0, on_sign_in)
    client.changed.connect(on_change)
    client.window.show()
    await closing.wait()
    return 0


def _run(settings: Settings) -> int:
    return app.run.run_client(settings, _stay)


if __name__ == "__main__":
    app.run.run = _run
    from app.cli import main

    sys.exit(main(["run", "--data-dir", sys.argv[1]]))
