"""An action that runs in the background, once at a time, and never raises into Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.ui.core.tasks import begin
from connector_config.errors import UserError


class Command(QObject):
    """Wraps a coroutine function; `execute` while it runs is refused.

    Expected failures (UserError) come out of `failed`; anything else goes to the loop's
    exception handler, which shows the calm dialog. One that `writes` comes before an undo that is
    asked for later.
    """

    changed = Signal()
    finished = Signal(object)
    failed = Signal(object)

    def __init__(
        self, action: Callable[..., Awaitable[Any]], parent: QObject, writes: bool = False
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._writes = writes
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether the action is under way."""
        return self._task is not None

    def execute(self, *arguments: object) -> bool:
        """Start the action; False when it is running already."""
        if self._task is not None:
            return False
        self._task = begin(self._run(arguments), self._writes)
        self.changed.emit()
        return True

    def cancel(self) -> None:
        """Stop waiting for the action; what it had committed stays committed.

        It may be executed again at once.
        """
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self.changed.emit()

    async def _run(self, arguments: tuple[object, ...]) -> None:
        signal, outcome = None, None
        task = asyncio.current_task()
        try:
            outcome = await self._action(*arguments)
            signal = self.finished
        except UserError as error:
            outcome, signal = error, self.failed
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"{self._action} failed", "exception": error}
            )
        finally:
            is_current = self._task is task
            if is_current:
                self._task = None
                self.changed.emit()
        if is_current and signal is not None:
            signal.emit(outcome)
