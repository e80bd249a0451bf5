"""The bar on top: type or scan anything, from anywhere."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit

from app.ui.core.appearance import Appearance
from app.ui.core.icons import icon
from app.ui.core.rows import one_line
from app.ui.core.theme import Tokens
from app.ui.core.widgets import Text, button, row, tinted

_ALL = "Customers, orders, papers, places, screens and what can be done"


class CommandLine(QLineEdit):
    """The search line: up and down move in the results, Enter opens, Esc clears."""

    stepped = Signal(int)
    entered = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self.stepped.emit(1)
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case Qt.Key.Key_PageDown:
                self.stepped.emit(8)
            case Qt.Key.Key_PageUp:
                self.stepped.emit(-8)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.entered.emit()
            case Qt.Key.Key_Escape:
                if self.text():
                    self.clear()
                else:
                    self.left.emit()
            case _:
                super().keyPressEvent(event)


class CommandBar(QFrame):
    """The search line with its key, and in which store one works."""

    store_asked = Signal()
    anything_asked = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.line = CommandLine()
        self.line.setObjectName("command")
        self.line.setPlaceholderText("Find by name, SKU, type or place, or scan a barcode")
        self.line.setAccessibleName("Find")
        self.line.setClearButtonEnabled(True)
        self._icon = QAction(self)
        self.line.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self._store = Text("", "heading")
        self.store = button("", self.store_asked.emit, "quiet", "Work in another store")
        tinted(self.store, "storefront", appearance, "muted")
        self.store.setObjectName("store")
        self.store.setVisible(False)
        self.anything = button("Find anything (Ctrl+K)", self.anything_asked.emit, "quiet", _ALL)
        layout = row(
            self.line, Text("Ctrl+F", "key"), self.anything, 8, self._store, self.store, spacing=8
        )
        layout.setContentsMargins(24, 10, 24, 10)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._tint(appearance.tokens)
        appearance.changed.connect(self._tint)

    def show_store(self, name: str, can_switch: bool = False) -> None:
        """Show the name of a store, on a button where there are others to go to."""
        said = one_line(name)[:40]
        self._store.setText(said)
        self.store.setText(f"{said} (Alt+S)")
        self.store.setAccessibleName(f"Store: {said}")
        self._store.setVisible(not can_switch)
        self.store.setVisible(can_switch)

    def focus(self) -> None:
        """Move the keyboard into the search line, ready to overtype."""
        self.line.setFocus()
        self.line.selectAll()

    def _tint(self, tokens: Tokens) -> None:
        self._icon.setIcon(icon("search", tokens.muted))
