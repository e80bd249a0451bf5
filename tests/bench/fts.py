"""The baseline of the search: SQLite FTS5 on the same products, into the same list."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from time import perf_counter

from PySide6.QtCore import QObject, Signal

from app.data.stock.catalogue import Listing
from app.domain.entities import StockState
from app.ui.find.view_model import PAGE, FindRow, FindState

_TABLE = (
    "CREATE VIRTUAL TABLE products USING fts5(name, sku, type, category, place, "
    "tokenize = 'unicode61 remove_diacritics 2')"
)
_MATCH = f"SELECT rowid FROM products WHERE products MATCH ? ORDER BY rank LIMIT {PAGE}"
_FIRST = f"SELECT rowid FROM products ORDER BY rowid LIMIT {PAGE}"


class FtsTable:
    """An in-memory FTS5 table; row numbers are positions in `listings`."""

    def __init__(self, listings: Sequence[Listing]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute(_TABLE)
        self._database.executemany(
            "INSERT INTO products (rowid, name, sku, type, category, place) VALUES (?,?,?,?,?,?)",
            (
                (
                    at,
                    listing.product.name,
                    listing.product.sku,
                    listing.product.type,
                    listing.product.category,
                    f"{listing.place.code} {listing.place.text}" if listing.place else "",
                )
                for at, listing in enumerate(listings)
            ),
        )
        self._database.commit()

    def search(self, query: str) -> list[int]:
        """Positions of the 30 best, every word a prefix; the first ones for an empty query."""
        words = query.replace('"', " ").split()
        if not words:
            return [at for (at,) in self._database.execute(_FIRST)]
        match = " ".join(f'"{word}"*' for word in words)
        return [at for (at,) in self._database.execute(_MATCH, (match,))]


class FtsSource(QObject):
    """Feeds a FindScreen from an FTS5 table, with rows that are ready before the query."""

    state_changed = Signal(object)

    def __init__(self, table: FtsTable, listings: Sequence[Listing]) -> None:
        super().__init__()
        self.state = FindState()
        self._table = table
        self._rows = [_row(one) for one in listings]

    def set_query(self, query: str) -> None:
        """Search and show, at once."""
        started = perf_counter()
        found = self._table.search(query)
        seconds = perf_counter() - started
        rows = tuple(self._rows[at] for at in found)
        self.state = FindState(query, rows, len(rows), seconds)
        self.state_changed.emit(self.state)

    def show_more(self) -> None:
        """There is no more."""


def _row(listing: Listing) -> FindRow:
    product = listing.product
    return FindRow(
        product_id=product.product_id,
        name=product.name,
        sku=product.sku,
        type=product.type,
        price=product.price,
        place=listing.place.code if listing.place else "",
        on_hand=12,
        state=StockState.OK,
    )
