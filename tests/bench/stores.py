"""The stores that are measured: the demo, and one with 50,000 products made from its catalogue."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from time import perf_counter

from connector_config.paths import store_directory
from connector_config.schema.collections import (
    CATEGORIES,
    COLLECTIONS,
    INVENTORY,
    PRODUCT_TYPES,
    PRODUCTS,
    STORES,
)
from seed.data_set import data_set
from seed.demo import fill_demo
from seed.options import DEFAULT_SEED, Options
from seed.targets.ditto import Batch, batches, index, open_store, write
from tests.bench.report import Figure

DAY = date(2026, 11, 20)
STORE = "store_seattle"
LARGE = 50_000

_PAIRS = 3
_MAKERS = (
    *("Alder", "Borden", "Cascade", "Dunmore", "Elkhorn", "Fairbank", "Granby", "Hollis"),
    *("Ironwood", "Juniper", "Kestrel", "Larkin", "Mercer", "Norwood", "Orchard", "Pilchuck"),
    *("Quarry", "Rainier", "Skagit", "Tamarack", "Union", "Vashon", "Whidbey", "Yarrow"),
)
_LINES = ("Basic", "Pro", "Contractor", "Heritage", "Compact", "Max", "Eco")


def measure_fill(folder: Path) -> list[Figure]:
    """Fill the demo store, and write the same documents as they are; leaves `folder/demo`."""
    options = Options(end=DAY)
    ready = [
        batch for part in data_set(options) for batch in batches(part.collection, part.documents)
    ]
    # What only waits here must not be walked by the collector while we are being timed.
    gc.freeze()
    ours, raw = [], []
    for number in range(-1, _PAIRS):
        target, plain = folder / f"ours{number}", folder / f"raw{number}"
        spent = asyncio.run(_fill(target)), asyncio.run(_insert(plain, ready))
        if number >= 0:  # the first pair warms up
            ours.append(spent[0])
            raw.append(spent[1])
            shutil.rmtree(target)
        else:
            target.rename(folder / "demo")
        shutil.rmtree(plain)
    documents = sum(len(batch.documents) for batch in ready)
    files = [path for path in store_directory(folder / "demo").rglob("*") if path.is_file()]
    ratios = sorted(one / other for one, other in zip(ours, raw, strict=True))
    return [
        Figure(
            f"fill the demo store, {documents:,} documents, open to closed",
            "s",
            sorted(ours)[_PAIRS // 2],
            sorted(raw)[_PAIRS // 2],
            ratio=(ratios[(_PAIRS - 1) // 2] + ratios[_PAIRS // 2]) / 2,
            ratio_limit=1.2,
            samples=_PAIRS,
        ),
        Figure("size of the demo store", "MB", sum(path.stat().st_size for path in files) / 1e6),
    ]


async def fill_large(data_dir: Path, count: int = LARGE) -> None:
    """A store with 50,000 products, or so many, all of them stocked in Seattle."""
    catalogue = {part.collection: part.documents for part in data_set(Options(end=DAY))}
    shared = {name: list(catalogue[name]) for name in (STORES, CATEGORIES, PRODUCT_TYPES)}
    products = list(_variants(list(catalogue[PRODUCTS]), count))
    content = [*shared.items(), (PRODUCTS, products), (INVENTORY, _stock(products))]

    def all_batches() -> Iterator[Batch]:
        for name, documents in content:
            yield from batches(name, documents)

    async with open_store(data_dir) as peer:
        await write(peer, all_batches(), lambda *_: None)


def _variants(products: list[Mapping[str, object]], count: int) -> Iterator[Mapping[str, object]]:
    """The catalogue over and over, each round by other makers and in another line."""
    for number in range(count):
        turn, position = divmod(number, len(products))
        product = products[position]
        if turn == 0:
            yield product
            continue
        maker = _MAKERS[(turn * 5 + position) % len(_MAKERS)]
        line = _LINES[(turn + position * 3) % len(_LINES)]
        size = turn * 10 + position % 10
        yield {
            **product,
            "product_id": f"{product['product_id']}-{turn:03d}",
            "sku": f"{product['sku']}-{turn:03d}",
            "product_name": f"{maker} {product['product_name']}, {line} {size}",
        }


def _stock(products: list[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    for number, product in enumerate(products):
        place = {
            "aisle": str(1 + number // 1500),
            "shelf": "ABCDEFGH"[number // 190 % 8],
            "bin": str(1 + number % 40),
        }
        yield {
            "store_id": STORE,
            "inventory_id": f"bench-{number:05d}",
            "product_id": product["product_id"],
            "location": place,
            "stock_level": number * 7919 % 97,
            "reorder_threshold": 5 + number % 11,
            "last_updated": product["updated_at"],
            "last_counted": product["updated_at"],
            "notes": "",
            "created_at": product["created_at"],
            "updated_at": product["updated_at"],
            "deleted": False,
        }


async def _fill(data_dir: Path) -> float:
    started = perf_counter()
    await fill_demo(data_dir, DEFAULT_SEED, DAY, lambda *_: None)
    return perf_counter() - started


async def _insert(data_dir: Path, ready: list[Batch]) -> float:
    started = perf_counter()
    async with open_store(data_dir) as peer:
        for batch in ready:
            statement = f"INSERT INTO {COLLECTIONS[batch.collection].name} DOCUMENTS (:docs)"
            with await peer.store.execute(statement, {"docs": batch.documents}):
                pass
        await index(peer)
    return perf_counter() - started
