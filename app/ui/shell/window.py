"""The main window."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QScrollArea, QWidget

MINIMUM = (1024, 640)
"""The smallest workplace; on a screen with less room it is scrolled."""
_USUAL = (1280, 800)
_LEAST = (480, 320)
_TITLE_BAR = 40
"""Room for what the desktop puts around a window, in pixels."""


class MainWindow(QMainWindow):
    """Shows sign-in or the workplace; remembers its size; `closing` ends the program."""

    closing = Signal()

    def __init__(self, preferences: QSettings) -> None:
        super().__init__()
        self._preferences = preferences
        self.setWindowTitle("Zava retail")
        self.setMinimumSize(*_LEAST)
        self.resize(*_USUAL)
        geometry = preferences.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if not self.isMaximized():
            room = self.screen().availableSize() - QSize(0, _TITLE_BAR)
            self.resize(self.size().boundedTo(room))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCentralWidget(self._area)

    def show_page(self, page: QWidget) -> None:
        """Replace what the window shows; the old page is deleted."""
        # Not at once: it may be the old page that asks for the new one.
        old: QWidget | None = self._area.takeWidget()
        if old is not None:
            old.deleteLater()
        self._area.setWidget(page)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._preferences.setValue("window/geometry", self.saveGeometry())
        self._preferences.sync()
        self.closing.emit()
        event.accept()
