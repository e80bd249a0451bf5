"""A paper with a heading, facts, a table over any number of pages, and lines to sign on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPen, QTextOption

from app.ui.core.barcode import code128, draw_bars
from app.ui.core.printing import Page, Printout

_MARGIN = 15.0
_FOOT = 10.0
_HEADER = 6.0
_PAD = 1.4
_SIGNING = 16.0
_KEPT_ROWS = 2
"""Rows that a page begins with at least, so that no sum or signature stands on one alone."""
_GREY = "#666666"
_LINE = "#999999"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column of a paper: `width` in mm, or None to share what is left."""

    title: str
    width: float | None = None
    right: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A paper as data: `facts` are pairs of a name and a value, `code` is printed as a barcode.

    `sums` are the last rows of the table; `notes` follow it; `signatures` are lines to sign on,
    named; `row_height` in mm leaves room to write by hand.
    """

    name: str
    title: str
    columns: Sequence[ReportColumn]
    rows: Sequence[Sequence[str]]
    sums: Sequence[Sequence[str]] = ()
    facts: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    code: str = ""
    row_height: float = 6.0


def printout(report: Report) -> Printout:
    """The report as a paper to print."""

    def draw(page: Page) -> None:
        pages = _Writer(report, page).write()
        _Writer(report, page, pages).write()

    return Printout(report.name, draw)


class _Writer:
    """Writes a report downwards; `_y` is how far it is, in mm.

    Without the number of pages it only measures: nothing is drawn.
    """

    def __init__(self, report: Report, page: Page, pages: int = 0) -> None:
        self._report = report
        self._pages = pages
        self._number = 1
        self._page = page
        self._painter = page.painter
        self._y = _MARGIN
        self._bottom = page.height - _MARGIN - _FOOT
        self._width = page.width - 2 * _MARGIN
        self._widths = self._share()

    def write(self) -> int:
        """Write everything; returns how many pages it takes."""
        report = self._report
        self._head()
        self._header()
        kept = max(len(report.rows) - _KEPT_ROWS, 0)
        for row in report.rows[:kept]:
            self._row(row)
        self._keep_together(report.rows[kept:])
        for row in (*report.rows[kept:], *report.sums):
            self._row(row)
        self._y += 4
        for note in report.notes:
            self._paragraph(note)
        if report.signatures:
            self._sign()
        self._foot()
        return self._number

    def _share(self) -> list[float]:
        fixed = sum(one.width or 0.0 for one in self._report.columns)
        sharing = sum(one.width is None for one in self._report.columns)
        left = (self._width - fixed) / max(sharing, 1)
        return [left if one.width is None else one.width for one in self._report.columns]

    def _head(self) -> None:
        report = self._report
        text_width = self._width
        modules = code128(report.code)
        if modules:
            width = min(len(modules) * 0.33 + 7, 80.0)
            left = _MARGIN + self._width - width
            area = self._area(left, self._y, width, 12)
            if self._pages:
                draw_bars(self._painter, modules, area)
            below = self._area(left, self._y + 12.5, width, 4)
            self._text(below, report.code, 8, align=Qt.AlignmentFlag.AlignHCenter)
            text_width -= width + 4
        self._y += self._wrapped(report.title, 18, text_width, bold=True) + 2
        for name, value in report.facts:
            area = self._area(_MARGIN, self._y, 30, 5)
            self._text(area, name, 9, colour=_GREY)
            height = self._wrapped(value, 9, text_width - 30, _MARGIN + 30)
            self._y += max(height, 4.6)
        self._y = max(self._y, _MARGIN + 18 if modules else 0.0) + 3

    def _header(self) -> None:
        x = _MARGIN
        for column, width in zip(self._report.columns, self._widths, strict=True):
            area = self._area(x + _PAD, self._y, width - 2 * _PAD, 6)
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            self._text(area, column.title, 8, True, _GREY, side | Qt.AlignmentFlag.AlignVCenter)
            x += width
        self._y += _HEADER
        self._rule(self._y, "#000000")

    def _keep_together(self, rows: Sequence[Sequence[str]]) -> None:
        """Turn the page where the last rows would stay behind what belongs to them."""
        report = self._report
        table = sum(self._row_height(row) for row in (*rows, *report.sums))
        rest = 4 + sum(self._height(note, 9, self._width) + 1 for note in report.notes)
        rest += _SIGNING if report.signatures else 0.0
        page = self._bottom - _MARGIN - _HEADER
        # What does not fit on a page is not kept together.
        needed = next((one for one in (table + rest, table) if one <= page), 0.0)
        if rows and self._y + needed > self._bottom:
            self._turn()
            self._header()

    def _row_height(self, row: Sequence[str]) -> float:
        heights = [
            self._height(text, 9, width - 2 * _PAD)
            for text, width in zip(row, self._widths, strict=True)
        ]
        return max(self._report.row_height, max(heights) + 1.6)

    def _row(self, row: Sequence[str]) -> None:
        columns = self._report.columns
        height = self._row_height(row)
        if self._y + height > self._bottom:
            self._turn()
            self._header()
        x = _MARGIN
        for column, text, width in zip(columns, row, self._widths, strict=True):
            area = self._area(x + _PAD, self._y, width - 2 * _PAD, height)
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            self._text(area, text, 9, align=side | Qt.AlignmentFlag.AlignVCenter)
            x += width
        self._y += height
        self._rule(self._y)

    def _paragraph(self, text: str) -> None:
        height = self._height(text, 9, self._width)
        if self._y + height > self._bottom:
            self._turn()
        self._y += self._wrapped(text, 9, self._width) + 1

    def _sign(self) -> None:
        if self._y + _SIGNING > self._bottom:
            self._turn()
        self._y += _SIGNING - 2
        width = self._width / len(self._report.signatures)
        for at, name in enumerate(self._report.signatures):
            left = _MARGIN + at * width
            self._line(left, self._y, width - 8, 0.2, "#000000")
            self._text(self._area(left, self._y + 1, width - 8, 5), name, 8, colour=_GREY)
        self._y += 8

    def _turn(self) -> None:
        self._foot()
        self._number += 1
        if self._pages:
            self._page.turn()
        self._y = _MARGIN

    def _foot(self) -> None:
        y = self._page.height - _MARGIN - 4
        self._text(self._area(_MARGIN, y, self._width, 5), self._report.name, 8, colour=_GREY)
        right = Qt.AlignmentFlag.AlignRight
        number = f"Page {self._number} of {self._pages}"
        self._text(self._area(_MARGIN, y, self._width, 5), number, 8, False, _GREY, right)

    def _rule(self, y: float, colour: str = _LINE) -> None:
        self._line(_MARGIN, y, self._width, 0.15, colour)

    def _line(self, x: float, y: float, length: float, width: float, colour: str) -> None:
        if self._pages:
            self._painter.setPen(QPen(QColor(colour), self._page.dots(width)))
            line = self._area(x, y, length, 0)
            self._painter.drawLine(line.topLeft(), line.topRight())

    def _wrapped(
        self, text: str, points: float, width: float, left: float = _MARGIN, bold: bool = False
    ) -> float:
        """Write a text over as many lines as it takes; returns its height in mm."""
        height = self._height(text, points, width, bold)
        self._text(self._area(left, self._y, width, height), text, points, bold)
        return height

    def _height(self, text: str, points: float, width: float, bold: bool = False) -> float:
        if not text:
            return 0.0
        self._painter.setFont(print_font(points, bold))
        room = self._area(0, 0, width, 200)
        needed = self._painter.boundingRect(room, text, print_option(Qt.AlignmentFlag.AlignLeft))
        return self._page.millimetres(needed.height())

    def _text(
        self,
        area: QRectF,
        text: str,
        points: float,
        bold: bool = False,
        colour: str = "#000000",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        if self._pages:
            self._painter.setFont(print_font(points, bold))
            self._painter.setPen(QColor(colour))
            self._painter.drawText(area, text, print_option(align))

    def _area(self, x: float, y: float, width: float, height: float) -> QRectF:
        dots = self._page.dots
        return QRectF(dots(x), dots(y), dots(width), dots(height))


@cache
def print_option(align: Qt.AlignmentFlag) -> QTextOption:
    """How the lines of papers and labels break."""
    option = QTextOption(align)
    # Between words; within one only where it is longer than a line.
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option


@cache
def print_font(points: float, bold: bool = False) -> QFont:
    """The font of papers and labels."""
    font = QFont()
    font.setPointSizeF(points)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    # WORKAROUND: Qt writes no text for the other hyphen that the font has between capitals, and
    # nobody would find a number or a SKU in the PDF.
    font.setFeature(QFont.Tag("calt"), 0)
    return font
