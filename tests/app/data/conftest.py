"""A real store with the demo data, opened as the program opens it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.data.store.session import Session
from connector_config.store.local_indexes import ensure_indexes
from tests.helpers.stock_room import StockRoom


@pytest.fixture(scope="session")
def stocked_template(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo data with the indexes, which take a second to make; copy it, never open it."""
    folder = tmp_path_factory.mktemp("stocked")
    shutil.copytree(demo_template, folder, dirs_exist_ok=True)

    async def index() -> None:
        session = await Session.open(folder)
        await ensure_indexes(session.query)
        await session.close()

    asyncio.run(index())
    return folder


@pytest.fixture
def data_dir(stocked_template: Path, tmp_path: Path) -> Path:
    """A data folder of one's own with the demo data and the indexes."""
    return shutil.copytree(stocked_template, tmp_path / "data")


@pytest.fixture
async def session(data_dir: Path) -> AsyncIterator[Session]:
    """An open store with the demo data."""
    session = await Session.open(data_dir)
    yield session
    await session.close()


@pytest.fixture
def room(session: Session) -> StockRoom:
    """The stock of that store."""
    return StockRoom(session)
