"""`zava rehearse` on a real display: what is done in one window is seen in the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.display import Display, wait_for
from tests.helpers.programs import ROOT

# Other systems have no Xvfb.
__test__ = sys.platform == "linux"

WIDTH, HEIGHT = 2400, 800
HALF = WIDTH // 2
TOKEN = os.environ.get("DITTO_OFFLINE_TOKEN", "")


class Rehearsal:
    """The command, and its two windows."""

    def __init__(self, display: Display, temporary: Path, token: str) -> None:
        self.display = display
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "rehearse"],
            cwd=ROOT,
            env={
                **display.environment,
                "ZAVA_THEME": "light",
                "DITTO_OFFLINE_TOKEN": token,
                "TMPDIR": str(temporary),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.windows: list[str] = []
        self._left: list[int] = []
        try:
            wait_for(self._appeared, "two windows", 120)
        except BaseException:
            self.end()
            raise

    def end(self) -> str:
        """Press Ctrl+C; gives all that it said."""
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=30)[0]

    def work_in(self, window: int) -> None:
        """Put the keys into one of the windows."""
        self.display.xdotool("windowfocus", "--sync", self.windows[window])

    def type(self, text: str) -> None:
        """Type at a person's speed."""
        self.display.type(text)

    def press(self, key: str) -> None:
        """Press one key, a moment after the last."""
        time.sleep(0.15)
        self.display.xdotool("key", key)

    def half(self, window: int) -> bytes:
        """What a window shows, but for its line of status."""
        return self.display.part(window * HALF, 90, HALF, 500)

    def has_a_form(self, window: int) -> bool:
        """Whether a window asks for a button to be pressed."""
        return self.display.has_a_form(window * HALF + 180, 90, HALF - 180, 660)

    def is_still(self, window: int) -> bool:
        """Whether a window has stopped changing."""
        return self.display.is_still(window * HALF, 90, HALF, 500)

    def is_another_page(self, window: int, before: bytes) -> bool:
        """Whether so much has changed that it is no button or row that looks different."""
        pairs = list(zip(before[::64], self.half(window)[::64], strict=True))
        return sum(one != other for one, other in pairs) > len(pairs) // 50

    def remove_one(self) -> None:
        """Remove one in the first window and see it in the second."""
        before = self.on_hand(1)
        self.change(0)
        wait_for(lambda: self.on_hand(1) != before, "the removal in the other window")
        wait_for(lambda: self.on_hand(0) == self.on_hand(1), "the same number")

    def open_the_hammer(self, window: int) -> None:
        """Sign in with the name that is there, find it, open its card."""
        self.work_in(window)
        wait_for(lambda: self.has_a_form(window), "the sign-in")
        self.press("Return")
        wait_for(lambda: not self.has_a_form(window), "the workplace")
        wait_for(lambda: self.is_still(window), "all of it")
        self.find_the_hammer(window)

    def find_the_hammer(self, window: int) -> None:
        """Open its card from a screen that has none."""
        self.type("hamer 16 oz")
        wait_for(lambda: self.is_still(window), "the rows found")
        rows = self.half(window)
        self.press("Return")
        wait_for(lambda: self.is_another_page(window, rows), "the card")
        wait_for(lambda: self.is_still(window), "all of the card")

    def switch(self, window: int) -> None:
        """Go offline or online on the Sync screen, and back to the hammer."""
        self.work_in(window)
        card = self.half(window)
        self.press("alt+0")
        wait_for(lambda: self.is_another_page(window, card), "the Sync screen")
        wait_for(lambda: self.is_still(window), "all of it")
        before = self.half(window)
        self.press("Return")
        wait_for(lambda: self.half(window) != before, "the switch")
        self.press("ctrl+f")
        self.find_the_hammer(window)

    def become_a_worker(self, window: int) -> None:
        """Switch user in a window of somebody else."""
        self.work_in(window)
        self.press("ctrl+l")
        wait_for(lambda: self.has_a_form(window), "the sign-in")
        for key in ("shift+Tab", "Left", "Left"):
            self.press(key)
        self.open_the_hammer(window)

    def on_hand(self, window: int) -> bytes:
        """The number on the card, and whether it is low."""
        return self.display.part(self._left[window] + 200, 160, 390, 90)

    def change(self, window: int) -> None:
        """Remove one more."""
        self.work_in(window)
        before = self.on_hand(window)
        self.press("minus")
        wait_for(lambda: self.on_hand(window) != before, "one fewer")

    def _appeared(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        try:
            found = self.display.xdotool("search", "--onlyvisible", "--name", "^Zava retail$")
        except subprocess.CalledProcessError:
            return False
        left = {}
        for window in found.split():
            geometry = self.display.xdotool("getwindowgeometry", "--shell", window)
            left[int(geometry.split("X=")[1].split()[0])] = window
        self._left = sorted(left)
        self.windows = [left[x] for x in self._left]
        # Side by side, but for the frames that a window manager would draw.
        return len(left) == 2 and min(left) < 20 and abs(max(left) - HALF) < 20


@pytest.fixture(
    params=[
        pytest.param("", id="link"),
        pytest.param(
            TOKEN,
            id="p2p",
            marks=[
                pytest.mark.licensed,
                pytest.mark.skipif(
                    not TOKEN, reason="needs an offline licence in DITTO_OFFLINE_TOKEN"
                ),
            ],
        ),
    ]
)
def rehearsal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rehearsal]:
    """Started, with its two windows side by side."""
    screen, temporary = tmp_path / "screen", tmp_path / "temporary"
    screen.mkdir()
    temporary.mkdir()
    display = Display(screen, WIDTH, HEIGHT)
    try:
        started = Rehearsal(display, temporary, request.param)
        yield started
        if started.process.poll() is None:
            started.end()
    finally:
        display.close()


@pytest.mark.timeout(240)
def test_two_windows_work_together_apart_and_together_again(rehearsal: Rehearsal, tmp_path: Path):
    for window in (0, 1):
        rehearsal.open_the_hammer(window)
    rehearsal.work_in(0)
    for _ in range(2):
        rehearsal.remove_one()

    rehearsal.become_a_worker(1)
    assert rehearsal.on_hand(0) == rehearsal.on_hand(1)
    rehearsal.switch(0)
    before = rehearsal.on_hand(0)
    rehearsal.change(0)
    rehearsal.change(0)
    # Offline it reaches nobody, and what others do does not come.
    assert rehearsal.on_hand(1) == before
    rehearsal.change(1)
    assert rehearsal.on_hand(0) != rehearsal.on_hand(1) != before
    rehearsal.switch(0)
    wait_for(lambda: rehearsal.on_hand(0) == rehearsal.on_hand(1), "both equal")
    assert rehearsal.on_hand(0) != before

    said = rehearsal.end()
    assert rehearsal.process.returncode == 0, said
    assert "1. Press Start in both windows" in said
    assert list((tmp_path / "temporary").iterdir()) == []
