"""The suggestions for the products of a draft, reckoned anew as their stock changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.entities import Product, StockItem
from app.domain.purchase_orders import PurchaseOrder
from app.domain.reordering import Suggestion
from app.ui.core.actions import Actions
from app.ui.core.on_hand import stock_keys


class Reckoning:
    """Follows the items of one draft; `suggestions` are by product id.

    `on_changed` is called after new ones. The store is read through `actions`, after what was asked
    for before.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        orders: PurchaseOrderRepository,
        actions: Actions,
        on_changed: Callable[[], None],
    ) -> None:
        self._catalogue = catalogue
        self._stock = stock
        self._orders = orders
        self._actions = actions
        self._on_changed = on_changed
        self._products: frozenset[str] = frozenset()
        self._stop: Callable[[], None] | None = None
        self.suggestions: dict[str, Suggestion] = {}

    def follow(self, draft: PurchaseOrder) -> None:
        """Follow the products of a draft; the same products again change nothing."""
        products = frozenset(line.product_id for line in draft.lines)
        if products == self._products:
            return
        self.stop()
        self._products = products
        keys = stock_keys(self._catalogue, sorted(products))
        self._stop = self._stock.watch_items(
            keys, lambda items: self._actions.add(lambda: self._reckon(items))
        )

    def stop(self) -> None:
        """Stop following."""
        self._products = frozenset()
        if self._stop is not None:
            self._stop()
            self._stop = None

    async def of_product(self, product_id: str) -> int:
        """The suggested units of one product; 0 where this store does not carry it."""
        items = await self._stock.items(stock_keys(self._catalogue, [product_id]))
        return sum(one.quantity for one in await self._orders.suggestions(items))

    async def of_products(self, product_ids: Sequence[str]) -> dict[str, tuple[Product, int]]:
        """Some products with the units to order, at least one of each, by product id."""
        items = await self._stock.items(stock_keys(self._catalogue, product_ids))
        found = await self._orders.suggestions(items)
        suggested = {one.product_id: one.quantity for one in found}
        listed = ((one, self._catalogue.listing(one)) for one in product_ids)
        return {
            product_id: (listing.product, max(suggested.get(product_id, 0), 1))
            for product_id, listing in listed
            if listing is not None
        }

    async def of_low(self, store_id: str) -> dict[str, tuple[Product, int]]:
        """The products that are low now, each with the units to order, by product id."""
        answer: asyncio.Future[list[StockItem]] = asyncio.get_running_loop().create_future()

        def on_items(items: list[StockItem]) -> None:
            if not answer.done():
                answer.set_result(items)

        cancel = self._stock.watch_low(store_id, on_items)
        try:
            found = await self._orders.suggestions(await answer)
        finally:
            cancel()
        listed = ((one, self._catalogue.listing(one.product_id)) for one in found if one.quantity)
        return {
            suggestion.product_id: (listing.product, suggestion.quantity)
            for suggestion, listing in listed
            if listing is not None
        }

    async def _reckon(self, items: list[StockItem]) -> None:
        found = await self._orders.suggestions(items)
        self.suggestions = {one.product_id: one for one in found}
        self._on_changed()
