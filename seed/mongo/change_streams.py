"""Pre- and post-images on the synced collections, and the proof that they arrive."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from enum import Enum
from typing import Final

from pymongo.errors import OperationFailure

from connector_config.errors import UserError
from connector_config.mongodb.abilities import version_parts
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.mongodb.images import IMAGES_VERSION, SYNCED, is_enabled, switch_on
from connector_config.schema.collections import COLLECTIONS

_WAIT_SECONDS: Final = 10.0
_ONLY_REPLICA_SETS: Final = 40573
_NAMESPACE_EXISTS: Final = 48


class Images(Enum):
    """The state in which the images of a collection were found, or left."""

    ENABLED = "enabled"
    THERE = "already on"


def enable(database: MongoDatabase) -> Iterator[tuple[str, Images]]:
    """Switch the images on for each synced collection, made when it is missing.

    Raises UserError for a server that has no such images.
    """
    if version_parts(_version(database)) < IMAGES_VERSION:
        raise UserError(
            f"Pre- and post-images came with MongoDB 6.0, and this server is "
            f"{_version(database)}: move to a newer one."
        )
    for name in SYNCED:
        if is_enabled(database, name):
            yield name, Images.THERE
            continue
        if not database.list_collection_names(filter={"name": name}):
            try:
                database.create_collection(name)
            except OperationFailure as error:
                if error.code != _NAMESPACE_EXISTS:
                    raise
        switch_on(database, name)
        yield name, Images.ENABLED


def verify(database: MongoDatabase) -> Iterator[tuple[str, float]]:
    """Change a probe document in each synced collection and see the change with both images.

    Yields the collection and the milliseconds until the change was seen. The probe is deleted
    softly from the start, so that no device shows it, and it is removed in any case. Raises
    UserError when a change does not come, or comes without its images.
    """
    for name in SYNCED:
        yield name, _verify_one(database, name)


def _verify_one(database: MongoDatabase, name: str) -> float:
    collection = database[name]
    identity = f"zava-seed-probe-{uuid.uuid4()}"
    # A running connector needs the id fields, and unique indexes need them to be new.
    probe: Document = dict.fromkeys(COLLECTIONS[name].id_fields, identity)
    probe |= {"_id": identity, "deleted": True, "probe": 1}
    pipeline = [{"$match": {"documentKey._id": identity, "operationType": "update"}}]
    try:
        with collection.watch(
            pipeline,
            full_document="whenAvailable",
            full_document_before_change="whenAvailable",
            max_await_time_ms=500,
        ) as stream:
            try:
                collection.insert_one(probe)
                begun = time.perf_counter()
                collection.update_one({"_id": identity}, {"$set": {"probe": 2}})
                change = None
                while change is None and time.perf_counter() - begun < _WAIT_SECONDS:
                    change = stream.try_next()
                took = time.perf_counter() - begun
            finally:
                collection.delete_one({"_id": identity})
    except OperationFailure as error:
        if error.code == _ONLY_REPLICA_SETS:
            raise UserError(
                "This server is no replica set, so it has no change streams: use Atlas, or "
                "zava-seed serve."
            ) from None
        raise
    if change is None:
        raise UserError(
            f"A change in {name} was not seen within {_WAIT_SECONDS:.0f} s: try again, and look "
            "at the load of the server."
        )
    before, after = change.get("fullDocumentBeforeChange"), change.get("fullDocument")
    if not before or not after or (before["probe"], after["probe"]) != (1, 2):
        raise UserError(
            f"A change in {name} came without its pre- and post-image: switch them on with "
            "zava-seed change-streams."
        )
    return took * 1000


def _version(database: MongoDatabase) -> str:
    return str(database.client.server_info()["version"])
