"""Where a product stands: by the label of a shelf, at a second place, and its own labels."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinterInfo

from app.domain.entities import Place
from app.ui.labels.dialog import LabelsDialog
from app.ui.product.place_card import MoveDialog
from tests.helpers.hands import CONTROL, SKU, Hands, dialog, named, texts
from tests.helpers.papers import save_as
from tests.helpers.pdfs import read
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def moving() -> MoveDialog:
    shown = dialog()
    assert isinstance(shown, MoveDialog)
    return shown


async def test_the_label_of_a_shelf_moves_the_product_there(hands: Hands):
    await hands.open()
    hands.workplace.product.setFocus()
    await hands.scan("LOC-7-C-12")
    assert [edit.text() for edit in moving().edits.values()] == ["7", "C", "12"]
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: dialog() is None, "the dialog to close")
    assert (await hands.item()).place == Place("7", "C", "12")


async def test_a_label_scanned_into_the_open_dialog_fills_it_anew(hands: Hands):
    await hands.open()
    hands.workplace.product.setFocus()
    await hands.type("m")
    moving().edits["bin"].setFocus()
    await hands.scan("LOC-8-D")
    assert [edit.text() for edit in moving().edits.values()] == ["8", "D", ""]
    asked = moving()
    await hands.scan(SKU)
    assert moving() is asked
    assert any("Scan the label of a shelf" in one for one in texts(asked))
    asked.reject()
    await until(lambda: dialog() is None, "the dialog to close")


async def test_a_second_place_is_added_once_and_given_up(hands: Hands):
    await hands.open()
    hands.workplace.product.setFocus()
    await hands.scan("LOC-9-Z-3")
    await hands.click(named(moving(), "It stands there too"))
    await until(lambda: dialog() is None, "the dialog to close")
    await until(lambda: "Also aisle 9, shelf Z, bin 3" in texts(hands.workplace.product), "it")
    item = await hands.item()
    assert item.other_places == (Place("9", "Z", "3"),)
    assert item.place != Place("9", "Z", "3"), "the first place stays"
    await hands.scan("LOC-9-Z-3")
    await hands.click(named(moving(), "It stands there too"))
    await until(lambda: any("stands there already" in one for one in texts(moving())), "why not")
    moving().reject()
    await until(lambda: dialog() is None, "the dialog to close")
    await hands.click(named(hands.workplace.product, "Give up"))
    await until(
        lambda: "Also aisle 9, shelf Z, bin 3" not in texts(hands.workplace.product), "it gone"
    )
    assert (await hands.item()).other_places == ()
    # Ctrl+Z takes back that it was given up, then that it was added.
    for places in ((Place("9", "Z", "3"),), ()):
        hands.workplace.product.setFocus()
        await hands.press(Qt.Key.Key_Z, CONTROL)
        await until(lambda: not hands.workplace._status.undo.running, "it undone")
        assert "further place 9Z-3" in hands.workplace._status.state.message.text
        assert (await hands.item()).other_places == places


async def test_a_label_of_the_product_prints(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    await hands.open()
    hands.workplace.product.setFocus()
    await hands.type("l")
    await until(lambda: isinstance(dialog(), LabelsDialog), "the labels")
    await hands.press(Qt.Key.Key_Return)
    path = tmp_path / "label.pdf"
    await save_as(path)
    await until(lambda: f"Labels saved as {path}" in texts(hands.workplace.product), "it saved")
    pdf = read(path)
    assert pdf.codes == [[SKU]]
    assert "$17.99" in pdf.pages[0]


async def test_the_labels_of_a_shelf_print(hands: Hands):
    screen = hands.workplace.go("aisles")
    await until(lambda: named(screen, "Labels…").isEnabled(), "a shelf")
    await hands.click(named(screen, "Labels…"))
    shown = dialog()
    assert isinstance(shown, LabelsDialog)
    papers: list[object] = []
    shown.chosen.disconnect()
    shown.chosen.connect(papers.append)
    await hands.click(shown.kind.button("place"))
    await hands.click(shown.print_button)
    assert len(papers) == 1


async def test_the_label_of_a_shelf_finds_what_stands_there(hands: Hands):
    hands.workplace.go("low_stock").focus_first()
    await hands.scan("LOC-3-B")
    await until(lambda: hands.workplace.bar.line.text() == "3B", "the place in the bar")
    find = hands.workplace._find
    await until(
        lambda: {one.place.partition("-")[0] for one in find.state.rows} == {"3B"},
        "what stands there, and nothing else",
    )
