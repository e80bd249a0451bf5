"""Orders on a real store: whole or absent, once, and explained by the ledger."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.data.papers import papers
from app.data.papers.settling import Settler
from app.data.selling.customers import CustomerRepository
from app.data.stock.history import HistoryFilter, HistoryRepository
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import order_steps as steps
from app.domain.carts import Cart
from app.domain.customers import Customer
from app.domain.entities import Reason
from app.domain.errors import InvalidInputError, PaperError, ShortLinesError
from app.domain.orders import Order, OrderStatus
from app.domain.pricing import Discount
from app.ui.core.formats import local_day
from app.ui.core.here import enter_shop, leave_shop
from app.ui.orders.details import history
from app.ui.orders.document import receipt
from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS, ORDER_ITEMS, ditto_id
from connector_config.schema.instants import to_iso
from seed.mongo.validation.documents import check_documents
from seed.mongo.validation.sums import check_sums
from tests.helpers.sales import RITA, SAM, Counter
from tests.helpers.stock_room import SEATTLE, Heard, StockRoom


@pytest.fixture
def counter(room: StockRoom) -> Counter:
    return Counter(room)


async def test_placing_writes_all_of_it_at_once(counter: Counter) -> None:
    items = await counter.room.items(limit=3)
    cart = await counter.cart(items, 2)
    cart = replace(cart, discount=Discount(percent=5))
    store = await counter.store()
    order = await counter.orders.place(cart, store, RITA)
    priced = cart.priced(Decimal("10.1"))
    assert (order.total, order.tax, order.discount) == (priced.total, priced.tax, priced.discount)
    assert (order.number, order.status) == (cart.number, OrderStatus.PENDING)
    assert order.customer_name == cart.customer.name if cart.customer else None
    assert [line.name for line in order.lines] == [line.name for line in cart.lines]
    for item in items:
        assert (await counter.room.stored(item)).on_hand == item.on_hand - 2
        (movement,) = await counter.room.movements(item)
        assert (movement["reason"], movement["quantity"], movement["who"]) == ("sold", -2, "Rita")
        assert movement["reference"] == {"order": order.order_id, "number": order.number}
        assert movement["offline"] is True
    assert (await counter.room.stock.prove(SEATTLE)).holds
    assert await counter.orders.find(SEATTLE, order.number) == order
    assert await counter.orders.find(SEATTLE, "222-222-222") is None


async def test_an_evening_in_august_is_in_august_whatever_zone_the_device_is_in(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 17:30 on 31 August in Los Angeles; the device travels.
    counter.room.clock.now = datetime(2026, 9, 1, 0, 29, 58, tzinfo=UTC)
    store = await counter.store()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        cart = replace(counter.carts.begin(SEATTLE, store.zone), customer=await counter.customer())
        cart = cart.add(await counter.product(await counter.room.item()))
        await counter.carts.save(cart)
        kept = Heard[list[Cart]]()
        cancel = counter.carts.watch_all(SEATTLE, kept)
        assert await kept.first() == [cart]
        cancel()
        order = await counter.orders.place(cart, store, RITA)
        enter_shop(store, [store])
        assert order.order_date == "2026-09-01T00:30:00.000Z"
        assert order.placed_local == dict(receipt(order).facts)["Date"] == "31 Aug 2026, 17:30"
        assert order.order_id.startswith("order_20260831_")
        assert local_day(order.order_date) in ("Aug 31, 2026", "31 Aug 2026")
        assert "17:30:00: taken by Rita" in history(order)
        leave_shop()
        assert local_day(order.order_date) in ("Sep 1, 2026", "1 Sep 2026")
    finally:
        leave_shop()
        monkeypatch.undo()
        time.tzset()


async def test_placing_the_same_cart_again_gives_the_same_order(counter: Counter) -> None:
    items = await counter.room.items(limit=2)
    cart, store = await counter.cart(items), await counter.store()
    order = await counter.orders.place(cart, store, RITA)
    before = await counter.everything()
    assert await counter.orders.place(cart, store, RITA) == order
    assert await counter.everything() == before
    assert len(before[0]) == 1


async def test_more_than_is_there_is_asked_about_or_never_sold(counter: Counter) -> None:
    item = await counter.room.item()
    cart = await counter.cart([item], item.on_hand + 1)
    store = await counter.store()
    before = await counter.everything()
    with pytest.raises(ShortLinesError) as caught:
        await counter.orders.place(cart, store, RITA)
    assert caught.value.on_hand == {item.product_id: item.on_hand}
    blocking = replace(store, blocks_oversell=True)
    with pytest.raises(ShortLinesError):
        await counter.orders.place(cart, blocking, RITA, allow_negative=True)
    assert await counter.everything() == before
    await counter.orders.place(cart, store, RITA, allow_negative=True)
    assert (await counter.room.stored(item)).on_hand == -1


async def test_the_setting_comes_from_the_store(counter: Counter) -> None:
    assert not (await counter.store()).blocks_oversell
    await counter.room.session.query(
        "UPDATE stores SET oversell = 'block', tax_percent = 8.9 WHERE _id = 'store_seattle'"
    )
    store = await counter.store()
    assert (store.blocks_oversell, store.tax_percent) == (True, Decimal("8.9"))


async def test_what_is_not_ready_writes_nothing(counter: Counter) -> None:
    item = await counter.room.item()
    cart, store = await counter.cart([item]), await counter.store()
    before = await counter.everything()
    for unready in (replace(cart, customer=None), replace(cart, lines=())):
        with pytest.raises(InvalidInputError):
            await counter.orders.place(unready, store, RITA)
    assert await counter.everything() == before


async def test_parts_come_back_and_the_rest_too(counter: Counter) -> None:
    item = await counter.room.item()
    order = await counter.sold([item], 3)
    (line,) = order.lines
    heard = Heard[Order]()
    cancel = counter.orders.watch(order, heard)
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    for _ in range(2):
        part = await counter.orders.take_back(order, first, {line.item_id: (2, 1)}, SAM, "Too big")
    assert (part.lines[0].left, part.status) == (1, OrderStatus.PENDING)
    assert (await counter.room.stored(item)).on_hand == item.on_hand - 3 + 2 - 1
    whole = await counter.orders.take_back(part, second, {line.item_id: (1, 0)}, RITA)
    assert (whole.refunded, whole.status) == (order.total, OrderStatus.RETURNED)
    assert (await heard.until(lambda one: one.status is OrderStatus.RETURNED)) == whole
    cancel()
    reasons = [one["reason"] for one in await counter.room.movements(item)]
    assert sorted(reasons) == ["damaged", "returned", "returned", "sold"]
    assert (await counter.room.stock.prove(SEATTLE)).holds


async def test_a_cancelled_order_is_back_in_stock(counter: Counter) -> None:
    items = await counter.room.items(limit=2)
    order = await counter.orders.complete(await counter.sold(items), RITA)
    assert order.status is OrderStatus.COMPLETED
    for _ in range(2):
        order = await counter.orders.cancel(order, SAM, "Wrong customer")
    assert (order.status, order.refunded) == (OrderStatus.CANCELLED, order.total)
    for item in items:
        assert (await counter.room.stored(item)).on_hand == item.on_hand
        assert len(await counter.room.movements(item)) == 2


async def test_nothing_comes_back_before_all_of_an_order_is_here(counter: Counter) -> None:
    items = await counter.room.items(limit=2)
    order = await counter.sold(items)
    here, late = order.lines
    query = counter.room.session.query
    parameters = {"id": ditto_id(ORDER_ITEMS, {**order.key, "order_item_id": late.item_id})}
    (document,) = await query("SELECT * FROM order_items WHERE _id = :id", parameters)
    await query("EVICT FROM order_items WHERE _id = :id", parameters)
    part = await counter.orders.load(order)
    assert (len(part.lines), part.missing) == (1, 1)
    with pytest.raises(PaperError, match="has not arrived whole, 1 of its lines"):
        await counter.orders.cancel(part, SAM)
    with pytest.raises(PaperError, match="has not arrived whole"):
        await counter.orders.take_back(part, str(uuid.uuid4()), {here.item_id: (1, 0)}, SAM)
    assert (await counter.orders.load(order)).status is OrderStatus.PENDING

    await query("INSERT INTO order_items DOCUMENTS (:document)", {"document": document})
    whole = await counter.orders.cancel(part, SAM)
    assert (whole.refunded, whole.missing) == (order.total, 0)
    for item in items:
        assert (await counter.room.stored(item)).on_hand == item.on_hand


async def test_what_was_cancelled_on_two_devices_is_back_once(counter: Counter) -> None:
    item = await counter.room.item()
    order = await counter.sold([item], 3)
    at = to_iso(counter.room.clock())
    # Sam had not seen that Rita cancelled it when he did.
    apart = steps.cancel(order, SAM, at)
    await counter.orders.cancel(order, RITA)

    async def arrive(unit: UnitOfWork) -> None:
        await papers.apply(unit, apart, SAM, at)

    await counter.room.session.write(arrive)
    assert (await counter.room.stored(item)).on_hand == item.on_hand + 3
    settler = Settler(counter.room.session, counter.room.clock)
    corrected = [await settler.settle(actor) for actor in (RITA, SAM, RITA, SAM)]
    assert sum(corrected) == 1
    assert (await counter.room.stored(item)).on_hand == item.on_hand
    assert (await counter.room.stock.prove(SEATTLE)).holds


async def test_one_movement_of_an_order_is_not_undone_alone(counter: Counter) -> None:
    item = await counter.room.item()
    order = await counter.sold([item])
    history = HistoryRepository(counter.room.session, counter.room.clock)
    movement = (await history.page(HistoryFilter(SEATTLE))).movements[0]
    preview = await history.preview_undo(movement)
    assert (preview.allowed, order.number in preview.sentence) == (False, True)


# --- whole or absent, wherever it stops


class Stopped(Exception):
    """What a test raises in place of a statement."""


async def test_a_step_that_stops_at_any_statement_is_absent(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = await counter.room.items(limit=3)
    cart, store = await counter.cart(items, 3), await counter.store()
    placed: list[Order] = []

    async def place() -> None:
        placed.append(await counter.orders.place(cart, store, RITA))

    steps: list[tuple[int, Callable[[], Awaitable[Any]]]] = [
        (6, place),
        (4, lambda: counter.orders.complete(placed[0], RITA)),
        (
            6,
            lambda: counter.orders.take_back(
                placed[0], "one", {placed[0].lines[0].item_id: (2, 1)}, RITA
            ),
        ),
        (
            6,
            lambda: counter.orders.take_back(
                placed[0], "two", {one.item_id: (1, 0) for one in placed[0].lines}, RITA
            ),
        ),
    ]
    left = 0

    def stopping(real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def run(unit: UnitOfWork, *arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Stopped
            return await real(unit, *arguments, **named)

        return run

    # Every statement of a write goes through one of these two.
    monkeypatch.setattr(UnitOfWork, "_change", stopping(UnitOfWork._change))
    monkeypatch.setattr(UnitOfWork, "query", stopping(UnitOfWork.query))
    for least, step in steps:
        left = 100
        before = await counter.everything()
        for statements in range(30):
            left = statements
            try:
                await step()
            except Stopped:
                assert await counter.everything() == before
            else:
                break
        left = 100
        assert statements >= least
        assert await counter.everything() != before
        assert (await counter.room.stock.prove(SEATTLE)).holds


# --- carts


async def test_several_carts_are_parked_and_survive_a_restart(
    counter: Counter, data_dir: Path
) -> None:
    items = await counter.room.items(limit=2)
    full, small = await counter.cart(items), await counter.cart(items[:1], 5)
    small = replace(small, discount=Discount(amount=Decimal("2.50")))
    await counter.carts.save(small)
    empty = await counter.cart(items)
    await counter.carts.discard(empty)
    await counter.room.session.close()
    again = await Session.open(data_dir)
    parked = Counter(StockRoom(again))
    heard = Heard[Any]()
    parked.carts.watch_all(SEATTLE, heard)
    assert await heard.first() == [full, small]
    await parked.orders.place(full, await parked.store(), RITA)
    assert await heard.until(lambda carts: len(carts) == 1) == [small]
    shown = await again.query("SHOW USER_COLLECTION_SYNC_SCOPES")
    assert "local_carts" in str(shown)
    await again.close()


# --- customers


async def test_customers_are_found_by_what_their_names_begin_with(counter: Counter) -> None:
    john = Customer(SEATTLE, "cust_j", "Jonathan", "McAllister", "jon_mc@example.org", "")
    await counter.customers.save(replace(john, phone="(206) 777-0199"), RITA)
    repository: CustomerRepository = counter.customers

    async def found(text: str) -> list[str]:
        return [one.customer_id for one in await repository.find(SEATTLE, text, 50)]

    for text in (
        "Jonathan",
        "jonath",
        "McAll",
        "jonathan mca",
        "McAllister j",
        "jon_mc@",
        "JON_MC",
    ):
        assert "cust_j" in await found(text), text
    for text in ("206777019", "(206) 777-01", "206 777 0199"):
        assert "cust_j" in await found(text), text
    for text in ("athan", "jonathan x", "jonxmc", "", "  ", "20677701990"):
        assert "cust_j" not in await found(text), text
    assert len(await repository.find(SEATTLE, "j", 3)) == 3
    assert await repository.find("store_tacoma", "jonathan mca", 5) == []
    await repository.save(replace(john, first_name="Johnny"), RITA)
    saved = await repository.get(SEATTLE, "cust_j")
    assert saved is not None and saved.name == "Johnny McAllister"
    assert await repository.get(SEATTLE, "nobody") is None


# --- shapes


async def test_what_is_written_has_the_shapes(
    counter: Counter, new_database: Callable[[], MongoSettings]
) -> None:
    items = await counter.room.items(limit=3)
    cart = await counter.cart(items, 3)
    first, second, _ = cart.lines
    cart = cart.put(replace(first, discount=Discount(percent=15)))
    cart = cart.put(replace(second, discount=Discount(amount=Decimal("1.23"))))
    cart = replace(cart, discount=Discount(amount=Decimal("4.56")))
    order = await counter.orders.place(cart, await counter.store(), RITA)
    order = await counter.orders.complete(order, RITA)
    await counter.orders.take_back(
        order, str(uuid.uuid4()), {order.lines[0].item_id: (2, 1)}, RITA, "Too big"
    )
    await counter.orders.cancel(await counter.sold(items), SAM)

    written = (names.ORDERS, names.ORDER_ITEMS, names.STOCK_MOVEMENTS, names.CUSTOMERS)
    with open_database(new_database()) as database:
        for name in written[:3]:
            rows = await counter.room.session.query(
                f"SELECT * FROM {name} WHERE updated_at >= '2026-11-21'"
            )
            business_id = COLLECTIONS[name].id_fields[-1]
            database[name].insert_many([{**row, "_id": row[business_id]} for row in rows])
        outcomes = [
            *(
                one
                for name in written[:3]
                for one in check_documents(database, name, date(2018, 1, 1), date(2026, 12, 1))
            ),
            *check_sums(database),
        ]
        failed = [(one.collection, one.check, one.detail) for one in outcomes if not one.passed]
        assert failed == []
        assert {one["reason"] for one in database[names.STOCK_MOVEMENTS].find()} == {
            Reason.SOLD.value,
            Reason.RETURNED.value,
            Reason.DAMAGED.value,
        }
        database[names.ORDER_ITEMS].update_many(
            {"line_number": 3}, {"$inc": {"order_discount": 0.01}}
        )
        found = check_documents(database, names.ORDER_ITEMS, date(2018, 1, 1), date(2026, 12, 1))
        assert [one.check for one in found if one.passed is False] == ["discount_parts"]


async def test_no_order_is_stored_with_more_off_than_it_costs(counter: Counter) -> None:
    item = await counter.room.item()
    cart = await counter.cart([item], 1)
    (line,) = cart.lines
    stale = cart.put(replace(line, discount=Discount(amount=line.unit_price + 1)))
    before = await counter.everything()
    with pytest.raises(InvalidInputError, match="type it anew"):
        await counter.orders.place(stale, await counter.store(), RITA)
    assert await counter.everything() == before
