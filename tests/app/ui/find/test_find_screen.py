"""Find, with keys and clicks on the demo store."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from app.domain.entities import StockState
from app.ui.find.screen import FIND_COLUMNS, FindScreen
from app.ui.find.view_model import PAGE, FindRow
from app.ui.labels.dialog import LabelsDialog
from app.ui.product.place_card import MoveDialog
from app.ui.reorder.screen import ReorderScreen
from tests.helpers.hands import (
    CONTROL,
    HAMMER,
    SKU,
    Hands,
    cells,
    click_header,
    dialog,
    focus,
    named,
    texts,
)
from tests.helpers.menus import row_menu, said
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def screen(hands: Hands) -> FindScreen:
    found = hands.workplace.current
    assert isinstance(found, FindScreen)
    return found


def names(hands: Hands) -> list[str]:
    return [one[0] for one in cells(screen(hands).table)]


async def find(hands: Hands, query: str) -> None:
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type(query)
    await until(lambda: screen(hands)._query == query, f"the answer to {query}")


async def test_signed_in_one_can_type_at_once(hands: Hands):
    assert focus() is hands.workplace.bar.line
    assert len(names(hands)) == PAGE


@pytest.mark.parametrize(
    ("query", "first"),
    [("hamer 16", HAMMER), ("HAMMER curved", HAMMER), (SKU.lower(), HAMMER), ("hämmer 16", HAMMER)],
)
async def test_results_come_while_typing(hands: Hands, query: str, first: str):
    await find(hands, query)
    assert names(hands)[0] == first


async def test_enter_before_the_rows_opens_the_answer_to_what_was_typed(hands: Hands):
    await find(hands, "mallet")
    hands.workplace.bar.line.setText("hamer 16 curved")
    screen(hands).open_current()
    product = hands.workplace.product.view_model.state.product
    assert product is not None
    assert product.name == HAMMER


async def test_a_result_shows_on_hand_here_place_and_price(hands: Hands):
    await find(hands, "hamer 16")
    name, _, place, on_hand, price = cells(screen(hands).table)[0]
    item = await hands.item()
    assert (name, place, on_hand) == (HAMMER, item.place.code, str(item.on_hand))
    assert price.startswith("$")


async def test_a_place_finds_what_stands_there(hands: Hands):
    place = (await hands.item()).place
    await find(hands, f"aisle {place.aisle}{place.shelf}".lower())
    places = {one[2] for one in cells(screen(hands).table)}
    assert places
    assert all(code.startswith(f"{place.aisle}{place.shelf}-") for code in places)


async def test_arrows_move_in_the_results_while_the_keyboard_stays_in_the_bar(hands: Hands):
    await find(hands, "hammer")
    await hands.press(Qt.Key.Key_Down)
    await hands.press(Qt.Key.Key_Down)
    await hands.press(Qt.Key.Key_Up)
    assert screen(hands).table.currentIndex().row() == 1
    assert focus() is hands.workplace.bar.line
    second = names(hands)[1]
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.state.product is not None, "the product")
    assert hands.state.product is not None
    assert hands.state.product.name == second


async def test_arrows_stop_at_the_ends(hands: Hands):
    await find(hands, "hammer")
    await hands.press(Qt.Key.Key_Up)
    assert screen(hands).table.currentIndex().row() == 0
    for _ in range(6):
        await hands.press(Qt.Key.Key_PageDown)
    assert screen(hands).table.currentIndex().row() == len(names(hands)) - 1


async def test_enter_opens_the_best_answer_to_what_was_typed_last(hands: Hands):
    await find(hands, "saw")
    assert names(hands)[0] != HAMMER
    await find(hands, "hamer 16 oz")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.workplace.current is hands.workplace.product, "the card")
    assert hands.state.product is not None
    assert hands.state.product.name == HAMMER


async def test_a_click_opens_a_result_and_esc_comes_back(hands: Hands):
    await find(hands, "hammer")
    shown = names(hands)
    await hands.click_row(screen(hands).table, 1)
    assert hands.state.product is not None
    assert hands.state.product.name == shown[1]
    await hands.press(Qt.Key.Key_Escape)
    assert names(hands) == shown
    assert hands.workplace.bar.line.text() == "hammer"


async def test_esc_empties_the_bar_and_then_leaves_it(hands: Hands):
    await find(hands, "hammer")
    await hands.press(Qt.Key.Key_Escape)
    assert hands.workplace.bar.line.text() == ""
    await until(lambda: len(names(hands)) == PAGE, "all products")
    await hands.press(Qt.Key.Key_Escape)
    assert focus() is screen(hands).table


async def test_nothing_found_says_so_and_what_to_try(hands: Hands):
    await find(hands, "zzzyx")
    await until(lambda: not names(hands), "no products")
    said = [text for text in texts(screen(hands)) if "zzzyx" in text]
    assert len(said) == 1
    assert "Try fewer words" in said[0]
    await hands.press(Qt.Key.Key_Return)
    assert isinstance(hands.workplace.current, FindScreen)


async def test_more_shows_more(hands: Hands):
    await hands.click(named(screen(hands), "Show more"))
    await until(lambda: len(names(hands)) == 2 * PAGE, "another page")


async def test_typing_on_another_screen_comes_back_to_find(hands: Hands):
    hands.workplace.go("low_stock")
    await find(hands, "hamer 16")
    assert names(hands)[0] == HAMMER


async def test_the_chosen_row_stays_chosen_while_stock_changes(hands: Hands):
    await find(hands, "hammer")
    await hands.press(Qt.Key.Key_Down)
    chosen = screen(hands).table.current()
    assert chosen is not None
    after = await hands.elsewhere(3, chosen.sku)
    await until(lambda: cells(screen(hands).table)[1][3] == str(after), "the new number")
    assert screen(hands).table.currentIndex().row() == 1


async def test_a_click_on_a_header_sorts_all_products_not_only_the_shown_ones(hands: Hands):
    table = screen(hands).table
    total = screen(hands)._view_model.state.total
    assert total > PAGE
    click_header(table, 4)
    await until(lambda: len(names(hands)) == total, "all products")

    def prices() -> list[Decimal]:
        return [Decimal(one[4].strip("$").replace(",", "")) for one in cells(table)]

    await until(lambda: prices() == sorted(prices()), "the cheapest first")
    click_header(table, 4)
    assert prices() == sorted(prices(), reverse=True)
    # A new question has its own best answer on top.
    await find(hands, "hamer 16")
    assert names(hands)[0] == HAMMER
    assert table.horizontalHeader().sortIndicatorSection() == -1


async def test_products_that_are_chosen_are_labelled_and_reordered_together(hands: Hands):
    await find(hands, "hammer")
    table = screen(hands).table
    screen(hands).focus_first()
    await hands.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    ids = [row.product_id for row in table.chosen()]
    assert len(ids) == 2
    await hands.press(Qt.Key.Key_L)
    labels = dialog()
    assert isinstance(labels, LabelsDialog)
    assert [one.title for one in labels._labels["product"]] == names(hands)[:2]
    labels.reject()
    await hands.at_hand()
    menu = row_menu(table, 1)
    assert said(menu)[:4] == [
        *("Open\tEnter", "Print &labels\tL", "&Move to another place\tM"),
        "&Reorder at the supplier\tR",
    ]
    assert not menu.actions()[2].isEnabled()
    await hands.press_in_menu("r")
    reorder = hands.workplace.current
    assert isinstance(reorder, ReorderScreen)
    await until(lambda: len(reorder.view_model.state.rows) == 2, "a draft")
    rows = reorder.view_model.state.rows
    assert {one.product_id for one in rows} == set(ids)
    assert all(one.line.quantity >= 1 for one in rows)


async def test_m_asks_on_the_card_where_to_move_it(hands: Hands):
    await find(hands, "hammer")
    screen(hands).focus_first()
    chosen = screen(hands).table.current()
    await hands.press(Qt.Key.Key_M)
    await until(lambda: isinstance(dialog(), MoveDialog), "the question")
    asked = dialog()
    assert asked is not None
    asked.reject()
    assert hands.workplace.current is hands.workplace.product
    assert hands.state.product is not None and chosen is not None
    assert hands.state.product.product_id == chosen.product_id


@pytest.mark.parametrize(
    ("place", "on_hand", "said_of_it"),
    [("1A-1", 3, "1A-1"), ("", 0, "No place"), ("", None, "Not stocked here")],
)
async def test_what_has_no_place_may_be_stocked(place: str, on_hand: int | None, said_of_it: str):
    state = None if on_hand is None else StockState.OK
    row = FindRow("p", "Glue", "G-1", "Supplies", Decimal(7), place, on_hand, state)
    assert FIND_COLUMNS[2].cell(row).text == said_of_it
