"""Overselling: why an item is below zero, and what was done about the sales that are short.

A case is an item below zero. It opens and closes with the stock, so it needs no document of its
own; what was done about it is kept in one document for the item, an entry for each settlement.

An entry has a key that follows from the sale, from the round and from the device. A round is how
many settlements of the sale were known before: two devices that settle it apart do it in the same
round, and then the one that goes furthest holds (see `SettlementKind`), the earlier one of equals.
Whoever made the other takes it back when it sees that.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Final

from app.domain.documents.parts import signed
from app.domain.entities import Actor, Movement, StockItem
from app.domain.papers import Change, Patch, Signature, movement_id
from connector_config.schema import order_documents as stored
from connector_config.schema.collections import OVERSELL_CASES

_CASE: Final = uuid.UUID("5f6c2b7e-1d0b-4b58-9a0e-2f1f6a3f7c11")


class SettlementKind(Enum):
    """How a sale is settled; of two kinds chosen at once, the one that stands first here holds.

    `UNKNOWN` is what a newer version of the program wrote.
    """

    UNKNOWN = "unknown"
    CANCEL = "cancel"
    SWAP = "swap"
    TRANSFER = "transfer"
    BACK_ORDER = "back_order"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What somebody did about a sale; `note` is for `for_who`, who sold it on that device.

    Texts are empty where they say nothing: only a transfer has `transfer_id`, and so on.
    """

    key: str
    case_id: str
    store_id: str
    product_id: str
    sale_id: str
    round: int
    kind: SettlementKind
    units: int
    note: str
    for_who: str
    for_device_id: str
    number: str
    signature: Signature
    order_id: str = ""
    from_store_id: str = ""
    transfer_id: str = ""
    transfer_number: str = ""
    return_id: str = ""
    new_order_id: str = ""
    new_number: str = ""
    seen_at: str = ""
    taken_back_at: str = ""

    @property
    def is_notice(self) -> bool:
        """Whether the person who sold it has to tell the customer."""
        return self.kind in (SettlementKind.CANCEL, SettlementKind.SWAP)


@dataclass(frozen=True, slots=True)
class Step:
    """A movement on the way below zero, and the units on hand after it."""

    movement: Movement
    on_hand: int


@dataclass(frozen=True, slots=True)
class Sale:
    """Units that were taken: by an order, or by a movement where there is no order.

    `taken` counts them less what came back, and `short` how many of them were not there. `first`
    is the sale's movement, `settlement` what is under way about the sale, and `round` how often it
    was settled before.
    """

    sale_id: str
    order_id: str
    number: str
    first: Movement
    taken: int
    short: int
    round: int
    settlement: Settlement | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An item below zero: it had `before` units, then came `steps`, oldest first.

    `sales` are those that are short, oldest first; `open` units have nothing under way.
    """

    item: StockItem
    before: int
    steps: tuple[Step, ...]
    sales: tuple[Sale, ...]
    open: int

    @property
    def case_id(self) -> str:
        """The id of the case's document: the same on every device."""
        return case_id(self.item.inventory_id)

    @property
    def short(self) -> int:
        """Units that are owed."""
        return -self.item.on_hand


def case_id(inventory_id: str) -> str:
    """The id of the one document that an item's cases have."""
    return str(uuid.uuid5(_CASE, inventory_id))


def to_case(
    item: StockItem,
    movements: Iterable[Movement],
    settlements: Sequence[Settlement],
    expected: Mapping[str, int],
) -> Case:
    """Explain an item that is below zero.

    `movements` are the item's newest ones; `expected` has the units that are still to come, by id
    of the transfer.
    """
    steps: list[Step] = []
    on_hand = item.on_hand
    for movement in sorted(movements, key=lambda one: (one.at, one.movement_id), reverse=True):
        # Whoever took the last one belongs to the story too.
        if on_hand > 0:
            break
        if movement.quantity:
            steps.append(Step(movement, on_hand))
            on_hand -= movement.quantity
    steps.reverse()
    sales, covered, left = [], 0, -item.on_hand
    # Goods go to whoever was first, so the newest sales are short.
    for sale_id, moved in reversed(_by_sale(steps).items()):
        taken = -sum(one.quantity for one in moved)
        short = min(taken, left)
        if short <= 0:
            continue
        left -= short
        settled = [one for one in settlements if one.sale_id == sale_id]
        under_way = _under_way(settled, moved, expected)
        if under_way is not None:
            covered += min(expected.get(under_way.transfer_id, under_way.units), short)
        first = moved[0]
        order_id = _order_of(first)
        number = first.reference.get("number", "") if order_id else ""
        round_ = max((one.round + 1 for one in settled), default=0)
        sales.append(Sale(sale_id, order_id, number, first, taken, short, round_, under_way))
    return Case(item, on_hand, tuple(steps), tuple(sales[::-1]), max(-item.on_hand - covered, 0))


