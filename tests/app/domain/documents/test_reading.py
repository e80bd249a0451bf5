"""Whatever stands in a field, a document is read as it was meant, or is faulty; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.documents.closings import to_closed_day
from app.domain.documents.codes import to_code
from app.domain.documents.customers import to_customer
from app.domain.documents.orders import to_order
from app.domain.documents.oversell import to_settlements
from app.domain.documents.purchase_orders import new_purchase_order_line, to_purchase_order
from app.domain.documents.reading import read_all, sound, whole
from app.domain.documents.receipts import new_receipt_line, to_receipt
from app.domain.documents.staff import show_person, to_person
from app.domain.documents.stock import (
    show_item,
    show_product,
    show_store,
    to_item,
    to_movement,
    to_product,
    to_store,
)
from app.domain.documents.stocktakes import to_count, to_stocktake
from app.domain.documents.transfers import new_transfer_line, to_transfer
from app.domain.entities import StockState
from app.domain.errors import FaultyDocumentError
from app.domain.papers import ReceivedLine
from connector_config.schema import collections as names
from connector_config.schema.documents import SHAPES
from tests.helpers.nasty import bad, fields, good

Document = dict[str, Any]

READERS: dict[str, list[Callable[[Document], object]]] = {
    names.STORES: [to_store, show_store],
    names.STAFF: [to_person, show_person],
    names.CUSTOMERS: [to_customer],
    names.CATEGORIES: [lambda one: sound(names.CATEGORIES, one, "category_id")],
    names.PRODUCT_TYPES: [lambda one: sound(names.PRODUCT_TYPES, one, "type_id")],
    names.PRODUCTS: [to_product, show_product],
    names.PRODUCT_EMBEDDINGS: [lambda one: sound(names.PRODUCT_EMBEDDINGS, one)],
    names.PRODUCT_CODES: [to_code],
    names.INVENTORY: [to_item, show_item],
    names.STOCK_MOVEMENTS: [to_movement],
    names.ORDERS: [lambda one: to_order(one, [good(names.ORDER_ITEMS)])],
    names.ORDER_ITEMS: [lambda one: to_order(good(names.ORDERS), [one])],
    names.OVERSELL_CASES: [to_settlements],
    names.TRANSFERS: [to_transfer],
    names.REPLENISHMENTS: [to_purchase_order],
    names.GOODS_RECEIPTS: [to_receipt],
    names.STOCKTAKES: [to_stocktake],
    names.STOCKTAKE_COUNTS: [to_count],
    names.DAY_CLOSINGS: [to_closed_day],
}


@pytest.mark.parametrize("collection", SHAPES)
def test_every_field_with_every_value(collection: str) -> None:
    seen = faulty = 0
    for to_entity in READERS[collection]:
        to_entity(good(collection))
        for one in bad(collection):
            seen += 1
            try:
                to_entity(one.document)
            except FaultyDocumentError as error:
                faulty += 1
                assert error.collection == collection, one.name
                # A map that is none, or an id that is empty, is named as a whole.
                assert one.field.startswith(error.field.split(".")[0]), one.name
                assert str(error).startswith("This "), one.name
            except Exception as error:
                raise AssertionError(f"{one.name} ends in {error!r}") from error
    assert seen >= 25 * len(fields(collection))
    if collection != names.PRODUCT_CODES:
        assert 0 < faulty < seen


@pytest.mark.parametrize("stored", [7, 7.0, "7", "7.0", "+7", "7E+0", "0.7e1"])
def test_a_number_is_read_in_every_form_that_has_one_meaning(stored: object) -> None:
    assert to_item(good(names.INVENTORY) | {"stock_level": stored}).stock_level == 7
    assert whole(stored) == 7


@pytest.mark.parametrize(
    "stored", ["7,0", "1,000", " 7", "0x7", "1_0", "", "NaN", "inf", 7.5, True, 1e308, 2**62, [7]]
)
def test_a_number_that_may_mean_anything_is_faulty(stored: object) -> None:
    document = good(names.INVENTORY) | {"stock_level": stored}
    with pytest.raises(FaultyDocumentError) as caught:
        to_item(document)
    assert caught.value.field == "stock_level"
    assert caught.value.key == document["_id"]
    item = show_item(document)
    assert (item.state, item.fault) == (StockState.FAULTY, str(caught.value))
    assert whole(stored) is None


def test_what_a_person_reads_names_the_field_the_value_and_the_fix() -> None:
    with pytest.raises(FaultyDocumentError) as caught:
        to_product(good(names.PRODUCTS) | {"base_price": "12,50"})
    assert str(caught.value) == (
        'This product (a product_name) is faulty: base_price is "12,50", which is no number. '
        "It works again as soon as the back office has mended it."
    )


def test_a_faulty_store_is_shown_and_sells_nothing_where_its_tax_is_unknown() -> None:
    store = show_store(good(names.STORES) | {"tax_percent": "10,1", "store_name": 5})
    assert store.name.startswith("one-store_id (faulty: ")
    assert not store.may_sell
    placed = show_store(good(names.STORES) | {"location": "Seattle"})
    assert placed.may_sell
    assert 'location is "Seattle", which is no map' in placed.fault


def test_what_is_faulty_is_on_papers_as_it_is_called() -> None:
    """What is shown of a fault today is no part of a name that stays."""
    store = show_store(good(names.STORES) | {"location": "Seattle"})
    assert "(faulty: " in store.short_name
    assert store.stored_name == "a store_name"
    product = show_product(good(names.PRODUCTS) | {"base_price": "12,50"})
    assert "(faulty: " in product.name
    assert new_purchase_order_line(product, 1, 2.0)["product_name"] == "a product_name"
    assert new_receipt_line(product, ReceivedLine(1))["product_name"] == "a product_name"
    assert new_transfer_line(product, 1)["product_name"] == "a product_name"


def test_a_counter_that_is_a_text_is_faulty() -> None:
    with pytest.raises(FaultyDocumentError, match="stock_delta"):
        to_item(good(names.INVENTORY) | {"stock_delta": "2.0"})


def test_one_bad_document_is_one_bad_row() -> None:
    rows = [good(names.TRANSFERS, "a"), good(names.TRANSFERS, "b") | {"lines": 5}, {}]
    found, faults = read_all(rows, to_transfer)
    assert [one.transfer_id for one in found] == ["a-transfer_id"]
    assert [one.field for one in faults] == ["lines", "transfer_id"]
