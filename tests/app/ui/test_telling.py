"""Why the program does not start is said in a window, where nobody sees a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from app.cli import main
from app.telling import tell


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[list[str]]:
    """A desktop, and what boxes on it said; each is answered at once."""
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    said: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            said.append(box.text())
            box.accept()

    timer = QTimer(qapp)
    timer.timeout.connect(answer)
    timer.start(5)
    yield said
    timer.stop()


def test_a_wrong_setting_is_said_in_a_window(
    desktop: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZAVA_ROLE", "boss")
    assert main([]) == 1
    assert desktop == ["ZAVA_ROLE is 'boss': set it to worker or rep or manager."]
    assert capsys.readouterr().err == f"zava: {desktop[0]}\n"


def test_without_a_display_it_is_only_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    tell("Nobody sees this.")
