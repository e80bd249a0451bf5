"""The list of collections and the ids made from it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from connector_config.schema import collections as names
from connector_config.schema import documents, order_documents, paper_documents, stock_documents
from connector_config.schema.collections import (
    COLLECTIONS,
    DATABASE_ID,
    MongoId,
    ditto_id,
    store_directory,
)

# The table of the design: MongoDB `_id` and the id fields.
DESIGN = {
    names.STORES: (MongoId.BUSINESS, ("store_id",)),
    names.CATEGORIES: (MongoId.BUSINESS, ("category_id",)),
    names.PRODUCT_TYPES: (MongoId.BUSINESS, ("type_id",)),
    names.PRODUCTS: (MongoId.BUSINESS, ("product_id",)),
    names.PRODUCT_EMBEDDINGS: (MongoId.BUSINESS, ("product_id",)),
    names.CUSTOMERS: (MongoId.OBJECT_ID, ("primary_store_id", "customer_id")),
    names.INVENTORY: (MongoId.UUID, ("store_id", "inventory_id")),
    names.ORDERS: (MongoId.BUSINESS, ("store_id", "order_id")),
    names.ORDER_ITEMS: (MongoId.UUID, ("store_id", "order_item_id")),
    names.STOCK_MOVEMENTS: (MongoId.UUID, ("store_id", "movement_id")),
    names.TRANSFERS: (MongoId.UUID, ("from_store_id", "to_store_id", "transfer_id")),
    names.REPLENISHMENTS: (MongoId.UUID, ("store_id", "replenishment_id")),
    names.GOODS_RECEIPTS: (MongoId.UUID, ("store_id", "receipt_id")),
    names.STOCKTAKES: (MongoId.UUID, ("store_id", "stocktake_id")),
    names.STOCKTAKE_COUNTS: (MongoId.UUID, ("store_id", "count_id")),
    names.OVERSELL_CASES: (MongoId.UUID, ("store_id", "case_id")),
}

SHAPES: dict[str, Any] = {
    names.STORES: documents.Store,
    names.CUSTOMERS: documents.Customer,
    names.CATEGORIES: documents.Category,
    names.PRODUCT_TYPES: documents.ProductType,
    names.PRODUCTS: documents.Product,
    names.PRODUCT_EMBEDDINGS: documents.ProductEmbedding,
    names.INVENTORY: stock_documents.Inventory,
    names.ORDERS: order_documents.Order,
    names.ORDER_ITEMS: order_documents.OrderItem,
    names.STOCK_MOVEMENTS: stock_documents.StockMovement,
    names.TRANSFERS: paper_documents.Transfer,
    names.REPLENISHMENTS: paper_documents.PurchaseOrder,
    names.GOODS_RECEIPTS: paper_documents.GoodsReceipt,
    names.STOCKTAKES: paper_documents.Stocktake,
    names.STOCKTAKE_COUNTS: paper_documents.StocktakeCount,
    names.OVERSELL_CASES: order_documents.OversellCase,
}


def test_the_file_says_what_the_design_says() -> None:
    assert {n: (c.mongo_id, c.id_fields) for n, c in COLLECTIONS.items()} == DESIGN
    assert all(name == collection.name for name, collection in COLLECTIONS.items())


def test_only_the_embeddings_stay_behind() -> None:
    assert [n for n, c in COLLECTIONS.items() if not c.sync] == [names.PRODUCT_EMBEDDINGS]


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
