"""Material Symbols (Apache-2.0) and a few of our own, tinted to the look."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.ui.core.theme import ICONS
from app.ui.core.zoom import px


def pixmap(name: str, colour: str, size: int = 20) -> QPixmap:
    """One icon in one colour, sharp on the screen's scale; `size` in logical pixels."""
    application = QGuiApplication.instance()
    ratio = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    return _pixmap(name, colour, size, ratio)


def icon(name: str, colour: str, checked: str | None = None) -> QIcon:
    """An icon in one colour; `checked` is its colour on a checked button."""
    size = px(20)
    result = QIcon(pixmap(name, colour, size))
    if checked is not None:
        result.addPixmap(pixmap(name, checked, size), QIcon.Mode.Normal, QIcon.State.On)
    return result


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    svg = (ICONS / f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(svg.replace(b"<path ", f'<path fill="{colour}" '.encode())))
    result = QPixmap(QSize(size, size) * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return result
