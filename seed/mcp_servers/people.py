"""Who asks, and what they may see: the same as on a device they sign in to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connector_config.cloud.permissions import read_levels
from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.roles import Role
from seed.mongo.views import INVENTORY_ON_HAND

NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""The UUID that the original servers took for the super manager, also where none was given."""

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_CONTACT: Final[Mapping[str, tuple[str, ...]]] = {
    names.CUSTOMERS: ("email", "phone", "phone_e164"),
    names.ORDERS: ("customer_email",),
}
_MAY_NOT_CONTACT: Final = {"worker"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks; a super manager has no stores because all are theirs."""

    name: str
    role: Role
    stores: tuple[str, ...]

    @property
    def sees_everything(self) -> bool:
        """Whether no store is hidden."""
        return self.role == "super_manager"

    def filter(self, collection: str) -> dict[str, Any]:
        """The MongoDB query for the documents that this person may see; empty for all.

        Raises UserError for a collection that is not there, or not for this role.
        """
        level = self._levels().get(collection)
        if level is None:
            known = ", ".join(sorted(name for name, one in self._levels().items() if one != "none"))
            raise UserError(f"There is no collection {collection[:40]!r}: use one of {known}.")
        if level == "none":
            raise UserError(f"A {self.role} may not see {collection}.")
        if level == "all":
            return {}
        parts: list[dict[str, Any]] = [
            {field: {"$in": list(self.stores)}} for field in COLLECTIONS[collection].store_fields
        ]
        return parts[0] if len(parts) == 1 else {"$or": parts}

    def hidden(self, collection: str) -> tuple[str, ...]:
        """The fields of a collection that this person may not see."""
        return _CONTACT.get(collection, ()) if self.role in _MAY_NOT_CONTACT else ()

    def collections(self) -> list[str]:
        """The collections of which this person may see something."""
        return [name for name, level in self._levels().items() if level != "none"]

    def _levels(self) -> dict[str, str]:
        # The hashes of PINs and badges are nobody's to ask for.
        levels = {name: one for name, one in read_levels(self.role).items() if name != names.STAFF}
        return {**levels, INVENTORY_ON_HAND: levels[names.INVENTORY]}


def check_user_id(user_id: str | None, super_manager: bool) -> str:
    """The identity a server is started with; raises UserError where there is none."""
    if super_manager:
        if user_id not in (None, NOBODY):
            raise UserError(
                "--super-manager sees every store: leave out --user, or --super-manager."
            )
        return NOBODY
    if not user_id:
        raise UserError(
            "Say who asks: --user with the rls_user_id of a store, or --super-manager for all."
        )
    wanted = user_id.strip().lower()
    if not _UUID.fullmatch(wanted):
        raise UserError(
            "--user is the rls_user_id of a store, a UUID such as "
            "f47ac10b-58cc-4372-a567-0e02b2c3d479."
        )
    if wanted == NOBODY:
        raise UserError(
            "The zero UUID is nobody: name the rls_user_id of a store, or --super-manager for all."
        )
    return wanted


def person_of(database: MongoDatabase, user_id: str, role: Role) -> Person:
    """The person with this `rls_user_id`; raises UserError where no store has it."""
    if user_id == NOBODY:
        return Person("the super manager", "super_manager", ())
    spellings = [user_id, user_id.upper()]
    store = database[names.STORES].find_one(
        {"rls_user_id": {"$in": spellings}, "deleted": {"$ne": True}}, {"store_name": 1}
    )
    if store is None:
        raise UserError(
            f"No store has the rls_user_id {user_id}: correct --user where this server is set up."
        )
    return Person(f"the {role} of {store.get('store_name')}", role, (str(store["_id"]),))
