"""Checks whether the MongoDB of the settings is ready, and what would fail later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from connector_config.errors import UserError
from connector_config.mongodb.abilities import (
    CONNECTOR_VERSION,
    Need,
    replica_set,
    roles,
    version_parts,
)
from connector_config.mongodb.connection import MongoDatabase
from connector_config.mongodb.findings import Finding, Level, examine
from connector_config.mongodb.images import IMAGES_VERSION
from seed.azure_settings import DEPLOYMENT, ENDPOINT, KEY, load_azure_settings

# What commands do in the database, by the name of the privilege.
_NEEDS: Final = (
    Need(
        "generate, import and embeddings",
        ("find", "insert", "update", "createCollection"),
        "readWrite",
        must=True,
    ),
    Need("validate and export", ("find", "listCollections", "listIndexes"), "readWrite", must=True),
    Need("clear", ("remove",), "readWrite"),
    Need("generate --drop", ("dropCollection",), "readWrite"),
    Need("indexes", ("createIndex", "dropIndex", "listIndexes"), "dbAdmin"),
    Need("change-streams", ("collMod", "changeStream", "listCollections"), "dbAdmin"),
)
_AZURE: Final = (ENDPOINT, KEY, DEPLOYMENT)


def check(
    environment: Mapping[str, str] | None = None, dotenv: Path | None = None
) -> Iterator[Finding]:
    """Check everything, from the settings to the server; no secret is in a finding."""
    return examine(_azure, check_server, environment, dotenv)


def check_server(database: MongoDatabase) -> Iterator[Finding]:
    """Check what the server is and what its user may do."""
    yield _version(str(database.client.server_info()["version"]))
    yield replica_set(database.command("hello"))
    yield from roles(database, _NEEDS)


def _version(version: str) -> Finding:
    parts = version_parts(version)
    if parts < IMAGES_VERSION:
        return Finding(
            Level.WARN,
            "server",
            f"MongoDB {version}: change-streams will fail, because pre- and post-images came with "
            "6.0; move to a newer server.",
        )
    if parts < CONNECTOR_VERSION:
        return Finding(
            Level.WARN,
            "server",
            f"MongoDB {version}: every command works, but the managed Ditto connector refuses "
            "servers older than 7.0.13; for it, use a newer one, such as Atlas.",
        )
    return Finding(Level.OK, "server", f"MongoDB {version}")


def _azure(variables: Mapping[str, str]) -> Iterator[Finding]:
    given = [name for name in _AZURE if variables.get(name, "").strip()]
    if not given:
        yield Finding(
            Level.NOTE, "Azure OpenAI", f"{', '.join(_AZURE)} are not set: vectors are local ones."
        )
        return
    try:
        load_azure_settings(variables)
        yield Finding(Level.OK, "Azure OpenAI", "Every variable is set.")
    except UserError as error:
        yield Finding(Level.WARN, "Azure OpenAI", str(error))
