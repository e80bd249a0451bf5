"""The list of collections and the ids made from it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from connector_config.paths import store_directory
from connector_config.schema import collections as names
from connector_config.schema.collections import (
    COLLECTIONS,
    DATABASE_ID,
    MongoId,
    ditto_id,
    synced,
)
from connector_config.schema.documents import SHAPES

# The table of the design: MongoDB `_id`, the id fields, and what it is about.
DESIGN = {
    names.STORES: (MongoId.BUSINESS, ("store_id",), "catalogue"),
    names.CATEGORIES: (MongoId.BUSINESS, ("category_id",), "catalogue"),
    names.PRODUCT_TYPES: (MongoId.BUSINESS, ("type_id",), "catalogue"),
    names.PRODUCTS: (MongoId.BUSINESS, ("product_id",), "catalogue"),
    names.PRODUCT_CODES: (MongoId.UUID, ("code_id",), "catalogue"),
    names.PRODUCT_EMBEDDINGS: (MongoId.BUSINESS, ("product_id",), "catalogue"),
    names.STAFF: (MongoId.UUID, ("store_id", "staff_id"), "people"),
    names.CUSTOMERS: (MongoId.OBJECT_ID, ("primary_store_id", "customer_id"), "sales"),
    names.INVENTORY: (MongoId.UUID, ("store_id", "inventory_id"), "stock"),
    names.ORDERS: (MongoId.BUSINESS, ("store_id", "order_id"), "sales"),
    names.ORDER_ITEMS: (MongoId.UUID, ("store_id", "order_item_id"), "sales"),
    names.STOCK_MOVEMENTS: (MongoId.UUID, ("store_id", "movement_id"), "ledger"),
    names.TRANSFERS: (
        MongoId.UUID,
        ("from_store_id", "to_store_id", "transfer_id"),
        "papers",
    ),
    names.REPLENISHMENTS: (MongoId.UUID, ("store_id", "replenishment_id"), "papers"),
    names.GOODS_RECEIPTS: (MongoId.UUID, ("store_id", "receipt_id"), "papers"),
    names.STOCKTAKES: (MongoId.UUID, ("store_id", "stocktake_id"), "papers"),
    names.STOCKTAKE_COUNTS: (MongoId.UUID, ("store_id", "count_id"), "papers"),
    names.OVERSELL_CASES: (MongoId.UUID, ("store_id", "case_id"), "ledger"),
    names.DAY_CLOSINGS: (MongoId.UUID, ("store_id", "closing_id"), "papers"),
}


def test_the_file_says_what_the_design_says() -> None:
    said = {n: (c.mongo_id, c.id_fields, c.kind) for n, c in COLLECTIONS.items()}
    assert said == DESIGN
    assert all(name == collection.name for name, collection in COLLECTIONS.items())


def test_only_the_embeddings_stay_behind() -> None:
    assert [n for n, c in COLLECTIONS.items() if not c.sync] == [names.PRODUCT_EMBEDDINGS]


def test_what_is_synced_by_kind_is_in_the_order_of_the_file() -> None:
    every = synced()
    assert [one.name for one in every] == [n for n, c in COLLECTIONS.items() if c.sync]
    assert synced("sales", "stock") == tuple(
        COLLECTIONS[name]
        for name in (names.CUSTOMERS, names.INVENTORY, names.ORDERS, names.ORDER_ITEMS)
    )
    assert synced("catalogue") == tuple(one for one in every if one.kind == "catalogue")


def test_a_store_is_named_wherever_a_document_belongs_to_one() -> None:
    """What belongs to no store is the catalogue; else a permission would give it to nobody."""
    for one in synced():
        of_a_store = tuple(field for field in one.id_fields if field.endswith("store_id"))
        assert one.store_fields == (() if one.kind == "catalogue" else of_a_store)


def test_every_collection_has_a_shape() -> None:
    assert set(SHAPES) == set(COLLECTIONS)


@pytest.mark.parametrize("name", SHAPES)
def test_every_document_has_its_id_fields_and_the_common_ones(name: str) -> None:
    required = SHAPES[name].__required_keys__
    assert {*COLLECTIONS[name].id_fields, "deleted", "created_at", "updated_at"} <= required
    assert "_id" not in required


def test_one_field_gives_the_string() -> None:
    document = {"store_id": "store_tacoma", "store_name": "Tacoma"}
    assert ditto_id(names.STORES, document) == "store_tacoma"


def test_several_fields_give_an_object_of_them() -> None:
    document = {
        "transfer_id": "t",
        "from_store_id": "store_tacoma",
        "to_store_id": "store_online",
        "note": "",
    }
    assert ditto_id(names.TRANSFERS, document) == {
        "from_store_id": "store_tacoma",
        "to_store_id": "store_online",
        "transfer_id": "t",
    }


@pytest.mark.parametrize("document", [{}, {"inventory_id": None}, {"inventory_id": ""}])
def test_a_missing_field_is_named(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"inventory needs 'inventory_id'.*\.$"):
        ditto_id(names.INVENTORY, {"store_id": "store_tacoma", **document})


def test_an_unknown_collection_is_named() -> None:
    with pytest.raises(ValueError, match="no collection 'stock'"):
        ditto_id("stock", {"store_id": "store_tacoma"})


def test_the_database_id_is_a_uuid() -> None:
    assert str(uuid.UUID(DATABASE_ID)) == DATABASE_ID


def test_the_store_lies_in_the_data_folder() -> None:
    assert store_directory(Path("/data")) == Path("/data/ditto")
