"""Label sheets: their measures, what is printed where, and barcodes that a scanner reads."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.entities import Place, Product
from app.domain.stock import label_code, read_label
from app.ui.core.appearance import Appearance
from app.ui.core.printing import Printout, save_pdf
from app.ui.labels.dialog import LabelsDialog
from app.ui.labels.sheets import SHEETS, LabelSheet, label_sheets, place_labels, product_label
from tests.helpers.hands import texts
from tests.helpers.pdfs import Pdf, read
from tests.helpers.waiting import collect

PLACES = [Place("3", "B", "12"), Place("3", "B", "2"), Place("10", "A")]
each_sheet = pytest.mark.parametrize("sheet", SHEETS, ids=lambda one: one.name)


def hammers(count: int) -> list[Product]:
    return [
        Product(f"p{at}", f"HND-HAMMER-{at:03}", f"Claw Hammer {at}", Decimal("17.99"))
        for at in range(1, count + 1)
    ]


def printed(paper: Printout, tmp_path: Path) -> Pdf:
    path = tmp_path / "labels.pdf"
    save_pdf(paper, path)
    return read(path)


@each_sheet
def test_a_sheet_is_symmetrical_and_its_labels_do_not_overlap(sheet: LabelSheet):
    width, height = sheet.paper
    last = sheet.label(sheet.count - 1)
    assert sheet.left == pytest.approx(width - last.right(), abs=0.2)
    assert sheet.top == pytest.approx(height - last.bottom(), abs=0.2)
    assert sheet.across >= sheet.width
    assert sheet.down >= sheet.height
    assert str(sheet.count) in sheet.name


@pytest.mark.parametrize(
    ("name", "labels", "width", "height"),
    [("5160", 30, 66.7, 25.4), ("5163", 10, 101.6, 50.8), ("L7160", 21, 63.5, 38.1)],
)
def test_the_measures_are_those_on_the_packet(name: str, labels: int, width: float, height: float):
    (sheet,) = [one for one in SHEETS if f" {name} " in one.name]
    assert sheet.count == labels
    assert sheet.width == pytest.approx(width, abs=0.05)
    assert sheet.height == pytest.approx(height, abs=0.05)


@each_sheet
def test_product_labels_read_back(sheet: LabelSheet, appearance: Appearance, tmp_path: Path):
    products = hammers(4)
    labels = [product_label(one, Place("3", "B", "12")) for one in products]
    pdf = printed(label_sheets(labels, sheet), tmp_path)
    assert sorted(pdf.codes[0]) == [one.sku for one in products]
    assert "Claw Hammer 1 $17.99" in pdf.pages[0]
    assert "HND-HAMMER-004 · 3B-12" in pdf.pages[0]


def test_labels_go_on_over_sheets_and_begin_where_the_first_is_free(
    appearance: Appearance, tmp_path: Path
):
    labels = [product_label(one, Place()) for one in hammers(31)]
    pdf = printed(label_sheets(labels, SHEETS[0], first=30), tmp_path)
    assert [len(codes) for codes in pdf.codes] == [1, 30]
    pdf = printed(label_sheets(labels[:30], SHEETS[0]), tmp_path)
    assert [len(codes) for codes in pdf.codes] == [30]


def test_a_place_label_leads_back_to_its_place(appearance: Appearance, tmp_path: Path):
    labels = place_labels([*PLACES, PLACES[0], Place(), Place("4")])
    assert [one.large for one in labels] == ["3B-2", "3B-12", "10A"], "each once, in walking order"
    pdf = printed(label_sheets(labels, SHEETS[2]), tmp_path)
    assert {read_label(code) for code in pdf.codes[0]} == set(PLACES)
    assert "Aisle 3, shelf B, bin 12 3B-12" in pdf.pages[0]


def test_a_very_long_name_stays_on_its_label(appearance: Appearance, tmp_path: Path):
    product = Product("p", "HND-HAMMER-001", "Very long name " * 20, Decimal("1234567.89"))
    pdf = printed(label_sheets([product_label(product, Place())], SHEETS[0]), tmp_path)
    assert pdf.codes == [["HND-HAMMER-001"]]
    assert pdf.pages[0].count("Very") < 12, "two lines of it"


@each_sheet
def test_a_long_name_gets_smaller_and_its_place_is_never_cut(
    appearance: Appearance, tmp_path: Path, sheet: LabelSheet
):
    product = Product(
        "p",
        "HDW-FASTENERS-EXTRA-LONG-001",
        "Self-drilling hexagonal-head screws, 2 in.",
        Decimal("3"),
    )
    pdf = printed(label_sheets([product_label(product, Place("12", "B", "7"))], sheet), tmp_path)
    assert product.name in pdf.pages[0]
    assert "HDW-FASTENERS-EXTRA-LONG-001 · 12B-7" in pdf.pages[0]


@pytest.mark.parametrize("place", [*PLACES, Place("A1", "2"), Place("A", "12")])
def test_the_code_of_a_place_names_no_other(place: Place):
    assert read_label(label_code(place)) == place
    assert read_label(label_code(place).lower()) == place
    assert label_code(place).isascii()


@pytest.mark.parametrize(
    "code", ["HND-HAMMER-001", "LOC", "LOC-", "LOC-3", "LOC--B", "LOC-3-B-1-2", "LOC-3-.", ""]
)
def test_other_codes_are_no_places(code: str):
    assert read_label(code) is None


def test_the_dialog_prints_what_was_asked_for(appearance: Appearance, qtbot: QtBot, tmp_path: Path):
    products = [product_label(one, Place("3", "B")) for one in hammers(2)]
    dialog = LabelsDialog(products, place_labels(PLACES), None)
    qtbot.addWidget(dialog)
    chosen = collect(dialog.chosen)
    dialog.open()
    qtbot.mouseClick(dialog.kind.button("place"), Qt.MouseButton.LeftButton)
    dialog.sheet.setCurrentIndex(1)
    dialog.first.setValue(99)
    assert dialog.first.value() == 10, "no further than the sheet has labels"
    qtbot.keyClick(dialog.print_button, Qt.Key.Key_Return)
    (paper,) = chosen
    pdf = printed(paper, tmp_path)
    assert [len(codes) for codes in pdf.codes] == [1, 2]
    dialog = LabelsDialog(products, [], None)
    qtbot.addWidget(dialog)
    assert not dialog.kind.button("place").isEnabled()


def test_a_label_without_bars_is_said_before_it_is_printed(appearance: Appearance, qtbot: QtBot):
    product = replace(hammers(1)[0], sku="")
    labels = [product_label(product, Place("3", "B"))]
    dialog = LabelsDialog(labels, place_labels([Place("Ä", "1"), Place("3", "B")]), None)
    qtbot.addWidget(dialog)
    dialog.open()
    assert any(f"1 without a barcode ({product.name})" in one for one in texts(dialog))
    qtbot.mouseClick(dialog.kind.button("place"), Qt.MouseButton.LeftButton)
    assert any("1 without a barcode (LOC-Ä-1)" in one for one in texts(dialog))


EAN = "4006381333931"


@each_sheet
def test_a_label_carries_the_gtin_where_there_is_one(
    appearance: Appearance, tmp_path: Path, sheet: LabelSheet
):
    one, other = hammers(2)
    labels = [product_label(one, Place("3", "B"), EAN), product_label(other, Place("3", "B"))]
    pdf = printed(label_sheets(labels, sheet, gtins=True), tmp_path)
    assert sorted(pdf.codes[0]) == [EAN, other.sku]
    assert f"{EAN} · 3B" in pdf.pages[0]
    pdf = printed(label_sheets(labels, sheet), tmp_path)
    assert sorted(pdf.codes[0]) == [one.sku, other.sku]


def test_the_dialog_asks_for_the_barcode_and_says_who_has_no_ean(
    appearance: Appearance, qtbot: QtBot, tmp_path: Path
):
    one, other = hammers(2)
    labels = [product_label(one, Place("3", "B"), EAN), product_label(other, Place("3", "B"))]
    dialog = LabelsDialog(labels, place_labels(PLACES), None)
    qtbot.addWidget(dialog)
    chosen = collect(dialog.chosen)
    dialog.open()
    assert dialog.code.chosen == "sku"
    said = "2 labels. 1 product has no EAN-13: the SKU is printed there."
    assert said not in texts(dialog)
    qtbot.mouseClick(dialog.code.button("gtin"), Qt.MouseButton.LeftButton)
    assert said in texts(dialog)
    qtbot.keyClick(dialog.print_button, Qt.Key.Key_Return)
    (paper,) = chosen
    assert sorted(printed(paper, tmp_path).codes[0]) == [EAN, other.sku]
