"""Papers by their numbers, on a real store."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.data.papers.numbers import PaperNumbers
from app.domain.codes import read_code
from app.domain.entities import Actor, Device, Product
from app.domain.known_codes import KnownCodes
from app.domain.paper_numbers import PaperKind
from app.domain.scans import ScannedPaper
from tests.helpers.stock_room import ANN, SEATTLE, StockRoom

TACOMA = "store_tacoma"


def scanned(number: str) -> ScannedPaper:
    """What the reader makes of a number that a device gave."""
    meaning = read_code(number.lower(), KnownCodes()).meaning
    assert isinstance(meaning, ScannedPaper)
    return meaning


async def test_each_kind_is_found_by_the_number_it_was_given(room: StockRoom) -> None:
    item, papers = await room.item(), room.repositories
    lines = {item.product_id: (Product(item.product_id, "SKU-1", "Drill", Decimal("9.90")), 2)}
    transfer = await papers.transfers.request(SEATTLE, TACOMA, lines, ANN)
    order = await papers.purchase_orders.create(ANN, {})
    receipt = await papers.receiving.begin(ANN)
    count = await papers.stocktakes.open(ANN, "Yearly")
    numbers = papers.paper_numbers
    for kind, number, paper_id in (
        (PaperKind.TRANSFER, transfer.number, transfer.transfer_id),
        (PaperKind.PURCHASE_ORDER, order.number, order.purchase_order_id),
        (PaperKind.GOODS_RECEIPT, receipt.number, receipt.receipt_id),
        (PaperKind.STOCKTAKE, count.number, count.stocktake_id),
    ):
        assert scanned(number) == ScannedPaper(kind, number)
        assert await numbers.find(scanned(number)) == paper_id
    tacoma = PaperNumbers(room.session, TACOMA)
    assert await tacoma.find(scanned(transfer.number)) == transfer.transfer_id
    assert await tacoma.find(scanned(order.number)) is None
    assert await PaperNumbers(room.session, "store_spokane").find(scanned(transfer.number)) is None
    assert await numbers.find(scanned("GR-SEA-FFFF-0001")) is None


async def test_every_device_gives_numbers_that_are_read(room: StockRoom) -> None:
    for device_id in ("3f2a7c1e-0000-4000-8000-000000000000", "device-ann", "x", "ÄÖ-Ü"):
        for store_id in (SEATTLE, "store_a", "store_new_york"):
            actor = Actor(replace(ANN.profile, store_id=store_id), Device(device_id, "laptop"))
            order = await room.repositories.purchase_orders.create(actor, {})
            assert scanned(order.number).number == order.number
