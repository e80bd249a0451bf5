"""`kill -9` at any moment loses nothing that was confirmed."""

from __future__ import annotations

import asyncio
import random
import threading
from pathlib import Path

from app.data.store.session import Session
from tests.helpers import programs
from tests.helpers.stock_room import SEATTLE, StockRoom

KILLS = 20


def work_until_killed(data_dir: Path, confirmed: int, seconds: float) -> list[str]:
    """Let a process work on the store and kill it so long after so many changes; what it said."""
    with programs.start("tests.helpers.worker", data_dir, "work") as worker:
        assert worker.stdout is not None
        assert worker.stderr is not None
        lines: list[str] = []
        # That it was opened and what was proven come first.
        while len(lines) < 2 + confirmed and (line := worker.stdout.readline()):
            lines.append(line)
        killer = threading.Timer(seconds, worker.kill)
        killer.start()
        lines += worker.stdout
        killer.join()
        assert worker.wait() == -9
        assert worker.stderr.read() == ""
    return [line.rstrip("\n") for line in lines if line.endswith("\n")]


def test_a_kill_at_any_moment_loses_nothing_that_was_confirmed(small_dir: Path) -> None:
    random_ = random.Random(11)
    confirmed: set[str] = set()
    for _ in range(KILLS):
        lines = work_until_killed(small_dir, random_.randint(0, 6), random_.uniform(0, 0.02))
        # Each start recovers what the kill before left behind, and proves the whole store.
        assert lines[:2] == ["opened", "proven True"]
        assert all(line.startswith("confirmed ") for line in lines[2:])
        confirmed |= {line.split()[1] for line in lines[2:]}

    async def examine() -> None:
        session = await Session.open(small_dir)
        room = StockRoom(session)
        rows = await session.query("SELECT movement_id FROM stock_movements")
        stored = {row["movement_id"] for row in rows}
        assert len(confirmed) > KILLS
        assert confirmed - stored == set()
        # What was written but not yet confirmed may be there: at most one for each item.
        assert len(stored - confirmed) <= 4 * KILLS
        proof = await room.stock.prove(SEATTLE)
        assert (proof.holds, proof.movements) == (True, len(stored))
        await session.close()

    asyncio.run(examine())
