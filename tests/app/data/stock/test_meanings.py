"""What products mean: read in the background, current with the store, and never in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from app.data.stock import meanings as module
from app.data.stock.catalogue import DittoCatalogue
from app.data.stock.feed import StockFeed
from app.data.store.session import Session
from connector_config.errors import UserError
from connector_config.search.meaning import says_something
from tests.helpers.stock_room import SEATTLE
from tests.helpers.waiting import PATIENCE

HANG = "something to hang heavy pictures on drywall"


@pytest.fixture
async def catalogue(session: Session) -> AsyncIterator[DittoCatalogue]:
    """The catalogue as seen from Seattle, which is being understood."""
    catalogue = DittoCatalogue(session, StockFeed(session))
    await catalogue.open(SEATTLE)
    catalogue.understand(0)
    # The timer has not run when this returns.
    await asyncio.sleep(0.01)
    yield catalogue
    catalogue.close()


async def insert(session: Session, product_id: str, **fields: Any) -> None:
    document = {"_id": product_id, "product_id": product_id, "deleted": False} | fields
    await session.query("INSERT INTO products DOCUMENTS (:document)", {"document": document})


async def until_like(catalogue: DittoCatalogue, text: str, wanted: Sequence[str]) -> None:
    async with asyncio.timeout(PATIENCE):
        while list(await catalogue.like(text, len(wanted) or 1) or ()) != list(wanted):
            await asyncio.sleep(0.02)


async def test_it_finds_by_meaning_and_waits_for_the_model(catalogue: DittoCatalogue) -> None:
    found = await catalogue.like(HANG, 5)
    assert found is not None
    listings = [catalogue.listing(one) for one in found]
    assert len(listings) == 5
    assert "Bolts & Anchors" in [one.product.type for one in listings if one is not None]
    assert await catalogue.like("how do I file my taxes", 5) in ([], ())


async def test_products_that_come_change_and_go(
    catalogue: DittoCatalogue, session: Session
) -> None:
    text = "feed for the aquarium"
    assert await catalogue.like(text, 1) == []
    named = {"product_name": "Flakes", "type_id": "type_x", "updated_at": "2026-01-01T00:00:00Z"}
    await insert(session, "prod_new", **named, product_description="Food for aquarium fish.")
    await until_like(catalogue, text, ["prod_new"])
    await session.query(
        "UPDATE products SET product_description = :said, updated_at = :at WHERE _id = 'prod_new'",
        {"said": "Whisky glasses.", "at": "2026-01-02T00:00:00Z"},
    )
    await until_like(catalogue, "a tumbler to drink whisky from", ["prod_new"])
    await session.query("UPDATE products SET deleted = true WHERE _id = 'prod_new'")
    await until_like(catalogue, "a tumbler to drink whisky from", [])


async def test_only_what_changed_is_read_again(
    catalogue: DittoCatalogue, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    await catalogue.like(HANG, 1)
    asked: list[list[str]] = []
    look_through = session.look_through

    async def look(dql: str, parameters: Any, look: Any) -> Any:
        asked.append(parameters["ids"])
        return await look_through(dql, parameters, look)

    monkeypatch.setattr(session, "look_through", look)
    named = {"product_name": "Flakes", "product_description": "Food for aquarium fish."}
    await insert(session, "prod_new", **named)
    await until_like(catalogue, "feed for the aquarium", ["prod_new"])
    assert asked == [["prod_new"]]


async def test_faulty_texts_are_no_more_than_not_found(
    catalogue: DittoCatalogue, session: Session
) -> None:
    for at, text in enumerate((None, 5, {"a": 1}, "", "fish " * 50_000)):
        await insert(session, f"prod_said_{at}", product_name="Odd", product_description=text)
        await insert(session, f"prod_named_{at}", product_name=text, type_id=text)
    await insert(session, "prod_new", product_name="Flakes", product_description="Aquarium food.")
    async with asyncio.timeout(PATIENCE):
        while "prod_new" not in (await catalogue.like("feed for the aquarium", 3) or ()):
            await asyncio.sleep(0.02)
    assert catalogue.listing("prod_said_4") is not None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (HANG, True),
        ("hammer", True),
        ("lampe für außen", True),
        ("", False),
        ("0012345678905", False),
        ("HND-HAMMER-001", False),
        ("GIFT2026CARD", False),
        ("3b 12", False),
        ("Aisle 3b", False),
        ("--", False),
    ],
)
async def test_a_code_means_nothing(text: str, meant: bool) -> None:
    assert says_something(text) is meant


async def test_without_the_model_the_words_work_as_before(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> Any:
        raise UserError("The model cannot be used.")

    monkeypatch.setattr(module, "_model", missing)
    catalogue = DittoCatalogue(session, StockFeed(session))
    await catalogue.open(SEATTLE)
    assert await catalogue.like(HANG, 5) is None
    catalogue.understand(0)
    async with asyncio.timeout(PATIENCE):
        while "nothing is found by meaning" not in caplog.text:
            await asyncio.sleep(0.01)
    assert await catalogue.like(HANG, 5) is None
    assert catalogue.search("hamer 16", 5).total
    catalogue.close()


async def test_it_can_be_closed_while_it_reads(session: Session) -> None:
    for pause in (0, 0.05, 0.2):
        catalogue = DittoCatalogue(session, StockFeed(session))
        await catalogue.open(SEATTLE)
        catalogue.understand(0)
        asked = asyncio.ensure_future(catalogue.like(HANG, 5))
        await asyncio.sleep(pause)
        catalogue.close()
        async with asyncio.timeout(PATIENCE):
            await asked
