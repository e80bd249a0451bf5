"""The icon in the sizes that desktops ask for, from the one SVG, into a hicolor folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def draw(source: Path, folder: Path) -> None:
    """Write `zava.png` of each size below the folder, and the SVG beside them."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication([])
    drawing = QSvgRenderer(str(source))
    if not drawing.isValid():
        raise ValueError(f"{source} is no SVG")
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        place = folder / f"{size}x{size}" / "apps"
        place.mkdir(parents=True, exist_ok=True)
        image.save(str(place / "zava.png"))
    place = folder / "scalable" / "apps"
    place.mkdir(parents=True, exist_ok=True)
    (place / "zava.svg").write_bytes(source.read_bytes())
    del application


if __name__ == "__main__":
    draw(Path("app/ui/zava.svg"), Path(sys.argv[1]))
