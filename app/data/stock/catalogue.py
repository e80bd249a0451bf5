"""The catalogue on this device, and the index that finds a product in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from app.data.stock.feed import StockFeed
from app.data.stock.meanings import AFTER_FIRST_PAINT, Meanings
from app.data.stock.selection import STOCKED, Change, Selection
from app.data.store.background import in_background
from app.data.store.reading import entities, sound_rows
from app.data.store.session import Row, Session
from app.domain.codes import read_code
from app.domain.documents.codes import to_code
from app.domain.documents.stock import show_item, show_product, show_store
from app.domain.entities import Place, Product, Store, natural_key
from app.domain.errors import StorageError
from app.domain.known_codes import KnownCodes
from app.domain.papers import Document
from app.domain.scans import Scan
from connector_config.schema.collections import CATEGORIES, PRODUCT_TYPES
from connector_config.search.words import Hits, SearchEntry, SearchIndex

_STORES = "SELECT * FROM stores WHERE deleted = false ORDER BY store_name LIMIT 1000"
_CATEGORIES = "SELECT _id, category_id, category_name FROM categories LIMIT 1000"
_TYPES = "SELECT _id, type_id, type_name FROM product_types LIMIT 10000"
_PRODUCTS = (
    "SELECT _id, product_id, sku, product_name, base_price, category_id, type_id, updated_at "
    "FROM products WHERE deleted = false LIMIT 100000"
)
_PRODUCT = "SELECT * FROM products WHERE _id = :product_id"
_CODES = (
    "SELECT code_id, code, product_id, kind, units FROM product_codes WHERE deleted = false "
    "LIMIT 400000"
)
# Without what devices move, so that a sale changes nothing.
_PLACES: Final = Selection("_id, store_id, inventory_id, product_id, location", STOCKED)
_PATIENCE: Final = 60.0
"""Seconds that loading may take; 50,000 products take a few."""


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

    async def like(self, text: str, limit: int) -> Sequence[str] | None:
        """Ids of products that mean something like a text, best first; see `Meanings.like`."""
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
        return entities(await self._session.query(_STORES), show_store)

    def watch(self, on_stores: Callable[[list[Store]], None]) -> Callable[[], None]:
        """All stores, now and after every change."""
        return self._session.watch(
            _STORES, None, lambda rows: on_stores(entities(rows, show_store))
        )


class DittoCatalogue:
    """Catalogue on the embedded store: what changes feeds a search index and the codes."""

    def __init__(self, session: Session, feed: StockFeed) -> None:
        self._session = session
        self._feed = feed
        self._listeners: list[Callable[[], None]] = []
        self._meanings = Meanings(session)
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
        self._ready: asyncio.Future[None] | None = None

    async def open(self, store_id: str) -> None:
        """Load the catalogue as seen from one store and keep it current, instead of another's.

        Raises StorageError where it cannot be loaded, or not in a minute.
        """
        self.close()
        ready = self._ready = asyncio.get_running_loop().create_future()
        query = self._session.query
        for row in sound_rows(CATEGORIES, await query(_CATEGORIES), "category_id"):
            self._categories[row["category_id"]] = row.get("category_name", "")
        for row in sound_rows(PRODUCT_TYPES, await query(_TYPES), "type_id"):
            self._types[row["type_id"]] = row.get("type_name", "")
        self._following.callback(self._session.watch(_PRODUCTS, None, self._on_products))
        self._following.callback(self._feed.follow(_PLACES, [store_id], _all, self._on_places))
        self._following.callback(self._session.watch(_CODES, None, self._on_codes))
        try:
            async with asyncio.timeout(_PATIENCE):
                await ready
        except TimeoutError:
            raise StorageError(
                f"The catalogue was not read in {_PATIENCE:.0f} seconds: try again, and if that "
                "does not help, start the program anew."
            ) from None

    def understand(self, after: float = AFTER_FIRST_PAINT) -> None:
        """Learn in the background what the products mean, from so many seconds on."""
        self._meanings.begin(after)

    def close(self) -> None:
        """Stop following the store."""
        self._following.close()
        self._meanings.close()
        if self._building is not None:
            self._building.cancel()
            self._building = None
        self._products = self._places = self._taught = self._ready = None
        self._stale = self._stale_codes = False

    def search(self, query: str, limit: int) -> Hits:
        return self._index.search(query, limit)

    async def like(self, text: str, limit: int) -> Sequence[str] | None:
        found = await self._meanings.like(text, limit)
        return found and [one for one in found if one in self._listings]

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
        found = entities(
            rows, lambda row: show_product(row, listing.product.category, listing.product.type)
        )
        return found[0] if found else None

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
            self._building = in_background(self._build(), "the catalogue cannot be loaded")
            self._building.add_done_callback(self._on_built)

    def _on_built(self, building: asyncio.Task[None]) -> None:
        waiting = self._ready
        if building.cancelled() or waiting is None or waiting.done():
            return
        if building.exception() is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(
                StorageError("The catalogue cannot be loaded: what went wrong is in the log.")
            )

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
        self._meanings.follow(self._products or [])
        for listener in tuple(self._listeners):
            listener()

    def _build_now(
        self, products: list[Row], places: list[Row]
    ) -> tuple[dict[str, Listing], SearchIndex]:
        def product(row: Document) -> Product:
            category, type_ = str(row.get("category_id")), str(row.get("type_id"))
            return show_product(row, self._categories.get(category, ""), self._types.get(type_, ""))

        listings = {one.product_id: Listing(one) for one in entities(products, product)}
        for key, item in entities(places, lambda row: (row["_id"], show_item(row))):
            if listing := listings.get(item.product_id):
                listings[item.product_id] = replace(listing, key=key, place=item.place)
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


def _all(before: list[Row] | None, rows: Mapping[str, Row], changes: Sequence[Change]) -> list[Row]:
    return list(rows.values())


def _known(listings: Mapping[str, Listing], taught: list[Row]) -> KnownCodes:
    """The codes of the products in the catalogue; a code of no such product leads to nothing."""
    codes = (to_code(row) for row in taught)
    return KnownCodes(
        ((one.product.sku, product_id) for product_id, one in listings.items()),
        (code for code in codes if code is not None and code.product_id in listings),
    )
