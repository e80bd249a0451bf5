"""Barcodes, drawn as sharp bars: Code 128, and EAN-13 on labels."""

from __future__ import annotations

from itertools import groupby

from barcode.codex import Code128
from barcode.ean import EuropeanArticleNumber13
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

QUIET = 10
"""Blank modules on each side that a scanner needs."""


class Barcode(QWidget):
    """Shows a code as Code 128, black on white in every look because scanners need that."""

    def __init__(self) -> None:
        super().__init__()
        self._modules = ""
        self._code = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_code(self, code: str) -> None:
        """Show a code; nothing where Code 128 cannot hold it."""
        if code == self._code:
            return
        self._code = code
        self._modules = code128(code)
        self.setAccessibleName(f"Barcode of {code}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize((len(self._modules) + 2 * QUIET) * 1, 76)

    def minimumSizeHint(self) -> QSize:
        return QSize(len(self._modules) + 2 * QUIET, 76)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._modules:
            return
        painter = QPainter(self)
        total = len(self._modules) + 2 * QUIET
        module = max(1, min(self.width() // total, 2))
        width = total * module
        left = (self.width() - width) // 2
        painter.fillRect(left, 0, width, self.height(), Qt.GlobalColor.white)
        draw_bars(painter, self._modules, QRectF(left, 8, width, 44))
        painter.setPen(QColor("black"))
        painter.drawText(QRectF(left, 54, width, 20), Qt.AlignmentFlag.AlignCenter, self._code)


def draw_bars(painter: QPainter, modules: str, area: QRectF) -> None:
    """Fill an area with the bars of a code and the blank on both sides that scanners need.

    Neighbouring black modules are one rectangle, so that no printer puts a hairline in between.
    """
    module = area.width() / (len(modules) + 2 * QUIET)
    at = QUIET
    for bar, run in groupby(modules):
        count = len(list(run))
        if bar == "1":
            x = area.left() + at * module
            painter.fillRect(
                QRectF(x, area.top(), count * module, area.height()), Qt.GlobalColor.black
            )
        at += count


def code128(code: str) -> str:
    """The bars of a code as a string of 1 (black) and 0 (white) modules; empty if it has none."""
    if not code or not code.isascii() or not code.isprintable():
        return ""
    return "".join(_Code128(code).build())


def ean13(gtin: str) -> str:
    """The bars of a right GTIN of 13 digits, as in `code128`; empty for every other text."""
    if len(gtin) != 13 or not (gtin.isascii() and gtin.isdigit()):
        return ""
    code = EuropeanArticleNumber13(gtin[:-1])
    # It needs one blank module more on its left than Code 128.
    return "0" + "".join(code.build()) if code.get_fullcode() == gtin else ""


class _Code128(Code128):  # type: ignore[misc]
    """WORKAROUND: python-barcode takes a leading 99 for a change of code set and loses it."""

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        if self.code[:2].isdigit():
            return encoded
        optimized: list[int] = super()._try_to_optimize(encoded)
        return optimized
