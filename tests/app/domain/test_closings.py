"""What a day comes to, against Sales and a sum in whole cents; and closings that meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.closings import Back, ClosedDay, DayFigures, Takings, add_up_day, closing_key
from app.domain.documents.closings import new_closing, new_day, to_closed_day
from app.domain.entities import Actor, Device, Profile, Role
from app.domain.errors import FaultyDocumentError
from app.domain.papers import Change, Patch
from app.domain.sales import BY_RETURN, BY_SALE, Sums, add_up, merged
from app.domain.shop_days import DayFinder, day_of, start_of
from connector_config.schema.collections import DAY_CLOSINGS
from connector_config.schema.instants import to_iso
from tests.app.domain.test_shop_days import LOS_ANGELES, ZONES
from tests.helpers.replicas import Replica, exchange

DAY = date(2026, 11, 1)
"""A day of 25 hours in Los Angeles."""
_SEATTLE = "store_seattle"
_MOMENTS = st.integers(-30 * 60, 55 * 60).map(lambda minutes: timedelta(minutes=minutes))
_CENTS = st.integers(0, 999_999)


@st.composite
def shops(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Orders around a day, with lines, returns and cancellations, and lines that are not here."""
    orders, items = [], []
    begins = start_of(DAY, LOS_ANGELES)
    for at in range(draw(st.integers(0, 6))):
        name, placed = f"o{at}", begins + draw(_MOMENTS)
        lines, returns = {}, {}
        for line in range(draw(st.integers(1, 3))):
            item_id, total, off = f"{name}-{line}", draw(_CENTS), draw(_CENTS)
            lines[item_id] = total
            if draw(st.integers(0, 9)):
                items.append(
                    {
                        "order_id": name,
                        "order_item_id": item_id,
                        "product_id": f"p{line}",
                        "quantity": 5,
                        "line_total": total / 100,
                        "discount_amount": off / 100,
                    }
                )
        for back in range(draw(st.integers(0, 2))):
            which = draw(st.sampled_from(sorted(lines)))
            refund = draw(st.integers(0, lines[which]))
            its = {"quantity": 1, "refund": refund / 100, "tax": refund // 10 / 100}
            returns[f"r{back}"] = {
                "at": to_iso(placed + draw(_MOMENTS)),
                "cancelled": not draw(st.integers(0, 9)),
                "lines": {which: its},
            }
        orders.append(
            {
                "order_id": name,
                "order_date": to_iso(placed),
                "status": draw(st.sampled_from(["pending", "completed", "cancelled", "returned"])),
                "who": draw(st.sampled_from(["", "Rita", "Sam.$x"])),
                "returns": returns,
                "tax": draw(_CENTS) / 100,
                "total": draw(_CENTS) / 100,
                "tax_percent": draw(st.sampled_from([None, 10.1, 8.25, 0.0])),
                "item_count": len(lines),
            }
        )
    return orders, items


def _cents(stored: float) -> int:
    return round(stored * 100)


@given(shops(), st.sampled_from([LOS_ANGELES, *ZONES]))
def test_it_is_what_sales_and_a_sum_in_cents_say(
    shop: tuple[list[dict[str, Any]], list[dict[str, Any]]], zone: Any
) -> None:
    orders, items = shop
    finder, wanted = DayFinder(zone), DAY.isoformat()
    figures = add_up_day(orders, items, DAY, finder)
    added = add_up(orders, items, finder)
    for way in (BY_SALE, BY_RETURN):
        parts = [added.days.get(wanted, Sums())]
        parts += [added.moved.get(wanted, Sums())] if way == BY_RETURN else []
        sums = merged(parts)
        assert (figures.takings.orders, _cents(float(figures.takings.kept(way)))) == sums.total
        people = {who: _cents(float(one.kept(way))) for who, one in figures.people.items()}
        wanted_people = {who: cents for who, (_, cents) in sums.people.items()}
        assert {who: c for who, c in people.items() if c} == {
            who: c for who, c in wanted_people.items() if c
        }
        assert sum(people.values()) == sums.total[1]
        assert sum(_cents(float(one.kept(way))) for one in figures.rates.values()) == sums.total[1]
    _in_cents(figures, orders, items, zone)


def _in_cents(figures: DayFigures, orders: Iterable[Any], items: Iterable[Any], zone: Any) -> None:
    """The same in whole cents, by clocks and in another order: line by line."""
    by_id = {one["order_item_id"]: one for one in items}
    tax = gross = discount = sold = back_tax = came_tax = gone = pending = 0
    for order in orders:
        returns = order["returns"].values()
        here = day_of(datetime.fromisoformat(order["order_date"]), zone) == DAY
        is_gone = (
            order["status"] == "cancelled"
            or any(one["cancelled"] for one in returns)
            or (order["status"] == "returned" and not returns)
        )
        gone += here and is_gone
        if is_gone:
            continue
        pending += here and order["status"] == "pending"
        tax += here and _cents(order["tax"])
        for item in (one for one in by_id.values() if one["order_id"] == order["order_id"]):
            sold += here and _cents(item["line_total"])
            discount += here and _cents(item["discount_amount"])
            gross += here and _cents(item["line_total"]) + _cents(item["discount_amount"])
        for one in returns:
            given = sum(_cents(line["tax"]) for key, line in one["lines"].items() if key in by_id)
            back_tax += here and given
            came_tax += given * (day_of(datetime.fromisoformat(one["at"]), zone) == DAY)
    takings = figures.takings
    assert [int(one * 100) for one in (takings.gross, takings.discount, takings.paid)] == [
        *(gross, discount, sold)
    ]
    assert int(takings.tax * 100) == tax
    assert int(takings.tax_kept(BY_SALE) * 100) == tax - back_tax
    assert int(takings.tax_kept(BY_RETURN) * 100) == tax - came_tax
    assert (figures.cancelled, figures.open) == (gone, pending)


def _actor(name: str) -> Actor:
    return Actor(Profile(_SEATTLE, Role.MANAGER, name), Device(f"device-{name}", name))


def _figures(orders: int) -> DayFigures:
    back = {BY_SALE: Back(1, Decimal(1), Decimal("0.02")), BY_RETURN: Back()}
    takings = Takings(orders, Decimal(orders), Decimal(0), Decimal("0.1"), back)
    people = {"Sam.$x": takings, "": takings}
    return DayFigures(takings, {None: takings, Decimal("10.1"): takings}, people)


class Till(Replica):
    """A device that closes the day and takes that back."""

    def days(self) -> list[ClosedDay]:
        """The closed days that have arrived here."""
        return [to_closed_day(one) for one in self.all(DAY_CLOSINGS)]

    def close(self, orders: int, at: str) -> str:
        """The counterpart of app.data.selling.closings.close; returns the key of the entry."""
        known = next(iter(self.days()), None)
        key = closing_key(DAY, known, self.actor)
        if known is None:
            begun = new_day(self.store_id, DAY, start_of(DAY, LOS_ANGELES))
            self.insert(DAY_CLOSINGS, begun)
        entry = new_closing(_figures(orders), BY_SALE, self.actor, at)
        self._merge({key: entry}, at)
        return key

    def take_back(self, key: str, at: str) -> None:
        """The counterpart of take_back."""
        self._merge({key: {"taken_back_at": at}}, at)

    def _merge(self, closings: Mapping[str, Any], at: str) -> None:
        (known,) = self.days()
        self.apply(Change((Patch(DAY_CLOSINGS, {**known.key, "closings": closings}),)), at)


def _at(minute: int) -> str:
    return to_iso(datetime(2026, 11, 2, 2, minute, tzinfo=UTC))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_tills_that_close_a_day_apart_agree_in_any_order(order: tuple[int, ...]) -> None:
    tills = [Till(_SEATTLE, name) for name in ("ann", "bob", "cat")]
    first, second, third = tills
    # Ann's is the earliest, and she takes it back; Bob's stands, whoever hears of it when.
    taken_back = first.close(3, _at(1))
    second.close(5, _at(2))
    third.close(7, _at(3))
    first.take_back(taken_back, _at(4))
    for at in order:
        exchange([tills[at], tills[(at + 1) % 3]])
    exchange(tills)
    days = [one.days() for one in tills]
    assert days[0] == days[1] == days[2]
    (day,) = days[0]
    assert day.standing is not None
    assert day.standing.signature.who == "bob"
    assert [one.signature.who for one in day.beside] == ["cat"]
    assert day.standing.figures == _figures(5)
    assert len(day.closings) == 3


def test_of_the_same_moment_the_device_decides() -> None:
    tills = [Till(_SEATTLE, name) for name in ("bob", "ann")]
    for till in tills:
        till.close(1, _at(1))
    exchange(tills)
    standing = [till.days()[0].standing for till in tills]
    assert standing[0] == standing[1]
    assert standing[0] is not None
    assert standing[0].signature.device_id == min(till.device_id for till in tills)


def test_a_day_that_was_taken_back_is_closed_under_another_key() -> None:
    till = Till(_SEATTLE, "ann")
    first = till.close(1, _at(1))
    till.take_back(first, _at(2))
    assert till.days()[0].standing is None
    second = till.close(2, _at(3))
    assert first != second
    standing = till.days()[0].standing
    assert standing is not None
    assert (standing.key, standing.figures) == (second, _figures(2))


def test_a_closing_of_which_parts_are_missing_waits_for_them() -> None:
    document: dict[str, Any] = dict(new_day(_SEATTLE, DAY, start_of(DAY, LOS_ANGELES)))
    document["closings"] = {"one": {"orders": 3}}
    assert to_closed_day(document).closings == ()
    document["day"] = "yesterday"
    with pytest.raises(FaultyDocumentError, match="day is no day"):
        to_closed_day(document)
