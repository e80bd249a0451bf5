"""What is known of a scanner is kept on the device."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings

from app.ui.core.scanner_settings import ScannerSettings, load_scanner_settings


def test_a_device_starts_with_what_fits_every_scanner(preferences: QSettings):
    assert load_scanner_settings(preferences) == ScannerSettings("", "", 100)


def test_they_are_there_at_the_next_start(preferences: QSettings):
    settings = ScannerSettings("\x02", "#", 35)
    settings.save(preferences)
    preferences.sync()
    again = QSettings(preferences.fileName(), QSettings.Format.IniFormat)
    assert load_scanner_settings(again) == settings


@pytest.mark.parametrize(
    ("stored", "read"), [("", 100), ("soon", 100), ("-5", 100), ("0", 1), ("5000", 100)]
)
def test_a_damaged_setting_is_as_it_was_made(preferences: QSettings, stored: str, read: int):
    preferences.setValue("scanner/slowest_gap_ms", stored)
    assert load_scanner_settings(preferences).slowest_gap_ms == read


def test_what_a_scanner_puts_around_a_code_is_no_part_of_it():
    settings = ScannerSettings("<", ">>")
    assert settings.stripped("<AB-1>>") == "AB-1"
    assert settings.stripped("AB-1") == "AB-1"
