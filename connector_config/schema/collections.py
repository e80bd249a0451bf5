"""The collections and how the Ditto `_id` of a document follows from its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

STORES: Final = "stores"
STAFF: Final = "staff"
CUSTOMERS: Final = "customers"
CATEGORIES: Final = "categories"
PRODUCT_TYPES: Final = "product_types"
PRODUCTS: Final = "products"
PRODUCT_CODES: Final = "product_codes"
PRODUCT_EMBEDDINGS: Final = "product_embeddings"
INVENTORY: Final = "inventory"
ORDERS: Final = "orders"
ORDER_ITEMS: Final = "order_items"
STOCK_MOVEMENTS: Final = "stock_movements"
TRANSFERS: Final = "transfers"
REPLENISHMENTS: Final = "replenishments"
GOODS_RECEIPTS: Final = "goods_receipts"
STOCKTAKES: Final = "stocktakes"
STOCKTAKE_COUNTS: Final = "stocktake_counts"
OVERSELL_CASES: Final = "oversell_cases"
DAY_CLOSINGS: Final = "day_closings"

# Peers only meet when they open the same database id, so devices and the seeder share this one
# until the person configures the id of their own Ditto database.
DATABASE_ID: Final = "5f0a6c7e-2d41-4b8e-9a53-7c1e0d94b26f"


class MongoId(Enum):
    """What MongoDB holds in `_id`."""

    BUSINESS = "business"
    UUID = "uuid"
    OBJECT_ID = "object_id"


Kind = Literal["catalogue", "people", "stock", "sales", "ledger", "papers"]
"""What a collection is about."""

Scope = Literal["shared", "store"]
"""How much of a collection a device holds: all of it, or what belongs to its stores."""


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection; `id_fields` are the fields of the body that make its Ditto `_id`.

    `title` is its name for people. `store_fields` are the id fields that name a store to which a
    document belongs, `since_field` is an instant that never changes. A synced collection has a
    `scope`, any other one has a `why_not`. `initial_sync` says whether the connector brings along
    what was in MongoDB before it started, `types` what has to be known about the values.
    """

    name: str
    title: str
    kind: Kind
    mongo_id: MongoId
    id_fields: tuple[str, ...]
    sync: bool
    scope: Scope | None = None
    store_fields: tuple[str, ...] = ()
    since_field: str | None = None
    why_not: str = ""
    initial_sync: bool = False
    types: str = ""

    @property
    def ditto_id_shape(self) -> str:
        """The shape of the Ditto `_id` for a person, such as `{store_id, order_id}`."""
        fields = ", ".join(self.id_fields)
        return fields if len(self.id_fields) == 1 else f"{{{fields}}}"


class _Collections(Mapping[str, Collection]):
    """The collections by name, read from `collections.yaml` when they are first asked for."""

    def __getitem__(self, name: str) -> Collection:
        return _load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_load())

    def __len__(self) -> int:
        return len(_load())


COLLECTIONS: Final[Mapping[str, Collection]] = _Collections()


def synced(*kinds: Kind) -> tuple[Collection, ...]:
    """The synced collections of these kinds, or of all where no kind is named, in their order."""
    return tuple(
        one for one in COLLECTIONS.values() if one.sync and (not kinds or one.kind in kinds)
    )


def ditto_id(collection: str, document: Mapping[str, object]) -> str | dict[str, str]:
    """The Ditto `_id` of a document: a string, or an object where there are several id fields.

    Raises ValueError, in a sentence, for an unknown collection or an id field that is missing or
    not a non-empty string.
    """
    fields = _id_fields().get(collection)
    if fields is None:
        raise ValueError(f"There is no collection {collection!r}: see collections.yaml.")
    if len(fields) == 1:
        return id_part(collection, fields[0], document)
    return {field: id_part(collection, field, document) for field in fields}


def id_part(collection: str, field: str, document: Mapping[str, object]) -> str:
    """The value of an id field.

    Raises ValueError, in a sentence, unless it is a non-empty string.
    """
    value = document.get(field)
    # Not a subclass of it either: code of BSON is one, and no text.
    if type(value) is not str or not value:
        raise ValueError(
            f"A document of {collection} needs {field!r} as a non-empty text for its id, "
            f"but has {value!r}."
        )
    return value


@cache
def _id_fields() -> dict[str, tuple[str, ...]]:
    return {name: collection.id_fields for name, collection in COLLECTIONS.items()}


@cache
def _load() -> dict[str, Collection]:
    import yaml  # takes longer than the rest of this module, and the start does without

    text = resources.files(__package__).joinpath("collections.yaml").read_text(encoding="utf-8")
    collections: dict[str, Collection] = {}
    # The C loader is seven times faster, but a PyYAML built from source may lack it.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for entry in yaml.load(text, loader)["collections"]:
        collections[entry["name"]] = Collection(
            name=entry["name"],
            title=entry["title"],
            kind=entry["kind"],
            mongo_id=MongoId(entry["mongo_id"]),
            id_fields=tuple(entry["id_fields"]),
            sync=bool(entry["sync"]),
            scope=entry.get("scope"),
            store_fields=tuple(entry.get("store_fields", ())),
            since_field=entry.get("since_field"),
            why_not=entry.get("why_not", ""),
            initial_sync=entry.get("initial_sync", False),
            types=entry.get("types", ""),
        )
    return collections
