"""Customers who are one person, on a real store: merged, followed by all they did, parted again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.data.selling.bought import BoughtRepository
from app.data.selling.customer_directory import CustomerDirectory
from app.data.selling.customers import CustomerRepository
from app.data.selling.merging import MergingRepository
from app.data.selling.order_list import OrderFilter, OrderListRepository
from app.domain.customers import Customer
from app.domain.errors import InvalidInputError, PaperError
from app.domain.rights import NotAllowedError
from connector_config.schema.collections import CUSTOMERS, ORDERS, ditto_id
from tests.dql.statements import known
from tests.helpers.plans import documents_read
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import BOB, SEATTLE, Heard, StockRoom
from tests.helpers.waiting import until

ZOE = Customer(SEATTLE, "cust_m_1", "Zoë", "Quillfeather", "zoe@example.com", "(206) 555-9876")
ZO = Customer(SEATTLE, "cust_m_2", "Zo", "Quillfeather", "quentin@example.com", "(206) 555-0001")
ANN = Customer(SEATTLE, "cust_m_3", "Ann", "Other", "ann@example.com", "(206) 555-0002")


@pytest.fixture
async def merging(room: StockRoom) -> MergingRepository:
    """Three customers, of whom two are one person."""
    for one in (ZOE, ZO, ANN):
        await room.repositories.customers.save(one, RITA)
    return room.repositories.merging


async def bought(room: StockRoom, customer: Customer, number: int) -> str:
    """An order of a customer for so many dollars."""
    key = {"store_id": SEATTLE, "order_id": f"ord_{customer.customer_id}_{number}"}
    document = {
        **{"_id": ditto_id(ORDERS, key), **key, "total": float(number), "status": "completed"},
        **{"customer_id": customer.customer_id, "customer_name": customer.name},
        **{"customer_email": customer.email, "order_date": f"2030-01-01T00:00:{number:02}.000Z"},
        **{"created_at": "2030-01-01", "updated_at": "2030-01-01", "deleted": False},
    }
    await room.session.query("INSERT INTO orders DOCUMENTS (:order)", {"order": document})
    return key["order_id"]


async def stored(room: StockRoom, customer: Customer) -> dict[str, Any]:
    rows = await room.session.query(
        "SELECT * FROM customers WHERE _id = :id", {"id": ditto_id(CUSTOMERS, customer.key)}
    )
    return rows[0]


async def there(room: StockRoom, customer: Customer) -> Customer:
    """A customer as the device reads it now."""
    found = await room.repositories.customers.get(SEATTLE, customer.customer_id)
    assert found is not None
    return found


async def test_orders_and_sums_follow_the_one_who_is_kept_and_come_back(
    room: StockRoom, merging: MergingRepository
) -> None:
    customers, purchases = room.repositories.customers, BoughtRepository(room.session)
    first, second = await bought(room, ZOE, 10), await bought(room, ZO, 20)
    assert await merging.merge(ZOE, ZO, BOB) == ZOE
    kept = await there(room, ZO)
    assert kept == replace(ZOE, others=(ZO.customer_id,))
    its = await purchases.of(kept)
    assert ([one.order_id for one in its.orders], its.spent) == ([second, first], Decimal(30))
    wanted = OrderFilter((SEATTLE, "store_tacoma"), kept.ids)
    page = await OrderListRepository(room.session, room.clock).page(wanted)
    assert [one.order_id for one in page.orders] == [second, first]
    # Found by what either was called, as one.
    for text in ("zo quill", "zoe@ex", "quentin@ex", "(206) 555-0001", "Zoë"):
        found = await customers.find(SEATTLE, text, 50)
        assert kept in found and ZO not in found, text
    # An order for the one who was given up, from a device that did not know, counts as well.
    third = await bought(room, ZO, 30)
    assert [one.order_id for one in (await purchases.of(kept)).orders] == [third, second, first]

    offer = await room.repositories.undoing.last(SEATTLE, "device-bob")
    assert offer is not None
    assert offer.name == "merging of the customers Zo Quillfeather and Zoë Quillfeather"
    await room.repositories.undoing.take_back(offer, BOB)
    assert await there(room, ZO) == ZO
    assert await there(room, ZOE) == ZOE
    assert (await purchases.of(ZOE)).spent == 10


async def test_undo_of_a_merge_brings_back_who_has_the_same_address(
    room: StockRoom, merging: MergingRepository
) -> None:
    await room.session.peer.store.execute(
        "UPDATE customers SET email = 'ZOE@example.com' WHERE customer_id = 'cust_m_2'"
    )
    await merging.merge(ZOE, ZO, BOB)
    offer = await room.repositories.undoing.last(SEATTLE, "device-bob")
    assert offer is not None
    await room.repositories.undoing.take_back(offer, BOB)
    assert (await there(room, ZO)).email == "ZOE@example.com"


async def test_chains_and_circles_have_one_end(room: StockRoom, merging: MergingRepository) -> None:
    await merging.merge(ZOE, ZO, BOB)
    await merging.merge(ANN, ZO, BOB)
    assert await there(room, ZO) == replace(ANN, others=(ZOE.customer_id, ZO.customer_id))
    with pytest.raises(PaperError, match="one customer already"):
        await merging.merge(ZOE, ANN, BOB)
    assert await merging.tidy() == 0
    # Another device, which did not know, gave the third one up for the second.
    await room.session.peer.store.execute(
        "UPDATE customers SET deleted = true, merged_into = 'cust_m_2' "
        "WHERE customer_id = 'cust_m_3'"
    )
    end = replace(ZOE, others=(ZO.customer_id, ANN.customer_id))
    assert await there(room, ANN) == end
    assert await room.repositories.customers.find(SEATTLE, "quillf", 9) == [end]
    assert await merging.tidy() == 1
    assert await merging.tidy() == 0
    assert await there(room, ANN) == end
    assert (await stored(room, ZOE))["deleted"] is False


async def test_the_card_that_is_watched_becomes_that_of_the_one_who_is_kept(
    room: StockRoom, merging: MergingRepository
) -> None:
    customers = room.repositories.customers
    of_zo, of_zoe = Heard[Customer | None](), Heard[Customer | None]()
    cancels = [
        customers.watch(SEATTLE, ZO.customer_id, of_zo),
        customers.watch(SEATTLE, ZOE.customer_id, of_zoe),
    ]
    await of_zo.until(lambda one: one == ZO)
    await of_zoe.until(lambda one: one == ZOE)
    await merging.merge(ZOE, ZO, BOB)
    kept = replace(ZOE, others=(ZO.customer_id,))
    await of_zo.until(lambda one: one == kept)
    await of_zoe.until(lambda one: one == kept)
    # Nobody was told in between that somebody is gone.
    assert None not in (*of_zo.calls, *of_zoe.calls)
    await customers.delete(kept, RITA)
    await of_zo.until(lambda one: one is None)
    for cancel in cancels:
        cancel()


def found(directory: CustomerDirectory, text: str) -> list[Customer]:
    return list(directory.search(text, 5).customers)


async def finds_one(directory: CustomerDirectory) -> None:
    """Wait until two are one, who is found by either."""
    kept = replace(ZOE, others=(ZO.customer_id,))
    await until(lambda: found(directory, "quentin@example.com") == [kept], "the one who is kept")
    assert found(directory, "5550001") == [kept]
    assert found(directory, "quillfeather") == [kept]
    assert directory.also(kept) == [ZO]
    # Who types the address of the one who was given up is led to the one who was kept.
    typed = replace(ANN, customer_id="new", email="quentin@example.com", phone="")
    assert ("same e-mail", kept) in [(why, one) for one, why in directory.alike(typed, 3)]
    assert directory.alike(kept, 3) == []


async def test_the_directory_finds_the_one_who_is_kept_by_either(
    room: StockRoom, merging: MergingRepository
) -> None:
    directory = CustomerDirectory(room.session, SEATTLE, rebuild_after=0.05)
    directory.open()
    await until(lambda: directory.ready, "everybody")
    await until(lambda: found(directory, "quentin@example.com") == [ZO], "all three")
    await until(lambda: not directory._changed, "the index")
    total = directory.search("", 1).total
    await merging.merge(ZOE, ZO, BOB)
    await finds_one(directory)
    await until(lambda: not directory._changed, "the index")
    await finds_one(directory)
    assert directory.search("", 1).total == total - 1
    another = CustomerDirectory(room.session, SEATTLE)
    another.open()
    await until(lambda: another.ready, "everybody")
    await finds_one(another)
    another.close()
    offer = await room.repositories.undoing.last(SEATTLE, "device-bob")
    assert offer is not None
    await room.repositories.undoing.take_back(offer, BOB)
    await until(lambda: found(directory, "quentin@example.com") == [ZO], "that they are two again")
    assert found(directory, "zoe@example.com") == [ZOE]
    directory.close()


async def test_what_cannot_be_merged_is_said(room: StockRoom, merging: MergingRepository) -> None:
    with pytest.raises(NotAllowedError, match="ask a manager"):
        await merging.merge(ZOE, ZO, RITA)
    with pytest.raises(PaperError, match="different stores"):
        await merging.merge(ZOE, replace(ZO, store_id="store_tacoma"), BOB)
    with pytest.raises(PaperError, match="one customer already"):
        await merging.merge(ZOE, ZOE, BOB)
    await room.repositories.customers.delete(ZO, RITA)
    with pytest.raises(PaperError, match="deleted meanwhile"):
        await merging.merge(ZOE, ZO, BOB)
    assert await there(room, ZOE) == ZOE


async def test_who_was_merged_while_one_typed_is_not_brought_back(
    room: StockRoom, merging: MergingRepository
) -> None:
    customers = CustomerRepository(room.session, room.clock)
    await merging.merge(ZOE, ZO, BOB)
    with pytest.raises(InvalidInputError, match="merged into Zoë Quillfeather meanwhile"):
        await customers.save(replace(ZO, first_name="Zora"), RITA, ZO)
    # The address of the one who was given up is taken, but not for the one who was kept.
    with pytest.raises(InvalidInputError, match="Zoë Quillfeather has this address already"):
        await customers.save(replace(ANN, email="quentin@example.com"), RITA, ANN)
    kept = await there(room, ZOE)
    await customers.save(replace(kept, email="quentin@example.com"), RITA, kept)
    assert (await there(room, ZO)).email == "quentin@example.com"


async def test_an_order_for_who_was_given_up_is_placed_for_the_one_who_is_kept(
    room: StockRoom, merging: MergingRepository
) -> None:
    counter = Counter(room)
    cart = await counter.cart(await room.items(), 1)
    await merging.merge(ZOE, ZO, BOB)
    order = await counter.orders.place(replace(cart, customer=ZO), await counter.store(), RITA)
    assert (order.customer_id, order.customer_name) == (ZOE.customer_id, "Zoë Quillfeather")
    assert order.customer_email == "zoe@example.com"


@pytest.mark.parametrize("index", ["customers_merged", "customers_forgotten"])
async def test_whoever_stands_alone_is_not_read_for_those_who_do_not(
    room: StockRoom, index: str
) -> None:
    values = {"text": SEATTLE, "list of text": [SEATTLE]}
    statements = [one for one in known() if f"USE INDEX '{index}'" in one.dql]
    assert statements
    for one in statements:
        parameters = {name: values[kind] for name, kind in one.kinds.items()}
        profile = await room.session.query(f"PROFILE {one.dql}", parameters)
        assert documents_read(profile[-1]) == 0, one.dql
