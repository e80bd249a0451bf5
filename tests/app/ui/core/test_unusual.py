"""What is usual is asked of the newest movements of an item, and only where it may matter."""

from __future__ import annotations

import pytest

from app.domain.entities import Reason
from app.domain.unusual import Asked
from app.ui.core.unusual import UsualQuantities
from app.ui.product.view_model import ProductViewModel
from tests.helpers.fakes import (
    STORES,
    FakeCatalogue,
    FakeStockRepository,
    make_actor,
    make_item,
    make_product,
)
from tests.helpers.waiting import collect, settle


class Shop:
    """A hammer of which there are 400, and that sells by one or two."""

    def __init__(self) -> None:
        self.item = make_item("p1", 400)
        self.catalogue = FakeCatalogue([make_product("p1")], [self.item])
        self.stock = FakeStockRepository([self.item])

    async def sell(self) -> None:
        for quantity in (1, 2, 1, 1, 2, 1):
            await self.stock.adjust(self.item, -quantity, Reason.SOLD, make_actor())


@pytest.mark.parametrize(("quantity", "asks"), [(-199, False), (-200, True), (200, False)])
async def test_a_paper_is_measured_by_what_the_item_moved_by(quantity: int, asks: bool) -> None:
    shop = Shop()
    usual = UsualQuantities(shop.catalogue, shop.stock)
    asked = [Asked("p1", "Claw Hammer", quantity)]
    assert await usual.unusual(asked) == []
    await shop.sell()
    assert [one.usual for one in await usual.unusual(asked)] == ([2] if asks else [])


async def test_few_units_read_nothing() -> None:
    shop = Shop()
    await shop.sell()
    shop.stock.failures["newest"] = AssertionError("read")
    usual = UsualQuantities(shop.catalogue, shop.stock)
    assert await usual.unusual([Asked("p1", "Claw Hammer", -99)]) == []


async def test_so_is_a_change_on_the_card() -> None:
    shop = Shop()
    await shop.sell()
    card = ProductViewModel(shop.catalogue, shop.stock, make_actor(), STORES, settle_ms=0)
    asked = collect(card.unusual)
    card.open("p1")
    await settle()
    for adding, quantity in ((False, "200"), (True, "200")):
        card.edit(adding=adding, quantity=quantity)
        card.apply()
        await settle()
    assert [one.quantity for one in asked] == [200]
    card.close()
