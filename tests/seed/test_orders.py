"""Orders and their items: sums, distribution, and what belongs together."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.catalogue_files import Catalogue
from seed.data_set import data_set
from seed.generators.calendar import days
from seed.generators.catalogue import TAX_PER_MILLE
from seed.generators.orders import discount_cents, tax_cents
from seed.generators.promotions import PROMOTIONS
from seed.options import EARLIEST_END, LARGEST_SEED, Options
from seed.store_files import StorePlan
from tests.helpers.property_tests import examples

Documents = list[dict[str, Any]]
Demo = dict[str, Documents]

CENT = Decimal("0.01")


def money(value: float) -> Decimal:
    """The amount that a float with two decimals stands for."""
    amount = Decimal(str(value))
    assert amount == amount.quantize(CENT), f"{value!r} has more than two decimals"
    return amount


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def assert_sums(orders: Documents, items: Documents) -> None:
    by_order = {key: list(group) for key, group in groupby(items, lambda i: i["order_id"])}
    assert [order["order_id"] for order in orders] == list(by_order)
    for order in orders:
        lines = by_order[order["order_id"]]
        for line in lines:
            gross = line["quantity"] * money(line["unit_price"])
            discount = money(line["discount_amount"])
            assert line["quantity"] >= 1
            assert discount == rounded(gross * line["discount_percent"] / 100)
            assert money(line["line_total"]) == gross - discount
        subtotal = sum((i["quantity"] * money(i["unit_price"]) for i in lines), Decimal(0))
        discount_total = sum((money(i["discount_amount"]) for i in lines), Decimal(0))
        tax = rounded((subtotal - discount_total) * TAX_PER_MILLE / 1000)
        assert order["item_count"] == len(lines)
        assert money(order["subtotal"]) == subtotal
        assert money(order["discount_total"]) == discount_total
        assert money(order["tax"]) == tax
        assert money(order["total"]) == subtotal - discount_total + tax


def test_the_sums_of_the_demo(demo: Demo) -> None:
    assert_sums(demo["orders"], demo["order_items"])


@examples(20)
@given(
    seed=st.integers(0, LARGEST_SEED),
    end=st.dates(EARLIEST_END, date(2040, 12, 31)),
    customers=st.integers(1, 30),
    orders=st.integers(1, 60),
)
def test_the_sums_of_any_data_set(seed: int, end: date, customers: int, orders: int) -> None:
    options = Options(end=end, seed=seed, customers=customers, orders=orders)
    made: Demo = {p.collection: [dict(d) for d in p.documents] for p in data_set(options)}
    assert len(made["orders"]) == orders
    assert len({order["order_id"] for order in made["orders"]}) == orders
    assert_sums(made["orders"], made["order_items"])
    joined = {c["customer_id"]: c["created_at"] for c in made["customers"]}
    for order in made["orders"]:
        assert joined[order["customer_id"]] < order["order_date"]
        assert order["updated_at"] < end.isoformat()


@given(gross=st.integers(0, 10**9), percent=st.integers(0, 100))
def test_cents_round_as_decimal_does(gross: int, percent: int) -> None:
    amount = Decimal(gross) / 100
    assert Decimal(discount_cents(gross, percent)) / 100 == rounded(amount * percent / 100)
    assert Decimal(tax_cents(gross)) / 100 == rounded(amount * TAX_PER_MILLE / 1000)


def test_items_repeat_what_they_belong_to(demo: Demo) -> None:
    orders = {order["order_id"]: order for order in demo["orders"]}
    products = {product["product_id"]: product for product in demo["products"]}
    for item in demo["order_items"]:
        order, product = orders[item["order_id"]], products[item["product_id"]]
        assert item["store_id"] == order["store_id"]
        assert item["customer_id"] == order["customer_id"]
        assert item["created_at"] == order["order_date"]
        assert (item["sku"], item["product_name"]) == (product["sku"], product["product_name"])
        assert item["unit_price"] == product["base_price"]


def test_orders_copy_names(demo: Demo) -> None:
    customers = {customer["customer_id"]: customer for customer in demo["customers"]}
    stores = {store["store_id"]: store["store_name"] for store in demo["stores"]}
    for order in demo["orders"]:
        customer = customers[order["customer_id"]]
        assert order["customer_name"] == f"{customer['first_name']} {customer['last_name']}"
        assert order["customer_email"] == customer["email"]
        assert order["store_name"] == stores[order["store_id"]]


def test_a_store_sells_what_it_carries(demo: Demo) -> None:
    carried = {(entry["store_id"], entry["product_id"]) for entry in demo["inventory"]}
    assert {(item["store_id"], item["product_id"]) for item in demo["order_items"]} <= carried


def test_customers_are_there_before_they_buy(demo: Demo) -> None:
    joined = {c["customer_id"]: c["created_at"] for c in demo["customers"]}
    assert all(joined[o["customer_id"]] < o["order_date"] for o in demo["orders"])


def test_the_last_three_years_in_the_order_of_time(demo: Demo, end: date) -> None:
    dates = [order["order_date"] for order in demo["orders"]]
    assert dates == sorted(dates)
    assert dates[0][:7] == "2023-11"
    assert dates[-1][:10] >= (end - timedelta(days=2)).isoformat()
    assert len(days(end)) == (end - date(2023, 11, 21)).days


def test_the_number_of_an_order_holds_local_date_and_store(demo: Demo) -> None:
    for order in demo["orders"]:
        _, day, clock, store = order["order_id"].split("_")
        # The clock of the shop, read as if it were in UTC.
        local = datetime.strptime(day + clock, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        utc = datetime.fromisoformat(order["order_date"])
        assert timedelta(hours=7) <= utc - local < timedelta(hours=8, seconds=1)
        assert 7 <= local.hour < 21
        assert order["store_id"] == f"store_{store}"


def test_status(demo: Demo, end: date) -> None:
    statuses = Counter(order["status"] for order in demo["orders"])
    assert set(statuses) == {"completed", "cancelled", "pending"}
    assert 0.02 < statuses["cancelled"] / 5_000 < 0.04
    recent = (end - timedelta(days=3)).isoformat()
    pending = [order for order in demo["orders"] if order["status"] == "pending"]
    assert all(order["order_date"] >= recent for order in pending)
    assert all(order["updated_at"] == order["order_date"] for order in pending)


def test_weekends_are_stronger(demo: Demo) -> None:
    local = [date.fromisoformat(o["order_id"][6:14]).weekday() for o in demo["orders"]]
    a_day = Counter(local)
    assert min(a_day[5], a_day[6]) > max(a_day[day] for day in range(4))


def test_the_business_grows(end: date) -> None:
    big = Options(end=end, orders=9_000)
    orders = next(p.documents for p in data_set(big) if p.collection == "orders")
    placed = [date.fromisoformat(str(order["order_date"])[:10]) for order in orders]
    years = Counter((day - end).days // 365 for day in placed)
    assert years[-3] < years[-2] < years[-1]
    assert 1.08 < years[-1] / years[-3] < 1.25  # 7.36 % a year, twice


def test_stores_have_their_share_of_orders(demo: Demo, plans: tuple[StorePlan, ...]) -> None:
    found = Counter(order["store_id"] for order in demo["orders"])
    everything = sum(plan.order_multiplier for plan in plans)
    for plan in plans:
        assert found[plan.store_id] / 5_000 == pytest.approx(
            plan.order_multiplier / everything, abs=0.015
        )


def test_the_value_multiplier_makes_larger_orders(demo: Demo) -> None:
    totals: dict[str, list[float]] = {}
    for order in demo["orders"]:
        totals.setdefault(order["store_id"], []).append(order["total"])
    mean = {store: sum(values) / len(values) for store, values in totals.items()}
    assert mean["store_online"] > mean["store_bellevue"] > mean["store_kirkland"]


def test_categories_have_their_season(end: date, catalogue: Catalogue) -> None:
    options = Options(end=end, orders=9_000)
    category_of = {p.product_id: p.category_id for p in catalogue.products}
    items = next(p.documents for p in data_set(options) if p.collection == "order_items")
    found = Counter(
        (category_of[str(item["product_id"])], int(str(item["created_at"])[5:7])) for item in items
    )
    garden = [found["cat_garden_outdoor", month] for month in range(1, 13)]
    assert garden.index(max(garden)) == 4  # May, 2.2 times an average month
    assert sum(garden[3:6]) > 2 * (garden[0] + garden[10] + garden[11])


def test_most_customers_buy_at_their_own_store(demo: Demo) -> None:
    home = {c["customer_id"]: c["primary_store_id"] for c in demo["customers"]}
    at_home = sum(home[o["customer_id"]] == o["store_id"] for o in demo["orders"]) / 5_000
    assert 0.85 < at_home < 0.95


def test_customers_come_back_with_a_long_tail(demo: Demo) -> None:
    visits = sorted(Counter(o["customer_id"] for o in demo["orders"]).values(), reverse=True)
    assert sum(visits[:200]) > 0.25 * 5_000  # a tenth of them
    assert visits.count(1) > 200
    assert visits[0] < 150


def test_discounts_are_those_of_the_season(demo: Demo, catalogue: Catalogue) -> None:
    category_of = {p.product_id: p.category_id for p in catalogue.products}
    discounted = 0
    for item in demo["order_items"]:
        # Local time decides; an evening may lie in the next month of UTC.
        month = int(item["order_id"][10:12])
        offer = PROMOTIONS[month - 1].get(category_of[item["product_id"]], 0)
        assert item["discount_percent"] in {0, 5, offer}
        discounted += item["discount_percent"] > 0
    assert 0.05 < discounted / len(demo["order_items"]) < 0.3


def test_promotions_name_categories_of_the_catalogue(catalogue: Catalogue) -> None:
    assert len(PROMOTIONS) == 12
    known = {category.category_id for category in catalogue.categories}
    assert {name for month in PROMOTIONS for name in month} <= known
