"""What a newer version of the program wrote survives the edits of this one, and is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.config.repositories import Repositories
from app.data.store.session import Session
from app.domain.documents.closings import to_closed_day
from app.domain.documents.codes import to_code
from app.domain.documents.customers import to_customer
from app.domain.documents.faults import fault_of
from app.domain.documents.orders import to_order
from app.domain.documents.oversell import to_settlements
from app.domain.documents.purchase_orders import to_purchase_order
from app.domain.documents.receipts import to_receipt
from app.domain.documents.staff import to_person
from app.domain.documents.stock import to_item, to_movement
from app.domain.documents.stocktakes import to_count, to_stocktake
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Place, Product, Reason, Role
from app.domain.errors import UPDATE_FIRST, PaperError
from app.domain.known_codes import CodeKind
from app.domain.order_steps import cancel, complete, take_back
from app.domain.orders import OrderStatus
from app.domain.oversell import SettlementKind
from app.domain.pricing import NOTHING
from app.domain.receiving import ReceiptKind, post, undo
from app.domain.undo import preview
from connector_config.schema import collections as names
from connector_config.schema.collections import ditto_id, synced
from tests.helpers.nasty import good
from tests.helpers.stock_room import ANN, BOB, SEATTLE, Clock

Document = dict[str, Any]

NEWER: Document = {
    "warranty": {"months": 24, "by": {"name": "Acme"}},
    "colours": ["red", "blue"],
    "priority": 2.5,
    "since": None,
}
STEP = {"at": "2026-11-20T09:00:00.000Z", "who": "Zoe", "device_id": "d", "device_name": "n"}
_PUT = "INSERT INTO {} DOCUMENTS (:document)"
_ONE = "SELECT * FROM {} WHERE _id = :id"
_PRODUCT = Product("one-product_id", "SKU", "Hammer", NOTHING)


def newer(collection: str, gone: tuple[str, ...] = (), **fields: object) -> Document:
    """A document with fields of a newer version in it, and in every entry of its maps."""
    document = {name: one for name, one in good(collection).items() if name not in gone}
    changed = document | fields
    return _with_news(changed | {"_id": ditto_id(collection, changed)})


def _with_news(document: Document) -> Document:
    inner = {
        name: _with_news(one) if isinstance(one, dict) and name != "_id" else one
        for name, one in document.items()
    }
    # What is kept under ids has entries and no fields.
    return inner if document.keys() <= {"one", "two"} else inner | NEWER


def leaves(document: Document, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, one in document.items():
        if isinstance(one, dict) and one:
            yield from leaves(one, *path, name)
        else:
            yield (*path, name), one


async def _customer(its: Repositories, stored: Document) -> None:
    from app.data.selling.customers import CustomerRepository

    customer = to_customer(stored)
    edited = replace(customer, first_name="Bea")
    await CustomerRepository(its.session, its.now).save(edited, BOB, customer)


async def _person(its: Repositories, stored: Document) -> None:
    await its.staff.change(to_person(stored), "Zoe", Role.REP, [SEATTLE], BOB)


async def _code(its: Repositories, stored: Document) -> None:
    await its.product_codes.teach(stored["code"], stored["product_id"], 12, ANN)


async def _item(its: Repositories, stored: Document) -> None:
    item = to_item(stored)
    await its.stock.adjust(item, 2, Reason.FOUND, ANN, "")
    await its.stock.move(item, Place("3", "B", "12"), ANN)


async def _order(its: Repositories, stored: Document) -> None:
    await its.orders.complete(to_order(stored, ()), BOB)


async def _case(its: Repositories, stored: Document) -> None:
    (settlement,) = to_settlements(stored)
    await its.oversell.mark_seen(settlement)


async def _transfer(its: Repositories, stored: Document) -> None:
    await its.transfers.pick(to_transfer(stored), {"one": 2}, ANN)


async def _purchase_order(its: Repositories, stored: Document) -> None:
    await its.purchase_orders.describe(to_purchase_order(stored), "Acme", "Ring the bell", ANN)


async def _receipt(its: Repositories, stored: Document) -> None:
    await its.receiving.set_line(to_receipt(stored), replace(_PRODUCT, product_id="one"), 5, ANN)


async def _stocktake(its: Repositories, stored: Document) -> None:
    await its.stocktakes.cancel(to_stocktake(stored), ANN)


async def _count(its: Repositories, stored: Document) -> None:
    await its.stocktakes.withdraw(to_count(stored), ANN)


async def _closing(its: Repositories, stored: Document) -> None:
    closed = to_closed_day(stored)
    await its.closings.take_back(closed, closed.closings[0].key, ANN)


Edit = Callable[[Repositories, Document], Awaitable[None]]

# An edit of each collection that the app edits, and what it sets.
EDITS: dict[str, tuple[Edit, Document, set[str]]] = {
    names.STAFF: (_person, newer(names.STAFF), {"name", "role", "changed_by"}),
    names.CUSTOMERS: (_customer, newer(names.CUSTOMERS, ("forgotten_at",)), {"first_name"}),
    names.PRODUCT_CODES: (
        _code,
        newer(names.PRODUCT_CODES, kind="isbn"),
        {"code_id", "kind", "units", "taught_by", "device_id", "taught_at"},
    ),
    names.INVENTORY: (
        _item,
        newer(names.INVENTORY, ("stock_delta",)),
        {"location.aisle", "location.shelf", "location.bin", "last_updated"},
    ),
    names.ORDERS: (
        _order,
        newer(names.ORDERS, item_count=0, returns={}, history={"one": STEP | {"status": "packed"}}),
        {"status"},
    ),
    names.OVERSELL_CASES: (
        _case,
        newer(
            names.OVERSELL_CASES,
            settlements={"one": STEP | {"kind": "given away", "sale_id": "s", "units": 1}},
        ),
        set(),
    ),
    names.TRANSFERS: (
        _transfer,
        newer(names.TRANSFERS, ("cancelled_at",), from_store_id=SEATTLE, shipments={}),
        {"picked.one"},
    ),
    names.REPLENISHMENTS: (
        _purchase_order,
        newer(names.REPLENISHMENTS, ("ordered_at", "cancelled_at", "closed_at"), receipts={}),
        {"supplier", "note"},
    ),
    names.GOODS_RECEIPTS: (
        _receipt,
        newer(
            names.GOODS_RECEIPTS,
            ("posted_at", "undone_at", "discarded_at"),
            kind="customer return",
            device_id=ANN.device.device_id,
        ),
        {f"lines.one.{name}" for name in ("sku", "product_name", "received", "note", "expected")}
        | {"lines.one.damaged", "lines.one.missing"},
    ),
    names.STOCKTAKES: (
        _stocktake,
        newer(names.STOCKTAKES, ("cancelled_at",), posted_by={}),
        set(),
    ),
    names.STOCKTAKE_COUNTS: (
        _count,
        newer(names.STOCKTAKE_COUNTS, stocktake_id="one-stocktake_id"),
        {"deleted"},
    ),
    names.DAY_CLOSINGS: (
        _closing,
        newer(names.DAY_CLOSINGS),
        {"closings.one.taken_back_at"},
    ),
}
# The catalogue is the back office's; a movement and a line of an order are written once.
_NEVER_EDITED = {
    *(names.STORES, names.CATEGORIES, names.PRODUCT_TYPES, names.PRODUCTS),
    *(names.STOCK_MOVEMENTS, names.ORDER_ITEMS),
}


def test_every_collection_is_edited_here_or_never() -> None:
    assert EDITS.keys() | _NEVER_EDITED == {one.name for one in synced()}
    assert not EDITS.keys() & _NEVER_EDITED


@pytest.mark.parametrize("collection", EDITS)
async def test_what_is_unknown_survives_an_edit(tmp_path: Path, collection: str) -> None:
    session = await Session.open(tmp_path, Clock())
    edit, document, sets = EDITS[collection]
    product = good(names.PRODUCTS) | {"_id": "a product_id", "product_id": "a product_id"}
    for name, one in (
        (names.PRODUCTS, product),
        (names.STOCKTAKES, newer(names.STOCKTAKES, ("cancelled_at",), posted_by={})),
    ):
        if name != collection:
            await session.query(_PUT.format(name), {"document": one})
    await session.query(_PUT.format(collection), {"document": document})
    (before,) = await session.query(_ONE.format(collection), {"id": document["_id"]})
    await edit(Repositories(session, Clock(), SEATTLE), before)
    (after,) = await session.query(_ONE.format(collection), {"id": document["_id"]})
    await session.close()
    assert after != before
    changed = {
        ".".join(path) for path, one in leaves(before) if dict(leaves(after)).get(path) != one
    }
    assert changed <= sets | {"updated_at"}
    assert NEWER.items() <= after.items()


@pytest.mark.parametrize("collection", [one.name for one in synced()])
def test_what_is_unknown_is_no_fault(collection: str) -> None:
    assert fault_of(collection, newer(collection)) is None
    if collection in EDITS:
        assert fault_of(collection, EDITS[collection][1]) is None


def test_what_is_unknown_reads_as_unknown() -> None:
    order = to_order(newer(names.ORDERS, status="shipped", history={"one": {"status": "x"}}), ())
    assert (order.status, order.steps[0].status) == (OrderStatus.UNKNOWN, OrderStatus.UNKNOWN)
    assert order.status.label == "Unknown"
    (settlement,) = to_settlements(EDITS[names.OVERSELL_CASES][1])
    assert settlement.kind is SettlementKind.UNKNOWN
    assert to_receipt(EDITS[names.GOODS_RECEIPTS][1]).kind is ReceiptKind.UNKNOWN
    movement = to_movement(newer(names.STOCK_MOVEMENTS, reason="shrinkage", reference={}))
    assert (movement.reason, movement.reason.label) == (Reason.UNKNOWN, "Unknown to this version")
    code = to_code(EDITS[names.PRODUCT_CODES][1])
    assert code is not None
    assert code.kind is CodeKind.OWN


def test_a_step_in_between_does_not_hide_how_far_an_order_is() -> None:
    packed = {"one": STEP | {"status": "packed"}, "two": STEP | {"status": "completed"}}
    order = to_order(newer(names.ORDERS, status="completed", history=packed, returns={}), ())
    assert order.status is OrderStatus.COMPLETED
    assert [one.status for one in order.steps] == [OrderStatus.COMPLETED, OrderStatus.UNKNOWN]


def test_nothing_is_built_on_what_is_unknown() -> None:
    order = to_order(newer(names.ORDERS, status="shipped", history={}, returns={}), ())
    receipt = to_receipt(EDITS[names.GOODS_RECEIPTS][1])
    at = "2026-11-21T09:00:00.000Z"
    posted = to_receipt(EDITS[names.GOODS_RECEIPTS][1] | {"posted_at": at})
    for refused in (
        lambda: complete(order, ANN, at),
        lambda: cancel(order, ANN, at),
        lambda: take_back(order, "r", {}, ANN, at),
        lambda: post(receipt, None, ANN, at),
        lambda: undo(posted, None, at),
    ):
        with pytest.raises(PaperError, match=UPDATE_FIRST):
            refused()
    movement = to_movement(newer(names.STOCK_MOVEMENTS, reason="shrinkage", reference={}))
    offered = preview(movement, 5, undone=False, counted_since=False)
    assert not offered.allowed
    assert UPDATE_FIRST in offered.sentence
