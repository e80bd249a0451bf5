"""A queue of actions that all count, such as scans: in the order asked for, and none lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, Signal

from app.ui.core.tasks import begin
from connector_config.errors import UserError

Action = Callable[[], Awaitable[object]]


class Actions(QObject):
    """Runs actions one after the other; `failed` carries the UserError of one.

    A Command refuses an action while it runs, this class queues it. `changed` tells that work began
    or ended. Any other error goes to the loop's exception handler; actions after a failure are done
    all the same.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: list[Action] = []
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether something is under way or waits."""
        return self._task is not None

    def add(self, action: Action) -> None:
        """Do an action when all that were added before are done."""
        self._waiting.append(action)
        if self._task is None:
            self._task = begin(self._work(), writes=True)
            self.changed.emit()

    def submit(self, action: Action) -> None:
        """Do an action when all that were added before are done, if none of them failed."""
        before = self._failures

        async def work() -> None:
            if self._failures == before:
                await action()

        self.add(work)

    def drop_waiting(self) -> None:
        """Drop the actions that wait; the one under way is finished."""
        self._waiting.clear()

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._do(self._waiting.pop(0))
        finally:
            self._task = None
            self.changed.emit()

    async def _do(self, action: Action) -> None:
        try:
            await action()
        except UserError as error:
            self._failures += 1
            self.failed.emit(error)
        except Exception as error:
            self._failures += 1
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"{action} failed", "exception": error}
            )
