"""Papers as PDF files: written whole or not at all, and read back by other software."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QLocale, QStandardPaths
from PySide6.QtPrintSupport import QPrintDialog, QPrinterInfo
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.core.appearance import Appearance
from app.ui.core.message import Message
from app.ui.core.printing import A4, LETTER, Page, Printing, Printout, preview, save_pdf
from app.ui.core.report import Report, ReportColumn, printout
from connector_config.errors import UserError
from tests.helpers.hands import dialog, named, texts
from tests.helpers.papers import choose_file_of, previewed, save_as
from tests.helpers.pdfs import read
from tests.helpers.waiting import collect, until

COLUMNS = (
    ReportColumn("Place", 20),
    ReportColumn("Product"),
    ReportColumn("On hand", 25, right=True),
)


def report(count: int = 3, **changes: object) -> Report:
    lines = [(f"3B-{at}", f"Hammer number {at}", f"{at:,}") for at in range(1, count + 1)]
    given: dict[str, object] = {
        "name": "Goods receipt GR-1",
        "title": "Goods receipt",
        "columns": COLUMNS,
        "rows": lines,
        **changes,
    }
    return Report(**given)  # type: ignore[arg-type]


def saved(one: Report, tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    save_pdf(printout(one), path)
    return path


def test_everything_of_a_report_is_on_the_paper(appearance: Appearance, tmp_path: Path):
    given = report(
        facts=[("Store", "Seattle"), ("Received by", "Ann Ström")],
        notes=["Two boxes were torn."],
        signatures=["Driver", "Received by"],
        code="GR-SEA-3F2A-0001",
    )
    pdf = read(saved(given, tmp_path))
    assert pdf.title == "Goods receipt GR-1"
    assert pdf.sizes == [(216, 279)]
    assert pdf.codes == [["GR-SEA-3F2A-0001"]]
    for text in ("Goods receipt", "Seattle", "Ann Ström", "Two boxes were torn.", "Driver"):
        assert text in pdf.pages[0]
    table = "Place Product On hand 3B-1 Hammer number 1 1 3B-2 Hammer number 2 2 3B-3 "
    assert table in pdf.pages[0]


def test_a_long_report_has_its_header_and_number_on_every_page(
    appearance: Appearance, tmp_path: Path
):
    pdf = read(saved(report(100), tmp_path))
    assert len(pdf.pages) == 3
    for at, text in enumerate(pdf.pages, 1):
        assert "Place Product On hand" in text
        assert f"Page {at} of 3" in text
    shown = [line for text in pdf.pages for line in re.findall(r"3B-\d+ Hammer number \d+", text)]
    assert shown == [f"3B-{at} Hammer number {at}" for at in range(1, 101)]


@pytest.mark.parametrize("count", range(28, 76))
def test_what_ends_a_paper_never_stands_on_a_page_alone(
    appearance: Appearance, tmp_path: Path, count: int
):
    given = report(
        count,
        sums=[("", "Before tax", "$9.00"), ("", "Total", "$10.00")],
        notes=["Please keep this receipt."],
        signatures=["Driver"],
    )
    last = read(saved(given, tmp_path), scan=False).pages[-1]
    assert len(re.findall(r"Hammer number \d+", last)) >= 2
    assert "Place Product On hand" in last
    for text in ("Before tax", "Total $10.00", "Please keep", "Driver"):
        assert text in last


def test_an_end_longer_than_a_page_takes_more_of_them(appearance: Appearance, tmp_path: Path):
    pdf = read(saved(report(40, notes=[f"Note {at}" for at in range(90)]), tmp_path))
    assert [f"Note {at}" in " ".join(pdf.pages) for at in range(90)] == [True] * 90


def test_a_long_name_wraps_between_words_and_nothing_is_lost(
    appearance: Appearance, tmp_path: Path
):
    name = "Heavy duty galvanised corner bracket " * 6
    one_word = "x" * 120
    text = read(saved(report(rows=[("1A", name, "1"), ("1B", one_word, "2")]), tmp_path)).pages[0]
    assert "".join(name.split()) in "".join(text.split())
    assert one_word in "".join(text.split())
    assert text.count("galvanised") == text.count("bracket") == 6


def test_a_paper_of_nothing_is_a_page_with_its_header(appearance: Appearance, tmp_path: Path):
    pdf = read(saved(report(0, notes=["Nothing was expected."]), tmp_path))
    assert len(pdf.pages) == 1
    assert "Nothing was expected." in pdf.pages[0]


def test_a_file_that_cannot_be_written_is_said(appearance: Appearance, tmp_path: Path):
    path = tmp_path / "no such folder" / "paper.pdf"
    with pytest.raises(UserError, match=r"choose another place than .*paper\.pdf"):
        save_pdf(printout(report()), path)


def test_what_fails_half_way_leaves_the_old_file(appearance: Appearance, tmp_path: Path):
    path = saved(report(), tmp_path)
    before = path.read_bytes()

    def fail(page: Page) -> None:
        page.turn()
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        save_pdf(Printout("Broken", fail), path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.glob("paper*")] == ["paper.pdf"]


def test_a_paper_has_the_size_it_asks_for(appearance: Appearance, tmp_path: Path):
    path = tmp_path / "a4.pdf"
    save_pdf(Printout("Empty", lambda page: None, A4), path)
    assert read(path).sizes == [(210, 297)]


@pytest.mark.parametrize(
    ("locale", "size"),
    [("en_US", LETTER), ("es_MX", LETTER), ("de_DE", A4), ("en_GB", A4), ("C", LETTER)],
)
def test_paper_is_that_of_the_country(
    appearance: Appearance, tmp_path: Path, locale: str, size: tuple[float, float]
):
    before = QLocale()
    QLocale.setDefault(QLocale(locale))
    try:
        path = saved(report(), tmp_path)
    finally:
        QLocale.setDefault(before)
    assert read(path, scan=False).sizes == [tuple(map(round, size))]


def test_a_preview_is_what_is_printed(appearance: Appearance, tmp_path: Path):
    given = replace(printout(report(30, code="GR-SEA-3F2A-0001")), size=A4)
    shown = preview(given)
    path = tmp_path / "same.pdf"
    save_pdf(given, path)
    document = pypdfium2.PdfDocument(path)
    assert (shown.count, len(shown.pages)) == (len(document), len(document))
    for picture, page in zip(shown.pages, document, strict=True):
        printed = page.render(scale=150 / 72, grayscale=True).to_numpy().squeeze()
        lines = np.frombuffer(picture.constBits(), np.uint8)
        # Edges of letters are smoothed otherwise: 12 at most. A line more or less makes 30.
        seen = _greys(lines.reshape(picture.height(), -1))
        assert abs(seen - _greys(printed)).max() < 20
    document.close()


def _greys(page: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How grey a page at 150 dpi is, square by square of 5 mm."""
    squares: NDArray[np.float64] = page[:1740, :1230].reshape(58, 30, 41, 30).mean(axis=(1, 3))
    return squares


