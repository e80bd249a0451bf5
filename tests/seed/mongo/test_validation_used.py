"""A database that was used is right: what people do with the app is told from damage."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pymongo import ReplaceOne

from app.data.stock.importing import GoodsImport
from app.data.store.new_shop import begin_shop
from app.data.store.session import Session
from app.domain.conventions import US
from app.domain.entities import Product, Reason
from app.domain.importing.goods import read_goods
from app.domain.shops import NewShop, TypedShop, read_shop
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.mongodb.mapping import to_device, to_mongo
from connector_config.schema.collections import (
    CATEGORIES,
    CUSTOMERS,
    INVENTORY,
    ORDER_ITEMS,
    ORDERS,
    PRODUCT_CODES,
    PRODUCT_EMBEDDINGS,
    PRODUCT_TYPES,
    PRODUCTS,
    STORES,
)
from connector_config.schema.documents import SHAPES
from connector_config.schema.forgotten import REMOVED as NOBODY
from connector_config.store.local_indexes import ensure_indexes
from seed.mongo.forget import find_person, forget
from seed.mongo.indexes import create_indexes
from seed.mongo.validation.counts import Expected
from seed.mongo.validation.report import Report
from seed.mongo.validation.run import validate
from seed.mongo.views import ensure_views
from tests.app.data.papers.test_papers import TACOMA, TOM, Papers, carried_by_both, product
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import ANN, BOB, SEATTLE, StockRoom
from tests.seed.mongo.small_set import FIRST, put
from tests.seed.mongo.test_validation import DAMAGES, REMOVED, Damage

LAST = date(2026, 12, 31)
_SHARED = (STORES, CATEGORIES, PRODUCT_TYPES, PRODUCTS, PRODUCT_CODES, INVENTORY)
_FILE = """\
Apron,APR-M,4006381333931,19.99,Workwear,4
Apron,APR-L,,21.99,Workwear,
Knee pad,KNE-1,,9.50,Hand Tools,
16 oz Curved Claw Hammer,HND-HAMMER-001,,15.00,Hand Tools,
"""
_FILE_LATER = """\
Apron,APR-M,,19.99,Shelves and hooks,4
Apron,APR-L,,21.99,Shelves and hooks,
Knee pad,KNE-1,,9.50,Garden & Outdoor,
"""


@pytest.fixture(scope="module")
def used(
    new_database: Callable[[], MongoSettings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MongoDatabase]:
    """A database after a day with the app on one device."""
    with open_database(new_database()) as database:
        put(database)
        asyncio.run(_use(tmp_path_factory.mktemp("used"), database))
        yield database


def _not_carried(database: MongoDatabase) -> Any:
    """A product that Tacoma does not carry."""
    carried = database["inventory"].distinct("product_id", {"store_id": TACOMA})
    found = database["products"].find_one({"_id": {"$nin": carried}})
    assert found is not None
    return found["_id"]


async def _use(folder: Path, database: MongoDatabase) -> None:
    session = await Session.open(folder)
    await ensure_indexes(session.query)
    own = {"$in": [SEATTLE, TACOMA]}
    of_store = {"store_id": own}
    of_stores = {CUSTOMERS: {"primary_store_id": own}, ORDERS: of_store, ORDER_ITEMS: of_store}
    for name in (*_SHARED, *of_stores):
        found = database[name].find(of_stores.get(name, {}))
        documents = [to_device(name, document) for document in found]
        await session.query(f"INSERT INTO {name} DOCUMENTS (:all)", {"all": documents})
    room = StockRoom(session)
    await _sell(Counter(room))
    await _customers(Counter(room))
    await _papers(Papers(room), _not_carried(database))
    await _import(room)
    await _send(session, database)
    await session.close()


async def _send(session: Session, database: MongoDatabase) -> None:
    """All that a device has."""
    for name in SHAPES.keys() - {PRODUCT_EMBEDDINGS}:
        rows = await session.query(f"SELECT * FROM {name}")
        documents = [to_mongo(name, {key: row[key] for key in row if key != "_id"}) for row in rows]
        changes = [ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in documents]
        database[name].bulk_write(changes) if changes else None


async def _import(room: StockRoom) -> None:
    """Goods of a file: new ones of one name, without a code or cost; others at another price."""
    importing = GoodsImport(room.session, room.clock)
    columns = "name,sku,codes,price,category,cost\n"
    await importing.run(read_goods(f"{columns}{_FILE}".encode()).goods)
    # One of them in another category, so that its type is left behind.
    await importing.run(read_goods(f"{columns}{_FILE_LATER}".encode()).goods)


async def _sell(counter: Counter) -> None:
    items = await counter.room.items(limit=4)
    order = await counter.sold(items, 3)
    order = await counter.orders.complete(order, RITA)
    await counter.orders.take_back(order, str(uuid.uuid4()), {order.lines[0].item_id: (1, 1)}, RITA)
    await counter.orders.cancel(await counter.sold(items, 1), RITA)
    await counter.room.stock.adjust(items[0], -1, Reason.DAMAGED, ANN)


async def _customers(counter: Counter) -> None:
    room, customers = counter.room, counter.customers
    rows = await room.session.query(
        "SELECT DISTINCT customer_id FROM orders WHERE store_id = :store ORDER BY customer_id",
        {"store": SEATTLE},
    )
    found = [await customers.get(SEATTLE, row["customer_id"]) for row in rows]
    renamed, moved, gone, kept, given_up, wished = [one for one in found if one is not None][:6]
    await customers.save(replace(renamed, first_name="Zoë", last_name="Newname"), RITA, renamed)
    await customers.save(replace(moved, email="elsewhere@example.org"), RITA, moved)
    await customers.delete(gone, RITA)
    again = replace(customers.begin(SEATTLE), first_name="Ana", last_name="Silva")
    await customers.save(replace(again, email=gone.email, phone="(212) 555-0147"), RITA)
    silent = replace(customers.begin(SEATTLE), first_name="No", last_name="Phone")
    await customers.save(replace(silent, email="silent@example.org"), RITA)
    await room.repositories.merging.merge(kept, given_up, BOB)
    await room.repositories.forgetting.forget(wished, BOB)


async def _papers(papers: Papers, new_at_tacoma: str) -> None:
    receiving = papers.receiving
    item = await carried_by_both(papers)
    transfer, _ = await papers.shipped(item, 5)
    receipt = await receiving.begin(TOM, transfer)
    receipt = await receiving.set_line(receipt, product(item), 4, ANN, damaged=1)
    await receiving.post(receipt, TOM)
    order = await papers.orders.create(ANN, {item.product_id: (product(item), 3)})
    came = await receiving.begin(ANN, await papers.orders.order(order, ANN))
    await receiving.post(await receiving.set_line(came, product(item), 3, ANN), ANN)
    new = Product(new_at_tacoma, "SKU-1", "Cordless Drill", Decimal("99.90"))
    free = await receiving.begin(TOM)
    await receiving.post(await receiving.set_line(free, new, 3, ANN), TOM)
    stocktake = await papers.stocktakes.open(ANN, "")
    await papers.stocktakes.withdraw(await papers.stocktakes.count(stocktake, item, 5, ANN), ANN)
    await papers.stocktakes.count(stocktake, item, 6, ANN)
    await papers.stocktakes.post(stocktake, ANN)


def report(database: MongoDatabase, **named: Any) -> Report:
    return validate(database, FIRST, LAST, **named)


def failing(found: Report) -> set[tuple[str, str]]:
    return {(one.collection, one.check) for one in found.failed}


def test_use_is_no_damage(used: MongoDatabase) -> None:
    assert report(used).failed == []


def test_what_was_used_is_there(used: MongoDatabase) -> None:
    """Or the test above could not fail."""
    assert used["customers"].count_documents({"deleted": True}) == 3
    assert used["customers"].count_documents({"merged_into": {"$gt": ""}}) == 1
    assert used["customers"].count_documents({"forgotten_at": {"$gt": ""}, "email": ""}) == 1
    assert used["orders"].count_documents({"customer_name": NOBODY}) >= 1
    assert used["customers"].count_documents({"phone": "", "deleted": False}) == 1
    assert used["stocktake_counts"].count_documents({"deleted": True}) == 1
    assert used["inventory"].count_documents({"location.aisle": "", "store_id": TACOMA}) == 4
    renamed = used["customers"].find_one({"last_name": "Newname"})
    assert renamed is not None
    assert used["orders"].count_documents({"customer_id": renamed["customer_id"]}) >= 1
    assert used["transfers"].count_documents({"receipts": {"$ne": {}}}) == 1
    assert used["replenishments"].count_documents({"receipts": {"$ne": {}}}) == 1
    assert used["products"].count_documents({"product_name": "Apron", "image_url": ""}) == 2
    hammer = used["products"].find_one({"sku": "HND-HAMMER-001"}) or {}
    assert (hammer["base_price"], hammer["gross_margin_percent"]) == (15.0, 19.67)
    assert used["products"].count_documents({"type_id": "type_of_workwear"}) == 0


async def test_a_shop_of_its_own_goods_is_right(database: MongoDatabase, tmp_path: Path) -> None:
    list(create_indexes(database))
    ensure_views(database)
    session = await Session.open(tmp_path)
    clock = StockRoom(session).clock
    shop = read_shop(TypedShop("Strom", "Tacoma", "", "US", "10.1", "America/Los_Angeles"), US)
    assert isinstance(shop, NewShop)
    goods = read_goods(f"name,sku,codes,price,category,cost\n{_FILE}".encode()).goods
    await begin_shop(session, clock, shop, goods)
    await _send(session, database)
    await session.close()
    assert report(database).failed == []
    assert failing(report(database, expected=Expected(orders=1))) == {(ORDERS, "count")}


@pytest.mark.parametrize(
    ("query", "change", "check"),
    [
        ({"sku": "APR-M"}, {"base_price": 29.99}, "margin"),
        ({"sku": "HND-HAMMER-001"}, {"base_price": 29.99}, "margin"),
        ({"sku": "HND-HAMMER-002"}, {"_id": "prod_lost", "product_id": "prod_lost"}, "count"),
    ],
)
def test_damage_of_goods_is_found(
    used: MongoDatabase, query: dict[str, Any], change: dict[str, Any], check: str
) -> None:
    one = used[PRODUCTS].find_one_and_delete(query)
    assert one is not None
    used[PRODUCTS].insert_one({**one, **change})
    try:
        found = failing(report(used))
    finally:
        used[PRODUCTS].delete_one(query)
        used[PRODUCTS].insert_one(one)
    assert (PRODUCTS, check) in found


def test_damage_is_found_all_the_same(used: MongoDatabase) -> None:
    """Every damage of another document at once; each check that should fail does."""
    cases = [one for one in DAMAGES if not one.drop and "first" not in one.change.values()]
    kept: list[tuple[str, dict[str, Any]]] = []
    expected: set[tuple[str, str]] = set()
    try:
        for case in cases:
            victim = _victim(used, case, [document["_id"] for _, document in kept])
            if victim is None:
                continue
            kept.append((case.collection, victim))
            used[case.collection].update_one({"_id": victim["_id"]}, _update(case))
            expected |= {(case.collection, name) for name in case.fails}
        found = failing(report(used))
    finally:
        for name, document in kept:
            used[name].replace_one({"_id": document["_id"]}, document)

    assert len(kept) > 80
    assert expected - found == set()
    assert failing(report(used)) == set()


def _victim(used: MongoDatabase, case: Damage, taken: list[object]) -> dict[str, Any] | None:
    query: dict[str, Any] = {"_id": {"$nin": taken}, "deleted": False}
    if case.collection == "order_items":
        query["discount_percent"] = {"$gt": 0}
    return used[case.collection].find_one(query, sort=[("created_at", 1), ("_id", 1)])


def _update(case: Damage) -> dict[str, Any]:
    kept = {name: value for name, value in case.change.items() if value is not REMOVED}
    lost = {name: "" for name, value in case.change.items() if value is REMOVED}
    return {**({"$set": kept} if kept else {}), **({"$unset": lost} if lost else {})}


def test_a_name_that_nobody_ever_had_is_damage(used: MongoDatabase) -> None:
    """Of a customer who was never changed, and in a newer order of the one who was."""
    renamed = used["customers"].find_one({"last_name": "Newname"})
    assert renamed is not None
    old = used["orders"].find_one({"customer_id": renamed["customer_id"]})
    assert old is not None
    late = {"created_at": "2026-11-30T10:00:00.000Z", "customer_name": "Some Body"}
    used["orders"].update_one({"_id": old["_id"]}, {"$set": late})
    try:
        found = failing(report(used))
    finally:
        used["orders"].replace_one({"_id": old["_id"]}, old)
    assert ("orders", "copy_customer_name") in found


@pytest.mark.parametrize(
    ("collection", "query", "change", "check"),
    [
        (CUSTOMERS, {"forgotten_at": {"$gt": ""}}, {"phone": "(206) 555-0147"}, "forgotten"),
        (CUSTOMERS, {"forgotten_at": {"$gt": ""}}, {"deleted": False}, "forgotten"),
        (CUSTOMERS, {"merged_into": {"$gt": ""}}, {"merged_into": "cust_nobody"}, "merged_into"),
        (ORDERS, {"customer_name": NOBODY}, {"customer_email": "a@example.com"}, "forgotten"),
    ],
)
def test_what_came_back_of_somebody_is_damage(
    used: MongoDatabase, collection: str, query: dict[str, Any], change: dict[str, Any], check: str
) -> None:
    one = used[collection].find_one(query)
    assert one is not None
    used[collection].update_one({"_id": one["_id"]}, {"$set": change})
    try:
        found = failing(report(used))
    finally:
        used[collection].replace_one({"_id": one["_id"]}, one)
    assert (collection, check) in found


def test_who_is_one_with_somebody_forgotten_is_forgotten(used: MongoDatabase) -> None:
    wished = used[CUSTOMERS].find_one({"forgotten_at": {"$gt": ""}})
    merged = used[CUSTOMERS].find_one({"merged_into": {"$gt": ""}})
    assert wished is not None and merged is not None
    into = {"$set": {"merged_into": wished["customer_id"]}}
    used[CUSTOMERS].update_one({"_id": merged["_id"]}, into)
    try:
        assert (CUSTOMERS, "forgotten_together") in failing(report(used))
        # The command that the report names finishes it.
        forget(used, find_person(used, merged["customer_id"]), "2026-11-22T09:00:00.000Z")
        assert failing(report(used)) == set()
    finally:
        used[CUSTOMERS].replace_one({"_id": merged["_id"]}, merged)
        for order in used[ORDERS].find({"customer_id": merged["customer_id"]}):
            named = {
                "customer_name": f"{merged['first_name']} {merged['last_name']}",
                "customer_email": merged["email"],
            }
            used[ORDERS].update_one({"_id": order["_id"]}, {"$set": named})


def test_more_examples_are_named_when_asked_for(used: MongoDatabase) -> None:
    orders = list(used["orders"].find({}))
    used["orders"].update_many({}, {"$set": {"status": "lost", "store_name": "Nowhere"}})
    try:
        few, all_of_them = report(used), report(used, most=1_000)
    finally:
        for order in orders:
            used["orders"].replace_one({"_id": order["_id"]}, order)
    for check in ("status", "copy_store_name"):
        (short,) = [one for one in few.failed if one.check == check]
        (long,) = [one for one in all_of_them.failed if one.check == check]
        assert (len(short.examples), len(long.examples)) == (3, len(orders))
