"""Customers of a store, on the embedded store."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from app.data.selling.merged import (
    FORGOTTEN,
    ONE,
    POINTERS,
    find_kept,
    key_of,
    read_merged,
    standing,
    to_merged,
)
from app.data.staff import word
from app.data.store.reading import entities
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import approvals
from app.domain.changes import Edit, Kind, NewlyMade
from app.domain.changes import before as as_before
from app.domain.customers import FIELDS, Customer, by_name
from app.domain.documents.customers import to_customer
from app.domain.documents.parts import from_approval
from app.domain.documents.stock import show_store
from app.domain.entities import USUAL_COUNTRY, Actor
from app.domain.errors import InvalidInputError
from app.domain.rights import Right, check
from connector_config.schema import documents
from connector_config.schema.collections import CUSTOMERS, ditto_id
from connector_config.schema.emails import email_forms
from connector_config.schema.forgotten import is_forgotten
from connector_config.schema.instants import to_iso
from connector_config.schema.merged import Merged

Cancel = Callable[[], None]

# A range of an index, one for each field: LIKE would take an underscore for any character.
_BY: Final = {
    field: (
        f"SELECT * FROM customers USE INDEX 'customers_{field}' WHERE primary_store_id = :store_id "
        f"AND {field} >= :low AND {field} < :high AND (deleted = false OR merged_into > '') "
        f"ORDER BY {field} LIMIT :limit"
    )
    for field in FIELDS
}
_MERGE: Final = "INSERT INTO customers DOCUMENTS (:document) ON ID CONFLICT DO UPDATE_LOCAL_DIFF"
_THESE: Final = "SELECT * FROM customers USE IDS LIST :ids"
# Of all on this device: the back office may have written it in capitals, or with blanks.
_WITH_EMAIL: Final = (
    "SELECT * FROM customers WHERE (lower(trim(email)) = :read OR lower(trim(email)) = :sent) "
    "AND (deleted = false OR merged_into > '') LIMIT 20"
)
_APPROVE: Final = (
    "UPDATE customers SET approved_by = :approved_by, updated_at = :at WHERE _id = :id"
)
# Who is deleted is no other customer any more.
_DELETE: Final = (
    "UPDATE customers SET deleted = true, merged_into = '', updated_at = :at WHERE _id = :id"
)
_STORE: Final = "SELECT * FROM stores WHERE store_id = :store_id LIMIT 1"
_TYPED: Final = (*FIELDS, "phone_e164")
"""What a person changes of a customer, and what follows from it."""

_END: Final = "\U0010ffff"
_READ: Final = 200


class CustomerRepository:
    """The customers of a store."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def find(self, store_id: str, text: str, limit: int) -> list[Customer]:
        """The customers whose name, e-mail or phone begins with the text, by name.

        Of several words, each must begin a name.
        """
        words = text.split()
        if not words:
            return []
        country = await country_of(self._session, store_id)
        merged = await read_merged(self._session)
        found: dict[str, Customer] = {}
        given_up: set[str] = set()
        for field, start in _starts(text.strip(), words, country):
            # Of two words the other one is looked for among what the first finds.
            parameters = {
                "store_id": store_id,
                "low": start,
                "high": start + _END,
                "limit": limit if len(words) == 1 else _READ,
            }
            for customer in entities(
                await self._session.query(_BY[field], parameters), to_customer
            ):
                if field in ("email", "phone") or _named(customer, words):
                    kept = merged.kept(customer.customer_id)
                    if kept == customer.customer_id:
                        found[kept] = replace(customer, others=merged.others(kept))
                    else:
                        given_up.add(kept)
        # Who is found by what another one of the same person was called.
        missing = [ditto_id(CUSTOMERS, key_of(store_id, one)) for one in given_up - found.keys()]
        rows = await self._session.query(_THESE, {"ids": missing}) if missing else []
        found |= {one.customer_id: one for one in standing(rows, merged)}
        return sorted(found.values(), key=by_name)[:limit]

    async def get(self, store_id: str, customer_id: str) -> Customer | None:
        """One customer, or the one who was kept of the same person; None where there is none."""

        async def work(unit: UnitOfWork) -> Customer | None:
            return await find_kept(unit, store_id, customer_id)

        return await self._session.read(work)

    def watch(
        self, store_id: str, customer_id: str, on_customer: Callable[[Customer | None], None]
    ) -> Cancel:
        """One customer, now and after each change; None where there is none, or none to read.

        It is the one kept of the same person, once this one was merged into another one.
        """
        merged = Merged({})
        watched, seen = "", list[Row]()
        pointers, its = ExitStack(), ExitStack()

        def on_rows(rows: list[Row]) -> None:
            nonlocal seen
            seen = rows
            if any(one.get("deleted") and one.get("merged_into") for one in rows) and (
                watched not in merged.in_circles
            ):
                # Who stands instead is told next.
                return
            on_customer(next(iter(standing(rows, merged)), None))

        def on_pointers(rows: list[Row]) -> None:
            nonlocal merged, watched
            before, merged = merged, to_merged(rows)
            kept = merged.kept(customer_id)
            if kept != watched:
                watched = kept
                its.close()
                key = {"id": ditto_id(CUSTOMERS, key_of(store_id, kept))}
                its.callback(self._session.watch(ONE, key, on_rows))
            elif seen and before.others(kept) != merged.others(kept):
                on_rows(seen)

        pointers.callback(its.close)
        pointers.callback(self._session.watch(POINTERS, {}, on_pointers))
        return pointers.close

    def begin(self, store_id: str) -> Customer:
        """Make a new customer, of whom nothing is known yet; kept from the first `save` on."""
        return Customer(store_id, f"cust_{uuid.uuid4()}", "", "")

    async def save(self, customer: Customer, actor: Actor, began: Customer | None = None) -> None:
        """Store a new, a changed or a deleted customer.

        `began` is the customer as it was when somebody began to change it: only what differs from
        that is written, and what others changed meanwhile stays. Raises InvalidInputError where
        another customer on this device has the e-mail address, and for one who was merged into
        another one or forgotten meanwhile.
        """
        check(actor, Right.KEEP_CUSTOMERS)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            if began is None or customer.email != began.email:
                await refuse_taken(unit, customer.email, customer.customer_id)
            key = ditto_id(CUSTOMERS, customer.key)
            stored = await unit.query(ONE, {"id": key})
            await _refuse_given_up(unit, stored)
            if not stored:
                await unit.insert(CUSTOMERS, _MERGE, _document(customer, at, at))
                unit.note(_edited(customer, {"deleted": True}, {"deleted": False}))
                return
            document = _document(customer, str(stored[0].get("created_at") or at), at)
            same = _same(customer, began)
            changed = {name: value for name, value in document.items() if name not in same}
            after = {
                name: value
                for name, value in changed.items()
                if name in (*_TYPED, "deleted") and stored[0].get(name) != value
            }
            if after:
                unit.note(_edited(customer, as_before(after, stored[0]), after))
            # Not new: MongoDB may hold other changes of it.
            await unit.update(CUSTOMERS, _MERGE, {"document": {"_id": key, **changed}})

        await self._session.write(work)

    async def delete(self, customer: Customer, actor: Actor) -> None:
        """Mark a customer as deleted; orders keep the name. `save` brings the customer back.

        Raises WordNeededError.
        """
        check(actor, Right.KEEP_CUSTOMERS)
        at = to_iso(self._now())
        parameters: dict[str, Any] = {"id": ditto_id(CUSTOMERS, customer.key), "at": at}

        async def work(unit: UnitOfWork) -> None:
            asked = approvals.of_deleting(await word.limits_of(unit, actor), customer.name)
            by = (await word.approved(unit, actor, asked)).granted
            await unit.update(CUSTOMERS, _DELETE, parameters)
            if by is not None:
                parameters["approved_by"] = from_approval(by)
                await unit.update(CUSTOMERS, _APPROVE, parameters)
            unit.note(_edited(customer, {"deleted": False}, {"deleted": True}))

        await self._session.write(work)


