"""What a simulation needs to know of the stores of a database before it sells in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from connector_config.schema.time_zones import USUAL, zone_named
from seed.catalogue_files import Catalogue
from seed.data_set import data_files
from seed.mongo.products import chosen
from seed.mongo.simulated import Goods, Till
from seed.store_files import StorePlan

_ALIVE: Final[Document] = {"deleted": {"$ne": True}}
_CUSTOMERS: Final = 500
"""Customers of a store who come shopping."""
_MOST_PRODUCTS: Final = 100_000
_USUAL_TAX: Final = 10.1


@dataclass(frozen=True, slots=True)
class Shop:
    """A store that sells: its till, its plan, its customers, and its items by product id."""

    till: Till
    plan: StorePlan
    customers: Sequence[Document]
    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shops:
    """The stores that sell, the catalogue they were made of, and its goods as they are today."""

    shops: Sequence[Shop]
    catalogue: Catalogue
    goods: Mapping[str, Goods]


def open_shops(database: MongoDatabase, stores: Sequence[str], catalogue: Path | None) -> Shops:
    """Read the stores of these ids or names, all where there are none.

    Raises UserError where the database lacks what is needed to sell in one of them.
    """
    made_of, plans = data_files(catalogue)
    known = {one.store_id: one for one in plans}
    found = {str(one["_id"]): one for one in database[names.STORES].find(_ALIVE, sort=[("_id", 1)])}
    if not found:
        raise UserError(
            f"There are no stores in the database {database.name}: "
            "fill it with zava-seed generate first."
        )
    choices = {one: str(store.get("store_name")) for one, store in found.items() if one in known}
    wanted = [chosen("store", one, choices) for one in stores] or list(choices)
    if not wanted:
        raise UserError(
            "The stores of this database are none of the catalogue's: name that of which the data "
            "was made with --catalogue."
        )
    goods = _goods(database)
    shops = [
        _open(database, found[one], known[one], goods, made_of) for one in dict.fromkeys(wanted)
    ]
    return Shops(shops, made_of, goods)


def _open(
    database: MongoDatabase,
    store: Document,
    plan: StorePlan,
    goods: Mapping[str, Goods],
    made_of: Catalogue,
) -> Shop:
    store_id, name = str(store["_id"]), str(store.get("store_name"))
    sold = goods.keys() & {one.product_id for one in made_of.products}
    items = {
        str(one["product_id"]): str(one["_id"])
        for one in database[names.INVENTORY].find(
            {"store_id": store_id, **_ALIVE}, limit=_MOST_PRODUCTS
        )
        # Of an item that is damaged nobody knows what is there.
        if one.get("product_id") in sold
        and type(one.get("stock_level")) is int
        and type(one.get("stock_delta", 0)) is int
    }
    if not items:
        raise UserError(
            f"{name} stocks nothing of the catalogue: name that of which the data was made with "
            "--catalogue, or run zava-seed generate first."
        )
    customers = _customers(database, {"primary_store_id": store_id}) or _customers(database, {})
    if not customers:
        raise UserError(
            f"There are no customers in the database {database.name}: "
            "fill it with zava-seed generate first."
        )
    tax = store.get("tax_percent")
    percent = tax if isinstance(tax, int | float) else _USUAL_TAX
    zone = zone_named(str(store.get("time_zone") or USUAL)) or UTC
    return Shop(Till(store_id, name, round(percent * 1000), zone), plan, customers, items)


def _goods(database: MongoDatabase) -> dict[str, Goods]:
    goods: dict[str, Goods] = {}
    for one in database[names.PRODUCTS].find(_ALIVE, limit=_MOST_PRODUCTS):
        cents = _cents(one.get("base_price"))
        if cents is not None:
            its = (str(one["_id"]), str(one.get("sku", "")), str(one.get("product_name", "")))
            goods[its[0]] = Goods(*its, cents)
    return goods


def _cents(price: Any) -> int | None:
    """A price in cents; None for one that nobody can pay."""
    try:
        cents = Decimal(str(price)) * 100
        return int(cents) if cents >= 0 and cents == int(cents) else None
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _customers(database: MongoDatabase, of: Document) -> list[Document]:
    fields = ("customer_id", "first_name", "last_name", "email")
    found = database[names.CUSTOMERS].find(
        {**of, **_ALIVE}, dict.fromkeys(fields, 1), sort=[("_id", 1)], limit=_CUSTOMERS
    )
    texts = fields[:-1]
    return [one for one in found if all(isinstance(one.get(name), str) for name in texts)]
