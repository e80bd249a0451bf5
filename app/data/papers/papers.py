"""Writing a step: its papers and its movements in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from app.data.stock import movements
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Edit, Kind, NewlyMade, before, shown
from app.domain.documents.stock import to_item
from app.domain.entities import Actor, Movement, Place, StockItem
from app.domain.errors import PaperError, ShortLinesError
from app.domain.papers import Change, Patch, Posting, movement_id
from connector_config.schema.collections import COLLECTIONS, INVENTORY, ditto_id
from connector_config.schema.stock_documents import StockMovement, new_item
from connector_config.store.local_only import NUMBERS

# Of any collection, whose name is a constant wherever it comes from.
_INSERT: Final = "INSERT INTO {} DOCUMENTS (:document)"
# Only what differs is written, so that a field keeps the time of its last real change.
_MERGE: Final = "INSERT INTO {} DOCUMENTS (:document) ON ID CONFLICT DO UPDATE_LOCAL_DIFF"
_BY_ID: Final = "SELECT * FROM {} WHERE _id = :id"
_MADE: Final = (
    "SELECT COUNT(*) AS made, MAX(CAST(split(number, '-')[3] AS INT)) AS last "
    "FROM {} WHERE device_id = :device_id"
)
_LAST: Final = f"SELECT last FROM {NUMBERS} WHERE _id = :id"
_PUT_LAST: Final = f"INSERT INTO {NUMBERS} DOCUMENTS (:document) ON ID CONFLICT DO UPDATE"
# The same on every device that makes it, so it must not win over what another one changed since.
_NEW_ITEM: Final = "INSERT INTO inventory INITIAL DOCUMENTS (:documents)"


async def load(unit: UnitOfWork, collection: str, key: Mapping[str, str]) -> dict[str, Any]:
    """The document with these id fields; raises PaperError where this device has none."""
    rows = await unit.query(_BY_ID.format(collection), {"id": ditto_id(collection, key)})
    if not rows:
        raise PaperError("This paper has not arrived on this device yet.")
    return rows[0]


async def insert(unit: UnitOfWork, collection: str, document: Mapping[str, Any]) -> None:
    """Store a new paper."""
    await unit.insert(collection, _INSERT.format(collection), document)


async def merge(unit: UnitOfWork, collection: str, fields: Mapping[str, Any], at: str) -> None:
    """Merge fields into a document that is here, maps key by key; `at` becomes its `updated_at`."""
    # Not an insert: the document is no news to those whom the change is sent to.
    document = {"_id": ditto_id(collection, fields), **fields, "updated_at": at}
    await unit.update(collection, _MERGE.format(collection), {"document": document})


async def merge_all(unit: UnitOfWork, patches: Iterable[Patch], at: str) -> None:
    """Merge the patches of a change; `at` becomes the `updated_at` of their documents."""
    for patch in patches:
        await merge(unit, patch.collection, patch.document, at)


async def edit(
    unit: UnitOfWork,
    patches: Iterable[Patch],
    at: str,
    store_id: str,
    key: Mapping[str, str],
    kind: Kind = Kind.PAPER,
) -> None:
    """Merge what a person typed, and note what was there before, so that undo can bring it back.

    `key` says what the documents are called, for people; an edit that changes nothing is none.
    """
    if edits := await edited(unit, patches, at):
        unit.note(NewlyMade(kind, store_id, key, edits=edits))


async def edited(unit: UnitOfWork, patches: Iterable[Patch], at: str) -> list[Edit]:
    """Merge what a person typed, and tell what that changes."""
    edits = []
    for patch in patches:
        id_fields = COLLECTIONS[patch.collection].id_fields
        stored = await load(unit, patch.collection, patch.document)
        after = {name: one for name, one in patch.document.items() if name not in id_fields}
        if shown(after, stored) != after:
            its_key = {name: str(patch.document[name]) for name in id_fields}
            edits.append(Edit(patch.collection, its_key, before(after, stored), after))
        await merge(unit, patch.collection, patch.document, at)
    return edits


async def next_number(unit: UnitOfWork, prefix: str, collection: str, actor: Actor) -> str:
    """The next number of a kind of paper, given by no other device: `TR-SEA-3F2A-0007`.

    It is made of a prefix, the store, the device and a sequence.
    """
    device_id = actor.device.device_id
    key = {"collection": collection, "device_id": device_id}
    kept = await unit.query(_LAST, {"id": key})
    # Only to begin with: papers of a store that the device leaves are evicted, and count no more.
    rows = kept or await unit.query(_MADE.format(collection), {"device_id": device_id})
    last = 1 + max(int(rows[0].get(name) or 0) for name in ("last", "made"))
    await unit.update(NUMBERS, _PUT_LAST, {"document": {"_id": key, "last": last}})
    store = actor.profile.store_id.removeprefix("store_")[:3].upper()
    device = device_id.replace("-", "").removeprefix("device")[:4].upper()
    return f"{prefix}-{store}-{device}-{last:04}"


async def apply(
    unit: UnitOfWork, change: Change, actor: Actor, at: str, allow_negative: bool = True
) -> list[Movement]:
    """Write a change, all in the transaction of `unit`; returns the movements that are new.

    Raises ShortLinesError, before anything is written, when goods would leave that are not there
    and that is not allowed.
    """
    await merge_all(unit, change.patches, at)
    items = await _items(unit, change.postings, at)
    documents = []
    for posting in change.postings:
        documents.append(_document(posting, items[_key(posting)], actor, at))
    if not allow_negative:
        _refuse_short(documents, items.values())
    return await movements.post_all(unit, documents)


def _document(posting: Posting, item: StockItem, actor: Actor, at: str) -> StockMovement:
    document = movements.new_document(
        item, posting.reason, actor, at, posting.quantity, posting.note
    )
    document["movement_id"] = movement_id(posting.step, actor.device.device_id)
    document["reference"] = dict(posting.reference)
    if posting.effective_at is not None:
        document["effective_at"] = posting.effective_at
    return document


def _key(posting: Posting) -> tuple[str, str]:
    return posting.store_id, posting.inventory_id or posting.product_id


async def _items(
    unit: UnitOfWork, postings: Sequence[Posting], at: str
) -> dict[tuple[str, str], StockItem]:
    """The items that postings move, by `_key`; makes those that a store does not carry."""
    found: dict[tuple[str, str], StockItem] = {}
    wanted: dict[str, list[str]] = {}
    for posting in postings:
        if posting.inventory_id is None:
            wanted.setdefault(posting.store_id, []).append(posting.product_id)
        else:
            found[_key(posting)] = StockItem(
                posting.inventory_id, posting.store_id, posting.product_id, Place(), 0
            )
    for store_id, product_ids in wanted.items():
        parameters = {"store_id": store_id, "product_ids": sorted(set(product_ids))}
        for row in await unit.query(movements.ITEMS_OF_PRODUCTS, parameters):
            found.setdefault((store_id, row["product_id"]), to_item(row))
        missing = [one for one in parameters["product_ids"] if (store_id, one) not in found]
        new = [new_item(store_id, product_id, at) for product_id in missing]
        if new:
            documents = [{"_id": ditto_id(INVENTORY, one), **one} for one in new]
            await unit.update(INVENTORY, _NEW_ITEM, {"documents": documents})
            found |= {(store_id, one["product_id"]): to_item(one) for one in new}
    return found


def _refuse_short(documents: Sequence[StockMovement], items: Iterable[StockItem]) -> None:
    on_hand = {item.inventory_id: item.on_hand for item in items}
    short = {}
    for one in documents:
        left = on_hand[one["inventory_id"]] + one["quantity"]
        if one["quantity"] < 0 and left < 0:
            short[one["product_id"]] = on_hand[one["inventory_id"]]
    if short:
        raise ShortLinesError(short)
