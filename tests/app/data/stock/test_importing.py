"""Goods of a file come into the catalogue, all or none, and a second time changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.config.repositories import Repositories
from app.data.stock.importing import GoodsImport, Imported
from app.data.store.new_shop import begin_shop
from app.data.store.session import Session
from app.domain.conventions import US
from app.domain.importing.goods import Goods, read_goods
from app.domain.importing.problems import GoodsFileError
from app.domain.scans import ScannedProduct
from app.domain.shops import NewShop, TypedShop, read_shop
from connector_config.errors import UserError
from connector_config.schema.collections import PRODUCT_CODES, PRODUCTS, STORES

pytestmark = pytest.mark.asyncio(loop_scope="module")

EAN, CASE = "4006381333931", "10012345678902"
STORE = "store_strom_tacoma"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Shop:
    """A shop that has just begun, and importing into it."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self.session = session
        self.clock = clock
        self.importing = GoodsImport(session, clock)

    async def take(self, *rows: str, columns: str = "") -> Imported:
        """Import a file of these rows, a minute later."""
        self.clock.at += timedelta(minutes=1)
        return await self.importing.run(goods(*rows, columns=columns))

    async def all(self) -> list[dict[str, Any]]:
        """Every document of the catalogue and the stock."""
        found = []
        for collection in ("products", "product_codes", "categories", "product_types", "inventory"):
            rows = await self.session.query(f"SELECT * FROM {collection} LIMIT 100000")
            found += sorted(rows, key=lambda one: str(one["_id"]))
        return found

    async def product(self, product_id: str) -> dict[str, Any]:
        """A product as stored."""
        statement = "SELECT * FROM products WHERE _id = :product_id"
        (row,) = await self.session.query(statement, {"product_id": product_id})
        return row


def goods(*rows: str, columns: str = "") -> tuple[Goods, ...]:
    """What a file says."""
    head = columns or "name,sku,codes,price,category"
    return read_goods("\n".join([head, *rows]).encode()).goods


def new_shop() -> NewShop:
    """A shop as it is typed."""
    shop = read_shop(TypedShop("Strom", "Tacoma", "", "US", "10.1", "America/Los_Angeles"), US)
    assert isinstance(shop, NewShop)
    return shop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The shop."""
    clock = Clock()
    session = await Session.open(tmp_path_factory.mktemp("shop"), clock)
    with pytest.raises(UserError, match="There is no store on this device yet"):
        await GoodsImport(session, clock).check(goods("A,B,,1,C"))
    await begin_shop(session, clock, new_shop(), ())
    yield Shop(session, clock)
    await session.close()


async def test_a_shop_begins_once(shop: Shop) -> None:
    with pytest.raises(UserError, match="There is a store on this device already"):
        await begin_shop(shop.session, shop.clock, new_shop(), ())


async def test_what_is_imported_is_found_scanned_and_stocked(shop: Shop) -> None:
    rows = (f"Claw hammer,HAM-1,{EAN} {CASE}*12,12.50,Hand Tools", "Nail,NAI-1,,0.05,Hardware")
    assert await shop.importing.check(goods(*rows)) == Imported(2, 0, 0, 2, 2, 1)
    assert await shop.all() == [], "that was to try"
    assert await shop.take(*rows) == Imported(2, 0, 0, 2, 2, 1)
    stored = await shop.all()
    assert await shop.take(*rows) == Imported(0, 0, 2, 0, 0, 1)
    assert await shop.all() == stored, "the same file changes nothing"

    repositories = Repositories(shop.session, shop.clock, STORE)
    catalogue = repositories.catalogue
    await catalogue.open(STORE)
    try:
        assert catalogue.read(EAN).meaning == ScannedProduct("prod_ham_1")
        assert catalogue.read(CASE).meaning == ScannedProduct("prod_ham_1", 12)
        assert catalogue.read("ham-1").meaning == ScannedProduct("prod_ham_1")
        assert catalogue.search("claw hamer", 5).product_ids[0] == "prod_ham_1"
        listing = catalogue.listing("prod_ham_1")
        assert listing is not None and listing.key is not None
        assert (str(listing.product.price), listing.product.category) == ("12.50", "Hand Tools")
        (item,) = await repositories.stock.items([listing.key])
        assert (item.on_hand, item.store_id) == (0, STORE)
    finally:
        catalogue.close()


async def test_a_file_changes_what_it_says_and_nothing_else(shop: Shop) -> None:
    await shop.take(f"Level,LEV-1,{'4006381333948'},20,Hand Tools")
    before = await shop.product("prod_lev_1")
    assert before["cost"] == 13.4
    rows = ("Spirit level,lev-1,21.00,Measuring,,Long",)
    columns = "name,sku,price,category,cost,description"
    assert (await shop.take(*rows, columns=columns)).changed == 1
    after = await shop.product("prod_lev_1")
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {
        *("product_name", "base_price", "category_id", "type_id"),
        *("product_description", "updated_at", "gross_margin_percent"),
    }
    assert after["gross_margin_percent"] == 36.19, "that of the new price"
    assert (await shop.take("Spirit level,LEV-1,21,Measuring,7", columns=columns)).changed == 1
    assert (await shop.product("prod_lev_1"))["gross_margin_percent"] == 66.67
    codes = await shop.session.query(
        "SELECT * FROM product_codes WHERE product_id = :product_id AND deleted = false LIMIT 200",
        {"product_id": "prod_lev_1"},
    )
    assert len(codes) == 1, "nothing is taken away"


async def test_what_is_no_longer_sold_is_sold_again(shop: Shop) -> None:
    await shop.take("Old,OLD-1,,1,Hardware")
    await shop.session.query("UPDATE products SET deleted = true WHERE _id = 'prod_old_1'")
    assert (await shop.take("Old,OLD-1,,1,Hardware")).changed == 1
    assert (await shop.product("prod_old_1"))["deleted"] is False


async def test_a_code_of_another_product_is_refused_and_nothing_is_stored(shop: Shop) -> None:
    await shop.take(f"Saw,SAW-1,{'4006381333955'},9,Hand Tools")
    stored = await shop.all()
    with pytest.raises(GoodsFileError) as error:
        await shop.take(
            "New,NEW-1,,1,Hardware", "Axe,AXE-1,04006381333955,9,Hand Tools", "B,B-1,saw-1,9,C"
        )
    said = [str(one) for one in error.value.problems]
    assert said == [
        "line 3, codes: 4006381333955 is known already for Saw: remove it there, or leave it out.",
        "line 4, codes: saw-1 is known already for Saw: remove it there, or leave it out.",
    ]
    assert await shop.all() == stored


async def test_what_is_imported_goes_to_the_others_like_any_change(shop: Shop) -> None:
    await shop.take(f"Pan,PAN-1,{'4006381333962'},9,Kitchen")
    rows = await shop.session.query("SELECT * FROM local_outbox LIMIT 1000")
    waiting = {(row["collection"], str(row["document_id"])) for row in rows}
    assert (PRODUCTS, "prod_pan_1") in waiting
    assert (STORES, STORE) in waiting
    assert PRODUCT_CODES in {collection for collection, _ in waiting}


async def test_a_big_file_is_one_transaction(shop: Shop, tmp_path: Path) -> None:
    rows = [f"Part {n},PRT-{n},,1,Parts" for n in range(2_500)]
    assert (await shop.take(*rows)).new == 2_500
    assert (await shop.take(*rows)).same == 2_500
