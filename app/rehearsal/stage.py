"""Plays schedules on real peers and a real MongoDB, one after the other on the same processes."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from app.rehearsal.code_verdict import codes_in
from app.rehearsal.convergence import Converged, converge, held_by_mongodb
from app.rehearsal.goods import Goods, load_goods
from app.rehearsal.journal import Journal
from app.rehearsal.paper_steps import Tidy
from app.rehearsal.player import Player, all_of
from app.rehearsal.processes import PEER, PeerGoneError, PeerPool, Program
from app.rehearsal.schedule import Action, Operation, Schedule, Step
from app.rehearsal.server import Server, serving
from app.rehearsal.steps import (
    Kill,
    MongodbAway,
    MongodbBack,
    Offline,
    OfPeer,
    Online,
    Pause,
    Settle,
    Start,
)
from app.rehearsal.verdict import Held, Verdict, judge
from connector_config.mongodb.mapping import to_mongo
from connector_config.schema.collections import INVENTORY, synced
from seed.mongo.change_streams import enable

CONVERGE_SECONDS: Final = 40.0
"""How long equality may take, after MongoDB was away and links wait before they try again."""

# A correction may call for another one, on another device; see `app.domain.stocktake`.
_ROUNDS: Final = 20


Weather = Callable[[Server], AbstractAsyncContextManager[Collection[str]]]
"""What happens to a MongoDB besides, from the first step of a schedule to its last one.

