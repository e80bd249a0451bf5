"""The data set in the tables of the original project, for a PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from connector_config.schema import collections as names
from seed.data_set import Part

_FOLDER: Final = Path(__file__).parent
_SPECIAL: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Document = Mapping[str, Any]


class _Numbers:
    """The serial number that an id of ours has there."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def of(self, name: str) -> int:
        return self._given.setdefault(name, len(self._given) + 1)


class _Keys(NamedTuple):
    stores: _Numbers
    categories: _Numbers
    types: _Numbers
    products: _Numbers
    customers: _Numbers
    orders: _Numbers
    items: _Numbers


class _Table(NamedTuple):
    name: str
    columns: str
    row: Callable[[Document, _Keys], tuple[object, ...]]


_TABLES: Final[Mapping[str, tuple[_Table, ...]]] = {
    names.STORES: (
        _Table(
            "stores",
            "store_id, store_name, rls_user_id, is_online, public_id",
            lambda one, keys: (
                keys.stores.of(one["store_id"]),
                one["store_name"],
                one["rls_user_id"],
                one["is_online"],
                one["store_id"],
            ),
        ),
    ),
    names.CATEGORIES: (
        _Table(
            "categories",
            "category_id, category_name",
            lambda one, keys: (keys.categories.of(one["category_id"]), one["category_name"]),
        ),
    ),
    names.PRODUCT_TYPES: (
        _Table(
            "product_types",
            "type_id, category_id, type_name",
            lambda one, keys: (
                keys.types.of(one["type_id"]),
                keys.categories.of(one["category_id"]),
                one["type_name"],
            ),
        ),
    ),
    names.PRODUCTS: (
        _Table(
            "products",
            "product_id, sku, product_name, category_id, type_id, cost, base_price, "
            "gross_margin_percent, product_description, public_id",
            lambda one, keys: (
                keys.products.of(one["product_id"]),
                one["sku"],
                one["product_name"],
                keys.categories.of(one["category_id"]),
                keys.types.of(one["type_id"]),
                one["cost"],
                one["base_price"],
                one["gross_margin_percent"],
                one["product_description"],
                one["product_id"],
            ),
        ),
    ),
    names.PRODUCT_EMBEDDINGS: (
        _Table(
            "product_image_embeddings",
            "product_id, image_url, image_embedding, created_at",
            lambda one, keys: (
                keys.products.of(one["product_id"]),
                one["image_url"],
                _array(one["image_embedding"]),
                one["created_at"],
            ),
        ),
        _Table(
            "product_description_embeddings",
            "product_id, description_embedding, created_at",
            lambda one, keys: (
                keys.products.of(one["product_id"]),
                _array(one["description_embedding"]),
                one["created_at"],
            ),
        ),
    ),
    names.CUSTOMERS: (
        _Table(
            "customers",
            "customer_id, first_name, last_name, email, phone, primary_store_id, created_at, "
            "public_id",
            lambda one, keys: (
                keys.customers.of(one["customer_id"]),
                one["first_name"],
                one["last_name"],
                one["email"],
                one["phone"],
                keys.stores.of(one["primary_store_id"]),
                one["created_at"],
                one["customer_id"],
            ),
        ),
    ),
    names.INVENTORY: (
        _Table(
            "inventory",
            "store_id, product_id, stock_level, aisle, shelf, bin, reorder_threshold",
            lambda one, keys: (
                keys.stores.of(one["store_id"]),
                keys.products.of(one["product_id"]),
                one["stock_level"],
                one["location"].get("aisle"),
                one["location"].get("shelf"),
                one["location"].get("bin"),
                one["reorder_threshold"],
            ),
        ),
    ),
    names.ORDERS: (
        _Table(
            "orders",
            "order_id, customer_id, store_id, order_date, public_id, status, subtotal, "
            "discount_total, tax, total",
            lambda one, keys: (
                keys.orders.of(one["order_id"]),
                keys.customers.of(one["customer_id"]),
                keys.stores.of(one["store_id"]),
                one["order_date"],
                one["order_id"],
                one["status"],
                one["subtotal"],
                one["discount_total"],
                one["tax"],
                one["total"],
            ),
        ),
    ),
    names.ORDER_ITEMS: (
        _Table(
            "order_items",
            "order_item_id, order_id, store_id, product_id, quantity, unit_price, "
            "discount_percent, discount_amount, total_amount",
            lambda one, keys: (
                keys.items.of(one["order_item_id"]),
                keys.orders.of(one["order_id"]),
                keys.stores.of(one["store_id"]),
                keys.products.of(one["product_id"]),
                one["quantity"],
                one["unit_price"],
                one["discount_percent"],
                one["discount_amount"],
                one["line_total"],
            ),
        ),
    ),
}


def original_script(parts: Iterable[Part]) -> Iterator[str]:
    """What psql reads: the tables, one COPY for each, and the indexes.

    What has no table there, such as the codes of products, is left out.
    """
    yield _read("original.sql")
    keys = _Keys(*(_Numbers() for _ in _Keys._fields))
    for part in parts:
        tables = _TABLES.get(part.collection, ())
        documents = list(part.documents) if len(tables) > 1 else part.documents
        for table in tables:
            yield f"COPY retail.{table.name} ({table.columns}) FROM STDIN;\n"
            for one in documents:
                yield "\t".join(map(_text, table.row(one, keys))) + "\n"
            yield "\\.\n"
    yield _read("original_indexes.sql")


def _read(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


def _array(numbers: Iterable[float]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


def _text(value: object) -> str:
    return "\\N" if value is None else str(value).translate(_SPECIAL)
