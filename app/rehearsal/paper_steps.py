"""The steps of a rehearsal with papers: transfers, goods receipts, stocktakes.

A paper has a name in the schedule, given by the step that makes it. Steps with a paper that was
never made, because its maker was dead or refused, do nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.rehearsal.steps import Item, MayRefuse, Name, OfPeer, Quantity, StoreId
from connector_config.yaml_files import Model

Amount = Annotated[int, Field(ge=0, le=1_000)]
Lines = Annotated[dict[Item, Quantity], Field(min_length=1)]
PaperName = Annotated[str, Field(pattern=r"^[a-z]{1,12}[0-9]{0,4}$")]


class Arrived(Model):
    """The units that came of an item: `damaged` of the `received` ones, `missing` beside them."""

    received: Amount = 0
    damaged: Amount = 0
    missing: Amount = 0


class OfPaper(MayRefuse):
    """A step with a paper."""

    paper: PaperName


class Pressed(OfPaper):
    """A step that the peer may do twice at once, and that counts once."""

    twice: bool = False


class Request(OfPaper):
    """Make a transfer from a store to the other one."""

    do: Literal["request"]
    from_store: StoreId = "store_seattle"
    lines: Lines


class Ship(Pressed):
    """Let goods of a transfer leave; refused when there are too few, unless it may be so."""

    do: Literal["ship"]
    lines: Lines
    below_zero: bool = False


class TakeBack(Pressed):
    """Cancel the last shipment of a transfer that this peer knows, as far as it can."""

    do: Literal["take_back"]


class TakeIn(OfPaper):
    """Receive goods of a transfer, by its number where this peer has not seen it yet."""

    do: Literal["take_in"]
    transfer: PaperName
    lines: Annotated[dict[Item, Arrived], Field(min_length=1)]


class BeginReceipt(OfPaper):
    """Fill in a receipt and do not post it yet; of nothing, or of a transfer as by `take_in`."""

    do: Literal["begin_receipt"]
    transfer: PaperName | None = None
    lines: Annotated[dict[Item, Arrived], Field(min_length=1)]


class PostReceipt(Pressed):
    """Post a receipt that was begun."""

    do: Literal["post_receipt"]


class UndoReceipt(Pressed):
    """Take a posted receipt back."""

    do: Literal["undo_receipt"]


class BeginCount(OfPaper):
    """Begin a stocktake of the shelf of an item, or of the store."""

    do: Literal["begin_count"]
    item: Item | None = None


class CountIn(OfPaper):
    """Count an item in a stocktake."""

    do: Literal["count_in"]
    item: Item
    counted: Amount


class Choose(OfPaper):
    """Let the count of a peer hold, where people counted differently."""

    do: Literal["choose"]
    item: Item
    of: Name


class PostCount(Pressed):
    """Post a stocktake."""

    do: Literal["post_count"]


class Tidy(OfPeer):
    """What every device does by itself: join papers, take back what happened twice."""

    do: Literal["tidy"]


PaperStep = (
    Request
    | Ship
    | TakeBack
    | TakeIn
    | BeginReceipt
    | PostReceipt
    | UndoReceipt
    | BeginCount
    | CountIn
    | Choose
    | PostCount
    | Tidy
)
