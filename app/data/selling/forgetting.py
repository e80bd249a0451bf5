"""Forgetting customers who wish it: on the embedded store, and in what only this device knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from app.data.selling.merged import FORGOTTEN, ONE, key_of, read_merged
from app.data.store import made
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Kind, NewlyMade
from app.domain.customers import Customer
from app.domain.entities import Actor
from app.domain.errors import PaperError
from app.domain.rights import Right, check
from connector_config.schema.collections import CUSTOMERS, ORDERS, ditto_id
from connector_config.schema.condition import has_text
from connector_config.schema.emails import email_forms
from connector_config.schema.forgotten import IN_ORDERS, PERSONAL, is_forgotten, without_person
from connector_config.schema.instants import to_iso
from connector_config.store.local_only import CARTS, OUTBOX, PARKED
from connector_config.store.outbox import row_id

_FORGOTTEN: Final = (
    "SELECT * FROM customers USE INDEX 'customers_forgotten' "
    f"WHERE {has_text('forgotten_at')} LIMIT 20000"
)
_ANY: Final = (
    "SELECT _id FROM customers USE INDEX 'customers_forgotten' "
    f"WHERE {has_text('forgotten_at')} LIMIT 1"
)
_MERGE: Final = "INSERT INTO customers DOCUMENTS (:document) ON ID CONFLICT DO UPDATE_LOCAL_DIFF"
# The same person before a move to another store, or before somebody deleted them.
_FORMER: Final = (
    "SELECT * FROM customers WHERE (lower(trim(email)) = :read OR lower(trim(email)) = :sent) "
    "AND deleted = true LIMIT 100"
)
_BY_IDS: Final = "SELECT * FROM customers WHERE customer_id IN :ids LIMIT 1000"
_NAMED: Final = (
    "SELECT _id FROM orders USE INDEX 'orders_customer' WHERE customer_id IN :ids "
    "AND (customer_name != :name OR customer_email != :email) LIMIT 1000"
)
_COUNT: Final = (
    "SELECT COUNT(*) AS n FROM orders USE INDEX 'orders_customer' WHERE customer_id IN :ids"
)
_UNNAME: Final = (
    "UPDATE orders USE IDS LIST :ids SET customer_name = :name, customer_email = :email, "
    "updated_at = :at WHERE customer_id > ''"
)
_ORDERS_OF: Final = (
    "SELECT _id FROM orders USE INDEX 'orders_customer' WHERE customer_id IN :ids LIMIT 5000"
)
_AS_REMOVED: Final = {"name": IN_ORDERS["customer_name"], "email": IN_ORDERS["customer_email"]}
_CARTS: Final = f"SELECT * FROM {CARTS} LIMIT 1000"
_PUT_CART: Final = f"INSERT INTO {CARTS} DOCUMENTS (:document) ON ID CONFLICT DO UPDATE"
_ROWS: Final = {
    name: (
        f"SELECT * FROM {name} USE IDS LIST :ids",
        f"INSERT INTO {name} DOCUMENTS (:document) ON ID CONFLICT DO UPDATE",
    )
    for name in (OUTBOX, PARKED)
}
_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What forgetting a customer concerns here: how many customers, and how many orders."""

    customers: int
    orders: int


