"""What happens in a rehearsal, step by step; a script file holds one of these.

Items and customers are numbered from 1 in each store, the same in every rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import Field, StringConstraints

from connector_config.errors import DataFileError
from connector_config.yaml_files import Model, parse

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
    """Something a peer does, or that is done to it, `after` milliseconds in its moment."""

    peer: Name
    after: Annotated[int, Field(ge=0, le=5_000)] = 0


class OfItem(OfPeer):
    """Something about an item of the peer's own store, or of another one."""

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


Operation = Sell | Receive | Look | Count | Move | Note | Undo | Rename | Order
Action = Annotated[
    Operation | Offline | Online | Kill | Start | MongodbAway | MongodbBack,
    Field(discriminator="do"),
]


class AtOnce(Model):
    """Several at the same moment."""

    do: Literal["at_once"]
    steps: Annotated[list[Action], Field(min_length=1)]


Step = Annotated[
    Operation
    | Offline
    | Online
    | Kill
    | Start
    | MongodbAway
    | MongodbBack
    | Pause
    | Settle
    | AtOnce,
    Field(discriminator="do"),
]


class Expected(Model):
    """What everybody must hold in the end, of an item or of a customer of a store."""

    store: StoreId = "store_seattle"
    item: Item | None = None
    on_hand: int | None = None
    place: PlaceCode | None = None
    note: Text | None = None
    customer: Customer | None = None
    first_name: Text | None = None
    orders: int | None = None
    """How many orders the store has got."""


class Schedule(Model):
    """Who takes part and where, on hand at the start by item, what happens, what must come out."""

    about: str = ""
    peers: Annotated[dict[Name, StoreId], Field(min_length=1, max_length=16)]
    stock: dict[Item, Annotated[int, Field(ge=0, le=10_000)]] = {}
    steps: Annotated[list[Step], Field(min_length=1)]
    expect: list[Expected] = []

    def moments(self) -> Iterator[tuple[Step | Action, ...]]:
        """What happens at the same time, in the order of time."""
        for step in self.steps:
            yield tuple(step.steps) if isinstance(step, AtOnce) else (step,)


def read_script(path: Path) -> Schedule:
    """A script file; raises DataFileError with the line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise DataFileError(f"The script {path} cannot be read: check its name.") from None
    schedule = parse(text, path.name, Schedule)
    for number, moment in enumerate(schedule.moments()):
        named = {getattr(step, part, None) for step in moment for part in ("peer", "of")} - {None}
        if unknown := sorted(map(str, named - schedule.peers.keys())):
            script: Any = yaml.compose(text)
            steps = next(its for key, its in script.value if key.value == "steps")
            raise DataFileError(
                f"{path.name}, line {steps.value[number].start_mark.line + 1}: there is no peer "
                f"{unknown[0]}: add it to peers, or name one of {', '.join(schedule.peers)}."
            )
    return schedule


def to_script(schedule: Schedule) -> str:
    """The text of a script file."""
    content = schedule.model_dump(exclude_defaults=True)
    content["steps"] = [_verb_first(step) for step in content["steps"]]
    return yaml.safe_dump(content, sort_keys=False, width=100, default_flow_style=None)


def _verb_first(step: dict[str, Any]) -> dict[str, Any]:
    inner = {"steps": [_verb_first(one) for one in step["steps"]]} if "steps" in step else {}
    return {"do": step["do"], **step, **inner}
