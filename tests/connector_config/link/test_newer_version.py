"""What a newer version wrote into a document in MongoDB is still there when a device edits it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bson import Decimal128, Int64, ObjectId

from app.data.papers import papers
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.schema.collections import CUSTOMERS, ORDERS
from tests.helpers.link import (
    SEATTLE,
    LinkedDevice,
    customer_document,
    equal,
    live_devices,
    prepare,
    put,
)

NEWER: dict[str, Any] = {
    "photo": b"\x00\x01",
    "born": datetime(1990, 5, 17, tzinfo=UTC).replace(tzinfo=None),
    "limit": Decimal128("12.50"),
    "card": ObjectId(),
    "points": Int64(7),
    "colours": ["red", {"shade": "dark"}],
    "nothing": None,
    "none": {},
}
LATER = "2099-01-01T00:00:00.000Z"


async def test_an_edit_leaves_what_is_unknown_as_it_was(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database, items=1)
    ann = customer_document(SEATTLE, 7) | NEWER | {"more": NEWER}
    step = {"at": LATER, "status": "packed", **NEWER}
    order = {
        "store_id": SEATTLE,
        "order_id": "o1",
        "status": "shipped",
        "history": {"one.two": step, "$three": step, "four": step | {"by": {"five": NEWER}}},
        **{name: ann[name] for name in ("deleted", "created_at", "updated_at")},
        **NEWER,
    }
    key = {"customer_id": ann["customer_id"]}
    put(database, CUSTOMERS, ann)
    put(database, ORDERS, order)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (one, other):
        await _edit(
            one,
            CUSTOMERS,
            primary_store_id=SEATTLE,
            customer_id=ann["customer_id"],
            first_name="Bea",
        )
        await _edit(one, ORDERS, store_id=SEATTLE, order_id="o1", history=MINE)
        await one.delivered()
        await equal(database, one, other)
    assert _stored(database, CUSTOMERS, key) == ann | {"first_name": "Bea", "updated_at": LATER}
    history = (
        order["history"]
        | {"mine": MINE["mine"]}
        | {"four": order["history"]["four"] | MINE["four"]}
    )
    found = _stored(database, ORDERS, {"order_id": "o1"})
    assert found == order | {"history": history, "updated_at": LATER}


MINE = {
    "mine": {"at": LATER, "status": "completed"},
    # A part of an entry that a newer version wrote more into.
    "four": {"status": "completed"},
}


async def _edit(one: LinkedDevice, collection: str, **fields: Any) -> None:
    await one.session.write(lambda unit: papers.merge(unit, collection, fields, LATER))


def _stored(database: MongoDatabase, collection: str, key: dict[str, Any]) -> dict[str, Any]:
    (found,) = database[collection].find(key, {"_id": False})
    return found
