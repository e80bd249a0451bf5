"""A scanner never acts as a person: on every screen, from every focus, at every pace."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import TypeVar

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from app.domain.entities import Role
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.count.screen import CountScreen
from app.ui.find.screen import FindScreen
from app.ui.order.screen import OrderScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen
from tests.helpers.hands import CONTROL, SKU, Hands, dialog, somebody, texts
from tests.helpers.waiting import collect, settle, until
from tests.helpers.wedge import ENDS, Wedge

pytestmark = pytest.mark.asyncio(loop_scope="module")

S = TypeVar("S", bound=Screen)

OTHER = "HND-HAMMER-002"
SAW = "PWR-SAW-001"
GAPS = (4, 20, 35, 60, 100)
CODES = (
    SKU,
    "0012345",
    SAW,
    "4006381333931",
    "]C0AB+12-3=M",
    "HND-TOOLBOX-404",
    "010400638133393110A12",
)
PERSON = (140, 210, 90, 250, 70, 180, 115)
each_gap = pytest.mark.parametrize("gap", GAPS)
each_end = pytest.mark.parametrize("end", ENDS)


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def mia(person: Hands) -> AsyncIterator[Hands]:
    """A manager in Seattle, who sees every screen."""
    if person.client.workplace is None:
        await person.begin(Role.MANAGER, name="Mia")
    await person.at_hand()
    yield person
    while (asked := dialog()) is not None:
        asked.reject()
        await settle()
    person.workplace.bar.line.clear()
    person.workplace.go("find")
    await person.rest()


@pytest.fixture
def wedge(mia: Hands) -> Wedge:
    """The scanner at Mia's computer."""
    return Wedge(mia.client._scanner)


@pytest.fixture
def writes(mia: Hands) -> Iterator[list[object]]:
    """What this device stores meanwhile."""
    written: list[object] = []
    stop = mia.client.session.on_written(written.append)
    yield written
    stop()


# --- everywhere


def facts(hands: Hands) -> list[object]:
    """Everything that a key could have changed, of the window and of the dialog on top of it."""
    top: QWidget | None = QApplication.activeModalWidget()
    within = top or hands.window
    lines = within.findChildren(QLineEdit)
    return [
        hands.client.workplace and hands.workplace.shown,
        id(top),
        *((one.text(), one.cursorPosition(), one.selectedText()) for one in lines),
        *(
            (one.toPlainText(), one.textCursor().position())
            for one in within.findChildren(QPlainTextEdit)
        ),
        *(one.currentIndex() for one in within.findChildren(QComboBox)),
        *(one.value() for one in within.findChildren(QSpinBox)),
        *((one.isChecked(), one.isEnabled()) for one in within.findChildren(QAbstractButton)),
        *(one.currentIndex().row() for one in within.findChildren(RowsTable)),
    ]


def focuses(top: QWidget) -> list[QWidget]:
    """Where the keyboard can be."""
    found = [
        one
        for one in top.findChildren(QWidget)
        if one.isVisible() and one.isEnabled() and one.focusProxy() is None
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.window() is top
        # What the first keys in the bar lead to is taken back with the scan itself.
        if one.objectName() != "command"
    ]
    # Of the rail's buttons one is like the other.
    rail = [one for one in found if one.property("look") == "nav"]
    return [one for one in found if one not in rail[1:]]


def assert_no_scan_acts(hands: Hands, wedge: Wedge, top: QWidget, read: list[str]) -> None:
    """From wherever the keyboard is, every pace and every end: the code is read, and no more."""
    pressed: list[str] = []
    for button in top.findChildren(QAbstractButton):
        button.clicked.connect(lambda *_, button=button: pressed.append(button.text()))
    places = focuses(top)
    assert places
    turn = count()
    wrong = []
    for focus in places:
        focus.setFocus()
        before = facts(hands)
        for gap in GAPS:
            at = next(turn)
            code, end = CODES[at % len(CODES)], list(ENDS)[at % len(ENDS)]
            read.clear()
            wedge.scan(code, gap, end)
            after = facts(hands)
            if read != [code] or after != before or not focus.hasFocus() or pressed:
                name = focus.accessibleName() or type(focus).__name__
                wrong.append((name, gap, code, end, list(read), list(pressed)))
                pressed.clear()
                focus.setFocus()
                after = facts(hands)
            before = after
    assert not wrong


@pytest.fixture
def read(mia: Hands) -> Iterator[list[str]]:
    """What was scanned; nothing is done with it."""
    scanner = mia.client._scanner
    scanner.scanned.disconnect(mia.client._hearing.take)
    yield collect(scanner.scanned)
    scanner.scanned.disconnect()
    scanner.scanned.connect(mia.client._hearing.take)


async def _card(hands: Hands) -> None:
    await hands.open()


async def _cart(hands: Hands) -> None:
    screen = shown(hands, "order", OrderScreen)
    hands.workplace.scan(SKU)
    hands.workplace.scan(SAW)
    await until(lambda: len(screen.view_model.state.rows) == 2, "a cart")
    screen.cart.table.focus_a_row()


