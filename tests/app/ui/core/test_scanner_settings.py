"""What is known of a scanner is kept on the device."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from app.ui.core.scanner_settings import ScannerSettings, load_scanner_settings


def test_a_device_starts_with_what_fits_every_scanner(preferences: QSettings):
    assert load_scanner_settings(preferences) == ScannerSettings("", "")


def test_they_are_there_at_the_next_start(preferences: QSettings):
    settings = ScannerSettings("\x02", "#")
    settings.save(preferences)
    preferences.sync()
    again = QSettings(preferences.fileName(), QSettings.Format.IniFormat)
    assert load_scanner_settings(again) == settings


def test_what_a_scanner_puts_around_a_code_is_no_part_of_it():
    settings = ScannerSettings("<", ">>")
    assert settings.stripped("<AB-1>>") == "AB-1"
    assert settings.stripped("AB-1") == "AB-1"
