"""One peer of a schedule: the same device through all its processes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.rehearsal.code_steps import ScanPack, Teach
from app.rehearsal.contents import scope_of_worker
from app.rehearsal.customer_steps import Merge
from app.rehearsal.goods import Goods
from app.rehearsal.journal import Done, InFlight, Journal
from app.rehearsal.oversell_steps import SeeCase, SeeNoCase, SettleSale
from app.rehearsal.paper_steps import (
    BeginCount,
    BeginReceipt,
    Choose,
    CountIn,
    OfPaper,
    Request,
    Ship,
    TakeIn,
)
from app.rehearsal.people_steps import TakeMuch
from app.rehearsal.processes import (
    PeerFailedError,
    PeerGoneError,
    PeerPool,
    PeerProcess,
    RefusedByPeerError,
)
from app.rehearsal.schedule import Operation
from app.rehearsal.steps import STORES, MayRefuse, OfItem, Order, Rename, Undo
from connector_config.mongodb.connection import MongoSettings
from connector_config.schema.scope import Wanted


class Player:
    """A device with a data folder; while it is dead it has no process."""

    def __init__(
        self, name: str, store_id: str, folder: Path, pool: PeerPool, settings: MongoSettings
    ) -> None:
        self.name = name
        self.store_id = store_id
        self.device_id = ""
        self._folder = folder
        self._pool = pool
        self._settings = settings
        self._process: PeerProcess | None = None

    @property
    def scope(self) -> tuple[Wanted, ...]:
        """The documents that the device holds."""
        lacking = self._pool.program.lacks_collections
        return tuple(o for o in scope_of_worker(self.store_id) if o.collection not in lacking)

    def knows(self, do: str) -> bool:
        """Whether the device can be asked for this; one of an older version may not know it."""
        return do not in self._pool.program.lacks_requests

    async def start(self) -> None:
        """Open the device's store in a new process, and link it."""
        if self._process is not None:
            return
        process = await self._pool.take()
        opened = await process.ask(
            "open",
            data_dir=str(self._folder),
            uri=self._settings.uri,
            database=self._settings.database,
            store=self.store_id,
            name=self.name,
        )
        self.device_id = opened["device_id"]
        self._process = process
        await self.ask("online")

    async def kill(self) -> None:
        """End the process of the device as a power cut does."""
        if self._process is not None:
            process, self._process = self._process, None
            self._pool.prepare()
            await process.kill()

    async def leave(self) -> None:
        """Close the device's store; the process may play another device."""
        if self._process is not None:
            await self.ask("close")
            self._pool.give_back(self._process)
            self._process = None

    async def ask(self, do: str, **arguments: Any) -> Any:
        """Ask the device, and return the answer; see PeerProcess.ask."""
        if self._process is None:
            raise PeerGoneError
        return await self._process.ask(do, **arguments)

    async def perform(
        self, step: Operation, goods: Goods, devices: Mapping[str, str], journal: Journal
    ) -> None:
        """Do a step and note what became of it.

        Does nothing while the device is dead, or where it does not know the step.
        """
        if self._process is None or not self.knows(step.do) or not _is_there(step, journal):
            return
        if isinstance(step, OfPaper):
            arguments = self._about_paper(step, goods, devices, journal)
        else:
            arguments = self._arguments(step, goods, devices)
        try:
            evidence = await self.ask(step.do, **arguments)
        except RefusedByPeerError:
            journal.refused += 1
        except PeerFailedError as error:
            journal.failures.append(f"{step.do} on {self.name}: {error}")
        except PeerGoneError:
            journal.in_flight.append(InFlight(self.name, step, self.device_id, arguments))
        else:
            journal.done.append(Done(self.name, step, evidence))
            if isinstance(step, MayRefuse) and step.refused:
                journal.failures.append(f"{step.do} on {self.name} should be refused")
            if isinstance(step, OfPaper) and "key" in evidence:
                journal.papers.setdefault(step.paper, evidence)

    def _arguments(
        self, step: Operation, goods: Goods, devices: Mapping[str, str]
    ) -> dict[str, Any]:
        given = step.model_dump(exclude={"do", "peer", "after", "store", "refused"})
        if isinstance(step, (SeeCase, SeeNoCase, SettleSale)):
            given["item"] = goods.item_key(self.store_id, step.item)
        if isinstance(step, SeeCase):
            given["taken_by"] = [devices[name] for name in step.taken_by]
        if isinstance(step, OfItem):
            given["item"] = goods.item_key(step.store or self.store_id, step.item)
        if isinstance(step, TakeMuch):
            given["item"] = goods.item_key(self.store_id, step.item)
        if isinstance(step, (Rename, Order, Merge)):
            given["customer"] = goods.customer_key(self.store_id, step.customer)
        if isinstance(step, Merge):
            given["other"] = goods.customer_key(self.store_id, step.other)
        if isinstance(step, Order):
            given["order_id"] = str(uuid.uuid4())
            given["lines"] = [
                (goods.item_key(self.store_id, item), quantity)
                for item, quantity in step.lines.items()
            ]
        if isinstance(step, Teach):
            given["product_id"] = goods.line(self.store_id, given.pop("item"))["product_id"]
        if isinstance(step, ScanPack):
            given["customer"] = goods.customer_key(self.store_id, 1)
            given["order_id"] = str(uuid.uuid4())
        if isinstance(step, Undo):
            given["of"] = devices[step.of or self.name]
        return given

    def _about_paper(
        self, step: OfPaper, goods: Goods, devices: Mapping[str, str], journal: Journal
    ) -> dict[str, Any]:
        hidden = {"do", "peer", "after", "paper", "refused", "transfer", "item", "lines", "of"}
        given = step.model_dump(exclude=hidden)
        if isinstance(step, (Request, Ship, TakeIn, BeginReceipt)):
            # Both stores call a product by the same number.
            lines = step.model_dump()["lines"].items()
            given["lines"] = [(goods.line(self.store_id, item), its) for item, its in lines]
        if isinstance(step, Request):
            given["to_store"] = STORES[step.from_store == STORES[0]]
        elif isinstance(step, (TakeIn, BeginReceipt)):
            # What is written on the box, whether or not the paper has arrived.
            given["number"] = journal.papers[step.transfer]["number"] if step.transfer else ""
        elif not isinstance(step, BeginCount):
            given["key"] = journal.papers[step.paper]["key"]
        if isinstance(step, Ship):
            given["shipment_id"] = str(uuid.uuid4())
        if isinstance(step, (BeginCount, CountIn, Choose)):
            given["item"] = step.item and goods.item_key(self.store_id, step.item)
        if isinstance(step, Choose):
            given["of"] = devices[step.of]
        return given


def _is_there(step: Operation, journal: Journal) -> bool:
    """Whether the paper that a step is about was made."""
    if isinstance(step, (TakeIn, BeginReceipt)):
        return step.transfer is None or step.transfer in journal.papers
    makes = isinstance(step, (Request, BeginCount))
    return not isinstance(step, OfPaper) or makes or step.paper in journal.papers


async def all_of(players: Mapping[str, Player], do: str, **arguments: Any) -> dict[str, Any]:
    """Ask all players at once; returns the answers by name."""
    answers = await asyncio.gather(*(one.ask(do, **arguments) for one in players.values()))
    return dict(zip(players, answers, strict=True))
