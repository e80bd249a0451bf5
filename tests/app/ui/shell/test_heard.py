"""A scan is heard: taken, unknown, or refused, whatever screen it came to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.domain.order_numbers import order_number
from app.ui.core.sounds import Sound
from app.ui.count.screen import CountScreen
from app.ui.order.screen import OrderScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen
from app.ui.transfers.screen import TransfersScreen
from tests.helpers.fakes import FakeSpeaker
from tests.helpers.hands import CONTROL, SKU, Hands, dialog, named, somebody
from tests.helpers.waiting import settle, until
from tests.helpers.wedge import Wedge

pytestmark = pytest.mark.asyncio(loop_scope="module")

KNOWN, UNKNOWN, REFUSED = Sound
NOBODYS = "HND-NOWHERE-9"
PLACE = "LOC-3-B"


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def manager(person: Hands) -> AsyncIterator[Hands]:
    """Mia, a manager in Seattle, who sees every screen."""
    if person.client.workplace is None:
        await person.begin(Role.MANAGER, name="Mia")
    yield person
    if (asked := dialog()) is not None:
        asked.reject()
    person.workplace.bar.line.clear()
    person.workplace.go("find")
    await person.rest()


@pytest.fixture
def ear(manager: Hands, monkeypatch: pytest.MonkeyPatch) -> FakeSpeaker:
    speaker = FakeSpeaker()
    monkeypatch.setattr(manager.client.sounds, "_speaker", speaker)
    return speaker


async def heard(hands: Hands, ear: FakeSpeaker, *codes: str) -> list[Sound]:
    ear.played.clear()
    for code in codes:
        await hands.scan(code)
    return ear.played


@pytest.mark.parametrize("name", ["find", "aisles", "orders", "customers", "history", "sync"])
async def test_what_opens_is_known(manager: Hands, ear: FakeSpeaker, name: str):
    manager.workplace.go(name)
    assert await heard(manager, ear, SKU) == [KNOWN]
    manager.workplace.go(name)
    assert await heard(manager, ear, PLACE) == [KNOWN]
    manager.workplace.go(name)
    assert await heard(manager, ear, NOBODYS) == [UNKNOWN]


async def test_on_the_card(manager: Hands, ear: FakeSpeaker):
    await manager.open()
    assert await heard(manager, ear, NOBODYS) == [UNKNOWN]
    await manager.open()
    assert await heard(manager, ear, PLACE) == [KNOWN]
    assert dialog() is not None


async def test_a_cart_wants_products(manager: Hands, ear: FakeSpeaker):
    order = manager.workplace.go("order")
    assert isinstance(order, OrderScreen)
    sounds = await heard(manager, ear, SKU, PLACE, NOBODYS, SKU)
    assert sounds == [KNOWN, REFUSED, UNKNOWN, KNOWN]
    order.view_model.discard()
    await until(lambda: not order.view_model.actions.running, "a rest")


async def test_a_receipt_wants_products_or_a_paper(manager: Hands, ear: FakeSpeaker):
    receive = manager.workplace.go("receive")
    assert isinstance(receive, ReceiveScreen)
    receive.view_model.begin()
    await until(lambda: receive.view_model.state.editable, "a receipt")
    sounds = await heard(manager, ear, SKU, PLACE, NOBODYS)
    assert sounds == [KNOWN, REFUSED, UNKNOWN]
    receive.view_model.discard()
    await until(lambda: not receive.view_model.actions.running, "a rest")
    await heard(manager, ear, "TR-SEA-FFFF-0001")
    await until(lambda: dialog() is not None, "the question whose paper this is")
    assert ear.played[-1] == REFUSED


async def test_a_draft_wants_products(manager: Hands, ear: FakeSpeaker):
    reorder = manager.workplace.go("reorder")
    assert isinstance(reorder, ReorderScreen)
    reorder.view_model.begin()
    await until(lambda: reorder.view_model.state.editable, "a draft")
    assert await heard(manager, ear, SKU, PLACE, NOBODYS) == [KNOWN, REFUSED, UNKNOWN]
    reorder.view_model.cancel()
    await until(lambda: not reorder.view_model.actions.running, "a rest")
    reorder.view_model.close()


async def test_a_transfer_takes_what_is_on_it(manager: Hands, ear: FakeSpeaker):
    transfers = manager.workplace.go("transfers")
    assert isinstance(transfers, TransfersScreen)
    transfers.begin()
    assert await heard(manager, ear, SKU, PLACE, NOBODYS) == [KNOWN, REFUSED, UNKNOWN]
    transfers.show_list()
    known = manager.repositories.catalogue.listing(manager.read(SKU).product_id or "")
    assert known is not None
    paper = await manager.repositories.transfers.request(
        "store_tacoma",
        "store_seattle",
        {known.product.product_id: (known.product, 3)},
        somebody("store_seattle"),
    )
    transfers.open_transfer(paper)
    await settle()
    # The other store has not sent it.
    assert await heard(manager, ear, SKU) == [REFUSED]
    transfers.show_list()


async def test_a_count_takes_what_is_stocked_and_its_places(manager: Hands, ear: FakeSpeaker):
    count = manager.workplace.go("count")
    assert isinstance(count, CountScreen)
    stocktake = await manager.repositories.stocktakes.open(somebody("store_seattle"), "Ears", "3")
    count.open(stocktake)
    await until(lambda: count._counting.state.total, "what to count")
    sounds = await heard(manager, ear, SKU, NOBODYS, "LOC-99-Z")
    assert sounds == [KNOWN, UNKNOWN, REFUSED]
    # Who counts looks at the shelf, and hears also that what was typed is no number.
    ear.played.clear()
    manager.client._scanner.settle()
    count.counting.digits.setText("x")
    count.counting.digits.setFocus()
    await manager.press(Qt.Key.Key_Return)
    assert ear.played == [REFUSED]
    count.counting.digits.clear()
    count._to_sessions()


async def test_a_paper_that_is_not_here_is_refused_later(manager: Hands, ear: FakeSpeaker):
    await heard(manager, ear, "PO-SEA-FFFF-0001")
    await until(lambda: ear.played[-1:] == [REFUSED], "the answer")
    manager.workplace.go("orders")
    await heard(manager, ear, order_number("cart-of-nobody"))
    await until(lambda: ear.played[-1:] == [REFUSED], "the answer")


async def test_nothing_is_heard_of_what_is_typed(manager: Hands, ear: FakeSpeaker):
    await manager.press(Qt.Key.Key_F, CONTROL)
    for text in (NOBODYS, SKU):
        await manager.paste(text)
        await manager.press(Qt.Key.Key_Return)
        await manager.press(Qt.Key.Key_F, CONTROL)
    assert ear.played == []


async def test_the_rest_of_a_code_is_refused_and_said(manager: Hands, ear: FakeSpeaker):
    wedge = Wedge(manager.client._scanner)
    manager.workplace.go("aisles")
    ear.played.clear()
    wedge.rest()
    wedge.type(SKU, [4] * len(SKU))
    wedge.type("31", [150, 4])
    wedge.rest()
    await settle()
    assert ear.played == [KNOWN, REFUSED]
    assert manager.workplace._status.state.message.text.startswith("31 came right behind another")


async def test_with_the_sounds_off_nothing_is_heard(manager: Hands, ear: FakeSpeaker):
    manager.client.sounds.switch(False)
    assert await heard(manager, ear, SKU, NOBODYS) == []
    manager.client.sounds.switch(True)
    assert await heard(manager, ear, SKU) == [KNOWN]


async def test_a_code_of_two_products_is_known_when_one_is_chosen(manager: Hands, ear: FakeSpeaker):
    for product_id, sku in (("twin_left", "TWIN-1"), ("twin_right", "twin-1")):
        await manager.client.session.query(
            "INSERT INTO products DOCUMENTS (:document)",
            {
                "document": {
                    "_id": product_id,
                    "product_id": product_id,
                    "sku": sku,
                    "product_name": f"Odd {product_id}",
                    "base_price": 1.5,
                    "deleted": False,
                }
            },
        )
        await until(partial(manager.repositories.catalogue.listing, product_id), sku)
    assert await heard(manager, ear, "Twin-1") == [UNKNOWN]
    asked = dialog()
    assert asked is not None
    await manager.click(named(asked, "Odd twin_left · TWIN-1"))
    assert ear.played == [UNKNOWN, KNOWN]


async def test_at_the_sign_in_a_scan_is_refused(manager: Hands, ear: FakeSpeaker):
    manager.client.show_sign_in()
    await settle()
    assert await heard(manager, ear, SKU) == [REFUSED]
    await manager.begin(Role.MANAGER, name="Mia")
