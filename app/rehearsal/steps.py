"""The steps of a rehearsal with stock, devices and MongoDB; papers are in `paper_steps`."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from connector_config.yaml_files import Model

StoreId = Literal["store_seattle", "store_tacoma"]

STORES: Final[tuple[StoreId, StoreId]] = ("store_seattle", "store_tacoma")
ITEMS: Final = 20
"""How many items each of the stores has."""
CUSTOMERS: Final = 3
"""How many customers each of the stores has."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,12}$")]
Item = Annotated[int, Field(ge=1, le=ITEMS)]
Customer = Annotated[int, Field(ge=1, le=CUSTOMERS)]
Quantity = Annotated[int, Field(ge=1, le=1_000)]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^\d{1,3}[A-Z]-\d{1,6}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class OfPeer(Model):
    """A step of a peer, or one that is done to it, `after` milliseconds in its moment."""

    peer: Name
    after: Annotated[int, Field(ge=0, le=5_000)] = 0


class MayRefuse(OfPeer):
    """A step that is done or refused; `refused` when the peer has to say no."""

    refused: bool = False


class OfItem(OfPeer):
    """A step with an item of the peer's own store, or of another one."""

    item: Item
    store: StoreId | None = None


class Sell(OfItem):
    """Remove units; refused when there are too few, unless it may go below zero."""

    do: Literal["sell"]
    quantity: Quantity
    below_zero: bool = False


class Receive(OfItem):
    """Add units."""

    do: Literal["receive"]
    quantity: Quantity


class Look(OfItem):
    """See how many are on hand: a later count corrects by the difference to that."""

    do: Literal["look"]


class Count(OfItem):
    """Correct the stock to what was counted, given what was seen when the count began."""

    do: Literal["count"]
    counted: Annotated[int, Field(ge=0, le=10_000)]


class Move(OfItem):
    """Put an item at another place, such as 3B-12."""

    do: Literal["move"]
    to: PlaceCode


class Note(OfItem):
    """Write a note about an item."""

    do: Literal["note"]
    text: Text


class Undo(OfPeer):
    """Undo the last change of this peer, or of another one, as this peer knows it."""

    do: Literal["undo"]
    of: Name | None = None


class Rename(OfPeer):
    """Change the first name of a customer."""

    do: Literal["rename"]
    customer: Customer
    first_name: Text


class Order(OfPeer):
    """Take an order: items and how many of each; it moves the stock too."""

    do: Literal["order"]
    customer: Customer
    lines: Annotated[dict[Item, Quantity], Field(min_length=1)]


class Offline(OfPeer):
    """Cut the link of a peer."""

    do: Literal["offline"]


class Online(OfPeer):
    """Restore the link of a peer."""

    do: Literal["online"]


class Kill(OfPeer):
    """End the process of a peer as a power cut does."""

    do: Literal["kill"]


class Start(OfPeer):
    """Start a killed peer on the data it had."""

    do: Literal["start"]


class MongodbAway(Model):
    """Make MongoDB refuse (step down), or end its process as a power cut does (kill)."""

    do: Literal["mongodb_away"]
    how: Literal["step_down", "kill"] = "step_down"
    after: Annotated[int, Field(ge=0, le=5_000)] = 0


class MongodbBack(Model):
    """Bring MongoDB back."""

    do: Literal["mongodb_back"]
    after: Annotated[int, Field(ge=0, le=5_000)] = 0


class Pause(Model):
    """Let some time pass."""

    do: Literal["pause"]
    milliseconds: Annotated[int, Field(ge=1, le=60_000)]


class Settle(Model):
    """Wait until all peers and MongoDB are equal; everything must be online."""

    do: Literal["settle"]
