"""The main window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMetaObject, QObject, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QScrollArea, QWidget

from app.ui.core.bindings import Binding, Keys

MINIMUM = (1024, 640)
"""The smallest workplace; on a screen with less room it is scrolled."""
_TITLE = "Zava retail"
_USUAL = (1280, 800)
_LEAST = (480, 320)
_TITLE_BAR = 40
"""Room for what the desktop puts around a window, in pixels."""


class _Frame(QWidget):
    """Holds a page, which is never smaller than it has to be, nor higher than the window.

    A scroll area would give a page that wraps texts the height that these want, and scroll it.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        page.setParent(self)
        # One that was shown before was hidden when it was taken away.
        page.show()

    def minimumSizeHint(self) -> QSize:
        least: QSize = self._page.minimumSize()
        return least if least.isValid() and not least.isEmpty() else self._page.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._page.setGeometry(self.rect())


class MainWindow(QMainWindow):
    """Shows sign-in or the workplace; remembers its size; `closing` ends the program.

    It stays open where `may_close` says no.
    """

    closing = Signal()

    def __init__(self, preferences: QSettings) -> None:
        super().__init__()
        self._preferences = preferences
        self.may_close: Callable[[], bool] = lambda: True
        self.setWindowTitle(_TITLE)
        self._titled: QMetaObject.Connection | None = None
        self.keys = Keys()
        self.keys.bind(self, Binding("Ctrl+Q", "Quit", self.close), everywhere=True)
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

    def show_page(self, page: QWidget, kept: QWidget | None = None) -> None:
        """Replace what the window shows; the old page is deleted, unless it is to be kept."""
        if kept is not None:
            kept.setParent(None)
        # Not at once: it may be the old page that asks for the new one.
        old: QWidget | None = self._area.takeWidget()
        if old is not None:
            old.deleteLater()
        self._area.setWidget(_Frame(page))
        if self._titled is not None:
            # One that is kept would go on changing the title.
            QObject.disconnect(self._titled)
        self._titled = page.windowTitleChanged.connect(self._show_title)
        self._show_title(page.windowTitle())

    def _show_title(self, title: str) -> None:
        self.setWindowTitle(f"{title}, Zava" if title else _TITLE)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self._preferences.setValue("window/geometry", self.saveGeometry())
        self._preferences.sync()
        self.closing.emit()
        event.accept()
