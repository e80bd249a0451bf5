"""The stock on hand of some products, followed while a screen shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.entities import StockItem


def stock_keys(catalogue: Catalogue, product_ids: Iterable[str]) -> list[Any]:
    """The keys of the items of some products; those that the store does not carry have none."""
    listings = (catalogue.listing(product_id) for product_id in product_ids)
    return [one.key for one in listings if one is not None and one.key is not None]


class OnHand:
    """Follows the items of some products, and calls `on_changed` after new numbers."""

    def __init__(
        self, catalogue: Catalogue, stock: StockRepository, on_changed: Callable[[], None]
    ) -> None:
        self._catalogue = catalogue
        self._stock = stock
        self._on_changed = on_changed
        self._following = ExitStack()
        self._products: tuple[str, ...] = ()
        self.numbers: dict[str, int] = {}
        """By product id, as far as they are known."""

    def follow(self, product_ids: Iterable[str]) -> None:
        """Follow these products; the same ones again change nothing."""
        products = tuple(product_ids)
        if products == self._products:
            return
        self.stop()
        self._products = products
        if keys := stock_keys(self._catalogue, products):
            self._following.callback(self._stock.watch_items(keys, self._on_items))

    def stop(self) -> None:
        """Stop following; what is known stays."""
        self._following.close()
        self._products = ()

    def forget(self) -> None:
        """Stop following, and forget the numbers."""
        self.stop()
        self.numbers = {}

    def _on_items(self, items: list[StockItem]) -> None:
        self.numbers = {item.product_id: item.on_hand for item in items if not item.fault}
        self._on_changed()
