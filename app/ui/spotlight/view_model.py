"""Looks for everything that a typed text may mean, while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.data.stock.catalogue import Catalogue
from app.domain.customers import Customer
from app.domain.scans import (
    AmbiguousCode,
    Scan,
    ScannedOrder,
    ScannedPaper,
    ScannedPlace,
    UnknownCode,
)
from app.ui.core.formats import counted
from app.ui.order.customer_lookup import CustomerLookup
from app.ui.spotlight.destinations import (
    ACTION,
    CODE,
    CUSTOMER,
    PLACE,
    PRODUCT,
    Destination,
    Group,
    in_order,
)
from connector_config.search.words import SearchEntry, SearchIndex

_OF_A_KIND = 5


@dataclass(frozen=True, slots=True)
class SpotlightState:
    """What is typed, and what it may mean; `looking` while not all customers are loaded."""

    text: str = ""
    found: tuple[Destination, ...] = ()
    looking: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """How to show what was found: a product by its id, a customer, what a code means."""

    product: Callable[[str], object]
    customer: Callable[[Customer], object]
    scan: Callable[[Scan], object]


class SpotlightViewModel(QObject):
    """Finds among what a person may see; `customers` is None for who sees none.

    `fixed` are the screens and actions. An empty text shows them all.
    """

    state_changed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        customers: CustomerLookup | None,
        fixed: Sequence[Destination],
        may_open: Callable[[Scan], bool],
        ways: Ways,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._customers = customers
        self._fixed = {one.name: one for one in fixed}
        self._index = SearchIndex(
            [SearchEntry(one.name, one.title, "", type=one.words, place=one.place) for one in fixed]
        )
        self._may_open = may_open
        self._ways = ways
        self.state = SpotlightState(found=tuple(fixed))
        if customers is not None:
            customers.setParent(self)
            customers.changed.connect(self._collect)

    def look_for(self, text: str) -> None:
        """Look for a text."""
        self.state = replace(self.state, text=text)
        if self._customers is not None:
            self._customers.find(text)
        self._collect()

    def show_scan(self, scan: Scan) -> None:
        """Show what a scanned code means."""
        self._ways.scan(scan)

    def stop(self) -> None:
        """Follow the customers no more."""
        if self._customers is not None:
            self._customers.stop()

    def _collect(self) -> None:
        text = self.state.text
        found = tuple(self._fixed.values())
        if text.strip():
            groups = [*self._coded(text), *self._named(text), self._products(text)]
            found = in_order(text, [*groups, self._people()])
        looking = self._customers is not None and bool(text.strip()) and not self._answered()
        self.state = replace(self.state, found=found, looking=looking)
        self.state_changed.emit(self.state)

    def _coded(self, text: str) -> list[Group]:
        """What a code or a number means, which is meant whatever else has the text in it."""
        scan = self._catalogue.read(text)
        if isinstance(scan.meaning, UnknownCode | AmbiguousCode) or not self._may_open(scan):
            return []
        show = partial(self._ways.scan, scan)
        match scan.meaning:
            case ScannedPlace(place):
                title, group = f"Products at {place.text}", PLACE
            case ScannedPaper(kind, number):
                title, group = f"Open {kind.label} {number}", CODE
            case ScannedOrder(number):
                title, group = f"Open order {number}", CODE
            case product:
                listing = self._catalogue.listing(product.product_id)
                if listing is None:
                    return []
                units = f"A pack of {product.units}" if product.units > 1 else listing.product.sku
                found = Destination("code", CODE, listing.product.name, show, units)
                return [Group((found,))]
        return [Group((Destination("code", group, title, show),))]

    def _named(self, text: str) -> list[Group]:
        hits = self._index.search(text, _OF_A_KIND)
        found = [self._fixed[name] for name in hits.product_ids]
        actions = tuple(one for one in found if one.group == ACTION)
        screens = tuple(one for one in found if one.group != ACTION)
        return [Group(screens, hits.forgiven), Group(actions, hits.forgiven)]

    def _products(self, text: str) -> Group:
        hits = self._catalogue.search(text, _OF_A_KIND)
        listings = (self._catalogue.listing(one) for one in hits.product_ids)
        found = [
            Destination(
                f"product {one.product.product_id}",
                PRODUCT,
                one.product.name,
                partial(self._ways.product, one.product.product_id),
                one.product.sku,
            )
            for one in listings
            if one is not None
        ]
        if len(found) < hits.total:
            last = replace(found[-1], detail=f"{found[-1].detail}  ·  {_more(hits.total, found)}")
            found = [*found[:-1], last]
        return Group(tuple(found), hits.forgiven)

    def _people(self) -> Group:
        if self._customers is None or not self._answered() or self._customers.found is None:
            return Group(())
        found = self._customers.found
        return Group(
            tuple(
                Destination(
                    f"customer {one.customer_id}",
                    CUSTOMER,
                    one.name or one.email,
                    partial(self._ways.customer, one),
                    "  ·  ".join(filter(None, (one.email, one.phone))),
                )
                for one in found.customers[:_OF_A_KIND]
            ),
            1 if found.close else 0,
        )

    def _answered(self) -> bool:
        customers = self._customers
        return customers is not None and customers.text == self.state.text


def _more(total: int, found: Sequence[Destination]) -> str:
    return f"and {counted(total - len(found), 'more', 'more')}"
