"""Counting a whole store by scanner: from a scan to the page being ready for the next."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow, QWidget

from app.client import Client
from app.data.stock.catalogue import Listing
from app.ui.core.widgets import Text, column
from app.ui.count.screen import CountScreen
from app.ui.shell.workplace import Workplace
from tests.bench.client import until, with_client
from tests.bench.eyes import Eyes
from tests.bench.report import Figure, pair
from tests.bench.stores import LARGE, fill_large

_SHELVES = 9
_OF_EACH = 16
_TURN = 10
"""Scans of one kind before the other has its turn."""
_WARM_UP = 10
_PAUSE = 0.06
"""Seconds between two scans; nobody is faster."""


def measure_large_counting(data_dir: Path) -> list[Figure]:
    """Count in a store of 50,000 products, which is made where it is not there yet."""
    if not data_dir.exists():
        asyncio.run(fill_large(data_dir))
    return measure_counting(data_dir, LARGE)


def measure_counting(data_dir: Path, items: int) -> list[Figure]:
    """Walk along some shelves of a store and scan, with that many items on the device."""

    async def work(client: Client, workplace: Workplace) -> list[Figure]:
        walk = _walk(client)
        screen = await _begin(workplace)
        ours = _Scanner(client.window, workplace, screen)
        raw = _Plain(client.window)
        for at in range(0, len(walk), _TURN):
            for one in walk[at : at + _TURN]:
                await ours.scan(one)
            for one in walk[at : at + _TURN]:
                await raw.show(one)
        await until(lambda: not screen._counting.working)
        ours.eyes.close()
        raw.close()
        name = f"stocktake: scan to painted, ready for the next, {items:,} items"
        return pair(name, ours.seconds[_WARM_UP:], raw.seconds[_WARM_UP:], limit_ms=16)

    return with_client(data_dir, work)


def _walk(client: Client) -> list[Listing]:
    """Products in walking order: some of each shelf, as many shelves as are needed."""
    ids = client.repositories.catalogue.search("", 2 * LARGE).product_ids
    listings = [
        listing
        for key in ids
        if (listing := client.repositories.catalogue.listing(key)) is not None
    ]
    shelves: dict[tuple[str, str], list[Listing]] = {}
    for listing in listings:
        if listing.place is not None and listing.place.aisle:
            shelves.setdefault((listing.place.aisle, listing.place.shelf), []).append(listing)
    for shelf in shelves.values():
        shelf.sort(key=_place)
    return [one for shelf in sorted(shelves)[:_SHELVES] for one in shelves[shelf][:_OF_EACH]]


def _place(one: Listing) -> tuple[object, ...]:
    assert one.place is not None
    return one.place.sort_key, one.product.product_id


async def _begin(workplace: Workplace) -> CountScreen:
    screen = workplace.go("count")
    assert isinstance(screen, CountScreen)
    screen._sessions.begin.execute("Bench", "", "", True)
    await until(lambda: screen.page is screen.counting and bool(screen._counting.state.rows))
    await until(lambda: not screen._counting.working)
    return screen


class _Scanner:
    """Scans in the real page."""

    def __init__(self, window: QMainWindow, workplace: Workplace, screen: CountScreen) -> None:
        self.seconds: list[float] = []
        self._workplace = workplace
        self._page = screen.counting
        self._state = screen._counting
        self.eyes = Eyes(window, self._page._name)

    async def scan(self, listing: Listing) -> None:
        def ready() -> bool:
            current = self._state.state.current
            product_id = listing.product.product_id
            return current is not None and current.item.product_id == product_id

        painted = self.eyes.painted(ready)
        started = perf_counter()
        self._workplace.scan(listing.product.sku)
        self.seconds.append(await painted - started)
        await asyncio.sleep(_PAUSE)


class _Plain:
    """The same two texts in a window with nothing else in it."""

    def __init__(self, beside: QMainWindow) -> None:
        self.seconds: list[float] = []
        self._name: QLabel = Text("", "tile", wrap=True)
        self._digits = QLineEdit()
        self._digits.setObjectName("digits")
        self._digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        centre = QWidget()
        centre.setLayout(column(self._name, self._digits, None))
        self._window = QMainWindow()
        self._window.setCentralWidget(centre)
        self._window.resize(beside.size())
        self._window.show()
        self._eyes = Eyes(self._window, self._name)

    async def show(self, one: Listing) -> None:
        painted = self._eyes.painted(lambda: True)
        started = perf_counter()
        self._name.setText(one.product.name)
        self._digits.setText("1")
        self._digits.selectAll()
        self.seconds.append(await painted - started)
        await asyncio.sleep(_PAUSE)

    def close(self) -> None:
        self._eyes.close()
        self._window.close()
