"""What `zava-seed validate` says of the people of the stores."""

from __future__ import annotations

from datetime import date
from typing import Any

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import STAFF
from connector_config.secret_hashes import SecretHashes
from seed.mongo.validation.documents import check_documents
from seed.mongo.validation.staff import check_staff
from tests.helpers.nasty import AT

DAY = date(2026, 11, 20)
WEAK = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"


def person(number: int, store: str = "store_seattle", **fields: Any) -> dict[str, Any]:
    staff_id = f"00000000-0000-4000-8000-{number:012}"
    document = {
        "_id": staff_id,
        "store_id": store,
        "staff_id": staff_id,
        "person_id": staff_id,
        "name": f"Person {number}",
        "role": "manager",
        "active": True,
        "stores": {store: True},
        "pin_hash": "",
        "badge_hash": f"{number:064x}",
        "changed_by": "",
        "deleted": False,
        "created_at": AT,
        "updated_at": AT,
    }
    return document | fields


def failing(database: MongoDatabase) -> dict[str, int]:
    found = [*check_staff(database), *check_documents(database, STAFF, DAY, DAY)]
    return {one.check: one.number for one in found if not one.passed}


def test_people_as_devices_write_them_are_right(database: MongoDatabase) -> None:
    strong = SecretHashes().hash("2719")
    database[STAFF].insert_many(
        [
            person(1, pin_hash=strong),
            person(2, role="worker", badge_hash="", pin_hash=strong),
            person(3, active=False, badge_hash=f"{1:064x}"),
            person(4, deleted=True, role="rep"),
        ]
    )
    assert failing(database) == {}


def test_what_is_wrong_with_people_is_named(database: MongoDatabase) -> None:
    database[STAFF].insert_many(
        [
            person(1, pin_hash=WEAK),
            person(2, badge_hash=f"{1:064x}"),
            person(3, store="store_tacoma", role="worker"),
            person(4, role="boss"),
            person(5, badge_hash="4711"),
            person(6, name=""),
        ]
    )
    assert failing(database) == {
        "strength": 1,
        "badges": 2,
        "managers": 1,
        "role": 1,
        "badge": 1,
        "name": 1,
    }
