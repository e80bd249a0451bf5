"""A device of its own that syncs by Ditto, for the tests that need a licence.

    python -m tests.helpers.sync_peer DATA_DIR ORDER_ID

With the settings of its environment; prints `phase PHASE` at each change, `has ORDER_ID` when that
order is here, and then writes one of its own, `answer`; ends when its input is closed.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.config.syncing import make_sync
from app.data.store.device import load_device
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.data.sync.modes import choose, connection
from app.data.sync.service import SyncService
from app.domain.entities import Profile, Role
from app.settings import load_settings
from connector_config.schema.collections import ORDERS
from tests.helpers.two_stores import SEATTLE, document


class Kept(dict[str, Any]):
    """Preferences in memory."""

    def value(self, key: str, default: Any = None, /) -> Any:
        return self.get(key, default)

    def setValue(self, key: str, value: Any, /) -> None:
        self[key] = value

    def sync(self) -> None:
        """Nothing to write."""


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


async def start(data_dir: Path, environment: dict[str, str] | None = None) -> Any:
    """The sync and the session of a device at Seattle."""
    settings = load_settings(str(data_dir), environment=environment, dotenv=Path("missing"))
    mode = choose(settings).mode
    session = await Session.open(data_dir, now, connection(settings, mode))
    device = load_device(data_dir)
    sync = make_sync(session, settings, Kept(), device, now)
    await sync.open()
    await sync.enter(Profile(SEATTLE, Role.WORKER, data_dir.name), "Seattle", device)
    return sync, session


async def sell(session: Session, name: str, store_id: str = SEATTLE) -> None:
    """Write an order."""

    async def work(unit: UnitOfWork) -> None:
        its = document(ORDERS, store_id, name)
        await unit.insert(ORDERS, "INSERT INTO orders DOCUMENTS (:document)", its)

    await session.write(work)


async def has(session: Session, name: str) -> bool:
    """Whether an order is here."""
    rows = await session.query(
        "SELECT order_id FROM orders WHERE order_id = :id", {"id": f"{name}-order_id"}
    )
    return bool(rows)


async def _main(data_dir: Path, order: str) -> None:
    sync: SyncService
    sync, session = await start(data_dir)
    shown = ""
    closed = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    answered = False
    while not closed.done():
        if (phase := sync.state.report.phase.value) != shown:
            shown = phase
            print("phase", phase, flush=True)
        if not answered and await has(session, order):
            answered = True
            print("has", order, flush=True)
            await sell(session, "answer")
        await asyncio.sleep(0.1)
    await sync.close()
    await session.close()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2]))
