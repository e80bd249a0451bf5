"""Writing the stock ledger: a change and its immutable document together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from app.data.store.reading import ON_HAND
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Kind, NewlyMade
from app.domain.documents.parts import from_approval
from app.domain.documents.stock import from_place, to_item, to_movement
from app.domain.entities import Actor, Movement, Place, Reason, StockItem
from app.domain.errors import AlreadyUndoneError, ShortStockError, StorageError
from app.domain.papers import movement_id, undo_step
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.schema.instants import to_iso
from connector_config.schema.stock_documents import StockMovement

_INSERT_MOVEMENT = "INSERT INTO stock_movements DOCUMENTS (:document)"
ITEM = "SELECT * FROM inventory WHERE _id = :id"
# With a plain comparison of the store, Ditto also reads all of the store from another index.
ITEMS_OF_PRODUCTS = (
    "SELECT * FROM inventory WHERE product_id IN :product_ids "
    "AND coalesce(store_id, '') = :store_id ORDER BY inventory_id"
)
_INSERT_NEW = "INSERT INTO stock_movements DOCUMENTS (:documents) ON ID CONFLICT DO NOTHING"
_INCREMENT_ALL = (
    "UPDATE inventory USE IDS LIST :ids "
    "APPLY stock_delta INCREMENT BY :quantity SET last_updated = :at"
)
_COUNTED = (
    "UPDATE inventory USE IDS LIST :ids "
    "APPLY stock_delta INCREMENT BY :quantity SET last_updated = :at, last_counted = :at"
)
_COUNTED_RIGHT = "UPDATE inventory USE IDS LIST :ids SET last_counted = :at"
UNDOS = (
    "SELECT * FROM stock_movements WHERE inventory_id = :inventory_id AND reason = 'undo' "
    "AND reference.undoes = :movement_id"
)
# With an OR in place of the CASE, Ditto reads the whole collection: 29 ms instead of 3.
_INCREMENT = (
    "UPDATE inventory APPLY stock_delta INCREMENT BY :quantity SET last_updated = :at "
    "WHERE _id = :id AND CASE WHEN :allow_negative THEN true "
    f"ELSE {ON_HAND} + :quantity >= 0 END"
)
_SET_PLACE = "UPDATE inventory SET location = :location, updated_at = :at WHERE _id = :id"


def new_document(
    subject: StockItem | Movement,
    reason: Reason,
    actor: Actor,
    at: str,
    quantity: int = 0,
    note: str = "",
) -> StockMovement:
    """Make a ledger document, not stored yet; `at` as `to_iso` makes it."""
    document: StockMovement = {
        "store_id": subject.store_id,
        "movement_id": str(uuid.uuid4()),
        "inventory_id": subject.inventory_id,
        "product_id": subject.product_id,
        "reason": reason.value,
        "quantity": quantity,
        "note": note,
        "who": actor.profile.name,
        "role": actor.profile.role.value,
        "device_id": actor.device.device_id,
        "device_name": actor.device.name,
        "at": at,
        "offline": actor.offline,
        "reference": {},
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }
    if actor.granted is not None:
        document["approved_by"] = from_approval(actor.granted)
    return document


def made(document: StockMovement, kind: Kind) -> NewlyMade:
    """The change that a person makes with a ledger document, for undo."""
    key = {"store_id": document["store_id"], "movement_id": document["movement_id"]}
    return NewlyMade(kind, document["store_id"], key, document["device_id"])


def as_counter(document: StockMovement, movement: Movement) -> StockMovement:
    """Turn a document into the counter-movement of `movement`: the one that its device can make."""
    step = undo_step(movement.movement_id)
    return document | {
        "movement_id": movement_id(step, document["device_id"]),
        "reference": {"undoes": movement.movement_id, "undone_reason": movement.reason.value},
        "effective_at": to_iso(movement.effective_at or movement.at),
    }


async def refuse_second(unit: UnitOfWork, document: StockMovement) -> None:
    """Raise AlreadyUndoneError when the ledger has a counter-movement by any device."""
    parameters = {
        "inventory_id": document["inventory_id"],
        "movement_id": document["reference"]["undoes"],
    }
    if await unit.query(UNDOS, parameters):
        raise AlreadyUndoneError("That change was undone already.")


async def post(unit: UnitOfWork, document: StockMovement, allow_negative: bool) -> Movement:
    """Change the counter of an item and store the ledger document, inside one transaction."""
    key = ditto_id(INVENTORY, document)
    quantity = document["quantity"]
    # Of an item that is faulty nobody knows what is on hand.
    item = await stored_item(unit, document)
    changed = await unit.count(
        INVENTORY,
        _INCREMENT,
        {
            "quantity": quantity,
            "at": document["at"],
            "id": key,
            # Adding is never refused, not even while on hand is still below zero.
            "allow_negative": allow_negative or quantity > 0,
        },
    )
    if not changed:
        raise ShortStockError(item.on_hand, quantity)
    await unit.insert(STOCK_MOVEMENTS, _INSERT_MOVEMENT, document)
    return to_movement(document)


async def post_all(unit: UnitOfWork, documents: Sequence[StockMovement]) -> list[Movement]:
    """Post several movements at once, below zero if need be; those in the ledger are left alone.

    Returns the new ones. It takes one statement for all documents, and one for each different
    quantity, inside one transaction. Where the movements are counts (all of them or none), their
    items are marked as counted.
    """
    if not documents:
        return []
    new = await unit.insert_all(STOCK_MOVEMENTS, _INSERT_NEW, documents)
    moved: dict[str, int] = {}
    keys = {}
    for one in new:
        item = one["inventory_id"]
        moved[item] = moved.get(item, 0) + one["quantity"]
        keys[item] = ditto_id(INVENTORY, one)
    counted = all(one["reason"] == Reason.COUNTED.value for one in new)
    for quantity in sorted(set(moved.values())):
        if quantity == 0 and not counted:
            continue
        items = [keys[item] for item, total in moved.items() if total == quantity]
        parameters = {"ids": items, "quantity": quantity, "at": new[0]["at"]}
        if counted:
            statement = _COUNTED if quantity else _COUNTED_RIGHT
            changed = await unit.update(INVENTORY, statement, parameters)
        else:
            changed = await unit.count(INVENTORY, _INCREMENT_ALL, parameters)
        if changed != len(items):
            raise StorageError("A product of these is no longer stocked at this store.")
    return [to_movement(one) for one in new]


async def relocate(
    unit: UnitOfWork, document: StockMovement, place: Place, expected: Place | None = None
) -> Movement:
    """Change the place of an item and store the ledger document.

    Raises StorageError when the item is not at `expected` any more.
    """
    key = ditto_id(INVENTORY, document)
    item = await stored_item(unit, document)
    if expected is not None and item.place != expected:
        raise StorageError(
            f"It has been moved to {item.place.code} since: move it from there instead."
        )
    document |= {"from_location": from_place(item.place), "to_location": from_place(place)}
    await unit.update(
        INVENTORY,
        _SET_PLACE,
        {"location": from_place(place), "at": document["at"], "id": key},
    )
    await unit.insert(STOCK_MOVEMENTS, _INSERT_MOVEMENT, document)
    return to_movement(document)


async def record(unit: UnitOfWork, document: StockMovement) -> Movement:
    """Store a ledger document that moves no stock."""
    await unit.insert(STOCK_MOVEMENTS, _INSERT_MOVEMENT, document)
    return to_movement(document)


async def stored_item(unit: UnitOfWork, document: StockMovement) -> StockItem:
    """The item that a ledger document is about; raises StorageError where there is none.

    Raises FaultyDocumentError where it cannot be read.
    """
    rows = await unit.query(ITEM, {"id": ditto_id(INVENTORY, document)})
    if not rows:
        raise StorageError("This product is no longer stocked at this store.")
    return to_item(rows[0])
