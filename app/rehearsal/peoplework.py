"""The people of one device of a rehearsal: added, sent away, and asked for a manager's word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from app.config.repositories import Repositories
from app.domain.approvals import Approval
from app.domain.documents.stock import to_item
from app.domain.entities import Actor, Reason, Role
from app.domain.errors import PaperError
from app.domain.staff import Person
from app.rehearsal.witness import Evidence, Witness

MUCH: Final = 5_000
"""Units that are unusually many of every item of a rehearsal, until some have come."""

_ITEM: Final = "SELECT * FROM inventory WHERE _id = :id"
_PIN: Final = "2719"


class Peoplework:
    """The requests about people; each public method is one."""

    def __init__(self, repositories: Repositories, actor: Actor, witness: Witness) -> None:
        self._session = repositories.session
        self._staff = repositories.staff
        self._stock = repositories.stock
        self._actor = actor
        self._done = witness.done

    async def hire(self, person: str, role: str) -> Evidence:
        made = await self._staff.add(person, Role(role), [self._store_id], _PIN, None)
        return {"hired": {"staff_id": made.staff_id, "name": person, "role": role}}

    async def send_away(self, person: str) -> Evidence:
        found = await self._known(person)
        if found is None:
            raise PaperError("Nobody of that name works here.")
        await self._staff.set_active(found, False, None)
        return {"sent_away": found.staff_id}

    async def take_much(self, item: Any, word: str | None) -> Evidence:
        (row,) = await self._session.query(_ITEM, {"id": item})
        said = await self._known(word) if word is not None else None
        approval = Approval(said.person_id, said.name) if said is not None else None
        by = replace(self._actor, approved_by=approval)
        return await self._done(self._stock.adjust(to_item(row), MUCH, Reason.RECEIVED, by))

    @property
    def _store_id(self) -> str:
        return self._actor.profile.store_id

    async def _known(self, name: str) -> Person | None:
        """Somebody of this name as far as the device knows, who may have been sent away."""
        people = await self._staff.people(self._store_id)
        named = sorted((one for one in people if one.name == name), key=lambda one: not one.active)
        return next(iter(named), None)
