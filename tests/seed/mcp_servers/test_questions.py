"""Twenty questions of a shop's manager, those of the original's documentation first: each answered
with numbers that the documents add up to, and with nothing of another store.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from seed.mcp_servers.customer_sales import CustomerSales
from seed.mcp_servers.sales_analysis import SalesAnalysis
from seed.reports.shops import Period, read_shops, twelve_months
from tests.seed.books import KEYS, Books, cents, dollars
from tests.seed.mcp_servers.people import (
    MANAGER,
    SEATTLE,
    customer_sales,
    sales_analysis,
)
from tests.seed.used_shop import TODAY, Asked

QUARTER = Period(date(2025, 7, 1), date(2025, 9, 30))
FIRST_DAY, LAST_DAY = str(QUARTER.first), str(QUARTER.last)


@pytest.fixture
def books(asked: Asked) -> Books:
    """What the manager may add up."""
    return Books(asked, read_shops(asked.database, [SEATTLE]))


@pytest.fixture
def every(asked: Asked) -> Books:
    return Books(asked, read_shops(asked.database))


@pytest.fixture
def find(asked: Asked) -> CustomerSales:
    return customer_sales(asked, MANAGER)


@pytest.fixture
def analyse(asked: Asked) -> SalesAnalysis:
    return sales_analysis(asked, MANAGER)


def check_goods(rows: list[dict[str, Any]], books: Books, every: Books) -> None:
    """Price and stock of products are those of the documents."""
    assert rows
    here, there = _units(books), _units(every)
    by_sku = {one["sku"]: one for one in books.products.values()}
    for row in rows:
        product = by_sku[row["sku"]]
        assert (row["product"], row["price"]) == (product["product_name"], product["base_price"])
        of = product["product_id"]
        assert (row["on_hand_here"], row["on_hand_all"]) == (here[of], there[of])


def _units(books: Books) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    left = books.on_hand()
    for item in books.documents["inventory"]:
        found[item["product_id"]] += left.get(item["inventory_id"], 0)
    return found


# 1 to 9: by words, misspelt too; and a word of what answers them.
@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("paint", "paint"),
        ("paint sprayer", "spray"),
        ("weatherproof box", "weatherproof"),
        ("15 amp circuit breaker", "breaker"),
        ("cordles dril", "drill"),
        ("hamer 16 oz", "hammer"),
        ("garden hose", "hose"),
        ("deck screws", "screw"),
    ],
)
def test_products_that_people_ask_for(
    find: CustomerSales, books: Books, every: Books, question: str, word: str
) -> None:
    rows = find.find_products(question)["rows"][:5]
    assert any(word in row["product"].lower() for row in rows)
    check_goods(rows, books, every)


# By needs in people's own words.
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("something to hang heavy pictures on drywall", ("anchor", "hook", "hanger", "picture")),
        ("waterproof electrical box for outdoor use", ("weatherproof", "outdoor", "box")),
        ("light that turns on when someone walks by", ("motion",)),
        ("melt ice on the driveway", ("ice", "melt")),
        ("unclog a drain", ("drain", "auger", "plunger")),
        ("what can I hang a heavy mirror with", ("toggle", "anchor", "hook", "hanger")),
    ],
)
def test_needs_in_peoples_own_words(
    find: CustomerSales, books: Books, every: Books, question: str, words: tuple[str, ...]
) -> None:
    rows = find.search_by_meaning(question)["rows"][:5]
    assert any(word in row["product"].lower() for row in rows for word in words), rows
    assert all(0 < row.get("like", 1) <= 1 for row in rows)
    check_goods(rows, books, every)


def test_who_has_a_cordless_drill_near_tacoma(asked: Asked, find: CustomerSales) -> None:
    answer = find.product_availability("cordless drill", near="Tacoma")
    first = answer["rows"][0]
    drills = {
        one["sku"]: one["product_id"]
        for one in asked.documents["products"]
        if "Drill" in one["product_name"]
    }
    assert first["sku"] in drills and "Cordless" in first["product"]
    assert first["on_hand"] > 0
    of_first = [row for row in answer["rows"] if row["sku"] == first["sku"] and row["on_hand"] > 0]
    assert [row["km"] for row in of_first] == sorted(row["km"] for row in of_first)
    if of_first[0]["store"] == "Zava Retail Tacoma":
        assert of_first[0]["km"] == 0
    item = next(
        one
        for one in asked.documents["inventory"]
        if one["product_id"] == drills[first["sku"]]
        and f"store_{first['store'].split()[-1].lower()}" == one["store_id"]
    )
    moved = sum(
        one["quantity"]
        for one in asked.documents["stock_movements"]
        if one["inventory_id"] == item["inventory_id"] and not one["deleted"]
    )
    assert first["on_hand"] == item["stock_level"] + moved
    assert (
        first["place"]
        == f"{item['location']['aisle']}{item['location']['shelf']}-{item['location']['bin']}"
    )


def test_top_20_products_by_revenue_last_quarter(analyse: SalesAnalysis, books: Books) -> None:
    sold: dict[str, Decimal] = defaultdict(Decimal)
    for _, line, _, revenue in books.sold(QUARTER):
        sold[line["sku"]] += revenue
    rows = analyse.top_products(FIRST_DAY, LAST_DAY)["rows"]
    best = sorted((cents(one) for one in sold.values()), reverse=True)[:20]
    assert [dollars(row["revenue"]) for row in rows] == best
    assert all(cents(sold[row["sku"]]) == dollars(row["revenue"]) for row in rows)


@pytest.mark.parametrize("by", ["store", "category", "month"])
def test_sales_by(analyse: SalesAnalysis, books: Books, by: Any) -> None:
    """Sales by store, last quarter by category, and each month beside the year before."""
    period = twelve_months(TODAY) if by == "month" else QUARTER

    def sold(days: Period) -> dict[str, Decimal]:
        found: dict[str, Decimal] = defaultdict(Decimal)
        for one, line, _, revenue in books.sold(days):
            key = KEYS[by](books, one, line)
            # A month goes beside the one of the year before.
            found[key[5:] if by == "month" else key] += revenue
        return found

    now, before = sold(period), sold(period.year_before())
    rows = analyse.sales(by, str(period.first), str(period.last))["rows"]
    assert {(row[by][5:] if by == "month" else row[by]) for row in rows} == {*now, *before}
    for row in rows:
        key = row[by][5:] if by == "month" else row[by]
        assert dollars(row["revenue"]) == cents(now.get(key, Decimal(0)))
        assert dollars(row["year_before"]) == cents(before.get(key, Decimal(0)))


def test_who_buys_most(analyse: SalesAnalysis, books: Books) -> None:
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for one, _, _, revenue in books.sold(QUARTER):
        spent[one["customer_id"]] += revenue
    rows = analyse.customer_analytics("best", None, FIRST_DAY, LAST_DAY, limit=5)["rows"]
    assert [dollars(row["spent"]) for row in rows] == sorted(
        (cents(one) for one in spent.values()), reverse=True
    )[:5]
    assert all(cents(spent[row["customer_id"]]) == dollars(row["spent"]) for row in rows)


def test_what_has_to_be_reordered(analyse: SalesAnalysis, books: Books) -> None:
    left = books.on_hand()
    low = {
        books.products[one["product_id"]]["sku"]: left[one["inventory_id"]]
        for one in books.documents["inventory"]
        if one["store_id"] == SEATTLE and left[one["inventory_id"]] <= one["reorder_threshold"]
    }
    rows = analyse.stock("reorder", limit=100)["rows"]
    assert low and {row["sku"]: row["on_hand"] for row in rows} == low


def test_what_the_stock_is_worth(analyse: SalesAnalysis, books: Books) -> None:
    left = books.on_hand()
    cost = sum(
        left[one["inventory_id"]] * dollars(books.products[one["product_id"]]["cost"])
        for one in books.documents["inventory"]
        if one["store_id"] == SEATTLE
    )
    (row,) = analyse.stock("value", SEATTLE)["rows"]
    assert (row["units"], dollars(row["cost"])) == (sum(left.values()), cents(Decimal(cost)))


def test_what_came_back(analyse: SalesAnalysis, books: Books) -> None:
    back = [books.back(one, line) for one, line, _, _ in books.sold(None)]
    facts = analyse.returns()["facts"]
    assert facts["Units"] == sum(units for units, _ in back) > 0
    assert dollars(facts["Given back"]) == cents(sum((one for _, one in back), Decimal(0)))


def test_what_a_customer_ordered(find: CustomerSales, books: Books) -> None:
    own = [o for o in books.documents["orders"] if o["store_id"] == SEATTLE and not o["deleted"]]
    who = own[0]["customer_id"]
    totals = sorted(dollars(one["total"]) for one in own if one["customer_id"] == who)
    rows = find.customer_orders(who)["rows"]
    assert sorted(dollars(row["total"]) for row in rows) == totals


def test_how_large_an_order_is(analyse: SalesAnalysis, books: Books) -> None:
    """A question that no tool knows, as a pipeline."""
    totals = [
        dollars(one["total"])
        for one in books.documents["orders"]
        if one["store_id"] == SEATTLE and one["status"] == "completed"
    ]
    mean = {"$group": {"_id": None, "orders": {"$sum": 1}, "mean": {"$avg": "$total"}}}
    (row,) = analyse.query("orders", [{"$match": {"status": "completed"}}, mean])["rows"]
    assert row["orders"] == len(totals)
    assert abs(row["mean"] - float(sum(totals) / len(totals))) < 0.005
