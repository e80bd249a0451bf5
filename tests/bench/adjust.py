"""From a click on +1 to the change committed and the number repainted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter

from ditto import QueryResult
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.client import Client
from app.ui.shell.workplace import Workplace
from tests.bench.client import until, with_client
from tests.bench.eyes import Eyes
from tests.bench.report import Figure, pair
from tests.bench.stores import STORE

_TURNS = 8
_EACH = 8
"""Changes of one kind before the other has its turn, of which the first is not counted."""
_PAUSE = 0.06
_SETTLE = 0.2

_CODE = "HND-HAMMER-001"
_RAW = "SELECT * FROM inventory WHERE store_id = :store_id AND product_id != :product_id LIMIT 1"
_WATCH = "SELECT * FROM inventory WHERE _id = :id"
_UPDATE = "UPDATE inventory APPLY stock_delta INCREMENT BY 1 WHERE _id = :id"


def measure_adjust(data_dir: Path) -> list[Figure]:
    """Click in the real product card, and do the same to another item without the app."""

    async def work(client: Client, workplace: Workplace) -> list[Figure]:
        ours: list[float] = []
        raw: list[float] = []
        for _ in range(_TURNS):
            ours += (await _click(client, workplace))[1:]
            raw += (await _plain(client))[1:]
        return pair("click on +1 to committed and repainted", ours, raw, ratio_limit=2)

    return with_client(data_dir, work)


async def _click(client: Client, workplace: Workplace) -> list[float]:
    workplace.scan(_CODE)
    card = workplace.product
    await until(lambda: card.view_model.state.ledger is not None and card.stock.plus.isVisible())
    await asyncio.sleep(_SETTLE)
    number = next(
        one for one in card.stock.findChildren(QLabel) if one.property("look") == "number"
    )
    eyes = Eyes(client.window, number)
    actions = card.view_model.actions
    seconds: list[float] = []
    for _ in range(_EACH):
        committed: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        def on_changed(committed: asyncio.Future[float] = committed) -> None:
            if not actions.running:
                committed.set_result(perf_counter())

        before = number.text()
        actions.changed.connect(on_changed)
        painted = eyes.painted(lambda before=before: number.text() != before)  # type: ignore[misc]
        started = perf_counter()
        QTest.mouseClick(card.stock.plus, Qt.MouseButton.LeftButton)
        seconds.append(max(await committed, await painted) - started)
        actions.changed.disconnect(on_changed)
        await asyncio.sleep(_PAUSE)
    eyes.close()
    workplace.go("find")
    await asyncio.sleep(_SETTLE)
    return seconds


async def _plain(client: Client) -> list[float]:
    """The same change of another item by the SDK alone, observed by a query of one document."""
    peer = client.session.peer
    clicked = {"store_id": STORE, "product_id": client.repositories.catalogue.with_code(_CODE)}
    with await peer.store.execute(_RAW, clicked) as result:
        key = {"id": result.items[0].value["_id"]}
    seen: asyncio.Queue[float] = asyncio.Queue()

    def on_change(result: QueryResult) -> None:
        with result:
            assert result.items[0].value
        seen.put_nowait(perf_counter())

    observer = peer.store.register_observer(_WATCH, key, on_change)
    await seen.get()
    await asyncio.sleep(_SETTLE)
    seconds: list[float] = []
    for _ in range(_EACH):
        started = perf_counter()
        with await peer.store.execute(_UPDATE, key):
            pass
        seconds.append(await seen.get() - started)
        await asyncio.sleep(_PAUSE)
    observer.cancel()
    observer.close()
    await asyncio.sleep(_SETTLE)
    return seconds
