"""What a search finds by meaning, below what it finds by words: in Find, Catalogue and Order."""

from __future__ import annotations

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.ui.catalogue.screen import CatalogueScreen
from app.ui.core.meant_rows import MeantRows
from app.ui.find.screen import FindScreen
from app.ui.find.view_model import FindViewModel
from app.ui.order.screen import OrderScreen
from tests.helpers.fakes import FakeCatalogue, FakeStockRepository, make_item, make_product
from tests.helpers.hands import ALT, CONTROL, Hands, cells, focus, texts
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ICE = "melt ice on the driveway"
"""No product has all of these words."""

HAMMER = make_product("p1", "16 oz Claw Hammer")
MALLET = make_product("p2", "Rubber Mallet")
SAW = make_product("p3", "Hand Saw")


def shop() -> tuple[FakeCatalogue, FakeStockRepository, FindViewModel]:
    items = [make_item("p1", 7), make_item("p2", 3)]
    catalogue = FakeCatalogue([HAMMER, MALLET, SAW], items)
    stock = FakeStockRepository(items)
    find = FindViewModel(catalogue, stock, follow_after_ms=0)
    find.activate()
    return catalogue, stock, find


def meant(find: FindViewModel) -> list[str]:
    return [row.name for row in find.state.meant]


async def ask(find: FindViewModel, query: str) -> None:
    find.set_query(query)
    await until(lambda: not find._think.isActive(), "that it thinks")
    await settle()


async def test_below_the_words_comes_what_they_did_not_find():
    catalogue, _, find = shop()
    catalogue.meant = {"hammer": ["p1", "p2"], "hit it": ["p2"], "nothing": []}
    await ask(find, "hammer")
    assert [row.name for row in find.state.rows] == [HAMMER.name]
    assert meant(find) == [MALLET.name]
    assert (find.state.total, find.state.meant_by) == (1, "hammer")
    await ask(find, "hit it")
    assert (find.state.rows, meant(find)) == ((), [MALLET.name])
    await ask(find, "nothing")
    assert (find.state.rows, meant(find), find.state.meant_by) == ((), [], "nothing")
    await ask(find, "nobody knows")
    assert (find.state.rows, meant(find), find.state.meant_by) == ((), [], "")
    await ask(find, "hit it")
    find.set_query("")
    await settle()
    assert meant(find) == []


async def test_whoever_sees_enough_by_words_is_not_asked_for_more():
    catalogue = FakeCatalogue([SAW, *(make_product(f"n{at}", f"Nail {at}") for at in range(9))])
    catalogue.meant = {"nail": ["p3"], "nail 1": ["p3"]}
    find = FindViewModel(catalogue, FakeStockRepository(), follow_after_ms=0)
    find.activate()
    await ask(find, "nail")
    assert (find.state.total, meant(find)) == (9, [])
    await ask(find, "nail 1")
    assert (find.state.total, meant(find)) == (1, [SAW.name])


async def test_the_stock_of_what_is_meant_is_followed():
    catalogue, stock, find = shop()
    catalogue.meant = {"hit it": ["p2"]}
    await ask(find, "hit it")
    assert find.state.meant[0].on_hand == 3
    stock.put(make_item("p2", 1))
    await settle()
    assert find.state.meant[0].on_hand == 1


async def test_a_screen_that_was_left_asks_nothing_more():
    catalogue, stock, find = shop()
    catalogue.meant = {"hit it": ["p2"]}
    find.set_query("hit it")
    find.deactivate()
    await settle()
    assert (meant(find), stock.watching) == ([], 0)


# On the demo store, with the model.


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hands(person: Hands) -> Hands:
    """Rita, a rep in Seattle, who stays signed in."""
    await person.begin(role=Role.REP, name="Rita")
    person.repositories.catalogue.understand(0)
    return person


def screen(hands: Hands) -> FindScreen:
    found = hands.workplace.current
    assert isinstance(found, FindScreen)
    return found


async def find(hands: Hands, query: str) -> FindScreen:
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type(query)
    shown = screen(hands)
    await until(lambda: shown._view_model.state.meant_by == query, f"what {query} means")
    return shown


def types(rows: MeantRows) -> set[str]:
    return {cell[1] for cell in cells(rows.table)}


