"""The history, with keys, clicks and scans on the demo store."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt

from app.domain.days import Preset
from app.domain.entities import Reason
from app.domain.shop_days import day_of
from app.run import utc_now
from app.ui.core.saved_filters import NameDialog
from app.ui.history import view_model
from app.ui.history.screen import HistoryScreen
from connector_config.schema.time_zones import USUAL
from tests.helpers.hands import (
    ALT,
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
OTHER = "HND-HAMMER-002"
PAGE = 20
CHANGE, WHY = 2, 3


async def look(hands: Hands) -> HistoryScreen:
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_8, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, HistoryScreen)
    screen._clear()
    await until(lambda: screen._view_model.state.rows is not None, "the history")
    return screen


async def choose(hands: Hands, screen: HistoryScreen, sku: str) -> None:
    assert screen.take_scan(hands.read(sku))
    await until(lambda: screen._view_model.state.rows is not None, "the filtered history")


async def test_it_is_empty_at_first_and_lives(hands: Hands):
    screen = await look(hands)
    assert any("Nothing has moved yet" in one for one in texts(screen))
    await hands.elsewhere(5)
    await until(lambda: cells(screen.table), "the movement")
    assert cells(screen.table)[0][1:] == [HAMMER, "+5", "Found"]
    assert focus() is screen.table


async def test_a_scan_filters_by_product_and_a_click_clears(hands: Hands):
    await hands.elsewhere(1)
    await hands.elsewhere(2, OTHER)
    screen = await look(hands)
    await until(lambda: len(cells(screen.table)) >= 3, "movements of both")
    await hands.scan(OTHER)
    await until(
        lambda: {one[CHANGE] for one in cells(screen.table)} == {"+2"}, "only the other one"
    )
    await hands.click(screen.clear_button)
    await until(lambda: len(cells(screen.table)) >= 3, "both again")
    assert not screen.clear_button.isVisible()


async def test_filters_by_reason_person_device_and_day(hands: Hands):
    item = await hands.item(OTHER)
    await hands.repositories.stock.adjust(item, -1, Reason.LOST, hands.workplace._status._actor)
    screen = await look(hands)
    await until(lambda: screen.who.count() >= 3 and screen.device.count() >= 3, "the names")

    async def expect(lost: bool, what: str) -> None:
        await until(
            lambda: (
                screen._view_model.state.rows is not None
                and any(one[WHY] == "Lost" for one in cells(screen.table)) is lost
                and (len(cells(screen.table)) == 1 or not lost or "day" in what)
            ),
            what,
        )

    for box, value in (
        (screen.reason, Reason.LOST),
        (screen.who, "Maya"),
        (screen.device, hands.workplace._status._actor.device.device_id),
    ):
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())
        await expect(True, f"only what was lost: {value}")
        box.setCurrentIndex(0)
        box.activated.emit(0)
    today = day_of(utc_now(), ZoneInfo(USUAL))
    screen.since.setFocus()
    await hands.type(str(today + timedelta(days=1)))
    await hands.press(Qt.Key.Key_Return)
    await expect(False, "nothing from tomorrow on")
    assert any("clear one of them" in one for one in texts(screen))
    screen.since.setText("today")
    screen.until.setText(f"{today:%-d %b}")
    screen._filter()
    await expect(True, "all of this day")


@pytest.mark.parametrize("text", ["someday", "2026-02-30", "11.12.2025"])
async def test_a_day_that_is_none_is_explained_beside_its_field(hands: Hands, text: str):
    screen = await look(hands)
    screen.since.setText(text)
    screen._filter()
    today = day_of(utc_now(), ZoneInfo(USUAL))
    assert screen._fields["since"].error in (
        f"Type a day such as {today:%b %-d, %Y}.",
        "That can be two days: type Nov 12, 2025 or Dec 11, 2025.",
    )
    screen.since.clear()
    screen.product.setText("zzzyx")
    screen._filter()
    assert screen._fields["since"].error == ""
    assert screen._fields["product"].error == "No product has this name or code."


@pytest.mark.parametrize(("field", "text"), [("product", "zzzyx"), ("until", "someday")])
async def test_what_is_typed_and_wrong_is_not_left_out_of_a_file(
    hands: Hands, field: str, text: str
):
    await hands.elsewhere(1)
    screen = await look(hands)
    edit = {"product": screen.product, "until": screen.until}[field]
    edit.setFocus()
    await hands.type(text)
    await hands.click(named(screen, "Export CSV…"))
    assert dialog() is None
    assert screen._fields[field].error
    assert (focus(), edit.text()) == (edit, text)
    # And what is right is in it, also where a button takes no keyboard.
    edit.clear()
    screen.product.setText(OTHER)
    screen._choose_file()
    await until(dialog, "the file dialog")
    asked = dialog()
    assert asked is not None
    asked.reject()
    assert screen._view_model.state.filtered


async def test_undo_shows_its_consequence_first(hands: Hands):
    on_hand = await hands.elsewhere(4)
    screen = await look(hands)
    await choose(hands, screen, SKU)
    await until(lambda: cells(screen.table) and cells(screen.table)[0][CHANGE] == "+4", "it on top")
    await hands.press(Qt.Key.Key_Tab)
    screen.table.setFocus()
    screen.table.select(0)
    await hands.type("u")
    await until(dialog, "the question")
    asked = dialog()
    assert asked is not None
    assert any(f"On hand goes from {on_hand} to {on_hand - 4}." in one for one in texts(asked))
    assert (await hands.item()).on_hand == on_hand
    asked.reject()
    await until(lambda: dialog() is None, "no question")
    assert (await hands.item()).on_hand == on_hand
    await hands.type("u")
    await until(dialog, "the question again")
    again = dialog()
    assert again is not None
    again.accept()
    await until(lambda: cells(screen.table)[0][CHANGE] == "\N{MINUS SIGN}4", "the counter-movement")
    assert cells(screen.table)[1][WHY].startswith("Undone")
    assert (await hands.item()).on_hand == on_hand - 4


async def test_what_cannot_be_undone_is_said(hands: Hands):
    screen = await look(hands)
    await choose(hands, screen, SKU)
    await until(lambda: cells(screen.table), "rows")
    screen.table.select(0)
    await hands.click(screen.undo_button)
    await until(lambda: "Not undone" in screen._summary._whole, "a sentence")
    assert dialog() is None


async def test_older_pages_come_when_the_end_is_reached_and_export_has_all(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(PAGE + 5):
        await hands.elsewhere(1)
    monkeypatch.setattr(view_model, "PAGE", PAGE)
    screen = await look(hands)
    await choose(hands, screen, SKU)
    await until(lambda: len(cells(screen.table)) == PAGE, "a page")
    assert screen._view_model.state.more
    screen.focus_first()
    await hands.press(Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(cells(screen.table)) > PAGE, "older ones")
    shown = [one.movement.movement_id for one in screen._view_model.state.rows or ()]
    assert len(set(shown)) == len(shown)
    assert not screen._view_model.state.more
    await hands.elsewhere(7)
    await until(lambda: cells(screen.table)[0][CHANGE] == "+7", "a new one on top")
    assert len(cells(screen.table)) == len(shown) + 1
    file = tmp_path / "history.csv"
    screen._view_model.export.execute(str(file))
    await until(lambda: "written to" in screen._summary._whole, "the file")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        written = list(csv.DictReader(lines))
    assert [one["Movement"] for one in written][1:] == shown
    assert {one["SKU"] for one in written} == {SKU}
    screen._view_model.export.execute(str(tmp_path / "no" / "folder.csv"))
    await until(lambda: "choose another place" in screen._summary._whole, "what went wrong")


async def test_a_click_on_a_header_sorts_all_movements_page_by_page(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
):
    for quantity in range(1, PAGE + 4):
        await hands.elsewhere(-quantity if quantity % 2 else quantity)
    monkeypatch.setattr(view_model, "PAGE", PAGE)
    screen = await look(hands)

    def changes() -> list[int]:
        return [one.movement.quantity for one in screen._view_model.state.rows or ()]

    click_header(screen.table, CHANGE)
    await until(lambda: len(changes()) == PAGE and changes() == sorted(changes()), "most taken out")
    least = changes()[0]
    screen.focus_first()
    await hands.press(Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(changes()) > PAGE, "the next page")
    assert changes() == sorted(changes())
    screen.table.select(1)
    chosen = screen.table.current()
    assert chosen is not None
    await hands.elsewhere(least - 100)
    await until(lambda: changes()[0] == least - 100, "the new one in its place")
    assert screen.table.current() == chosen
    click_header(screen.table, CHANGE)
    await until(lambda: changes() == sorted(changes(), reverse=True) != [], "most brought in")
    assert any("most brought in first" in one for one in texts(screen))
    click_header(screen.table, CHANGE)
    await until(lambda: changes()[:1] == [least - 100], "the newest again")


async def test_enter_opens_the_product(hands: Hands):
    screen = await look(hands)
    await until(lambda: cells(screen.table), "rows")
    screen.focus_first()
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: hands.workplace.current is hands.workplace.product, "the product")


async def test_a_filter_has_a_name_and_is_back_by_two_keys(hands: Hands):
    await hands.elsewhere(1)
    screen = await look(hands)
    screen.reason.setCurrentIndex(screen.reason.findData(Reason.FOUND))
    screen.who.addItem("Nobody here", "Nobody here")
    screen.who.setCurrentIndex(screen.who.count() - 1)
    screen.span.choose(Preset.MONTH)
    screen.product.setFocus()
    await hands.type(SKU)
    # It is not entered yet, and a part of what is seen.
    await hands.press(Qt.Key.Key_F9)
    wanted = screen._view_model._wanted
    assert wanted.reason is Reason.FOUND and wanted.since and wanted.inventory_id
    await hands.press_in_menu("s")
    asked = dialog()
    assert isinstance(asked, NameDialog)
    await hands.type("Found")
    await hands.press(Qt.Key.Key_Return)
    screen._clear()
    assert screen._view_model._wanted != wanted
    await hands.press(Qt.Key.Key_F9)
    await hands.press_in_menu("1")
    assert screen._view_model._wanted == wanted
    assert (screen.product.text(), screen.who.currentText()) == (SKU, "Nobody here")
    screen.saved._filters.delete("Found")
    screen._clear()


async def test_several_rows_are_exported_and_one_is_undone(hands: Hands, tmp_path: Path):
    for quantity in (1, 2, 3):
        await hands.elsewhere(quantity)
    screen = await look(hands)
    await until(lambda: len(cells(screen.table)) >= 3, "the movements")
    screen.table.select(0)
    screen.table.setFocus()
    await hands.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    changes = [row.movement.quantity for row in screen.table.chosen()]
    assert not screen.undo_button.isEnabled()
    menu = row_menu(screen.table, 1)
    assert said(menu)[:3] == [
        *("Open\tEnter", "&Undo the chosen movement\tU", "&Export the chosen rows as CSV\tE")
    ]
    assert not menu.actions()[1].isEnabled()
    menu.close()
    path = tmp_path / "two.csv"
    screen._view_model.export.execute(str(path), screen.table.chosen())
    await until(path.exists, "the file")
    await until(lambda: not screen._view_model.export.running, "all of it")
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    assert [int(line[5]) for line in lines[1:]] == changes
    await hands.press(Qt.Key.Key_Up)
    assert screen.undo_button.isEnabled()
