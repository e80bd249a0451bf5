"""Sees when a window has really painted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QMainWindow, QWidget

_PATIENCE = 30


class Eyes(QObject):
    """Watches the paint passes of a window, and one widget in it.

    A pass counts when it is over: everything is drawn and handed to the screen.
    """

    def __init__(self, window: QMainWindow, widget: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._widget = widget
        self._painted = False
        self._waiting: tuple[Callable[[], bool], asyncio.Future[float]] | None = None
        window.installEventFilter(self)
        widget.installEventFilter(self)

    def painted(self, ready: Callable[[], bool]) -> asyncio.Future[float]:
        """When the first pass ends that draws the widget while `ready` holds, by perf_counter."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[float] = loop.create_future()
        self._waiting = (ready, future)
        loop.call_later(_PATIENCE, _give_up, future)
        return future

    def close(self) -> None:
        """Stop watching."""
        self._window.removeEventFilter(self)
        self._widget.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Paint and watched is self._widget:
            self._painted = True
        elif kind == QEvent.Type.UpdateRequest and watched is self._window:
            self._painted = False
            self._window.event(event)
            self._look()
            return True
        return False

    def _look(self) -> None:
        if not self._painted or self._waiting is None:
            return
        ready, future = self._waiting
        if not future.done() and ready():
            future.set_result(perf_counter())


def _give_up(future: asyncio.Future[float]) -> None:
    if not future.done():
        future.set_exception(TimeoutError(f"nothing was painted within {_PATIENCE} s"))
