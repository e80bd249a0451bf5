"""What the steps of papers write has the shapes that a MongoDB is checked against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.domain.entities import Place
from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS
from seed.mongo.validation.documents import check_documents
from tests.app.data.papers.test_papers import TOM, Papers, carried_by_both, product
from tests.helpers.stock_room import ANN, StockRoom

WRITTEN = (
    names.TRANSFERS,
    names.REPLENISHMENTS,
    names.GOODS_RECEIPTS,
    names.STOCKTAKES,
    names.STOCKTAKE_COUNTS,
    names.STOCK_MOVEMENTS,
    names.INVENTORY,
)


async def test_what_is_written_has_the_shapes(
    room: StockRoom, new_database: Callable[[], MongoSettings]
) -> None:
    paperwork = Papers(room)
    item = await carried_by_both(paperwork)
    transfer, shipment = await paperwork.shipped(item, 5)
    transfer = await paperwork.transfers.pick(transfer, {item.product_id: 5}, ANN)
    receipt = await paperwork.receiving.begin(TOM, transfer)
    receipt = await paperwork.receiving.set_line(receipt, product(item), 2, ANN, damaged=1)
    await paperwork.receiving.post(receipt, TOM)
    await paperwork.receiving.undo(receipt, TOM)
    rest = await paperwork.receiving.begin(TOM, transfer)
    await paperwork.receiving.post(
        await paperwork.receiving.set_line(rest, product(item), 1, ANN), TOM
    )
    await paperwork.transfers.cancel_shipment(transfer, shipment, ANN)
    await paperwork.transfers.cancel(transfer, ANN)
    order = await paperwork.orders.create(ANN, {item.product_id: (product(item), 3)})
    order = await paperwork.orders.order(order, ANN)
    came = await paperwork.receiving.begin(ANN, order)
    await paperwork.receiving.post(
        await paperwork.receiving.set_line(came, product(item), 1, ANN), ANN
    )
    await paperwork.orders.cancel(order, ANN)
    stocktake = await paperwork.stocktakes.open(ANN, "")
    count = await paperwork.stocktakes.count(stocktake, item, 5, ANN)
    await paperwork.stocktakes.choose(stocktake, count, ANN)
    await paperwork.stocktakes.post(stocktake, ANN)
    await paperwork.places.add(item, Place("9", "Z", "1"), ANN)

    with open_database(new_database()) as database:
        for name in WRITTEN:
            rows = await room.session.query(f"SELECT * FROM {name} LIMIT 500")
            assert rows
            business_id = COLLECTIONS[name].id_fields[-1]
            database[name].insert_many([{**row, "_id": row[business_id]} for row in rows])
        failed = [
            (one.collection, one.check, one.detail)
            for name in WRITTEN
            for one in check_documents(database, name, date(2018, 1, 1), date(2026, 12, 1))
            if one.passed is False
        ]
        assert failed == []

        path = f"lines.{item.product_id}.requested"
        database[names.TRANSFERS].update_one({}, {"$set": {path: "five"}})
        found = check_documents(database, names.TRANSFERS, date(2018, 1, 1), date(2026, 12, 1))
        assert [one.check for one in found if one.passed is False and one.check == "types"]
