"""Merging customers who are one person, on the embedded store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.data.papers import papers
from app.data.selling.merged import FORGOTTEN, ONE, key_of, read_merged
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Edit, Kind, NewlyMade
from app.domain.customers import Customer
from app.domain.documents.customers import to_customer
from app.domain.entities import Actor
from app.domain.errors import PaperError
from app.domain.rights import Right, check
from connector_config.schema.collections import CUSTOMERS, ditto_id
from connector_config.schema.condition import has_text
from connector_config.schema.forgotten import is_forgotten
from connector_config.schema.instants import to_iso

_STORES_OF: Final = (
    "SELECT customer_id, primary_store_id FROM customers USE INDEX 'customers_merged' "
    f"WHERE {has_text('merged_into')} AND customer_id IN :ids LIMIT 1000"
)


class MergingRepository:
    """Merges customers of one store."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def merge(self, kept: Customer, other: Customer, actor: Actor) -> Customer:
        """Let a customer be the same person as the one who is kept; returns that one.

        Whoever stands for either of them by now is meant. Their orders stay as they are, and count
        for the one kept. Raises PaperError where that cannot be.
        """
        check(actor, Right.MERGE_CUSTOMERS)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> Customer:
            merged = await read_merged(unit)
            into, gone = merged.kept(kept.customer_id), merged.kept(other.customer_id)
            if into == gone:
                raise PaperError("They are one customer already.")
            if kept.store_id != other.store_id:
                raise PaperError("They are customers of different stores, and stay two.")
            people = [await _there(unit, kept.store_id, one) for one in (into, gone)]
            key = key_of(kept.store_id, gone)
            before = {"deleted": False, "merged_into": ""}
            after = {"deleted": True, "merged_into": into}
            await papers.merge(unit, CUSTOMERS, {**key, **after}, at)
            called = {"number": people[1].name, "kept": people[0].name}
            edit = Edit(CUSTOMERS, key, before, after)
            unit.note(NewlyMade(Kind.CUSTOMERS_MERGED, kept.store_id, called, edits=[edit]))
            return people[0]

        return await self._session.write(work)

    async def tidy(self) -> int:
        """Let those stand who were merged in a circle, on devices apart; returns how many.

        Of a circle it is the same one on every device, and what is written is the same.
        """
        if not (await read_merged(self._session)).in_circles:
            return 0
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> int:
            circles = (await read_merged(unit)).in_circles
            rows = await unit.query(_STORES_OF, {"ids": list(circles)}) if circles else []
            for row in rows:
                key = key_of(row["primary_store_id"], row["customer_id"])
                stands = {"deleted": False, "merged_into": ""}
                await papers.merge(unit, CUSTOMERS, {**key, **stands}, at)
            return len(rows)

        return await self._session.write(work)


async def _there(unit: UnitOfWork, store_id: str, customer_id: str) -> Customer:
    rows = await unit.query(ONE, {"id": ditto_id(CUSTOMERS, key_of(store_id, customer_id))})
    for row in rows:
        if is_forgotten(row):
            raise PaperError(FORGOTTEN)
        if not row.get("deleted") or row.get("merged_into"):
            return to_customer(row)
    raise PaperError("One of them was deleted meanwhile: bring that one back first.")
