"""The schedule of a rehearsal, step by step; a script file holds one.

Items and customers are numbered from 1 in each store, the same in every rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field

from app.rehearsal.code_steps import CodeStep
from app.rehearsal.customer_steps import CustomerStep
from app.rehearsal.oversell_steps import OversellStep
from app.rehearsal.paper_steps import PaperName, PaperStep
from app.rehearsal.people_steps import PeopleStep
from app.rehearsal.steps import (
    Count,
    Customer,
    Item,
    Kill,
    Look,
    MongodbAway,
    MongodbBack,
    Move,
    Name,
    Note,
    Offline,
    Online,
    Order,
    Pause,
    PlaceCode,
    Receive,
    Rename,
    Sell,
    Settle,
    Start,
    StoreId,
    Text,
    Undo,
)
from connector_config.errors import DataFileError
from connector_config.yaml_files import Model, parse

Operation = (
    Sell
    | Receive
    | Look
    | Count
    | Move
    | Note
    | Undo
    | Rename
    | Order
    | CustomerStep
    | PeopleStep
    | PaperStep
    | OversellStep
    | CodeStep
)
Action = Annotated[
    Operation | Offline | Online | Kill | Start | MongodbAway | MongodbBack,
    Field(discriminator="do"),
]


class AtOnce(Model):
    """Several actions at the same moment."""

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
    """What everybody must hold in the end of a store, or of one of its items, customers or papers.

    Of a transfer, `received` and what follows are units of the item, or of all; of a stocktake,
    `counted` are all counts of the item in their order, and `posted` is what they changed.
    """

    store: StoreId = "store_seattle"
    item: Item | None = None
    on_hand: int | None = None
    place: PlaceCode | None = None
    note: Text | None = None
    customer: Customer | None = None
    first_name: Text | None = None
    stands_for: int | None = None
    """How many customers are one person with this one, itself included; one of them stands."""
    orders: int | None = None
    """How many orders the store has got."""
    cancelled: int | None = None
    """How many orders of the store were cancelled."""
    settled: list[Text] | None = None
    """How sales of the item were settled, in the order of time; what was taken back is left out."""
    paper: PaperName | None = None
    state: Text | None = None
    shipped: int | None = None
    returned: int | None = None
    received: int | None = None
    missing: int | None = None
    in_transit: int | None = None
    counted: list[int] | None = None
    posted: int | None = None


class Schedule(Model):
    """The peers and their stores, on hand at the start by item, the steps, and the outcome."""

    about: str = ""
    peers: Annotated[dict[Name, StoreId], Field(min_length=1, max_length=16)]
    stock: dict[Item, Annotated[int, Field(ge=0, le=10_000)]] = {}
    steps: Annotated[list[Step], Field(min_length=1)]
    expect: list[Expected] = []

    def moments(self) -> Iterator[tuple[Step | Action, ...]]:
        """The steps that happen at the same time, in the order of time."""
        for step in self.steps:
            yield tuple(step.steps) if isinstance(step, AtOnce) else (step,)


def read_script(path: Path) -> Schedule:
    """Read a script file; raises DataFileError with the line that is wrong."""
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
