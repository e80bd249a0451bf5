"""Customers of a store, on the embedded store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Protocol

from app.data.session import Row, Session
from app.data.unit_of_work import UnitOfWork
from app.domain.customers import Customer
from connector_config.collections import CUSTOMERS, ditto_id
from connector_config.instants import to_iso

# A range of an index, one for each field: LIKE would take an underscore for any character.
_BY: Final = {
    field: (
        f"SELECT * FROM customers USE INDEX 'customers_{field}' WHERE primary_store_id = :store_id "
        f"AND {field} >= :low AND {field} < :high AND deleted = false "
        f"ORDER BY {field} LIMIT :limit"
    )
    for field in ("first_name", "last_name", "email", "phone")
}
_ONE: Final = "SELECT * FROM customers WHERE _id = :id"
_MERGE: Final = "INSERT INTO customers DOCUMENTS (:document) ON ID CONFLICT DO UPDATE_LOCAL_DIFF"
_END: Final = "\U0010ffff"
_READ: Final = 200


class CustomerRepository(Protocol):
    """The customers of a store."""

    async def find(self, store_id: str, text: str, limit: int) -> list[Customer]:
        """Those whose name, e-mail or phone begins with the text, by name.

        Of several words each begins a name.
        """
        ...

    async def get(self, store_id: str, customer_id: str) -> Customer | None:
        """One customer; None where there is none, or it was deleted."""
        ...

    async def save(self, customer: Customer) -> None:
        """Store a new customer, or what changed of one."""
        ...


class DittoCustomerRepository:
    """CustomerRepository on the embedded store."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def find(self, store_id: str, text: str, limit: int) -> list[Customer]:
        words = text.split()
        if not words:
            return []
        found: dict[str, Customer] = {}
        for field, start in _starts(text.strip(), words):
            # Of two words the other one is looked for among what the first finds.
            parameters = {
                "store_id": store_id,
                "low": start,
                "high": start + _END,
                "limit": limit if len(words) == 1 else _READ,
            }
            for row in await self._session.query(_BY[field], parameters):
                customer = _to_customer(row)
                if field in ("email", "phone") or _named(customer, words):
                    found[customer.customer_id] = customer
        ordered = sorted(found.values(), key=lambda one: (one.last_name, one.first_name, one.email))
        return ordered[:limit]

    async def get(self, store_id: str, customer_id: str) -> Customer | None:
        key = {"primary_store_id": store_id, "customer_id": customer_id}
        rows = await self._session.query(_ONE, {"id": ditto_id(CUSTOMERS, key)})
        return _to_customer(rows[0]) if rows and not rows[0].get("deleted") else None

    async def save(self, customer: Customer) -> None:
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            key = ditto_id(CUSTOMERS, customer.key)
            stored = await unit.query(_ONE, {"id": key})
            document: dict[str, Any] = {
                **customer.key,
                "first_name": customer.first_name,
                "last_name": customer.last_name,
                "email": customer.email,
                "phone": customer.phone,
                "deleted": False,
                "created_at": stored[0]["created_at"] if stored else at,
                "updated_at": at,
            }
            await unit.insert(CUSTOMERS, _MERGE, document)

        await self._session.write(work)


def _starts(text: str, words: list[str]) -> list[tuple[str, str]]:
    """Fields and how they may begin: names as they are typed, and as they are written."""
    starts = [("email", text.lower())] if len(words) == 1 else []
    digits = "".join(char for char in text if char.isdigit())
    if len(digits) >= 3 and not any(char.isalpha() for char in text):
        starts.append(("phone", _phone(digits)))
    for field in ("first_name", "last_name"):
        starts += [(field, one) for one in {words[0], words[0].capitalize()}]
    return starts


def _phone(digits: str) -> str:
    """The start of a phone number as it is stored, such as `(206) 555-01`."""
    text = f"({digits[:3]}) {digits[3:6]}" if len(digits) > 3 else f"({digits}"
    return f"{text}-{digits[6:]}" if len(digits) > 6 else text


def _named(customer: Customer, words: list[str]) -> bool:
    names = f"{customer.first_name} {customer.last_name}".lower().split()
    return all(any(name.startswith(word.lower()) for name in names) for word in words)


def _to_customer(row: Row) -> Customer:
    return Customer(
        row["primary_store_id"],
        row["customer_id"],
        row.get("first_name") or "",
        row.get("last_name") or "",
        row.get("email") or "",
        row.get("phone") or "",
    )
