"""Begins a shop on a device that has no data yet."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from app.data.papers import papers
from app.data.stock.importing import GoodsImport
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.importing.goods import Goods
from app.domain.shops import NewShop, store_document
from connector_config.errors import UserError
from connector_config.schema.collections import STORES
from connector_config.schema.instants import to_iso

_ANY_STORE: Final = "SELECT _id FROM stores LIMIT 1"


async def begin_shop(
    session: Session, now: Callable[[], datetime], shop: NewShop, goods: Sequence[Goods]
) -> None:
    """Make the first store, and its catalogue of the goods, all of it or nothing.

    Raises UserError where there is a store already, and as `GoodsImport` does.
    """
    importing = GoodsImport(session, now)

    async def work(unit: UnitOfWork) -> None:
        if await unit.query(_ANY_STORE, {}):
            raise UserError("There is a store on this device already: start Zava anew.")
        document = store_document(shop, str(uuid.uuid4()), to_iso(now()))
        await papers.insert(unit, STORES, document)
        if goods:
            await importing.write(unit, goods)

    await session.write(work)