class ForgettingRepository:
    """Empties what is personal of customers; their orders stay."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._done: set[str] = set()

    async def preview(self, customer: Customer) -> Wish:
        """What `forget` would concern, without doing it."""

        async def work(unit: UnitOfWork) -> Wish:
            ids = [row["customer_id"] for row in await _same_person(unit, customer)]
            (row,) = await unit.query(_COUNT, {"ids": ids})
            return Wish(len(ids), int(row["n"]))

        return await self._session.read(work)

    async def forget(self, customer: Customer, actor: Actor) -> None:
        """Empty what is personal of a customer, and of all who are the same person.

        Those are whoever was merged with this one, and former ones with the same e-mail address.
        It cannot be undone. Raises PaperError where the person must not, or nobody is there.
        """
        check(actor, Right.MERGE_CUSTOMERS)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            found = await _same_person(unit, customer)
            if not found:
                raise PaperError("This customer is not on this device any more.")
            if all(map(is_forgotten, found)):
                raise PaperError(FORGOTTEN)
            await _empty(unit, found, at)
            unit.note(NewlyMade(Kind.CUSTOMER_FORGOTTEN, customer.store_id))

        await self._session.write(work)
        await self.tidy()

    async def tidy(self) -> int:
        """Forget here whoever is forgotten: in what arrived since, in orders, and in local notes.

        Returns how many customers and orders were changed. Every device may do it, and writes the
        same; it is cheap where nothing is to do.
        """
        if not await self._session.query(_ANY, {}):
            return 0
        at = to_iso(self._now())

        async def due(unit: UnitOfWork) -> tuple[list[Row], list[Any]]:
            people = await _whole_groups(unit)
            ids = [row["customer_id"] for row in people]
            left = [row for row in people if without_person(row, at)]
            return left, await unit.query(_NAMED, {"ids": ids, **_AS_REMOVED})

        async def work(unit: UnitOfWork) -> int:
            left, orders = await due(unit)
            await _empty(unit, left, at)
            return len(left) + len(orders)

        written = await self._session.write(work) if any(await self._session.read(due)) else 0
        rows = await self._session.read(_whole_groups)
        # What was written just now left what was there before in the outbox.
        fresh = rows if written else [row for row in rows if row["customer_id"] not in self._done]
        for at_first in range(0, len(fresh), _AT_ONCE):
            some = fresh[at_first : at_first + _AT_ONCE]
            await self._session.tidy(partial(_forget_locally, people=some))
            self._done |= {row["customer_id"] for row in some}
        # A cart that is open on a screen may have been kept once more since.
        ids = {row["customer_id"] for row in rows}
        carts = [one for one in await self._session.query(_CARTS, {}) if _customer_of(one) in ids]
        if carts:
            await self._session.tidy(partial(_leave_carts, carts=carts))
        return written


async def _same_person(unit: UnitOfWork, customer: Customer) -> list[Row]:
    """The documents of a customer, of all merged with it, and of former ones with the address."""
    merged = await read_merged(unit)
    kept = merged.kept(customer.customer_id)
    ids = (kept, *merged.others(kept))
    keys = [ditto_id(CUSTOMERS, key_of(customer.store_id, one)) for one in ids]
    found: dict[str, Row] = {}
    for key in keys:
        found |= _by_id(await unit.query(ONE, {"id": key}))
    for email in {str(row.get("email") or "") for row in found.values()}:
        if email.strip():
            read, sent = email_forms(email)
            former = _by_id(await unit.query(_FORMER, {"read": read, "sent": sent}))
            for customer_id, row in former.items():
                # One of another group is another person, whoever typed the address.
                if merged.kept(customer_id) in (kept, customer_id):
                    found.setdefault(customer_id, row)
    return list(found.values())


async def _whole_groups(unit: UnitOfWork) -> list[Row]:
    """All forgotten customers, and those who were merged with one of them since."""
    found = _by_id(await unit.query(_FORGOTTEN, {}))
    merged = await read_merged(unit)
    kept = {merged.kept(one) for one in found}
    others = {one for end in kept for one in (end, *merged.others(end))} - found.keys()
    if others:
        found |= _by_id(await unit.query(_BY_IDS, {"ids": sorted(others)}))
    return list(found.values())


async def _empty(unit: UnitOfWork, people: Iterable[Row], at: str) -> None:
    for row in people:
        if left := without_person(row, at):
            document = {"_id": row["_id"], **left, "updated_at": at}
            await unit.update(CUSTOMERS, _MERGE, {"document": document})
    ids = [row["customer_id"] for row in await _whole_groups(unit)]
    while named := await unit.query(_NAMED, {"ids": ids, **_AS_REMOVED}):
        found = [row["_id"] for row in named]
        await unit.update(ORDERS, _UNNAME, {"ids": found, "at": at, **_AS_REMOVED})


async def _forget_locally(unit: UnitOfWork, people: list[Row]) -> None:
    """Take people out of the notes of undo, and of what the link keeps of before."""
    ids = {row["customer_id"] for row in people}
    await made.forget(unit, ids)
    keys = [row_id(CUSTOMERS, row["_id"]) for row in people]
    orders = await unit.query(_ORDERS_OF, {"ids": sorted(ids)})
    keys += [row_id(ORDERS, row["_id"]) for row in orders]
    for rows, put in _ROWS.values():
        for row in await unit.query(rows, {"ids": keys}):
            kept = {field: _unnamed(row[field]) for field in ("base", "sent") if field in row}
            await unit.keep(put, {"document": {**row, **kept}})


async def _leave_carts(unit: UnitOfWork, carts: Iterable[Row]) -> None:
    for row in carts:
        cart = {**json.loads(row["cart"]), "customer": None}
        await unit.keep(_PUT_CART, {"document": {**row, "cart": json.dumps(cart)}})


def _customer_of(row: Row) -> str:
    customer = json.loads(row["cart"]).get("customer") or {}
    return str(customer.get("customer_id") or "")


def _by_id(rows: Iterable[Row]) -> dict[str, Row]:
    return {row["customer_id"]: row for row in rows if isinstance(row.get("customer_id"), str)}


def _unnamed(text: str) -> str:
    """What the link keeps of a document, or of several, without what is personal."""

    def of(value: Any) -> Any:
        if isinstance(value, Mapping):
            empty = {name: "" for name in PERSONAL if name in value}
            return {**value, **empty, **{n: its for n, its in IN_ORDERS.items() if n in value}}
        return [of(one) for one in value] if isinstance(value, list) else value

    return json.dumps(of(json.loads(text)))
