"""Pictures of products: an image file where there is one, else a drawing tinted by category."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImageReader, QPainter, QPixmap

from app.ui.core.icons import pixmap
from app.ui.core.theme import Tokens

_DRAWINGS = {
    "hand": ("handyman", 28),
    "power": ("drill", 210),
    "electric": ("bolt", 46),
    "plumb": ("drop", 195),
    "paint": ("roller", 330),
    "lumber": ("boards", 24),
    "hardware": ("nut", 250),
    "garden": ("leaf", 120),
    "storage": ("inventory_2", 280),
}
"""By a part of the category's name: the icon, and the hue of its tint in degrees."""
_OTHER = ("category", 175)
_KINDS = ("png", "jpg", "jpeg", "webp")


class Pictures:
    """Gives pictures of products; image files are in one folder, such as `HND-HAMMER-001.jpg`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._image = lru_cache(256)(self._read)

    def of(self, sku: str, category: str, size: QSize, tokens: Tokens) -> QPixmap:
        """The picture of a product, as large as `size` in logical pixels."""
        image = self._image(sku, size.width(), size.height())
        return image if image is not None else _drawing(category, size, tokens)

    def _read(self, sku: str, width: int, height: int) -> QPixmap | None:
        for kind in _KINDS:
            file = self._folder / f"{sku}.{kind}"
            # Of a name that leads out of the folder nothing is read.
            if file.parent != self._folder or not file.is_file():
                continue
            reader = QImageReader(str(file))
            reader.setAutoTransform(True)
            found = reader.size()
            if found.isValid():
                reader.setScaledSize(
                    found.scaled(width, height, Qt.AspectRatioMode.KeepAspectRatio)
                )
            image = reader.read()
            if not image.isNull():
                return QPixmap.fromImage(image)
        return None


def _drawing(category: str, size: QSize, tokens: Tokens) -> QPixmap:
    named = category.casefold()
    icon, hue = next((one for part, one in _DRAWINGS.items() if part in named), _OTHER)
    return _draw(icon, hue, size.width(), size.height(), tokens)


@lru_cache(128)
def _draw(icon: str, hue: int, width: int, height: int, tokens: Tokens) -> QPixmap:
    ground, ink = _tint(hue, tokens)
    glyph = pixmap(icon, ink.name(), min(width, height) * 55 // 100)
    ratio = glyph.devicePixelRatio()
    result = QPixmap(QSize(width, height) * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(tokens.border) if tokens.name == "contrast" else Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), 8, 8)
    side = glyph.deviceIndependentSize()
    painter.drawPixmap(
        round((width - side.width()) / 2), round((height - side.height()) / 2), glyph
    )
    painter.end()
    return result


def _tint(hue: int, tokens: Tokens) -> tuple[QColor, QColor]:
    if tokens.name == "contrast":
        return QColor(tokens.surface), QColor(tokens.text)
    if tokens.name == "dark":
        return QColor.fromHsl(hue, 70, 48), QColor.fromHsl(hue, 120, 175)
    return QColor.fromHsl(hue, 110, 232), QColor.fromHsl(hue, 110, 105)
