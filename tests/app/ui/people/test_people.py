"""What is on a badge, and when it begins to hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.entities import Role
from app.domain.staff import BADGE_RANDOM, Person, new_badge, read_badge
from app.ui.core.printing import save_pdf
from app.ui.people.screen import badge_of
from tests.helpers.fakes import SEATTLE
from tests.helpers.pdfs import read

ANN = Person(SEATTLE.store_id, "s1", "p1", "Ann Ström", Role.MANAGER, has_pin=True)


@pytest.mark.parametrize("digits", ["0" * BADGE_RANDOM, "9" * BADGE_RANDOM, "012345678" * 3])
def test_a_scanner_reads_the_badge_of_somebody(
    qapp: QApplication, tmp_path: Path, digits: str
) -> None:
    code = new_badge(digits[:BADGE_RANDOM])
    path = tmp_path / "badge.pdf"
    save_pdf(badge_of(ANN, code, SEATTLE), path)
    pdf = read(path)
    assert pdf.title == "Badge"
    assert pdf.codes == [[code]]
    assert read_badge(pdf.codes[0][0]) == code
    assert "Ann Ström" in pdf.pages[0] and "Manager" in pdf.pages[0]
