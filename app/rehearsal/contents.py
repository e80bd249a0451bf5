"""The contents of a peer and of MongoDB, made comparable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.data.sync.subscriptions import wanted
from app.domain.entities import Role
from connector_config.schema.collections import INVENTORY, ditto_id
from connector_config.schema.scope import Wanted

Document = dict[str, Any]
Contents = dict[str, dict[str, Document]]
"""Documents by collection and by their Ditto id as text, without `_id`."""


def scope_of_worker(store_id: str) -> tuple[Wanted, ...]:
    """The scope of a worker of a store, with orders of any age."""
    return wanted(Role.WORKER, (store_id,), datetime.fromtimestamp(0, UTC))


def contents(scope: Sequence[Wanted], documents: Mapping[str, Iterable[Document]]) -> Contents:
    """The documents that a scope covers, by collection."""
    held: Contents = {}
    for part in scope:
        held.setdefault(part.collection, {}).update(
            (text_id(part.collection, document), comparable(part.collection, document))
            for document in documents[part.collection]
            if part.covers(document)
        )
    return held


def comparable(collection: str, document: Mapping[str, Any]) -> Document:
    """A document without what differs by where it is stored: `_id`, and a counter of nothing."""
    body = {name: value for name, value in document.items() if name != "_id"}
    if collection == INVENTORY:
        body["stock_delta"] = int(body.get("stock_delta") or 0)
    return body


def text_id(collection: str, document: Mapping[str, Any]) -> str:
    """The Ditto id of a document as text."""
    return json.dumps(ditto_id(collection, document), sort_keys=True)


def digest(held: Contents) -> str:
    """A digest that is the same for the same contents."""
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()