async def _receipt(hands: Hands) -> None:
    screen = shown(hands, "receive", ReceiveScreen)
    screen.view_model.begin()
    await until(lambda: screen.view_model.state.editable, "a receipt")
    hands.workplace.scan(SKU)
    await until(lambda: screen.view_model.state.rows, "a line")
    screen.receipt.table.focus_a_row()


async def _draft(hands: Hands) -> None:
    screen = shown(hands, "reorder", ReorderScreen)
    screen.view_model.begin()
    await until(lambda: screen.view_model.state.editable, "a draft")
    hands.workplace.scan(SKU)
    await until(lambda: screen.view_model.state.rows, "a line")
    screen.paper.table.focus_a_row()


async def _counting(hands: Hands) -> None:
    stocktake = await hands.repositories.stocktakes.open(somebody("store_seattle"), "Yearly")
    screen = shown(hands, "count", CountScreen)
    screen.open(stocktake)
    await until(lambda: screen._counting.state.total, "what to count")
    hands.workplace.scan(SKU)
    await until(lambda: screen._counting.state.current, "a product")


async def _question(hands: Hands) -> None:
    await _cart(hands)
    shown(hands, "order", OrderScreen).cart._ask_discard()


async def _labels(hands: Hands) -> None:
    await hands.open()
    hands.workplace.product.place.open_labels()


async def _place(hands: Hands) -> None:
    await hands.open()
    hands.workplace.product.place.open_dialog()


WORK = {
    one.__name__.strip("_"): one
    for one in (_card, _cart, _receipt, _draft, _counting, _question, _labels, _place)
}
SCREENS = (
    "find aisles low_stock receive transfers count reorder history alerts oversold sales order "
    "orders catalogue customers sync"
)


@pytest.mark.parametrize("name", [*WORK, *SCREENS.split()])
async def test_whatever_has_the_keyboard_a_scan_is_read_and_nothing_else_happens(
    mia: Hands, wedge: Wedge, name: str, request: pytest.FixtureRequest
):
    if name in WORK:
        await WORK[name](mia)
    else:
        mia.workplace.go(name)
    await settle()
    await mia.rest()
    read = request.getfixturevalue("read")
    writes = request.getfixturevalue("writes")
    await mia.at_hand()
    top: QWidget = QApplication.activeModalWidget() or mia.window
    assert_no_scan_acts(mia, wedge, top, read)
    await settle()
    assert not writes
    if isinstance(screen := mia.workplace.current, CountScreen):
        screen.counting.digits.clear()
        screen._to_sessions()
        await mia.rest()


# --- what was tried


def shown(hands: Hands, name: str, kind: type[S]) -> S:
    screen = hands.workplace.go(name)
    assert isinstance(screen, kind)
    return screen


async def empty_cart(hands: Hands) -> OrderScreen:
    """Order, with nothing in the cart."""
    screen = shown(hands, "order", OrderScreen)
    screen.view_model.discard()
    await until(
        lambda: not (screen.view_model.actions.running or screen.view_model.state.rows), "no cart"
    )
    screen.focus_first()
    await hands.at_hand()
    return screen


@each_end
@pytest.mark.parametrize("gap", [4, 60])
async def test_a_scan_on_place_order_puts_the_product_into_the_cart(
    mia: Hands, wedge: Wedge, gap: int, end: str
):
    screen = await empty_cart(mia)
    product_id = mia.read(OTHER).product_id

    def quantities() -> list[int]:
        lines = [one.line for one in screen.view_model.state.rows]
        return [one.quantity for one in lines if one.product_id == product_id]

    wedge.scan(SAW, gap, end)
    await until(lambda: screen.view_model.state.rows, "a line")
    screen.cart.place.setFocus()
    wedge.scan(OTHER, gap, end)
    await until(quantities, "the product")
    await mia.rest()
    assert quantities() == [1]
    assert screen.view_model.state.cart is not None
    assert dialog() is None
    await empty_cart(mia)


@pytest.mark.parametrize(("gap", "end"), [(4, "CR CR"), (4, "CR LF"), (60, "CR LF")])
async def test_a_scan_on_take_in_is_a_line_and_posts_nothing(
    mia: Hands, wedge: Wedge, gap: int, end: str
):
    await _receipt(mia)
    screen = shown(mia, "receive", ReceiveScreen)
    before = (await mia.item(OTHER)).on_hand
    screen.receipt.post.setFocus()
    wedge.scan(OTHER, gap, end)
    await until(lambda: len(screen.view_model.state.rows) == 2, "the product")
    await mia.rest()
    assert screen.view_model.state.editable
    assert dialog() is None
    assert (await mia.item(OTHER)).on_hand == before
    screen.view_model.discard()
    await until(lambda: not screen.view_model.actions.running, "a rest")


