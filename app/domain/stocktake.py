"""Stocktakes: what a count says, whatever else is sold, received or synced before and after it.

**The argument.** Somebody counts `c` units of an item at the moment `T`. Everything that physically
happened to the item before `T`, on any device, is in `c`, whether or not the counting device knows
of it yet; nothing that happens after `T` is. So when all has been synced the right stock is

    c + (all movements after T)

The book says `level + (all movements before T) + (all movements after T)`. So the count posts

    d = c - (level + all movements before T)                                             (*)

and the book is right, for any set of movements after `T`, which (*) does not mention: a sale after
the count is never lost. "Before T" means: its effective time is `T` or earlier, or the counting
device had already seen it at `T` (`seen_ahead`: the clock of its maker is ahead, but what was seen
has happened). A movement that was made before `T` on a device that was offline and arrives a week
later changes the right side of (*) by its quantity, and (*) is then posted anew as a correction of
the difference: the sale was in `c`, so it is not counted twice. `late` says how much.

Which device? Corrections come from the device that posted the count, and from it alone, so that
they are made once (`app.domain.papers`, rule 1). When two devices posted the same count before they
met, the one with the smaller id stands for it, and the other takes its own movement back.

A count that was withdrawn, as when the wrong product was scanned, says nothing. Whoever withdrew it
may not have known that it was posted elsewhere: each device that posted it takes its own movement
back.

Several counts. A posted count is itself a movement, effective at its `T`, so a later count sees an
earlier one as part of the book, wherever and whenever either was posted; (*) for the first count
depends on no later one, (*) for the second only on the first, and so on: corrections settle in that
order, and the last count is what holds. An undo takes effect when the movement that it undoes did,
because it corrects the book and not the shelf: undoing an entry from before a count changes nothing
on balance, and the screens do not offer it.

What it rests on: clocks of devices that do not see each other are right. A clock that is wrong by a
minute can put a sale of that minute on the wrong side of a count; what a device did itself, and
what it had seen, is always on the right side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.entities import Place, Reason, StockItem
from app.domain.errors import PaperError
from app.domain.papers import Change, Document, Patch, Posting, Signature
from connector_config.schema import paper_documents as stored
from connector_config.schema.collections import STOCKTAKES


@dataclass(frozen=True, slots=True)
class Stocktake:
    """A session that counts a store, an aisle (`shelf` empty) or a shelf."""

    store_id: str
    stocktake_id: str
    number: str
    name: str
    aisle: str
    shelf: str
    blind: bool
    signature: Signature
    chosen: Mapping[str, str]
    posted_by: Mapping[str, str]
    cancelled: bool

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {"store_id": self.store_id, "stocktake_id": self.stocktake_id}

    @property
    def is_open(self) -> bool:
        """Whether people still count."""
        return not self.posted_by and not self.cancelled

    def covers(self, place: Place) -> bool:
        """Whether the stocktake counts a place."""
        return (not self.aisle or self.aisle == place.aisle) and (
            not self.shelf or self.shelf == place.shelf
        )


@dataclass(frozen=True, slots=True)
class Count:
    """One person's count of one item at the moment `signature.at`; see the module."""

    store_id: str
    count_id: str
    stocktake_id: str
    inventory_id: str
    product_id: str
    quantity: int
    stock_level: int
    seen_ahead: frozenset[str]
    signature: Signature
    withdrawn: bool = False

    @property
    def at(self) -> str:
        """When the item was counted, as stored."""
        return self.signature.at


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """An item of a stocktake before posting; quantities in units, `unit_cost` in US dollars.

    `expected` is what the book said at the moment of the chosen count, `difference` what posting
    adds. Without a choice (nobody counted it, or people counted differently) both are None.
    """

    item: StockItem
    counts: tuple[Count, ...]
    differences: tuple[int, ...]
    chosen: Count | None
    expected: int | None
    difference: int | None
    posted: bool
    unit_cost: Decimal

    @property
    def value(self) -> Decimal:
        """What the difference is worth at cost, in US dollars."""
        return self.unit_cost * (self.difference or 0)

    @property
    def disputed(self) -> bool:
        """Whether people counted differently and nobody has chosen."""
        return bool(self.counts) and self.chosen is None


def effective(movement: Document) -> str:
    """The moment from which a movement document counts, as stored."""
    return str(movement.get("effective_at") or movement["at"])


def is_before(movement: Document, count: Count) -> bool:
    """Whether a movement had happened on the shelf when somebody counted."""
    of_count = (movement.get("reference") or {}).get("count")
    if of_count == count.count_id:
        return False
    moment = effective(movement)
    if moment == count.at:
        # Counts of one moment stand in one order on every device.
        return not of_count or of_count < count.count_id
    return moment < count.at or movement["movement_id"] in count.seen_ahead


