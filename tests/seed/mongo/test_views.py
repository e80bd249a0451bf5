"""The view of the stock on hand."""

from __future__ import annotations

from typing import Any

import pytest

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.mongo.views import INVENTORY_ON_HAND, ensure_views

ITEM: dict[str, Any] = {
    "_id": "i1",
    "inventory_id": "i1",
    "store_id": "store_seattle",
    "product_id": "prod_1",
    "location": {"aisle": "3", "shelf": "B"},
    "stock_level": 10,
    "reorder_threshold": 4,
    "deleted": False,
}


@pytest.fixture
def stock(database: MongoDatabase) -> MongoDatabase:
    """One store, one product, one item of it, and the view."""
    database["stores"].insert_one({"_id": "store_seattle", "store_name": "Zava Retail Seattle"})
    database["products"].insert_one({"_id": "prod_1", "sku": "HND-001", "product_name": "Hammer"})
    database["inventory"].insert_one(dict(ITEM))
    ensure_views(database)
    return database


def move(database: MongoDatabase, quantity: int, item: str = "i1") -> None:
    database["stock_movements"].insert_one(
        {"inventory_id": item, "quantity": quantity, "deleted": False}
    )


def on_hand(database: MongoDatabase) -> dict[str, Any]:
    (row,) = database[INVENTORY_ON_HAND].find()
    return row


def test_without_movements_the_stock_level_is_on_hand(stock: MongoDatabase) -> None:
    assert on_hand(stock) == {
        "_id": "i1",
        "inventory_id": "i1",
        "store_id": "store_seattle",
        "store_name": "Zava Retail Seattle",
        "product_id": "prod_1",
        "sku": "HND-001",
        "product_name": "Hammer",
        "location": {"aisle": "3", "shelf": "B"},
        "stock_level": 10,
        "moved": 0,
        "on_hand": 10,
        "reorder_threshold": 4,
        "low": False,
    }


@pytest.mark.parametrize(
    ("quantities", "left", "low"),
    [([-3], 7, False), ([-6], 4, True), ([-12, 1], -1, True), ([-6, 8], 12, False)],
)
def test_movements_are_added_to_the_stock_level(
    stock: MongoDatabase, quantities: list[int], left: int, low: bool
) -> None:
    for quantity in quantities:
        move(stock, quantity)
    move(stock, 100, item="another")

    row = on_hand(stock)

    assert (row["moved"], row["on_hand"], row["low"]) == (sum(quantities), left, low)


def test_what_is_deleted_does_not_show(stock: MongoDatabase) -> None:
    stock["inventory"].update_one({}, {"$set": {"deleted": True}})
    assert list(stock[INVENTORY_ON_HAND].find()) == []


def test_making_it_again_changes_nothing(stock: MongoDatabase) -> None:
    assert ensure_views(stock) == []


def test_an_old_view_is_brought_up_to_date(stock: MongoDatabase) -> None:
    stock.command("collMod", INVENTORY_ON_HAND, viewOn="stores", pipeline=[])

    assert ensure_views(stock) == [INVENTORY_ON_HAND]
    assert on_hand(stock)["on_hand"] == 10


def test_a_collection_in_its_place_is_left_alone(database: MongoDatabase) -> None:
    database[INVENTORY_ON_HAND].insert_one({"precious": True})

    with pytest.raises(UserError, match="has a collection named inventory_on_hand"):
        ensure_views(database)

    assert database[INVENTORY_ON_HAND].count_documents({"precious": True}) == 1


def test_analysts_with_a_read_only_user_can_use_it(
    stock: MongoDatabase, read_only_settings: MongoSettings
) -> None:
    move(stock, -2)
    with open_database(read_only_settings) as database:
        assert on_hand(database)["on_hand"] == 8
