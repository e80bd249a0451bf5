"""Devices with the real link and the app's own session, and a server, all of them simulated."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from app.data.store.unit_of_work import UnitOfWork
from app.domain.errors import StorageError
from connector_config.link.state import Phase
from connector_config.mongodb.connection import MongoSettings
from connector_config.mongodb.mapping import mongo_id, to_device
from connector_config.schema.collections import (
    INVENTORY,
    REPLENISHMENTS,
    STOCK_MOVEMENTS,
    ditto_id,
)
from connector_config.schema.instants import to_iso
from connector_config.store.local_only import ECHOES, OUTBOX, PARKED
from connector_config.store.outbox import text_of
from tests.connector_config.link.simulation.client import Client
from tests.connector_config.link.simulation.machine import COLLECTIONS_HELD, Machine, time_at
from tests.connector_config.link.simulation.server import Document, Server

SEATTLE, TACOMA = STORES = ("store_seattle", "store_tacoma")
AT = "2026-11-20T08:00:00.000Z"
_COMMON = {"deleted": False, "created_at": AT, "updated_at": AT}
# Seconds after which all have to be equal once everything works again.
_PATIENCE = 45.0

_PUT = {
    name: f"INSERT INTO {name} DOCUMENTS (:document) ON ID CONFLICT DO UPDATE"
    for name in COLLECTIONS_HELD
}
_ONE = {name: f"SELECT * FROM {name} USE IDS LIST :ids" for name in COLLECTIONS_HELD}
_INSERT = {name: f"INSERT INTO {name} DOCUMENTS (:document)" for name in COLLECTIONS_HELD}
_INCREMENT = (
    "UPDATE inventory USE IDS LIST :ids "
    "APPLY stock_delta INCREMENT BY :quantity SET last_updated = :at"
)


class ApartError(AssertionError):
    """Something is lost, or not equal in the end."""


class World:
    """Some machines and the server, and what was written on them."""

    def __init__(
        self, seed: int, names: Sequence[str], items: int, papers: int, elsewhere: Sequence[str]
    ) -> None:
        self.seed = seed
        self.server = Server()
        self.items = [_item(number, SEATTLE) for number in range(items)]
        self.papers = [_paper(f"p{number}", SEATTLE) for number in range(papers)]
        if elsewhere:
            self.items.append(_item(items, TACOMA))
            self.papers.append(_paper(f"p{papers}", TACOMA))
        for name, documents in ((INVENTORY, self.items), (REPLENISHMENTS, self.papers)):
            for one in documents:
                self.server.insert(name, {"_id": mongo_id(name, one), **one})
        self.machines = {
            name: Machine(seed, self.server, name, TACOMA if name in elsewhere else SEATTLE)
            for name in names
        }
        self.clocks_decide = False
        self.trace: list[str] = []
        self.unexpected: list[str] = []
        """What nobody expected: the link goes on after it, and yet something is wrong."""
        self.moved: dict[str, int] = {}
        self.entries: set[tuple[str, str]] = set()
        self.deleted: set[str] = set()
        self.damaged: set[str] = set()
        # Who wrote a field, and what, in the order of writing.
        self.words: dict[tuple[str, str], list[tuple[str, Any]]] = defaultdict(list)
        # What somebody wrote another word over, knowing it.
        self.past: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._numbers = 0

    def at(self, late: float = 0.0) -> str:
        """The time as it is stored, by a clock that is so many seconds late or early."""
        return to_iso(time_at(late))

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def log(self, words: str) -> None:
        self.trace.append(f"{asyncio.get_running_loop().time():8.3f} {words}")

    def wrote(self, who: str, name: str, before: Document, fields: Document) -> None:
        """Somebody stored fields of a document, which were as `before`."""
        text = text_of(ditto_id(name, before))
        for field, value in fields.items():
            self.words[text, field].append((who, value))
            self.past[text, field].append(before.get(field))

    # --- what devices do ----------------------------------------------------------------------

    async def put(self, machine: Machine, name: str, document: Document, **fields: Any) -> bool:
        """Change fields of a document on a device, if it is there; whether that was stored."""
        its = ditto_id(name, document)
        before: list[Document] = []

        async def work(unit: UnitOfWork) -> None:
            before.extend(await unit.query(_ONE[name], {"ids": [its]}))
            if before:
                change = {"_id": its, **fields, "updated_at": machine.at()}
                await unit.update(name, _PUT[name], {"document": change})

        if not await self._written(machine, work) or not before:
            return False
        self.wrote(machine.name, name, before[0], fields)
        return True

    async def insert(self, machine: Machine, name: str, document: Document) -> bool:
        """Store a new document on a device."""
        return await self._written(machine, lambda unit: unit.insert(name, _INSERT[name], document))

    async def move_stock(self, machine: Machine, item: Document, quantity: int, note: str) -> None:
        """Move stock, and change a field of the item in the same transaction where `note` is."""
        its = ditto_id(INVENTORY, item)
        if text_of(its) not in machine.documents.get(INVENTORY, {}):
            return
        before: list[Document] = []
        movement = {
            "store_id": item["store_id"],
            "movement_id": f"m{self.number()}",
            "inventory_id": item["inventory_id"],
            "quantity": quantity,
            "device_id": machine.name,
            **_COMMON,
        }

        async def work(unit: UnitOfWork) -> None:
            at = movement["at"] = machine.at()
            await unit.insert(STOCK_MOVEMENTS, _INSERT[STOCK_MOVEMENTS], movement)
            await unit.count(INVENTORY, _INCREMENT, {"ids": [its], "quantity": quantity, "at": at})
            if note:
                before.extend(await unit.query(_ONE[INVENTORY], {"ids": [its]}))
                change = {"_id": its, "notes": note, "last_counted": at, "updated_at": at}
                await unit.update(INVENTORY, _PUT[INVENTORY], {"document": change})

        if await self._written(machine, work):
            self.moved[movement["movement_id"]] = quantity
            if note:
                self.wrote(machine.name, INVENTORY, before[0], {"notes": note})

    async def count(self, machine: Machine, item: Document, seconds: float) -> None:
        """An item is as the book says, and that is stored so long after the clock was read."""
        its, at = ditto_id(INVENTORY, item), machine.at()
        await asyncio.sleep(seconds)

        async def work(unit: UnitOfWork) -> None:
            if await unit.query(_ONE[INVENTORY], {"ids": [its]}):
                change = {"_id": its, "last_counted": at}
                await unit.update(INVENTORY, _PUT[INVENTORY], {"document": change})

        await self._written(machine, work)

    # --- what the back office does wrong ------------------------------------------------------

    def damage(self, item: Document) -> None:
        """Set a value that no device can store."""
        self.damaged.add(item["inventory_id"])
        self.server.update(INVENTORY, item["inventory_id"], {"$set": {"weight": float("nan")}})

    async def _mend(self) -> None:
        for its in sorted(self.damaged):
            while self.server.is_held(INVENTORY, its):
                await asyncio.sleep(0.01)
            self.server.update(INVENTORY, its, {"$set": {"weight": 1}})

    async def _written(self, machine: Machine, work: Callable[[UnitOfWork], Any]) -> bool:
        try:
            await machine.session.write(work)
        except (StorageError, asyncio.CancelledError):
            # A write that a power cut interrupts is stored before it is said to be, or not at all.
            return False
        return True

    # --- the end ------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Let everything work again, and wait until all are equal; raises ApartError."""
        loop = asyncio.get_running_loop()
        self.server.is_away = False
        for machine in self.machines.values():
            await machine.heal()
        await self._mend()
        self.log("all works again")
        deadline = loop.time() + _PATIENCE
        while True:
            await asyncio.sleep(0.5)
            wrong = list(self._unsettled()) or list(self._differences())
            if not wrong:
                break
            if loop.time() > deadline:
                raise ApartError("\n".join(wrong))
        if lost := [*self.unexpected, *self._lost()]:
            raise ApartError("\n".join(lost))

    def _unsettled(self) -> Iterator[str]:
        for machine in self.machines.values():
            if machine.found:
                # It is a net, and must not hide what the link lets fall.
                raise ApartError(f"{machine.name}: the self-check had to mend {machine.found}")
            if error := machine.crashed():
                raise ApartError(f"{machine.name}: the link ended") from error
            if machine.state.phase is not Phase.LIVE:
                yield f"{machine.name}: {machine.state.phase} {machine.state.reason}"
            for name in (OUTBOX, PARKED, ECHOES):
                for row in machine.documents.get(name, {}).values():
                    # Of what a device does not hold, nobody tells it that it was deleted.
                    if name != PARKED or machine.holds(row["_id"]):
                        yield f"{machine.name}: {name} {row}"

    def _differences(self) -> Iterator[str]:
        for name in COLLECTIONS_HELD:
            theirs = {}
            for document in self.server.collections[name].values():
                fitting = to_device(name, document)
                theirs[text_of(fitting["_id"])] = fitting
            for machine in self.machines.values():
                both = (machine.documents.get(name, {}), theirs)
                yield from _different(machine.name, name, *map(machine.covered(name), both))
        sums: dict[str, int] = defaultdict(int)
        for one in self.server.collections[STOCK_MOVEMENTS].values():
            sums[one["inventory_id"]] += one["quantity"]
        for item in self.server.collections[INVENTORY].values():
            total, told = sums[item["inventory_id"]], item.get("stock_delta", 0)
            if total != told:
                yield f"{item['_id']}: its movements are {total} units, and its sum says {told}"

    def _lost(self) -> Iterator[str]:
        """What was stored on a device and is not anywhere."""
        there = self.server.collections
        for its in self.moved.keys() - there[STOCK_MOVEMENTS].keys():
            yield f"movement {its} is lost"
        for paper, entry in self.entries:
            if paper in self.deleted:
                continue
            if entry not in there[REPLENISHMENTS].get(paper, {}).get("entries", {}):
                yield f"entry {entry} of {paper} is lost"
        documents = {
            text_of(ditto_id(name, one)): one
            for name in (INVENTORY, REPLENISHMENTS)
            for one in there[name].values()
        }
        for (text, field), words in self.words.items():
            if text not in documents or field == "entries":
                continue
            value = documents[text].get(field)
            if value in self.past[text, field] and not self.clocks_decide:
                yield f"{field} of {text} is {value} again, of what was written: {words}"
            elif value not in [word for _, word in words]:
                yield f"{field} of {text} is {value}, which nobody wrote"


