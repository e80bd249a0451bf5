"""Days, weeks and months, and what stands beside them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.sales import (
    BY_RETURN,
    BY_SALE,
    Bucket,
    add_up,
    buckets,
    cents_in,
    changed_afterwards,
    year_before,
)
from app.domain.shop_days import DayFinder, day_of
from connector_config.schema.instants import to_iso
from tests.app.domain.test_shop_days import LOS_ANGELES, ZONES

_DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@given(_DAYS, st.sampled_from(["day", "week", "month"]))
def test_they_follow_each_other_up_to_today(today: date, step: str) -> None:
    found = buckets(step, today)
    assert len(found) == {"day": 31, "week": 26, "month": 12}[step]
    assert all(one.until == other.first for one, other in pairwise(found))
    assert (found[-1].until - today).days == 1
    starts = {"day": lambda _: True, "week": lambda d: d.weekday() == 0}
    assert all(starts.get(step, lambda d: d.day == 1)(one.first) for one in found)


@given(_DAYS, st.sampled_from(["day", "week", "month"]))
@example(date(2004, 2, 29), "month")
def test_the_year_before_has_as_many_days_and_the_same_ones(today: date, step: str) -> None:
    for bucket in buckets(step, today):
        before = year_before(bucket, step)
        if step == "month" and bucket.until.day == 1:
            assert (before.first.year, before.first.month) == (
                bucket.first.year - 1,
                bucket.first.month,
            )
            assert (before.first.day, before.until.day) == (1, 1)
            assert 28 <= (before.until - before.first).days <= 31
        elif step == "month":
            # The month that is on, as far as it has come.
            assert before.first == date(bucket.first.year - 1, bucket.first.month, 1)
            assert before.until - before.first == bucket.until - bucket.first
        else:
            assert before.first.weekday() == bucket.first.weekday()
            assert before.until - before.first == bucket.until - bucket.first


def test_what_one_device_cancelled_and_another_handed_over_is_no_sale() -> None:
    at = "2026-11-21T10:00:00.000Z"
    line = {"order_id": "a", "order_item_id": "a-1", "product_id": "p"}
    item = {**line, "quantity": 2, "line_total": 20.0}
    back = {"r": {"cancelled": True, "lines": {"a-1": {"quantity": 2, "refund": 20.0}}}}
    one = {"order_id": "a", "order_date": at, "status": "completed", "returns": back}
    assert add_up([one], [item], DayFinder(LOS_ANGELES)).days == {}


def test_what_was_given_back_and_cancelled_is_no_sale() -> None:
    def order(name: str, status: str, **more: object) -> dict[str, object]:
        at = "2026-11-21T10:00:00.000Z"
        return {"order_id": name, "order_date": at, "status": status, **more}

    def item(name: str, quantity: int, total: float) -> dict[str, object]:
        line = {"order_id": name, "order_item_id": f"{name}-1", "product_id": "p"}
        return {**line, "quantity": quantity, "line_total": total}

    back = {"r": {"lines": {"b-1": {"quantity": 1, "refund": 0.1}}}}
    orders = [
        order("a", "completed", who="Rita"),
        order("b", "completed", who="Rita", returns=back),
        order("c", "cancelled", who="Sam"),
        order("d", "returned"),
    ]
    items = [item("a", 2, 0.7), item("b", 3, 0.3), item("c", 9, 9.0), item("d", 9, 9.0)]
    (day,) = add_up(orders, items, DayFinder(UTC)).days.items()
    assert day[0] == "2026-11-21"
    assert day[1].total == (2, 90)
    assert day[1].products == {"p": (4, 90)}
    assert day[1].people == {"Rita": (2, 90)}
    bucket = Bucket(date(2026, 11, 20), date(2026, 11, 22))
    assert cents_in({date(2026, 11, 21): (2, 90), date(2026, 11, 22): (5, 5)}, bucket) == (2, 90)


_TIMES = st.integers(0, 60 * 24 * 800).map(
    lambda n: datetime(2023, 12, 30, tzinfo=UTC) + timedelta(minutes=n)
)


@given(st.lists(st.tuples(_TIMES, _TIMES | st.none()), max_size=8), st.sampled_from(ZONES))
def test_each_order_and_return_is_on_its_day_and_nothing_is_lost(sold, zone) -> None:
    orders, items = [], []
    by_sale: dict[str, int] = {}
    by_return: dict[str, int] = {}
    for at, (placed, back) in enumerate(sold):
        name = f"o{at}"
        order: dict[str, object] = {
            "order_id": name,
            "order_date": to_iso(placed),
            "status": "completed",
        }
        day = day_of(placed, zone).isoformat()
        by_sale[day] = by_sale.get(day, 0) + 100 - (30 if back else 0)
        by_return[day] = by_return.get(day, 0) + 100
        if back is not None:
            lines = {f"{name}-1": {"quantity": 1, "refund": 0.3}}
            order["returns"] = {"r": {"at": to_iso(back), "lines": lines}}
            came = day_of(back, zone).isoformat()
            by_return[came] = by_return.get(came, 0) - 30
        orders.append(order)
        line = {"order_id": name, "order_item_id": f"{name}-1", "product_id": "p"}
        items.append({**line, "quantity": 3, "line_total": 1.0})
    figures = add_up(orders, items, DayFinder(zone)).figures()
    assert {day: one[1] for day, one in figures[BY_SALE].items()} == by_sale
    assert {day: one[1] for day, one in figures[BY_RETURN].items()} == by_return


def test_a_time_that_is_written_in_another_way_is_found() -> None:
    finder = DayFinder(LOS_ANGELES)
    for stored in ("2026-09-01T00:30:00.000Z", "20260901T003000Z", "2026-09-01T00:30:00"):
        assert finder.day(stored) == "2026-08-31"
    assert (finder.month("2026-09-01T00:30:00.000Z"), finder.month("soon")) == ("2026-08", "")


def test_a_day_that_was_over_and_changes_is_marked_until_it_is_as_it_was() -> None:
    def over(day: str) -> bool:
        return day < "2026-11-21"

    before = {BY_SALE: {"2026-11-20": (2, 500), "2026-11-21": (1, 100)}}
    now = {BY_SALE: {"2026-11-20": (3, 900), "2026-11-21": (9, 900), "2026-11-01": (1, 5)}}
    late = changed_afterwards(before, {}, now, over, "T1")
    assert late == {BY_SALE: {"2026-11-20": (1, 400, "T1"), "2026-11-01": (1, 5, "T1")}}
    more = {BY_SALE: {"2026-11-20": (3, 800), "2026-11-21": (9, 900)}}
    late = changed_afterwards(now, late, more, over, "T2")
    assert late == {BY_SALE: {"2026-11-20": (1, 300, "T2")}}
    assert changed_afterwards(more, late, before, over, "T3") == {}
