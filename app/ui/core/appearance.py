"""The look and the size of text that are on: chosen by the person, or those of the system."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from app.ui.core import zoom
from app.ui.core.theme import CONTRAST, DARK, LIGHT, Tokens, palette, style_sheet

_FONTS = Path(__file__).parent / "fonts"
_LOOKS = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
TEXT_SIZES = (100, 110, 125, 150, 175, 200)
"""Sizes of text that can be chosen, in percent of the system's."""
_PIXELS = 14
"""The size of text that the screens are drawn in."""
_NO_CHOICE = ("", "sans", "sans serif", "sans-serif", "helvetica")
"""What Qt calls the font of a desktop that names none."""


class Appearance(QObject):
    """Applies a look to the whole application and tells custom painters when it changes.

    `changed` carries the Tokens, also where only the size of text is another one.
    """

    changed = Signal(object)

    def __init__(
        self, application: QApplication, preferences: QSettings, choice: str | None = None
    ) -> None:
        super().__init__(application)
        self._application = application
        self._preferences = preferences
        self._choice = choice or str(preferences.value("theme", "system"))
        self._percent = _size_in(preferences)
        self.tokens = LIGHT
        for file in sorted(_FONTS.glob("*.otf")):
            QFontDatabase.addApplicationFont(str(file))
        system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        self._family = "Inter" if system.family().lower() in _NO_CHOICE else system.family()
        # Nobody wants the small lines of the screens any smaller.
        self._of_system = max(QFontInfo(system).pixelSize() / _PIXELS, 1.0)
        application.setStyle("fusion")
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow_system)
        self._apply(self._look())

    @property
    def preferences(self) -> QSettings:
        """What people chose on this device, about lists too."""
        return self._preferences

    @property
    def choice(self) -> str:
        """The chosen look: `system`, `light`, `dark` or `contrast`."""
        return self._choice

    @property
    def text_size(self) -> int:
        """The chosen size of text, one of TEXT_SIZES."""
        return self._percent

    def choose(self, choice: str) -> None:
        """Switch the look and remember it."""
        self._choice = choice
        self._preferences.setValue("theme", choice)
        self._switch()

    def choose_text_size(self, percent: int) -> None:
        """Switch the size of text to one of TEXT_SIZES, and remember it."""
        if percent != self._percent:
            self._percent = percent
            self._preferences.setValue("text_size", percent)
            self._apply(self.tokens)

    def step_text_size(self, by: int) -> None:
        """Make text larger or smaller by so many of TEXT_SIZES, as far as they go."""
        at = TEXT_SIZES.index(self._percent) + by
        self.choose_text_size(TEXT_SIZES[min(max(at, 0), len(TEXT_SIZES) - 1)])

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
        factor = self._of_system * self._percent / 100
        self._application.setPalette(palette(self.tokens))
        # WORKAROUND: Qt 6.11 takes four times as long where another sheet is still on.
        self._application.setStyleSheet("")
        # Without a sheet, so that widgets have the sizes that they were given.
        zoom.set_factor(factor)
        font = QFont(self._family)
        font.setPixelSize(zoom.px(_PIXELS))
        QApplication.setFont(font)
        self._application.setStyleSheet(style_sheet(self.tokens, factor))
        self.changed.emit(self.tokens)

    def _system_look(self) -> Tokens:
        hints = self._application.styleHints()
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return CONTRAST
        return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def _size_in(preferences: QSettings) -> int:
    """The size that is remembered; 100 for what is none."""
    kept = str(preferences.value("text_size", ""))
    return int(kept) if kept in map(str, TEXT_SIZES) else 100
