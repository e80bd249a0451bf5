"""One day of the store: what it comes to, its closing, and what came since."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.data.selling.closings import DayBook, DayClosingRepository
from app.domain.closings import Closing
from app.domain.entities import Actor
from app.domain.errors import InvalidInputError
from app.ui.closing.document import CSV_HEADER, csv_rows, day_report
from app.ui.closing.lines import Compared, compared
from app.ui.core.command import Command
from app.ui.core.csv_file import write_csv
from app.ui.core.filters import Days
from app.ui.core.formats import counted, shown_day
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.report import Report

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClosingState:
    """The day that is shown; `book` is None until it is known what it comes to.

    `unclosed` are earlier days that nobody closed, the oldest first; `field_problem` is about the
    day that is typed.
    """

    day: date
    book: DayBook | None = None
    lines: tuple[Compared, ...] = ()
    unclosed: tuple[date, ...] = ()
    field_problem: str = ""
    message: Message = NO_MESSAGE

    @property
    def standing(self) -> Closing | None:
        """The closing of the day that stands."""
        return self.book.standing if self.book is not None else None

    @property
    def others(self) -> tuple[date, ...]:
        """Earlier days that nobody closed, apart from the one that is shown."""
        return tuple(day for day in self.unclosed if day != self.day)


class ClosingViewModel(QObject):
    """Follows one day of the store while it is shown; `printed` carries a Report to print."""

    state_changed = Signal(object)
    printed = Signal(object)

    def __init__(
        self,
        closings: DayClosingRepository,
        actor: Actor,
        days: Days,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._closings = closings
        self._actor = actor
        self.days = days
        self._following = ExitStack()
        self._active = self._again = self._chosen = False
        self.state = ClosingState(days.today())
        self.look = Command(self._look, self)
        self.look.changed.connect(self._look_again)
        self.close_day = Command(self._close, self, writes=True)
        self.export = Command(self._export, self)
        self.print = Command(self._print, self)
        for command in (self.close_day, self.export, self.print):
            command.finished.connect(self.say)
            command.failed.connect(self._on_failed)

    @property
    def today(self) -> date:
        """The day that it is in the store."""
        return self.days.today()

    def activate(self) -> None:
        """Show the oldest day that nobody closed, or today, and follow it."""
        self._active, self._chosen = True, False
        self._show(self.days.today())

    def deactivate(self) -> None:
        """Stop following the day."""
        self._active = self._again = False
        self._following.close()
        self.look.cancel()

    def show(self, day: date) -> None:
        """Show a day that a person chose."""
        self._chosen = True
        if day > self.days.today():
            self._set(field_problem="This day has not begun: choose one up to today.")
        elif day != self.state.day or self.state.field_problem:
            self._show(day)

    def show_typed(self, text: str) -> bool:
        """Show a typed day; False where it is none, which is said then."""
        try:
            day = self.days.read("day", text)
        except InvalidInputError as error:
            self._set(field_problem=str(error))
            return False
        self.show(day or self.state.day)
        return not self.state.field_problem

    def step(self, by: int) -> None:
        """Show a day so many days later; the last one is today."""
        self.show(min(self.state.day + by * _DAY, self.days.today()))

    def show_today(self) -> None:
        """Show the day that it is."""
        self.show(self.days.today())

    def show_unclosed(self) -> None:
        """Show the oldest day that nobody closed, if there is one."""
        if others := self.state.others:
            self.show(others[0])

    def _show(self, day: date) -> None:
        self._following.close()
        self._set(day=day, book=None, lines=(), field_problem="", message=NO_MESSAGE)
        if self._active:
            self.look.cancel()
            self._on_change()

    def _on_change(self) -> None:
        self._again = not self.look.execute()

    def _look_again(self) -> None:
        if self._again and not self.look.running and self._active:
            self._on_change()

    async def _look(self) -> None:
        unclosed = tuple(await self._closings.unclosed(self.days.today()))
        self._set(unclosed=unclosed)
        if unclosed and not self._chosen:
            self._set(day=unclosed[0])
        self._chosen = True
        day = self.state.day
        book = await self._closings.look(day)
        is_first = self.state.book is None
        self._set_book(book)
        if is_first:
            self._following.close()
            self._following.callback(self._closings.watch(day, book.store, self._on_change))

    async def _close(self) -> Message:
        day = self.state.day
        await self._closings.close(day, self._actor)
        return Message(f"{shown_day(day)} is closed. Print it with Ctrl+P.")

    async def _print(self) -> Message:
        book = await self._closings.look(self.state.day)
        self.printed.emit(self._report(book))
        return NO_MESSAGE

    async def _export(self, path: str) -> Message:
        rows = csv_rows(await self._closings.look(self.state.day))
        await write_csv(Path(path), CSV_HEADER, rows)
        return Message(f"{counted(len(rows), 'figure')} written to {path}")

    def _report(self, book: DayBook) -> Report:
        return day_report(book, is_over=book.day < self.days.today())

    def _on_failed(self, error: object) -> None:
        self.say(problem(error))

    def say(self, message: Message) -> None:
        """Show a message until another day is shown."""
        self._set(message=message)

    def _set_book(self, book: DayBook) -> None:
        self._set(book=book, lines=compared(book))

    def _set(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.state_changed.emit(self.state)
