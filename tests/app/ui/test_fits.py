"""Everything fits: on a small laptop, in every look, with any text that a person can type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStyle,
    QWidget,
)

from app.client import Client
from app.domain.entities import Movement, Reason
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided
from app.ui.product.place_card import MoveDialog
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen
from app.ui.shell.window import MINIMUM, MainWindow
from app.ui.sync.screen import SyncScreen
from tests.helpers.hands import CONTROL, SKU, Hands, dialog, rows, texts
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)

EXTREME = {
    "long word": "W" * 10_000,
    "long text": "word " * 2_000,
    "emoji": "🔨👩🏽‍🏭🏳️‍🌈" * 300,
    "right to left": "\u202eמסור חשמלי \u0645\u0637\u0631\u0642\u0629 " * 200,
    "newlines": "a\nb\r\n\u2028c" * 500,
    "combining": "Z" + "\u0301" * 2_000,
    "control": "a\x00b\x1b[31m\x7f\ufeff",
    "markup": "<h1>big</h1><img src=x>&amp;%s{0}'; DROP TABLE inventory --",
}
each_text = pytest.mark.parametrize("text", EXTREME.values(), ids=EXTREME.keys())


def visible(widget: QWidget) -> Iterator[QWidget]:
    """Every widget to be seen inside another."""
    for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isVisible() and not child.isWindow():
            yield child
            yield from visible(child)


def problems(window: QWidget) -> list[str]:
    """What is cut off by the window, by what it stands in, or by its own size."""
    found = []
    for widget in visible(window):
        if _belongs_to_a_view(widget) or widget.width() == 0 or widget.height() == 0:
            continue
        parent: QWidget | None = widget.parentWidget()
        inside = QRect(QPoint(0, 0), widget.size()).translated(widget.mapTo(window, QPoint(0, 0)))
        area = _scroll_area(widget)
        if area is None and not window.rect().contains(inside):
            found.append(f"{_name(widget)} at {inside} leaves the window {window.rect()}")
        if area is not None:
            left = widget.mapTo(area.viewport(), QPoint(0, 0)).x()
            if left < 0 or left + widget.width() > area.viewport().width():
                found.append(f"{_name(widget)} leaves its scrolled page to the side")
        held = parent is None or parent is window or area is not None
        if parent is not None and not held and not parent.rect().contains(widget.geometry()):
            found.append(f"{_name(widget)} at {widget.geometry()} leaves {_name(parent)}")
        found += _cut_text(widget)
    return found


def _cut_text(widget: QWidget) -> list[str]:
    if isinstance(widget, Elided):
        return []
    if isinstance(widget, QLabel):
        needed = widget.sizeHint()
        if widget.wordWrap():
            height = widget.heightForWidth(widget.width())
            if widget.height() < height - 1:
                return [f"{_name(widget)} is {widget.height()} high and needs {height}"]
        elif widget.text() and widget.width() < needed.width() - 1:
            return [f"{_name(widget)} is {widget.width()} wide and needs {needed.width()}"]
    elif isinstance(widget, QAbstractButton) and widget.text():
        needed = widget.minimumSizeHint()
        if widget.width() < needed.width() - 1 or widget.height() < needed.height() - 1:
            return [f"{_name(widget)} is {widget.size()} and needs {needed}"]
    elif isinstance(widget, QComboBox):
        metrics = QFontMetrics(widget.font())
        if widget.width() < metrics.horizontalAdvance(widget.currentText()) + 20:
            return [f"{_name(widget)} cuts {widget.currentText()}"]
    elif isinstance(widget, QLineEdit) and widget.height() < widget.minimumSizeHint().height():
        return [f"{_name(widget)} is {widget.height()} high"]
    return []


def _above(widget: QWidget) -> Iterator[QWidget]:
    """What a widget stands in, up to its window."""
    parent: QWidget | None = widget
    while parent is not None and not parent.isWindow():
        parent = parent.parentWidget()
        if parent is not None:
            yield parent


def _scroll_area(widget: QWidget) -> QScrollArea | None:
    """The area on whose page a widget stands."""
    for parent in _above(widget):
        if isinstance(parent, QScrollArea) and not isinstance(parent.parentWidget(), MainWindow):
            page: QWidget | None = parent.widget()
            return parent if page is not None and page.isAncestorOf(widget) else None
    return None


def _belongs_to_a_view(widget: QWidget) -> bool:
    """A part of a table or a text field, which scrolls it as it likes."""
    return any(
        isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QScrollArea)
        for parent in _above(widget)
    )


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return f"{type(widget).__name__} {(text or widget.accessibleName())[:40]!r}"


def newest(hands: Hands) -> Movement:
    """The movement on top of the history; an empty one before the first."""
    ledger = hands.state.ledger
    if ledger is None or not ledger.lines:
        return Movement("", "", "", "", Reason.FOUND, 0, DAY_ONE, "", "", "")
    return ledger.lines[0].movement


async def small(hands: Hands) -> None:
    hands.window.resize(*MINIMUM)
    await settle()
    assert (hands.window.width(), hands.window.height()) == MINIMUM


async def test_the_smallest_window_is_a_small_laptop():
    assert MINIMUM == (1024, 640)


async def test_the_search_for_what_is_cut_off_finds_it(hands: Hands):
    """The check itself can fail."""
    await small(hands)
    stray = QLabel("cut", hands.window)
    stray.setGeometry(1000, 100, 200, 20)
    stray.show()
    assert any("cut" in one and "leaves the window" in one for one in problems(hands.window))
    stray.deleteLater()
    await settle()


@pytest.fixture(scope="module")
def look(client: Client, request: pytest.FixtureRequest) -> Iterator[str]:
    """Each look once for all tests that want it: to change it takes long."""
    client.appearance.choose(request.param)
    yield request.param
    client.appearance.choose("light")


@pytest.mark.parametrize("look", ["light", "dark", "contrast"], indirect=True)
@pytest.mark.parametrize(
    "name",
    ["find", "aisles", "low_stock", "transfers", "history", "alerts", "sync", "product", "sign_in"],
)
async def test_every_screen_fits_a_small_laptop(hands: Hands, name: str, look: str):
    await small(hands)
    if name == "sign_in":
        hands.client.show_sign_in()
    elif name == "product":
        await hands.open()
        await hands.type("a2")
    else:
        screen = hands.workplace.go(name)
        if isinstance(screen, SyncScreen):
            screen.open_item("scanner")
        if name in ("find", "low_stock", "alerts"):
            await until(lambda: rows(screen), "rows")
    await settle()
    assert hands.client.appearance.choice == look
    assert problems(hands.window) == []


async def test_every_screen_fits_with_large_text(hands: Hands):
    """At once: to change the size of text takes as long as to change the look."""
    large = MINIMUM[0] * 3 // 2, MINIMUM[1] * 3 // 2
    workplace, found = hands.workplace, {}
    hands.client.appearance.choose_text_size(150)
    try:
        hands.window.resize(*large)
        table = next(one for one in workplace.current.findChildren(RowsTable) if one.isVisible())
        assert (workplace.rail.width(), table.rowHeight(0)) == (264, 72)
        assert workplace.minimumWidth() == large[0]
        for name in workplace._routes:
            screen = workplace.go(name)
            if isinstance(screen, SyncScreen):
                screen.open_item("scanner")
            await settle()
            found[name] = problems(hands.window)
        await hands.open()
        await hands.type("a2")
        found["product"] = problems(hands.window)
        await hands.press(Qt.Key.Key_Escape)
        hands.client.show_sign_in()
        await settle()
        found["sign-in"] = problems(hands.window)
        assert (hands.window.width(), hands.window.height()) == large
    finally:
        hands.client.appearance.choose_text_size(100)
    assert len(found) > 10 and {name: one for name, one in found.items() if one} == {}


@pytest.mark.parametrize("look", ["light", "contrast"], indirect=True)
async def test_open_papers_fit_a_small_laptop(hands: Hands, look: str):
    await small(hands)
    receive = hands.workplace.go("receive")
    assert isinstance(receive, ReceiveScreen)
    await settle()
    assert problems(hands.window) == []
    receive.view_model.begin()
    await until(lambda: receive.view_model.state.editable, "a receipt")
    receive.view_model.take(hands.read(SKU))
    await until(lambda: receive.view_model.state.rows, "a line")
    receive.view_model.take(hands.read("W" * 200))
    receive.receipt.card.edits["damaged"].setText("9")
    receive.receipt.save()
    await settle()
    assert problems(hands.window) == []
    receive.view_model.discard()
    await until(lambda: not receive.view_model.actions.running, "a rest")
    reorder = hands.workplace.go("reorder")
    assert isinstance(reorder, ReorderScreen)
    reorder.view_model.begin()
    await until(lambda: reorder.view_model.state.editable, "a draft")
    reorder.view_model.take(hands.read(SKU))
    await until(lambda: reorder.view_model.state.rows, "a line")
    reorder.view_model.describe("W" * 200, "word " * 40)
    await until(lambda: not reorder.view_model.actions.running, "a rest")
    reorder.paper.line.line.setText("hammer")
    await settle()
    assert problems(hands.window) == []
    reorder.paper.line.line.clear()
    reorder.view_model.order()
    await until(lambda: not reorder.view_model.actions.running, "a rest")
    await settle()
    assert problems(hands.window) == []
    reorder.view_model.cancel()
    reorder.view_model.close()
    await until(lambda: not reorder.view_model.actions.running, "a rest")
    assert hands.client.appearance.choice == look


async def test_the_card_with_every_sentence_on_it_fits(hands: Hands):
    await small(hands)
    await hands.open()
    card = hands.workplace.product
    await hands.type("a")
    await hands.press(Qt.Key.Key_Return)
    assert hands.state.quantity_error
    card._on_refused("The disk that holds /somewhere/far/away is full: free some space. " * 3)
    card.view_model._update(unexplained=-12)
    await settle()
    assert problems(hands.window) == []
    card._on_refused("")
    card.view_model._update(unexplained=0, quantity_error="")


async def test_dialogs_fit_into_the_window(hands: Hands):
    await small(hands)
    await hands.open()
    hands.workplace.product.place.open_dialog()
    await until(lambda: isinstance(dialog(), MoveDialog), "the dialog")
    moving = dialog()
    assert isinstance(moving, MoveDialog)
    for edit in moving.edits.values():
        edit.clear()
    await hands.press(Qt.Key.Key_Return)
    await settle()
    assert moving.width() <= MINIMUM[0] and moving.height() <= MINIMUM[1]
    assert problems(moving) == []
    moving.reject()


# --- what a person may type -----------------------------------------------------------------------


@each_text
async def test_any_text_in_the_search_bar(hands: Hands, text: str):
    await small(hands)
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.paste(text)
    await settle()
    assert (hands.window.width(), hands.window.height()) == MINIMUM
    assert hands.window.minimumSizeHint().width() <= MINIMUM[0]
    assert problems(hands.window) == []


@each_text
async def test_any_text_in_a_note(hands: Hands, text: str):
    sku = "HND-HAMMER-006"
    await small(hands)
    await hands.open(sku)
    before = hands.on_hand
    form = hands.workplace.product.stock.form
    form.quantity.setText("1")
    form.note.setFocus()
    await hands.paste(text)
    written = form.note.toPlainText()
    assert len(written) >= len(text.replace("\r\n", "\n")) - 500
    form.apply.click()
    await until(lambda: hands.on_hand == before - 1, "the change")
    await until(lambda: newest(hands).note == written, "the note in the history")
    await settle()
    assert (hands.window.width(), hands.window.height()) == MINIMUM
    assert problems(hands.window) == []
    hands.window.grab()


@each_text
async def test_any_text_as_a_place_is_refused_without_breaking_the_dialog(hands: Hands, text: str):
    await small(hands)
    await hands.open()
    before = await hands.item()
    hands.workplace.product.place.open_dialog()
    await until(lambda: isinstance(dialog(), MoveDialog), "the dialog")
    moving = dialog()
    assert isinstance(moving, MoveDialog)
    width = moving.width()
    moving.edits["aisle"].setFocus()
    moving.edits["aisle"].selectAll()
    await hands.paste(text)
    moving.edits["aisle"].setFocus()
    await hands.press(Qt.Key.Key_Return)
    await settle()
    assert moving.isVisible()
    assert any(one.startswith("The aisle") for one in texts(moving))
    assert moving.width() == width
    moving.reject()
    assert await hands.item() == before


@each_text
async def test_any_text_as_a_name(hands: Hands, text: str):
    hands.client.show_sign_in()
    await small(hands)
    screen = hands.client.sign_in_screen
    assert screen is not None
    await hands.at_hand()
    screen.name.clear()
    screen.name.setFocus()
    await hands.paste(text)
    assert problems(hands.window) == []
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.client.workplace is not None, "the workplace")
    sku = "HND-HAMMER-007"
    await hands.open(sku)
    before = hands.on_hand
    await hands.type("+")
    await until(lambda: hands.on_hand == before + 1, "the change")
    await until(lambda: newest(hands).quantity == 1, "the change in the history")
    await settle()
    assert (hands.window.width(), hands.window.height()) == MINIMUM
    assert problems(hands.window) == []


@pytest.mark.parametrize("name", ["<b>bold</b>", "&File", "%s %1"])
async def test_a_name_is_shown_as_it_is(hands: Hands, name: str):
    await hands.begin(name=name)
    assert name in texts(hands.workplace.rail)
    label = next(one for one in hands.workplace.rail.findChildren(QLabel) if one.text() == name)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.style().styleHint(QStyle.StyleHint.SH_UnderlineShortcut) in (0, 1)
