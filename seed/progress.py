"""Shows how far a fill is, to a person in front of a terminal and in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

# Called with a collection, how many of its documents are done, and how many there will be.
OnProgress = Callable[[str, int, int], None]

# Of so few documents, the time says nothing about a rate.
_FEW: Final = 1_000


class _Rate(ProgressColumn):
    """Documents a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:>9,.0f}/s" if speed else "", style="progress.data.speed")


@contextmanager
def progress(console: Console, *, rates: bool = False) -> Iterator[OnProgress]:
    """Show a bar for each collection; outside of a terminal a line for each, when it is done.

    With `rates`, also documents a second, and in a bar the time that is left.
    """
    if not console.is_terminal:
        yield _lines(console, rates)
        return
    columns: list[ProgressColumn] = [
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
    ]
    if rates:
        columns += [_Rate(), TimeRemainingColumn(compact=True)]
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def on_progress(collection: str, done: int, total: int) -> None:
            if collection not in tasks:
                tasks[collection] = bars.add_task(title(collection), total=total)
            bars.update(tasks[collection], completed=done, total=total)

        yield on_progress


def title(collection: str) -> str:
    """The name of a collection for people, such as `product types`."""
    return collection.replace("_", " ")


def _lines(console: Console, rates: bool) -> OnProgress:
    started: dict[str, float] = {}

    def on_progress(collection: str, done: int, total: int) -> None:
        begun = started.setdefault(collection, time.perf_counter())
        if done >= total:
            seconds = time.perf_counter() - begun
            rate = f" ({done / seconds:,.0f}/s)" if rates and done > _FEW and seconds else ""
            console.print(f"{title(collection)}: {done:,}{rate}", highlight=False)

    return on_progress
