"""Closed days: what Sales and an independent sum say, once for each day, whoever closes it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from app.data.selling.closings import DayBook, DayClosingRepository
from app.data.selling.sales import SalesRepository
from app.data.store.session import Row, Session
from app.domain.closings import ClosedDay
from app.domain.errors import InvalidInputError, PaperError
from app.domain.orders import Order
from app.domain.sales import BY_RETURN, BY_SALE, Sums, merged
from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.schema.collections import DAY_CLOSINGS
from seed.mongo.validation.documents import check_documents
from tests.helpers.sales import RITA, SAM, Counter
from tests.helpers.shared import copied
from tests.helpers.stock_room import ANN, BOB, SEATTLE, Heard, StockRoom
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ZONE = ZoneInfo("America/Los_Angeles")
# In Seattle 01:00, so that a day is all ahead of it.
DAY = date(2026, 11, 21)
NEXT = date(2026, 11, 22)


class Shop:
    """A real store with demo data, a counter, and somebody who closes days."""

    def __init__(self, room: StockRoom) -> None:
        self.room = room
        self.counter = Counter(room)
        self.session = room.session
        self.closings = DayClosingRepository(room.session, room.clock, SEATTLE)
        self.sales = SalesRepository(room.session, room.clock, room.repositories.feed)

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """From here on it is so late in the shop."""
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)
        self.room.clock.now = local.astimezone(UTC)

    async def sold(self, quantity: int = 1, kinds: int = 2) -> Order:
        """Somebody buys so many of some products."""
        return await self.counter.sold(await self.room.items(limit=kinds), quantity)

    async def back(self, order: Order, units: int = 1) -> Order:
        """Units of the first line come back."""
        its = {order.lines[0].item_id: (units, 0)}
        made = f"00000000-0000-4000-8000-{self.room.clock().timestamp():012.0f}"
        return await self.counter.orders.take_back(order, made, its, RITA)

    async def by_sales(self, day: date, way: str) -> Sums:
        """What Sales says of a day."""
        await self.sales.catch_up([SEATTLE])
        month = f"{day:%Y-%m}"
        details = await self.sales.details([SEATTLE], [month])
        parts = [details[SEATTLE].get(day.isoformat(), Sums())]
        if way == BY_RETURN:
            beside = (await self.sales.beside([SEATTLE]))[SEATTLE]
            parts.append(beside.moved.get(day.isoformat(), Sums()))
        return merged(parts)

    async def agrees(self, day: date) -> DayBook:
        """Hold a day against Sales, and against a sum over every document of the store."""
        book = await self.closings.look(day)
        for way in (BY_SALE, BY_RETURN):
            sums = await self.by_sales(day, way)
            takings = book.figures.takings
            assert (takings.orders, round(takings.kept(way) * 100)) == sums.total
            people = {
                who: (one.orders, round(one.kept(way) * 100))
                for who, one in book.figures.people.items()
            }
            assert {who: one for who, one in people.items() if any(one)} == {
                who: one for who, one in sums.people.items() if any(one)
            }
        assert await self.long_way(day) == _figures(book)
        return book

    async def long_way(self, day: date) -> dict[str, Decimal]:
        """The same once more, from all documents and their own totals."""
        key = {"store_id": SEATTLE}
        orders = await self.session.query("SELECT * FROM orders WHERE store_id = :store_id", key)
        found = dict.fromkeys(_NAMES, Decimal(0))
        for order in orders:
            returns = list((order.get("returns") or {}).values())
            cancelled = order["status"] == "cancelled" or any(one["cancelled"] for one in returns)
            gone = cancelled or (order["status"] == "returned" and not returns)
            its_day = _local(order["order_date"]) == day
            if gone or not (its_day or any(_local(one["at"]) == day for one in returns)):
                continue
            if its_day:
                found["orders"] += 1
                found["gross"] += _money(order["subtotal"])
                found["discount"] += _money(order["discount_total"])
                found["tax"] += _money(order["tax"])
                found["total"] += _money(order["total"])
            for one in returns:
                given = [_money(line["refund"]) for line in one["lines"].values()]
                taxes = [_money(line["tax"]) for line in one["lines"].values()]
                for way, counts in ((BY_SALE, its_day), (BY_RETURN, _local(one["at"]) == day)):
                    if counts:
                        found[f"refund {way}"] += sum(given)
                        found[f"tax {way}"] += sum(taxes)
        return found

    async def document(self, day: date) -> Row:
        rows = await self.session.query(
            "SELECT * FROM day_closings WHERE store_id = :store_id AND day = :day LIMIT 2",
            {"store_id": SEATTLE, "day": day.isoformat()},
        )
        (found,) = rows
        return found


_NAMES = (
    *("orders", "gross", "discount", "tax", "total"),
    *(f"{what} {way}" for what in ("refund", "tax") for way in (BY_SALE, BY_RETURN)),
)


def _figures(book: DayBook) -> dict[str, Decimal]:
    takings = book.figures.takings
    by_rate = list(book.figures.rates.values())
    assert sum(one.tax for one in by_rate) == takings.tax
    for way in (BY_SALE, BY_RETURN):
        assert sum(one.kept(way) for one in by_rate) == takings.kept(way)
    return {
        "orders": Decimal(takings.orders),
        "gross": takings.gross,
        "discount": takings.discount,
        "tax": takings.tax,
        "total": takings.paid + takings.tax,
        **{f"refund {way}": takings.returned(way).refund for way in (BY_SALE, BY_RETURN)},
        **{f"tax {way}": takings.returned(way).tax for way in (BY_SALE, BY_RETURN)},
    }


def _money(stored: Any) -> Decimal:
    return Decimal(str(stored))


def _local(stored: str) -> date:
    return datetime.fromisoformat(stored).astimezone(ZONE).date()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(
    demo_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    with copied(demo_template, tmp_path_factory.mktemp("closings") / "data") as folder:
        session = await Session.open(folder)
        yield Shop(StockRoom(session))
        await session.close()


async def test_days_of_the_demo_data_are_those_of_sales(shop: Shop) -> None:
    (row,) = await shop.session.query(
        "SELECT MAX(order_date) AS last FROM orders WHERE store_id = :store_id "
        "AND order_date < '2026-11-20'",
        {"store_id": SEATTLE},
    )
    last = _local(row["last"])
    books = [await shop.agrees(last - timedelta(days=back)) for back in range(3)]
    assert sum(one.figures.takings.orders for one in books)


async def test_a_day_with_everything_is_what_sales_and_documents_say(shop: Shop) -> None:
    shop.at(DAY, 9)
    first = await shop.sold(3)
    second = await shop.sold(2)
    third = await shop.sold(1)
    fourth = await shop.sold(1)
    await shop.back(first)
    await shop.counter.orders.complete(second, RITA)
    await shop.counter.orders.cancel(third, SAM)
    shop.at(NEXT, 9)
    await shop.back(fourth)
    await shop.back(first)
    book = await shop.agrees(DAY)
    after = await shop.agrees(NEXT)
    figures = book.figures
    assert (figures.takings.orders, figures.cancelled) == (3, 1)
    assert (figures.open, figures.open_total) == (2, first.total + fourth.total)
    assert figures.takings.returned(BY_SALE).count == 3
    assert figures.takings.returned(BY_RETURN).count == 1
    assert after.figures.takings.orders == 0
    assert after.figures.takings.returned(BY_RETURN).count == 2
    assert after.figures.takings.kept(BY_RETURN) < 0
    assert after.figures.open_before >= 2


async def test_a_line_that_is_not_here_is_told(shop: Shop) -> None:
    shop.at(DAY, 10)
    order = await shop.sold(1)
    (line,) = await shop.session.query(
        "SELECT * FROM order_items WHERE order_item_id = :id", {"id": order.lines[0].item_id}
    )
    heard = Heard[None]()
    book = await shop.closings.look(DAY)
    cancel = shop.closings.watch(DAY, book.store, lambda: heard(None))
    await heard.first()
    await shop.session.query("EVICT FROM order_items WHERE _id = :id", {"id": line["_id"]})
    assert (await shop.closings.look(DAY)).figures.incomplete == 1
    calls = len(heard.calls)
    await shop.session.query("INSERT INTO order_items DOCUMENTS (:one)", {"one": line})
    await until(lambda: len(heard.calls) > calls, "the line")
    cancel()
    assert (await shop.agrees(DAY)).figures.incomplete == 0


async def test_it_is_kept_once_and_what_comes_later_is_a_difference(shop: Shop) -> None:
    shop.at(DAY, 17, 55)
    closed = await shop.closings.close(DAY, BOB)
    book = await shop.closings.look(DAY)
    assert book.closed == closed
    assert closed.standing is not None
    kept = replace(book.figures, rates=closed.standing.figures.rates)
    assert closed.standing.figures == kept
    assert dict(closed.standing.figures.rates) == dict(book.figures.rates)
    with pytest.raises(PaperError, match="Bob has closed this day already"):
        await shop.closings.close(DAY, ANN)
    shop.at(DAY, 23, 59)
    order = await shop.sold(1, kinds=1)
    after = await shop.agrees(DAY)
    assert after.closed == closed
    more = after.figures.takings.paid - closed.standing.figures.takings.paid
    assert more == order.subtotal - order.discount
    assert (await shop.document(DAY))["deleted"] is False


async def test_a_closing_is_taken_back_and_made_anew(shop: Shop) -> None:
    undoing, device = shop.room.repositories.undoing, BOB.device.device_id
    shop.at(NEXT, 1)
    offer = await undoing.last(SEATTLE, device)
    assert offer is not None
    assert offer.name == "closing of 2026-11-21"
    assert (offer.asks, offer.screen, offer.item) == (True, "closing", "2026-11-21")
    await undoing.take_back(offer, BOB)
    book = await shop.closings.look(DAY)
    assert book.standing is None
    again = await undoing.last(SEATTLE, device)
    assert again is None or again.name != offer.name
    anew = await shop.closings.close(DAY, BOB)
    assert len(anew.closings) == 2
    assert anew.standing == anew.closings[1]
    assert anew.standing is not None
    assert anew.standing.figures.takings == book.figures.takings


async def test_a_day_that_has_not_begun_is_not_closed(shop: Shop) -> None:
    # In London it is the 23rd already.
    shop.at(NEXT, 23, 30)
    with pytest.raises(InvalidInputError, match="has not begun"):
        await shop.closings.close(NEXT + timedelta(days=1), BOB)
    closed = await shop.closings.close(NEXT, BOB)
    assert closed.day == NEXT


async def test_days_that_nobody_closed_are_those_with_orders(shop: Shop) -> None:
    empty, busy = NEXT + timedelta(days=1), NEXT + timedelta(days=2)
    shop.at(busy, 12)
    await shop.sold(1)
    today = busy + timedelta(days=2)
    shop.at(today, 12)
    assert await shop.closings.unclosed(today) == [busy]
    assert (await shop.closings.look(empty)).figures.takings.orders == 0
    closed = await shop.closings.close(empty, BOB)
    assert closed.standing is not None
    assert closed.standing.figures.takings.orders == 0
    await shop.closings.close(busy, BOB)
    assert await shop.closings.unclosed(today) == []


@pytest.mark.parametrize("first", [True, False])
async def test_two_devices_that_close_a_day_apart_agree(shop: Shop, first: bool) -> None:
    """Their entries are merged as Ditto merges maps, whichever comes first."""
    day = date(2026, 12, 1 if first else 2)
    shop.at(day, 18)
    mine = await shop.closings.close(day, ANN)
    before = await shop.document(day)
    await shop.closings.take_back(mine, mine.closings[0].key, BOB)
    await shop.session.query(f"EVICT FROM {DAY_CLOSINGS} WHERE _id = :id", {"id": before["_id"]})
    shop.at(day, 18, 5)
    await shop.sold(1)
    theirs = await shop.closings.close(day, BOB)
    other = await shop.document(day)
    assert before["created_at"] == other["created_at"]
    one, two = (before, other) if first else (other, before)
    await shop.session.query(f"EVICT FROM {DAY_CLOSINGS} WHERE _id = :id", {"id": before["_id"]})
    for document in (one, two):
        await shop.session.query(
            f"INSERT INTO {DAY_CLOSINGS} DOCUMENTS (:one) ON ID CONFLICT DO UPDATE",
            {"one": document},
        )
    book = await shop.closings.look(day)
    closed = book.closed
    assert isinstance(closed, ClosedDay)
    assert closed.standing is not None
    assert closed.standing.signature.who == ANN.profile.name
    assert [one.signature.who for one in closed.beside] == ["Bob"]
    assert closed.standing.figures.takings.orders == 0
    assert theirs.standing is not None
    assert book.figures.takings == theirs.standing.figures.takings


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 11, 1), 25), (date(2027, 3, 14), 23)])
async def test_a_day_of_another_length_has_all_its_orders(
    shop: Shop, day: date, hours: int
) -> None:
    begins = datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
    before = (await shop.closings.look(day)).figures.takings.orders
    for moment in (begins, begins + timedelta(hours=hours, minutes=-1)):
        shop.room.clock.now = moment
        await shop.sold(1, kinds=1)
    for outside in (begins - timedelta(minutes=1), begins + timedelta(hours=hours)):
        shop.room.clock.now = outside
        await shop.sold(1, kinds=1)
    book = await shop.agrees(day)
    assert book.figures.takings.orders == before + 2


async def test_what_was_counted_and_what_is_owed(shop: Shop) -> None:
    day = date(2026, 12, 5)
    shop.at(day, 8)
    stocktakes, items = shop.room.repositories.stocktakes, await shop.room.items(limit=2)
    begun = await stocktakes.open(ANN, "Shelf")
    for item, off in zip(items, (3, -2), strict=True):
        await stocktakes.count(begun, await shop.room.stored(item), 50 + off, ANN)
    for item in items:
        (level,) = await shop.session.query(
            "SELECT stock_level + coalesce(stock_delta, 0) AS n FROM inventory WHERE _id = :id",
            {"id": {"store_id": SEATTLE, "inventory_id": item.inventory_id}},
        )
        assert level["n"]
    await stocktakes.post(begun, ANN)
    rows = await shop.session.query(
        "SELECT quantity FROM stock_movements WHERE reason = 'counted' AND at >= :at",
        {"at": datetime(2026, 12, 5, 8, tzinfo=ZONE).astimezone(UTC).isoformat()[:19]},
    )
    moved = [int(one["quantity"]) for one in rows]
    counted = (await shop.closings.look(day)).figures.counted
    assert (counted.counts, counted.items) == (1, 2)
    assert counted.found == sum(one for one in moved if one > 0)
    assert counted.lost == -sum(one for one in moved if one < 0)
    assert counted.found + counted.lost > 0

    before = (await shop.closings.look(day)).figures.oversold
    item = await shop.room.stored(items[0])
    await shop.counter.orders.place(
        await shop.counter.cart([item], item.on_hand + 4),
        await shop.counter.store(),
        RITA,
        allow_negative=True,
    )
    after = (await shop.closings.look(day)).figures.oversold
    assert (after.items - before.items, after.units - before.units) == (1, 4)


async def test_what_is_written_has_the_shape(
    shop: Shop, new_database: Callable[[], MongoSettings]
) -> None:
    rows = await shop.session.query("SELECT * FROM day_closings LIMIT 100")
    assert any(len(row["closings"]) > 1 for row in rows)
    with open_database(new_database()) as database:
        documents = [{**row, "_id": row["closing_id"]} for row in rows]
        database[DAY_CLOSINGS].insert_many(documents)
        days = date(2018, 1, 1), date(2026, 12, 1)
        found = check_documents(database, DAY_CLOSINGS, *days)
        assert [(one.check, one.detail) for one in found if one.passed is False] == []
        database[DAY_CLOSINGS].update_one({}, {"$set": {"day": "30 Nov"}})
        found = check_documents(database, DAY_CLOSINGS, *days)
        assert [one.check for one in found if one.passed is False] == ["day"]
