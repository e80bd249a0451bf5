"""The live list of the products at or below their reorder point."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.entities import StockItem, StockState
from app.domain.reordering import Suggestion
from app.ui.core.command import Command
from app.ui.core.csv_file import write_csv
from app.ui.core.formats import counted

Suggest = Callable[[Sequence[StockItem]], Awaitable[list[Suggestion]]]
CSV_HEADER = ("SKU", "Product", "Place", "On hand", "Reorder point", "Suggested order")


@dataclass(frozen=True, slots=True)
class LowRow:
    """A product to reorder; `suggested` is None until it is reckoned."""

    product_id: str
    name: str
    sku: str
    place: str
    on_hand: int
    state: StockState
    reorder_point: int
    suggested: int | None


@dataclass(frozen=True, slots=True)
class LowStockState:
    """The products to reorder, worst first; None before the first answer."""

    rows: tuple[LowRow, ...] | None = None


class LowStockViewModel(QObject):
    """Follows the low items of one store; `export` writes them, or those with some ids, as CSV.

    `suggest` says what to order of items: the numbers are those that Reorder puts on a draft.
    """

    state_changed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        suggest: Suggest,
        store_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stock = stock
        self._suggest = suggest
        self._store_id = store_id
        self._following = ExitStack()
        self._active = False
        self._items: list[StockItem] = []
        self._suggested: dict[str, int] = {}
        self._again = False
        self._reckoning = Command(self._reckon, self)
        self._reckoning.changed.connect(self._on_reckoned)
        self.state = LowStockState()
        self.export = Command(self._export, self)

    def activate(self) -> None:
        """Follow the store."""
        if not self._active:
            self._active = True
            self._following.callback(self._stock.watch_low(self._store_id, self._on_items))
            self._following.callback(self._catalogue.on_changed(self._emit))

    def deactivate(self) -> None:
        """Stop following the store."""
        self._following.close()
        self._active = False

    def _on_items(self, items: list[StockItem]) -> None:
        self._items = items
        self._emit()
        self._again = not self._reckoning.execute()

    def _on_reckoned(self) -> None:
        if self._again and not self._reckoning.running and self._active:
            self._again = not self._reckoning.execute()

    async def _reckon(self) -> None:
        found = await self._suggest(self._items)
        self._suggested = {one.inventory_id: one.quantity for one in found}
        self._emit()

    def _emit(self) -> None:
        rows = (self._row(item) for item in self._items)
        self.state = LowStockState(tuple(row for row in rows if row is not None))
        self.state_changed.emit(self.state)

    def _row(self, item: StockItem) -> LowRow | None:
        listing = self._catalogue.listing(item.product_id)
        if listing is None:
            return None
        return LowRow(
            product_id=item.product_id,
            name=listing.product.name,
            sku=listing.product.sku,
            place=item.place.code,
            on_hand=item.on_hand,
            state=item.state,
            reorder_point=item.reorder_point,
            suggested=self._suggested.get(item.inventory_id),
        )

    async def _export(self, path: str, product_ids: frozenset[str] | None = None) -> str:
        await self._reckon()
        rows = [
            one
            for one in self.state.rows or ()
            if product_ids is None or one.product_id in product_ids
        ]
        await write_csv(
            Path(path),
            CSV_HEADER,
            [
                (one.sku, one.name, one.place, one.on_hand, one.reorder_point, one.suggested)
                for one in rows
            ],
        )
        return f"{counted(len(rows), 'product')} written to {path}"
