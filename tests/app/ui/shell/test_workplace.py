"""The shell: moving between screens, switching users, roles, looks, and a day by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QWidget

from app.domain.entities import Profile, Role
from app.domain.scans import Scan
from app.ui.shell.rail import Rail
from app.ui.shell.sign_in import SignInScreen
from tests.helpers.hands import (
    ALT,
    CONTROL,
    HAMMER,
    SKU,
    Hands,
    cells,
    dialog,
    focus,
    named,
    rows,
    texts,
)
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

STOCK_ROOM = [
    *("Find", "Aisles", "Low stock", "Receive", "Transfers", "Count", "Reorder"),
    *("History", "Alerts", "Oversold", "Closing", "Sync"),
]

MINUS = "\N{MINUS SIGN}"


def titles(hands: Hands) -> list[str]:
    return [type(screen).__name__ for screen in (hands.workplace.current,)]


def shown(hands: Hands) -> str:
    return type(hands.workplace.current).__name__


def sign_in(hands: Hands) -> SignInScreen:
    screen = hands.client.sign_in_screen
    assert screen is not None
    return screen


@pytest.mark.parametrize("way", ["key", "click"])
async def test_a_text_that_found_nothing_keeps_no_keyboard_from_the_next_screen(
    hands: Hands, way: str
):
    await hands.scan("NOBODYS-CODE-7")
    bar = hands.workplace.bar.line
    assert bar.hasFocus() and bar.text()
    if way == "key":
        await hands.press(Qt.Key.Key_5, ALT)
    else:
        await hands.click(hands.workplace.rail.button("transfers"))
    assert not bar.hasFocus()
    await hands.type("n")
    assert shown(hands) == "TransfersScreen" and "n" not in bar.text()[-1:]


async def test_every_screen_has_a_key_and_a_button(hands: Hands):
    for key, name, screen in (
        (Qt.Key.Key_2, "aisles", "AislesScreen"),
        (Qt.Key.Key_3, "low_stock", "LowStockScreen"),
        (Qt.Key.Key_1, "find", "FindScreen"),
    ):
        await hands.press(key, ALT)
        assert shown(hands) == screen
        assert hands.workplace.rail.button(name).isChecked()
    await hands.click(hands.workplace.rail.button("low_stock"))
    assert shown(hands) == "LowStockScreen"


async def test_ctrl_k_takes_the_keyboard_from_anywhere_and_overtypes(hands: Hands):
    hands.workplace.bar.line.setText("old")
    await hands.open()
    await hands.type("a")
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type("n")
    assert hands.workplace.bar.line.text() == "n"
    assert shown(hands) == "FindScreen"


@pytest.mark.parametrize("name", ["find", "aisles", "low_stock"])
async def test_esc_on_the_card_comes_back_to_where_it_was_opened(hands: Hands, name: str):
    screen = hands.workplace.go(name)
    await hands.open()
    await hands.open("HND-HAMMER-002")
    await hands.press(Qt.Key.Key_Escape)
    assert hands.workplace.current is screen
    assert screen.isVisible()


@pytest.mark.parametrize("name", ["find", "aisles", "low_stock"])
async def test_a_scan_lands_from_every_screen(hands: Hands, name: str):
    screen = hands.workplace.go(name)
    await until(lambda: cells(screen.findChildren(type(hands.workplace.product.history.table))[0]))
    screen.focus_first()
    await hands.scan(SKU)
    await until(lambda: hands.state.product and hands.state.product.sku == SKU, "the scanned")
    assert hands.workplace.current is hands.workplace.product
    await until(hands.workplace.product.hasFocus, "the keyboard on the card")


async def test_what_opened_a_card_is_not_asked_of_the_next_screen(hands: Hands):
    bar = hands.workplace.bar.line
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type("hammer")
    await until(lambda: cells(hands.workplace.current.table), "hammers")  # type: ignore[attr-defined]
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.state.product is not None, "a card")
    # Back leads to the hammers, of which another may be meant.
    await hands.press(Qt.Key.Key_Escape)
    assert (shown(hands), bar.text()) == ("FindScreen", "hammer")
    await hands.press(Qt.Key.Key_3, ALT)
    assert (shown(hands), bar.text()) == ("LowStockScreen", "")
    assert focus() is not bar


async def test_the_rail_shows_the_current_screen_at_any_height(hands: Hands):
    rail = hands.workplace.rail
    hands.workplace.go("sync")
    for height in (800, 640, 500, 400):
        hands.window.resize(1280, height)
        await settle()
        marked = rail.button("sync")
        scroll = rail.findChild(QScrollArea)
        assert scroll is not None

        def seen(marked: QWidget = marked, scroll: QScrollArea = scroll) -> bool:
            corner = marked.mapTo(scroll.viewport(), QPoint(0, 0))
            return scroll.viewport().rect().contains(QRect(corner, marked.size()))

        await until(seen, f"Sync in the rail at {height}")


@pytest.mark.parametrize("taken", [True, False])
async def test_a_scan_goes_to_the_work_under_way_first(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, taken: bool
):
    screen = hands.workplace.go("low_stock")
    screen.focus_first()
    scans: list[Scan] = []

    def take(scan: Scan) -> bool:
        scans.append(scan)
        return taken

    monkeypatch.setattr(screen, "take_scan", take)
    await hands.scan(SKU)
    await until(lambda: scans, "the scan")
    assert scans == [hands.read(SKU)]
    assert (hands.workplace.current is screen) is taken


async def test_a_scan_into_the_bar_opens_the_product(hands: Hands):
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type("saw")
    await hands.scan(SKU)
    await until(lambda: hands.state.product and hands.state.product.sku == SKU, "the scanned")
    assert hands.workplace.bar.line.text() == SKU


async def test_a_scan_while_the_look_menu_is_open_opens_the_product(hands: Hands):
    before = hands.client.appearance.choice
    await hands.click(named(hands.workplace.rail, "Look"))
    await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "the menu")
    await hands.scan_into_popup(SKU)
    await until(lambda: hands.state.product and hands.state.product.sku == SKU, "the scanned")
    assert QApplication.activePopupWidget() is None
    assert hands.client.appearance.choice == before


async def test_only_the_screen_that_is_shown_follows_the_store(hands: Hands):
    watches = hands.client.session._watches
    alone = len(watches)
    for name in ("aisles", "low_stock", "find"):
        hands.workplace.go(name)
        await settle()
    await hands.open()
    hands.workplace.go("find")
    await until(lambda: len(watches) == alone, "the live queries of the hidden screens to end")


async def test_the_status_line_tells_mode_and_size(hands: Hands):
    said = texts(hands.workplace.status_line)
    assert "Offline: no Ditto credentials; the app works fully on this device" in said
    assert any(text.startswith("Local store ") and text.endswith(" MB") for text in said)
    assert hands.workplace.status_line.undo_button.isVisible() is bool(
        hands.workplace.status_line._view_model.state.undoes
    )


@pytest.mark.parametrize("choice", ["dark", "contrast", "light"])
async def test_a_look_is_chosen_from_the_menu(hands: Hands, choice: str):
    labels = {"dark": "Dark", "contrast": "High contrast", "light": "Light"}
    await hands.click(named(hands.workplace.rail, "Look"))
    await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "the menu")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = [one for one in menu.actions() if one.text() == labels[choice]]
    action.trigger()
    menu.close()
    assert hands.client.appearance.tokens.name == choice
    assert hands.window.grab().toImage().pixelColor(700, 700).name() in {
        hands.client.appearance.tokens.surface,
        hands.client.appearance.tokens.window,
    }


async def test_switching_the_user(hands: Hands):
    await hands.open()
    watches = hands.client.session._watches
    await hands.press(Qt.Key.Key_L, CONTROL)
    screen = sign_in(hands)
    assert screen.isVisible()
    assert watches == set()
    assert screen.name.text() in ("", "Maya", "Ben")
    screen.name.setText("Ben")
    screen.store.setCurrentText("Tacoma")
    screen.role.choose("manager")
    await hands.at_hand()
    screen.name.setFocus()
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.client.workplace is not None, "the workplace")
    assert {"Ben", "Manager"} <= set(texts(hands.workplace.rail))
    assert hands.workplace.bar.store.accessibleName() == "Store: Tacoma"
    product_id = await hands.open()
    assert hands.state.item is not None
    assert (hands.state.item.store_id, hands.state.item.product_id) == ("store_tacoma", product_id)
    assert "Seattle" in [one.store for one in hands.state.elsewhere]
    await hands.press(Qt.Key.Key_L, CONTROL)
    assert sign_in(hands).name.text() == "Ben"
    assert sign_in(hands).store.currentText() == "Tacoma"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.WORKER, STOCK_ROOM),
        (
            Role.MANAGER,
            [
                "Find",
                "Order",
                "Orders",
                "Catalogue",
                "Customers",
                *STOCK_ROOM[1:-2],
                "Sales",
                "Closing",
                "People",
                "Sync",
            ],
        ),
        (Role.REP, ["Find", "Order", "Orders", "Catalogue", "Customers", "Oversold", "Sync"]),
    ],
)
async def test_each_role_sees_its_screens(hands: Hands, role: Role, expected: list[str]):
    await hands.begin(role)
    (rail,) = hands.workplace.findChildren(Rail)
    # Alerts says how many wait beside its name.
    names = [one.accessibleName().partition(",")[0] for one in rail._buttons.values()]
    assert names == expected
    assert role.label in texts(rail)
    await hands.press(Qt.Key.Key_2, ALT)
    assert shown(hands) == ("AislesScreen" if "Aisles" in expected else "FindScreen")
    # Where it is no key, it was typed into the bar, and is looked up.
    await hands.rest()


async def test_a_manager_goes_to_another_store_and_sees_the_same_there(hands: Hands):
    await hands.begin(Role.MANAGER, name="Mia")
    product_id = await hands.open()
    assert named(hands.workplace.bar, "Seattle (Alt+S)").isVisible()
    await hands.press(Qt.Key.Key_S, ALT)
    await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "the menu")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    # Offline everything is here, and there is nothing to choose.
    assert len(menu.actions()) == len(hands.client.stores)
    assert [one.text() for one in menu.actions() if one.isChecked()] == ["Seattle"]
    before = hands.workplace
    tacoma = next(one for one in menu.actions() if one.text() == "Tacoma")
    place = menu.actionGeometry(tacoma).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)
    await until(lambda: hands.client.workplace not in (None, before), "Tacoma")
    await until(lambda: hands.workplace.current is hands.workplace.product, "the card")
    await until(lambda: hands.state.ledger is not None, "its history")
    assert hands.state.item is not None
    assert (hands.state.item.store_id, hands.state.item.product_id) == ("store_tacoma", product_id)
    assert {"Mia", "Manager"} <= set(texts(hands.workplace.rail))
    await hands.press(Qt.Key.Key_Escape)
    assert shown(hands) == "FindScreen"
    await hands.press(Qt.Key.Key_L, CONTROL)
    screen = hands.client.sign_in_screen
    assert screen is not None and screen.store_id == "store_tacoma"
    await hands.begin()
    assert not hands.workplace.bar.store.isVisible()


async def test_a_rep_looks_but_does_not_touch(hands: Hands):
    await hands.begin(Role.REP)
    await hands.open()
    before = await hands.item()
    card = hands.workplace.product
    assert str(before.on_hand) in texts(card.stock)
    for widget in (card.stock.plus, card.stock.minus, card.stock.form, card.place.move_button):
        assert not widget.isVisible()
    await hands.type("+-a1m")
    await hands.press(Qt.Key.Key_Return)
    await settle()
    assert dialog() is None
    assert await hands.item() == before
    assert not hands.workplace.status_line.undo_button.isVisible()


async def test_a_store_with_nothing_like_it_says_so(hands: Hands):
    listings = hands.repositories.catalogue._listings.values()
    missing = next(one for one in listings if one.key is None)
    hands.workplace.open_product(missing.product.product_id)
    await until(lambda: hands.state.elsewhere, "the other stores")
    assert "Not stocked here" in texts(hands.workplace.product.stock)
    assert not hands.workplace.product.stock.form.isVisible()


async def test_a_day_by_keyboard_only(hands: Hands):
    """From the sign-in to the undo, without a mouse."""
    await hands.press(Qt.Key.Key_L, CONTROL)
    sign_in(hands).name.clear()
    await hands.at_hand()
    sign_in(hands).focus_first()
    await hands.type("Maya")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.client.workplace is not None, "the workplace")
    await hands.type("hamer 16 oz")
    # For a moment there are no rows, as long as the word is not whole.
    await until(lambda: HAMMER in [row[0] for row in rows(hands.workplace.current)[:1]], HAMMER)
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.state.ledger is not None, "the card")
    before, lines = hands.on_hand, len(cells(hands.workplace.product.history.table))
    await hands.type("a2")
    await hands.press(Qt.Key.Key_Tab)
    reason = hands.workplace.product.stock.form.reason
    assert focus() is reason
    assert reason.currentText() == "Damaged"
    await hands.press(Qt.Key.Key_Tab)
    await hands.type("split handles")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: hands.on_hand == before - 2, "two fewer")
    await until(
        lambda: f"{MINUS}2" in hands.workplace.status_line._view_model.state.undoes, "the undo"
    )
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: hands.on_hand == before, "both back")
    history = hands.workplace.product.history.table
    await until(lambda: len(cells(history)) == lines + 2, "both in the history")
    assert [line[1] for line in cells(history)[:2]] == [
        "Undo of damaged",
        "Damaged \N{MIDDLE DOT} split handles",
    ]
    await hands.press(Qt.Key.Key_Escape)
    assert shown(hands) == "FindScreen"


async def test_an_undo_below_zero_asks_first(hands: Hands):
    sku = "HND-HAMMER-003"
    await hands.open(sku)
    form = hands.workplace.product.stock.form
    await hands.click(form.direction.button("add"))
    await hands.click(form.quantity)
    await hands.type("5")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: "+5" in hands.workplace.status_line._view_model.state.undoes, "the undo")
    left = await hands.elsewhere(-hands.on_hand + 1, sku)
    assert left == 1
    await hands.click(hands.workplace.status_line.undo_button)
    await until(dialog, "the question")
    asked = dialog()
    assert asked is not None
    assert any("Only 1 on hand now" in text for text in texts(asked))
    await hands.click(named(asked, f"Undo to {MINUS}4"))
    await until(lambda: hands.on_hand == -4, "the negative")


async def test_signing_in_leaves_nothing_of_whoever_was_signed_in(hands: Hands):
    before = hands.workplace
    await hands.client.sign_in(Profile("store_seattle", Role.WORKER, "Ben"))
    assert hands.workplace is not before
    assert not before._status._timer.isActive()
    assert hands.workplace._status._timer.isActive()
