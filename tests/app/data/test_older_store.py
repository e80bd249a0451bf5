"""A store that version 0.1.0 wrote works: what is in it is there, and one goes on with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.config.repositories import Repositories
from app.data.stock.catalogue import StoreDirectory
from app.data.store.device import load_device
from app.data.store.faulty import DittoFaultyDocuments
from app.data.store.session import Session
from app.domain.entities import Actor, Profile, Reason, Role
from app.domain.scans import ScannedProduct
from connector_config.store.local_indexes import ensure_indexes
from tests.helpers import older_store
from tests.helpers.older_store import OPENING, RECEIVED, SOLD

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORE = "store_seattle"


def now() -> datetime:
    """A time after that of the store."""
    return datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


class Older:
    """The store, open."""

    def __init__(self, session: Session, data_dir: Path) -> None:
        self.session = session
        self.repositories = Repositories(session, now, STORE)
        self.actor = Actor(Profile(STORE, Role.WORKER, "Ben"), load_device(data_dir))

    async def item(self) -> Any:
        """The hammer in Seattle."""
        listing = self.repositories.catalogue.listing("prod_hnd_hammer_001")
        assert listing is not None and listing.key is not None
        (item,) = await self.repositories.stock.items([listing.key])
        return item


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def older(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Older]:
    """Opened as the program opens it."""
    data_dir = tmp_path_factory.mktemp("older")
    older_store.unpack(data_dir)
    session = await Session.open(data_dir, now)
    await ensure_indexes(session.query)
    opened = Older(session, data_dir)
    await opened.repositories.catalogue.open(STORE)
    yield opened
    opened.repositories.catalogue.close()
    await session.close()


async def test_what_is_in_it_is_there(older: Older) -> None:
    stores = await StoreDirectory(older.session).stores()
    assert len(stores) == 8
    assert all(not one.fault for one in stores)
    assert await DittoFaultyDocuments(older.session).find() == []
    scan = older.repositories.catalogue.read("HND-HAMMER-001")
    assert scan.meaning == ScannedProduct("prod_hnd_hammer_001")
    assert (await older.item()).on_hand == OPENING + RECEIVED - SOLD
    proof = await older.repositories.stock.prove(STORE)
    assert proof.holds


async def test_one_goes_on_with_it(older: Older) -> None:
    stock = older.repositories.stock
    before = (await older.item()).on_hand
    movement = await stock.adjust(await older.item(), -3, Reason.CORRECTION, older.actor, "", False)
    assert (await older.item()).on_hand == before - 3
    await stock.undo(movement, older.actor)
    assert (await older.item()).on_hand == before
    order = await older.repositories.orders.find(STORE, "ord_0_1_0")
    assert order is not None
    assert [line.quantity for line in order.lines] == [SOLD]
    assert (await stock.prove(STORE)).holds