async def test_a_question_is_answered_and_enter_opens_what_down_chose(hands: Hands):
    shown = await find(hands, ICE)
    assert shown.meant.isVisible() and "By meaning" in texts(shown)
    # Nothing that is empty takes the room of what was found.
    assert not shown.table.isVisible()
    assert texts(shown)[0].startswith(f"Nothing here is called “{ICE}”.")
    table = shown.meant.table
    last = table.visualRect(table.model().index(len(shown.meant.rows) - 1, 0))
    assert table.viewport().rect().contains(last)
    assert "Winter & Outdoor Living" in types(shown.meant) or types(shown.meant)
    first, second = shown.meant.rows[:2]
    assert shown.meant.current() == first
    await hands.press(Qt.Key.Key_Down)
    assert shown.meant.current() == second
    assert focus() is hands.workplace.bar.line
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.state.product is not None, "the product")
    assert hands.state.product is not None
    assert hands.state.product.product_id == second.product_id
    await hands.press(Qt.Key.Key_Escape)


async def test_enter_is_for_the_words_where_they_found_something(hands: Hands):
    shown = await find(hands, "tack hammer")
    assert shown.table.isVisible()
    (row,) = shown._view_model.state.rows
    await until(lambda: shown.meant.rows, "what it means")
    assert shown.meant.current() is None and shown.table.current() == row
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.state.product is not None, "the product")
    assert hands.state.product is not None and hands.state.product.name == row.name
    await hands.press(Qt.Key.Key_Escape)


async def test_the_arrows_go_through_both_lists_and_back(hands: Hands):
    shown = await find(hands, "tack hammer")
    await hands.press(Qt.Key.Key_Down)
    assert (shown.table.current(), shown.meant.current()) == (None, shown.meant.rows[0])
    await hands.press(Qt.Key.Key_PageDown)
    assert shown.meant.current() == shown.meant.rows[-1]
    await hands.press(Qt.Key.Key_PageUp)
    assert (shown.table.current(), shown.meant.current()) == (shown._model.rows[0], None)
    shown.table.setFocus()
    await hands.press(Qt.Key.Key_Down)
    assert focus() is shown.meant.table and shown.meant.current() == shown.meant.rows[0]
    await hands.press(Qt.Key.Key_Up)
    assert focus() is shown.table and shown.meant.current() is None
    assert shown.table.current() == shown._model.rows[0]


async def test_a_click_opens_it(hands: Hands):
    shown = await find(hands, ICE)
    wanted = shown.meant.rows[1]
    await hands.click_row(shown.meant.table, 1)
    await until(lambda: hands.state.product is not None, "the product")
    assert hands.state.product is not None
    assert hands.state.product.product_id == wanted.product_id
    await hands.press(Qt.Key.Key_Escape)


async def test_what_fits_by_neither_is_said(hands: Hands):
    shown = await find(hands, "how do I file my taxes")
    assert not shown.meant.isVisible()
    assert shown.table._empty.text().startswith(
        "Nothing here is called “how do I file my taxes”, and nothing means something like it.\n"
    )


async def test_a_scanned_code_never_lands_in_meaning(hands: Hands):
    shown = await find(hands, ICE)
    assert shown.meant.isVisible()
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.scan("HAMMERTIME")
    await until(lambda: shown._said.text(), "that nobody knows the code")
    await hands.rest()
    assert not shown.meant.isVisible() and not shown.meant.rows
    hands.workplace.bar.line.clear()


async def test_the_catalogue_continues_by_meaning_within_the_group(hands: Hands):
    await hands.press(Qt.Key.Key_C, ALT)
    shown = hands.workplace.current
    assert isinstance(shown, CatalogueScreen)
    hands.workplace.bar.focus()
    await hands.type(ICE)
    await until(lambda: shown.meant.rows, "what it means")
    assert shown.meant.current() == shown.meant.rows[0]
    before = shown.view_model.state.in_carts
    chosen = shown.meant.rows[0].product_id
    shown.sell(1)
    await until(lambda: shown.view_model.state.in_carts == before + 1, "one in the cart")
    shown.view_model.choose(("Hand Tools", ""))
    await until(
        lambda: chosen not in [one.product_id for one in shown.view_model.state.meant],
        "that no hand tool melts ice",
    )
    shown.view_model.choose(("", ""))
    hands.workplace.bar.line.clear()


async def test_an_order_takes_what_is_meant(hands: Hands):
    await hands.press(Qt.Key.Key_O, ALT)
    shown = hands.workplace.current
    assert isinstance(shown, OrderScreen)
    line = shown.cart.line
    line.line.setFocus()
    await hands.type(ICE)
    await until(lambda: line.meant.rows, "what it means")
    chosen = line.meant.current()
    assert chosen is not None and chosen == line.meant.rows[0]
    await hands.press(Qt.Key.Key_Return)
    await until(
        lambda: chosen.product_id in [one.product_id for one in shown.view_model.state.cart.lines],
        "the line",
    )
    assert (line.line.text(), line.meant.rows) == ("", [])
