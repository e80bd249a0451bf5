"""The people who work in a store, on the embedded store."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from string import digits
from typing import Any, Final

from app.data.papers import papers
from app.data.staff.word import OF_STORE
from app.data.store.reading import entities
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import staff as rules
from app.domain.changes import Edit, Kind, NewlyMade, before, shown
from app.domain.documents.staff import new_document, show_person, to_person
from app.domain.entities import Actor, Role
from app.domain.papers import Document
from app.domain.rights import Right, check
from app.domain.staff import Person
from connector_config.schema.collections import STAFF, ditto_id
from connector_config.schema.instants import to_iso
from connector_config.schema.staff_documents import staff_id
from connector_config.secret_hashes import SecretHashes
from connector_config.store.local_only import SIGN_INS

Cancel = Callable[[], None]
People = Mapping[str, Sequence[Person]]
"""The people of stores, by the id of the store; each sorted by name."""

_ALL: Final = "SELECT * FROM staff WHERE deleted = false LIMIT 5000"
_OF_PERSON: Final = "SELECT * FROM staff WHERE person_id = :person_id LIMIT 200"
_ONE: Final = "SELECT * FROM staff WHERE _id = :id"
_FORGET: Final = f"EVICT FROM {SIGN_INS} WHERE _id = :id"


class StaffRepository:
    """Adds and changes people; whatever is done to one holds in all their stores that are here.

    `by` is who does it, None for a command, which needs access to the machine. A store must not
    lose its last manager who can sign in: that raises UserError, as what cannot be a name or a PIN
    raises InvalidInputError.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def watch(self, store_id: str, on_people: Callable[[list[Person]], None]) -> Cancel:
        """The people of a store, also those who are faulty or do not work there any more."""
        return self._session.watch(
            OF_STORE,
            {"store_id": store_id},
            lambda rows: on_people(_sorted(entities(rows, show_person))),
        )

    def watch_all(self, on_people: Callable[[People], None]) -> Cancel:
        """The people of all stores on this device who can be read."""

        return self._session.watch(_ALL, None, lambda rows: on_people(_by_store(rows)))

    async def everybody(self) -> People:
        """The people of all stores on this device who can be read."""
        return _by_store(await self._session.query(_ALL))

    async def people(self, store_id: str) -> list[Person]:
        """The people of a store who can be read, by name."""
        return _sorted(
            entities(await self._session.query(OF_STORE, {"store_id": store_id}), to_person)
        )

    async def is_open(self, store_id: str) -> bool:
        """Whether a store lets everybody in."""
        return rules.is_open(await self.people(store_id))

    async def add(
        self, name: str, role: Role, stores: Sequence[str], pin: str, by: Actor | None
    ) -> Person:
        """Add a person to some stores; returns them as one of the first."""
        who = _checked(by)
        pin_hash = await self._hashed(rules.parse_pin(pin))
        person_id, at = str(uuid.uuid4()), to_iso(self._now())

        async def work(unit: UnitOfWork) -> Person:
            made: list[Person] = []
            for store_id in stores:
                people = await _people(unit, store_id)
                rules.check_first(people, role)
                person = Person(
                    store_id,
                    staff_id(store_id, person_id),
                    person_id,
                    rules.parse_person_name(name, people),
                    role,
                    has_pin=True,
                    stores=tuple(sorted(stores)),
                )
                await papers.insert(unit, STAFF, new_document(person, pin_hash, who, at, at))
                made.append(person)
            edits = [Edit(STAFF, one.key, {"deleted": True}, {"deleted": False}) for one in made]
            unit.note(_noted(made[0], edits))
            return made[0]

        return await self._session.write(work)

    async def change(
        self, person: Person, name: str, role: Role, stores: Sequence[str], by: Actor | None
    ) -> None:
        """Give a person another name, role or other stores; who works nowhere is not changed.

        Of `stores` and the person's own stores only those whose documents are here are changed.
        """
        who = _checked(by)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            documents = await _documents(unit, person.person_id)
            mine = {str(one["store_id"]): one for one in documents}
            works = {
                one: one in stores for one in (*mine, *person.stores, *stores) if one in mine
            } | dict.fromkeys(stores, True)
            edits: list[Edit] = []
            for store_id, here in works.items():
                fields: dict[str, Any] = {"deleted": not here}
                if here:
                    people = await _people(unit, store_id)
                    its = rules.parse_person_name(name, people, person.person_id)
                    fields |= {"name": its, "role": role.value, "stores": works}
                    if store_id not in mine:
                        document = _in_another_store(mine[person.store_id], store_id, fields, at)
                        await papers.insert(unit, STAFF, document)
                        key = _key(document)
                        edits.append(Edit(STAFF, key, {"deleted": True}, {"deleted": False}))
                        continue
                edits += await _edit(unit, mine[store_id], fields, who, at)
            if edits:
                unit.note(_noted(person, edits))

        await self._session.write(work)

    async def set_active(self, person: Person, active: bool, by: Actor | None) -> None:
        """Let a person work here no longer, or again; what they did stays."""
        who = _checked(by)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            edits: list[Edit] = []
            for document in await _documents(unit, person.person_id):
                if document.get("deleted"):
                    continue
                if active:
                    people = await _people(unit, str(document["store_id"]))
                    rules.parse_person_name(person.name, people, person.person_id)
                edits += await _edit(unit, document, {"active": active}, who, at)
            if edits:
                unit.note(_noted(person, edits))

        await self._session.write(work)

    def new_badge_code(self) -> str:
        """The code of a badge that nobody has; it holds once it is `set_badge`."""
        return rules.new_badge("".join(secrets.choice(digits) for _ in range(rules.BADGE_RANDOM)))

    async def set_pin(self, person: Person, pin: str, by: Actor | None) -> list[str]:
        """Give a person a new PIN, which is the only one from now on.

        Returns the person's other stores that are not on this device, where the former one holds.
        """
        _checked(by)
        pin_hash = await self._hashed(rules.parse_pin(pin))
        return await self._set_secret(person, {"pin_hash": pin_hash}, by)

    async def set_badge(self, person: Person, code: str, by: Actor | None) -> list[str]:
        """Give a person the badge with this code, the only one from now on; "" takes it away.

        Returns the person's other stores that are not on this device, where the former one holds.
        """
        kept = rules.badge_hash(code) if code else ""
        return await self._set_secret(person, {"badge_hash": kept}, by)

    async def _set_secret(self, person: Person, fields: Document, by: Actor | None) -> list[str]:
        who = _checked(by)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> list[str]:
            documents = await _documents(unit, person.person_id)
            for document in documents:
                await _edit(unit, document, fields, who, at)
            await unit.keep(_FORGET, {"id": person.person_id})
            unit.note(NewlyMade(Kind.PERSON_SECRET, person.store_id, {"number": person.name}))
            here = {str(one.get("store_id")) for one in documents}
            return [one for one in person.stores if one not in here]

        return await self._session.write(work)

    async def _hashed(self, pin: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(None, _hash, pin)


async def check_person(unit: UnitOfWork, key: Mapping[str, str], fields: Document) -> None:
    """Raise UserError where a store must not have these fields of a person: as an edit would.

    For undo, which brings back what was there before.
    """
    (stored,) = await unit.query(_ONE, {"id": ditto_id(STAFF, key)})
    await _check_kept(unit, stored, fields)
    comes_back = {**stored, **fields}
    if not comes_back.get("deleted") and comes_back.get("active"):
        people = await _people(unit, key["store_id"])
        rules.parse_person_name(str(comes_back["name"]), people, str(stored["person_id"]))


def _checked(by: Actor | None) -> str:
    """The name that is kept with what somebody does, once they may; "" for a command."""
    if by is None:
        return ""
    check(by, Right.KEEP_PEOPLE)
    return by.profile.name


def _hash(pin: str) -> str:
    return SecretHashes().hash(pin)


def _sorted(people: Sequence[Person]) -> list[Person]:
    return sorted(people, key=lambda one: (one.name.casefold(), one.person_id))


def _by_store(rows: Sequence[Row]) -> People:
    found: dict[str, list[Person]] = {}
    for person in _sorted(entities(rows, to_person)):
        found.setdefault(person.store_id, []).append(person)
    return found


async def _people(unit: UnitOfWork, store_id: str) -> list[Person]:
    return entities(await unit.query(OF_STORE, {"store_id": store_id}), show_person)


async def _documents(unit: UnitOfWork, person_id: str) -> list[Row]:
    """A person's documents on this device; those that are deleted, too."""
    return await unit.query(_OF_PERSON, {"person_id": person_id})


async def _edit(unit: UnitOfWork, stored: Row, fields: Document, by: str, at: str) -> list[Edit]:
    """Change fields of a document, and tell what that changes."""
    if shown(fields, stored) == fields:
        return []
    await _check_kept(unit, stored, fields)
    key = _key(stored)
    await papers.merge(unit, STAFF, {**key, **fields, "changed_by": by}, at)
    return [Edit(STAFF, key, before(fields, stored), fields)]


async def _check_kept(unit: UnitOfWork, stored: Row, fields: Document) -> None:
    people = await _people(unit, str(stored["store_id"]))
    after = [one for one in people if one.staff_id != stored["staff_id"]]
    changed = {**stored, **fields}
    if not changed.get("deleted"):
        after += entities([changed], show_person)
    rules.check_kept(people, after)


def _in_another_store(stored: Row, store_id: str, fields: Document, at: str) -> Document:
    key = {"store_id": store_id, "staff_id": staff_id(store_id, str(stored["person_id"]))}
    body = {name: value for name, value in stored.items() if name != "_id"}
    return {**body, **fields, **key, "created_at": at, "updated_at": at}


def _key(document: Document) -> dict[str, str]:
    return {name: str(document[name]) for name in ("store_id", "staff_id")}


def _noted(person: Person, edits: Sequence[Edit]) -> NewlyMade:
    return NewlyMade(Kind.PERSON, person.store_id, {"number": person.name}, edits=edits)
