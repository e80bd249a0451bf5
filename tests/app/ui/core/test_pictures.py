"""Pictures of products: a file, or a drawing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from app.ui.core.appearance import Appearance
from app.ui.core.pictures import Pictures
from app.ui.core.theme import DARK, LIGHT


def test_a_picture_is_the_file_or_a_drawing(appearance: Appearance, tmp_path: Path) -> None:
    red = QImage(20, 40, QImage.Format.Format_RGB32)
    red.fill(QColor("#ff0000"))
    assert red.save(str(tmp_path / "A-1.png"))
    (tmp_path / "A-2.png").write_text("no picture")
    pictures, size = Pictures(tmp_path), QSize(80, 40)
    found = pictures.of("A-1", "Plumbing", size, LIGHT).toImage()
    assert found.pixelColor(5, 5) == QColor("#ff0000") and found.height() == 40
    drawings = [
        pictures.of(sku, category, size, tokens).toImage()
        for sku, category, tokens in (
            ("A-2", "Plumbing", LIGHT),
            ("../A-1", "Plumbing", LIGHT),
            ("A-3", "Paint & Finishes", LIGHT),
            ("A-3", "Paint & Finishes", DARK),
            ("A-3", "Something new", LIGHT),
        )
    ]
    assert drawings[0] == drawings[1]
    assert all(one.size() == size for one in drawings)
    assert len({one.pixelColor(10, 10).name() for one in drawings}) == 4
