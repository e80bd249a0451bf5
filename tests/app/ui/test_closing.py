"""Closing the window right after work was done in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.client import Client
from app.data.store.session import Session
from app.domain.entities import Profile, Reason, Role
from app.domain.errors import SyncError
from app.run import utc_now
from app.settings import Settings
from app.ui.core.actions import Actions
from app.ui.core.command import Command
from tests.helpers.hands import SKU, Hands, somebody
from tests.helpers.stock_room import SEATTLE, StockRoom


async def test_what_was_asked_for_is_done_before_the_store_is_closed(
    qapp: QApplication, demo_dir: Path
) -> None:
    client = Client(qapp, Settings(demo_dir, theme="light"), utc_now)
    await client.start(await Session.open(demo_dir))
    await client.sign_in(Profile(SEATTLE, Role.WORKER, "Maya"))
    item = await Hands(client).item(SKU)

    async def find() -> None:
        await client.session.query("SELECT * FROM stores LIMIT 1")
        await client.repositories.stock.adjust(item, 1, Reason.FOUND, somebody(SEATTLE))

    actions = Actions(client)
    for _ in range(20):
        actions.add(find)
    Command(find, client).execute()
    await client.close()
    client.window.deleteLater()

    session = await Session.open(demo_dir)
    assert (await StockRoom(session).stored(item)).on_hand == item.on_hand + 21
    await session.close()


async def test_a_sign_in_that_fails_leaves_nothing_open(
    qapp: QApplication, demo_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(qapp, Settings(demo_dir, theme="light"), utc_now)
    await client.start(await Session.open(demo_dir))
    before = len(client.session._watches)
    followed: list[bool] = []

    async def refuse(*_: object) -> None:
        followed.append(len(client.session._watches) > before)
        raise SyncError("It cannot be asked for now.")

    monkeypatch.setattr(client.sync, "enter", refuse)
    with pytest.raises(SyncError):
        await client.sign_in(Profile(SEATTLE, Role.WORKER, "Maya"))
    assert followed == [True]
    assert client.workplace is None
    assert len(client.session._watches) == before
    await client.close()
    client.window.deleteLater()
