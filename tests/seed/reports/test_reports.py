"""Every report against the same sums made in Python, and the plans that MongoDB makes for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from math import ceil
from typing import Any

import pytest

from connector_config.errors import UserError
from seed.reports.customers import customer, customers, segments
from seed.reports.on_the_way import on_the_way as coming_to
from seed.reports.orders import order, returns
from seed.reports.report import Report
from seed.reports.sales import By, sales, top_products
from seed.reports.shops import Period, Shops, last_days, read_shops
from seed.reports.stock import on_hand, oversold, reorder, slow_movers, stock_value
from tests.seed.books import KEYS, Books, cents, dollars
from tests.seed.used_shop import TODAY, Asked

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
# Over the end of summer time, and half of a month.
SOME_DAYS = Period(date(2025, 10, 17), date(2025, 11, 15))
STORES = [(), ("store_seattle",), ("spokane", "Zava Retail Kirkland")]

UNITED = {"orders", "customers"}
# Collections that are small and read whole by nature.
SMALL = {"stores", "categories", "product_types", "products"}


@pytest.fixture(params=STORES, ids=["all", "seattle", "two clocks"])
def shops(request: pytest.FixtureRequest, asked: Asked) -> Shops:
    return read_shops(asked.database, request.param)


@pytest.fixture
def books(asked: Asked, shops: Shops) -> Books:
    return Books(asked, shops)


@pytest.fixture(autouse=True)
def _uses_indexes(asked: Asked) -> Iterator[None]:
    """No aggregation of a test reads a big collection whole."""
    with asked.watch() as commands:
        yield
    for command in {str(one["pipeline"]): one for one in list(commands)}.values():
        assert asked.scans(command) <= SMALL | whole(command), command["pipeline"]


def whole(command: Mapping[str, Any]) -> set[str]:
    """What a report of all stores and of all days reads whole by nature."""
    first = command["pipeline"][0]["$match"]
    if any(name in str(first) for name in ("$gte", "store_id", "customer_id")):
        return set()
    return {str(command["aggregate"]), *UNITED}


@pytest.mark.parametrize("period", [YEAR, SOME_DAYS], ids=["year", "some days"])
@pytest.mark.parametrize("by", KEYS)
def test_sales(asked: Asked, shops: Shops, books: Books, by: By, period: Period) -> None:
    def expected(days: Period) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(0), set()])
        for one, line, units, money in books.sold(days):
            sums = found[KEYS[by](books, one, line)]
            sums[0] += units
            sums[1] += money
            sums[2].add(one["order_id"])
        return found

    now, before = expected(period), expected(period.year_before())

    report = sales(asked.database, shops, period, by)

    rows = {row[by]: row for row in report.rows}
    amount = 2 if by in ("day", "month", "store") else 0
    for key, (units, money, orders) in now.items():
        assert rows[key]["revenue"] == cents(money), key
        assert rows[key].get("units", len(orders)) == (units if amount == 0 else len(orders)), key
        earlier = f"{int(key[:4]) - 1}{key[4:]}" if by in ("day", "month") else key
        assert rows[key]["year_before"] == cents(
            before[earlier][1] if earlier in before else Decimal(0)
        )
    assert report.facts["Revenue"] == cents(sum((one[1] for one in now.values()), Decimal(0)))
    assert report.facts["Year before"] == cents(
        sum((one[1] for one in before.values()), Decimal(0))
    )


def test_sales_of_a_category_by_month(asked: Asked, shops: Shops, books: Books) -> None:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one, line, _, money in books.sold(YEAR):
        if KEYS["category"](books, one, line) == "Electrical":
            found[KEYS["month"](books, one, line)] += money

    report = sales(asked.database, shops, YEAR, "month", "electrical")

    assert {r["month"]: r["revenue"] for r in report.rows if r["units"]} == {
        key: cents(value) for key, value in found.items()
    }


def test_top_products(asked: Asked, shops: Shops, books: Books) -> None:
    found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for _, line, units, money in books.sold(last_days(90, TODAY)):
        found[line["product_id"]][0] += units
        found[line["product_id"]][1] += money
    left = {key: its for key, its in found.items() if its[0]}
    best = sorted(left.items(), key=lambda one: (-one[1][1], one[0]))[:20]

    report = top_products(asked.database, shops, last_days(90, TODAY))

    assert [(r["sku"], r["units"], r["revenue"]) for r in report.rows] == [
        (books.products[key]["sku"], units, cents(money)) for key, (units, money) in best
    ]


@pytest.mark.parametrize("each", ["store", "category"])
def test_top_products_of_each(asked: Asked, shops: Shops, books: Books, each: Any) -> None:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one, line, units, _ in books.sold(None):
        found[KEYS[each](books, one, line)][line["product_id"]] += units

    report = top_products(asked.database, shops, None, each=each, rank="units", limit=2)

    rows: dict[str, list[int]] = defaultdict(list)
    for row in report.rows:
        rows[row[each]].append(row["units"])
    assert rows == {key: sorted(its.values(), reverse=True)[:2] for key, its in found.items()}
    assert all(units for its in rows.values() for units in its)


def test_top_products_of_a_category(asked: Asked, shops: Shops) -> None:
    report = top_products(asked.database, shops, YEAR, category="cat_electrical", rank="units")
    units = [row["units"] for row in report.rows]
    assert {row["category"] for row in report.rows} == {"Electrical"}
    assert units == sorted(units, reverse=True)


def test_on_hand_and_oversold(asked: Asked, shops: Shops, books: Books) -> None:
    there = books.on_hand()
    rows = on_hand(asked.database, shops, None, 5_000).rows
    assert sorted(row["on_hand"] for row in rows) == sorted(there.values())
    below = oversold(asked.database, shops).rows
    assert [row["on_hand"] for row in below] == sorted(n for n in there.values() if n < 0)
    assert below


def test_on_hand_of_one_product(asked: Asked, shops: Shops, books: Books) -> None:
    moved = next(
        one["product_id"]
        for one in asked.documents["stock_movements"]
        if one["store_id"] in books.stores and not one["deleted"]
    )
    there = books.on_hand()
    report = on_hand(asked.database, shops, books.products[moved]["sku"].lower())
    assert {row["store"]: row["on_hand"] for row in report.rows} == {
        books.stores[i["store_id"]]["store_name"]: there[i["inventory_id"]]
        for i in books.documents["inventory"]
        if i["product_id"] == moved and i["store_id"] in books.stores
    }
    assert any(row["moved"] for row in report.rows)


@pytest.mark.parametrize("by", ["store", "category", "product"])
def test_stock_value(asked: Asked, shops: Shops, books: Books, by: Any) -> None:
    there = books.on_hand()
    found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    for item in books.documents["inventory"]:
        if item["store_id"] in books.stores:
            product, units = books.products[item["product_id"]], there[item["inventory_id"]]
            sums = found[KEYS[by](books, item, item)]
            sums[0] += units
            sums[1] += units * dollars(product["cost"])
            sums[2] += units * dollars(product["base_price"])

    report = stock_value(asked.database, shops, by)

    assert {r[by]: [r["units"], r["cost"], r["price"]] for r in report.rows} == dict(found)


def _sold(books: Books, days: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for one, line, units, _ in books.sold(last_days(days, TODAY)):
        found[one["store_id"], line["product_id"]] += units
    return found


def on_the_way(asked: Asked) -> dict[tuple[str, str], int]:
    """What the papers of the data say, counted by hand."""
    one, two, _, three = (
        next(iter(paper["lines"])) for paper in asked.documents["replenishments"][:4]
    )
    (four,) = asked.documents["transfers"][0]["shipments"]["s1"]["lines"]
    seattle = {one: 5, two: 3, four: 4}
    return {("store_seattle", product): units for product, units in seattle.items()} | {
        ("store_tacoma", three): 6
    }


def test_what_is_on_its_way(asked: Asked) -> None:
    assert coming_to(asked.database, read_shops(asked.database)) == on_the_way(asked)


def test_reorder(asked: Asked, shops: Shops, books: Books) -> None:
    there, sold, coming = books.on_hand(), _sold(books, 28), on_the_way(asked)
    expected = []
    for item in books.documents["inventory"]:
        if item["store_id"] in books.stores:
            left, point = there[item["inventory_id"]], item["reorder_threshold"]
            if left <= point:
                units = sold[item["store_id"], item["product_id"]]
                up_to = (
                    point
                    + ceil(units * 7 / 28)
                    - left
                    - coming.get((item["store_id"], item["product_id"]), 0)
                )
                expected.append(
                    (books.products[item["product_id"]]["sku"], left, units, max(up_to, 0))
                )

    report = reorder(asked.database, shops, TODAY)

    assert sorted((r["sku"], r["on_hand"], r["sold"], r["order"]) for r in report.rows) == sorted(
        expected
    )
    below = [row["on_hand"] - row["reorder_point"] for row in report.rows]
    assert below == sorted(below)


def test_slow_movers(asked: Asked, shops: Shops, books: Books) -> None:
    there, sold = books.on_hand(), _sold(books, 60)
    expected = {}
    for item in books.documents["inventory"]:
        key, left = (item["store_id"], item["product_id"]), there.get(item["inventory_id"], 0)
        if item["store_id"] in books.stores and left > 0 and sold[key] <= 1:
            expected[item["inventory_id"]] = left * dollars(books.products[key[1]]["cost"])

    report = slow_movers(asked.database, shops, TODAY, days=60, most=1, limit=10)

    assert report.facts == {"Items": len(expected), "At cost": sum(expected.values())}
    assert [r["cost"] for r in report.rows] == sorted(expected.values(), reverse=True)[:10]


def _by_customer(books: Books, period: Period | None) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(0), []])
    for one in books.orders(period):
        sums = found[one["customer_id"]]
        number = one["subtotal"]
        sums[0] += 1
        sums[1] += dollars(number) if not isinstance(number, str) else Decimal(0)
        sums[1] -= dollars(one["discount_total"])
        sums[1] -= sum(
            (books.back(one, line)[1] for line in books.lines[one["order_id"]]), Decimal(0)
        )
        if isinstance(one["order_date"], str):
            sums[2].append(one["order_date"])
    return found


def _segment(dates: list[str]) -> str:
    # Midnight in Seattle, eight and seven hours behind UTC.
    if not dates:
        return "without orders"
    recent = sum(one >= "2025-01-01T08:00:00.000Z" for one in dates)
    if min(dates) >= "2025-10-03T07:00:00.000Z":
        return "new"
    return "regular" if recent >= 2 else "occasional" if recent else "lapsed"


@pytest.mark.parametrize("period", [None, SOME_DAYS], ids=["all", "some days"])
def test_customers(asked: Asked, books: Books, shops: Shops, period: Period | None) -> None:
    found, everything = _by_customer(books, period), _by_customer(books, None)
    best = sorted(found.items(), key=lambda one: (-one[1][1], one[0]))[:20]

    report = customers(asked.database, shops, period, TODAY)

    assert [(r["customer_id"], r["orders"], r["spent"], r["last_order"]) for r in report.rows] == [
        (key, number, cents(spent), max(dates)[:10]) for key, (number, spent, dates) in best
    ]
    if list(shops.names) == ["store_seattle"]:
        assert [r["segment"] for r in report.rows] == [
            _segment(everything[r["customer_id"]][2]) for r in report.rows
        ]


def test_segments(asked: Asked) -> None:
    seattle = read_shops(asked.database, ["store_seattle"])
    books = Books(asked, seattle)
    found = _by_customer(books, None)
    for one in asked.documents["customers"]:
        if one["primary_store_id"] == "store_seattle":
            found[one["customer_id"]]
    expected: dict[str, list[Any]] = defaultdict(lambda: [0, 0, Decimal(0)])
    for number, spent, dates in found.values():
        sums = expected[_segment(dates)]
        sums[0], sums[1], sums[2] = sums[0] + 1, sums[1] + number, sums[2] + spent

    report = segments(asked.database, seattle, TODAY)

    assert {
        r["segment"]: [r["customers"], r["orders"], r["spent"]]
        for r in report.rows
        if r["customers"]
    } == {key: [people, number, cents(spent)] for key, (people, number, spent) in expected.items()}


def test_a_customer(asked: Asked, shops: Shops, books: Books) -> None:
    found = _by_customer(books, None)
    who, (orders, spent, dates) = max(found.items(), key=lambda one: one[1][0])
    email = next(c["email"] for c in asked.documents["customers"] if c["customer_id"] == who)
    times: dict[str, int] = defaultdict(int)
    for one in books.orders():
        if one["customer_id"] == who:
            for line in books.lines[one["order_id"]]:
                times[line["sku"]] += 1

    report = customer(asked.database, shops, email)

    assert report.facts["Orders"] == orders and report.facts["Spent"] == cents(spent)
    assert report.facts["Last order (UTC)"] == max(dates)
    assert [row["orders"] for row in report.rows] == sorted(times.values(), reverse=True)[:5]
    assert all(times[row["sku"]] == row["orders"] for row in report.rows)


def test_an_order_by_id_and_by_number(asked: Asked) -> None:
    every = read_shops(asked.database)
    known = next(
        one
        for one in asked.documents["orders"]
        if one.get("number") and one["returns"] and one["status"] == "completed"
    )
    by_number = order(asked.database, every, known["number"].lower())
    assert by_number.facts["Order"] == known["order_id"]
    assert by_number == order(asked.database, every, known["order_id"])
    assert by_number.facts["Total"] == cents(dollars(known["total"]))
    assert len(by_number.rows) == known["item_count"]
    assert sum(row["returned"] for row in by_number.rows) == 1 or len(by_number.rows) > 1
    other = next(one for one in every.names if one != known["store_id"])
    with pytest.raises(UserError, match="There is no order"):
        order(asked.database, read_shops(asked.database, [other]), known["order_id"])


@pytest.mark.parametrize("period", [None, YEAR], ids=["all", "year"])
def test_returns(asked: Asked, shops: Shops, books: Books, period: Period | None) -> None:
    units, money, orders = 0, Decimal(0), set()
    for one in books.orders(period):
        for line in books.lines[one["order_id"]]:
            back, refund = books.back(one, line)
            units, money = units + back, money + refund
            if back:
                orders.add(one["order_id"])
    cancelled = [
        one
        for one in asked.documents["orders"]
        if one["status"] == "cancelled"
        and not one["deleted"]
        and one["store_id"] in books.stores
        and (period is None or period.first <= (books.day(one) or date.max) <= period.last)
    ]

    report = returns(asked.database, shops, period)

    assert report.facts == {
        "Orders with returns": len(orders),
        "Units": units,
        "Given back": cents(money),
        "Cancelled orders": len(cancelled),
        "Cancelled, before tax": cents(
            sum(
                (dollars(c["subtotal"]) - dollars(c["discount_total"]) for c in cancelled),
                Decimal(0),
            )
        ),
    }
    assert sum(row["units"] for row in report.rows) == units


def test_the_clock_of_a_store_decides_about_its_day(asked: Asked) -> None:
    """What is sold in the last hours of a New York day is not yet of that day in Los Angeles."""
    shops = read_shops(asked.database, ["Spokane"])
    books = Books(asked, shops)
    moved = [
        one
        for one in books.orders()
        if books.day(one) != datetime.fromisoformat(str(one["order_date"])).astimezone(UTC).date()
    ]
    assert moved, "the data has sales late in the day"
    day = books.day(moved[0])
    assert day is not None
    report = sales(asked.database, shops, Period(day, day), "day")
    assert [row["day"] for row in report.rows if row["orders"]] == [str(day)]


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda db, every: read_shops(db, ["Gotham"]), "There is no store 'Gotham': name one of"),
        (lambda db, every: sales(db, every, YEAR, "day", "Toys"), "There is no category 'Toys'"),
        (lambda db, every: on_hand(db, every, "NOPE-1"), "There is no product 'NOPE-1'"),
        (lambda db, every: customer(db, every, "x@y.z"), "There is no customer 'x@y.z'"),
        (lambda db, every: order(db, every, "K7Q"), "There is no order 'K7Q' of all stores"),
        (lambda db, every: customers(db, every, None, TODAY, "rich"), "There is no segment 'rich'"),
        (lambda db, every: customers(db, every, YEAR, TODAY, "new"), "leave out the days"),
        (lambda db, every: Period(date(2025, 2, 1), date(2025, 1, 1)), "exchange them"),
    ],
)
def test_what_is_not_there_is_named(
    asked: Asked, ask: Callable[[Any, Shops], Report], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        ask(asked.database, read_shops(asked.database))
