"""The look that is on: chosen by the person, or that of the system."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from app.ui.core.theme import CONTRAST, DARK, LIGHT, Tokens, palette, style_sheet

_FONTS = Path(__file__).parent / "fonts"
_LOOKS = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}


class Appearance(QObject):
    """Applies a look to the whole application and tells custom painters when it changes."""

    changed = Signal(object)

    def __init__(
        self, application: QApplication, preferences: QSettings, choice: str | None = None
    ) -> None:
        super().__init__(application)
        self._application = application
        self._preferences = preferences
        self._choice = choice or str(preferences.value("theme", "system"))
        self.tokens = LIGHT
        for file in sorted(_FONTS.glob("*.otf")):
            QFontDatabase.addApplicationFont(str(file))
        font = QFont("Inter")
        font.setPixelSize(14)
        application.setFont(font)
        application.setStyle("fusion")
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow_system)
        self._apply(self._look())

    @property
    def choice(self) -> str:
        """The chosen look: `system`, `light`, `dark` or `contrast`."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Switch the look and remember it."""
        self._choice = choice
        self._preferences.setValue("theme", choice)
        self._switch()

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._switch()

    def _switch(self) -> None:
        # Restyling every widget takes a third of a second.
        if (tokens := self._look()) is not self.tokens:
            self._apply(tokens)

    def _look(self) -> Tokens:
        return _LOOKS.get(self._choice) or self._system_look()

    def _apply(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._application.setPalette(palette(self.tokens))
        # WORKAROUND: Qt 6.11 takes four times as long where another sheet is still on.
        self._application.setStyleSheet("")
        self._application.setStyleSheet(style_sheet(self.tokens))
        self.changed.emit(self.tokens)

    def _system_look(self) -> Tokens:
        hints = self._application.styleHints()
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return CONTRAST
        return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
