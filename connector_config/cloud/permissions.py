"""The permissions of a user, as Ditto wants them, made from `permissions.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, model_validator

from connector_config.errors import UserError
from connector_config.schema.collections import COLLECTIONS, Collection, synced
from connector_config.schema.roles import ROLES, Role
from connector_config.yaml_files import Model, parse, read_packaged

NAME: Final = "permissions.yaml"

_LEVELS: Final = ("none", "own", "all")
_Level = Literal["none", "own", "all"]
# Nothing that would have to be escaped in a query, so nothing is escaped.
_STORE_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_EVERY_DOCUMENT: Final = "true"


def store_paths(collection: Collection) -> tuple[str, ...]:
    """The paths in the Ditto `_id` that name a store, such as `_id.store_id`."""
    return tuple(f"_id.{name}" for name in collection.store_fields)


def _of_a_store(name: str) -> bool:
    return bool(store_paths(COLLECTIONS[name]))


def _synced(name: str) -> str:
    if name not in COLLECTIONS or not COLLECTIONS[name].sync:
        raise ValueError(f"{name} is no synced collection of collections.yaml")
    return name


class _Rule(Model):
    read: _Level
    write: _Level

    @model_validator(mode="after")
    def _read_what_is_written(self) -> _Rule:
        if _LEVELS.index(self.write) > _LEVELS.index(self.read):
            raise ValueError("nobody may write what they may not read")
        return self


class _Role(Model):
    stores: Literal["one", "some", "none"]
    everything: bool = False
    access: dict[Annotated[str, AfterValidator(_synced)], _Rule] = {}

    @model_validator(mode="after")
    def _complete(self) -> _Role:
        if self.everything:
            if self.access:
                raise ValueError("a role with everything has no access beside it")
            return self
        missing = [one.name for one in synced() if one.name not in self.access]
        if missing:
            raise ValueError(f"{', '.join(missing)} must be there, with none if need be")
        for name, rule in self.access.items():
            if "own" in (rule.read, rule.write) and (
                self.stores == "none" or not _of_a_store(name)
            ):
                raise ValueError(f"{name} cannot be own: its _id or this role has no store")
        return self


class _File(Model):
    roles: dict[Role, _Role]

    @model_validator(mode="after")
    def _all_roles(self) -> _File:
        missing = [role for role in ROLES if role not in self.roles]
        if missing:
            raise ValueError(f"the role {missing[0]} is not there")
        return self


def check_text(text: str) -> None:
    """Check the text of such a file; raises DataFileError with the line that is wrong."""
    parse(text, NAME, _File)


def check_packaged() -> None:
    """Raise DataFileError, with the line, when the file of the package is wrong."""
    _file()


def check_stores(role: Role, stores: Sequence[str]) -> None:
    """Raise UserError unless a user of this role may have these stores."""
    for store in stores:
        if not _STORE_ID.fullmatch(store):
            raise UserError(
                f"{store[:64]!r} cannot be the id of a store: write it like store_seattle."
            )
    if len(set(stores)) < len(stores):
        raise UserError("A store is named twice: name each once.")
    wanted = _file().roles[role].stores
    if wanted == "none" and stores:
        raise UserError(f"A {role} has every store, so none is named.")
    if wanted == "one" and len(stores) != 1:
        raise UserError(f"A {role} has exactly one store: name it with --store.")
    if wanted == "some" and not stores:
        raise UserError(f"A {role} has at least one store: name it with --store.")


def read_levels(role: Role) -> Mapping[str, Literal["none", "own", "all"]]:
    """What a role may read of each synced collection: none of it, that of its stores, or all."""
    rights = _file().roles[role]
    return {
        one.name: "all" if rights.everything else rights.access[one.name].read for one in synced()
    }


def ditto_permissions(role: Role, stores: Sequence[str]) -> dict[str, Any]:
    """Make the `permissions` of a webhook's answer: read and write, by collection.

    Queries are in Ditto's legacy syntax and look at `_id` only; a document is covered when one of
    its collection's queries is true. Raises UserError for stores that the role cannot have, and
    DataFileError for a wrong file.
    """
    check_stores(role, stores)
    rights = _file().roles[role]
    reads = {name: rule.read for name, rule in rights.access.items()}
    writes = {name: rule.write for name, rule in rights.access.items()}
    return {
        "remoteQuery": False,
        "read": {"everything": rights.everything, "queriesByCollection": _queries(reads, stores)},
        "write": {
            "everything": rights.everything,
            "queriesByCollection": _queries(writes, stores),
        },
    }


def _queries(levels: Mapping[str, _Level], stores: Sequence[str]) -> dict[str, list[str]]:
    """By collection; one of which nothing is allowed is not there."""
    queries: dict[str, list[str]] = {}
    for name, level in levels.items():
        if level == "all":
            queries[name] = [_EVERY_DOCUMENT]
        elif level == "own":
            paths = store_paths(COLLECTIONS[name])
            queries[name] = [f"{path} == '{store}'" for store in stores for path in paths]
    return queries


@cache
def _file() -> _File:
    return read_packaged(__package__, NAME, _File)
