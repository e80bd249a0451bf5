"""The catalogue by category and type, with what is on hand here and in the carts of this device."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from app.data.selling.carts import CartRepository
from app.data.stock.catalogue import Catalogue, Listing
from app.data.stock.stock import StockRepository
from app.domain.carts import Cart
from app.domain.entities import Product, StockState
from app.domain.scans import Scan
from app.ui.core.collation import text_key
from app.ui.find.view_model import FindRow, FindState, FindViewModel
from connector_config.search.words import Hits

_ALL = 200_000
_MOST_LIKE = 100
"""What is like a query, of which those of the chosen group are shown."""
_MOST = 2_000
"""Matches of a query that are sorted into categories."""

Group = tuple[str, str]
"""A category and a type; the type is empty for all of the category, both are for everything."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A category, or a type of the opened one, with how many products match there."""

    group: Group
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A product; `on_hand` is None where this store does not stock it."""

    product_id: str
    name: str
    sku: str
    category: str
    type: str
    price: Decimal
    on_hand: int | None
    state: StockState | None
    in_carts: int = 0


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """The matching products of the chosen group: the first `rows` of `total`, and what is `meant`.

    `in_carts` counts units in open carts.
    """

    query: str = ""
    groups: tuple[GroupRow, ...] = ()
    chosen: Group = ("", "")
    rows: tuple[CatalogueRow, ...] = ()
    meant: tuple[FindRow, ...] = ()
    meant_by: str = ""
    total: int = 0
    in_carts: int = 0


class CatalogueViewModel(QObject):
    """Searches like Find, within a category; `sell` puts a product into the open cart."""

    state_changed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        carts: CartRepository,
        store_id: str,
        sell: Callable[[str, int], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._carts = carts
        self._store_id = store_id
        self._sell = sell
        self._within = _Within(catalogue)
        self._found = FindViewModel(self._within, stock, self)
        self._found.state_changed.connect(self._on_found)
        self._in_carts: Counter[str] = Counter()
        self._following = ExitStack()
        self._active = False
        self._opened = ""
        self.state = CatalogueState()

    def activate(self) -> None:
        """Follow the catalogue, the store and the carts."""
        if not self._active:
            self._active = True
            self._following.callback(self._carts.watch_all(self._store_id, self._on_carts))
            self._following.callback(self._within.on_changed(self._within.forget))
        self._found.activate()

    def deactivate(self) -> None:
        """Stop following."""
        self._following.close()
        self._active = False
        self._found.deactivate()

    def set_query(self, text: str) -> None:
        """Search for this text within the chosen group."""
        if text != self._found.state.query:
            self._found.set_query(text)

    def choose(self, group: Group) -> None:
        """Show a category, one of its types, or everything."""
        if group != self._within.chosen:
            self._within.chosen = group
            self._found.set_query(self._found.state.query)

    def open_group(self, group: Group) -> bool:
        """Show the types of a category below it; False where there are none, or they are shown."""
        category, type_ = group
        if type_ or not category or category == self._opened:
            return False
        self._opened = category
        self._on_found(self._found.state)
        return True

    def show_more(self) -> None:
        """Show another page of the same products."""
        self._found.show_more()

    def show_all(self) -> bool:
        """Show all of the same products; False where these are too many."""
        return self._found.show_all()

    def sell(self, product_id: str, by: int = 1) -> None:
        """Change the units of a product in the open cart by so many, while some are in it."""
        self._sell(product_id, by)

    def best(self) -> str | None:
        """The product that fits best, without waiting for its stock."""
        return self._found.best()

    def _on_carts(self, carts: list[Cart]) -> None:
        self._in_carts = Counter()
        for cart in carts:
            for line in cart.lines:
                self._in_carts[line.product_id] += line.quantity
        self._on_found(self._found.state)

    def _on_found(self, found: FindState) -> None:
        rows = []
        for row in found.rows:
            listing = self._within.listing(row.product_id)
            rows.append(
                CatalogueRow(
                    row.product_id,
                    row.name,
                    row.sku,
                    listing.product.category if listing else "",
                    row.type,
                    row.price,
                    row.on_hand,
                    row.state,
                    self._in_carts[row.product_id],
                )
            )
        self.state = CatalogueState(
            found.query,
            self._groups(),
            self._within.chosen,
            tuple(rows),
            found.meant,
            found.meant_by,
            found.total,
            self._in_carts.total(),
        )
        self.state_changed.emit(self.state)

    def _groups(self) -> tuple[GroupRow, ...]:
        counts, chosen = self._within.counts, self._within.chosen
        groups = [GroupRow(("", ""), "Everything", counts[("", "")])]
        for category in self._within.categories:
            groups.append(GroupRow((category, ""), category, counts[(category, "")]))
            if category in (self._opened, chosen[0] if chosen[1] else ""):
                types = self._within.categories[category]
                groups += [GroupRow((category, one), one, counts[(category, one)]) for one in types]
        return tuple(groups)


class _Within:
    """A catalogue of which only one group is searched; counts what matches in each."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._everything: tuple[Hits, Counter[Group]] | None = None
        self._categories: dict[str, tuple[str, ...]] = {}
        self.chosen: Group = ("", "")
        self.counts: Counter[Group] = Counter()

    @property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """The types of each category, both by name."""
        self._all()
        return self._categories

    def forget(self) -> None:
        """The catalogue has changed."""
        self._everything = None

    def search(self, query: str, limit: int) -> Hits:
        if query.strip():
            hits = self._catalogue.search(query, _MOST)
            self.counts = self._count(hits)
        else:
            hits, self.counts = self._all()
        if self.chosen == ("", ""):
            return Hits(hits.product_ids[:limit], hits.total)
        ids = [one for one in hits.product_ids if self.chosen in self._groups_of(one)]
        return Hits(tuple(ids[:limit]), len(ids))

    async def like(self, text: str, limit: int) -> Sequence[str] | None:
        found = await self._catalogue.like(text, limit if self.chosen == ("", "") else _MOST_LIKE)
        return found and [one for one in found if self.chosen in self._groups_of(one)][:limit]

    def read(self, text: str) -> Scan:
        return self._catalogue.read(text)

    def ean13(self, product_id: str) -> str:
        return self._catalogue.ean13(product_id)

    def listing(self, product_id: str) -> Listing | None:
        return self._catalogue.listing(product_id)

    async def product(self, product_id: str) -> Product | None:
        return await self._catalogue.product(product_id)

    def on_changed(self, listener: Callable[[], None]) -> Callable[[], None]:
        return self._catalogue.on_changed(listener)

    def _all(self) -> tuple[Hits, Counter[Group]]:
        if self._everything is None:
            hits = self._catalogue.search("", _ALL)
            self._everything = hits, self._count(hits)
            groups = sorted(self._everything[1], key=lambda one: text_key(one[1]))
            groups.sort(key=lambda one: text_key(one[0]))
            self._categories = {
                category: tuple(type_ for its, type_ in groups if its == category and type_)
                for category, type_ in groups
                if category and not type_
            }
        return self._everything

    def _count(self, hits: Hits) -> Counter[Group]:
        counts: Counter[Group] = Counter()
        for product_id in hits.product_ids:
            counts.update(self._groups_of(product_id))
        return counts

    def _groups_of(self, product_id: str) -> set[Group]:
        listing = self._catalogue.listing(product_id)
        if listing is None:
            return set()
        product = listing.product
        return {("", ""), (product.category, ""), (product.category, product.type)}
