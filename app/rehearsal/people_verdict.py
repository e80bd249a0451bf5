"""Judges the people of the stores: who was added is there, who was sent away is out.

And whoever gave the word for a movement was a manager of the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.rehearsal.contents import Document
from app.rehearsal.journal import Journal
from connector_config.schema.collections import STAFF, STOCK_MOVEMENTS

Documents = Mapping[str, Sequence[Document]]


def lost_people(journal: Journal, mongodb: Documents) -> Iterator[str]:
    """Sentences about people who were added or sent away, of which MongoDB knows nothing."""
    there = {one["staff_id"]: one for one in mongodb[STAFF]}
    for done in journal.done:
        if (hired := done.evidence.get("hired")) is not None:
            found = there.get(hired["staff_id"])
            if found is None:
                yield f"{hired['name']}, whom {done.peer} added, is not in MongoDB"
            elif (found["name"], found["role"]) != (hired["name"], hired["role"]):
                yield f"{hired['name']}, whom {done.peer} added, is somebody else in MongoDB"
        # Nobody is ever let in again.
        gone = done.evidence.get("sent_away")
        if gone is not None and there.get(gone, {}).get("active") is not False:
            yield f"somebody whom {done.peer} sent away may still come in"


def odd_words(mongodb: Documents) -> Iterator[str]:
    """Sentences about movements that were approved by nobody who could."""
    managers = {
        (one["store_id"], one["person_id"]) for one in mongodb[STAFF] if one["role"] == "manager"
    }
    for one in mongodb[STOCK_MOVEMENTS]:
        by = one.get("approved_by")
        if by is not None and (one["store_id"], by["person_id"]) not in managers:
            yield f"the movement {one['movement_id']} was approved by {by['name']}, no manager"
