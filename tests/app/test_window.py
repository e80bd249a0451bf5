"""A real window on a real X server, worked by real keys; then the store is read."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.data.store.session import Session
from tests.helpers.display import Display, wait_for

# Other systems have no Xvfb.
__test__ = sys.platform == "linux"

ROOT = Path(__file__).resolve().parents[2]
HAMMER = "16 oz Curved Claw Hammer"

_MOVEMENTS = "SELECT * FROM stock_movements ORDER BY at, quantity LIMIT 100"
_PRODUCT = "SELECT * FROM products WHERE product_name = :name LIMIT 1"
_ITEM = "SELECT * FROM inventory WHERE inventory_id = :inventory_id LIMIT 1"


# Where things are in a window of 1280 by 800 in the upper left corner, as left, top, width, height.
# What stands right of the undo button, the size of the store, may be a digit longer than before.
SCREEN = (180, 90, 1100, 660)
UNDO = (1080, 762, 44, 36)


class Program:
    """`zava run` on a display; what it shows says when the next key may come."""

    def __init__(self, display: Display, data_dir: Path) -> None:
        self.display = display
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "run", "--data-dir", str(data_dir)],
            cwd=ROOT,
            env={**display.environment, "ZAVA_THEME": "light"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.window = ""
        wait_for(self._appeared, "the window")
        display.xdotool("windowfocus", "--sync", self.window)
        wait_for(self.has_a_form, "the sign-in")

    def type(self, text: str) -> None:
        """Type at a person's speed."""
        self.display.type(text)

    def press(self, key: str) -> None:
        """Press one key, a moment after the last."""
        time.sleep(0.15)
        self.display.xdotool("key", key)

    def has_a_form(self) -> bool:
        """Whether a button in the colour of the brand asks to be pressed."""
        return self.display.has_a_form(*SCREEN)

    def undo_button(self) -> bytes:
        """How the place of the undo button looks."""
        return self.display.part(*UNDO)

    def open_the_hammer(self) -> None:
        """Sign in, find it by a misspelt name, open its card."""
        self.type("Maya")
        self.press("Return")
        wait_for(lambda: not self.has_a_form(), "the workplace")
        wait_for(lambda: self.display.is_still(*SCREEN), "all of it")
        self.type("hamer 16 oz")
        wait_for(lambda: self.display.is_still(*SCREEN), "the rows found")
        self.press("Return")
        wait_for(self.has_a_form, "the card")

    def ended(self) -> tuple[int, str, float]:
        """Exit code, what it said on stderr, and the seconds it took to end from now."""
        started = time.monotonic()
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said, time.monotonic() - started

    def _appeared(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        try:
            found = self.display.xdotool("search", "--onlyvisible", "--name", "^Zava retail$")
        except subprocess.CalledProcessError:
            return False
        self.window = found.splitlines()[-1] if found else ""
        return bool(self.window)


@pytest.fixture
def program(demo_dir: Path, tmp_path: Path) -> Iterator[Program]:
    """Started on the demo data."""
    screen = tmp_path / "screen"
    screen.mkdir()
    display = Display(screen)
    try:
        started = Program(display, demo_dir)
        yield started
        if started.process.poll() is None:
            started.process.kill()
            started.process.communicate()
    finally:
        display.close()


async def read(data_dir: Path) -> tuple[list[dict[str, object]], dict[str, object]]:
    """The ledger of the store, and the item that its first movement is about."""
    session = await Session.open(data_dir)
    try:
        movements = await session.query(_MOVEMENTS)
        (product,) = await session.query(_PRODUCT, {"name": HAMMER})
        assert {one["product_id"] for one in movements} <= {product["product_id"]}
        items = await session.query(_ITEM, {"inventory_id": movements[0]["inventory_id"]})
    finally:
        await session.close()
    return movements, items[0]


def test_a_worker_removes_two_hammers_and_takes_it_back(program: Program, demo_dir: Path):
    program.open_the_hammer()
    nothing_to_undo = program.undo_button()
    program.type("a2")
    program.press("Return")
    wait_for(lambda: program.undo_button() != nothing_to_undo, "the undo")
    # In the field that was typed into, Ctrl+Z is the field's own until it is empty.
    wait_for(lambda: program.display.is_still(*SCREEN), "the end of the change")
    program.press("ctrl+z")
    wait_for(lambda: program.undo_button() == nothing_to_undo, "nothing left to undo")
    picture = program.display.picture()
    assert (picture.width(), picture.height()) == (1400, 900)

    program.process.send_signal(signal.SIGTERM)
    code, said, seconds = program.ended()
    assert (code, said) == (0, "")
    assert seconds < 20  # less than one where the machine does nothing else

    movements, item = asyncio.run(read(demo_dir))
    assert sorted((one["reason"], one["quantity"]) for one in movements) == [
        ("damaged", -2),
        ("undo", 2),
    ]
    assert {(one["who"], one["store_id"]) for one in movements} == {("Maya", "store_seattle")}
    assert item["stock_delta"] == 0


def test_closing_the_window_ends_it_with_nothing_lost(program: Program, demo_dir: Path):
    program.open_the_hammer()
    nothing_to_undo = program.undo_button()
    program.press("minus")
    wait_for(lambda: program.undo_button() != nothing_to_undo, "the change")
    program.display.ask_to_close(int(program.window))
    code, said, _ = program.ended()
    assert (code, said) == (0, "")
    movements, item = asyncio.run(read(demo_dir))
    assert [(one["reason"], one["quantity"]) for one in movements] == [("correction", -1)]
    assert item["stock_delta"] == -1
