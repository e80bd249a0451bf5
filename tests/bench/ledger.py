"""The ledger of a store that works with it: posting a stocktake, and pages of a long history."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from app.data.papers.stocktakes import StocktakeRepository
from app.data.stock.history import HistoryColumn, HistoryFilter, HistoryRepository, _statement
from app.data.stock.movements import new_document
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.stock import to_item
from app.domain.entities import Actor, Device, Movement, Profile, Reason, Role, StockItem
from app.run import utc_now
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.schema.instants import to_iso
from connector_config.schema.stock_documents import StockMovement
from connector_config.store.local_indexes import ensure_indexes
from seed.targets.ditto import batches
from tests.bench.report import Figure, pair
from tests.bench.stores import STORE, fill_large

_LINES = 400
_PAIRS = 4
_ITEMS = 2 * _LINES * (_PAIRS + 1)
_MOVEMENTS = 100_000
_DAYS = 300
_PAGES = 15
_PEOPLE = ("Ann", "Ben", "Cleo", "Dev")
_ACTOR = Actor(Profile(STORE, Role.MANAGER, "Ann"), Device("device-0", "office"))

_COUNTED = (
    "UPDATE inventory USE IDS LIST :ids "
    "APPLY stock_delta INCREMENT BY :quantity SET last_updated = :at, last_counted = :at"
)
_INSERT = "INSERT INTO stock_movements DOCUMENTS (:documents)"
_CLOSE = "UPDATE stocktakes SET posted_by = :posted_by, updated_at = :at WHERE _id = :id"


def measure_ledger(data_dir: Path) -> list[Figure]:
    """Post counts and read the history of a store with 100,000 movements."""
    return asyncio.run(_measure(data_dir))


async def _measure(data_dir: Path) -> list[Figure]:
    await fill_large(data_dir, _ITEMS)
    session = await Session.open(data_dir)
    try:
        rows = await session.query("SELECT * FROM inventory ORDER BY inventory_id LIMIT 100000")
        items = [to_item(row) for row in rows]
        for batch in batches(STOCK_MOVEMENTS, _movements(items)):
            await session.query(_INSERT, {"documents": batch.documents})
        await ensure_indexes(session.query)
        return [
            *await _history(session, items[0]),
            *await _sorted(session),
            *await _posting(session, items),
        ]
    finally:
        await session.close()


def _movements(items: list[StockItem]) -> Iterator[StockMovement]:
    chance = random.Random(5)
    begin = utc_now() - timedelta(days=_DAYS)
    for number in range(_MOVEMENTS):
        # A few products sell all the time, most seldom.
        item = items[min(int(chance.expovariate(1 / 150)), len(items) - 1)]
        actor = Actor(
            replace(_ACTOR.profile, name=chance.choice(_PEOPLE)),
            Device(f"device-{chance.randrange(5)}", "register"),
        )
        at = to_iso(begin + timedelta(days=_DAYS) * number / _MOVEMENTS)
        reason = chance.choice(list(Reason))
        yield new_document(item, reason, actor, at, chance.randrange(-5, 6))


async def _history(session: Session, item: StockItem) -> list[Figure]:
    """Pages as the screen asks for them, and the same statements without the app."""
    every = HistoryFilter(STORE)
    wanted = {
        "all": every,
        "of a person": replace(every, who="Ben"),
        "of a product": replace(every, inventory_id=item.inventory_id),
    }
    # One each, because a person goes through one list at a time.
    histories = {name: HistoryRepository(session, utc_now) for name in wanted}
    ours: dict[str, list[float]] = {name: [] for name in wanted}
    raw: dict[str, list[float]] = {name: [] for name in wanted}
    pages = {name: await histories[name].page(one) for name, one in wanted.items()}  # warms up
    for _ in range(_PAGES):
        for name, filter_ in wanted.items():
            after = pages[name].next
            started = perf_counter()
            pages[name] = page = await histories[name].page(filter_, after)
            ours[name].append(perf_counter() - started)
            # As if one knew where the page ends.
            low = to_iso(page.movements[-1].at)
            statement, parameters = _statement(filter_, after, low, 100)
            started = perf_counter()
            with await session.peer.store.execute(statement, parameters) as result:
                assert len([row.value for row in result.items]) == len(page.movements)
            raw[name].append(perf_counter() - started)
    return [
        figure
        for name in wanted
        for figure in pair(
            f"history: a page {name}, {_MOVEMENTS:,} movements", ours[name], raw[name], limit_ms=50
        )
    ]


async def _sorted(session: Session) -> list[Figure]:
    """The first page by each column and in each direction, beside the newest one."""
    history, every = HistoryRepository(session, utc_now), HistoryFilter(STORE)
    ours: list[float] = []
    newest: list[float] = []
    columns = [
        (HistoryColumn.TIME, False),
        *((HistoryColumn.QUANTITY, way) for way in (False, True)),
    ]
    heard: asyncio.Queue[list[Movement]] = asyncio.Queue()
    for column, descending in columns * 10:
        started = perf_counter()
        cancel = history.watch_sorted(
            every, column, descending, lambda found, _: heard.put_nowait(found)
        )
        assert len(await heard.get()) == 100
        ours.append(perf_counter() - started)
        cancel()
        started = perf_counter()
        await history.page(every)
        newest.append(perf_counter() - started)
    name = f"history: the first page by a column, {_MOVEMENTS:,} movements; raw: the newest page"
    return pair(name, ours, newest, limit_ms=100)


async def _posting(session: Session, items: list[StockItem]) -> list[Figure]:
    stocktakes = StocktakeRepository(session, utc_now)
    ours: list[float] = []
    batched: list[float] = []
    for number in range(_PAIRS + 1):
        here = items[2 * number * _LINES :]
        stocktake = await stocktakes.open(_ACTOR, f"Bench {number}")
        for at, item in enumerate(here[:_LINES]):
            await stocktakes.count(stocktake, item, item.on_hand + at % 9, _ACTOR)
        started = perf_counter()
        await stocktakes.post(stocktake, _ACTOR)
        ours.append(perf_counter() - started)
        other = await stocktakes.open(_ACTOR, f"Raw {number}")
        ready = _ready(here[_LINES : 2 * _LINES])
        started = perf_counter()
        await _write(session, ready, ditto_id("stocktakes", other.key))
        batched.append(perf_counter() - started)
    name = f"stocktake: post {_LINES} lines; raw: one transaction that writes the same"
    return pair(name, ours[1:], batched[1:], ratio_limit=1.5)


def _ready(items: list[StockItem]) -> list[dict[str, Any]]:
    at = to_iso(utc_now())
    documents = []
    for number, item in enumerate(items):
        movement = new_document(item, Reason.COUNTED, _ACTOR, at, number % 9) | {
            "reference": {"count": str(uuid.uuid4()), "stocktake": str(uuid.uuid4())},
            "effective_at": at,
        }
        documents.append({"_id": ditto_id(STOCK_MOVEMENTS, movement), **movement})
    return documents


async def _write(session: Session, documents: list[dict[str, Any]], stocktake: object) -> None:
    """Everything known already: nothing to read, nothing to compare."""
    at = documents[0]["at"]

    async def work(unit: UnitOfWork) -> None:
        for quantity in sorted({one["quantity"] for one in documents}):
            ids = [ditto_id(INVENTORY, one) for one in documents if one["quantity"] == quantity]
            parameters = {"ids": ids, "quantity": quantity, "at": at}
            await unit.update(INVENTORY, _COUNTED, parameters)
        await unit.update(STOCK_MOVEMENTS, _INSERT, {"documents": documents})
        closed = {"posted_by": {"device-0": at}, "at": at, "id": stocktake}
        await unit.update("stocktakes", _CLOSE, closed)

    await session.write(work)