async def refuse_taken(unit: UnitOfWork, email: str, *customer_ids: str) -> None:
    """Raise InvalidInputError where another customer on this device has an e-mail address.

    Those with `customer_ids`, and whoever was merged with them, are no others.
    """
    read, sent = email_forms(email)
    rows = await unit.query(_WITH_EMAIL, {"read": read, "sent": sent}) if email else []
    others = [row for row in rows if row.get("customer_id") not in customer_ids]
    if not others:
        return
    merged = await read_merged(unit)
    own = {merged.kept(one) for one in customer_ids}
    for row in others:
        kept = next(iter(entities([row], to_customer)), None)
        if kept is not None:
            if merged.kept(kept.customer_id) in own:
                continue
            kept = await find_kept(unit, kept.store_id, kept.customer_id)
            if kept is None:
                continue
        raise InvalidInputError(
            "email",
            f"E-mail: {kept.name if kept else 'somebody'} has this address already; "
            "open that customer, or type another one.",
        )


async def _refuse_given_up(unit: UnitOfWork, stored: list[Row]) -> None:
    """Raise InvalidInputError where a customer was merged or forgotten meanwhile."""
    for row in stored:
        if is_forgotten(row):
            raise InvalidInputError("", FORGOTTEN)
        if row.get("deleted") and row.get("merged_into"):
            kept = await find_kept(unit, row["primary_store_id"], row["customer_id"])
            if kept is not None and kept.customer_id != row["customer_id"]:
                raise InvalidInputError(
                    "", f"This customer was merged into {kept.name} meanwhile: change that one."
                )


