"""A small data set that was used: returns, cancellations, movements, other clocks, a bad document.

It is put into MongoDB once for all tests that only read; `asked` is that database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import cache
from random import Random
from typing import Any

from pymongo import MongoClient
from pymongo.monitoring import CommandListener, CommandStartedEvent

from connector_config.mongodb.connection import Document, MongoDatabase, MongoSettings
from connector_config.schema import collections as names
from seed.data_set import mongo_data_set
from seed.mongo.indexes import create_indexes
from seed.mongo.target import batches
from seed.mongo.views import ensure_views
from seed.options import Options

FIRST, END = date(2024, 1, 1), date(2026, 1, 1)
TODAY = date(2025, 12, 31)
CUSTOMERS, ORDERS = 60, 800

Documents = dict[str, list[dict[str, Any]]]


@cache
def used_shop() -> Mapping[str, list[dict[str, Any]]]:
    """All documents with their ids by collection; not to be changed."""
    options = Options(start=FIRST, end=END, customers=CUSTOMERS, orders=ORDERS, seed=5)
    found: Documents = {
        part.collection: [
            document
            for batch in batches(part.collection, part.documents)
            for document in batch.documents
        ]
        for part in mongo_data_set(options)
    }
    _clocks(found)
    _after_sales(found)
    _movements(found)
    _papers(found)
    return found


class Asked:
    """The database, its documents, and the aggregations it was asked for since `watch` began."""

    def __init__(
        self,
        settings: MongoSettings,
        database: MongoDatabase,
        commands: list[Mapping[str, Any]],
    ) -> None:
        self.settings = settings
        self.database = database
        self.documents = used_shop()
        self.closing = ExitStack()
        """What ends with the database."""
        self._commands = commands

    @contextmanager
    def watch(self) -> Iterator[list[Mapping[str, Any]]]:
        """The aggregations of the block."""
        self._commands.clear()
        yield self._commands

    def scans(self, command: Mapping[str, Any]) -> set[str]:
        """The collections that an aggregation reads whole."""
        wanted = {name: command[name] for name in ("aggregate", "pipeline", "cursor")}
        plan = self.database.command("explain", wanted, verbosity="executionStats")
        return set(_scanned(plan, str(command["aggregate"])))


@contextmanager
def asked_shop(new_database: Callable[[], MongoSettings]) -> Iterator[Asked]:
    """Put the documents, the indexes and the views into a fresh database."""
    settings = new_database()
    commands: list[Mapping[str, Any]] = []
    with MongoClient[Document](settings.uri, event_listeners=[_Listener(commands)]) as client:
        database = client[settings.database]
        # Before the documents: an index over none is made at once.
        list(create_indexes(database))
        for name, documents in used_shop().items():
            database[name].insert_many([dict(document) for document in documents])
        ensure_views(database)
        shop = Asked(settings, database, commands)
        with shop.closing:
            yield shop


class _Listener(CommandListener):
    def __init__(self, commands: list[Mapping[str, Any]]) -> None:
        self._commands = commands

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "aggregate":
            self._commands.append(dict(event.command))

    def succeeded(self, event: object) -> None: ...

    def failed(self, event: object) -> None: ...


def _scanned(plan: object, namespace: str) -> Iterator[str]:
    if isinstance(plan, Mapping):
        here = str(plan.get("namespace") or namespace)
        if plan.get("stage") == "COLLSCAN":
            yield here.rpartition(".")[2]
        look = plan.get("$lookup")
        if isinstance(look, Mapping) and plan.get("collectionScans"):
            yield str(look["from"])
        if plan.get("stage") == "EQ_LOOKUP" and plan.get("strategy") != "IndexedLoopJoin":
            yield str(plan.get("foreignCollection"))
        for name, value in plan.items():
            if name != "rejectedPlans":
                union = value if name == "$unionWith" else {}
                coll = union.get("coll") if isinstance(union, Mapping) else None
                yield from _scanned(value, str(coll or here))
    elif isinstance(plan, list):
        for value in plan:
            yield from _scanned(value, namespace)


def _clocks(found: Documents) -> None:
    for store in found[names.STORES]:
        if store["store_id"] == "store_spokane":
            store["time_zone"] = "America/New_York"
        if store["store_id"] == "store_kirkland":
            del store["time_zone"]


def _after_sales(found: Documents) -> None:
    lines: dict[str, list[dict[str, Any]]] = {}
    for line in found[names.ORDER_ITEMS]:
        lines.setdefault(line["order_id"], []).append(line)
    done = [one for one in found[names.ORDERS] if one["status"] == "completed"]
    for number, order in enumerate(done[::9]):
        its = lines[order["order_id"]]
        back = its if number % 3 == 0 else its[:1]
        order["number"] = f"K7Q-{number:03}-XTB"
        order["returns"] = {}
        kind = number % 5
        if kind in (0, 1):
            order["status"] = "returned" if kind == 0 else "completed"
            order["returns"] = {f"return_{number}": _return(back, len(back) == len(its))}
        elif kind == 2:
            order["status"] = "returned"
        elif kind == 3:
            order["status"] = "cancelled"
            order["returns"] = {f"return_{number}": {**_return(its, True), "cancelled": True}}
        elif number % 2:
            for one in (order, *its):
                one["deleted"] = True
    bad = done[4]
    bad.update(order_date=5, subtotal="12,50", returns="none")
    for line in lines[bad["order_id"]]:
        line["created_at"] = 5


def _return(lines: list[dict[str, Any]], whole: bool) -> dict[str, Any]:
    return {
        "at": "2025-12-30T20:00:00.000Z",
        "who": "Ann",
        "cancelled": False,
        "note": "",
        "lines": {
            line["order_item_id"]: {
                "quantity": line["quantity"] if whole else 1,
                "damaged": 0 if whole else 1,
                "refund": line["line_total"]
                if whole
                else round(line["line_total"] / line["quantity"], 2),
                "tax": 0.5,
            }
            for line in lines
        },
    }


def _papers(found: Documents) -> None:
    """Papers with goods on their way to Seattle: of its first low items 5, 3, 0, 4 and 0 units."""
    low = [
        one["product_id"]
        for one in found[names.INVENTORY]
        if one["store_id"] == "store_seattle" and one["stock_level"] <= one["reorder_threshold"]
    ][:5]
    step = {"at": "2025-12-20T18:00:00.000Z", "who": "Ann"}

    def paper(number: int, **more: Any) -> dict[str, Any]:
        key = f"00000000-0000-4000-9000-{number:012}"
        ids = {"_id": key, "transfer_id": key, "replenishment_id": key}
        return {**ids, "deleted": False, **more}

    def received(product: str, units: int, missing: int = 0, **more: Any) -> dict[str, Any]:
        line = {"received": units, "damaged": 0, "missing": missing}
        return {"r1": {**step, "lines": {product: line}, **more}}

    ordered = {"store_id": "store_seattle", "ordered_at": "2025-12-20T18:00:00.000Z"}
    lines = [{product: {"quantity": 6}} for product in low]
    found[names.REPLENISHMENTS] = [
        paper(1, **ordered, lines=lines[0], receipts=received(low[0], 1)),
        paper(2, **ordered, lines=lines[1], receipts=received(low[1], 2, missing=1)),
        paper(3, **ordered, lines=lines[2], receipts={}, closed_at="2025-12-21"),
        # A draft, another store's, and one whose receipt was undone.
        paper(4, store_id="store_seattle", lines=lines[2], receipts={}),
        paper(5, **{**ordered, "store_id": "store_tacoma"}, lines=lines[2], receipts={}),
    ]
    shipped = {"s1": {**step, "lines": {low[3]: 7}}}
    gone_back = {"b1": {**step, "shipment_id": "s1", "lines": {low[3]: {"quantity": 2}}}}
    ways = {"from_store_id": "store_tacoma", "to_store_id": "store_seattle", "lines": {}}
    found[names.TRANSFERS] = [
        paper(6, **ways, shipments=shipped, returns=gone_back, receipts=received(low[3], 1)),
        paper(
            7,
            **ways,
            shipments={"s1": {**step, "lines": {low[4]: 2}}},
            returns={},
            receipts=received(low[4], 2),
        ),
        paper(8, **ways, shipments="none", returns=None, receipts=5),
    ]


def _movements(found: Documents) -> None:
    random = Random(3)
    items = found[names.INVENTORY]
    found[names.STOCK_MOVEMENTS] = [
        {
            "_id": f"00000000-0000-4000-8000-{number:012}",
            "movement_id": f"00000000-0000-4000-8000-{number:012}",
            "store_id": item["store_id"],
            "inventory_id": item["inventory_id"],
            "product_id": item["product_id"],
            "reason": "sale",
            "quantity": random.choice((-40, -9, -3, -1, 2, 12)),
            "note": "",
            "who": "Ann",
            "role": "worker",
            "device_id": "d1",
            "device_name": "Till 1",
            "at": f"2025-12-{1 + number % 28:02}T19:00:00.000Z",
            "offline": False,
            "reference": {},
            "created_at": f"2025-12-{1 + number % 28:02}T19:00:00.000Z",
            "updated_at": f"2025-12-{1 + number % 28:02}T19:00:00.000Z",
            "deleted": number % 50 == 49,
        }
        for number in range(500)
        for item in (random.choice(items),)
    ]