It gives the ids of the devices that write there besides. When it ends, all documents of MongoDB
must be ones that devices can hold.
"""


def calm(_: Server) -> AbstractAsyncContextManager[Collection[str]]:
    """Nothing happens besides."""
    return nullcontext(())


@dataclass(frozen=True, slots=True)
class Played:
    """How one schedule ended."""

    verdict: Verdict
    journal: Journal
    converged: Sequence[float] = field(default=())
    bytes_moved: int = 0


class Stage:
    """A MongoDB and peers without work; made by `open_stage`."""

    def __init__(
        self,
        folder: Path,
        server: Server,
        pool: PeerPool,
        goods: Goods,
        others: Mapping[str, PeerPool] | None = None,
        weather: Weather = calm,
    ) -> None:
        self._folder = folder
        self.server = server
        self._pool = pool
        self._others = others or {}
        self._weather = weather
        self.goods = goods
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def troupe(
        self, stores: Mapping[str, str], seconds: float = CONVERGE_SECONDS
    ) -> AsyncIterator[Troupe]:
        """Open new devices at some stores, by name, with MongoDB filled anew."""
        folder = self._folder / f"troupe-{next(self._numbers)}"
        self._fill()
        players = {
            name: Player(
                *(name, store, folder / name),
                self._others.get(name, self._pool),
                self.server.settings,
            )
            for name, store in stores.items()
        }
        for name in players:
            (folder / name).mkdir(parents=True)
        try:
            await asyncio.gather(*(one.start() for one in players.values()))
            yield Troupe(self.server, self.goods, players, seconds, self._weather)
            await asyncio.gather(*(one.leave() for one in players.values()))
        except BaseException:
            await asyncio.gather(*(one.kill() for one in players.values()))
            raise
        finally:
            self.server.bring_back()
            shutil.rmtree(folder, ignore_errors=True)

    def _fill(self) -> None:
        for name in (one.name for one in synced()):
            self.server.database[name].delete_many({})
            if its := self.goods.documents.get(name):
                self.server.database[name].insert_many([to_mongo(name, one) for one in its])


@asynccontextmanager
async def open_stage(
    folder: Path,
    peers: int,
    program: Program = PEER,
    others: Mapping[str, Program] | None = None,
    weather: Weather = calm,
    load: Callable[[], Goods] = load_goods,
) -> AsyncIterator[Stage]:
    """Open a stage with its data below a folder, and so many peers ready.

    `others` are the programs of the peers, by name, that are no such `program`; `load` makes what
    MongoDB is filled with.
    """
    log = folder / "peers.log"
    pool = PeerPool(program, log)
    pools = {name: PeerPool(one, log) for name, one in (others or {}).items()}
    for _ in range(peers + 1):
        pool.prepare()
    try:
        goods = await asyncio.to_thread(load)
        with serving(folder / "mongodb") as server:
            list(enable(server.database))
            yield Stage(folder, server, pool, goods, pools, weather)
    finally:
        for one in (pool, *pools.values()):
            await one.end()


class Troupe:
    """Devices that play one schedule after the other, each on what the last one left behind.

    Only the steps of the schedules are played: their peers must be here, at the same stores.
    """

    def __init__(
        self,
        server: Server,
        goods: Goods,
        players: Mapping[str, Player],
        seconds: float,
        weather: Weather,
    ) -> None:
        self._server = server
        self._goods = goods
        self._players = players
        self._seconds = seconds
        self._weather = weather
        self._journal = Journal()
        self._converged: list[Converged] = []

    async def play(self, schedule: Schedule) -> Played:
        """Set the stock, do every step, bring everybody back, and judge."""
        self._journal, self._converged = Journal(), []
        self._set_stock(schedule.stock)
        begun = await self._settle()
        begin = held_by_mongodb(self._server)
        moved = self._server.bytes_moved()
        others: Collection[str] = ()
        if begun.equal:
            async with self._weather(self._server) as others:
                for moment in schedule.moments():
                    await asyncio.gather(*(self._take(step) for step in moment))
            await self._restore()
            await self._settle()
        moved = self._server.bytes_moved() - moved
        held = {}
        reading = {name: one for name, one in self._players.items() if one.knows("read")}
        codes = await all_of(reading, "read", codes=codes_in(self._journal))
        for name, contents in (await all_of(self._players, "held")).items():
            player = self._players[name]
            held[name] = Held(player.store_id, player.scope, contents, codes.get(name, {}))
        verdict = judge(
            self._goods,
            begin,
            self._journal,
            held_by_mongodb(self._server),
            held,
            schedule.expect,
            [one for settled in self._converged for one in settled.stuck],
            others,
        )
        seconds = [one.seconds for one in self._converged[1:] if one.equal]
        return Played(verdict, self._journal, seconds, moved)

    def _set_stock(self, stock: Mapping[int, int]) -> None:
        """On hand, by the part of it that MongoDB owns."""
        inventory = self._server.database[INVENTORY]
        for number, level in stock.items():
            for items in self._goods.items.values():
                key = {"_id": items[number - 1]["inventory_id"]}
                found = inventory.find_one(key) or {}
                opening = level - int(found.get("stock_delta") or 0)
                inventory.update_one(key, {"$set": {"stock_level": opening}})

    async def _take(self, step: Step | Action) -> None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.milliseconds / 1000)
        elif isinstance(step, Settle):
            await self._settle()
        elif isinstance(step, MongodbAway):
            await asyncio.sleep(step.after / 1000)
            await asyncio.to_thread(self._server.send_away, step.how)
        elif isinstance(step, MongodbBack):
            await asyncio.sleep(step.after / 1000)
            await asyncio.to_thread(self._server.bring_back)
        elif isinstance(step, OfPeer):
            await self._of_peer(step)

    async def _of_peer(self, step: OfPeer) -> None:
        player = self._players[step.peer]
        await asyncio.sleep(step.after / 1000)
        if isinstance(step, Kill):
            self._journal.kills += 1
            await player.kill()
        elif isinstance(step, Start):
            await player.start()
        elif isinstance(step, (Offline, Online)):
            # One that is dead is neither.
            with suppress(PeerGoneError):
                await player.ask(step.do)
        elif isinstance(step, Operation):
            await self._perform(player, step)

    async def _restore(self) -> None:
        await asyncio.to_thread(self._server.bring_back)
        await asyncio.gather(*(one.start() for one in self._players.values()))
        await all_of(self._players, "online")

    async def _settle(self) -> Converged:
        """Until all are equal and nobody takes anything back any more."""
        seconds = 0.0
        for _ in range(_ROUNDS):
            settled = await converge(self._players, self._server, self._seconds)
            seconds += settled.seconds
            if not settled.equal or not await self._tidied():
                settled = replace(settled, seconds=seconds)
                break
        else:
            settled = Converged(seconds, (f"still correcting after {_ROUNDS} rounds",), equal=False)
        self._converged.append(settled)
        return settled

    async def _tidied(self) -> bool:
        """Let all do what the app does when documents have arrived; whether there was any."""
        done = len(self._journal.done)
        await asyncio.gather(
            *(
                self._perform(player, Tidy(do="tidy", peer=name))
                for name, player in self._players.items()
            )
        )
        # Only what it wrote tells something.
        fresh = [one for one in self._journal.done[done:] if any(one.evidence.values())]
        self._journal.done[done:] = fresh
        return bool(fresh)

    async def _perform(self, player: Player, step: Operation) -> None:
        devices = {name: one.device_id for name, one in self._players.items()}
        await player.perform(step, self._goods, devices, self._journal)
