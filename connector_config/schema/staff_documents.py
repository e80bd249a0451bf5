"""The shape of the people who work in a store; see `documents`."""

# Without `from __future__ import annotations`: it hides NotRequired from `__required_keys__`.
import uuid
from collections.abc import Mapping
from typing import Any, Final, NotRequired

from connector_config.schema import collections as names
from connector_config.schema.document_fields import Document, Uuid

_MEMBER: Final = uuid.UUID("0b7c1f52-6f0e-4c8e-9a4b-5d7f2f6a1c93")


class StaffMember(Document):
    """A person who works in a store; who works in several has a document in each of them.

    `person_id` is the same in all of them, and so are `name`, `pin_hash` and `badge_hash`, each as
    far as it was set in all. `role` is `worker`, `rep` or `manager`. `stores` are those in which
    somebody works, each with true, or with false once that has ended. `pin_hash` is argon2id in its
    usual form, `badge_hash` the SHA-256 of the code on a badge in hex. `changed_by` is the name of
    who changed it last; "" where that was the back office or a command.
    """

    store_id: str
    staff_id: Uuid
    person_id: Uuid
    name: str
    role: str
    active: bool
    stores: NotRequired[dict[str, bool]]
    pin_hash: NotRequired[str]
    badge_hash: NotRequired[str]
    changed_by: NotRequired[str]


def staff_id(store_id: str, person_id: str) -> str:
    """The id of a person's document in a store, the same wherever it is made."""
    return str(uuid.uuid5(_MEMBER, f"{store_id}|{person_id}"))


SHAPES: Final[Mapping[str, Any]] = {names.STAFF: StaffMember}
