"""A customer who wishes to be forgotten, on a real store: nothing personal is left in any of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.data.selling.forgetting import ForgettingRepository, Wish
from app.data.store.session import Session
from app.domain.carts import Cart
from app.domain.customers import Customer
from app.domain.errors import InvalidInputError, PaperError
from app.domain.rights import NotAllowedError
from connector_config.schema.collections import COLLECTIONS, ditto_id
from connector_config.schema.forgotten import REMOVED
from connector_config.store.local_only import OUTBOX, SYNC_SCOPES
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import BOB, SEATTLE, Clock, Heard, StockRoom

ZOE = Customer(
    SEATTLE, "cust_f_1", "Zoë", "Quillfeather", "zoe.quill@example.com", "(206) 555-9876"
)
ZO = Customer(SEATTLE, "cust_f_2", "Zo", "Quillwing", "quillwing@example.com", "(206) 555-0001")
OLD = Customer("store_tacoma", "cust_f_3", "Z.", "Quillold", "Zoe.Quill@example.com", "")
TRACES = ("quill", "zoë", "555-9876", "5559876", "555-0001")


async def traces(session: Session) -> list[str]:
    """Where anything personal is left, in whatever collection of the device."""
    found = set()
    # The demo data are older, and know nobody of that name.
    new = " WHERE created_at >= '2026-11-21'"
    for name in (*COLLECTIONS, *SYNC_SCOPES):
        for row in await session.query(f"SELECT * FROM {name}{new if name in COLLECTIONS else ''}"):
            # Some keep JSON as text, once or twice.
            text = re.sub(r"\\+u00eb", "ë", repr(row).lower())
            found |= {(name, trace) for trace in TRACES if trace in text}
    return sorted(f"{trace} in {name}" for name, trace in found)


@pytest.fixture
async def counter(data_dir: Path) -> AsyncIterator[Counter]:
    """A device that keeps what waits for the link, and all that there can be of one person."""
    clock = Clock()
    session = await Session.open(data_dir, clock)
    counter = Counter(StockRoom(session, clock))
    its = counter.room.repositories
    await its.customers.save(OLD, RITA)
    await its.customers.delete(OLD, RITA)
    for one in (ZOE, ZO):
        await its.customers.save(one, RITA)
    # As delivered: what waits from here on has a base with the person in it.
    await session.query(f"EVICT FROM {OUTBOX} WHERE at > ''")
    await its.customers.save(replace(ZOE, first_name="Zoé"), RITA, ZOE)
    await its.customers.save(ZOE, RITA, replace(ZOE, first_name="Zoé"))
    cart = replace(await counter.cart(await counter.room.items(), 1), customer=ZO)
    order = await counter.orders.place(cart, await counter.store(), RITA)
    await session.query(f"EVICT FROM {OUTBOX} WHERE at > ''")
    await counter.orders.complete(order, RITA)
    await its.merging.merge(ZOE, ZO, BOB)
    await counter.carts.save(replace(await counter.cart([], 1), customer=ZO))
    yield counter
    await session.close()


async def unnamed(counter: Counter) -> list[Any]:
    """The orders of the person, as stored."""
    rows = await counter.room.session.query(
        "SELECT * FROM orders WHERE customer_id IN :ids", {"ids": [ZOE.customer_id, ZO.customer_id]}
    )
    return [(row["customer_name"], row["customer_email"], row["total"] > 0) for row in rows]


async def test_nothing_personal_is_left_on_the_device_and_orders_stay(counter: Counter) -> None:
    its, session = counter.room.repositories, counter.room.session
    found = await traces(session)
    # There is something to forget in all of these.
    assert {one.split()[-1] for one in found} == {
        *("customers", "orders", "local_made", "local_carts", "local_outbox")
    }
    assert await its.forgetting.preview(ZOE) == Wish(customers=3, orders=1)
    assert await traces(session) == found
    with pytest.raises(NotAllowedError, match="ask a manager"):
        await its.forgetting.forget(ZOE, RITA)
    await its.forgetting.forget(ZO, BOB)
    assert await traces(session) == []
    assert await unnamed(counter) == [(REMOVED, "", True)]
    assert await its.customers.get(SEATTLE, ZOE.customer_id) is None
    assert await its.forgetting.tidy() == 0
    carts = Heard[list[Cart]]()
    cancel = counter.carts.watch_all(SEATTLE, carts)
    assert all(one.customer is None for one in await carts.first())
    cancel()

    offer = await its.undoing.last(SEATTLE, "device-bob")
    assert offer is not None
    assert offer.refused
    assert "at their own wish" in offer.sentence
    with pytest.raises(PaperError, match="removed at their own wish"):
        await its.forgetting.forget(ZOE, BOB)
    with pytest.raises(PaperError, match="removed at their own wish"):
        await its.merging.merge(await counter.customer(), ZOE, BOB)
    with pytest.raises(InvalidInputError, match="removed at their own wish"):
        await its.customers.save(ZOE, RITA)
    cart = replace(await counter.cart(await counter.room.items(), 1), customer=ZOE)
    with pytest.raises(InvalidInputError, match="Choose another one") as error:
        await counter.orders.place(cart, await counter.store(), RITA)
    assert error.value.field == "customer"
    # A screen that had it open keeps it once more.
    await counter.carts.save(cart)
    assert await its.forgetting.tidy() == 0
    assert await traces(session) == []
    # The address is free for somebody else.
    await its.customers.save(replace(ZOE, customer_id="cust_new"), RITA)


async def test_what_arrives_late_brings_nobody_back(counter: Counter) -> None:
    its, session = counter.room.repositories, counter.room.session
    await its.customers.save(
        late := replace(OLD, customer_id="cust_late", email="other@quill.test"), RITA
    )
    await its.forgetting.forget(ZOE, BOB)
    # From devices that did not know: an edit, an undo, an order, and a merge with somebody more.
    for statement in (
        "UPDATE customers SET phone = '(206) 555-9876', deleted = false "
        "WHERE customer_id = 'cust_f_1'",
        "UPDATE customers SET last_name = 'Quillwing', deleted = false, merged_into = '' "
        "WHERE customer_id = 'cust_f_2'",
        "UPDATE customers SET deleted = true, merged_into = 'cust_f_1' "
        "WHERE customer_id = 'cust_late'",
        "UPDATE orders SET customer_name = 'Zo Quillwing' WHERE customer_id = 'cust_f_2'",
    ):
        await session.peer.store.execute(statement)
    # Nobody sees any of it, not even before it is gone.
    assert await its.customers.get(SEATTLE, ZOE.customer_id) is None
    assert await its.customers.find(SEATTLE, "quillw", 9) == []
    assert await its.forgetting.tidy() == 4
    assert await its.forgetting.tidy() == 0
    assert await traces(session) == []
    assert await unnamed(counter) == [(REMOVED, "", True)]
    assert await its.customers.get(late.store_id, late.customer_id) is None


async def test_a_new_sign_in_finishes_what_a_power_cut_left(counter: Counter) -> None:
    session, its = counter.room.session, counter.room.repositories
    for one in (ZOE, ZO, OLD):
        # As the first transaction leaves it, or the link.
        await session.peer.store.execute(
            "UPDATE customers SET forgotten_at = '2026-11-21T09:00:00.000Z' WHERE _id = :id",
            {"id": ditto_id("customers", one.key)},
        )
    await ForgettingRepository(session, counter.room.clock).tidy()
    assert await traces(session) == []
    assert await unnamed(counter) == [(REMOVED, "", True)]
    # What undo passes over now was about the person; what is left is the order.
    offer = await its.undoing.last(SEATTLE, "device-rita")
    assert offer is not None
    assert "handed over" in offer.name
