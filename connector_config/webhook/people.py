"""Users who are people of a store: what MongoDB's `staff` says of them wins over the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pymongo.errors import PyMongoError

from connector_config.errors import UserError
from connector_config.mongodb.connection import (
    CONNECTION_VARIABLE,
    MongoDatabase,
    MongoSettings,
    given_database,
    new_client,
)
from connector_config.mongodb.uri import check_uri
from connector_config.schema.collections import STAFF
from connector_config.schema.roles import ROLES, Role
from connector_config.webhook.users import User, UsersFile

_RANK: Final = {role: at for at, role in enumerate(ROLES)}
_AT_WORK: Final = {"deleted": {"$ne": True}, "active": True}
_FIELDS: Final = {"person_id": 1, "name": 1, "role": 1, "store_id": 1}


class UsersOfStaff:
    """The users of a file, as the people of a MongoDB: of who is one, role and stores are theirs.

    Somebody who works nowhere any more is no user. Who is nobody of `staff` is as the file says.
    """

    def __init__(self, file: UsersFile, database: MongoDatabase, shown: MongoSettings) -> None:
        self._file = file
        self._database = database
        self._shown = shown

    def read(self) -> Mapping[str, User]:
        """The users by name.

        Raises UserError where the file or, for those who are people of it, MongoDB cannot be read:
        who was sent away since must not come in because of that.
        """
        users = dict(self._file.read())
        ids = [one.person_id for one in users.values() if one.person_id]
        if not ids:
            return users
        try:
            found = _people(self._database, {"person_id": {"$in": ids}})
        except PyMongoError as error:
            raise UserError(self._shown.explain(error)) from None
        for name, user in list(users.items()):
            if not user.person_id:
                continue
            if user.person_id not in found:
                del users[name]
                continue
            role, stores = found[user.person_id]
            users[name] = user.model_copy(update={"role": role, "stores": _held(role, stores)})
        return users


def open_people(variables: Mapping[str, str]) -> tuple[MongoDatabase, MongoSettings] | None:
    """The database that the settings name; None where they name none.

    Raises UserError for a malformed one; the server is not asked yet.
    """
    uri = variables.get(CONNECTION_VARIABLE)
    if not uri:
        return None
    check_uri(uri, CONNECTION_VARIABLE)
    settings = MongoSettings(uri, given_database(variables))
    return new_client(settings)[settings.database], settings


def find_person(database: MongoDatabase, name: str) -> tuple[str, Role, list[str]]:
    """The id, role and stores of the person with a name; raises UserError unless there is one."""
    found = database[STAFF].find({"name": name, **_AT_WORK}, _FIELDS).limit(1_000)
    ids = sorted({str(one.get("person_id")) for one in found})
    if len(ids) != 1:
        many = "Nobody" if not ids else "More than one person"
        raise UserError(f"{many} who works in a store of {database.name} is called {name[:80]!r}.")
    role, stores = _people(database, {"person_id": ids[0]})[ids[0]]
    return ids[0], role, _held(role, stores)


def at_work(database: MongoDatabase, person_id: str) -> tuple[Role, list[str]] | None:
    """The role and the stores of a person; None for somebody who works nowhere any more."""
    found = _people(database, {"person_id": person_id}).get(person_id)
    return None if found is None else (found[0], _held(*found))


def _people(
    database: MongoDatabase, among: Mapping[str, object]
) -> dict[str, tuple[Role, list[str]]]:
    """The highest role and all stores of people at work, by the id of the person."""
    found: dict[str, tuple[Role, list[str]]] = {}
    for one in database[STAFF].find({**among, **_AT_WORK}, _FIELDS).limit(10_000):
        role = one.get("role")
        if role not in _RANK or role == "super_manager":
            # Of all stores is nobody by a document of one.
            continue
        person_id = str(one.get("person_id"))
        before, stores = found.get(person_id, (role, []))
        highest = max(before, role, key=lambda its: _RANK[its])
        found[person_id] = (highest, sorted({*stores, str(one.get("store_id"))}))
    return found


def _held(role: Role, stores: list[str]) -> list[str]:
    """The stores that a device of this role exchanges: a worker's is one."""
    return stores[:1] if role == "worker" else stores
