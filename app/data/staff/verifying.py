"""Whether somebody is who they say: by PIN or by badge, and slowly for who guesses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from app.data.store.reading import note
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.parts import from_iso
from app.domain.documents.staff import to_person
from app.domain.errors import FaultyDocumentError
from app.domain.staff import Guesses, Person, Refusal, badge_hash, read_pin, wait_text
from connector_config.schema.collections import STAFF, ditto_id
from connector_config.schema.instants import to_iso
from connector_config.schema.staff_documents import staff_id
from connector_config.secret_hashes import SecretHashes
from connector_config.store.local_only import SIGN_INS

_ONE: Final = "SELECT * FROM staff WHERE _id = :id AND deleted = false"
_WITH_BADGE: Final = (
    "SELECT * FROM staff WHERE store_id = :store_id AND badge_hash = :badge_hash "
    "AND deleted = false LIMIT 2"
)
_GUESSES: Final = f"SELECT * FROM {SIGN_INS} WHERE _id = :id"
_PUT: Final = f"INSERT INTO {SIGN_INS} DOCUMENTS (:document) ON ID CONFLICT DO UPDATE"
_FORGET: Final = f"EVICT FROM {SIGN_INS} WHERE _id = :id"

_GONE: Final = "You do not work in this store any more: ask a manager."


class Verifier:
    """Tells who somebody is; the one door for signing in and for a manager's word.

    Wrong PINs are counted for each person on this device, and kept over restarts. They delay
    further PINs by LONGEST_WAIT at the most, and never a badge.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def by_pin(self, store_id: str, person_id: str, typed: str) -> Person | Refusal:
        """The person of a store whose PIN was typed, or why not; takes a tenth of a second."""
        pin = read_pin(typed)
        if not pin:
            what = "Type your PIN, or scan your badge." if not typed.strip() else ""
            return Refusal(what or "A PIN is of digits only: type it again.")
        # It counts as wrong until it is right, so that nobody gains by pulling the plug.
        if (until := await self._begin(person_id)) is not None:
            return Refusal(wait_text(until, self._now()), until)
        key = {"store_id": store_id, "staff_id": staff_id(store_id, person_id)}
        rows = await self._session.query(_ONE, {"id": ditto_id(STAFF, key)})
        person = _read(rows[0]) if rows else Refusal(_GONE)
        kept = str(rows[0].get("pin_hash") or "") if isinstance(person, Person) else ""
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(None, self._matches, kept or None, pin)
        if isinstance(person, Refusal):
            return person
        if not kept:
            return Refusal(f"{person.name} has no PIN: scan the badge, or ask a manager for one.")
        if not right:
            return await self._wrong(person_id)
        await self._session.tidy(lambda unit: _forget(unit, person_id))
        return person

    async def by_badge(self, store_id: str, code: str) -> Person | Refusal:
        """The person of a store who has the badge with this code, or why nobody is it."""
        parameters = {"store_id": store_id, "badge_hash": badge_hash(code)}
        rows = await self._session.query(_WITH_BADGE, parameters)
        if len(rows) == 1:
            return _read(rows[0])
        return Refusal("This badge is nobody's in this store: choose your name and type the PIN.")

    async def _begin(self, person_id: str) -> datetime | None:
        """Count a guess; when a PIN is looked at again, where there were too many."""
        now = self._now()

        async def work(unit: UnitOfWork) -> datetime | None:
            guesses = _guesses(await unit.query(_GUESSES, {"id": person_id}))
            if (until := guesses.blocked_until(now)) is None:
                await unit.keep(_PUT, {"document": _document(person_id, guesses.another(now))})
            return until

        return await self._session.tidy(work)

    async def _wrong(self, person_id: str) -> Refusal:
        now = self._now()
        rows = await self._session.query(_GUESSES, {"id": person_id})
        until = _guesses(rows).blocked_until(now)
        if until is None:
            return Refusal("The PIN is not right: type it again.")
        return Refusal(f"The PIN is not right. {wait_text(until, now)}", until)

    @cached_property
    def _hashes(self) -> SecretHashes:
        return SecretHashes()

    def _matches(self, kept: str | None, pin: str) -> bool:
        return self._hashes.verify(kept, pin)


def _read(row: Row) -> Person | Refusal:
    try:
        person = to_person(row)
    except FaultyDocumentError as error:
        note(error)
        return Refusal(f"Your entry among the people cannot be read: {error.brief}.")
    return person if person.active else Refusal(_GONE)


async def _forget(unit: UnitOfWork, person_id: str) -> None:
    await unit.keep(_FORGET, {"id": person_id})


def _guesses(rows: list[Row]) -> Guesses:
    return Guesses(int(rows[0]["wrong"]), from_iso(rows[0]["last"])) if rows else Guesses()


def _document(person_id: str, guesses: Guesses) -> dict[str, Any]:
    assert guesses.last is not None
    return {"_id": person_id, "wrong": guesses.wrong, "last": to_iso(guesses.last)}
