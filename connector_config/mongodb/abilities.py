"""Findings about a server and what its user may do, for commands that check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pymongo.errors import OperationFailure

from connector_config.mongodb.connection import CONNECTION_VARIABLE, MongoDatabase
from connector_config.mongodb.findings import Finding, Level
from connector_config.wording import counted

# The managed connector of Ditto refuses older ones.
CONNECTOR_VERSION: Final = (7, 0, 13)


class Need(NamedTuple):
    """Something that needs actions in the database, and the role that allows them."""

    what: str
    actions: Sequence[str]
    role: str
    # Without it nothing else makes sense.
    must: bool = False


def version_parts(version: str) -> tuple[int, ...]:
    """The numbers of a version: (7, 0, 13) of `7.0.13-rc1`."""
    return tuple(int(part) for part in version.split("-", maxsplit=1)[0].split(".")[:3])


def replica_set(hello: Mapping[str, Any]) -> Finding:
    """A finding about change streams: a WARN for a server that never has any."""
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
    return Finding(Level.OK, "replica set", f"{name}, {counted(members, 'member')}")


def roles(database: MongoDatabase, needs: Sequence[Need]) -> Iterator[Finding]:
    """Findings about the user's roles, with a WARN or a FAIL for each need that lacks one."""
    try:
        status = database.command("connectionStatus", showPrivileges=True)["authInfo"]
    except OperationFailure:
        yield Finding(Level.NOTE, "roles", "The server does not tell what this user may do.")
        return
    if not status["authenticatedUsers"]:
        yield _without_user(database)
        return
    user, its_database = (status["authenticatedUsers"][0][key] for key in ("user", "db"))
    has = sorted(f"{role['role']} on {role['db']}" for role in status["authenticatedUserRoles"])
    yield Finding(Level.OK, "roles", f"{user} has {', '.join(has) or 'none'}.")
    allowed = _allowed(status.get("authenticatedUserPrivileges", ()), database.name)
    for need in needs:
        missing = [action for action in need.actions if action not in allowed]
        if missing:
            yield Finding(
                Level.FAIL if need.must else Level.WARN,
                "roles",
                f"{need.what} will fail without {', '.join(missing)}: give {user} the role "
                f"{need.role} on {database.name} (in Atlas: Database Access; elsewhere: "
                f'db.getSiblingDB("{its_database}").grantRolesToUser("{user}", '
                f'[{{role: "{need.role}", db: "{database.name}"}}])).',
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