async def country_of(session: Session, store_id: str) -> str:
    """The country of a store, as ISO 3166; the usual one where the device does not know it."""
    stores = await session.query(_STORE, {"store_id": store_id})
    return next((one.country for one in entities(stores, show_store)), USUAL_COUNTRY)


def _edited(customer: Customer, before: dict[str, Any], after: dict[str, Any]) -> NewlyMade:
    edit = Edit(CUSTOMERS, customer.key, before, after)
    key = {"number": customer.name}
    return NewlyMade(Kind.CUSTOMER, customer.store_id, key, edits=[edit])


def _document(customer: Customer, created_at: str, at: str) -> documents.Customer:
    return {
        "primary_store_id": customer.store_id,
        "customer_id": customer.customer_id,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
        "phone": customer.phone,
        "phone_e164": customer.phone_e164,
        "deleted": False,
        "created_at": created_at,
        "updated_at": at,
    }


def _same(customer: Customer, began: Customer | None) -> set[str]:
    """The fields that nobody has changed since somebody began to."""
    if began is None:
        return set()
    return {name for name in _TYPED if getattr(customer, name) == getattr(began, name)}


def _starts(text: str, words: list[str], country: str) -> list[tuple[str, str]]:
    """Fields and how they may begin: names as they are typed, and as they are written."""
    starts = [("email", text.lower())] if len(words) == 1 else []
    digits = "".join(char for char in text if char.isdigit())
    if len(digits) >= 3 and not any(char.isalpha() for char in text):
        starts.append(("phone", _phone(text, digits, country)))
    for field in ("first_name", "last_name"):
        starts += [(field, one) for one in {words[0], words[0].capitalize()}]
    return starts


def _phone(text: str, digits: str, country: str) -> str:
    """The start of a phone number as it is stored, such as `(206) 555-01`."""
    from app.domain.phones import parse_phone

    try:
        return parse_phone(text, country).written
    except InvalidInputError:
        pass
    if len(digits) > 3 and digits.startswith("1") and country == "US":
        digits = digits[1:]
    text = f"({digits[:3]}) {digits[3:6]}" if len(digits) > 3 else f"({digits}"
    return f"{text}-{digits[6:]}" if len(digits) > 6 else text


def _named(customer: Customer, words: list[str]) -> bool:
    names = f"{customer.first_name} {customer.last_name}".lower().split()
    return all(any(name.startswith(word.lower()) for name in names) for word in words)