def is_of(movement: Document, count: Count, device_id: str) -> bool:
    """Whether a movement is one that a device posted for a count."""
    of_count = (movement.get("reference") or {}).get("count")
    return of_count == count.count_id and movement["device_id"] == device_id


def book(count: Count, moved: int, newer: Iterable[Document]) -> int:
    """What the book has for the moment of a count, in units.

    `moved` is the sum of all movements of the item, `newer` those of them written after the count,
    or more of them.
    """
    after = sum(int(one["quantity"]) for one in newer if not is_before(one, count))
    return count.stock_level + moved - after


def late(count: Count, moved: int, newer: Sequence[Document], device_id: str) -> int:
    """Units by which the movements that a device posted for a count are off by now.

    The result is 0 when the device posted none. `moved` and `newer` as for `book`.
    """
    own = [one for one in newer if (one.get("reference") or {}).get("count") == count.count_id]
    makers = {one["device_id"] for one in own}
    if device_id not in makers:
        return 0
    posted = sum(int(one["quantity"]) for one in own if is_of(one, count, device_id))
    holds = device_id == min(makers) and not count.withdrawn
    wanted = count.quantity - book(count, moved, newer) if holds else 0
    return wanted - posted


def choose(stocktake: Stocktake, counts: Sequence[Count], differences: Sequence[int]) -> int | None:
    """The position of the count that holds for an item; None where people disagree.

    A person's newest count replaces the older ones of that person. Counts agree when their
    differences do: a sale between two counts of the same shelf makes no dispute.
    """
    named = stocktake.chosen.get(counts[0].inventory_id) if counts else None
    newest: dict[tuple[str, str], int] = {}
    for position, count in sorted(enumerate(counts), key=lambda one: (one[1].at, one[1].count_id)):
        if count.count_id == named:
            return position
        newest[count.signature.who, count.signature.device_id] = position
    if len({differences[position] for position in newest.values()}) != 1:
        return None
    return max(newest.values(), key=lambda position: (counts[position].at, position))


def review_line(
    stocktake: Stocktake,
    item: StockItem,
    counts: Sequence[Count],
    newer: Sequence[Document],
    unit_cost: Decimal = Decimal("0.00"),
) -> ReviewLine:
    """The line of an item for the review; `newer` as for `book`, of the oldest count."""
    expected = [book(count, item.stock_delta, newer) for count in counts]
    differences = [count.quantity - one for count, one in zip(counts, expected, strict=True)]
    position = choose(stocktake, counts, differences)
    chosen = None if position is None else counts[position]
    posted = {(one.get("reference") or {}).get("count") for one in newer}
    return ReviewLine(
        item=item,
        counts=tuple(counts),
        differences=tuple(differences),
        chosen=chosen,
        expected=None if position is None else expected[position],
        difference=None if position is None else differences[position],
        posted=chosen is not None and chosen.count_id in posted,
        unit_cost=unit_cost,
    )


def posting(count: Count, quantity: int, revision: int) -> Posting:
    """The movement of a count; revisions after 0 correct it for what arrived late."""
    return Posting(
        count.store_id,
        count.product_id,
        Reason.COUNTED,
        quantity,
        f"count/{count.count_id}/{revision}",
        {"count": count.count_id, "stocktake": count.stocktake_id},
        inventory_id=count.inventory_id,
        effective_at=count.at,
    )


def close(stocktake: Stocktake, device_id: str, at: str) -> Change:
    """Mark a stocktake as posted by a device."""
    return _patch(stocktake, {"posted_by": {device_id: at}})


def let_hold(stocktake: Stocktake, count: Count) -> Change:
    """Let a count of its item hold; raises PaperError where the stocktake is finished."""
    _refuse_finished(stocktake)
    return _patch(stocktake, {"chosen": {count.inventory_id: count.count_id}})


def cancel(stocktake: Stocktake, at: str) -> Change:
    """Stop counting and post nothing; raises PaperError where the stocktake is finished."""
    _refuse_finished(stocktake)
    return _patch(stocktake, {"cancelled_at": at})


def _refuse_finished(stocktake: Stocktake) -> None:
    if not stocktake.is_open:
        raise PaperError("This stocktake is finished: begin a new one.")


def _patch(stocktake: Stocktake, fields: stored.StocktakeChange) -> Change:
    return Change(patches=(Patch(STOCKTAKES, {**stocktake.key, **fields}),))
