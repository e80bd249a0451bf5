"""The sheet to set a scanner up with, as somebody else's software scans it."""

from __future__ import annotations

from pathlib import Path

from app.domain.scanner_check import CODES, PROOF
from app.ui.core.appearance import Appearance
from app.ui.core.printing import save_pdf
from app.ui.sync.scanner_sheet import scanner_sheet
from tests.helpers.pdfs import read


def test_its_codes_are_those_that_the_page_waits_for(appearance: Appearance, tmp_path: Path):
    path = tmp_path / "sheet.pdf"
    save_pdf(scanner_sheet(), path)
    pdf = read(path)
    assert pdf.codes == [[*CODES, PROOF]]
    assert pdf.title == "Scanner set-up"
    for code in (*CODES, PROOF):
        assert code in pdf.pages[0], "who cannot scan it can read what it holds"
    assert "Sync, Scanner" in pdf.pages[0]
