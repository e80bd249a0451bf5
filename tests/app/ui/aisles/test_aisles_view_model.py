"""Walking the store: what is chosen stays chosen while the store changes around it."""

from __future__ import annotations

from app.domain.entities import Place, StockItem, StockState
from app.ui.aisles.view_model import AislesViewModel, Group
from tests.helpers.fakes import (
    TACOMA,
    FakeCatalogue,
    FakeStockRepository,
    make_item,
    make_product,
)
from tests.helpers.waiting import settle


def at(code: str, product_id: str, on_hand: int = 9, reorder_point: int = 2) -> StockItem:
    """An item at a place written `aisle shelf bin`."""
    return make_item(product_id, on_hand, place=Place(*code.split()), reorder_point=reorder_point)


ITEMS = (
    at("10 A 1", "p1"),
    at("2 B 10", "p2"),
    at("2 B 9", "p3", on_hand=0),
    at("2 A 1", "p4", on_hand=2),
    at("2 A 2", "p5", on_hand=-1),
)


def store() -> tuple[FakeStockRepository, AislesViewModel]:
    products = [make_product(f"p{number}", f"Product {number}") for number in range(1, 8)]
    stock = FakeStockRepository([*ITEMS, make_item("p6", 1, store=TACOMA)])
    return stock, AislesViewModel(FakeCatalogue(products, ITEMS), stock, "store_seattle")


async def test_aisles_and_shelves_stand_in_walking_order_with_their_counts():
    _, aisles = store()
    aisles.activate()
    await settle()
    assert aisles.state.loaded
    assert aisles.state.aisles == (Group("2", 4, 3, 2), Group("10", 1, 0, 0))
    assert aisles.state.shelves == (Group("A", 2, 2, 1), Group("B", 2, 1, 1))


async def test_it_starts_at_the_first_shelf_of_the_first_aisle():
    _, aisles = store()
    aisles.activate()
    await settle()
    assert (aisles.state.aisle, aisles.state.shelf) == ("2", "A")
    assert [(row.bin, row.on_hand, row.state) for row in aisles.state.bins] == [
        ("1", 2, StockState.LOW),
        ("2", -1, StockState.NEGATIVE),
    ]


async def test_bins_stand_in_walking_order():
    _, aisles = store()
    aisles.activate()
    await settle()
    aisles.choose_shelf("B")
    await settle()
    assert [row.bin for row in aisles.state.bins] == ["9", "10"]


async def test_another_aisle_starts_at_its_first_shelf_and_shows_nothing_of_the_last():
    _, aisles = store()
    aisles.activate()
    await settle()
    aisles.choose_aisle("10")
    assert aisles.state.bins == ()
    await settle()
    assert aisles.state.shelf == "A"
    assert _bins(aisles) == ["p1"]


async def test_the_choice_stays_while_the_store_changes():
    stock, aisles = store()
    aisles.activate()
    await settle()
    aisles.choose_shelf("B")
    await settle()
    stock.put(at("1 A 1", "p7"), at("2 A 1", "p4", on_hand=50))
    await settle()
    assert [group.name for group in aisles.state.aisles] == ["1", "2", "10"]
    assert (aisles.state.aisle, aisles.state.shelf) == ("2", "B")
    assert aisles.state.shelves[0] == Group("A", 2, 1, 1)


async def test_a_change_on_the_shelf_shows_in_its_bin_and_its_counts():
    stock, aisles = store()
    aisles.activate()
    await settle()
    stock.put(at("2 A 1", "p4", on_hand=0))
    await settle()
    assert [row.on_hand for row in aisles.state.bins] == [0, -1]
    assert aisles.state.shelves[0] == Group("A", 2, 2, 2)


async def test_a_shelf_that_vanishes_gives_way_to_the_first_of_its_aisle():
    stock, aisles = store()
    aisles.activate()
    await settle()
    aisles.choose_shelf("B")
    await settle()
    stock.put(at("2 A 3", "p2"), at("2 A 4", "p3"))
    await settle()
    assert (aisles.state.aisle, aisles.state.shelf) == ("2", "A")
    assert [row.bin for row in aisles.state.bins] == ["1", "2", "3", "4"]


async def test_an_aisle_that_vanishes_gives_way_to_the_first():
    stock, aisles = store()
    aisles.activate()
    await settle()
    aisles.choose_aisle("10")
    await settle()
    stock.remove("store_seattle-p1")
    await settle()
    assert (aisles.state.aisle, aisles.state.shelf) == ("2", "A")
    assert len(aisles.state.bins) == 2


async def test_an_empty_store_is_loaded_and_empty():
    aisles = AislesViewModel(FakeCatalogue(), FakeStockRepository(), "store_seattle")
    aisles.activate()
    await settle()
    assert aisles.state.loaded
    assert (aisles.state.aisles, aisles.state.aisle, aisles.state.bins) == ((), None, ())


async def test_hidden_it_follows_nothing_and_comes_back_to_the_same_shelf():
    stock, aisles = store()
    aisles.activate()
    await settle()
    aisles.choose_shelf("B")
    await settle()
    aisles.deactivate()
    assert stock.watching == 0
    stock.put(at("2 B 9", "p3", on_hand=33))
    await settle()
    aisles.activate()
    await settle()
    assert stock.watching == 2
    assert aisles.state.shelf == "B"
    assert [row.on_hand for row in aisles.state.bins] == [33, 9]


def _bins(aisles: AislesViewModel) -> list[str]:
    return [row.product_id for row in aisles.state.bins]
