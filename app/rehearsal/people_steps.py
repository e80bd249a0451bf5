"""The steps of a rehearsal with the people of a store, and with a manager's word."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from app.rehearsal.steps import Item, MayRefuse

PersonName = Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{1,11}$")]


class OfPerson(MayRefuse):
    """A step with a person of the peer's store, by name."""

    person: PersonName


class Hire(OfPerson):
    """Add a person; refused where the peer knows one of that name, or the first is no manager."""

    do: Literal["hire"]
    role: Literal["worker", "rep", "manager"] = "worker"


class SendAway(OfPerson):
    """Let a person work there no longer; refused of nobody, and of the last manager."""

    do: Literal["send_away"]


class TakeMuch(MayRefuse):
    """Receive unusually many of an item, with the `word` of a person.

    Refused where the store has people and this is none of its managers, as far as the peer knows.
    """

    do: Literal["take_much"]
    item: Item
    word: PersonName | None = None


PeopleStep = Hire | SendAway | TakeMuch
