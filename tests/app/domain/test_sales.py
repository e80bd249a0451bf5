"""Days, weeks and months, and what stands beside them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.sales import Bucket, add_up, buckets, cents_in, year_before

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
    (day,) = add_up(orders, items).items()
    assert day[0] == "2026-11-21"
    assert day[1].total == (2, 90)
    assert day[1].products == {"p": (4, 90)}
    assert day[1].people == {"Rita": (2, 90)}
    bucket = Bucket(date(2026, 11, 20), date(2026, 11, 22))
    assert cents_in({date(2026, 11, 21): (2, 90), date(2026, 11, 22): (5, 5)}, bucket) == (2, 90)
