"""The pages of the orders screen at 5,000, 100,000 and 1,000,000 orders, and the memory they take.

The orders are those of the demo, only more of them; their lines are left out, because no page shows
any. Every figure is against the smallest store, and every size has processes of its own.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.console import Console

from app.client import Client
from app.domain.entities import Profile, Role
from app.ui.orders.screen import OrdersScreen
from app.ui.orders.view_model import PAGE
from app.ui.shell.workplace import FIND, Workplace
from connector_config.schema.collections import ORDER_ITEMS, ORDERS
from seed.data_set import data_set
from seed.options import Options
from seed.progress import progress
from seed.targets.ditto import Batch, batches, index, open_store, write
from tests.bench.client import until, with_client
from tests.bench.eyes import Eyes
from tests.bench.memory import peak
from tests.bench.report import Figure
from tests.bench.stores import DAY, STORE

SIZES = (5_000, 100_000, 1_000_000)
_ROUNDS = 3
_TURNS = 8
_REST = 0.3
"""Seconds between two pages: a person is slower, and what one page left to do is no other's."""

Apart = Callable[[Callable[[], "Pages"]], "Pages"]


@dataclass(frozen=True, slots=True)
class Pages:
    """What one process measured: seconds to each page, and bytes of memory at most."""

    first: list[float]
    following: list[float]
    memory: int


def fill_orders(data_dir: Path, orders: int) -> None:
    """A store with so many orders, as realistic as the demo's; a million take minutes."""
    asyncio.run(_fill(data_dir, orders))


async def _fill(data_dir: Path, orders: int) -> None:
    done = 0

    def content() -> Iterator[Batch]:
        for part in data_set(Options(end=DAY, orders=orders)):
            if part.collection != ORDER_ITEMS:
                yield from batches(part.collection, part.documents)

    with progress(Console(), rates=True) as on_progress:

        def on_written(collection: str, documents: int) -> None:
            nonlocal done
            if collection == ORDERS:
                done += documents
                on_progress(ORDERS, done, orders)

        async with open_store(data_dir) as peer:
            await write(peer, content(), on_written)
            await index(peer)


def measure_pages(data_dir: Path) -> Pages:
    """Open the orders again and again, and page down once each time."""
    first: list[float] = []
    following: list[float] = []

    async def work(client: Client, _: Workplace) -> list[Figure]:
        await client.sign_in(Profile(STORE, Role.REP, "Bench"))
        workplace = client.workplace
        assert workplace is not None
        screen = workplace.make("orders")
        assert isinstance(screen, OrdersScreen)
        view_model = screen.view_model
        eyes = Eyes(client.window, screen.orders.table.viewport())
        for turn in range(_TURNS + 1):
            workplace.go(FIND)
            await asyncio.sleep(_REST)
            started = perf_counter()
            workplace.go("orders")
            shown = await eyes.painted(lambda: len(view_model.state.orders or ()) == PAGE)
            await asyncio.sleep(_REST)
            asked = perf_counter()
            seeing = eyes.painted(lambda: len(view_model.state.orders or ()) == 2 * PAGE)
            view_model.load_more()
            await until(lambda: len(view_model.state.orders or ()) == 2 * PAGE)
            # Rows below those that are shown leave the picture as it is.
            screen.orders.table.viewport().update()
            seen = await seeing
            if turn:  # the first one makes the widgets
                first.append(shown - started)
                following.append(seen - asked)
        eyes.close()
        return []

    with_client(data_dir, work)
    return Pages(first, following, peak())


def order_figures(folder: Path, apart: Apart, fill: Callable[[Path, int], None]) -> list[Figure]:
    """Fill a store of each size and measure them in turn; `apart` and `fill` take a new process."""
    stores = {size: folder / f"orders-{size}" for size in SIZES}
    for size, data_dir in stores.items():
        fill(data_dir, size)
    rounds: dict[int, list[Pages]] = {size: [] for size in SIZES}
    for _ in range(_ROUNDS):
        for size, data_dir in stores.items():
            rounds[size].append(apart(_Measure(data_dir)))
    smallest = rounds[SIZES[0]]
    figures: list[Figure] = []
    for size in SIZES[1:]:
        for name, seconds in (("first", _first), ("next", _following)):
            figures.append(
                Figure(
                    f"orders screen: {name} page of {size:,} orders, beside {SIZES[0]:,}",
                    "ms",
                    statistics.median(seconds(rounds[size])) * 1000,
                    statistics.median(seconds(smallest)) * 1000,
                    ratio_limit=1.3,
                    samples=_ROUNDS * _TURNS,
                )
            )
        figures.append(
            Figure(
                f"orders screen: memory with {size:,} orders, beside {SIZES[0]:,}",
                "MB",
                statistics.median(one.memory for one in rounds[size]) / 1e6,
                statistics.median(one.memory for one in smallest) / 1e6,
                ratio_limit=1.2,
                samples=_ROUNDS,
            )
        )
    return figures


@dataclass(frozen=True, slots=True)
class _Measure:
    """Goes to another process, where a function within a function cannot."""

    data_dir: Path

    def __call__(self) -> Pages:
        return measure_pages(self.data_dir)


def _first(rounds: list[Pages]) -> list[float]:
    return [one for its in rounds for one in its.first]


def _following(rounds: list[Pages]) -> list[float]:
    return [one for its in rounds for one in its.following]
