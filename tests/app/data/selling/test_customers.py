"""Customers on a real store: found while typing, one address each, deleted and brought back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.data.selling.bought import BoughtRepository
from app.data.selling.customer_directory import CustomerDirectory
from app.data.selling.customers import CustomerRepository
from app.data.store.session import Session
from app.domain.customers import Bought, Customer
from app.domain.errors import InvalidInputError
from app.domain.orders import OrderStatus
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import SEATTLE, StockRoom
from tests.helpers.waiting import PATIENCE, until

ZOE = Customer(SEATTLE, "cust_zoe", "Zoë", "Quillfeather", "zoe@example.com", "(206) 555-9876")

BOB = Customer(SEATTLE, "cust_bob", "Bob", "Roy", "bob.roy@example.com", "")


def names(directory: CustomerDirectory, text: str) -> list[str]:
    return [one.name for one in directory.search(text, 5).customers]


@pytest.fixture
def data_dir(demo_dir: Path) -> Path:
    """All customers of the demo, with what they bought."""
    return demo_dir


async def test_somebody_new_is_found_changed_deleted_and_brought_back(room: StockRoom) -> None:
    customers = CustomerRepository(room.session, room.clock)
    directory = CustomerDirectory(room.session, SEATTLE, rebuild_after=0.05)
    assert directory.search("", 5).total == 0
    directory.open()
    await until(lambda: directory.ready, "everybody")
    everybody = directory.search("", 5).total
    assert everybody > 400
    first = names(directory, "")
    heard: list[None] = []
    cancel = directory.on_changed(lambda: heard.append(None))

    await customers.save(ZOE, RITA)
    await until(lambda: bool(heard), "the new one")
    typed = (
        "quillf",
        "zoe quil",
        "zoë",
        "quilfeather",
        "zoe@ex",
        "2065559876",
        "(206) 555-98",
        "555987",
    )
    for text in typed:
        assert names(directory, text) == ["Zoë Quillfeather"], text
    assert directory.search("", 5).total == everybody + 1
    # She stands where her name belongs, not where she came in.
    assert names(directory, "") == first
    await until(lambda: not directory._changed, "the index with her in it")
    for text in typed:
        assert names(directory, text) == ["Zoë Quillfeather"], text
    assert directory.search("", 5).total == everybody + 1

    moved = replace(ZOE, last_name="Quillwing", phone="(425) 555-9876")
    await customers.save(moved, RITA)
    await until(lambda: names(directory, "quillw") == [moved.name], "the other name")
    assert names(directory, "quillfeather") == []
    alike = directory.alike(replace(moved, customer_id="cust_other", email="zoe.q@example.com"), 3)
    assert alike[0] == (moved, "same name, same phone")

    await customers.delete(moved, RITA)
    await until(lambda: names(directory, "quillw") == [], "that she is gone")
    assert await customers.get(SEATTLE, ZOE.customer_id) is None
    await customers.save(moved, RITA)
    await until(lambda: names(directory, "quillw") == [moved.name], "that she is back")
    assert await customers.get(SEATTLE, ZOE.customer_id) == moved
    await until(lambda: not directory._changed, "the index")
    assert directory.search("", 5).total == everybody + 1
    cancel()
    directory.close()


async def test_what_changed_while_nobody_looked_is_found(room: StockRoom) -> None:
    customers = CustomerRepository(room.session, room.clock)
    directory = CustomerDirectory(room.session, SEATTLE)
    directory.open()
    await until(lambda: directory.ready, "everybody")
    directory.close()
    # Older than the newest, as from a device that was offline for long.
    early = CustomerRepository(room.session, lambda: datetime(2020, 1, 1, tzinfo=UTC))
    await early.save(ZOE, RITA)
    directory.open()
    await until(lambda: names(directory, "quillf") == [ZOE.name], "her")
    directory.close()
    await customers.delete(ZOE, RITA)
    directory.open()
    await until(lambda: names(directory, "quillf") == [], "that she is gone")
    directory.close()


async def test_it_follows_until_the_last_of_those_who_opened_it_closes_it(room: StockRoom) -> None:
    customers = CustomerRepository(room.session, room.clock)
    directory = CustomerDirectory(room.session, SEATTLE)
    directory.open()
    directory.open()
    await until(lambda: directory.ready, "everybody")
    directory.close()
    await customers.save(ZOE, RITA)
    await until(lambda: names(directory, "quillf") == [ZOE.name], "her")
    directory.close()
    assert directory._stop is None
    await customers.delete(ZOE, RITA)


async def test_an_address_belongs_to_one_customer(session: Session, room: StockRoom) -> None:
    customers = CustomerRepository(session, room.clock)
    await customers.save(ZOE, RITA)
    await customers.save(replace(ZOE, first_name="Zoe"), RITA)
    other = replace(ZOE, customer_id="cust_two", store_id="store_tacoma")
    with pytest.raises(InvalidInputError, match="Zoe Quillfeather has this address") as error:
        await customers.save(other, RITA)
    assert error.value.field == "email"
    assert await customers.get("store_tacoma", "cust_two") is None
    await customers.delete(ZOE, RITA)
    await customers.save(other, RITA)
    with pytest.raises(InvalidInputError, match="has this address"):
        await customers.save(ZOE, RITA)


async def _as_typed_by_the_back_office(room: StockRoom, **fields: Any) -> Customer:
    """Bob Roy with some fields as MongoDB has them; gives him as this device reads him."""
    await CustomerRepository(room.session, room.clock).save(BOB, RITA)
    for name, text in fields.items():
        statement = {
            "email": "UPDATE customers SET email = :text WHERE customer_id = 'cust_bob'",
            "phone": "UPDATE customers SET phone = :text WHERE customer_id = 'cust_bob'",
        }[name]
        await room.session.peer.store.execute(statement, {"text": text})
    return replace(BOB, **fields)


async def test_an_address_in_other_letters_is_the_same_and_both_can_be_changed(
    room: StockRoom,
) -> None:
    customers = CustomerRepository(room.session, room.clock)
    theirs = await _as_typed_by_the_back_office(room, email=" Ana@Müller.example ")
    for same in ("ana@müller.example", "ana@xn--mller-kva.example"):
        with pytest.raises(InvalidInputError, match="Bob Roy has this address"):
            await customers.save(replace(ZOE, email=same), RITA)
    # Two that have it already, from two devices.
    twin = replace(ZOE, email="zoe@example.com")
    await customers.save(twin, RITA)
    await room.session.peer.store.execute(
        "UPDATE customers SET email = 'ana@müller.example' WHERE customer_id = 'cust_zoe'"
    )
    twin = replace(ZOE, email="ana@müller.example")
    for one in (theirs, twin):
        await customers.save(replace(one, last_name="Newname"), RITA, one)
        stored = await customers.get(SEATTLE, one.customer_id)
        assert stored == replace(one, last_name="Newname")


@pytest.mark.parametrize("stored", ["+1 206.555.9876", "2065559876", "(206) 555-9876"])
async def test_a_phone_is_found_however_it_is_stored_and_typed(
    room: StockRoom, stored: str
) -> None:
    await _as_typed_by_the_back_office(room, phone=stored)
    directory = CustomerDirectory(room.session, SEATTLE)
    directory.open()
    await until(lambda: directory.ready, "everybody")
    for typed in ("+1 206 555 9876", "1-206-555-9876", "206.555.9876", "5559876"):
        assert names(directory, typed) == ["Bob Roy"], typed
    alike = directory.alike(replace(ZOE, phone="+1 (206) 555-9876"), 3)
    assert [(one.customer_id, why) for one, why in alike] == [("cust_bob", "same phone")]
    directory.close()


async def test_a_phone_is_found_in_any_form_before_all_are_loaded(room: StockRoom) -> None:
    customers = CustomerRepository(room.session, room.clock)
    await customers.save(ZOE, RITA)
    for typed in ("+1 206 555 9876", "1-206-555-9876", "206-555-98", "12065559", "(206) 555-9876"):
        assert ZOE in await customers.find(SEATTLE, typed, 50), typed


async def test_a_store_in_another_country_reads_numbers_as_they_are_there(room: StockRoom) -> None:
    await room.session.peer.store.execute(
        "UPDATE stores SET location.country = 'de' WHERE store_id = :id", {"id": SEATTLE}
    )
    await _as_typed_by_the_back_office(room, phone="030 901820")
    directory = CustomerDirectory(room.session, SEATTLE)
    directory.open()
    await until(lambda: directory.ready, "everybody")
    assert names(directory, "+49 30 901820") == ["Bob Roy"]
    directory.close()


async def test_orders_in_all_stores_of_the_device_count(room: StockRoom) -> None:
    counter = Counter(room)
    customer = await counter.customer()
    purchases = BoughtRepository(room.session)
    before = await purchases.of(customer)
    order = await counter.sold(await room.items(limit=1), 3)
    await room.session.peer.store.execute(
        "INSERT INTO orders DOCUMENTS (:order)",
        {
            "order": {
                "_id": {"store_id": "store_bellevue", "order_id": "ord_far"},
                **{"store_id": "store_bellevue", "order_id": "ord_far", "total": 10.5},
                **{"customer_id": customer.customer_id, "store_name": "Zava Retail Bellevue"},
                **{"order_date": order.order_date, "status": "completed"},
            }
        },
    )
    after = await purchases.of(customer)
    assert after.count == before.count + 2
    assert after.spent - before.spent == order.total + Decimal("10.50")
    assert {"Zava Retail Bellevue", order.store_name} <= {one.store_name for one in after.orders}


async def test_what_others_changed_while_one_typed_stays(room: StockRoom) -> None:
    customers = CustomerRepository(room.session, room.clock)
    await customers.save(ZOE, RITA)
    await customers.save(replace(ZOE, phone="(425) 555-0000"), RITA, ZOE)
    await customers.save(replace(ZOE, first_name="Zoe"), RITA, ZOE)
    stored = await customers.get(SEATTLE, ZOE.customer_id)
    assert stored == replace(ZOE, first_name="Zoe", phone="(425) 555-0000")


async def test_purchases_add_up_what_was_paid_and_given_back(room: StockRoom) -> None:
    counter = Counter(room)
    customer = await counter.customer()
    purchases = BoughtRepository(room.session)
    before = await purchases.of(customer)
    items = await room.items(limit=2)
    heard = asyncio.Event()
    cancel = purchases.watch(customer, heard.set)
    first = await counter.sold(items, 3)
    second = await counter.sold(items[:1], 2)
    third = await counter.sold(items[1:], 1)
    await counter.orders.complete(first, RITA)
    line = first.lines[0]
    back = await counter.orders.take_back(
        first, "11111111-1111-4111-8111-111111111111", {line.item_id: (1, 0)}, RITA
    )
    await counter.orders.cancel(third, RITA)
    await asyncio.wait_for(heard.wait(), PATIENCE)
    cancel()
    after: Bought = await purchases.of(customer)
    assert after.count == before.count + 2
    assert back.refunded > 0
    assert after.spent - before.spent == first.total - back.refunded + second.total
    newest = {one.order_id: one.status for one in after.orders[:3]}
    assert newest[third.order_id] is OrderStatus.CANCELLED
    assert after.all_there
    if not before.favourites:
        best = after.favourites[0]
        assert (best.product_id, best.orders, best.units) == (items[0].product_id, 2, 5)
