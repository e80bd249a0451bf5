"""Undo: the effect of a counter-movement, when it makes sense, and what happens when two undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.entities import Movement, Reason
from app.domain.errors import UPDATE_FIRST
from app.domain.papers import Document, Posting, undo_step
from connector_config.wording import number


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What undoing a movement would do; `sentence` says it, or why it makes no sense.

    `undone` is one of the reasons: somebody has undone it.
    """

    allowed: bool
    sentence: str
    on_hand: int
    on_hand_after: int
    undone: bool = False


def preview(movement: Movement, on_hand: int, undone: bool, counted_since: bool) -> UndoPreview:
    """The consequence of undoing a movement, before anything is written.

    `counted_since` is whether a count of the item was posted that took effect after the movement.
    """
    after = on_hand - movement.quantity
    refusal = _refusal(movement, undone, counted_since)
    if refusal:
        return UndoPreview(False, refusal, on_hand, on_hand, undone)
    if movement.from_place is not None:
        sentence = f"It goes back to {movement.from_place.code or 'no place'}."
    else:
        sentence = f"On hand goes from {number(on_hand)} to {number(after)}."
    return UndoPreview(True, sentence, on_hand, after)


def superfluous(undos: Iterable[Document], device_id: str) -> list[Document]:
    """The counter-movements of this device that are one too many for their movement.

    The smallest device id keeps its own; every other maker takes its own back.
    """
    known = list(undos)
    keeper = min((one["device_id"] for one in known), default="")
    return [one for one in known if one["device_id"] == device_id != keeper]


def take_back(undo: Document) -> Posting:
    """The counter-movement of a superfluous counter-movement."""
    return Posting(
        undo["store_id"],
        undo["product_id"],
        Reason.UNDO,
        -int(undo["quantity"]),
        undo_step(undo["movement_id"]),
        {
            **undo["reference"],
            "undoes": undo["movement_id"],
            "undone_reason": Reason.UNDO.value,
        },
        inventory_id=undo["inventory_id"],
        note="Undone on two devices at once",
        effective_at=undo.get("effective_at"),
    )


def _refusal(movement: Movement, undone: bool, counted_since: bool) -> str:
    if undone:
        return "It was undone already."
    if movement.reason is Reason.UNDO:
        return "It is an undo itself: enter the change again instead."
    if movement.reason is Reason.COUNTED:
        return "It comes from a stocktake: count the product again instead."
    if "place" in movement.reference:
        return "It is about a further place: change that on the product's card instead."
    if movement.reason is Reason.UNKNOWN:
        return f"This version does not know why it was made: {UPDATE_FIRST}."
    if "receipt" in movement.reference:
        return f"It belongs to receipt {movement.reference.get('number', '')}: undo that instead."
    if "transfer" in movement.reference:
        return (
            f"It belongs to transfer {movement.reference.get('number', '')}: "
            "cancel the shipment instead."
        )
    if "order" in movement.reference:
        return (
            f"It belongs to order {movement.reference.get('number', '')}: "
            "cancel the order, or take goods back, instead."
        )
    if counted_since and movement.quantity:
        return "The product was counted since: the count has put it right already."
    return ""
