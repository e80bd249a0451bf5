"""What a manager's charts look like, of half of the default data set: it takes less time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_config.errors import UserError
from connector_config.schema.collections import ditto_id
from seed.catalogue_files import Catalogue
from seed.data_set import MONGO_DATA_SET, data_set, mongo_data_set
from seed.generators.catalogue import introduced_on
from seed.options import (
    DEFAULT_CUSTOMERS,
    DEFAULT_ORDERS,
    DEFAULT_START,
    EARLIEST_CHOSEN_END,
    Options,
)
from tests.helpers.programs import ROOT
from tests.helpers.property_tests import examples

END = date(2026, 11, 21)
ORDERS = DEFAULT_ORDERS // 2
HALF = Options(end=END, start=DEFAULT_START, customers=DEFAULT_CUSTOMERS // 2, orders=ORDERS)
WINTER = {11, 12, 1, 2}

Demo = dict[str, list[dict[str, Any]]]


@dataclass
class Charts:
    """What is counted while the documents pass by."""

    days: Counter[date] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    pending: set[date] = field(default_factory=set)
    visits: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    revenue: Counter[str] = field(default_factory=Counter)
    categories: Counter[tuple[str, int]] = field(default_factory=Counter)
    winter_goods: Counter[tuple[str, int]] = field(default_factory=Counter)
    sold: Counter[tuple[str, int]] = field(default_factory=Counter)
    too_early: int = 0


@pytest.fixture(scope="module")
def charts(catalogue: Catalogue) -> Charts:
    goods = {product.product_id: product for product in catalogue.products}
    new = {p.product_id: date.fromordinal(introduced_on(p.sku)) for p in catalogue.products}
    found = Charts()
    parts = {part.collection: part.documents for part in data_set(HALF)}
    for order in parts["orders"]:
        day = local_day(order)
        found.days[day] += 1
        found.statuses[str(order["status"])] += 1
        if order["status"] == "pending":
            found.pending.add(day)
        found.visits[str(order["customer_id"])] += 1
        found.revenue[str(order["store_id"])] += float(str(order["total"]))  # type: ignore[assignment]
    for item in parts["order_items"]:
        day, product = local_day(item), goods[str(item["product_id"])]
        store = str(item["store_id"])
        found.lines += 1
        found.categories[product.category_id, day.month] += 1
        found.sold[store, day.month] += 1
        found.winter_goods[store, day.month] += product.winter
        found.too_early += day <= new[product.product_id]
    return found


def local_day(document: Any) -> date:
    return date.fromisoformat(str(document["order_id"])[6:14])


def total(counts: Counter[Any], keys: Iterable[Any]) -> int:
    return sum(counts[key] for key in keys)


def test_the_whole_period_and_nothing_else(charts: Charts) -> None:
    assert charts.days.total() == ORDERS
    assert min(charts.days) == date(2020, 1, 1)
    assert max(charts.days) == END - timedelta(days=1)
    # Not a day without an order in almost seven years.
    assert len(charts.days) == (END - date(2020, 1, 1)).days


def test_every_year_grows_to_1_531(charts: Charts) -> None:
    # The part of each year that 2026 has, too.
    years: Counter[int] = Counter()
    for day, orders in charts.days.items():
        if (day.month, day.day) < (END.month, END.day):
            years[day.year] += orders
    assert all(
        later > earlier * 1.03 for earlier, later in pairwise(years[y] for y in sorted(years))
    )
    assert years[2026] / years[2020] == pytest.approx(1.531, rel=0.04)


def test_the_weekend_is_stronger(charts: Charts) -> None:
    week: Counter[int] = Counter()
    for day, orders in charts.days.items():
        week[day.weekday()] += orders
    assert min(week[5], week[6]) > max(week[day] for day in range(5))
    assert week[5] / week[1] == pytest.approx(1.5 / 0.8, rel=0.1)


def test_months_follow_the_seasons(charts: Charts, catalogue: Catalogue) -> None:
    for category in catalogue.categories:
        sold = [charts.categories[category.category_id, month] for month in range(1, 13)]
        season = category.seasonal_multipliers
        # Rank correlation: the better a month is said to be, the more is sold.
        assert spearman(sold, season) > 0.6, category.category_id
    garden = [charts.categories["cat_garden_outdoor", month] for month in range(1, 13)]
    assert garden[4] > 3 * garden[0]  # May and January
    months: Counter[int] = Counter()
    for day, orders in charts.days.items():
        months[day.month] += orders
    assert months[5] > months[1] and months[6] > months[1]


def spearman(x: Iterable[float], y: Iterable[float]) -> float:
    def ranks(values: list[float]) -> list[float]:
        # Equal values share the mean of their ranks.
        return [
            sum(other < value for other in values) + (values.count(value) - 1) / 2
            for value in values
        ]

    first, second = ranks(list(x)), ranks(list(y))
    mean = (len(first) - 1) / 2
    shared = sum((a - mean) * (b - mean) for a, b in zip(first, second, strict=True))
    spread = sum((a - mean) ** 2 for a in first) * sum((b - mean) ** 2 for b in second)
    return float(shared / spread**0.5)


def test_spokane_has_real_winters(charts: Charts) -> None:
    def share(store: str, months: Iterable[int]) -> float:
        keys = [(store, month) for month in months]
        return total(charts.winter_goods, keys) / total(charts.sold, keys)

    stores = {store for store, _ in charts.sold}
    others = [share(store, WINTER) for store in stores - {"store_spokane"}]
    assert share("store_spokane", WINTER) > 3 * max(others)
    assert min(others) > 0.005
    # Nobody buys a snow shovel in July.
    assert all(share(store, {6, 7, 8}) < 0.002 for store in stores)


def test_spokane_keeps_more_for_winter(demo: Demo, catalogue: Catalogue) -> None:
    winter = {product.product_id for product in catalogue.products if product.winter}
    kept: Counter[str] = Counter()
    for entry in demo["inventory"]:
        kept[entry["store_id"]] += entry["stock_level"] * (entry["product_id"] in winter)
    assert kept["store_spokane"] == max(kept.values())


def test_customers_come_back_with_a_long_tail(charts: Charts) -> None:
    visits = sorted(charts.visits.values(), reverse=True)
    buyers = len(visits)
    assert 0.6 < sum(count > 1 for count in visits) / buyers < 0.9
    assert 0.15 < visits.count(1) / buyers < 0.4
    assert 0.4 < sum(visits[: buyers // 10]) / ORDERS < 0.6
    # A contractor who comes more than once a week for seven years, and no more than that.
    assert visits[0] < 600


def test_an_order_has_one_to_two_and_a_half_lines(charts: Charts) -> None:
    assert 1.0 < charts.lines / ORDERS < 2.5


def test_almost_everything_is_completed(charts: Charts) -> None:
    assert charts.statuses["completed"] / ORDERS > 0.95
    assert 0 < charts.statuses["pending"] < 100
    assert min(charts.pending) >= END - timedelta(days=3)
    assert 0.02 < charts.statuses["cancelled"] / ORDERS < 0.04


def test_the_largest_stores_earn_most(charts: Charts) -> None:
    ranking = [store for store, _ in charts.revenue.most_common()]
    assert set(ranking[:2]) == {"store_seattle", "store_online"}
    assert ranking[-1] == "store_kirkland"


def test_nothing_is_sold_before_it_is_in_the_catalogue(charts: Charts) -> None:
    assert charts.too_early == 0


def test_the_collections_of_mongodb() -> None:
    small = Options(end=END, start=date(2026, 1, 1), customers=10, orders=20)
    parts = [(part.collection, list(part.documents)) for part in mongo_data_set(small)]
    assert tuple(name for name, _ in parts) == MONGO_DATA_SET
    assert len(MONGO_DATA_SET) == 10
    made = dict(parts)
    assert [v["product_id"] for v in made["product_embeddings"]] == [
        p["product_id"] for p in made["products"]
    ]


def test_memory_does_not_grow_with_the_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seed.generators.sales._KEPT_IN_MEMORY", 0)

    def peak(orders: int) -> int:
        tracemalloc.start()
        options = Options(end=END, start=date(2026, 1, 1), customers=100, orders=orders)
        for part in data_set(options):
            if part.collection in ("orders", "order_items"):
                for _ in part.documents:
                    pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # what is kept once for all
    assert peak(2_000) < peak(500) * 1.5


# Of the demo as it was published first; peers that were filled then and now must agree.
IDS = {
    "stores": "d7801b43fcab724f",
    "categories": "1148783902a184a2",
    "product_types": "24cd3f13f858044d",
    "products": "4d7b298a5746611d",
    "product_codes": "85b8effa05324c9f",
    "customers": "e9220e875ca36e1d",
    "inventory": "7e493c6481e01389",
    "orders": "8bad2b2e319db0b1",
    "order_items": "4824dfe84e8ac450",
}


def test_the_ids_of_the_demo_are_those_they_always_were(demo: Demo) -> None:
    found = {}
    for name, documents in demo.items():
        text = "\n".join(str(ditto_id(name, document)) for document in documents)
        found[name] = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert found == IDS


@examples(15)
@given(
    start=st.dates(DEFAULT_START, date(2027, 1, 1)),
    end=st.dates(EARLIEST_CHOSEN_END, date(2029, 12, 31)),
    orders=st.integers(0, 80),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_period_holds_what_it_promises(start: date, end: date, orders: int, seed: int) -> None:
    if start >= end:
        return
    options = Options(end=end, start=start, seed=seed, customers=20, orders=orders)
    made: Demo = {p.collection: [dict(d) for d in p.documents] for p in data_set(options)}
    assert len(made["orders"]) == orders
    joined = {c["customer_id"]: c["created_at"] for c in made["customers"]}
    new = {p["product_id"]: p["created_at"] for p in made["products"]}
    for order in made["orders"]:
        assert start <= local_day(order) < end
        assert joined[order["customer_id"]] < order["order_date"]
    for item in made["order_items"]:
        assert new[item["product_id"]] < item["created_at"]
    for name, documents in made.items():
        for document in documents:
            assert document["created_at"] <= document["updated_at"] < end.isoformat(), name


_DIGEST = """
import hashlib, json
from datetime import date
from seed.data_set import mongo_data_set
from seed.options import Options
digest = hashlib.sha256()
options = Options(end=date(2026, 11, 20), start=date(2025, 1, 1), customers=50, orders=200)
for part in mongo_data_set(options):
    for document in part.documents:
        digest.update(json.dumps(document).encode())
print(digest.hexdigest())
"""


def test_the_same_bytes_in_another_process() -> None:
    # Sets and hashes of texts come in another order in each process.
    first, second = (
        subprocess.run(
            [sys.executable, "-c", _DIGEST],
            env={**os.environ, "PYTHONHASHSEED": number},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in ("1", "2")
    )
    assert len(first.strip()) == 64
    assert first == second


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"start": date(2019, 12, 31)}, "cannot begin before 2020-01-01"),
        ({"end": date(2023, 6, 30)}, "cannot end before 2023-07-02"),
        ({"start": END}, "begin on 2026-11-21, so they cannot end before 2026-11-21"),
        ({"start": END - timedelta(days=1), "orders": 20_001}, "more than the 20,000 that find"),
    ],
)
def test_a_period_that_cannot_be_is_a_sentence(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        Options(**{"end": END, "start": date(2020, 1, 1), **changed})


def test_a_full_day_is_possible() -> None:
    options = Options(end=END, start=END - timedelta(days=1), customers=100, orders=20_000)
    orders = next(p.documents for p in data_set(options) if p.collection == "orders")
    assert len({order["order_id"] for order in orders}) == 20_000
