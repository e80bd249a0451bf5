"""A real store with the demo data, opened as the program opens it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.data.store.session import Session
from tests.helpers.stock_room import StockRoom


@pytest.fixture
def data_dir(small_dir: Path) -> Path:
    """A data folder of one's own with the small demo and the indexes."""
    return small_dir


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