def _different(
    who: str, name: str, ours: dict[str, Document], theirs: dict[str, Document]
) -> Iterable[str]:
    for text in ours.keys() | theirs.keys():
        if text not in ours or text not in theirs:
            yield f"{who}: {name} {text} is only {'here' if text in ours else 'in MongoDB'}"
            continue
        left, right = {"stock_delta": 0, **ours[text]}, {"stock_delta": 0, **theirs[text]}
        for field in sorted(left.keys() | right.keys()):
            if left.get(field) != right.get(field):
                yield f"{who}: {name} {text}: {field} {left.get(field)}, there {right.get(field)}"


def _item(number: int, store: str) -> Document:
    return {
        "store_id": store,
        "inventory_id": f"i{number}",
        "product_id": f"p{number}",
        "location": {"aisle": "1", "shelf": "A", "bin": "0"},
        "stock_level": 50,
        "notes": "",
        "last_updated": AT,
        "last_counted": AT,
        **_COMMON,
    }


def _paper(its: str, store: str) -> Document:
    return {"store_id": store, "replenishment_id": its, "status": "open", "entries": {}, **_COMMON}


def new_paper(its: str, store: str, at: str) -> Document:
    """A paper that a device makes."""
    return _paper(its, store) | {"created_at": at, "updated_at": at}


@contextmanager
def simulated_clients(world: World) -> Iterator[None]:
    """The link's clients are those of the machines, and what it logs as unexpected is a failure."""

    def client(settings: MongoSettings) -> Client:
        return world.machines[settings.uri].client()

    def unexpected(words: str, exc_info: BaseException) -> None:
        world.unexpected.append(f"{words}: {exc_info!r}")

    with (
        patch("connector_config.link.link.new_async_client", client),
        patch("connector_config.link.failures._log.error", unexpected),
        patch("connector_config.link.incoming._log.warning", unexpected),
        patch("connector_config.link.self_check.EVERY", timedelta(seconds=2)),
    ):
        yield


def digest(world: World) -> str:
    """A text that differs where two runs differ."""
    told = [str(one.event) for one in world.server.history]
    return hashlib.sha256("\n".join([*world.trace, *told]).encode()).hexdigest()
