"""The bar on top: type or scan anything, from anywhere."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit

from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding, Keys
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

    def __init__(self) -> None:
        super().__init__()
        self.keys = Keys()
        self.keys.press(
            Binding("Down", "The next hit", lambda: self.stepped.emit(1)),
            Binding("Up", "The hit before", lambda: self.stepped.emit(-1)),
            Binding("PgDown", "Eight hits further", lambda: self.stepped.emit(8)),
            Binding("PgUp", "Eight hits back", lambda: self.stepped.emit(-8)),
            Binding("Return", "Open the first hit, or the chosen one", self.entered.emit),
            Binding("Esc", "Clear the line, then back to the screen", self._on_escape),
        )
        # Of the number pad, or with another key: a scanner may send either.
        self.returnPressed.connect(self.entered)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.act(event):
            super().keyPressEvent(event)

    def _on_escape(self) -> None:
        if self.text():
            self.clear()
        else:
            self.left.emit()


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
