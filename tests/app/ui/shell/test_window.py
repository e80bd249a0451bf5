"""The window fits the screen, however small that is in the units of Qt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import sys
from PySide6.QtCore import QPoint, QRect, QSettings
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from app.ui.core.appearance import Appearance
from app.ui.shell.sign_in import SignInScreen
from app.ui.shell.window import MINIMUM, MainWindow
from tests.helpers.fakes import STORES

application = QApplication([])

def open_window(leave):
    preferences = QSettings(sys.argv[1], QSettings.Format.IniFormat)
    appearance = Appearance(application, preferences, None)
    window = MainWindow(preferences)
    door = SignInScreen(STORES, preferences)
    window.show_page(door)
    window.show()
    application.processEvents()
    screen = window.screen().availableGeometry()
    assert screen.contains(QRect(window.pos(), window.size())), (screen, window.geometry())
    start = QRect(door.enter.mapTo(window, QPoint(0, 0)), door.enter.size())
    assert window.rect().contains(start), (window.rect(), start)

    page = QWidget()
    page.setMinimumSize(*MINIMUM)
    last = QPushButton("Last", page)
    last.move(MINIMUM[0] - 80, MINIMUM[1] - 40)
    window.show_page(page)
    application.processEvents()
    assert screen.contains(QRect(window.pos(), window.size()))
    window.centralWidget().ensureWidgetVisible(last)
    seen = QRect(last.mapTo(window, QPoint(0, 0)), last.size())
    assert window.rect().contains(seen), (window.rect(), seen)
    if leave:
        window.setGeometry(*leave)
        application.processEvents()
    window.close()

for _ in range(int(sys.argv[2])):
    open_window([int(one) for one in sys.argv[3:]])
"""


def opens(folder: Path, size: tuple[int, int], factor: str, *leave: int, times: int = 1) -> None:
    """Open, look at and close a window on a screen; `leave` is where it is left, if not there."""
    screen = {"name": "one", "x": 0, "y": 0, "width": size[0], "height": size[1], "dpr": 1}
    screens = folder / "screens.json"
    screens.write_text(
        json.dumps({"screens": [{**screen, "logicalDpi": 96, "logicalBaseDpi": 96}]}), "utf-8"
    )
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": factor,
        "QT_QPA_PLATFORM": f"offscreen:configfile={screens}",
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(folder / "zava.ini"), *map(str, (times, *leave))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("size", "factor"),
    [
        *(((1920, 1080), factor) for factor in ("1", "1.5", "2")),
        *(((1280, 1024), factor) for factor in ("1", "1.5", "2")),
        ((1280, 720), "1"),
        ((3840, 2160), "3"),
    ],
)
def test_the_window_and_the_button_of_the_sign_in_are_on_the_screen(
    tmp_path: Path, size: tuple[int, int], factor: str
) -> None:
    # Twice: the second window has the size of the first one.
    opens(tmp_path, size, factor, times=2)


def test_a_window_that_was_in_the_corner_of_a_large_screen_is_on_a_small_one(
    tmp_path: Path,
) -> None:
    opens(tmp_path, (1920, 1080), "1", 1000, 400, 900, 600)
    opens(tmp_path, (1280, 720), "1")