async def test_what_is_typed_behind_two_ends_is_the_count_of_what_was_scanned(
    mia: Hands, wedge: Wedge
):
    await _counting(mia)
    screen = shown(mia, "count", CountScreen)
    wedge.scan(OTHER, 4, "CR CR")
    counting = screen._counting
    await until(lambda: counting.state.current and counting.state.current.sku == OTHER, OTHER)
    wedge.type("12", PERSON)
    wedge.press(Qt.Key.Key_Return)
    await until(lambda: [one.mine for one in counting.state.rows if one.sku == OTHER] == [12], "12")
    screen._to_sessions()


@pytest.mark.parametrize("code", ["0012345", "4006381333931", "12345"])
@pytest.mark.parametrize("gap", [20, 60, 100])
async def test_digits_of_a_code_are_never_counted(mia: Hands, wedge: Wedge, gap: int, code: str):
    await _counting(mia)
    screen = shown(mia, "count", CountScreen)
    before = screen.counting.digits.text()
    wedge.scan(code, gap)
    await settle()
    assert screen.counting.digits.text() == before
    assert not [one for one in screen._counting.state.rows if one.mine == int(code)]
    assert any(f"No product has the code {code}" in one for one in texts(screen))
    screen.counting.digits.clear()
    screen._to_sessions()


@pytest.mark.parametrize("field", ["card", "quantity", "note", "bar"])
@each_gap
async def test_no_stock_moves_by_a_scan_on_the_card(
    mia: Hands, wedge: Wedge, writes: list[object], gap: int, field: str
):
    await mia.open()
    card = mia.workplace.product
    form = card.stock.form
    before = mia.on_hand
    focus = {"card": card, "quantity": form.quantity, "note": form.note, "bar": mia.workplace.bar}
    focus[field].setFocus()
    wedge.scan(SAW, gap)
    await until(lambda: mia.state.product and mia.state.product.sku == SAW, "the scanned")
    await mia.rest()
    assert (form.quantity.text(), form.note.toPlainText()) == ("", "")
    assert (await mia.item()).on_hand == before
    assert not writes


@each_gap
async def test_the_letters_of_a_code_order_nothing(
    mia: Hands, wedge: Wedge, writes: list[object], gap: int
):
    screen = shown(mia, "reorder", ReorderScreen)
    screen.view_model.close()
    screen.orders.focus_first()
    await mia.rest()
    writes.clear()
    wedge.scan("HND-TOOLBOX-404", gap)
    await mia.rest()
    assert not writes
    assert screen.view_model.state.paper is None


@each_gap
async def test_a_scan_into_the_bar_is_for_the_screen_below_it(mia: Hands, wedge: Wedge, gap: int):
    screen = await empty_cart(mia)
    await mia.press(Qt.Key.Key_F, CONTROL)
    wedge.scan(SKU, gap)
    await until(lambda: screen.view_model.state.rows, "the product")
    assert mia.workplace.current is screen
    assert mia.workplace.bar.line.text() == ""
    await empty_cart(mia)


# --- a person


async def test_what_a_person_presses_comes_in_order(mia: Hands, wedge: Wedge):
    await mia.open()
    form = mia.workplace.product.stock.form
    before = mia.on_hand
    mia.workplace.product.setFocus()
    wedge.rest()
    wedge.type("a25", PERSON)
    wedge.rest()
    assert form.quantity.text() == "25"
    form.quantity.clear()
    mia.workplace.product.setFocus()
    wedge.type("++-+", PERSON)
    wedge.rest()
    await until(lambda: mia.on_hand == before + 2, "two more")
    await mia.rest()
    await mia.press(Qt.Key.Key_F, CONTROL)
    wedge.type("claw hammer 16 oz", PERSON * 3)
    wedge.rest()
    assert mia.workplace.bar.line.text() == "claw hammer 16 oz"
    assert isinstance(mia.workplace.current, FindScreen)


# --- in front of everything


async def test_nothing_at_the_sign_in_is_signed_in_by_a_scan(mia: Hands, wedge: Wedge, read):
    mia.client.show_sign_in()
    await settle()
    await mia.at_hand()
    screen = mia.client.sign_in_screen
    assert screen is not None
    screen.name.setText("Mia")
    assert_no_scan_acts(mia, wedge, mia.window, read)
    await settle()
    assert mia.client.workplace is None
    mia.client._hearing.take(SKU)
    assert any(f"{SKU} was not taken: sign in first" in one for one in texts(screen))
    await mia.begin(Role.MANAGER, name="Mia")


async def test_a_scan_neither_answers_a_question_nor_closes_it(mia: Hands, wedge: Wedge):
    await _question(mia)
    await mia.at_hand()
    asked = dialog()
    assert asked is not None
    for end in ENDS:
        wedge.scan(OTHER, 20, end)
    await settle()
    assert dialog() is asked
    state = shown(mia, "order", OrderScreen).view_model.state
    assert len(state.rows) == 2
    assert f"{OTHER} was not taken" in mia.workplace._status.state.message.text
