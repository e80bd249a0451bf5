"""Merging a document that was changed on a device and in MongoDB, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connector_config.schema.collections import INVENTORY
from connector_config.schema.forgotten import keep_forgotten

_MISSING: Final = object()
_OWNED_BY_MONGODB: Final = {(INVENTORY, "stock_level")}
# Of two times of something that happened, the later one is true, whoever wrote it.
_LATER_WINS: Final = frozenset({"updated_at", "last_updated", "last_counted"})
# Of the maps, the one that says one thing: a place is never put together from two.
_ONE_VALUE: Final = frozenset({"location"})


def merge(
    collection: str,
    base: Mapping[str, Any] | None,
    local: Mapping[str, Any],
    remote: Mapping[str, Any],
    changed: Mapping[str, str] | None = None,
    sent: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The document both sides get; `base` is what was last exchanged, None when nothing was.

    A field that only one side changed takes its change. One that both changed differently goes to
    the side with the later `updated_at`, and to MongoDB when they are equal; a map, such as the
    shipments of a transfer, merges key by key and keeps the keys of both, as in Ditto, but for a
    place. `changed` says when the device changed which field, even if it changed it back; other
    fields are as old as the document. A value of MongoDB that is one the device `sent` is its own
    word from before, however late the rest of that document is. Whom one side forgot, both forget.
    """
    times = changed or {}
    local_time, remote_time = str(local.get("updated_at", "")), str(remote.get("updated_at", ""))
    merged: dict[str, Any] = {}
    for name in dict.fromkeys((*remote, *local)):
        ours, theirs = local.get(name, _MISSING), remote.get(name, _MISSING)
        before = _MISSING if base is None else base.get(name, _MISSING)
        if (collection, name) in _OWNED_BY_MONGODB:
            value = theirs
        elif name in _LATER_WINS:
            value = max(theirs, ours, key=_time)
        else:
            is_newer = times.get(name, local_time) > remote_time
            own = [one[name] for one in sent if name in one]
            value = _value(name, before, ours, theirs, name in times, is_newer, own)
        if value is not _MISSING:
            merged[name] = value
    return keep_forgotten(collection, merged, local, remote)


def with_later_times(local: Mapping[str, Any], remote: Mapping[str, Any]) -> dict[str, Any]:
    """The document of this side with the times of both that are later."""
    later = {
        name: remote[name]
        for name in _LATER_WINS
        if name in remote and _time(remote[name]) > _time(local.get(name, _MISSING))
    }
    return {**local, **later}


def _time(value: Any) -> str:
    return "" if value is _MISSING else str(value)


def _value(
    name: str,
    before: Any,
    ours: Any,
    theirs: Any,
    is_told: bool,
    is_newer: bool,
    own: Sequence[Any],
) -> Any:
    """What becomes of a value; `is_told` when the device changed it, even if it changed it back,
    and `own` is what it sent before.
    """
    if ours == theirs or (ours == before and not is_told):
        return theirs
    if theirs == before or theirs in own:
        return ours
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping) and name not in _ONE_VALUE:
        base = before if isinstance(before, Mapping) else {}
        merged = {**theirs, **ours}
        for key in ours.keys() & theirs.keys():
            was, told = base.get(key, _MISSING), is_told and ours == before
            its = [one[key] for one in own if isinstance(one, Mapping) and key in one]
            merged[key] = _value(key, was, ours[key], theirs[key], told, is_newer, its)
        return merged
    return ours if is_newer else theirs
