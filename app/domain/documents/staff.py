"""The people of a store as stored."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from app.domain.documents.reading import faulty, read_without, sound
from app.domain.entities import Role
from app.domain.papers import Document
from app.domain.staff import Person
from connector_config.schema import staff_documents as stored
from connector_config.schema.collections import STAFF
from connector_config.secret_hashes import fault_of_hash

_ROLES: Final = {role.value: role for role in Role}
_SHOWN: Final = {"name": "Somebody without a name", "role": Role.WORKER.value}
_BADGE_HASH: Final = re.compile(r"[0-9a-f]{64}")


def to_person(document: Document) -> Person:
    """A staff document as a person; raises FaultyDocumentError, which never tells a hash."""
    document = sound(
        STAFF, _without_texts(document), "store_id", "staff_id", "person_id", "name", "role"
    )
    role = _ROLES.get(document["role"])
    if role is None:
        which = " or ".join(_ROLES)
        raise faulty(
            STAFF, document, "role", f"is {document['role'][:40]!r}, and no role of these: {which}"
        )
    pin, badge = document.get("pin_hash") or "", document.get("badge_hash") or ""
    if pin and (why := fault_of_hash(pin)):
        raise faulty(STAFF, document, "pin_hash", why)
    if badge and not _BADGE_HASH.fullmatch(badge):
        raise faulty(STAFF, document, "badge_hash", "is no hash of a badge")
    store_id = document["store_id"]
    others = (name for name, works in document.get("stores", {}).items() if works)
    return Person(
        store_id=store_id,
        staff_id=document["staff_id"],
        person_id=document["person_id"],
        name=document["name"],
        role=role,
        # Who cannot be told to be active is not.
        active=document.get("active", False),
        has_pin=bool(pin),
        has_badge=bool(badge),
        stores=tuple(sorted({store_id, *others})),
    )


def show_person(document: Document) -> Person:
    """A person as shown to a manager, whatever is wrong with the document but its ids.

    Raises FaultyDocumentError.
    """
    person, faults = read_without(document, lambda one: to_person({**_SHOWN, **_filled(one)}))
    return replace(person, fault=str(faults[0])) if faults else person


def _filled(document: Document) -> dict[str, object]:
    return {name: value for name, value in document.items() if value not in (None, "")}


def new_document(
    person: Person, pin_hash: str, changed_by: str, created_at: str, at: str
) -> stored.StaffMember:
    """The document of a person who is added now; `created_at` and `at` are stored times."""
    return {
        "store_id": person.store_id,
        "staff_id": person.staff_id,
        "person_id": person.person_id,
        "name": person.name,
        "role": person.role.value,
        "active": person.active,
        "stores": dict.fromkeys(person.stores, True),
        "pin_hash": pin_hash,
        "badge_hash": "",
        "changed_by": changed_by,
        "deleted": False,
        "created_at": created_at,
        "updated_at": at,
    }


def _without_texts(document: Document) -> Document:
    """A hash of the wrong type is said to be wrong, and not shown."""
    return {
        name: "?" if name in ("pin_hash", "badge_hash") and not _is_text(value) else value
        for name, value in document.items()
    }


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)
