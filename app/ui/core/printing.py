"""Papers: drawn page by page in the background, onto a printer or into a PDF file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QIODevice, QLocale, QMarginsF, QObject, QSaveFile, QSizeF, Signal
from PySide6.QtGui import (
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
)
from PySide6.QtWidgets import QDialog, QWidget

from app.ui.core.command import Command
from app.ui.core.dialogs import choose_file
from app.ui.core.here import place
from app.ui.core.message import Message, problem
from connector_config.errors import UserError

LETTER = (215.9, 279.4)
A4 = (210.0, 297.0)

_LETTER_COUNTRIES = frozenset(
    {
        QLocale.Country.Belize,
        QLocale.Country.Canada,
        QLocale.Country.Chile,
        QLocale.Country.Colombia,
        QLocale.Country.CostaRica,
        QLocale.Country.ElSalvador,
        QLocale.Country.Guatemala,
        QLocale.Country.Mexico,
        QLocale.Country.Nicaragua,
        QLocale.Country.Panama,
        QLocale.Country.Philippines,
        QLocale.Country.PuertoRico,
        QLocale.Country.UnitedStates,
        QLocale.Country.Venezuela,
    }
)
"""Where paper is Letter, by the Unicode CLDR."""

_RESOLUTION = 1200
"""Dots per inch: every bar of a barcode lies within 0.01 mm of where it belongs."""
_SHOWN_RESOLUTION = 150
_SHOWN_PAGES = 20
"""Pages of a preview at most: one takes 2 MB."""


def paper() -> tuple[float, float]:
    """The paper that is usual where the computer is, in mm."""
    return LETTER if place().territory() in _LETTER_COUNTRIES else A4


class Page:
    """A page to draw on: everything in millimetres from the top left corner of the paper."""

    def __init__(
        self,
        painter: QPainter,
        device: QPaintDevice,
        size: tuple[float, float],
        turn: Callable[[], object],
    ) -> None:
        self.painter = painter
        self.width, self.height = size
        self.device = device
        self._turn = turn
        self._dots = device.logicalDpiX() / 25.4

    def dots(self, millimetres: float) -> float:
        """A length in the units of the painter."""
        return millimetres * self._dots

    def millimetres(self, dots: float) -> float:
        """A length of the painter in millimetres."""
        return dots / self._dots

    def turn(self) -> None:
        """Go on with a new page."""
        self._turn()


@dataclass(frozen=True, slots=True)
class Printout:
    """Something to print: its name (also as a file), its size in mm, and who draws it.

    `draw` runs in a thread of its own and must not touch a widget.
    """

    name: str
    draw: Callable[[Page], None]
    size: tuple[float, float] = field(default_factory=paper)


@dataclass(frozen=True, slots=True)
class Preview:
    """The first pages of a printout as pictures, and how many pages it has."""

    printout: Printout
    pages: Sequence[QImage]
    count: int


def save_pdf(printout: Printout, path: Path) -> None:
    """Write a PDF file, whole or not at all; raises UserError where it cannot be written."""
    file = QSaveFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise _not_written(path, file)
    writer = QPdfWriter(file)
    writer.setTitle(printout.name)
    writer.setCreator("Zava")
    writer.setResolution(_RESOLUTION)
    _draw(printout, writer)
    if not file.commit():
        raise _not_written(path, file)


def preview(printout: Printout) -> Preview:
    """Draw a printout into pictures, in the same measures as onto paper: lines break alike."""
    pages: list[QImage] = []
    count = 0
    painter = QPainter()

    def turn() -> None:
        nonlocal count
        count += 1
        if painter.isActive():
            painter.end()
        # What is not shown is only counted.
        pages[_SHOWN_PAGES:] = [_picture(printout.size, count <= _SHOWN_PAGES)]
        painter.begin(pages[-1])
        scale = _SHOWN_RESOLUTION / _RESOLUTION
        painter.scale(scale, scale)

    turn()
    try:
        printout.draw(Page(painter, pages[0], printout.size, turn))
    finally:
        painter.end()
    return Preview(printout, pages[:_SHOWN_PAGES], count)


class Printing(QObject):
    """Shows a paper, then prints it or saves a PDF file; `ended` carries the Message."""

    ended = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._widget = parent
        self._work = Command(self._run, self)
        self._work.finished.connect(self.ended)
        self._work.failed.connect(lambda error: self.ended.emit(problem(error)))
        self._look = Command(_previewed, self)
        self._look.finished.connect(self._show)
        self._look.failed.connect(lambda error: self.ended.emit(problem(error)))

    @property
    def running(self) -> bool:
        """Whether a paper is being drawn."""
        return self._look.running or self._work.running

    def offer(self, printout: Printout) -> None:
        """Show the paper, then ask for the printer or for the file, and draw."""
        asked_on = self._widget
        while not asked_on.isVisible() and (above := asked_on.parentWidget()) is not None:
            # A list prints through the view of the open paper, which is hidden meanwhile.
            asked_on = above
        self._look.execute(printout, asked_on)

    def _show(self, looked: tuple[Preview, QWidget]) -> None:
        shown, asked_on = looked
        if not asked_on.isVisible():
            # Somebody went on meanwhile, or the window is locked.
            return
        # Loads the printing system of the computer: not before somebody prints.
        from PySide6.QtPrintSupport import QPrinterInfo

        from app.ui.core.preview import PreviewDialog

        has_printer = bool(QPrinterInfo.availablePrinterNames())
        on_print = partial(self._ask_printer, shown.printout) if has_printer else None
        PreviewDialog(shown, on_print, partial(self._ask_file, shown.printout), asked_on).open()

    def _ask_printer(self, printout: Printout) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(printout.name)
        dialog = QPrintDialog(printer, self._widget)
        dialog.accepted.connect(
            lambda: self._work.execute(
                lambda: _draw(printout, printer), f"{printout.name} sent to the printer"
            )
        )
        dialog.finished.connect(dialog.deleteLater)
        # Its own `open` wants a slot by name.
        QDialog.open(dialog)

    def _ask_file(self, printout: Printout) -> None:
        choose_file(
            self._widget,
            "Save as PDF",
            f"{printout.name}.pdf",
            "pdf",
            lambda path: self._work.execute(
                lambda: save_pdf(printout, Path(path)), f"{printout.name} saved as {path}"
            ),
        )

    async def _run(self, work: Callable[[], None], done: str) -> Message:
        await asyncio.get_running_loop().run_in_executor(None, work)
        return Message(done)


async def _previewed(printout: Printout, asked_on: QWidget) -> tuple[Preview, QWidget]:
    return await asyncio.get_running_loop().run_in_executor(None, preview, printout), asked_on


def _picture(size: tuple[float, float], shown: bool) -> QImage:
    """A blank page that measures text as the printer does."""
    width, height = (round(side / 25.4 * _SHOWN_RESOLUTION) for side in size) if shown else (1, 1)
    picture = QImage(width, height, QImage.Format.Format_Grayscale8)
    picture.setDotsPerMeterX(round(_RESOLUTION / 0.0254))
    picture.setDotsPerMeterY(round(_RESOLUTION / 0.0254))
    picture.fill(255)
    return picture


def _draw(printout: Printout, device: QPagedPaintDevice) -> None:
    # From corner to corner: the margins belong to what is drawn, a label sheet has its own.
    size = QPageSize(QSizeF(*printout.size), QPageSize.Unit.Millimeter, "")
    layout = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF())
    layout.setMode(QPageLayout.Mode.FullPageMode)
    device.setPageLayout(layout)
    painter = QPainter()
    if not painter.begin(device):
        raise UserError(f"{printout.name} was not printed: choose another printer, or save a PDF.")
    try:
        printout.draw(Page(painter, device, printout.size, device.newPage))
    finally:
        painter.end()


def _not_written(path: Path, file: QSaveFile) -> UserError:
    return UserError(
        f"The PDF was not written ({file.errorString()}): choose another place than {path}."
    )
