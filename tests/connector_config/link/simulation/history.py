"""Histories: what happens to devices and the server, drawn from a seed, played, and shortened."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from connector_config.schema.collections import INVENTORY, REPLENISHMENTS
from tests.connector_config.link.simulation.loop import simulate
from tests.connector_config.link.simulation.machine import Machine
from tests.connector_config.link.simulation.world import (
    STORES,
    ApartError,
    World,
    digest,
    new_paper,
    simulated_clients,
)

NAMES = ("ann", "bob", "cem", "dan", "eva")


@dataclass(frozen=True)
class Happening:
    """One thing that happens, `after` seconds; `which` item or paper, and a number for the rest."""

    kind: str
    who: str
    after: float
    which: int = 0
    amount: int = 0


@dataclass(frozen=True)
class History:
    """All that happens; `seed` says how long everything takes."""

    seed: int
    names: tuple[str, ...]
    items: int
    papers: int
    happenings: tuple[Happening, ...]
    elsewhere: tuple[str, ...] = ()
    """Who works in another store, if there is one."""
    right_clocks: bool = False
    clocks_decide: bool = False
    """Whether, of two edits of a field, a clock that is wrong may let the earlier one stand: one
    that is on its way can come back where a third, by a later clock, beat the one after it."""


_WORK = {
    "move": 6,
    "note": 6,
    "stock": 5,
    "stock and note": 3,
    "entry": 5,
    "status": 3,
    "paper": 1,
    "office": 4,
    "office deletes": 0.3,
}
_DAMAGE = "office damages"
_COUNTED = "counted right"
_TROUBLE = {
    "kill": 1.5,
    "dies": 2,
    "offline": 2.5,
    "online": 3,
    "step down": 1,
    "back": 3,
    "loses": 2,
    "fails": 1.5,
    "lag": 3,
    "disk": 1.5,
    "forget": 0.2,
}


def drawn(seed: int, length: int = 30) -> History:
    """A history from a seed."""
    chance = Random(seed)
    names = NAMES[: chance.choice((2, 2, 3, 3, 4, 5))]
    items, papers = chance.choice((1, 1, 2)), 1
    kinds = {**_WORK, **_TROUBLE}
    happenings = tuple(
        Happening(
            kind,
            chance.choice(names),
            chance.choice((0.0, 0.002, 0.01, 0.05, chance.uniform(0, 0.3), chance.uniform(0, 5))),
            chance.randrange(3 if chance.random() < 0.3 else items),
            chance.randint(1, 4),
        )
        for kind in chance.choices([*kinds], [*kinds.values()], k=chance.randint(5, length))
    )
    # By another chance, so that all else of a seed is as it was.
    quiet = Random(f"quiet {seed}")
    if quiet.random() < 0.3:
        moment = Happening("quiet", names[0], quiet.uniform(8, 25))
        place = quiet.randint(1, len(happenings))
        happenings = (*happenings[:place], moment, *happenings[place:])
    counting = Random(f"counting {seed}")
    for _ in range(counting.choice((0, 0, 1, 3))):
        moment = Happening(
            _COUNTED,
            counting.choice(names),
            counting.choice((0.0, 0.01, counting.uniform(0, 0.3))),
            counting.randrange(items),
            counting.randint(1, 4),
        )
        place = counting.randint(0, len(happenings))
        happenings = (*happenings[:place], moment, *happenings[place:])
    elsewhere = names[chance.randint(1, len(names)) :] if chance.random() < 0.4 else ()
    return History(seed, names, items, papers, happenings, elsewhere)


def damaged(history: History) -> History:
    """A history in which documents also get a value in MongoDB that no device can store.

    When everything works again, they are mended.
    """
    chance = Random(f"{history.seed} damage")
    happenings = list(history.happenings)
    for _ in range(chance.randint(1, 4)):
        one = Happening(_DAMAGE, history.names[0], chance.uniform(0, 0.5), chance.randrange(3))
        happenings.insert(chance.randrange(len(happenings) + 1), one)
    return replace(history, happenings=tuple(happenings))


def play(history: History, then: Callable[[World], Awaitable[None]] | None = None) -> str:
    """Play a history; raises ApartError with what happened. Gives a digest of the run.

    `then` is done when all are equal.
    """
    # The link's pauses after failures are drawn from this one.
    random.seed(history.seed)

    async def run() -> str:
        world = World(history.seed, history.names, history.items, history.papers, history.elsewhere)
        world.clocks_decide = history.clocks_decide
        if history.right_clocks:
            for machine in world.machines.values():
                machine.late = 0.0
        with simulated_clients(world):
            player = _Player(world, history.right_clocks)
            try:
                for machine in world.machines.values():
                    machine.start()
                await asyncio.sleep(0.5)
                for happening in history.happenings:
                    await player.play(happening)
                await player.ended()
                await world.settle()
                if then is not None:
                    await then(world)
            except ApartError as error:
                raise ApartError("\n".join([str(error), "", *world.trace])) from error
            finally:
                for machine in world.machines.values():
                    await machine.offline()
            return digest(world)

    return simulate(run)


def failure(history: History) -> str:
    """What went wrong in a history, empty when nothing did."""
    try:
        play(history)
    except AssertionError as error:
        return str(error)
    return ""


def shortest(history: History) -> History:
    """A history that fails like this one, of which nothing can be left out."""
    size = max(1, len(history.happenings) // 2)
    while True:
        start, found = 0, False
        while start < len(history.happenings):
            fewer = history.happenings[:start] + history.happenings[start + size :]
            shorter = replace(history, happenings=fewer)
            if failure(shorter):
                history, found = shorter, True
            else:
                start += size
        if size == 1 and not found:
            return history
        size = max(1, size // 2)


def told(history: History) -> str:
    """A history as one reads it, with what went wrong in the end."""
    lines = [f"seed {history.seed}, {len(history.names)} devices, {history.items} items"]
    lines += [
        f"  +{one.after:.3f} {one.who} {one.kind} {one.which} {one.amount}"
        for one in history.happenings
    ]
    return "\n".join([*lines, failure(history)])


def first_failing(seeds: Iterable[int]) -> int | None:
    """The first of some seeds whose history fails."""
    return next((seed for seed in seeds if failure(drawn(seed))), None)


class _Player:
    def __init__(self, world: World, right_clocks: bool) -> None:
        self._world = world
        self._right_clocks = right_clocks
        self._under_way: list[asyncio.Task[Any]] = []

    async def play(self, one: Happening) -> None:
        await asyncio.sleep(one.after)
        world, machine = self._world, self._world.machines[one.who]
        world.log(f"{one.who} {one.kind} {one.which} {one.amount}")
        if one.kind in ("kill", "offline"):
            # Whatever comes next comes after it.
            await (machine.kill() if one.kind == "kill" else machine.offline())
        elif one.kind in (*_WORK, _DAMAGE, _COUNTED):
            self._under_way.append(asyncio.ensure_future(self._work(one, machine)))
        else:
            self._trouble(one, machine)

    async def ended(self) -> None:
        await asyncio.gather(*self._under_way)

    async def _work(self, one: Happening, machine: Machine) -> None:
        world = self._world
        number = world.number()
        item = world.items[one.which % len(world.items)]
        paper = world.papers[one.which % len(world.papers)]
        its = paper["replenishment_id"]
        match one.kind:
            case "move":
                place = {"aisle": str(number), "shelf": one.who, "bin": str(number)}
                await world.put(machine, INVENTORY, item, location=place)
            case "note":
                await world.put(machine, INVENTORY, item, notes=f"{one.who} {number}")
            case "stock":
                await world.move_stock(machine, item, one.amount, "")
            case "stock and note":
                await world.move_stock(machine, item, -one.amount, f"{one.who} {number}")
            case "entry":
                entry = {f"e{number}": {"quantity": one.amount, "who": one.who}}
                if await world.put(machine, REPLENISHMENTS, paper, entries=entry):
                    world.entries.add((its, f"e{number}"))
            case "status":
                await world.put(machine, REPLENISHMENTS, paper, status=f"{one.who} {number}")
            case "paper":
                # Perhaps one that this device is never told of again.
                store = machine.store_id if one.amount < 4 else STORES[one.which % 2]
                made = new_paper(f"p{len(world.papers)}", store, machine.at())
                world.papers.append(made)
                await world.insert(machine, REPLENISHMENTS, made)
            case "counted right":
                await world.count(machine, item, one.amount * 0.02)
            case "office":
                await self._office(item, number)
            case "office damages":
                await self._free(INVENTORY, item["inventory_id"])
                world.damage(item)
            case "office deletes":
                world.deleted.add(its)
                await self._free(REPLENISHMENTS, its)
                world.server.delete(REPLENISHMENTS, its)

    async def _office(self, item: dict[str, Any], number: int) -> None:
        world, its = self._world, item["inventory_id"]
        await self._free(INVENTORY, its)
        # Who works there has another clock.
        late = 5.0 if number % 3 == 0 and not self._right_clocks else 0.0
        change = {"stock_level": 50 + number, "notes": f"office {number}"}
        before = world.server.collections[INVENTORY][its]
        world.server.update(INVENTORY, its, {"$set": {**change, "updated_at": world.at(late)}})
        world.wrote("office", INVENTORY, before, change)

    async def _free(self, name: str, its: Any) -> None:
        """The server lets it wait for a transaction that has the document in hand."""
        while self._world.server.is_held(name, its):
            await asyncio.sleep(0.01)

    def _trouble(self, one: Happening, machine: Machine) -> None:
        server = self._world.server
        match one.kind:
            case "dies":
                machine.kill_after_commit(one.amount * one.amount - 1)
            case "online":
                machine.online()
            case "step down":
                server.step_down()
            case "back":
                server.is_away = False
            case "loses":
                machine.trouble(loses=one.amount)
            case "fails":
                machine.trouble(fails=one.amount)
            case "lag":
                machine.trouble(lag=(one.amount - 1) * 0.7)
            case "disk":
                machine.disk.fails = 1
            case "forget":
                server.forget()
            case "quiet":
                pass  # devices look for themselves while nothing happens
            case kind:
                raise NotImplementedError(kind)
