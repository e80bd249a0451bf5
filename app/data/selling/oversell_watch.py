"""The open cases of stores as they are now, put together from live queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final

from app.data.stock.feed import StockFeed
from app.data.stock.selection import STOCKED, Change, Selection
from app.data.store.reading import ON_HAND, entities
from app.data.store.session import Row, Session
from app.domain.documents.oversell import to_settlements
from app.domain.documents.stock import to_item, to_movement
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Movement
from app.domain.oversell import Case, Settlement, to_case
from app.domain.papers import Document

_ITEMS: Final = Selection("*", f"{STOCKED} AND {ON_HAND} < 0")
_MOST: Final = 200
_MOVEMENTS: Final = (
    "SELECT * FROM stock_movements WHERE inventory_id IN :ids ORDER BY at DESC LIMIT 2000"
)
_CASES: Final = (
    "SELECT * FROM oversell_cases WHERE store_id IN :store_ids ORDER BY updated_at DESC LIMIT 500"
)
_TRANSFERS: Final = (
    "SELECT * FROM transfers WHERE to_store_id IN :store_ids ORDER BY created_at DESC LIMIT 500"
)


@dataclass(frozen=True, slots=True)
class Oversold:
    """Open cases, those with nothing under way first; and all that was settled, newest first."""

    cases: tuple[Case, ...] = ()
    settled: tuple[Settlement, ...] = ()


class OversoldWatch:
    """Follows what is oversold in stores; of movements only those of items below zero."""

    def __init__(
        self, session: Session, feed: StockFeed, on_oversold: Callable[[Oversold], None]
    ) -> None:
        self._session = session
        self._feed = feed
        self._on_oversold = on_oversold
        self._rows: dict[str, list[Row]] = {}
        self._ids: list[str] | None = None
        self._following = ExitStack()
        self._following_movements = ExitStack()

    def open(self, store_ids: Sequence[str]) -> None:
        """Follow some stores."""
        parameters = {"store_ids": sorted(store_ids)}
        for name, dql in {"cases": _CASES, "transfers": _TRANSFERS}.items():
            hear = self._hearer(name)
            self._following.callback(self._session.watch(dql, parameters, hear))
        self._following.callback(self._feed.follow(_ITEMS, store_ids, by_id, self._hearer("items")))

    def cancel(self) -> None:
        """Stop following."""
        self._following_movements.close()
        self._following.close()

    def _hearer(self, name: str) -> Callable[[list[Row]], None]:
        def hear(rows: list[Row]) -> None:
            self._rows[name] = rows
            if name == "items":
                self._follow([one.inventory_id for one in entities(rows, to_item)])
            self._notify()

        return hear

    def _follow(self, ids: list[str]) -> None:
        if ids != self._ids:
            self._following_movements.close()
            self._ids = ids
            if not ids:
                # With an empty list Ditto reads every movement there is.
                self._rows["movements"] = []
                return
            self._rows.pop("movements", None)
            hear = self._hearer("movements")
            self._following_movements.callback(self._session.watch(_MOVEMENTS, {"ids": ids}, hear))

    def _notify(self) -> None:
        if len(self._rows) < 4:
            return
        expected: dict[str, dict[str, int]] = {}
        for transfer in entities(self._rows["transfers"], to_transfer):
            for line in transfer.lines:
                waiting = line.in_transit + (0 if transfer.cancelled else line.to_ship)
                of_product = expected.setdefault(line.product_id, {})
                of_product[transfer.transfer_id] = waiting
        moved: dict[str, list[Movement]] = {}
        for movement in entities(self._rows["movements"], to_movement):
            moved.setdefault(movement.inventory_id, []).append(movement)
        settled = dict(entities(self._rows["cases"], _settled))
        cases = [
            to_case(
                item,
                moved.get(item.inventory_id, ()),
                settled.get(item.inventory_id, ()),
                expected.get(item.product_id, {}),
            )
            for item in entities(self._rows["items"], to_item)
        ]
        cases.sort(key=lambda one: (not one.open, -one.short, one.item.inventory_id))
        newest = sorted(
            (one for its in settled.values() for one in its),
            key=lambda one: (one.signature.at, one.key),
            reverse=True,
        )
        self._on_oversold(Oversold(tuple(cases), tuple(newest)))


def by_id(
    before: list[Row] | None, rows: Mapping[str, Row], changes: Sequence[Change]
) -> list[Row]:
    """The first 200 rows."""
    return nsmallest(_MOST, rows.values(), key=lambda row: str(row.get("inventory_id")))


def _settled(row: Document) -> tuple[str, tuple[Settlement, ...]]:
    # Read first: only what is sound has an item.
    settlements = to_settlements(row)
    return row["inventory_id"], settlements
