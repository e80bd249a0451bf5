"""Which value a field gets when a document was changed on a device and in MongoDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connector_config.collections import INVENTORY

_MISSING: Final = object()
_OWNED_BY_MONGODB: Final = {(INVENTORY, "stock_level")}
# Of two times of something that happened, the later one is true, whoever wrote it.
_LATER_WINS: Final = frozenset({"updated_at", "last_updated", "last_counted"})


def merge(
    collection: str,
    base: Mapping[str, Any] | None,
    local: Mapping[str, Any],
    remote: Mapping[str, Any],
) -> dict[str, Any]:
    """The document both sides get; `base` is what was last exchanged, None when nothing was.

    A top-level field is one value, so that a place is never put together from two. A field that
    only one side changed takes its change. One that both changed differently goes to the side with
    the later `updated_at`, and to MongoDB when they are equal.
    """
    local_later = str(local.get("updated_at", "")) > str(remote.get("updated_at", ""))
    merged: dict[str, Any] = {}
    for name in dict.fromkeys((*remote, *local)):
        ours, theirs = local.get(name, _MISSING), remote.get(name, _MISSING)
        before = _MISSING if base is None else base.get(name, _MISSING)
        if (collection, name) in _OWNED_BY_MONGODB:
            value = theirs
        elif name in _LATER_WINS:
            value = max(theirs, ours, key=lambda one: "" if one is _MISSING else str(one))
        elif ours in (theirs, before):
            value = theirs
        elif theirs == before:
            value = ours
        else:
            value = ours if local_later else theirs
        if value is not _MISSING:
            merged[name] = value
    return merged
