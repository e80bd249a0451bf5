"""What is on hand of the products that a screen shows."""

from __future__ import annotations

from app.ui.core.on_hand import OnHand, stock_keys
from tests.helpers.fakes import FakeCatalogue, FakeStockRepository, make_item, make_product
from tests.helpers.waiting import settle


class Shelf:
    """Two products with ten and five on hand, and a third one that the store does not carry."""

    def __init__(self) -> None:
        items = [make_item("p1", 10), make_item("p2", 5)]
        self.stock = FakeStockRepository(items)
        self.catalogue = FakeCatalogue(
            [make_product("p1"), make_product("p2", "Mallet"), make_product("p3", "Saw")], items
        )
        self.heard: list[dict[str, int]] = []
        self.on_hand = OnHand(
            self.catalogue, self.stock, lambda: self.heard.append(dict(self.on_hand.numbers))
        )


async def test_it_follows_the_products_that_the_store_carries():
    shelf = Shelf()
    shelf.on_hand.follow(["p1", "p3", "nobody"])
    await settle()
    assert shelf.heard == [{"p1": 10}]
    shelf.stock.put(make_item("p1", 7))
    await settle()
    assert shelf.heard[1:] == [{"p1": 7}]


async def test_the_same_products_are_followed_once_and_others_in_their_place():
    shelf = Shelf()
    shelf.on_hand.follow(["p1"])
    shelf.on_hand.follow(["p1"])
    assert shelf.stock.watching == 1
    await settle()
    shelf.on_hand.follow(["p1", "p2"])
    assert shelf.stock.watching == 1
    await settle()
    assert shelf.heard == [{"p1": 10}, {"p1": 10, "p2": 5}]


async def test_stopped_it_follows_nothing_and_knows_what_it_knew_until_that_is_forgotten():
    shelf = Shelf()
    shelf.on_hand.follow(["p1"])
    await settle()
    shelf.on_hand.stop()
    assert (shelf.stock.watching, shelf.on_hand.numbers) == (0, {"p1": 10})
    shelf.on_hand.forget()
    assert shelf.on_hand.numbers == {}
    shelf.on_hand.follow(["p1"])
    await settle()
    assert shelf.on_hand.numbers == {"p1": 10}


async def test_what_is_not_carried_has_no_key():
    shelf = Shelf()
    carried = shelf.catalogue.listing("p1")
    assert carried is not None
    assert stock_keys(shelf.catalogue, ["p3", "p1", "nobody"]) == [carried.key]
