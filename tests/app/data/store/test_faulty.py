"""All faulty documents of a device are listed, and leave the list when they are mended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ditto import QueryResult

from app.data.stock.feed import StockFeed
from app.data.stock.stock import DittoStockRepository
from app.data.store import faulty
from app.data.store.faulty import DittoFaultyDocuments
from app.data.store.session import Session
from app.domain.documents.faults import fault_of
from app.domain.entities import Reason, StockItem, StockState
from app.domain.errors import FaultyDocumentError, ShortStockError
from connector_config.schema.collections import INVENTORY, PRODUCTS, synced
from tests.helpers.nasty import bad, good
from tests.helpers.stock_room import ANN, Heard

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


async def test_they_are_listed_until_they_are_mended(tmp_path: Path) -> None:
    session = await Session.open(tmp_path)
    documents = DittoFaultyDocuments(session)
    product = good(PRODUCTS) | {"base_price": "12,50"}
    item = good(INVENTORY) | {"stock_level": 7.5}
    gone = good(INVENTORY, "gone") | {"stock_level": "?", "deleted": True}
    put = "INSERT INTO {} DOCUMENTS (:document) ON ID CONFLICT DO UPDATE"
    await session.query(put.format(PRODUCTS), {"document": product})
    for one in (item, gone, good(INVENTORY, "well")):
        await session.query(put.format(INVENTORY), {"document": one})
    found = [(one.collection, one.key, one.brief) for one in await documents.find()]
    assert found == [
        (PRODUCTS, product["_id"], 'base_price is "12,50", which is no number'),
        (INVENTORY, item["_id"], "stock_level is 7.5, which is no whole number"),
    ]
    await session.query(put.format(PRODUCTS), {"document": product | {"base_price": 12.5}})
    await session.query(put.format(INVENTORY), {"document": item | {"stock_level": "7.0"}})
    assert await documents.find() == []
    await session.close()


async def test_a_collection_is_read_a_page_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await Session.open(tmp_path)
    many = [good(PRODUCTS, f"p{at:02}") for at in range(25)]
    many += [good(PRODUCTS, f"a{at}") | {"base_price": "?"} for at in range(7)]
    await session.query("INSERT INTO products DOCUMENTS (:many)", {"many": many})
    monkeypatch.setattr(faulty, "_IDS_PAGE", 10)
    monkeypatch.setattr(faulty, "_PAGE", 4)
    read: list[int] = []

    def counts(execute: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*asked: Any) -> QueryResult:
            result: QueryResult = await execute(*asked)
            read.append(len(result.items))
            return result

        return counted

    monkeypatch.setattr(session.peer.store, "execute", counts(session.peer.store.execute))
    found = await DittoFaultyDocuments(session).find()
    assert {one.key for one in found} == {one["_id"] for one in many[25:]}
    assert max(read) == 10
    read.clear()
    monkeypatch.setattr(faulty, "_MOST", 3)
    assert len(await DittoFaultyDocuments(session).find()) == 3
    assert [one for one in read if one] == [10, 4], "no more than is shown"
    await session.close()


async def test_a_session_that_is_closed_meanwhile_waits_for_the_reader(tmp_path: Path) -> None:
    session = await Session.open(tmp_path)
    many = [good(PRODUCTS, f"p{at}") for at in range(500)]
    await session.query("INSERT INTO products DOCUMENTS (:many)", {"many": many})
    looking = asyncio.ensure_future(DittoFaultyDocuments(session).find())
    await asyncio.sleep(0)
    looking.cancel()
    await session.close()
    assert looking.cancelled() or looking.done()


def test_every_collection_has_its_faults() -> None:
    for collection in synced():
        assert fault_of(collection.name, good(collection.name)) is None, collection.name
        assert any(fault_of(collection.name, one.document) for one in bad(collection.name))


async def test_a_decimal_is_a_number_and_what_is_faulty_moves_no_stock(tmp_path: Path) -> None:
    session = await Session.open(tmp_path)
    stock = DittoStockRepository(session, lambda: NOW, StockFeed(session))
    place = {"aisle": "3", "shelf": "B", "bin": "1"}
    well = good(INVENTORY, "well") | {"stock_level": "7.0", "reorder_threshold": "7"}
    wrong = good(INVENTORY, "wrong") | {"stock_level": "7,0"}
    for one in (well, wrong):
        del one["stock_delta"]
        document = one | {"location": place}
        await session.query("INSERT INTO inventory DOCUMENTS (:one)", {"one": document})
    heard = Heard[list[StockItem]]()
    cancel = stock.watch_shelf("store_seattle", "3", "B", heard)
    await heard.until(lambda items: len(items) == 2)
    seven, faulty = heard.last
    assert (seven.on_hand, seven.state, seven.fault) == (7, StockState.LOW, "")
    assert faulty.state is StockState.FAULTY
    assert faulty.place == seven.place
    low = Heard[list[StockItem]]()
    cancel_low = stock.watch_low("store_seattle", low)
    await low.until(lambda items: [one.inventory_id for one in items] == [seven.inventory_id])
    await stock.adjust(seven, -7, Reason.DAMAGED, ANN)
    with pytest.raises(ShortStockError):
        await stock.adjust(seven, -1, Reason.DAMAGED, ANN)
    with pytest.raises(FaultyDocumentError, match="stock_level"):
        await stock.adjust(faulty, -1, Reason.DAMAGED, ANN)
    assert (await stock.prove("store_seattle")).holds
    # The observer hears of the mending, and of nothing else.
    mend = "UPDATE inventory SET stock_level = 9 WHERE _id = :id"
    await session.query(mend, {"id": wrong["_id"]})
    await heard.until(lambda items: {one.on_hand for one in items} == {0, 9})
    cancel()
    cancel_low()
    await session.close()
