"""Finds products in MongoDB by their words and by their meaning, with what each store has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from pymongo.errors import OperationFailure

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from connector_config.search.fusion import fused
from connector_config.search.words import SearchEntry, SearchIndex
from seed.mongo.nearest import Embed, Method, by_meaning
from seed.mongo.products import chosen
from seed.mongo.views import INVENTORY_ON_HAND

_RANKED: Final = 20
"""How many of each way of searching are ranked together: what is far down in two lists must not
push away what is first in one.
"""
_BRAND: Final = "Zava Retail "
_MOST_PRODUCTS: Final = 100_000
_ALIVE: Final[Document] = {"deleted": {"$ne": True}}


@dataclass(frozen=True, slots=True)
class Found:
    """A product; `cosine` says how near its meaning is, None where it was found by words alone.

    `on_hand` has the units at each store that stocks it, by the store's name without the brand.
    """

    product_id: str
    sku: str
    name: str
    price: Decimal
    cosine: float | None
    by_words: bool
    on_hand: Mapping[str, int] = field(default_factory=dict)


class Answer(NamedTuple):
    """What was found, best first; `method` is None where no vectors were compared.

    `remarks` are sentences about what could not be searched.
    """

    products: Sequence[Found]
    method: Method | None
    remarks: Sequence[str]


class Rankings(NamedTuple):
    """The ids that each way of searching found, best first, and the cosines by id."""

    text: Sequence[str]
    fuzzy: Sequence[str]
    meaning: Sequence[str]
    cosines: Mapping[str, float]
    method: Method | None
    remarks: Sequence[str]

    @property
    def words(self) -> list[str]:
        """By words alone."""
        return [one for one, _ in fused((self.text, self.fuzzy))]

    @property
    def both(self) -> list[str]:
        """By words and meaning."""
        return [one for one, _ in fused((self.text, self.fuzzy, self.meaning))]


def search(
    database: MongoDatabase, text: str, embed: Embed, limit: int, store: str | None = None
) -> Answer:
    """Find products, at most `limit`; with a store (its id or name) only its stock is looked up.

    Raises UserError when there are no products, or no such store.
    """
    store_id = None if store is None else _store_id(database, store)
    goods = all_products(database)
    ranked = rank(database, text, goods, embed, max(limit, _RANKED))
    best = ranked.both[:limit]
    stock = _on_hand(database, best, store_id)
    by_words = {*ranked.text, *ranked.fuzzy}
    found = [
        Found(
            one,
            str(goods[one].get("sku", "")),
            str(goods[one].get("product_name", one)),
            Decimal(str(goods[one].get("base_price", 0))).quantize(Decimal("0.01")),
            ranked.cosines.get(one),
            one in by_words,
            stock.get(one, {}),
        )
        for one in best
    ]
    return Answer(found, ranked.method, ranked.remarks)


def rank(
    database: MongoDatabase,
    text: str,
    goods: Mapping[str, Document],
    embed: Embed,
    depth: int = _RANKED,
) -> Rankings:
    """Search the products in every way there is, and take the first `depth` of each."""
    remarks: list[str] = []
    fuzzy = _index(database, goods).search(text, depth).product_ids
    by_text = _text(database, text, depth, remarks)
    cosines, method = by_meaning(database, text, embed, depth, remarks)
    near = {one: cosine for one, cosine in cosines.items() if one in goods}
    meaning = sorted(near, key=lambda one: -near[one])
    return Rankings([one for one in by_text if one in goods], fuzzy, meaning, near, method, remarks)


def _store_id(database: MongoDatabase, given: str) -> str:
    found = database[names.STORES].find(_ALIVE, {"store_name": 1}, sort=[("_id", 1)])
    return chosen("store", given, {str(one["_id"]): str(one.get("store_name")) for one in found})


def all_products(database: MongoDatabase) -> dict[str, Document]:
    """What a search shows of every product, by id; raises UserError when there are none."""
    fields = ("sku", "product_name", "base_price", "type_id", "category_id")
    found = database[names.PRODUCTS].find(
        _ALIVE, dict.fromkeys(fields, 1), sort=[("_id", 1)], limit=_MOST_PRODUCTS
    )
    goods = {str(one["_id"]): one for one in found}
    if not goods:
        raise UserError(
            f"There are no products in the database {database.name}: "
            "fill it with zava-seed generate first."
        )
    return goods


def _index(database: MongoDatabase, goods: Mapping[str, Document]) -> SearchIndex:
    """The index with which the app searches."""
    types = {str(one["_id"]): one for one in database[names.PRODUCT_TYPES].find()}
    categories = {str(one["_id"]): one for one in database[names.CATEGORIES].find()}
    ordered = sorted(goods.items(), key=lambda item: str(item[1].get("product_name")).casefold())
    return SearchIndex(
        [
            SearchEntry(
                product_id,
                str(one.get("product_name", "")),
                str(one.get("sku", "")),
                str(types.get(str(one.get("type_id")), {}).get("type_name", "")),
                str(categories.get(str(one.get("category_id")), {}).get("category_name", "")),
            )
            for product_id, one in ordered
        ]
    )


def _text(database: MongoDatabase, text: str, depth: int, remarks: list[str]) -> list[str]:
    """By the text index of MongoDB: any of the words will do, the more the better."""
    score = {"$meta": "textScore"}
    # A quote or a minus would be an operator of the index.
    words = text.replace('"', " ").replace("-", " ")
    try:
        found = database[names.PRODUCTS].find(
            {"$text": {"$search": words}, **_ALIVE},
            {"score": score},
            sort=[("score", score), ("_id", 1)],
            limit=depth,
        )
        return [str(one["_id"]) for one in found]
    except OperationFailure as error:
        if "text index" not in str(error):
            raise
        remarks.append("There is no text index, so it was not searched: run zava-seed indexes.")
        return []


def _on_hand(
    database: MongoDatabase, product_ids: Sequence[str], store_id: str | None
) -> dict[str, dict[str, int]]:
    query: Document = {"product_id": {"$in": list(product_ids)}}
    if store_id is not None:
        query["store_id"] = store_id
    named = {
        str(one["_id"]): str(one.get("store_name")) for one in database[names.STORES].find(_ALIVE)
    }
    stock: dict[str, dict[str, int]] = {}
    for one in database[INVENTORY_ON_HAND].find(query, sort=[("store_id", 1)]):
        if isinstance(one.get("on_hand"), int):
            store = str(one["store_id"])
            short = named.get(store, store).removeprefix(_BRAND)
            stock.setdefault(str(one["product_id"]), {})[short] = one["on_hand"]
    return stock
