"""Checks whether a MongoDB is as the managed connector asks; each failure says what mends it.

Commands that begin with `db.` are for mongosh, in the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from connector_config.mongodb.abilities import (
    CONNECTOR_VERSION,
    Need,
    replica_set,
    roles,
    version_parts,
)
from connector_config.mongodb.connection import CONNECTION_VARIABLE, MongoDatabase
from connector_config.mongodb.documents_check import (
    Trouble,
    changed_ids,
    unfit_values,
    wrong_ids,
)
from connector_config.mongodb.findings import Finding, Level, examine
from connector_config.mongodb.images import has_images
from connector_config.schema.collections import Collection
from connector_config.schema.collections_file import checked_collections
from connector_config.wording import counted

# Where the connector parks what MongoDB refused to take from Ditto.
UNSYNCED: Final = "__ditto_unsynced_documents"

_NEEDS: Final = (
    Need(
        "the connector",
        ("find", "insert", "update", "remove", "createCollection", "changeStream"),
        "readWrite",
        must=True,
    ),
)


def check(
    environment: Mapping[str, str] | None = None, dotenv: Path | None = None
) -> Iterator[Finding]:
    """Check everything, from the settings to the documents; no secret is in a finding."""
    return examine(_scheme, check_database, environment, dotenv)


def check_database(database: MongoDatabase) -> Iterator[Finding]:
    """Check the server, the user, the collections, and the documents in them."""
    yield _version(str(database.client.server_info()["version"]))
    yield _replica_set(database)
    yield from roles(database, _NEEDS)
    synced = [collection for collection in checked_collections() if collection.sync]
    there = {info["name"]: info for info in database.list_collections()}
    if not any(collection.name in there for collection in synced):
        yield Finding(
            Level.FAIL,
            "database",
            f"{database.name} has none of the collections: run zava-seed generate and then "
            "zava-seed change-streams, or correct MONGODB_DATABASE.",
        )
        return
    for collection in synced:
        yield from _collection(database, collection, there.get(collection.name))
    yield _unsynced(database, UNSYNCED in there)


def _scheme(variables: Mapping[str, str]) -> Iterator[Finding]:
    if variables.get(CONNECTION_VARIABLE, "").strip().startswith("mongodb+srv://"):
        return
    yield Finding(
        Level.NOTE,
        "connection string",
        "In Ditto Cloud the connector takes only mongodb+srv://; a Ditto server of one's own takes "
        "mongodb:// as well.",
    )


def _version(version: str) -> Finding:
    if version_parts(version) < CONNECTOR_VERSION:
        return Finding(
            Level.FAIL,
            "server",
            f"MongoDB {version} is too old, as the connector needs 7.0.13 or newer: in Atlas run "
            "atlas clusters update CLUSTER --mdbVersion 8.0, elsewhere install MongoDB 8.0.",
        )
    return Finding(Level.OK, "server", f"MongoDB {version}")


def _replica_set(database: MongoDatabase) -> Finding:
    found = replica_set(database.command("hello"))
    if found.level is not Level.WARN:
        return found
    return Finding(
        Level.FAIL,
        "replica set",
        "A standalone server has no change streams: start it as mongod --replSet rs0 and run "
        "rs.initiate() in mongosh.",
    )


def _collection(
    database: MongoDatabase, collection: Collection, info: Mapping[str, Any] | None
) -> Iterator[Finding]:
    name = collection.name
    troubles = list(_of_collection(name, info))
    if info is not None and info["type"] == "collection":
        troubles += wrong_ids(database, collection)
        troubles += changed_ids(database, collection)
        troubles += unfit_values(database, collection)
    for trouble in troubles:
        yield Finding(Level.FAIL, name, f"{trouble.message}: {trouble.mend}")
    if not troubles:
        count = database[name].estimated_document_count()
        yield Finding(
            Level.OK, name, f"{counted(count, 'document')}, Ditto _id {collection.ditto_id_shape}"
        )


def _of_collection(name: str, info: Mapping[str, Any] | None) -> Iterator[Trouble]:
    images = "changeStreamPreAndPostImages: {enabled: true}"
    if info is None:
        yield Trouble("It is not there", f'db.createCollection("{name}", {{{images}}})')
        return
    if info["type"] != "collection":
        yield Trouble(
            f"It is a {info['type']} and not a collection",
            f'db.{name}.drop() and then db.createCollection("{name}", {{{images}}})',
        )
        return
    options = info.get("options", {})
    if options.get("capped", False):
        yield Trouble(
            "It is capped, which the connector refuses",
            f'db.{name}.aggregate([{{$out: "{name}_uncapped"}}]), then '
            f'db.{name}_uncapped.renameCollection("{name}", true), then zava-seed indexes',
        )
    if not has_images(options):
        yield Trouble(
            "It keeps no pre- and post-images",
            f'db.runCommand({{collMod: "{name}", {images}}})',
        )


def _unsynced(database: MongoDatabase, there: bool) -> Finding:
    count = database[UNSYNCED].count_documents({}) if there else 0
    if not count:
        return Finding(Level.OK, "unsynced documents", "None is parked.")
    return Finding(
        Level.FAIL,
        "unsynced documents",
        f"{count:,} parked, because MongoDB refused what devices changed: look at them with "
        f'db.getCollection("{UNSYNCED}").find(), mend the reason, and remove them with '
        f'db.getCollection("{UNSYNCED}").deleteMany({{}}).',
    )
