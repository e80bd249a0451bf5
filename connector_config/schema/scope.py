"""The scope of a device: which documents it wants, for Ditto subscriptions and for the link.

Only immutable fields decide, so that no document ever leaves what a device wants by being edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from connector_config.schema.collections import Kind, synced
from connector_config.schema.condition import EVERYTHING, Condition, at_least, one_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """The documents of one collection whose `field` has one of `values`; all without a field.

    `since` is an instant and `since_field` the immutable field that must not lie before it.
    """

    collection: str
    field: str | None = None
    values: tuple[str, ...] = ()
    since_field: str | None = None
    since: str | None = None

    def mongo_filter(self, prefix: str = "") -> dict[str, Any]:
        """The MongoDB query for these documents.

        A change stream needs a `prefix`, `fullDocument.`.
        """
        query: dict[str, Any] = {}
        if self.field is not None:
            query[prefix + self.field] = {"$in": list(self.values)}
        if self.since_field is not None:
            query[prefix + self.since_field] = {"$gte": self.since}
        return query

    def condition(self) -> Condition:
        """The condition for these documents in Ditto's query language."""
        result = EVERYTHING
        if self.field is not None:
            result &= one_of(self.field, self.values)
        if self.since_field is not None:
            result &= at_least(self.since_field, self.since)
        return result

    def parts(self) -> tuple[Wanted, ...]:
        """The same documents value by value, so that a further value is a further part."""
        if self.field is None:
            return (self,)
        return tuple(replace(self, values=(value,)) for value in self.values)

    def covers(self, document: Mapping[str, Any]) -> bool:
        """Whether a document is wanted."""
        if self.field is not None and document.get(self.field) not in self.values:
            return False
        return self.since_field is None or str(document.get(self.since_field)) >= str(self.since)


def shared() -> tuple[Wanted, ...]:
    """The collections that every device holds whole."""
    return tuple(Wanted(one.name) for one in synced() if one.scope == "shared")


def of_stores(
    stores: Sequence[str], kinds: Sequence[Kind], since: str | None = None
) -> tuple[Wanted, ...]:
    """The documents of some stores, of these kinds of collections.

    Collections with a `since_field` are limited to what is not older than `since`, a stored time.
    """
    wanted = []
    collections = [one for kind in kinds for one in synced(kind) if one.scope == "store"]
    for collection in collections:
        for field in collection.store_fields:
            part = Wanted(collection.name, field, tuple(stores))
            if since is not None and collection.since_field is not None:
                part = replace(part, since_field=collection.since_field, since=since)
            wanted.append(part)
    return tuple(wanted)


def everything_of(stores: Sequence[str]) -> tuple[Wanted, ...]:
    """All documents of some stores, and what all stores share."""
    return shared() + of_stores(stores, get_args(Kind))