def test_of_a_long_paper_the_first_pages_are_shown(appearance: Appearance):
    def draw(page: Page) -> None:
        for _ in range(29):
            page.turn()

    shown = preview(Printout("Long", draw))
    assert (shown.count, len(shown.pages)) == (30, 20)
    assert {one.size().toTuple() for one in shown.pages} == {(1275, 1650)}


async def test_without_a_printer_the_paper_is_saved(
    appearance: Appearance, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "Documents").mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path / "Documents"))
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    printing = Printing(widget)
    messages = collect(printing.ended)
    path = tmp_path / "chosen.pdf"
    printing.offer(printout(report()))
    shown = await previewed()
    assert len(shown.findChildren(QPushButton)) == 2
    assert "1 page, Letter" in texts(shown)
    named(shown, "Save as PDF…").click()
    chooser = choose_file_of(path)
    assert chooser.selectedFiles()[0].endswith("Documents/Goods receipt GR-1.pdf")
    assert printing.running
    await until(lambda: messages, "the sentence")
    assert messages == [Message(f"Goods receipt GR-1 saved as {path}")]
    assert "Hammer number 3" in read(path).pages[0]
    printing.offer(printout(report()))
    await save_as(tmp_path / "none" / "x.pdf")
    await until(lambda: len(messages) == 2, "the failure")
    assert messages[1].is_problem
    assert "was not written" in messages[1].text


async def test_with_a_printer_the_print_dialog_asks(
    appearance: Appearance, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", lambda: ["Office"])
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    printing = Printing(widget)
    messages = collect(printing.ended)
    printing.offer(printout(report()))
    named(await previewed(), "Print…").click()
    chooser = dialog()
    assert isinstance(chooser, QPrintDialog)
    path = tmp_path / "printed.pdf"
    chooser.printer().setOutputFileName(str(path))
    chooser.done(1)
    await until(lambda: messages, "the sentence")
    assert messages == [Message("Goods receipt GR-1 sent to the printer")]
    pdf = read(path)
    assert pdf.sizes == [(216, 279)]
    assert "Hammer number 3" in pdf.pages[0]
