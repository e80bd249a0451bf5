"""From a key press to the painted results, and the index lookup alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, cast

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QWidget

from app.client import Client
from app.data.stock.catalogue import Listing
from app.ui.core.widgets import column
from app.ui.find.screen import FindScreen
from app.ui.find.view_model import PAGE, FindState, FindViewModel
from app.ui.product.chosen import ProductWays
from app.ui.shell.command_bar import CommandLine
from app.ui.shell.workplace import FIND, Workplace
from connector_config.search.words import SearchEntry, SearchIndex
from tests.bench.client import until, with_client
from tests.bench.eyes import Eyes
from tests.bench.fts import FtsSource, FtsTable
from tests.bench.report import Figure, pair
from tests.bench.stores import LARGE, fill_large

_WARM_UP = ("screw 3", "lamp", "2A")
_QUERIES = (
    *("hammer", "hamer 16", "16 oz claw hammer", "cordless drill", "dril bit", "scredriver set"),
    *("interior paint", "exteriro stain", "HND-HAMMER-001", "pwr saw", "3B-12", "aisle 3b"),
    *("shelf c", "led bulb 60 w", "coper pipe", "garden hose 50", "deck screws 3 in"),
    *("tape mesure", "saftey glasses", "20v", "1/2 in. coupling", "plywood 4 x 8", "zzzyx"),
)
_PAUSE = 0.012
"""Seconds between keys, so that one key's aftermath is not counted to the next."""


def measure_search(data_dir: Path, products: int) -> list[Figure]:
    """Search a store of that many products."""

    async def work(client: Client, workplace: Workplace) -> list[Figure]:
        ids = client.repositories.catalogue.search("", products + 1).product_ids
        listings = [
            one for key in ids if (one := client.repositories.catalogue.listing(key)) is not None
        ]
        assert len(listings) == products, f"{len(listings)} products instead of {products}"
        # As it is for most of a day: what the products mean is known.
        client.repositories.catalogue.understand(0)
        await asyncio.sleep(0.1)
        await client.repositories.catalogue.like("light for the garage", 1)
        table = FtsTable(listings)
        return [
            *_engine(listings, table),
            *await _painted(client, workplace, FtsSource(table, listings), listings),
        ]

    return with_client(data_dir, work)


def measure_large(data_dir: Path) -> list[Figure]:
    """Fill a store with 50,000 products and search it."""
    asyncio.run(fill_large(data_dir))
    return measure_search(data_dir, LARGE)


def _engine(listings: list[Listing], table: FtsTable) -> list[Figure]:
    entries = [
        SearchEntry(
            listing.product.product_id,
            listing.product.name,
            listing.product.sku,
            listing.product.type,
            listing.product.category,
            listing.place,
        )
        for listing in listings
    ]
    builds, fts_builds = [], []
    for _ in range(2):
        started = perf_counter()
        index = SearchIndex(entries)
        builds.append(perf_counter() - started)
        started = perf_counter()
        FtsTable(listings)
        fts_builds.append(perf_counter() - started)
    for query in _WARM_UP:
        index.search(query, PAGE)
        table.search(query)
    ours, raw = [], []
    for query in _prefixes():
        started = perf_counter()
        index.search(query, PAGE)
        ours.append(perf_counter() - started)
        started = perf_counter()
        table.search(query)
        raw.append(perf_counter() - started)
    size = f"{len(listings):,} products"
    return [
        Figure(f"build the index, {size}", "ms", median(builds) * 1000, median(fts_builds) * 1000),
        *pair(f"search the index, {size}", ours, raw, ratio_limit=2),
    ]


async def _painted(
    client: Client, workplace: Workplace, source: FtsSource, listings: list[Listing]
) -> list[Figure]:
    screen = workplace.go(FIND)
    assert isinstance(screen, FindScreen)
    ours = _Typist(client.window, workplace.bar.line, screen, screen._view_model)

    plain = QMainWindow()
    line = CommandLine()
    plain_screen = FindScreen(
        cast(FindViewModel, source),
        client.appearance,
        ProductWays(client.repositories.catalogue, False, None, None),
    )
    centre = QWidget()
    centre.setLayout(column(line, plain_screen))
    plain.setCentralWidget(centre)
    plain.resize(client.window.size())
    plain.show()
    line.textChanged.connect(source.set_query)
    raw = _Typist(plain, line, plain_screen, source)

    for query in _WARM_UP:
        await ours.type(query)
        await raw.type(query)
    ours.seconds.clear()
    raw.seconds.clear()
    for query in _QUERIES:
        await ours.type(query)
        await raw.type(query)
    ours.close()
    raw.close()
    plain.close()
    name = f"key press to painted results, {len(listings):,} products"
    return pair(name, ours.seconds, raw.seconds, limit_ms=16, ratio_limit=2)


class _Typist:
    """Types into a command line and measures each key until its results are painted."""

    def __init__(
        self,
        window: QMainWindow,
        line: CommandLine,
        screen: FindScreen,
        source: FindViewModel | FtsSource,
    ) -> None:
        self.seconds: list[float] = []
        self._window = window
        self._line = line
        self._source = source
        self._eyes = Eyes(window, screen.table.viewport())
        # Connected after the screen, so that it has taken the state over when we hear of it.
        source.state_changed.connect(self._on_state)
        self._waiting: asyncio.Future[float] | None = None
        self._before: tuple[Any, ...] = ()
        self._arrived = False

    async def type(self, query: str) -> None:
        """One query, letter by letter, from an empty line."""
        self._window.activateWindow()
        await until(self._window.isActiveWindow)
        self._line.setFocus()
        self._line.clear()
        await asyncio.sleep(0.02)
        for char in query:
            self._before = self._source.state.rows
            self._arrived = False
            self._waiting = self._eyes.painted(lambda: self._arrived)
            started = perf_counter()
            QTest.keyClicks(self._line, char)
            self.seconds.append(await self._waiting - started)
            await asyncio.sleep(_PAUSE)

    def close(self) -> None:
        """Stop watching."""
        self._eyes.close()
        self._source.state_changed.disconnect(self._on_state)

    def _on_state(self, state: FindState) -> None:
        waiting = self._waiting
        if waiting is None or waiting.done() or state.query != self._line.text():
            return
        self._arrived = True
        if state.rows == self._before:
            # Nothing to paint: the screen shows these rows already.
            waiting.set_result(perf_counter())


def _prefixes() -> list[str]:
    return [query[:end] for query in _QUERIES for end in range(1, len(query) + 1)]
