"""The other stores of a product, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from app.domain.distance import kilometres
from app.domain.entities import StockItem, Store
from app.ui.product.state import Elsewhere


class OtherStores:
    """All stores but the own one, by distance; unknown distances come last."""

    def __init__(self, stores: Iterable[Store], own_id: str) -> None:
        by_id = {one.store_id: one for one in stores}
        own = by_id.pop(own_id, None)
        self._kilometres = {
            store_id: kilometres(own, one) if own is not None else None
            for store_id, one in by_id.items()
        }
        self._stores = sorted(by_id.values(), key=lambda one: self._distance(one.store_id))

    def rows(self, items: Mapping[str, StockItem]) -> tuple[Elsewhere, ...]:
        """What each of them has of a product; `items` are that product's items, by store."""
        return tuple(self._row(one, items.get(one.store_id)) for one in self._stores)

    def _row(self, store: Store, item: StockItem | None) -> Elsewhere:
        return Elsewhere(
            store.short_name,
            item.on_hand if item and not item.fault else None,
            store.store_id,
            self._kilometres[store.store_id],
            item.last_updated if item else None,
        )

    def _distance(self, store_id: str) -> float:
        known = self._kilometres[store_id]
        return inf if known is None else known
