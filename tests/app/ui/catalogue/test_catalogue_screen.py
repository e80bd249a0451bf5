"""The catalogue by keyboard, on the demo store."""

from __future__ import annotations

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.ui.catalogue.screen import CatalogueScreen
from app.ui.catalogue.view_model import CatalogueState
from tests.helpers.hands import ALT, CONTROL, HAMMER, Hands, focus
from tests.helpers.menus import popup, right_click, said
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hands(person: Hands) -> Hands:
    """Rita, a rep in Seattle, who stays signed in."""
    await person.begin(role=Role.REP, name="Rita")
    return person


def state(screen: CatalogueScreen) -> CatalogueState:
    return screen.view_model.state


async def look(hands: Hands) -> CatalogueScreen:
    hands.workplace.bar.line.clear()
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_C, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, CatalogueScreen)
    await until(lambda: bool(state(screen).rows), "products")
    return screen


async def test_categories_count_what_matches_and_narrow_it_down(hands: Hands) -> None:
    screen = await look(hands)
    groups = {one.group: one.count for one in state(screen).groups}
    assert groups.pop(("", "")) == 424 == sum(groups.values())
    hands.workplace.bar.focus()
    await hands.type("hammer")
    await until(lambda: state(screen).rows and "ammer" in state(screen).rows[0].name, "hammers")
    matching = {one.name: one.count for one in state(screen).groups if one.count}
    assert hands.workplace.current is screen
    assert set(matching) == {"Everything", "Hand Tools", "Power Tools"}
    screen.groups.setFocus()
    at = [one.name for one in state(screen).groups].index("Hand Tools")
    for _ in range(at):
        await hands.press(Qt.Key.Key_Down)
    await until(lambda: state(screen).chosen == ("Hand Tools", ""), "the category")
    assert {one.category for one in state(screen).rows} == {"Hand Tools"}
    assert state(screen).total == matching["Hand Tools"]
    assert not [one for one in state(screen).groups if one.group[1]]
    await hands.press(Qt.Key.Key_Right)
    types = [one for one in state(screen).groups if one.group[0] == "Hand Tools" and one.group[1]]
    assert sum(one.count for one in types) == matching["Hand Tools"]
    await hands.press(Qt.Key.Key_Down)
    await until(lambda: state(screen).chosen == types[0].group, "the first type")
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type("zzz")
    await until(lambda: state(screen).total == 0, "nothing")
    hands.workplace.bar.line.clear()
    screen.groups.select(0)
    await until(lambda: state(screen).total == 424, "all again")


async def test_plus_puts_into_the_cart_and_enter_opens_the_product(hands: Hands) -> None:
    screen = await look(hands)
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type("curved claw hammer 16")
    await until(lambda: state(screen).rows and state(screen).rows[0].name == HAMMER, "the hammer")
    screen.focus_first()
    assert focus() is screen.tiles
    for key in "++-+":
        await hands.type(key)
    await until(lambda: state(screen).rows[0].in_carts == 2, "two in the cart")
    assert hands.workplace.current is screen
    assert "2 in carts" in screen._summary.text()
    await hands.press(Qt.Key.Key_Return)
    opened = hands.workplace.product.view_model.state.product
    assert opened is not None
    assert opened.name == HAMMER
    await hands.press(Qt.Key.Key_Escape)
    assert hands.workplace.current is screen


async def test_a_tile_has_the_menu_of_its_row(hands: Hands) -> None:
    screen = await look(hands)
    screen.look.button("tiles").click()
    tiles = screen.tiles
    place = tiles.visualRect(tiles.model().index(0, 0)).center()
    menu = right_click(tiles.viewport(), place)
    assert said(menu) == [
        *("Open\tEnter", "One more in the open cart\t+"),
        "One fewer in the open cart\t\N{MINUS SIGN}",
        *("Print &labels\tL", "Add to the &cart\tC", "Copy the row\tCtrl+C"),
    ]
    assert screen.table.chosen() == [state(screen).rows[0]]
    before = state(screen).in_carts
    await hands.press_in_menu("c")
    await until(lambda: state(screen).in_carts == before + 1, "it in the cart")
    await hands.press(Qt.Key.Key_Menu)
    popup().close()
    await hands.press(Qt.Key.Key_Minus)
    await until(lambda: state(screen).in_carts == before, "it out again")
