"""Label sheets as data, and how a label is drawn on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF

from app.domain.entities import Place, Product
from app.domain.stock import label_code
from app.ui.core.barcode import QUIET, code128, draw_bars, ean13
from app.ui.core.formats import money
from app.ui.core.printing import A4, LETTER, Page, Printout
from app.ui.core.report import print_font, print_option

_INCH = 25.4
_WIDEST_MODULE = 0.33
"""Millimetres of the thinnest bar: wider ones read no better and take the room of the text."""
_PADDING = 2.0
_NEARLY = 0.97
_TWO_LINES = 1.8
"""So much of two lines is used at least: a word that does not end on the first goes below."""


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of labels as its maker publishes it; all lengths in mm.

    `left` and `top` is where the first label begins, `across` and `down` lead to the next one.
    """

    name: str
    paper: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float

    @property
    def count(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    def label(self, at: int) -> QRectF:
        """The rectangle of a label, counted from 0 along the rows, in mm."""
        row, column = divmod(at, self.columns)
        return QRectF(
            self.left + column * self.across,
            self.top + row * self.down,
            self.width,
            self.height,
        )


SHEETS = (
    LabelSheet(
        "Avery 5160 (Letter, 30 labels)",
        *(LETTER, 3, 10),
        *(2.625 * _INCH, 1 * _INCH, 0.1875 * _INCH, 0.5 * _INCH, 2.75 * _INCH, 1 * _INCH),
    ),
    LabelSheet(
        "Avery 5163 (Letter, 10 labels)",
        *(LETTER, 2, 5),
        *(4 * _INCH, 2 * _INCH, 0.15625 * _INCH, 0.5 * _INCH, 4.1875 * _INCH, 2 * _INCH),
    ),
    LabelSheet("Avery L7160 (A4, 21 labels)", A4, 3, 7, 63.5, 38.1, 7.21, 15.15, 66.04, 38.1),
    LabelSheet("Avery L7163 (A4, 14 labels)", A4, 2, 7, 99.1, 38.1, 4.63, 15.15, 101.64, 38.1),
)


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a label: `large` is read from afar, `code` is printed as a barcode.

    `small` stands beside the code. A `gtin` of 13 digits may be printed instead of the code.
    """

    title: str
    large: str
    small: str
    code: str
    gtin: str = ""


def product_label(product: Product, place: Place, gtin: str = "") -> Label:
    """The label of a product: name, price, place, and its SKU or a GTIN of 13 digits."""
    return Label(product.name, money(product.price), place.code, product.sku, gtin)


def place_labels(places: Iterable[Place]) -> list[Label]:
    """A label for each place, once, in walking order; unknown places have none."""
    known = sorted({one for one in places if one.aisle and one.shelf}, key=lambda one: one.sort_key)
    return [Label(one.text, one.code, "", label_code(one)) for one in known]


def label_sheets(
    labels: Sequence[Label], sheet: LabelSheet, first: int = 1, gtins: bool = False
) -> Printout:
    """Lay labels out on sheets, from the position `first` of the first sheet on.

    With `gtins` those that have one carry it as EAN-13, and the others their code as Code 128.
    """

    def draw(page: Page) -> None:
        for at, label in enumerate(labels, first - 1):
            if at % sheet.count == 0 and at >= first:
                page.turn()
            _draw(page, sheet.label(at % sheet.count), label, gtins)

    return Printout("Labels", draw, sheet.paper)


def _draw(page: Page, box: QRectF, label: Label, gtins: bool) -> None:
    code, modules = label.code, ""
    if gtins and (modules := ean13(label.gtin)):
        code = label.gtin
    inner = box.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
    line = inner.height() / 10
    title = QRectF(inner.left(), inner.top(), inner.width(), 2.2 * line)
    large = QRectF(inner.left(), title.bottom(), inner.width(), 3.2 * line)
    small = QRectF(inner.left(), inner.bottom() - 1.6 * line, inner.width(), 1.6 * line)
    _write(page, title, label.title, bold=True)
    _write(page, large, label.large, bold=True)
    _write(page, small, " · ".join(filter(None, (code, label.small))))
    modules = modules or code128(code)
    if modules:
        total = len(modules) + 2 * QUIET
        width = min(total * _WIDEST_MODULE, inner.width())
        bars = QRectF(0, large.bottom(), width, small.top() - large.bottom() - 0.3)
        bars.moveLeft(box.center().x() - width / 2)
        draw_bars(page.painter, modules, _dots(page, bars))


def _write(page: Page, area: QRectF, text: str, bold: bool = False) -> None:
    """Write a line as large as its area is high, and a long one smaller, on two lines if need be.

    What does not fit on two lines of half the size either is cut.
    """
    painter, room = page.painter, _dots(page, area)
    points = area.height() * 0.72 / 25.4 * 72
    needed = QFontMetricsF(print_font(points, bold), page.device).horizontalAdvance(text)
    # A smaller font is not narrower in just that proportion.
    scale = max(_NEARLY * room.width() / max(needed, 1.0), 0.5)
    font = print_font(points * min(1.0, scale), bold)
    painter.setFont(font)
    painter.setPen(QColor("black"))
    metrics = QFontMetricsF(font, page.device)
    space = room.width() * (1.0 if scale > 0.5 else _TWO_LINES)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, space)
    painter.drawText(room, shown, print_option(Qt.AlignmentFlag.AlignCenter))


def _dots(page: Page, area: QRectF) -> QRectF:
    dots = page.dots
    return QRectF(dots(area.x()), dots(area.y()), dots(area.width()), dots(area.height()))
