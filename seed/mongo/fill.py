"""Fills a MongoDB database with the whole data set, and finishes what was begun."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import (
    COLLECTIONS,
    INVENTORY,
    ORDER_ITEMS,
    ORDERS,
    PRODUCT_EMBEDDINGS,
)
from connector_config.wording import counted
from seed.data_set import MONGO_DATA_SET, Part, mongo_data_set
from seed.mongo.target import BATCH_SIZE, Batch, batches, write
from seed.options import Options
from seed.progress import OnProgress

# So many orders are compared before a fill goes on, and so many of them have to agree: some may
# have come from devices since.
_SAMPLE: Final = 50
_AGREEING: Final = 40

# A product's vectors take 28 kB, so that these, too, make messages of about a megabyte.
_BATCH_SIZES: Final = {PRODUCT_EMBEDDINGS: 50}


@dataclass(frozen=True, slots=True)
class Filled:
    """One collection after a fill: documents of the data set, documents in it, and the time."""

    collection: str
    expected: int
    found: int
    seconds: float


def count_all(
    database: MongoDatabase, collections: Sequence[str] = MONGO_DATA_SET
) -> dict[str, int]:
    """How many documents each collection holds, counted by the server."""
    return {name: database[name].count_documents({}) for name in collections}


def check_target(database: MongoDatabase, options: Options, where: str, *, resume: bool) -> None:
    """Raise UserError when a fill would mix with other data."""
    held = count_all(database)
    total = sum(held.values())
    if not resume and total:
        raise UserError(
            f"The database {database.name} at {where} holds {counted(total, 'document')} already: "
            "add --resume to finish what was begun, or --drop to delete them first."
        )
    if resume and not _agrees(database, options, held):
        raise UserError(
            f"The database {database.name} at {where} was filled with other options: repeat the "
            "--seed and --customers it was begun with, or use --drop instead of --resume."
        )


def drop_collections(database: MongoDatabase) -> int:
    """Drop every collection of this project with its indexes; returns the number of documents.

    Those of devices go with them: their movements would belong to no inventory. Other collections
    of the database stay.
    """
    total = sum(count_all(database, tuple(COLLECTIONS)).values())
    for name in COLLECTIONS:
        database.drop_collection(name)
    return total


def fill(
    database: MongoDatabase,
    options: Options,
    on_progress: OnProgress,
    *,
    resume: bool = False,
    on_waiting: Callable[[], None] = lambda: None,
) -> list[Filled]:
    """Insert what is missing of the data set, collection by collection, and count it.

    The items follow their orders batch by batch. Memory does not grow with the number of orders.
    `on_waiting` is called, in another thread, when a lost server is waited for. Raises
    PyMongoError, and UserError when the server holds less than it acknowledged.
    """
    totals: Counter[str] = Counter()
    done: Counter[str] = Counter()
    begun: dict[str, float] = {}
    ended: dict[str, float] = {}

    def on_written(collection: str, size: int, at: float) -> None:
        done[collection] += size
        ended[collection] = at
        on_progress(collection, done[collection], totals[collection])

    content = _content(options, totals, begun, on_progress)
    write(database, content, on_written, look_first=resume, on_waiting=on_waiting)
    held = count_all(database)
    filled = [
        Filled(name, done[name], held[name], ended.get(name, 0.0) - begun[name])
        for name in MONGO_DATA_SET
        if name in ended
    ]
    for part in filled:
        if part.found < part.expected:
            raise UserError(
                f"{database.name}.{part.collection} holds {part.found:,} of "
                f"{counted(part.expected, 'document')}, so something deletes them "
                "meanwhile: run it again with --resume."
            )
    return filled


def _content(
    options: Options, totals: Counter[str], begun: dict[str, float], on_progress: OnProgress
) -> Iterator[Batch]:
    """All batches; `totals` and `on_progress` learn of a collection before its first batch."""
    parts = mongo_data_set(options)
    for part in parts:
        content = _begin(part, totals, begun, on_progress)
        if part.collection == ORDERS:
            items = _begin(next(parts), totals, begun, on_progress)
            content = _in_turns(content, items, options.orders, totals)
        yield from content


def _begin(
    part: Part, totals: Counter[str], begun: dict[str, float], on_progress: OnProgress
) -> Iterator[Batch]:
    name = part.collection
    begun[name] = time.perf_counter()
    if part.expected:
        totals[name] = part.expected
        on_progress(name, 0, totals[name])
    return batches(name, part.documents, _BATCH_SIZES.get(name, BATCH_SIZE))


def _in_turns(
    orders: Iterator[Batch], items: Iterator[Batch], expected: int, totals: Counter[str]
) -> Iterator[Batch]:
    """Each batch of orders, then the full batches of their items, whose sales are made by then."""
    seen = lines = given = 0
    for batch in orders:
        seen += len(batch.documents)
        lines += sum(int(order["item_count"]) for order in batch.documents)
        # The orders tell how many items will follow; until all are seen, it is a guess.
        totals[ORDER_ITEMS] = -(-lines * expected // seen)
        yield batch
        while lines - given >= BATCH_SIZE:
            yield next(items)
            given += BATCH_SIZE
    yield from items


def _agrees(database: MongoDatabase, options: Options, held: Mapping[str, int]) -> bool:
    """Whether what is there fits to these options.

    The seed number and the customers decide. More orders, or a longer period, only add to what
    fewer orders made, so a data set may grow this way.
    """
    for part in mongo_data_set(options):
        if part.collection == INVENTORY and held[INVENTORY]:
            first = next(part.documents)
            if not database[INVENTORY].find_one({"_id": mongo_id(INVENTORY, first)}, {"_id": 1}):
                return False
        if part.collection == ORDERS:
            return _orders_agree(database, part.documents)
    return True


def _orders_agree(database: MongoDatabase, documents: Iterator[Mapping[str, object]]) -> bool:
    """Whether a sample of the orders that are there is among those of the options."""
    wanted = {
        order["_id"]: (order.get("customer_id"), order.get("item_count"))
        for order in database[ORDERS].aggregate([{"$sample": {"size": _SAMPLE}}])
    }
    needed = len(wanted) * _AGREEING // _SAMPLE
    agreeing = 0
    for document in documents:
        if agreeing >= needed:
            return True
        found = wanted.pop(document["order_id"], None)
        agreeing += found == (document["customer_id"], document["item_count"])
    return agreeing >= needed
