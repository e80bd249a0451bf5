"""Find: the newest question wins, and what is shown follows the store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.domain.entities import Place
from app.ui.find.view_model import PAGE, FindViewModel
from tests.helpers.fakes import FakeCatalogue, FakeStockRepository, make_item, make_product
from tests.helpers.waiting import collect, settle

HAMMER = make_product("p1", "16 oz Claw Hammer")
MALLET = make_product("p2", "Rubber Mallet")
SAW = make_product("p3", "Hand Saw")


def shop() -> tuple[FakeCatalogue, FakeStockRepository, FindViewModel]:
    items = [make_item("p1", 7), make_item("p2", 0, place=Place("4", "A", "1"))]
    catalogue = FakeCatalogue([HAMMER, MALLET, SAW], items)
    stock = FakeStockRepository(items)
    return catalogue, stock, FindViewModel(catalogue, stock, follow_after_ms=0)


def names(find: FindViewModel) -> list[str]:
    return [row.name for row in find.state.rows]


async def test_an_empty_query_shows_every_product():
    _, _, find = shop()
    find.activate()
    await settle()
    assert names(find) == [HAMMER.name, MALLET.name, SAW.name]
    assert find.state.total == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("hamer", [HAMMER.name]),
        ("MALLET rubber", [MALLET.name]),
        ("HND-P3-001", [SAW.name]),
        ("4a-1", [MALLET.name]),
        ("zzzyx", []),
    ],
)
async def test_a_query_finds(query: str, expected: list[str]):
    _, _, find = shop()
    find.activate()
    find.set_query(query)
    await settle()
    assert names(find) == expected
    assert (find.state.query, find.state.total) == (query, len(expected))
    assert find.state.seconds > 0


async def test_a_row_shows_place_and_on_hand_here_or_that_it_is_not_stocked():
    _, _, find = shop()
    find.activate()
    await settle()
    hammer, mallet, saw = find.state.rows
    assert (hammer.place, hammer.on_hand) == ("3B-12", 7)
    assert (mallet.place, mallet.on_hand) == ("4A-1", 0)
    assert (saw.place, saw.on_hand, saw.state) == ("", None, None)


async def test_the_answer_to_an_older_question_is_dropped():
    _, stock, find = shop()
    find.activate()
    await settle()
    slow, quick = asyncio.Event(), asyncio.Event()
    stock.pauses["items"] = [slow, quick]
    shown = collect(find.state_changed)
    find.set_query("hammer")
    find.set_query("mallet")
    quick.set()
    await settle()
    slow.set()
    await settle()
    assert {tuple(row.name for row in state.rows) for state in shown} == {(MALLET.name,)}


async def test_the_rows_follow_the_store_once_typing_rests():
    _, stock, find = shop()
    find.activate()
    await settle()
    assert stock.watching == 1
    stock.put(make_item("p1", 3))
    await settle()
    assert find.state.rows[0].on_hand == 3


async def test_while_typing_no_live_query_is_opened():
    items = [make_item("p1", 7)]
    stock = FakeStockRepository(items)
    find = FindViewModel(FakeCatalogue([HAMMER], items), stock, follow_after_ms=60_000)
    find.activate()
    for length in range(1, 7):
        find.set_query("hammer"[:length])
        await settle()
        assert stock.watching == 0


async def test_a_live_answer_to_an_older_question_is_dropped():
    _, stock, find = shop()
    find.activate()
    find.set_query("hammer")
    await settle()
    held = asyncio.Event()
    stock.pauses["items"] = [held]
    find.set_query("mallet")
    stock.put(make_item("p1", 1))
    await settle()
    held.set()
    await settle()
    assert names(find) == [MALLET.name]


async def test_a_new_product_and_a_new_place_show_by_themselves():
    catalogue, _, find = shop()
    find.activate()
    find.set_query("hammer")
    await settle()
    catalogue.put(make_product("p4", "Sledge Hammer"))
    await settle()
    assert names(find) == [HAMMER.name, "Sledge Hammer"]
    catalogue.put(replace(HAMMER, name="Framing Hammer"))
    await settle()
    assert names(find) == ["Framing Hammer", "Sledge Hammer"]


async def test_more_shows_another_page_and_a_new_query_starts_over():
    catalogue = FakeCatalogue([make_product(f"p{at}", f"Nail {at}") for at in range(3 * PAGE)])
    find = FindViewModel(catalogue, FakeStockRepository(), follow_after_ms=0)
    find.activate()
    await settle()
    assert (len(find.state.rows), find.state.total) == (PAGE, 3 * PAGE)
    find.show_more()
    await settle()
    assert len(find.state.rows) == 2 * PAGE
    find.set_query("nail")
    await settle()
    assert len(find.state.rows) == PAGE


async def test_a_hidden_screen_follows_nothing():
    catalogue, stock, find = shop()
    find.activate()
    await settle()
    find.deactivate()
    assert (stock.watching, catalogue.listening) == (0, 0)
    find.activate()
    await settle()
    assert (stock.watching, catalogue.listening) == (1, 1)


async def test_activating_twice_listens_once():
    catalogue, stock, find = shop()
    find.activate()
    find.activate()
    await settle()
    assert (stock.watching, catalogue.listening) == (1, 1)


async def test_a_screen_hidden_while_it_searches_follows_nothing():
    catalogue, stock, find = shop()
    find.activate()
    find.deactivate()
    await settle()
    assert (stock.watching, catalogue.listening) == (0, 0)


async def test_a_scanned_code_is_found_whatever_its_case():
    _, _, find = shop()
    assert find.with_code("hnd-p2-001") == "p2"
    assert find.with_code("hnd") is None
