"""What all papers share: steps as data, and ids that make doing a step twice the same as once.

A step (shipping, receiving, posting a count, ...) is computed from documents, without any I/O, as
a `Change`: what to merge into papers, and which movements to post. `app.data.papers.papers` writes
a change in one transaction; the tests play the same changes on replicas that exchange documents in
any order.

Two rules make the result independent of order and of how often a step is done:

1. *A movement has one maker.* Its id follows from the step and from the device, so a device that
   repeats a step finds its own movement and does nothing, and two devices never write the same
   document. They must not: a counter adds up what both devices counted, while a document that both
   wrote is there once, and the ledger would no longer explain the number.
2. *Papers only gain.* Steps add an entry to a map under an id of their own, or set a time; amounts
   are sums of entries. What two devices do at once therefore merges, and what must not have
   happened twice (the same cancellation, the same undo, the same count) is taken back by the maker
   of the superfluous one, when it sees the other: `settle` functions say so.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.entities import Reason

_STEP = uuid.UUID("3c1f7f5e-52f4-4b55-9d6a-8f6f0d3f6a10")

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Posting:
    """A movement that a step asks for; `inventory_id` is None where the product decides.

    `step` is the same whenever the step is repeated; `effective_at` (as stored) is there where it
    counts from an earlier moment than it is written.
    """

    store_id: str
    product_id: str
    reason: Reason
    quantity: int
    step: str
    reference: Mapping[str, str]
    inventory_id: str | None = None
    note: str = ""
    effective_at: str | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """What to merge into a document of a collection; `document` holds the id fields, too."""

    collection: str
    document: Document


@dataclass(frozen=True, slots=True)
class Change:
    """What a step writes, whole or not at all; an empty change is a step that was done already."""

    patches: tuple[Patch, ...] = ()
    postings: tuple[Posting, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.patches or self.postings)

    def __add__(self, other: Change) -> Change:
        return Change(self.patches + other.patches, self.postings + other.postings)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did a step of a paper, on which device, and when (as stored).

    `approved_by` is the name of the manager who gave the word for it, where it needed one.
    """

    at: str
    who: str = ""
    device_id: str = ""
    device_name: str = ""
    approved_by: str = ""

    @property
    def names(self) -> str:
        """Who did it, and who gave the word for it, if anybody."""
        return f"{self.who}, approved by {self.approved_by}" if self.approved_by else self.who


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """What arrived of a product: `received` units, `damaged` of them; `missing` is given up."""

    received: int = 0
    damaged: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class PaperReceipt:
    """A goods receipt as its paper knows it; one that was undone counts for nothing."""

    receipt_id: str
    number: str
    signature: Signature
    undone: bool
    lines: Mapping[str, ReceivedLine] = field(default_factory=dict)


def movement_id(step: str, device_id: str) -> str:
    """The id of the one movement that a device can make for a step."""
    return str(uuid.uuid5(_STEP, f"{step}|{device_id}"))


def undo_step(undone_id: str) -> str:
    """The step of undoing a movement."""
    return f"undo/{undone_id}"


def arrived(receipts: tuple[PaperReceipt, ...], product_id: str) -> ReceivedLine:
    """What arrived of a product by all receipts that count."""
    lines = [
        one.lines[product_id] for one in receipts if product_id in one.lines and not one.undone
    ]
    return ReceivedLine(
        sum(line.received for line in lines),
        sum(line.damaged for line in lines),
        sum(line.missing for line in lines),
    )
