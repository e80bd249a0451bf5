"""The catalogue on this device, and the index that finds a product in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.data.store.session import Row, Session
from app.domain.codes import read_code
from app.domain.documents.codes import to_code
from app.domain.documents.stock import to_place, to_product, to_store
from app.domain.entities import Place, Product, Store, natural_key
from app.domain.known_codes import KnownCodes
from app.domain.scans import Scan
from app.domain.search import Hits, SearchEntry, SearchIndex

_STORES = "SELECT * FROM stores WHERE deleted = false ORDER BY store_name LIMIT 1000"
_CATEGORIES = "SELECT category_id, category_name FROM categories LIMIT 1000"
_TYPES = "SELECT type_id, type_name FROM product_types LIMIT 10000"
_PRODUCTS = (
    "SELECT product_id, sku, product_name, base_price, category_id, type_id FROM products "
    "WHERE deleted = false LIMIT 100000"
)
_PRODUCT = "SELECT * FROM products WHERE _id = :product_id"
_CODES = (
    "SELECT code_id, code, product_id, kind, units FROM product_codes WHERE deleted = false "
    "LIMIT 400000"
)
# Without the quantities, so that a sale does not wake it.
_PLACES = (
    "SELECT _id, product_id, location FROM inventory "
    "WHERE store_id = :store_id AND deleted = false LIMIT 100000"
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A product as lists show it; `key` and `place` are None where the store does not stock it."""

    product: Product
    key: Any = None
    place: Place | None = None


class Catalogue(Protocol):
    """Products and where they stand in the signed-in store, held in memory and kept current."""

    def search(self, query: str, limit: int) -> Hits:
        """Products that match every word, best first; see `SearchIndex.search`."""
        ...

    def read(self, text: str) -> Scan:
        """What a scanned or typed code means; see `app.domain.codes`."""
        ...

    def ean13(self, product_id: str) -> str:
        """The GTIN of 13 digits of one unit of a product, for a label; "" where it has none."""
        ...

    def listing(self, product_id: str) -> Listing | None:
        """One product as lists show it; None where it is not in the catalogue."""
        ...

    async def product(self, product_id: str) -> Product | None:
        """One product with its description and specifications."""
        ...

    def on_changed(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after a product is new, changed or moved; returns the cancel."""
        ...


class StoreDirectory:
    """The company's stores."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def stores(self) -> list[Store]:
        """All stores, by name; empty before the first data arrived."""
        return [to_store(row) for row in await self._session.query(_STORES)]

    def watch(self, on_stores: Callable[[list[Store]], None]) -> Callable[[], None]:
        """All stores, now and after every change."""
        return self._session.watch(
            _STORES, None, lambda rows: on_stores([to_store(row) for row in rows])
        )


class DittoCatalogue:
    """Catalogue on the embedded store: live queries feed a search index and the codes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._listeners: list[Callable[[], None]] = []
        self._following = ExitStack()
        self._categories: dict[str, str] = {}
        self._types: dict[str, str] = {}
        self._listings: dict[str, Listing] = {}
        self._index = SearchIndex([])
        self._codes = KnownCodes()
        self._products: list[Row] | None = None
        self._places: list[Row] | None = None
        self._taught: list[Row] | None = None
        self._building: asyncio.Task[None] | None = None
        self._stale = self._stale_codes = False
        self._ready = asyncio.Event()

    async def open(self, store_id: str) -> None:
        """Load the catalogue as seen from one store and keep it current, instead of another's."""
        self.close()
        self._ready.clear()
        for row in await self._session.query(_CATEGORIES):
            self._categories[row["category_id"]] = row["category_name"]
        for row in await self._session.query(_TYPES):
            self._types[row["type_id"]] = row["type_name"]
        self._following.callback(self._session.watch(_PRODUCTS, None, self._on_products))
        self._following.callback(
            self._session.watch(_PLACES, {"store_id": store_id}, self._on_places)
        )
        self._following.callback(self._session.watch(_CODES, None, self._on_codes))
        await self._ready.wait()

    def close(self) -> None:
        """Stop following the store."""
        self._following.close()
        if self._building is not None:
            self._building.cancel()
            self._building = None
        self._products = self._places = self._taught = None
        self._stale = self._stale_codes = False

    def search(self, query: str, limit: int) -> Hits:
        return self._index.search(query, limit)

    def read(self, text: str) -> Scan:
        return read_code(text, self._codes)

    def ean13(self, product_id: str) -> str:
        return self._codes.ean13(product_id)

    def listing(self, product_id: str) -> Listing | None:
        return self._listings.get(product_id)

    async def product(self, product_id: str) -> Product | None:
        listing = self._listings.get(product_id)
        rows = await self._session.query(_PRODUCT, {"product_id": product_id})
        if listing is None or not rows:
            return None
        return to_product(rows[0], listing.product.category, listing.product.type)

    def on_changed(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _on_products(self, rows: list[Row]) -> None:
        self._products = rows
        self._stale = True
        self._rebuild()

    def _on_places(self, rows: list[Row]) -> None:
        self._places = rows
        self._stale = True
        self._rebuild()

    def _on_codes(self, rows: list[Row]) -> None:
        self._taught = rows
        self._stale_codes = True
        self._rebuild()

    def _rebuild(self) -> None:
        if self._products is None or self._places is None or self._taught is None:
            return
        if self._building is None or self._building.done():
            self._building = asyncio.get_running_loop().create_task(self._build())

    async def _build(self) -> None:
        loop = asyncio.get_running_loop()
        # Off the Qt thread: with 50,000 products this takes seconds. A new code alone does not.
        while self._stale or self._stale_codes:
            listings, index = self._listings, self._index
            if self._stale:
                self._stale = False
                listings, index = await loop.run_in_executor(
                    None, self._build_now, self._products or [], self._places or []
                )
            self._stale_codes = False
            codes = await loop.run_in_executor(None, _known, listings, self._taught or [])
            self._listings, self._index, self._codes = listings, index, codes
        self._ready.set()
        for listener in tuple(self._listeners):
            listener()

    def _build_now(
        self, products: list[Row], places: list[Row]
    ) -> tuple[dict[str, Listing], SearchIndex]:
        listings = {
            row["product_id"]: Listing(
                to_product(
                    row,
                    self._categories.get(row.get("category_id", ""), ""),
                    self._types.get(row.get("type_id", ""), ""),
                )
            )
            for row in products
        }
        for row in places:
            if listing := listings.get(row["product_id"]):
                listings[row["product_id"]] = replace(
                    listing, key=row["_id"], place=to_place(row.get("location"))
                )
        # Equally good matches: what this store stocks first, then by name.
        ordered = sorted(
            listings.values(), key=lambda one: (one.key is None, natural_key(one.product.name))
        )
        index = SearchIndex(
            [
                SearchEntry(
                    listing.product.product_id,
                    listing.product.name,
                    listing.product.sku,
                    listing.product.type,
                    listing.product.category,
                    listing.place,
                )
                for listing in ordered
            ]
        )
        return {one.product.product_id: one for one in ordered}, index


def _known(listings: Mapping[str, Listing], taught: list[Row]) -> KnownCodes:
    """The codes of the products in the catalogue; a code of no such product leads to nothing."""
    codes = (to_code(row) for row in taught)
    return KnownCodes(
        ((one.product.sku, product_id) for product_id, one in listings.items()),
        (code for code in codes if code is not None and code.product_id in listings),
    )
