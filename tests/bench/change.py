"""What a change of the stock costs while somebody is signed in, however large the store is."""

from __future__ import annotations

import asyncio
import shutil
import statistics
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import process_time
from uuid import uuid4

from ditto import Ditto, Transaction

from app.client import Client
from app.domain.entities import Actor, Device, Profile, Reason, Role
from app.run import utc_now
from app.ui.shell.workplace import Workplace
from connector_config.schema.collections import INVENTORY, ditto_id
from connector_config.schema.instants import to_iso
from seed.targets.ditto import open_store
from tests.bench.client import until, with_client
from tests.bench.report import Figure
from tests.bench.stores import STORE, fill_large

_ITEMS = (400, 3_168, 30_000)
_TURNS = 5
_EACH = 8
_PAUSE = 0.25
"""Seconds between two changes, so that each runs everything that stands by itself."""
_LIMIT = 20.0

_CODE = "HND-HAMMER-001"
_ACTOR = Actor(Profile(STORE, Role.WORKER, "Bench"), Device("device-bench", "bench"))
_COUNT = (
    "UPDATE inventory APPLY stock_delta INCREMENT BY 1 SET last_updated = :at "
    "WHERE _id = :id AND stock_level + coalesce(stock_delta, 0) >= -1"
)
_MOVED = "INSERT INTO stock_movements DOCUMENTS (:document)"


def fill_changes(folder: Path, items: int) -> None:
    """A store with so many items, and another one of the same."""
    asyncio.run(fill_large(folder / "ours", items))
    shutil.copytree(folder / "ours", folder / "raw")


def measure_changes(folder: Path, items: int) -> list[Figure]:
    """The time of the processor for a change beside an open product card, and without the app."""

    async def work(client: Client, workplace: Workplace) -> list[Figure]:
        workplace.scan(_CODE)
        card = workplace.product
        await until(lambda: card.view_model.state.ledger is not None)
        async with open_store(folder / "raw") as raw:
            turns = [
                (await _spent(_ours(client)), await _spent(_raw(raw))) for _ in range(_TURNS + 1)
            ]
        ours, bare = (statistics.median(turn[side] for turn in turns[1:]) for side in (0, 1))
        name = f"CPU of a change, product card open, {items:,} items in the store"
        return [Figure(name, "ms", ours, bare, limit=_LIMIT, samples=_TURNS * _EACH)]

    return with_client(folder / "ours", work)


def change_figures(
    folder: Path,
    fill: Callable[[Path, int], None],
    measure: Callable[[Path, int], list[Figure]],
) -> list[Figure]:
    """The figures for stores of all sizes, each of which is filled, measured and deleted."""
    figures = []
    for items in _ITEMS:
        store = folder / f"changes-{items}"
        fill(store, items)
        figures += measure(store, items)
        shutil.rmtree(store)
    return figures


async def _spent(change: Callable[[], Awaitable[object]]) -> float:
    """The milliseconds of the processor that a change takes, with all that follows."""
    await asyncio.sleep(2 * _PAUSE)
    began = process_time()
    for _ in range(_EACH):
        await change()
        await asyncio.sleep(_PAUSE)
    return (process_time() - began) / _EACH * 1000


def _ours(client: Client) -> Callable[[], Awaitable[object]]:
    stock, catalogue = client.repositories.stock, client.repositories.catalogue

    async def change() -> None:
        listing = catalogue.listing(catalogue.read(_CODE).product_id or "")
        assert listing is not None
        (item,) = await stock.items([listing.key])
        await stock.adjust(item, 1, Reason.FOUND, _ACTOR)

    return change


def _raw(peer: Ditto) -> Callable[[], Awaitable[object]]:
    key = ditto_id(INVENTORY, {"store_id": STORE, "inventory_id": "bench-00000"})

    async def change() -> None:
        at = to_iso(utc_now())
        movement = {"_id": str(uuid4()), "inventory_id": "bench-00000", "quantity": 1, "at": at}

        async def work(transaction: Transaction) -> None:
            with await transaction.execute(_COUNT, {"id": key, "at": at}) as result:
                assert len(result.mutated_document_ids()) == 1
            with await transaction.execute(_MOVED, {"document": movement}):
                pass

        await peer.store.transaction(work)

    return change
