"""The product card, with keys and clicks on the demo store."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt

from app.domain.entities import Reason
from app.ui.core.barcode import Barcode
from app.ui.product.place_card import MoveDialog
from app.ui.product.screen import ProductScreen
from tests.helpers.hands import (
    CONTROL,
    HAMMER,
    SKU,
    Hands,
    cells,
    dialog,
    focus,
    named,
    texts,
)
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUS = "\N{MINUS SIGN}"
# Each test that leaves something behind takes a product of its own.
SKUS = iter(f"HND-HAMMER-{number:03d}" for number in range(2, 9))


def card(hands: Hands) -> ProductScreen:
    return hands.workplace.product


def history(hands: Hands) -> list[list[str]]:
    return cells(card(hands).history.table)


async def becomes(hands: Hands, on_hand: int) -> None:
    """The number, the history and its sum all say `on_hand`."""
    shown = str(on_hand).replace("-", MINUS)
    await until(
        lambda: hands.on_hand == on_hand and history(hands) and history(hands)[0][-1] == shown,
        f"{on_hand} on hand",
    )
    assert shown in texts(card(hands).stock)
    said = [text for text in texts(card(hands).history) if "on hand" in text]
    assert len(said) == 1
    assert said[0].endswith(f"= {shown} on hand")


async def save(hands: Hands, quantity: str) -> None:
    """Type a quantity and Enter."""
    card(hands).setFocus()
    await hands.type("a")
    assert focus() is card(hands).stock.form.quantity
    await hands.type(quantity)
    await hands.press(Qt.Key.Key_Return)


# --- what it shows --------------------------------------------------------------------------------


async def test_it_shows_what_and_where_the_product_is(hands: Hands):
    await hands.open()
    product, item = hands.state.product, hands.state.item
    assert product is not None and item is not None
    shown = texts(card(hands))
    assert HAMMER in shown
    assert any(SKU in text and product.category in text for text in shown)
    assert f"${product.price:,.2f}" in shown
    assert product.description and product.description in shown
    assert {item.place.aisle, item.place.shelf, item.place.bin} <= set(shown)
    assert str(item.on_hand) in texts(card(hands).stock)
    assert any(f"Reorder point {item.reorder_point}" in text for text in shown)
    assert any("counted" in text for text in shown)
    for name, value in product.specifications.items():
        assert str(value) in shown, name


async def test_it_shows_the_barcode_of_its_sku(hands: Hands):
    await hands.open()
    (barcode,) = card(hands).findChildren(Barcode)
    assert barcode.isVisible()
    assert barcode.accessibleName() == f"Barcode of {SKU}"


async def test_every_other_store_is_listed_with_what_it_has(hands: Hands):
    product_id = await hands.open()
    everywhere: dict[str, int] = {}
    stop = hands.repositories.stock.watch_product(
        product_id, lambda items: everywhere.update({one.store_id: one.on_hand for one in items})
    )
    await until(lambda: everywhere, "the stores")
    stop()
    shown = texts(card(hands))
    stores = {one.store: one.on_hand for one in hands.state.elsewhere}
    assert len(stores) == 7
    assert "Seattle" not in stores
    assert stores["Tacoma"] == everywhere.get("store_tacoma")
    for store in stores:
        assert store in shown


async def test_the_history_of_an_untouched_product_says_so(hands: Hands):
    await hands.open("PWR-DRILL-002")
    assert history(hands) == []
    assert any("Nothing has moved" in text for text in texts(card(hands).history))


# --- changes --------------------------------------------------------------------------------------


async def test_remove_by_click(hands: Hands):
    await hands.open(sku := next(SKUS))
    before = hands.on_hand
    form = card(hands).stock.form
    await hands.click(form.quantity)
    await hands.type("2")
    assert f"{before} \N{RIGHTWARDS ARROW} {before - 2}" in texts(form)
    await hands.click(form.note)
    await hands.type("split")
    await hands.click(form.apply)
    await becomes(hands, before - 2)
    (line,) = history(hands)
    assert line[1] == "Damaged \N{MIDDLE DOT} split"
    assert line[2] == f"{MINUS}2"
    assert (form.quantity.text(), form.note.toPlainText()) == ("", "")
    assert (await hands.item(sku)).on_hand == before - 2


async def test_the_history_names_who_and_which_device(hands: Hands):
    await hands.open(next(SKUS))
    before = hands.on_hand
    await save(hands, "1")
    await becomes(hands, before - 1)
    line = hands.state.ledger
    assert line is not None
    movement = line.lines[0].movement
    assert (movement.who, movement.offline) == ("Maya", True)
    assert movement.device_name
    subtitle = card(hands).history.table.model().index(0, 1).data()
    assert "Maya" in subtitle and movement.device_name in subtitle


async def test_add_with_a_reason_by_click(hands: Hands):
    await hands.open(next(SKUS))
    before = hands.on_hand
    form = card(hands).stock.form
    await hands.click(form.direction.button("add"))
    labels = [form.reason.itemText(at) for at in range(form.reason.count())]
    assert labels == ["Received", "Found", "Returned", "Correction"]
    form.reason.setFocus()
    await hands.press(Qt.Key.Key_Down)
    assert form.reason.currentText() == "Found"
    await hands.click(form.quantity)
    await hands.type("12")
    await hands.click(form.apply)
    await becomes(hands, before + 12)
    assert history(hands)[0][1:3] == ["Found", "+12"]
    await hands.click(form.direction.button("remove"))


async def test_one_key_for_one_more_and_one_less(hands: Hands):
    await hands.open(next(SKUS))
    before = hands.on_hand
    await hands.type("+")
    await becomes(hands, before + 1)
    await hands.type("--")
    await becomes(hands, before - 1)
    await hands.click(card(hands).stock.plus)
    await becomes(hands, before)
    await hands.click(card(hands).stock.minus)
    await becomes(hands, before - 1)
    assert {line[1] for line in history(hands)} == {"Correction"}


async def test_ten_quick_clicks_are_ten(hands: Hands):
    await hands.open(next(SKUS))
    before = hands.on_hand
    for _ in range(10):
        await hands.click(card(hands).stock.plus)
    await becomes(hands, before + 10)
    assert len(history(hands)) == 10


@pytest.mark.parametrize(
    "quantity", ["", "two", "1.5", "0", "-3", "1000001", "99999999999999999999", "1.000", "²", "+5"]
)
async def test_a_wrong_quantity_is_refused_beside_the_field(hands: Hands, quantity: str):
    await hands.open()
    before = await hands.item()
    await hands.press(Qt.Key.Key_A)
    form = card(hands).stock.form
    form.quantity.clear()
    await hands.paste(quantity) if quantity else None
    await hands.press(Qt.Key.Key_Return)
    sentence = hands.state.quantity_error
    assert sentence.endswith(".")
    (label,) = [one for one in texts(form) if one == sentence]
    assert label
    assert form.quantity.accessibleDescription() == sentence
    form.quantity.setText("1")
    assert sentence not in texts(form)
    form.quantity.clear()
    await settle()
    assert await hands.item() == before


async def test_more_than_is_there_asks_and_then_shows_a_red_negative(hands: Hands):
    await hands.open(sku := next(SKUS))
    before = hands.on_hand
    await save(hands, str(before + 3))
    await until(dialog, "the question")
    asked = dialog()
    assert asked is not None
    assert any(f"Only {before} on hand" in text for text in texts(asked))
    await until(named(asked, "Cancel").hasFocus, "the safe answer to have the keyboard")
    await hands.press(Qt.Key.Key_Return)  # on Cancel
    await until(lambda: dialog() is None, "the dialog to close")
    assert (await hands.item(sku)).on_hand == before
    assert card(hands).stock.form.quantity.text() == str(before + 3)
    await hands.click(card(hands).stock.form.apply)
    await until(dialog, "the question again")
    again = dialog()
    assert again is not None
    await hands.click(named(again, f"Remove {before + 3}"))
    await becomes(hands, -3)
    assert "Below zero" in texts(card(hands).stock)
    shown = card(hands).stock._number
    assert (shown.text(), shown.property("tone")) == (f"{MINUS}3", "danger")


async def test_esc_answers_the_question_with_no(hands: Hands):
    await hands.open("PWR-DRILL-010")
    before = hands.on_hand
    await save(hands, str(before + 1))
    await until(dialog, "the question")
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: dialog() is None, "the dialog to close")
    assert (await hands.item("PWR-DRILL-010")).on_hand == before
    card(hands).stock.form.quantity.clear()


async def test_a_step_below_zero_asks_too(hands: Hands):
    sku = "PWR-DRILL-003"
    item = await hands.item(sku)
    await hands.elsewhere(-item.on_hand, sku)
    await hands.open(sku)
    assert hands.on_hand == 0
    await hands.type("-")
    await until(dialog, "the question")
    asked = dialog()
    assert asked is not None
    await hands.click(named(asked, "Remove 1"))
    await becomes(hands, -1)


async def test_ctrl_z_takes_the_last_change_back(hands: Hands):
    await hands.open("PWR-DRILL-004")
    before = hands.on_hand
    await save(hands, "2")
    await becomes(hands, before - 2)
    line = hands.workplace.status_line
    await until(line.undo_button.isVisible, "the undo")
    assert hands.state.product is not None
    # Not what undo would have taken back before.
    undone = f"{MINUS}2 {hands.state.product.name}"
    await until(lambda: undone in line.saved.accessibleName(), "what undo would take back")
    assert "Saved on this device at" in line.saved.accessibleName()
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await becomes(hands, before)
    assert [one[1:3] for one in history(hands)] == [
        ["Undo of damaged", "+2"],
        ["Damaged", f"{MINUS}2"],
    ]


async def test_ctrl_z_in_a_field_is_about_its_text(hands: Hands):
    await hands.open("PWR-DRILL-005")
    before = hands.on_hand + 1
    await hands.type("+")
    await becomes(hands, before)
    form = card(hands).stock.form
    await hands.click(form.note)
    await hands.type("x")
    await hands.press(Qt.Key.Key_Z, CONTROL)
    assert form.note.toPlainText() == ""
    await settle()
    assert hands.on_hand == before


async def test_enter_in_a_note_is_a_new_line_and_ctrl_enter_saves(hands: Hands):
    await hands.open("PWR-DRILL-006")
    before = hands.on_hand
    form = card(hands).stock.form
    await hands.click(form.quantity)
    await hands.type("1")
    await hands.click(form.note)
    await hands.type("one")
    await hands.press(Qt.Key.Key_Return)
    await hands.type("two")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await becomes(hands, before - 1)
    assert hands.state.ledger is not None
    assert hands.state.ledger.lines[0].movement.note == "one\ntwo"


# --- moving ---------------------------------------------------------------------------------------


async def open_move(hands: Hands) -> MoveDialog:
    card(hands).setFocus()
    await hands.type("m")
    await until(lambda: isinstance(dialog(), MoveDialog), "the dialog")
    found = dialog()
    assert isinstance(found, MoveDialog)
    return found


async def test_move_by_keyboard(hands: Hands):
    await hands.open("PWR-DRILL-007")
    old = (await hands.item("PWR-DRILL-007")).place
    before = hands.on_hand
    moving = await open_move(hands)
    for part in ("2", "c", "77"):
        await hands.press(Qt.Key.Key_A, CONTROL)
        await hands.type(part)
        await hands.press(Qt.Key.Key_Tab)
    await hands.press(Qt.Key.Key_Tab)
    assert focus() is named(moving, "Move")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: dialog() is None, "the dialog to close")
    await until(lambda: history(hands), "the movement")
    assert history(hands)[0][1:] == [
        f"Moved: {old.code} \N{RIGHTWARDS ARROW} 2C-77",
        "0",
        str(before),
    ]
    assert {"2", "C", "77"} <= set(texts(card(hands).place))


async def test_a_wrong_place_is_refused_at_its_field_and_esc_leaves(hands: Hands):
    await hands.open()
    before = await hands.item()
    move = await open_move(hands)
    move.edits["shelf"].clear()
    await hands.press(Qt.Key.Key_Return)
    assert "Type the shelf." in texts(move)
    assert move.edits["shelf"].hasFocus()
    await hands.type("#")
    await hands.press(Qt.Key.Key_Return)
    assert "Type the shelf." not in texts(move)
    assert any("letters from A to Z and digits" in text for text in texts(move))
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: dialog() is None, "the dialog to close")
    assert await hands.item() == before


async def test_an_unchanged_place_is_refused(hands: Hands):
    await hands.open()
    move = await open_move(hands)
    await hands.press(Qt.Key.Key_Return)
    assert "It stands there already." in texts(move)
    await hands.press(Qt.Key.Key_Escape)


# --- scanning -------------------------------------------------------------------------------------


async def test_a_scan_on_the_card_opens_the_other_product_and_changes_nothing(hands: Hands):
    """The minus in the code would take one away, its A would open the quantity."""
    await hands.open("PWR-DRILL-002")
    before = await hands.item("PWR-DRILL-002")
    await hands.scan(SKU)
    await until(lambda: hands.state.product and hands.state.product.sku == SKU, "the scanned")
    await hands.at_hand()
    await settle()
    assert focus() is card(hands)
    assert await hands.item("PWR-DRILL-002") == before
    assert hands.client.workplace is not None
    assert hands.workplace.bar.line.text() == SKU


@pytest.mark.parametrize("field", ["quantity", "note", "reason", "apply"])
async def test_a_scan_into_the_form_opens_the_product_and_leaves_the_draft(
    hands: Hands, field: str
):
    await hands.open("PWR-DRILL-002")
    form = card(hands).stock.form
    form.quantity.setText("4")
    form.note.setPlainText("mine")
    reason = form.reason.currentText()
    getattr(form, field).setFocus()
    await hands.scan(SKU)
    await until(lambda: hands.state.product and hands.state.product.sku == SKU, "the scanned")
    await hands.open("PWR-DRILL-002")
    assert (form.quantity.text(), form.note.toPlainText()) == ("4", "mine")
    assert form.reason.currentText() == reason
    assert hands.state.ledger is not None and hands.state.ledger.count == 0
    form.quantity.clear()
    form.note.clear()


async def test_a_scan_leaves_a_question_as_it_is(hands: Hands):
    await hands.open("PWR-DRILL-002")
    before = hands.on_hand
    await save(hands, str(before + 1))
    await until(dialog, "the question")
    asked = dialog()
    await hands.scan(SKU)
    assert asked is not None and dialog() is asked
    assert f"{SKU} was not taken" in hands.workplace._status.state.message.text
    asked.reject()
    assert (await hands.item("PWR-DRILL-002")).on_hand == before
    card(hands).stock.form.quantity.clear()


async def test_a_scan_while_a_list_is_open_opens_the_product(hands: Hands):
    await hands.open("PWR-DRILL-002")
    form = card(hands).stock.form
    reason = form.reason.currentText()
    form.reason.showPopup()
    await until(form.reason.view().isVisible, "the list")
    await hands.scan_into_popup(SKU)
    await until(lambda: hands.state.product and hands.state.product.sku == SKU, "the scanned")
    assert not form.reason.view().isVisible()
    assert form.reason.currentText() == reason


async def test_an_unknown_code_is_said_in_find(hands: Hands):
    await hands.open()
    await hands.scan("NO-SUCH-THING-9")
    find = hands.workplace.current
    await until(lambda: any("NO-SUCH-THING-9" in one for one in texts(find)), "the sentence")
    assert hands.workplace.bar.line.text() == "NO-SUCH-THING-9"


# --- keyboard only --------------------------------------------------------------------------------


async def test_tab_walks_through_the_form_and_back(hands: Hands):
    await hands.open()
    await hands.type("a")
    form = card(hands).stock.form
    seen = []
    for _ in range(4):
        seen.append(focus())
        await hands.press(Qt.Key.Key_Tab)
    assert seen[:2] == [form.quantity, form.reason]
    assert form.note in seen
    await hands.press(Qt.Key.Key_Backtab)
    assert card(hands).isAncestorOf(focus())


async def test_older_movements_on_request(hands: Hands):
    sku = "PWR-DRILL-008"
    for _ in range(22):
        await hands.elsewhere(1, sku)
    await hands.open(sku)
    assert len(history(hands)) == 20
    await hands.click(named(card(hands), "Show older"))
    await until(lambda: len(history(hands)) == 22, "the older ones")
    total = [text for text in texts(card(hands).history) if "22 movements" in text]
    assert len(total) == 1
    assert re.search(r"Opening level \d+ \+ 22 from 22 movements = \d+ on hand", total[0])


async def test_every_number_of_the_store_is_proved_at_the_end(hands: Hands):
    proof = await hands.repositories.stock.prove("store_seattle")
    assert proof.movements > 30
    assert proof.holds, proof.discrepancies
    assert Reason.UNDO.label == "Undo"


async def test_what_is_left_unsaved_is_said_until_it_is_seen(hands: Hands):
    await hands.open()
    await hands.type("7")
    hands.workplace.visit("low_stock")
    said = hands.workplace.status_line
    await until(lambda: any("typed and not saved" in one for one in texts(said)), "the sentence")
    await hands.open()
    assert card(hands).stock.form.quantity.text() == "7"
    assert not any("typed and not saved" in one for one in texts(said))
    await hands.press(Qt.Key.Key_Escape)
    hands.workplace.visit("low_stock")
    assert not any("typed and not saved" in one for one in texts(said))