def settle(
    case: Case,
    sale: Sale,
    kind: SettlementKind,
    note: str,
    actor: Actor,
    at: str,
    made: stored.SettlementMade,
) -> Change:
    """Write a settlement into the item's case; `made` names what the settlement made."""
    settlement: stored.NewSettlement = {
        **signed(actor, at),
        "sale_id": sale.sale_id,
        "round": sale.round,
        "kind": kind.value,
        "units": sale.short,
        "note": note,
        "for_who": sale.first.who,
        "for_device_id": sale.first.device_id,
        "order_id": sale.order_id,
        "number": sale.number,
        **made,
    }
    key = settlement_key(case, sale, actor)
    return _patch(case.item.store_id, case.case_id, {"settlements": {key: settlement}})


def mark_seen(settlement: Settlement, at: str) -> Change:
    """Note that whoever sold it has read what became of it."""
    fields: stored.OversellCaseChange = {"settlements": {settlement.key: {"seen_at": at}}}
    return _patch(settlement.store_id, settlement.case_id, fields)


def mark_taken_back(settlement: Settlement, at: str) -> Change:
    """Note that a settlement came to nothing, because somebody else had settled the sale."""
    fields: stored.OversellCaseChange = {"settlements": {settlement.key: {"taken_back_at": at}}}
    return _patch(settlement.store_id, settlement.case_id, fields)


def settlement_key(case: Case, sale: Sale, actor: Actor) -> str:
    """The key of the one entry that a device can make for a sale in a round."""
    step = f"oversell/{case.case_id}/{sale.sale_id}/{sale.round}"
    return movement_id(step, actor.device.device_id)


def superfluous(settlements: Iterable[Settlement], device_id: str) -> list[Settlement]:
    """The settlements of this device that come to nothing: another holds for the same round."""
    own = []
    standing = [one for one in settlements if not one.taken_back_at]
    for _, its in groupby(sorted(standing, key=_round), _round):
        _, *lost = sorted(its, key=_rank)
        own += [one for one in lost if one.signature.device_id == device_id]
    return own


def _round(one: Settlement) -> tuple[str, int]:
    return one.sale_id, one.round


def _rank(one: Settlement) -> tuple[int, str, str]:
    kinds = list(SettlementKind)
    return kinds.index(one.kind), one.signature.at, one.signature.device_id


def _under_way(
    settlements: Iterable[Settlement], moved: Sequence[Movement], expected: Mapping[str, int]
) -> Settlement | None:
    """The settlement that a sale waits for; None where it came to nothing, or has come already."""
    standing = [one for one in settlements if not one.taken_back_at]
    if not standing:
        return None
    last = max(one.round for one in standing)
    holds = min((one for one in standing if one.round == last), key=_rank)
    if holds.transfer_id and not expected.get(holds.transfer_id, holds.units):
        return None
    if any(one.reference.get("return") == holds.return_id for one in moved if holds.return_id):
        return None
    return holds


def _by_sale(steps: Sequence[Step]) -> dict[str, list[Movement]]:
    found: dict[str, list[Movement]] = {}
    for one in (step.movement for step in steps):
        sale_id = _order_of(one) or one.reference.get("undoes") or one.movement_id
        found.setdefault(sale_id, []).append(one)
    return found


def _order_of(movement: Movement) -> str:
    return movement.reference.get("order", "")


def _patch(store_id: str, case: str, fields: stored.OversellCaseChange) -> Change:
    key = {"store_id": store_id, "case_id": case}
    return Change(patches=(Patch(OVERSELL_CASES, {**key, **fields}),))
