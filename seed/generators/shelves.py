"""The shelves of stores: what a store sells in a month, and how likely each product is."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Final, NamedTuple

from seed.catalogue_files import Catalogue
from seed.generators.catalogue import LAST_NEW_PRODUCT, introduced_on
from seed.generators.promotions import PROMOTIONS
from seed.store_files import StorePlan

# A line of a sale: position in the catalogue, quantity, discount in percent, bits of its id.
Line = tuple[int, int, int, int]

# At most so many of one product, by its price in dollars.
_QUANTITIES: Final = ((4, 12), (12, 6), (30, 3), (120, 2))

WINTER_MONTHS: Final = frozenset({11, 12, 1, 2})

# Of the lines of a category that has winter goods, so many are winter goods in winter; and where
# winters are cold, so many of the lines of every other category.
_WINTER_SHARE: Final = 0.35
_COLD_WINTER_SHARE: Final = 0.8
_COLD_WINTER_EXTRA: Final = 0.07


class Shelf(NamedTuple):
    """The goods that a store sells in a month.

    `sums` is the added-up demand for `carried` (positions in the catalogue), `ranges` where each
    category begins in it, `promotions` the discount in percent of each category. `winter` are the
    carried winter goods, and `others` the other goods of each category that has some.
    """

    sums: list[float]
    ranges: list[int]
    carried: Sequence[int]
    promotions: list[int]
    is_winter: bool
    winter: list[int]
    others: dict[int, list[int]]


class Shelves:
    """The shelves of all stores by month; a product is there from the month after it was new."""

    def __init__(
        self,
        stores: Sequence[StorePlan],
        catalogue: Catalogue,
        demand: Sequence[float],
        carried: Sequence[Sequence[int]],
    ) -> None:
        numbers = {c.category_id: n for n, c in enumerate(catalogue.categories)}
        self.category_of = [numbers[p.category_id] for p in catalogue.products]
        self.most = [_most_of_one(product.price) for product in catalogue.products]
        self._catalogue = catalogue
        self._demand = demand
        self._carried = carried
        self._cold = [store.cold_winters for store in stores]
        self._introduced = [introduced_on(product.sku) for product in catalogue.products]
        self._winter = {n for n, product in enumerate(catalogue.products) if product.winter}
        # For each month the discount in percent of each category, 0 without an offer.
        self._promotions = [
            [offers.get(c.category_id, 0) for c in catalogue.categories] for offers in PROMOTIONS
        ]
        self._shelves: dict[tuple[int, int], Shelf] = {}
        self._first_of_month = 0

    def at(self, store: int, day: date) -> Shelf:
        """The shelf of a store (a position in the list) on a day."""
        first = day.toordinal() - day.day + 1
        if self._first_of_month <= LAST_NEW_PRODUCT and first != self._first_of_month:
            # Each of these months has its own range, and nobody comes back to an earlier one.
            self._shelves.clear()
        self._first_of_month = first
        month = day.month - 1
        shelf = self._shelves.get((store, month))
        if shelf is None:
            shelf = self._shelves[store, month] = self._shelf(store, month, first)
        return shelf

    def in_season(self, lines: list[Line], store: int, shelf: Shelf) -> list[Line]:
        """The lines with winter goods where it is winter, and other goods in their place elsewhere.

        Only the product, and what must fit it, changes: nothing is drawn, so that the ids of the
        day stay as they are.
        """
        winter, goods = shelf.is_winter, self._winter
        if not winter:
            for line in lines:
                if line[0] in goods:
                    break
            else:
                return lines
        sold = {line[0] for line in lines}
        result: list[Line] = []
        for product, quantity, percent, bits in lines:
            category = self.category_of[product]
            share, pick = (bits & 0xFFFF) / 0x10000, bits >> 16 & 0xFFFF
            choice: Sequence[int] = ()
            if not winter:
                choice = shelf.others.get(category, ()) if product in goods else ()
            elif category in shelf.others:
                if share < (_COLD_WINTER_SHARE if self._cold[store] else _WINTER_SHARE):
                    choice = shelf.winter
                elif product in goods:
                    choice = shelf.others[category]
            elif self._cold[store] and share < _COLD_WINTER_EXTRA:
                choice = shelf.winter
            new = choice[pick % len(choice)] if choice else product
            if new != product and new not in sold:
                sold.add(new)
                moved = self.category_of[new] != category
                result.append((new, min(quantity, self.most[new]), 0 if moved else percent, bits))
            else:
                result.append((product, quantity, percent, bits))
        return result

    def _shelf(self, store: int, month: int, first: int) -> Shelf:
        carried: Sequence[int] = self._carried[store]
        if first <= LAST_NEW_PRODUCT:
            known = [p for p in carried if self._introduced[p] < first]
            carried = known or carried
        season = [c.seasonal_multipliers[month] for c in self._catalogue.categories]
        category_of, demand = self.category_of, self._demand
        kinds = [category_of[p] for p in carried]
        winter = [p for p in carried if p in self._winter]
        return Shelf(
            sums=list(accumulate([demand[p] * season[category_of[p]] for p in carried])),
            ranges=[bisect(kinds, kind - 1) for kind in range(len(season) + 1)],
            carried=carried,
            promotions=self._promotions[month],
            is_winter=month + 1 in WINTER_MONTHS,
            winter=winter,
            others={
                kind: [p for p in carried if category_of[p] == kind and p not in self._winter]
                for kind in {category_of[p] for p in winter}
            },
        )


def _most_of_one(price: Decimal) -> int:
    return next((most for limit, most in _QUANTITIES if price < limit), 1)
