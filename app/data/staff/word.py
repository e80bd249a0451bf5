"""Whether a manager has given the word for what somebody is about to do, within its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.data.store.reading import entities
from app.data.store.unit_of_work import UnitOfWork
from app.domain.approvals import NO_LIMITS, Limits, WordNeededError, given
from app.domain.documents.staff import show_person
from app.domain.documents.stock import show_store
from app.domain.entities import Actor

OF_STORE: Final = "SELECT * FROM staff WHERE store_id = :store_id AND deleted = false LIMIT 500"
_STORE: Final = "SELECT * FROM stores WHERE _id = :id"


async def limits_of(unit: UnitOfWork, actor: Actor) -> Limits:
    """What the store in which somebody works wants a word for."""
    rows = await unit.query(_STORE, {"id": actor.profile.store_id})
    return show_store(rows[0]).limits if rows else NO_LIMITS


async def approved(unit: UnitOfWork, actor: Actor, asked: Sequence[str]) -> Actor:
    """The actor, with whoever gave the word for what is asked, so that what is done says it.

    Raises WordNeededError where nobody did who may.
    """
    if not asked:
        return replace(actor, granted=None)
    rows = await unit.query(OF_STORE, {"store_id": actor.profile.store_id})
    people = sorted(entities(rows, show_person), key=lambda one: one.name.casefold())
    approval = given(asked, people, actor.profile.person_id, actor.approved_by)
    return replace(actor, granted=approval)


async def heard(
    unit: UnitOfWork, actor: Actor, asked: Sequence[str]
) -> tuple[Actor, WordNeededError | None]:
    """As `approved`, with the error in place of raising it, for who has more to find out first."""
    try:
        return await approved(unit, actor, asked), None
    except WordNeededError as error:
        return replace(actor, granted=None), error
