"""How the scanner of this device is set, kept with the device's other settings."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSettings

MOST_GAP_MS = 100
"""The slowest scanner that is told from a person."""


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """What has to be known of a scanner; as it is made, it fits them all.

    `prefix` and `suffix` are characters that the scanner is set to put around every code, and that
    are no part of it; keys such as Enter, Tab or none at the end need no setting, and neither does
    its pace: a slower scanner that is used one day must not act as a person.
    """

    prefix: str = ""
    suffix: str = ""

    def stripped(self, text: str) -> str:
        """The code in what a scanner sent."""
        return text.removeprefix(self.prefix).removesuffix(self.suffix)

    def save(self, preferences: QSettings) -> None:
        """Keep them on this device."""
        preferences.setValue("scanner/prefix", self.prefix)
        preferences.setValue("scanner/suffix", self.suffix)


def load_scanner_settings(preferences: QSettings) -> ScannerSettings:
    """Those of this device."""
    made = ScannerSettings()
    return ScannerSettings(
        str(preferences.value("scanner/prefix", made.prefix)),
        str(preferences.value("scanner/suffix", made.suffix)),
    )
