"""`zava-connector link`: one store and one MongoDB, kept equal."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connector_config.arguments import folder
from connector_config.paths import DATA_DIR_VARIABLE, default_data_dir
from connector_config.schema.scope import everything_of
from connector_config.wording import counted

if TYPE_CHECKING:
    from connector_config.link.state import LinkState

NAME: Final = "link"
HELP: Final = "join the store of a device and a MongoDB, without a Ditto server"

LINK_VARIABLE: Final = "MONGODB_LOCAL_CONNECTION_STRING"

_DESCRIPTION: Final = f"""\
Keep the store of a data folder and the MongoDB of {LINK_VARIABLE} equal, in both
directions, until Ctrl+C: the part of the managed Ditto connector, played on one machine. For
machines without a Ditto licence, and for tests. Close zava first: a store can be open only once,
and in mode link zava does this itself.

The store gets the catalogue, the stock of all stores, and the orders, customers and movements of
the stores named with --store. What the device wrote and has not sent goes out.

The data folder is --data-dir, else {DATA_DIR_VARIABLE} from the environment or from .env, else the
folder of this user.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.add_argument("--data-dir", type=folder, metavar="DIR", help="the data folder")
    parser.add_argument(
        "--store",
        action="append",
        required=True,
        metavar="ID",
        dest="stores",
        help="a store such as store_seattle; more than once for several",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Join a store and a MongoDB, and print a line each time that the state changes."""
    data_dir: Path = options.data_dir or default_data_dir()
    asyncio.run(_join(data_dir, tuple(sorted(set(options.stores)))))
    return 0


async def _join(data_dir: Path, stores: Sequence[str]) -> None:
    from connector_config.link.link import Link
    from connector_config.link.ready import RefusedError
    from connector_config.link.state import Phase
    from connector_config.mongodb.connection import load_mongo_settings
    from connector_config.store.local_store import open_local_store

    settings = load_mongo_settings(variable=LINK_VARIABLE)
    refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    shown = ""

    def on_state(state: LinkState) -> None:
        nonlocal shown
        if state.phase is Phase.REFUSED and not refused.done():
            refused.set_exception(RefusedError(state.reason))
        if refused.done():
            return
        line = _line(state)
        if line != shown:
            shown = line
            print(line, flush=True)

    device_file = data_dir / "device-id"
    device_id = device_file.read_text(encoding="utf-8").strip() if device_file.exists() else ""
    async with await open_local_store(data_dir) as ditto:
        link = Link(
            ditto, settings, everything_of(stores), device_id, lambda: datetime.now(UTC), on_state
        )
        print(f"Joining {data_dir} and the database {settings.database} of {settings.shown}")
        running = asyncio.ensure_future(link.run())
        try:
            await asyncio.wait([running, refused], return_when=asyncio.FIRST_COMPLETED)
            await (refused if refused.done() else running)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            refused.cancel()


def _line(state: LinkState) -> str:
    from connector_config.link.state import Phase

    parts = [f"{state.phase.value:<11}"]
    if state.phase is Phase.FIRST_SYNC:
        # A line for each tenth of the way.
        tenth = 10 * state.done // max(state.total, 1)
        parts.append(f"{tenth * 10} % of {counted(state.total, 'document')}")
    if state.reason:
        parts.append(state.reason)
    if state.parked:
        parts.append(f"{counted(state.parked, 'document')} cannot be exchanged")
    return " ".join(parts).rstrip()
