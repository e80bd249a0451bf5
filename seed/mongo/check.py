"""Is the MongoDB of the settings ready, and what would fail later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final, NamedTuple

from pymongo.errors import OperationFailure

from connector_config.errors import UserError
from connector_config.mongodb.connection import (
    CONNECTION_VARIABLE,
    DATABASE_VARIABLE,
    MongoDatabase,
    MongoSettings,
    given_database,
    given_uri,
    mongo_variables,
    open_database,
    shown,
)
from connector_config.mongodb.uri import check_uri

# The managed connector of Ditto refuses older ones.
CONNECTOR_VERSION: Final = (7, 0, 13)
IMAGES_VERSION: Final = (6, 0, 0)

# What commands do in the database, by the name of the privilege.
_NEEDS: Final[Mapping[str, Sequence[str]]] = {
    "generate, import and embeddings": ("find", "insert", "update", "createCollection"),
    "validate and export": ("find", "listCollections", "listIndexes"),
    "clear": ("remove",),
    "generate --drop": ("dropCollection",),
    "indexes": ("createIndex", "dropIndex", "listIndexes"),
    "change-streams": ("collMod", "changeStream", "listCollections"),
}
_AZURE: Final = (
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_EMBEDDING_DEPLOYMENT",
)


class Level(Enum):
    """How a finding matters: a FAIL stops the commands, a WARN some of them."""

    OK = "ok"
    NOTE = "note"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """One line: what was looked at, and what is so, with the fix where something is wrong."""

    level: Level
    about: str
    said: str


def check(
    environment: Mapping[str, str] | None = None, dotenv: Path | None = None
) -> Iterator[Finding]:
    """Everything, from the settings to the server; no secret is in a finding."""
    path = dotenv or Path.cwd() / ".env"
    try:
        variables = mongo_variables(environment, path)
    except UserError as error:
        yield Finding(Level.FAIL, ".env", str(error))
        return
    yield (
        Finding(Level.OK, ".env", str(path))
        if path.is_file()
        else Finding(Level.NOTE, ".env", f"There is none in {path.parent}: only the environment.")
    )
    findings, settings = _settings(variables)
    yield from findings
    yield _azure(variables)
    if settings is None:
        return
    try:
        with open_database(settings) as database:
            yield Finding(Level.OK, "connection", f"{settings.shown} answers.")
            yield from check_server(database)
    except UserError as error:
        yield Finding(Level.FAIL, "connection", str(error))


def check_server(database: MongoDatabase) -> Iterator[Finding]:
    """What the server is and what its user may do."""
    yield _version(str(database.client.server_info()["version"]))
    yield _replica_set(database.command("hello"))
    yield from _roles(database)


def _settings(variables: Mapping[str, str]) -> tuple[list[Finding], MongoSettings | None]:
    findings: list[Finding] = []
    uri = database = None
    try:
        uri = given_uri(variables)
        check_uri(uri)
        findings.append(Finding(Level.OK, CONNECTION_VARIABLE, shown(uri)))
    except UserError as error:
        uri = None
        findings.append(Finding(Level.FAIL, CONNECTION_VARIABLE, str(error)))
    try:
        database = given_database(variables)
        by_default = "" if variables.get(DATABASE_VARIABLE) else ", by default"
        findings.append(Finding(Level.OK, DATABASE_VARIABLE, f"{database}{by_default}"))
    except UserError as error:
        findings.append(Finding(Level.FAIL, DATABASE_VARIABLE, str(error)))
    ready = MongoSettings(uri, database) if uri and database else None
    return findings, ready


def _version(version: str) -> Finding:
    parts = tuple(int(part) for part in version.split("-", maxsplit=1)[0].split(".")[:3])
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


def _replica_set(hello: Mapping[str, Any]) -> Finding:
    if hello.get("msg") == "isdbgrid":
        return Finding(Level.OK, "replica set", "A sharded cluster.")
    if hello.get("isreplicaset"):
        return Finding(
            Level.FAIL,
            "replica set",
            "Its members have not been told of each other yet: run rs.initiate() in mongosh.",
        )
    name = hello.get("setName")
    if not name:
        return Finding(
            Level.WARN,
            "replica set",
            "A standalone server: change-streams will fail, and so will the connector; use Atlas, "
            "or zava-seed serve.",
        )
    if not hello.get("isWritablePrimary"):
        return Finding(
            Level.FAIL,
            "replica set",
            f"{name}, but this member is not its primary: name all members or replicaSet={name} "
            "in the connection string.",
        )
    members = len(hello.get("hosts", ()))
    return Finding(
        Level.OK, "replica set", f"{name}, {members} member{'s' if members != 1 else ''}"
    )


def _roles(database: MongoDatabase) -> Iterator[Finding]:
    try:
        status = database.command("connectionStatus", showPrivileges=True)["authInfo"]
    except OperationFailure:
        yield Finding(Level.NOTE, "roles", "The server does not tell what this user may do.")
        return
    if not status["authenticatedUsers"]:
        yield _without_user(database)
        return
    user = status["authenticatedUsers"][0]["user"]
    roles = sorted(f"{role['role']} on {role['db']}" for role in status["authenticatedUserRoles"])
    yield Finding(Level.OK, "roles", f"{user} has {', '.join(roles) or 'none'}.")
    allowed = _allowed(status.get("authenticatedUserPrivileges", ()), database.name)
    for commands, needed in _NEEDS.items():
        missing = [action for action in needed if action not in allowed]
        if missing:
            role = "dbAdmin" if commands in ("indexes", "change-streams") else "readWrite"
            yield Finding(
                Level.FAIL if "insert" in missing or "find" in missing else Level.WARN,
                "roles",
                f"{commands} will fail without {', '.join(missing)}: give {user} the role {role} "
                f"on {database.name}.",
            )


def _without_user(database: MongoDatabase) -> Finding:
    """A server without users lets everybody in; one with users lets nobody do anything."""
    try:
        database.command("listCollections", nameOnly=True)
    except OperationFailure:
        return Finding(
            Level.FAIL,
            "roles",
            f"The server wants a user: write user:password@ before the host in "
            f"{CONNECTION_VARIABLE}.",
        )
    return Finding(Level.OK, "roles", "This server has no users: everyone may do everything.")


def _allowed(privileges: Sequence[Mapping[str, Any]], database: str) -> set[str]:
    """The actions that are allowed on every collection of the database."""
    allowed: set[str] = set()
    for privilege in privileges:
        resource = privilege["resource"]
        everywhere = resource.get("anyResource", False)
        here = resource.get("db") in ("", database) and resource.get("collection") == ""
        if everywhere or here:
            allowed.update(privilege["actions"])
    return allowed


def _azure(variables: Mapping[str, str]) -> Finding:
    given = [name for name in _AZURE if variables.get(name, "").strip()]
    if not given:
        return Finding(
            Level.NOTE, "Azure OpenAI", f"{', '.join(_AZURE)} are not set: vectors are local ones."
        )
    from seed.azure import load_azure_settings

    try:
        load_azure_settings(variables)
    except UserError as error:
        return Finding(Level.WARN, "Azure OpenAI", str(error))
    return Finding(Level.OK, "Azure OpenAI", "Every variable is set.")
