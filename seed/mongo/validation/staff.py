"""Whether the people of a store can be kept by somebody, and are told apart by their badges."""

from __future__ import annotations

from collections import defaultdict

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import STAFF
from connector_config.secret_hashes import fault_of_hash
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome

_MOST = 100_000


def check_staff(database: MongoDatabase, most: int = MOST_EXAMPLES) -> list[Outcome]:
    """Check the people who are active: strong hashes, a manager in each store, badges of one only.

    A store without people is open to everybody, and needs no manager.
    """
    weak: list[object] = []
    managed: dict[str, bool] = defaultdict(bool)
    badges: dict[tuple[str, str], list[object]] = defaultdict(list)
    fields = {"store_id": 1, "role": 1, "pin_hash": 1, "badge_hash": 1}
    alive = {"deleted": {"$ne": True}, "active": True}
    for one in database[STAFF].find(alive, fields).limit(_MOST):
        store_id = str(one.get("store_id"))
        pin, badge = one.get("pin_hash"), one.get("badge_hash")
        if isinstance(pin, str) and pin and fault_of_hash(pin):
            weak.append(one["_id"])
        if isinstance(badge, str) and badge:
            badges[store_id, badge].append(one["_id"])
        managed[store_id] |= one.get("role") == "manager" and bool(pin or badge)
    alone = [store_id for store_id, has in sorted(managed.items()) if not has]
    twice = [key for its in badges.values() if len(its) > 1 for key in its]
    return [
        outcome(STAFF, "strength", "PINs are hashed as OWASP asks", len(weak), weak, most=most),
        outcome(
            STAFF,
            "managers",
            "each store with people has a manager who can sign in",
            len(alone),
            [],
            ", ".join(alone[:most]),
            most,
        ),
        outcome(STAFF, "badges", "a badge is one person's", len(twice), twice, most=most),
    ]
