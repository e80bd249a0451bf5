"""Real sync by Ditto; these need a licence in the environment and skip, saying so, without one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.data.sync.state import Phase
from connector_config.mongodb.server import free_port
from tests.helpers.programs import ROOT
from tests.helpers.sync_peer import has, sell, start
from tests.helpers.waiting import until

pytestmark = pytest.mark.licensed

SECONDS = 40.0
TOKEN = os.environ.get("DITTO_OFFLINE_TOKEN", "")
CLOUD = ("DITTO_SERVER_URL", "DITTO_APP_ID", "DITTO_DEVELOPMENT_TOKEN")


def other_device(folder: Path, variables: Mapping[str, str]) -> subprocess.Popen[str]:
    """A process that syncs; it answers the order `first`, and ends with its stdin."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.sync_peer", str(folder), "first"],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(not TOKEN, reason="needs an offline licence in DITTO_OFFLINE_TOKEN")
async def test_two_processes_exchange_over_loopback_tcp(tmp_path: Path):
    address = f"127.0.0.1:{free_port()}"
    base = {"DITTO_OFFLINE_TOKEN": TOKEN, "ZAVA_SYNC": "p2p"}
    with other_device(tmp_path / "ben", {**base, "ZAVA_TCP_LISTEN": address}) as ben:
        sync, session = await start(tmp_path / "maya", {**base, "ZAVA_TCP_CONNECT": address})
        try:
            assert sync.state.report.phase is not Phase.TROUBLE, sync.state.sentence
            await until(lambda: sync.connected, "the other process", SECONDS)
            await until(
                lambda: sync.state.report.peers[0].who == "ben, store worker", "a name", SECONDS
            )
            await sell(session, "first")
            await until(lambda: sync.outbox.pending == 1, "the order to wait")
            await until(lambda: sync.outbox.pending == 0, "its delivery", SECONDS)
            assert sync.state.tone == "ok"

            await sync.go_offline()
            assert not sync.connected
            await sell(session, "second")
            await until(lambda: sync.outbox.pending == 1, "the second to wait")
            await sync.go_online()
            await until(lambda: sync.outbox.pending == 0, "its delivery", SECONDS)
            async with asyncio.timeout(SECONDS):
                while not await has(session, "answer"):
                    await asyncio.sleep(0.1)
        finally:
            await sync.close()
            await session.close()
            ben.kill()


@pytest.mark.skipif(
    not all(os.environ.get(name) for name in CLOUD), reason=f"needs {', '.join(CLOUD)}"
)
async def test_a_development_token_signs_in_to_ditto_cloud(tmp_path: Path):
    environment = {name: os.environ[name] for name in CLOUD} | {"ZAVA_SYNC": "cloud"}
    sync, session = await start(tmp_path, environment)
    try:
        await until(lambda: sync.connected, f"Ditto Cloud ({sync.state.sentence})", SECONDS)
        assert any("Signed in" in one.text for one in sync.state.log)
        await sync.sign_out(remove=False)
        assert sync.state.report.phase is Phase.SIGNED_OUT
    finally:
        await sync.close()
        await session.close()
