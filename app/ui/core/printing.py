"""Papers: drawn page by page in the background, onto a printer or into a PDF file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QIODevice, QMarginsF, QObject, QSaveFile, QSizeF, Signal
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QDialog, QWidget

from app.ui.core.command import Command
from app.ui.core.dialogs import choose_file
from app.ui.core.message import Message, problem
from connector_config.errors import UserError

LETTER = (215.9, 279.4)
A4 = (210.0, 297.0)

_RESOLUTION = 1200
"""Dots per inch: every bar of a barcode lies within 0.01 mm of where it belongs."""


class Page:
    """A page to draw on: everything in millimetres from the top left corner of the paper."""

    def __init__(
        self, painter: QPainter, device: QPagedPaintDevice, size: tuple[float, float]
    ) -> None:
        self.painter = painter
        self.width, self.height = size
        self.device = device
        self._dots = device.logicalDpiX() / 25.4

    def dots(self, millimetres: float) -> float:
        """A length in the units of the painter."""
        return millimetres * self._dots

    def millimetres(self, dots: float) -> float:
        """A length of the painter in millimetres."""
        return dots / self._dots

    def turn(self) -> None:
        """Go on with a new page."""
        self.device.newPage()


@dataclass(frozen=True, slots=True)
class Printout:
    """Something to print: its name (also as a file), its size in mm, and who draws it.

    `draw` runs in a thread of its own and must not touch a widget.
    """

    name: str
    draw: Callable[[Page], None]
    size: tuple[float, float] = LETTER


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


class Printing(QObject):
    """Prints where there is a printer, else saves a PDF file; `ended` carries the Message."""

    ended = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._widget = parent
        self._work = Command(self._run, self)
        self._work.finished.connect(self.ended)
        self._work.failed.connect(lambda error: self.ended.emit(problem(error)))

    @property
    def running(self) -> bool:
        """Whether a paper is being drawn."""
        return self._work.running

    def offer(self, printout: Printout) -> None:
        """Ask for the printer, or where there is none for the file, and draw."""
        # Loads the printing system of the computer: not before somebody prints.
        from PySide6.QtPrintSupport import QPrinterInfo

        if QPrinterInfo.availablePrinterNames():
            self._ask_printer(printout)
        else:
            self._ask_file(printout)

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
        printout.draw(Page(painter, device, printout.size))
    finally:
        painter.end()


def _not_written(path: Path, file: QSaveFile) -> UserError:
    return UserError(
        f"The PDF was not written ({file.errorString()}): choose another place than {path}."
    )
