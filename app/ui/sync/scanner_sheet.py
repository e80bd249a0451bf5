"""The sheet with the codes that a scanner is set up with."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor

from app.domain.scanner_check import CODES, PROOF
from app.ui.core.barcode import QUIET, code128, draw_bars
from app.ui.core.printing import Page, Printout
from app.ui.core.report import print_font, print_option

_MODULE = 0.4
_MARGIN = 20.0
_HEIGHT = 20.0
_EVERY = 52.0

_INTRODUCTION = (
    "Open Sync, Scanner on the device that the scanner is connected to, and scan the first three "
    "codes there. It then knows how the scanner is set, and the fourth one proves it."
)


def scanner_sheet() -> Printout:
    """Three codes to find out how a scanner is set, and a fourth one to prove it."""

    def draw(page: Page) -> None:
        _write(page, 18.0, 10.0, "Set up a scanner", 18, bold=True)
        _write(page, 30.0, 14.0, _INTRODUCTION, 10)
        for at, code in enumerate((*CODES, PROOF)):
            top = 52.0 + at * _EVERY
            title = f"{at + 1}" if code != PROOF else f"{at + 1}: the proof"
            _write(page, top, 8.0, title, 14, bold=True)
            modules = code128(code)
            width = (len(modules) + 2 * QUIET) * _MODULE
            bars = QRectF(_MARGIN, top + 9.0, width, _HEIGHT)
            draw_bars(page.painter, modules, _dots(page, bars))
            _write(page, top + 9.0 + _HEIGHT + 1.0, 6.0, code, 10, left=_MARGIN + QUIET * _MODULE)

    return Printout("Scanner set-up", draw)


def _write(
    page: Page,
    top: float,
    height: float,
    text: str,
    points: float,
    *,
    bold: bool = False,
    left: float = _MARGIN,
) -> None:
    page.painter.setFont(print_font(points, bold))
    page.painter.setPen(QColor("black"))
    area = QRectF(left, top, page.width - left - _MARGIN, height)
    option = print_option(Qt.AlignmentFlag.AlignLeft)
    page.painter.drawText(_dots(page, area), text, option)


def _dots(page: Page, area: QRectF) -> QRectF:
    dots = page.dots
    return QRectF(dots(area.x()), dots(area.y()), dots(area.width()), dots(area.height()))
