"""The sales, which orders and order items have in common: who bought what, where and when."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple

from seed.catalogue_files import Catalogue
from seed.generators.calendar import (
    OPEN_FOR_MS,
    OPENING_MS,
    orders_by_day,
    utc_offset_ms,
)
from seed.generators.customers import Person
from seed.generators.promotions import EVERYDAY_PERCENT, EVERYDAY_SHARE, PROMOTED_SHARE
from seed.generators.shelves import Line, Shelf, Shelves
from seed.generators.streams import DAY_MS, HOUR_MS, clock_digits, day_stream
from seed.store_files import StorePlan

# Shares of orders with 1 to 5 lines, added up; with the value multipliers the mean is about 2.
_LINES: Final = (0.50, 0.77, 0.90, 0.96)
_SAME_CATEGORY: Final = 0.5

# What a value multiplier does: the share of orders with a line more (or less) for each 1.0 above
# (or below) 1, and how strongly quantities lean to the small side.
_VALUE_TO_LINES: Final = 0.6
_QUANTITY_SKEW: Final = 3.0
_AT_PRIMARY_STORE: Final = 0.88

# Half of the orders come from about a quarter of a store's customers, the oldest ones.
_LOYALTY: Final = 2.0

# Orders are completed within the hour, and nothing may lie after the end of the period.
_LATEST_MS: Final = DAY_MS - HOUR_MS


# So many sales of the days that were made last are kept for whoever walks through them next.
_KEPT_IN_MEMORY: Final = 10_000


class Sale(NamedTuple):
    """One sale; `day` is a local day (an ordinal), `moment` UTC milliseconds since its midnight.

    `order_id` holds the local date and time and the store, such as `order_20251205_143207_seattle`;
    `fate` is a draw in [0, 1) that decides what becomes of the order.
    """

    moment: int
    order_id: str
    day: int
    store: int
    person: Person
    fate: float
    lines: list[Line]


class Sales:
    """All sales of a period of days; each call of `sales` walks through it.

    Walks in turns share the days that were made last, so that they are made once; a walk that is
    further behind makes them again, with the same result.

    A day's sales come from the seed and that day alone, and another number of orders a day only
    takes fewer or more of the same, so that fills of different end dates agree where they overlap.
    """

    def __init__(
        self,
        seed: int,
        period: Sequence[date],
        stores: Sequence[StorePlan],
        catalogue: Catalogue,
        demand: Sequence[float],
        carried: Sequence[Sequence[int]],
        people: Sequence[Person],
        orders: int,
    ) -> None:
        self.stores = stores
        self.catalogue = catalogue
        self.end = period[-1] + timedelta(days=1)
        self.orders = orders
        self.prices = [int(product.price * 100) for product in catalogue.products]
        self._seed = seed
        self._period = period
        self._demand = demand
        self._store_sums = list(accumulate(store.order_multiplier for store in stores))
        self._kept: dict[date, list[Sale]] = {}
        self._kept_sales = 0
        self._suffixes = ["_" + store.store_id.removeprefix("store_") for store in stores]
        self._shelves_inputs = stores, catalogue, demand, carried
        # The oldest first, so that the customers of a day are the first so many.
        everybody = sorted(people, key=lambda person: (person.joined, person.customer_id))
        self._groups = [[p for p in everybody if p.store == n] for n in range(len(stores))]
        self._groups.append(everybody)
        self._joined = [[person.joined for person in group] for group in self._groups]

    def sales(self) -> Iterator[Sale]:
        """The sales in the order of time; `orders` of them."""
        if not self.orders:
            return
        # Own ones for each walk, because they go with it from month to month.
        shelves = Shelves(*self._shelves_inputs)
        period = self._period
        latest = _LATEST_MS - utc_offset_ms(period[-1])
        share = _share_of_day_before(latest)
        counts = orders_by_day(
            self._seed, period, self._season(shelves.category_of), share, self.orders
        )
        for day, count in zip(period, counts, strict=True):
            if count:
                made = self._kept.get(day)
                if made is None:
                    made = self._day(shelves, day, count, latest if day == period[-1] else DAY_MS)
                    self._keep(day, made)
                yield from made

    def store(self, draws: Random) -> int:
        """The store (a position in the list) where somebody buys."""
        return bisect(self._store_sums, draws.random() * self._store_sums[-1])

    def lines(self, shelves: Shelves, shelf: Shelf, store: int, draws: Random) -> list[Line]:
        """What somebody buys from the shelf of a store (a position in the list)."""
        random, getrandbits = draws.random, draws.getrandbits
        most, category_of = shelves.most, shelves.category_of
        sums, ranges, carried, promotions = shelf[:4]
        last = len(carried) - 1
        value = self.stores[store].value_multiplier
        wanted = bisect(_LINES, random()) + 1
        if random() < abs(value - 1) * _VALUE_TO_LINES:
            wanted = max(1, wanted + (1 if value > 1 else -1))
        lines: list[Line] = []
        chosen: list[int] = []
        low, width = 0.0, sums[-1]
        while True:
            product = carried[bisect(sums, low + random() * width, 0, last)]
            category = category_of[product]
            luck, quantity, percent = random(), 1, 0
            if luck < PROMOTED_SHARE:
                percent = promotions[category]
            elif luck > 1 - EVERYDAY_SHARE:
                percent = EVERYDAY_PERCENT
            if most[product] > 1:
                quantity += int(most[product] * random() ** (_QUANTITY_SKEW / value))
            if product not in chosen:
                chosen.append(product)
                lines.append((product, quantity, percent, getrandbits(128)))
            wanted -= 1
            if not wanted:
                return shelves.in_season(lines, store, shelf)
            if random() < _SAME_CATEGORY:
                low = sums[ranges[category] - 1] if ranges[category] else 0.0
                width = sums[ranges[category + 1] - 1] - low
            else:
                low, width = 0.0, sums[-1]

    def _keep(self, day: date, made: list[Sale]) -> None:
        self._kept[day] = made
        self._kept_sales += len(made)
        while len(self._kept) > 1 and self._kept_sales > _KEPT_IN_MEMORY:
            oldest = next(iter(self._kept))
            self._kept_sales -= len(self._kept.pop(oldest))

    def _day(self, shelves: Shelves, day: date, count: int, latest: int) -> list[Sale]:
        """The first `count` sales of a day not later than `latest`, in the order of time."""
        ordinal, offset = day.toordinal(), utc_offset_ms(day)
        draws = day_stream(self._seed, ordinal)
        random = draws.random
        prefix = f"order_{day:%Y%m%d}_"
        joined = [bisect(group, ordinal - 1) for group in self._joined]
        on_shelves = [shelves.at(store, day) for store in range(len(self.stores))]
        taken: set[tuple[int, int]] = set()
        sales: list[Sale] = []
        while len(sales) < count:
            store = self.store(draws)
            # The mean of two draws: most people come around the middle of the day.
            local = OPENING_MS + int((random() + random()) / 2 * OPEN_FOR_MS)
            group = store if random() < _AT_PRIMARY_STORE and joined[store] else -1
            person = self._groups[group][int(random() ** _LOYALTY * joined[group])]
            # The order number holds store and second, so no two may share them.
            while (store, local // 1000) in taken:
                local += 1000
            taken.add((store, local // 1000))
            fate = random()
            lines = self.lines(shelves, on_shelves[store], store, draws)
            if local <= latest:
                order_id = prefix + clock_digits(local) + self._suffixes[store]
                sales.append(Sale(local + offset, order_id, ordinal, store, person, fate, lines))
        sales.sort()
        return sales

    def _season(self, category_of: Sequence[int]) -> list[float]:
        """The demand of a month over all categories; categories that sell more count more."""
        weight = [0.0] * len(self.catalogue.categories)
        for category, demand in zip(category_of, self._demand, strict=True):
            weight[category] += demand
        return [
            sum(
                w * c.seasonal_multipliers[month]
                for w, c in zip(weight, self.catalogue.categories, strict=True)
            )
            for month in range(12)
        ]


def _share_of_day_before(latest: int) -> float:
    """Which share of a day's sales is made before a moment, for the mean of two draws."""
    x = min(1.0, max(0.0, (latest - OPENING_MS) / OPEN_FOR_MS))
    return 2 * x * x if x < 0.5 else 1 - 2 * (1 - x) ** 2
