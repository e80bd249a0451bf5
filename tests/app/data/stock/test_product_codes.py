"""Teaching codes on a real store: what is written, what is refused, and how it is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.data.stock.catalogue import DittoCatalogue
from app.data.stock.feed import StockFeed
from app.data.stock.product_codes import ProductCodeRepository
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import Written
from app.domain.errors import CodeKnownError, InvalidInputError
from app.domain.known_codes import CodeKind
from app.domain.product_codes import TaughtCode
from app.domain.scans import AmbiguousCode, ScannedProduct
from connector_config.errors import UserError
from connector_config.schema.code_documents import ProductCode
from connector_config.schema.collections import PRODUCT_CODES
from tests.helpers.stock_room import ANN, BOB, SEATTLE, Clock, Heard, StockRoom
from tests.helpers.waiting import PATIENCE

CASE = "10036000291459"


@pytest.fixture
def codes(room: StockRoom) -> ProductCodeRepository:
    return room.repositories.product_codes


@pytest.fixture
async def catalogue(session: Session) -> AsyncIterator[DittoCatalogue]:
    catalogue = DittoCatalogue(session, StockFeed(session))
    await catalogue.open(SEATTLE)
    yield catalogue
    catalogue.close()


async def until_read(catalogue: DittoCatalogue, text: str, meaning: object) -> None:
    async with asyncio.timeout(PATIENCE):
        while catalogue.read(text).meaning != meaning:
            await asyncio.sleep(0.005)


async def stored(session: Session, text: str) -> list[Row]:
    return await session.query(
        "SELECT * FROM product_codes WHERE code = :code ORDER BY product_id", {"code": text}
    )


async def products(session: Session) -> list[Row]:
    """Two products."""
    return await session.query("SELECT * FROM products ORDER BY product_id LIMIT 2")


async def put(session: Session, **fields: Any) -> None:
    """A code as it comes from outside."""
    await session.query(
        "INSERT INTO product_codes DOCUMENTS (:document) ON ID CONFLICT DO UPDATE",
        {"document": {"_id": fields["code_id"], "deleted": False} | fields},
    )


async def test_a_code_is_known_after_it_was_taught(
    codes: ProductCodeRepository, catalogue: DittoCatalogue, session: Session
) -> None:
    one, _ = await products(session)
    assert catalogue.read(CASE).product is None
    teaching = await codes.teach(f"(01){CASE}(10)LOT7", one["product_id"], 12, ANN)
    assert teaching.before is None
    await until_read(catalogue, CASE, ScannedProduct(one["product_id"], 12))
    (document,) = await stored(session, CASE)
    assert document.keys() - {"_id"} == ProductCode.__required_keys__
    assert document["_id"] == document["code_id"] == teaching.code.code_id
    assert (document["kind"], document["units"], document["deleted"]) == ("gtin14", 12, False)
    assert (document["taught_by"], document["device_id"]) == ("Ann Ström", "device-ann")
    assert document["taught_at"] == document["created_at"] == document["updated_at"]

    await codes.undo(teaching)
    async with asyncio.timeout(PATIENCE):
        while catalogue.read(CASE).product is not None:
            await asyncio.sleep(0.005)
    (document,) = await stored(session, CASE)
    assert document["deleted"] is True


async def test_what_is_taught_waits_to_be_sent(session: Session, room: StockRoom) -> None:
    one, _ = await products(session)
    heard: list[Written] = []
    session.on_written(heard.append)
    teaching = await room.repositories.product_codes.teach(CASE, one["product_id"], 12, ANN)
    (written,) = heard
    (touched,) = written.touched
    assert (touched.collection, touched.document_id) == (PRODUCT_CODES, teaching.code.code_id)
    assert touched.is_new


async def test_new_units_of_the_same_code_are_an_update_and_undone_to_what_was(
    codes: ProductCodeRepository, session: Session
) -> None:
    one, _ = await products(session)
    first = await codes.teach("acme-17", one["product_id"], 12, ANN)
    second = await codes.teach("ACME-17", one["product_id"], 24, BOB)
    assert second.before == first.code
    assert second.code.code_id == first.code.code_id
    (document,) = await stored(session, "ACME-17")
    assert (document["units"], document["taught_by"]) == (24, "Bob")
    assert document["created_at"] < document["updated_at"]

    await codes.undo(second)
    (document,) = await stored(session, "acme-17")
    assert (document["units"], document["taught_by"]) == (12, "Ann Ström")
    with pytest.raises(UserError, match="was changed since"):
        await codes.undo(second)


async def test_a_code_of_another_product_is_refused_with_its_name(
    codes: ProductCodeRepository, catalogue: DittoCatalogue, session: Session
) -> None:
    one, two = await products(session)
    await codes.teach("036000291452", one["product_id"], 1, ANN)
    with pytest.raises(CodeKnownError) as refused:
        await codes.teach("0036000291452", two["product_id"], 12, ANN)
    assert refused.value.names == (one["product_name"],)
    assert one["product_name"] in str(refused.value)
    assert await stored(session, "036000291452") != []

    await codes.teach("0036000291452", two["product_id"], 12, ANN, beside=True)
    both = (ScannedProduct(one["product_id"], 1), ScannedProduct(two["product_id"], 12))
    async with asyncio.timeout(PATIENCE):
        while not isinstance(catalogue.read("036000291452").meaning, AmbiguousCode):
            await asyncio.sleep(0.005)
    meaning = catalogue.read("036000291452").meaning
    assert isinstance(meaning, AmbiguousCode)
    assert set(meaning.choices) == set(both)


async def test_a_code_moves_to_another_product_and_back(
    codes: ProductCodeRepository, catalogue: DittoCatalogue, session: Session
) -> None:
    one, two = await products(session)
    first = await codes.teach("MOVES-1", one["product_id"], 6, ANN)
    teaching = await codes.teach("moves-1", two["product_id"], 12, BOB, instead=True)
    assert teaching.moved == (first.code,)
    await until_read(catalogue, "MOVES-1", ScannedProduct(two["product_id"], 12))
    await codes.undo(teaching)
    await until_read(catalogue, "MOVES-1", ScannedProduct(one["product_id"], 6))
    with pytest.raises(CodeKnownError):
        await codes.teach(one["sku"], two["product_id"], 12, BOB, instead=True)
    await codes.forget(first.code, BOB)


async def test_a_sku_is_no_code_to_be_taught(
    codes: ProductCodeRepository, session: Session
) -> None:
    one, two = await products(session)
    with pytest.raises(InvalidInputError, match="is the SKU of this product already"):
        await codes.teach(one["sku"].lower(), one["product_id"], 12, ANN)
    with pytest.raises(CodeKnownError) as refused:
        await codes.teach(one["sku"].lower(), two["product_id"], 12, ANN)
    assert refused.value.names == (one["product_name"],)


async def test_a_product_that_is_gone_has_no_codes(
    codes: ProductCodeRepository, catalogue: DittoCatalogue, session: Session
) -> None:
    one, two = await products(session)
    await codes.teach(CASE, one["product_id"], 12, ANN)
    await until_read(catalogue, CASE, ScannedProduct(one["product_id"], 12))
    await session.query(
        "UPDATE products SET deleted = true WHERE _id = :id", {"id": one["product_id"]}
    )
    with pytest.raises(InvalidInputError, match="no longer sold"):
        await codes.teach("acme-17", one["product_id"], 12, ANN)
    # Its code is free.
    await codes.teach(CASE, two["product_id"], 6, ANN)
    await until_read(catalogue, CASE, ScannedProduct(two["product_id"], 6))


async def test_forgotten_and_restored(codes: ProductCodeRepository, session: Session) -> None:
    one, two = await products(session)
    heard = Heard[list[TaughtCode]]()
    await session.query(
        "DELETE FROM product_codes WHERE product_id = :id", {"id": one["product_id"]}
    )
    cancel = codes.watch(one["product_id"], heard)
    case = (await codes.teach(CASE, one["product_id"], 12, ANN)).code
    single = (await codes.teach("036000291452", one["product_id"], 1, ANN)).code
    await heard.until(lambda those: those == [single, case])
    assert (single.kind, case.kind) == (CodeKind.UPC, CodeKind.GTIN_14)
    await codes.forget(case, BOB)
    await heard.until(lambda those: those == [single])
    await codes.restore(case, BOB)
    await heard.until(lambda those: those == [single, case])

    await codes.forget(case, BOB)
    await codes.teach(CASE, two["product_id"], 12, ANN)
    with pytest.raises(CodeKnownError):
        await codes.restore(case, BOB)
    # Taught again it is the same document, and its undo forgets it.
    again = await codes.teach(CASE, one["product_id"], 6, ANN, beside=True)
    assert (again.before, again.code.code_id) == (None, case.code_id)
    cancel()


async def test_the_same_on_two_devices_is_one_document(session: Session) -> None:
    one, two = await products(session)
    ids = []
    for actor in (ANN, BOB):
        codes = ProductCodeRepository(session, Clock())
        for product in (one, two):
            teaching = await codes.teach(CASE, product["product_id"], 12, actor, beside=True)
            ids.append(teaching.code.code_id)
        await session.query("DELETE FROM product_codes WHERE code = :code", {"code": CASE})
    assert ids[:2] == ids[2:]
    assert ids[0] != ids[1]


async def test_documents_of_the_back_office_are_updated_and_not_doubled(
    codes: ProductCodeRepository, session: Session
) -> None:
    one, _ = await products(session)
    await put(
        session, code_id="own", code=CASE, product_id=one["product_id"], kind="gtin14", units=6
    )
    teaching = await codes.teach(CASE, one["product_id"], 12, ANN)
    assert teaching.before is not None
    assert (teaching.before.units, teaching.code.code_id) == (6, "own")
    (document,) = await stored(session, CASE)
    assert document["units"] == 12


DAMAGE: dict[str, dict[str, Any]] = {
    "units as text": {"units": "12,0"},
    "no units": {"units": None},
    "no code": {"code": None},
    "code a number": {"code": 10036000291459},
    "code an object": {"code": {"a": 1}},
    "products": {"product_id": ["p1"]},
    "kind": {"kind": 3},
}


async def test_damaged_documents_lead_to_nothing_and_stop_nobody(
    codes: ProductCodeRepository, catalogue: DittoCatalogue, session: Session
) -> None:
    one, two = await products(session)
    good = {"code": CASE, "product_id": one["product_id"], "kind": "gtin14", "units": 12}
    for name, damage in DAMAGE.items():
        await put(session, code_id=name, **(good | damage))
    await session.query("UPDATE products SET sku = 17 WHERE _id = :id", {"id": two["product_id"]})
    await codes.teach("acme-17", one["product_id"], 12, ANN)
    heard = Heard[list[TaughtCode]]()
    cancel = codes.watch(one["product_id"], heard)
    await heard.until(lambda those: any(code.code == "acme-17" for code in those))
    assert not any(code.code == CASE for code in heard.last)
    cancel()
    assert catalogue.read(CASE).product is None
    # Somebody signs in on such a store.
    await session.query(
        "UPDATE products SET sku = :sku WHERE _id = :id",
        {"id": two["product_id"], "sku": two["sku"]},
    )
    other = DittoCatalogue(session, StockFeed(session))
    await other.open(SEATTLE)
    assert other.read("acme-17").product == ScannedProduct(one["product_id"], 12)
    assert other.read(CASE).product is None
    other.close()
    # What is taught there mends it.
    await codes.teach(CASE, one["product_id"], 12, ANN)
    await until_read(catalogue, CASE, ScannedProduct(one["product_id"], 12))
