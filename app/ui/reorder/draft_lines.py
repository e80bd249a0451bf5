"""Changing the lines of a draft, as they are scanned and typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.stock.catalogue import Catalogue
from app.domain.entities import Actor, Product
from app.domain.errors import PaperError
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from app.ui.core.actions import Actions
from app.ui.core.formats import number
from app.ui.core.open_paper import OpenPaper
from app.ui.reorder.reckoning import Reckoning

Write = Callable[[Awaitable[PurchaseOrder], str], Awaitable[None]]
"""Does a step, and says a sentence while its paper is open."""


class DraftLines:
    """Changes lines of the draft that is open when asked, even if it is left meanwhile."""

    def __init__(
        self,
        catalogue: Catalogue,
        orders: PurchaseOrderRepository,
        reckoning: Reckoning,
        drafts: OpenPaper[PurchaseOrder],
        actor: Actor,
        actions: Actions,
        write: Write,
    ) -> None:
        self._catalogue = catalogue
        self._orders = orders
        self._reckoning = reckoning
        self._drafts = drafts
        self._actor = actor
        self._actions = actions
        self._write = write

    def add(self, product_id: str, by: int) -> None:
        """Order so many more; a product that is new as many as suggested, at least so many."""

        async def more(line: PurchaseOrderLine | None) -> int:
            if line is not None:
                return max(line.quantity + by, 0)
            return max(await self._reckoning.of_product(product_id), by, 1)

        self._change(product_id, more)

    def set(self, product_id: str, quantity: int) -> None:
        """Set the units of a product that is on the draft."""

        async def so_many(line: PurchaseOrderLine | None) -> int | None:
            return quantity if line is not None else None

        self._change(product_id, so_many)

    def _change(
        self, product_id: str, wanted: Callable[[PurchaseOrderLine | None], Awaitable[int | None]]
    ) -> None:
        """`wanted` says how many, None for a line that has to be there and is not any more."""
        draft = self._drafts.paper
        if draft is None:
            return

        async def work() -> None:
            lines = self._drafts.newest(draft).lines
            line = next((line for line in lines if line.product_id == product_id), None)
            product = self._product(product_id, line)
            if product is None:
                return
            quantity = await wanted(line)
            if quantity is None:
                raise PaperError(
                    f"{product.name} was taken off the order meanwhile: nothing was saved. "
                    "Scan it, or search it by name, to order it all the same."
                )
            message = (
                f"{product.name}: {number(quantity)}" if quantity else f"{product.name} taken off"
            )
            await self._write(self._orders.set_line(draft, product, quantity, self._actor), message)

        self._actions.add(work)

    def _product(self, product_id: str, line: PurchaseOrderLine | None) -> Product | None:
        listing = self._catalogue.listing(product_id)
        if listing is not None:
            return listing.product
        if line is not None:
            return Product(product_id, line.sku, line.name, line.unit_cost)
        return None
