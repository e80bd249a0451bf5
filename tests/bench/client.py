"""A real client in this process, signed in, with its window shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.client import Client
from app.run import run_client
from app.settings import Settings
from app.ui.shell.workplace import Workplace
from tests.bench.report import Figure
from tests.bench.stores import STORE

Work = Callable[[Client, Workplace], Awaitable[list[Figure]]]

_PATIENCE = 120.0


def with_client(data_dir: Path, work: Work) -> list[Figure]:
    """Sign in on the store of a data folder and do `work`."""
    figures: list[Figure] = []

    async def stay(client: Client, _closing: asyncio.Event) -> int:
        client.window.show()
        screen = client.sign_in_screen
        assert screen is not None
        screen.name.setText("Bench")
        QTest.keyClick(screen.name, Qt.Key.Key_Return)
        await until(lambda: client.workplace is not None)
        assert client.workplace is not None
        await until(lambda: client.window.isActiveWindow())
        figures.extend(await work(client, client.workplace))
        return 0

    if run_client(Settings(data_dir=data_dir, store_id=STORE, theme="light"), stay):
        raise RuntimeError(f"the client did not start on {data_dir}")
    return figures


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something to be true."""
    async with asyncio.timeout(_PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)
