"""The main window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

MINIMUM = (1024, 640)


class MainWindow(QMainWindow):
    """Shows sign-in or the workplace; remembers its size; `closing` ends the program.

    It stays open where `may_close` says no.
    """

    closing = Signal()

    def __init__(self, preferences: QSettings) -> None:
        super().__init__()
        self._preferences = preferences
        self.may_close: Callable[[], bool] = lambda: True
        self.setWindowTitle("Zava retail")
        self.setMinimumSize(*MINIMUM)
        self.resize(1280, 800)
        geometry = preferences.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def show_page(self, page: QWidget) -> None:
        """Replace what the window shows; the old page is deleted."""
        self.setCentralWidget(page)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self._preferences.setValue("window/geometry", self.saveGeometry())
        self._preferences.sync()
        self.closing.emit()
        event.accept()
