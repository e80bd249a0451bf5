"""Walking the store: aisles, their shelves, and what stands on a shelf, bin by bin."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import ShelfSummary, StockRepository
from app.domain.entities import Place, Product, StockItem, StockState, natural_key


@dataclass(frozen=True, slots=True)
class Group:
    """An aisle or a shelf with its counts."""

    name: str
    items: int
    low: int
    empty: int


@dataclass(frozen=True, slots=True)
class BinRow:
    """A product in its bin."""

    product_id: str
    name: str
    sku: str
    bin: str
    on_hand: int
    state: StockState


@dataclass(frozen=True, slots=True)
class AislesState:
    """The three columns, and what is chosen in the first two."""

    aisles: tuple[Group, ...] = ()
    shelves: tuple[Group, ...] = ()
    bins: tuple[BinRow, ...] = ()
    aisle: str | None = None
    shelf: str | None = None
    loaded: bool = False


class AislesViewModel(QObject):
    """Follows the chosen shelf and the counts of all shelves of one store."""

    state_changed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        store_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stock = stock
        self._store_id = store_id
        self._summaries: list[ShelfSummary] = []
        self._items: list[StockItem] = []
        self._following = ExitStack()
        self._active = False
        self._following_bins = ExitStack()
        self._followed: tuple[str | None, str | None] = (None, None)
        self.state = AislesState()

    def activate(self) -> None:
        """Follow the store."""
        if not self._active:
            self._active = True
            self._following.callback(self._stock.watch_shelves(self._store_id, self._on_shelves))
            self._following.callback(self._catalogue.on_changed(self._show_bins))
            self._follow_bins()

    def deactivate(self) -> None:
        """Stop following the store."""
        self._following.close()
        self._active = False
        self._following_bins.close()

    def choose_aisle(self, aisle: str) -> None:
        """Walk into an aisle; its first shelf is shown."""
        if aisle != self.state.aisle:
            self.state = replace(self.state, aisle=aisle, shelf=None)
            self._regroup()

    def choose_shelf(self, shelf: str) -> None:
        """Stop at a shelf of the aisle."""
        if shelf != self.state.shelf:
            self.state = replace(self.state, shelf=shelf)
            self._regroup()

    @property
    def on_shelf(self) -> list[tuple[Product, Place, str]]:
        """The products of the chosen shelf, where they stand, and their EAN-13, by bin."""
        listed = ((self._catalogue.listing(one.product_id), one.place) for one in self._items)
        known = [
            (one.product, place, self._catalogue.ean13(one.product.product_id))
            for one, place in listed
            if one is not None
        ]
        return sorted(known, key=lambda pair: pair[1].sort_key)

    def _on_shelves(self, summaries: list[ShelfSummary]) -> None:
        self._summaries = summaries
        self._regroup()

    def _regroup(self) -> None:
        by_aisle: dict[str, list[ShelfSummary]] = {}
        for one in self._summaries:
            by_aisle.setdefault(one.aisle, []).append(one)
        aisles = tuple(
            Group(
                aisle,
                sum(one.items for one in shelves),
                sum(one.low for one in shelves),
                sum(one.empty for one in shelves),
            )
            for aisle, shelves in sorted(by_aisle.items(), key=lambda pair: natural_key(pair[0]))
        )
        aisle = self.state.aisle if self.state.aisle in by_aisle else None
        if aisle is None and aisles:
            aisle = aisles[0].name
        shelves = tuple(
            Group(one.shelf, one.items, one.low, one.empty)
            for one in sorted(by_aisle.get(aisle or "", []), key=lambda one: natural_key(one.shelf))
        )
        names = [one.name for one in shelves]
        shelf = self.state.shelf if self.state.shelf in names else (names[0] if names else None)
        same = self._followed == (aisle, shelf)
        bins = self.state.bins if same else ()
        self.state = AislesState(aisles, shelves, bins, aisle, shelf, loaded=True)
        if not same:
            self._follow_bins()
        self.state_changed.emit(self.state)

    def _follow_bins(self) -> None:
        self._following_bins.close()
        aisle, shelf = self.state.aisle, self.state.shelf
        self._followed = (aisle, shelf)
        if aisle is not None and shelf is not None:
            self._following_bins.callback(
                self._stock.watch_shelf(self._store_id, aisle, shelf, self._on_bins)
            )

    def _on_bins(self, items: list[StockItem]) -> None:
        self._items = items
        self._show_bins()

    def _show_bins(self) -> None:
        rows = []
        for item in sorted(self._items, key=lambda one: one.place.sort_key):
            listing = self._catalogue.listing(item.product_id)
            if listing is not None:
                rows.append(
                    BinRow(
                        product_id=item.product_id,
                        name=listing.product.name,
                        sku=listing.product.sku,
                        bin=item.place.bin,
                        on_hand=item.on_hand,
                        state=item.state,
                    )
                )
        self.state = replace(self.state, bins=tuple(rows))
        self.state_changed.emit(self.state)
