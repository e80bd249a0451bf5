"""Which documents a device wants: the one description behind Ditto subscriptions and the link.

Only immutable fields decide, so that no document ever leaves what a device wants by being edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
        """As a MongoDB query; `prefix` such as `fullDocument.` for a change stream."""
        query: dict[str, Any] = {}
        if self.field is not None:
            query[prefix + self.field] = {"$in": list(self.values)}
        if self.since_field is not None:
            query[prefix + self.since_field] = {"$gte": self.since}
        return query

    def covers(self, document: Mapping[str, Any]) -> bool:
        """Whether a document is one of them."""
        if self.field is not None and document.get(self.field) not in self.values:
            return False
        return self.since_field is None or str(document.get(self.since_field)) >= str(self.since)
