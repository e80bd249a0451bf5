"""The catalogue in memory follows the store: new, renamed, moved and odd products."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from app.data.stock.catalogue import DittoCatalogue, StoreDirectory
from app.data.stock.feed import StockFeed
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.entities import Place, Reason
from tests.helpers.stock_room import ANN, SEATTLE, STORE_IDS, StockRoom, key_of
from tests.helpers.waiting import PATIENCE

NAMES = {
    "emoji": "🔨 Hammer 👩🏽‍🔧 Deluxe",
    "right to left": "مطرقة ثقيلة\u200f",
    "ten thousand characters": "Zq" + "ö" * 9_997 + "x",
    "ten thousand digits": "7" * 10_000,
    "lines": "Hammer\nwith\r\nlines",
    "blanks": "   ",
}


class Watcher:
    """Counts how often a catalogue changed and waits for what should follow."""

    def __init__(self, catalogue: DittoCatalogue) -> None:
        self.changes = 0
        self.cancel = catalogue.on_changed(self._on_changed)

    def _on_changed(self) -> None:
        self.changes += 1

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.005)


@pytest.fixture
async def catalogue(session: Session) -> AsyncIterator[DittoCatalogue]:
    """The catalogue as seen from Seattle."""
    catalogue = DittoCatalogue(session, StockFeed(session))
    await catalogue.open(SEATTLE)
    yield catalogue
    catalogue.close()


async def insert(session: Session, **fields: Any) -> None:
    """Store a product as a peer would send it."""
    document = {"_id": "prod_new", "product_id": "prod_new", "deleted": False} | fields
    await session.query("INSERT INTO products DOCUMENTS (:document)", {"document": document})


async def test_the_stores_come_by_name(session: Session) -> None:
    stores = await StoreDirectory(session).stores()
    assert sorted(store.store_id for store in stores) == STORE_IDS
    assert [store.name for store in stores] == sorted(store.name for store in stores)
    assert [store.store_id for store in stores if store.is_online] == ["store_online"]
    assert all(store.city for store in stores)


async def test_it_knows_every_product_with_its_place_here(
    catalogue: DittoCatalogue, room: StockRoom
) -> None:
    assert catalogue.search("", 10).total == 424
    item = await room.item()
    listing = catalogue.listing(item.product_id)
    assert listing is not None
    assert (listing.key, listing.place) == (key_of(item), item.place)
    assert listing.product.category
    assert listing.product.type
    assert listing.product.price > 0
    assert catalogue.read(listing.product.sku.lower()).product_id == item.product_id
    assert item.product_id in catalogue.search(item.place.code, 50).product_ids


async def test_what_is_stocked_here_comes_first_and_by_name(catalogue: DittoCatalogue) -> None:
    listings = [catalogue.listing(one) for one in catalogue.search("", 1000).product_ids]
    stocked = [one is not None and one.key is not None for one in listings]
    assert stocked == sorted(stocked, reverse=True)
    assert {True, False} <= set(stocked)


async def test_a_product_comes_with_its_description_and_specifications(
    catalogue: DittoCatalogue, room: StockRoom
) -> None:
    item = await room.item()
    product = await catalogue.product(item.product_id)
    assert product is not None
    assert product.description
    assert product.specifications
    listing = catalogue.listing(item.product_id)
    assert listing is not None
    assert (product.category, product.type) == (listing.product.category, listing.product.type)
    assert await catalogue.product("prod_unknown") is None
    assert catalogue.listing("prod_unknown") is None


async def test_it_does_not_change_with_a_sale(catalogue: DittoCatalogue, room: StockRoom) -> None:
    item = await room.item()
    watcher = Watcher(catalogue)
    await room.stock.adjust(item, -1, Reason.LOST, ANN)
    await asyncio.sleep(0.3)
    await room.stock.move(item, Place("99", "Z", "7"), ANN)
    await watcher.until(lambda: catalogue.search("99Z-7", 5).total)
    assert watcher.changes == 1


async def test_a_new_product_can_be_found(catalogue: DittoCatalogue, session: Session) -> None:
    watcher = Watcher(catalogue)
    await insert(
        session,
        sku="NEW-001",
        product_name="Quokka Feeder",
        base_price=12.5,
        category_id="cat_power_tools",
        type_id="type_power_saws",
    )
    await watcher.until(lambda: catalogue.search("quoka", 5).product_ids == ("prod_new",))
    assert catalogue.read("new-001").product_id == "prod_new"
    listing = catalogue.listing("prod_new")
    assert listing is not None
    assert (listing.key, listing.place) == (None, None)
    assert listing.product.price == Decimal("12.50")
    assert listing.product.category == "Power Tools"
    assert watcher.changes == 1


async def test_a_product_that_arrives_in_parts_breaks_nothing(
    catalogue: DittoCatalogue, session: Session
) -> None:
    watcher = Watcher(catalogue)
    await insert(session)
    await watcher.until(lambda: catalogue.listing("prod_new"))
    product = await catalogue.product("prod_new")
    assert product is not None
    assert (product.name, product.sku, product.price) == ("prod_new", "", Decimal("0.00"))
    assert catalogue.search("", 1000).total == 425


async def test_a_renamed_product_keeps_every_character(
    catalogue: DittoCatalogue, room: StockRoom
) -> None:
    def is_called(name: str) -> bool:
        listing = catalogue.listing(item.product_id)
        return listing is not None and listing.product.name == name

    item = await room.item()
    watcher = Watcher(catalogue)
    for name in NAMES.values():
        await room.session.query(
            "UPDATE products SET product_name = :name WHERE _id = :id",
            {"name": name, "id": item.product_id},
        )
        await watcher.until(partial(is_called, name))
        if name.strip():
            assert catalogue.search(name, 5).product_ids[0] == item.product_id
        assert catalogue.search("", 1000).total == 424


async def test_a_moved_product_is_found_at_its_new_place(
    catalogue: DittoCatalogue, room: StockRoom
) -> None:
    item = await room.item()
    watcher = Watcher(catalogue)
    movement = await room.stock.move(item, Place("99", "Z", "7"), ANN)
    await watcher.until(lambda: catalogue.search("99Z-7", 5).product_ids == (item.product_id,))
    listing = catalogue.listing(item.product_id)
    assert listing is not None
    assert listing.place == Place("99", "Z", "7")
    await room.stock.undo(movement, ANN)
    await watcher.until(lambda: catalogue.search("99Z-7", 5).total == 0)


async def test_a_deleted_product_is_gone(catalogue: DittoCatalogue, room: StockRoom) -> None:
    item = await room.item()
    watcher = Watcher(catalogue)
    await room.session.query(
        "UPDATE products SET deleted = true WHERE _id = :id", {"id": item.product_id}
    )
    await watcher.until(lambda: catalogue.listing(item.product_id) is None)
    assert catalogue.search("", 10).total == 423


async def test_many_changes_end_in_the_last_one(catalogue: DittoCatalogue, room: StockRoom) -> None:
    item = await room.item()
    watcher = Watcher(catalogue)
    for number in range(20):
        await room.stock.move(item, Place("99", "Z", str(number)), ANN)
    await watcher.until(lambda: catalogue.search("99Z-19", 5).total == 1)
    await asyncio.sleep(0.2)
    assert catalogue.search("shelf z", 50).total == 1


async def test_what_changes_while_the_index_is_made_is_not_forgotten(
    catalogue: DittoCatalogue, room: StockRoom
) -> None:
    item = await room.item()
    watcher = Watcher(catalogue)

    async def both(unit: UnitOfWork) -> None:
        await unit.update(
            "products",
            "UPDATE products SET product_name = 'Quokka Feeder' WHERE _id = :id",
            {"id": item.product_id},
        )
        await unit.update(
            "inventory",
            "UPDATE inventory SET location.aisle = '99' WHERE _id = :id",
            {"id": key_of(item)},
        )

    # Both live queries answer within the time that making the index takes.
    await room.session.write(both)
    await watcher.until(lambda: catalogue.search("quokka aisle 99", 5).total == 1)


async def test_another_store_has_other_places(session: Session, room: StockRoom) -> None:
    seattle, tacoma = (await room.item(), await room.item("store_tacoma"))
    catalogue = DittoCatalogue(session, StockFeed(session))
    await catalogue.open(SEATTLE)
    assert getattr(catalogue.listing(seattle.product_id), "key", None) == key_of(seattle)
    await catalogue.open("store_tacoma")
    assert getattr(catalogue.listing(tacoma.product_id), "key", None) == key_of(tacoma)
    # The store before is not followed any more.
    watcher = Watcher(catalogue)
    await room.stock.move(seattle, Place("99", "Z", "7"), ANN)
    await asyncio.sleep(0.2)
    assert watcher.changes == 0
    catalogue.close()
    await room.stock.move(tacoma, Place("99", "Z", "7"), ANN)
    await asyncio.sleep(0.2)
    assert watcher.changes == 0


async def test_who_stopped_listening_hears_nothing(
    catalogue: DittoCatalogue, session: Session
) -> None:
    gone, watcher = Watcher(catalogue), Watcher(catalogue)
    gone.cancel()
    await insert(session, sku="NEW-001", product_name="Quokka Feeder", base_price=1)
    await watcher.until(lambda: watcher.changes)
    assert gone.changes == 0
