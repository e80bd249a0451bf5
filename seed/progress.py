"""How far a fill is, for a person in front of a terminal and for a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from seed.demo import OnProgress


@contextmanager
def progress(console: Console) -> Iterator[OnProgress]:
    """A bar for each collection; outside of a terminal a line for each, when it is done."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def on_progress(collection: str, done: int, total: int) -> None:
            if collection not in tasks:
                tasks[collection] = bars.add_task(title(collection), total=total)
            bars.update(tasks[collection], completed=done, total=total)

        yield on_progress


def title(collection: str) -> str:
    """The name of a collection as a person says it, such as `product types`."""
    return collection.replace("_", " ")


def _lines(console: Console) -> OnProgress:
    def on_progress(collection: str, done: int, total: int) -> None:
        if done >= total:
            console.print(f"{title(collection)}: {done:,}", highlight=False)

    return on_progress
