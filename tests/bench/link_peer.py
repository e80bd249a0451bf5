"""A device in a process of its own, as devices are: says when it has seen what another one wrote.

python -m tests.bench.link_peer DATA_DIR URI DATABASE ITEM MOVEMENTS

Its lines: `live`, then `seen T` for each change of the item's newest movement, and `all T` when so
many movements are there and the ledger holds; T by the monotonic clock that all processes share. It
ends with its stdin.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

from connector_config.mongodb.connection import MongoSettings
from tests.helpers.link import SEATTLE, device


class Peer:
    """The process, as the one that measures sees it."""

    def __init__(self, lines: asyncio.StreamReader) -> None:
        self._lines = lines
        self._seen: asyncio.Queue[float] = asyncio.Queue()
        self.all: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def read(self, live: asyncio.Event) -> None:
        """Take what it says until it ends."""
        while words := (await self._lines.readline()).split():
            if words[0] == b"live":
                live.set()
            elif words[0] == b"seen":
                self._seen.put_nowait(float(words[1]))
            else:
                self.all.set_result(float(words[1]))

    async def seen(self) -> float:
        """When it saw the next change of the item."""
        return await self._seen.get()


@asynccontextmanager
async def peer(
    folder: Path, settings: MongoSettings, item: str, movements: int
) -> AsyncIterator[Peer]:
    """Another device, live; it is linked with the same MongoDB."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.link_peer"),
        *(str(folder), settings.uri, settings.database, item, str(movements)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    peer, live = Peer(process.stdout), asyncio.Event()
    reading = asyncio.create_task(peer.read(live))
    try:
        async with asyncio.timeout(60):
            await live.wait()
        yield peer
    finally:
        process.stdin.close()
        await process.wait()
        await reading


async def _main(folder: Path, settings: MongoSettings, item: str, movements: int) -> None:
    loop = asyncio.get_running_loop()
    ended = loop.run_in_executor(None, sys.stdin.read)
    async with device(folder, settings, name="bob") as bob:
        bob.connect()
        await bob.live()
        cancel = bob.stock.watch_movements(item, 1, lambda _: _say(f"seen {perf_counter()}"))
        _say("live")
        while not ended.done():
            await asyncio.wait([ended], timeout=0.05)
            if movements and await bob.count("stock_movements") >= movements:
                answer = f"all {perf_counter()}"
                proof = await bob.stock.prove(SEATTLE)
                assert proof.holds
                assert proof.movements == movements
                _say(answer)
                movements = 0
        cancel()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    data_dir, uri, database, item_id, count = sys.argv[1:]
    asyncio.run(_main(Path(data_dir), MongoSettings(uri, database), item_id, int(count)))
