"""The card of the first run, above Find, until somebody closes it."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFrame, QWidget

from app.ui.core.widgets import Text, button, card, column, row

_CLOSED = "told/first_steps"
_STEPS = (
    ("Scan", "or type: it opens"),
    ("Ctrl+K", "finds the rest"),
    ("+", "one more"),
    ("\N{MINUS SIGN}", "one fewer"),
    ("Ctrl+Z", "takes it back"),
)


class Welcome(QWidget):
    """Says how to begin; `is_demo` says that nothing here is real. Closed, it never comes back."""

    def __init__(self, preferences: QSettings, is_demo: bool) -> None:
        super().__init__()
        self._preferences = preferences
        self._closed = str(preferences.value(_CLOSED, "")) == "true"
        self.close_button = button("Got it", self.close_for_good, "", "Never show this again")
        self._is_demo = is_demo
        self._is_made = False
        self.hide()

    def show_on(self, screen: str) -> None:
        """Show it where Find is shown, unless it was closed once."""
        wanted = screen == "find" and not self._closed
        if wanted and not self._is_made:
            self._make()
        self.setVisible(wanted)

    def close_for_good(self) -> None:
        """Close it, and remember that."""
        self._closed = True
        self._preferences.setValue(_CLOSED, "true")
        if self.close_button.hasFocus():
            self.focusNextChild()
        self.hide()

    def _make(self) -> None:
        self._is_made = True
        steps = [
            widget for key, does in _STEPS for widget in (Text(key, "key"), Text(does, "small"), 8)
        ]
        demo = "This is demo data: try what you like." if self._is_demo else "Welcome to Zava."
        said = Text(f"{demo} F1 shows the keys of each screen.", "heading", wrap=True)
        line = row(said, self.close_button)
        line.setStretch(0, 1)
        layout = column(spacing=8)
        layout.addLayout(line)
        layout.addLayout(row(*steps, None, spacing=6))
        frame: QFrame = card(layout, 12)
        around = column(frame)
        around.setContentsMargins(24, 14, 24, 0)
        self.setLayout(around)
