"""The tour: every screen, by real clicks and keys, as pictures and a report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from app.tour.steps import STEPS
from app.tour.sync_steps import SYNC_STEPS

# Of whoever needs the tour first.
pytestmark = pytest.mark.timeout(420)

ROOT = Path(__file__).resolve().parents[3]

ALL = (*STEPS, *SYNC_STEPS)
SCREENS = (
    "sign-in",
    "first-run",
    "find",
    "find-place",
    "find-nothing",
    "find-meaning",
    "find-anything",
    "unknown-code",
    "teach",
    "product-codes",
    "product",
    "adjust",
    "move",
    "history",
    "below-zero-question",
    "below-zero",
    "aisles",
    "low-stock",
    "labels",
    "count",
    "count-review",
    "count-while-sold",
    "sync",
    "sync-room",
    "scanner",
    "help-keys",
    "help-first-steps",
    "list-menu",
    "calendar",
    "reorder-nothing",
    "reorder-draft",
    "reorder-ordered",
    "receive-lines",
    "receive-question",
    "receive-posted",
    "receive",
    "reorder-part",
    "reorder",
    "transfer-new",
    "transfer-ship",
    "take-back-question",
    "transfers",
    "transfer-receive",
    "transfer-received",
    "movements",
    "undo-question",
    "alerts",
    "oversold",
    "oversold-under-way",
    "oversold-settled",
    "sales",
    "sales-products",
    "closing",
    "people",
    "sign-in-pin",
    "order-empty",
    "order-customer",
    "order",
    "order-placed",
    "orders",
    "order-return",
    "order-details",
    "catalogue",
    "availability",
    "customer",
    "customer-new",
    "order-nobody",
    "order-new-customer",
    "sync-connected",
    "sync-stores",
    "sync-offline",
    "sync-log",
)
SMALL = (
    "count-review",
    "sync",
    "scanner",
    "low-stock",
    "aisles",
    "product",
    "find",
    "reorder",
    "reorder-draft",
    "receive-free",
    "receive",
    "transfer-received",
    "transfer-new",
    "transfer-unseen",
    "movements",
    "oversold-settled",
    "oversold",
    "sales",
    "closing",
    "people",
    "order",
    "catalogue",
    "customer",
    "sync-stores",
)
CONTRAST = (
    "first-run",
    "find",
    "below-zero",
    "low-stock",
    "sync",
    "help-keys",
    "reorder-draft",
    "receive-lines",
    "receive",
    "transfer-receive",
    "movements",
    "alerts",
    "oversold",
    "sales",
    "closing",
    "people",
    "order",
    "catalogue",
    "customer",
)
ONCE = (
    "people-empty-light",
    "people-new-light",
    "teach-search-light",
    "count-new-light",
    "count-posted-light",
    "reorder-search-light",
    "receive-begun-light",
    "transfers-empty-light",
    "sync-first-light",
    "scanner-half-light",
    "large-text-light",
    "product-offline-light",
    "count-refused-dark",
    "order-nearly-light",
    "closing-open-light",
)
"""Steps on the way: one look is enough to see them."""


def zava(
    *arguments: str, program: tuple[str, ...] = ("-m", "app")
) -> subprocess.CompletedProcess[str]:
    """Run the command without a display and without settings from outside."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ZAVA_", "DITTO_", "MONGODB_")) and name != "DISPLAY"
    }
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@dataclass
class Taken:
    """A tour that was taken."""

    out: Path
    result: subprocess.CompletedProcess[str]

    @property
    def report(self) -> dict[str, Any]:
        report = json.loads((self.out / "report.json").read_text(encoding="utf-8"))
        assert isinstance(report, dict)
        return report

    def picture(self, name: str) -> QImage:
        image = QImage(str(self.out / f"{name}.png"))
        assert not image.isNull(), f"there is no picture {name}"
        return image


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    """Taken once for all tests."""
    out = tmp_path_factory.mktemp("tour") / "new" / "folder"
    yield Taken(out, zava("tour", "--out", str(out)))


def colours(image: QImage) -> dict[str, int]:
    """How often each colour occurs, on every third pixel."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(plain.constBits()).cast("I")
    found = Counter[int]()
    for y in range(0, plain.height(), 3):
        found.update(pixels[y * plain.width() : (y + 1) * plain.width() : 3].tolist())
    return {f"#{pixel & 0xFFFFFF:06x}": count for pixel, count in found.items()}


def brightness(image: QImage) -> float:
    """Average lightness, 0 to 255."""
    small = image.scaled(32, 32)
    values = [small.pixelColor(x, y).lightness() for x in range(32) for y in range(32)]
    return sum(values) / len(values)


def test_it_passes_and_says_what_it_did(taken: Taken):
    assert taken.result.returncode == 0, taken.result.stdout + taken.result.stderr
    assert taken.result.stderr == ""
    said = [line.split()[0] for line in taken.result.stdout.splitlines() if line.startswith("ok")]
    assert len(said) == len(ALL)


def test_the_report_has_every_step_in_order(taken: Taken):
    assert list(taken.report) == ["steps"]
    steps = taken.report["steps"]
    assert [step["name"] for step in steps] == [name for name, _ in ALL]
    for step in steps:
        assert list(step) == ["name", "seconds", "passed"]
        assert isinstance(step["seconds"], float) and 0 <= step["seconds"] < 60
        assert step["passed"] is True


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_is_there_in_light_and_dark(taken: Taken, screen: str):
    light, dark = taken.picture(f"{screen}-light"), taken.picture(f"{screen}-dark")
    assert (light.width(), light.height()) == (dark.width(), dark.height()) == (1280, 800)
    for image in (light, dark):
        found = colours(image)
        assert len(found) > 20, "it is blank"
        assert max(found.values()) < 0.98 * sum(found.values()), "it is blank"
    assert brightness(light) > brightness(dark) + 40


@pytest.mark.parametrize("screen", SMALL)
def test_a_small_laptop_is_there(taken: Taken, screen: str):
    image = taken.picture(f"{screen}-1024x640-light")
    assert (image.width(), image.height()) == (1024, 640)
    assert len(colours(image)) > 20


@pytest.mark.parametrize("screen", CONTRAST)
def test_high_contrast_is_there(taken: Taken, screen: str):
    found = colours(taken.picture(f"{screen}-contrast"))
    assert max(found, key=lambda one: found[one]) == "#000000"
    assert "#ffffff" in found


def test_every_picture_is_named_here(taken: Taken):
    named = {f"{name}-{look}" for name in SCREENS for look in ("light", "dark")}
    named |= {f"{name}-1024x640-light" for name in SMALL} | {"product-1024x640-dark"}
    named |= {f"{name}-contrast" for name in CONTRAST} | set(ONCE)
    assert {file.stem for file in taken.out.glob("*.png")} == named


def test_no_two_screens_are_the_same_picture(taken: Taken):
    pictures = {name: (taken.out / f"{name}-light.png").read_bytes() for name in SCREENS}
    assert len(set(pictures.values())) == len(pictures)


def test_there_is_no_picture_of_a_failure(taken: Taken):
    assert list(taken.out.glob("failed*")) == []


FAILING = """
import shutil
import sys
from app.cli import main
from app.ui.core.dialogs import show_failure
from app.tour import tour as _
taken = sys.modules["app.tour.tour"]

async def filled(data_dir, *_):
    shutil.copytree(FILLED, data_dir, dirs_exist_ok=True)

async def passes(driver):
    await driver.picture("start", ("light",))

async def fails(driver):
    raise ValueError("not as it should be")

async def shows(driver):
    show_failure(driver.window, "", "", "zava.log")

async def never(driver):
    raise AssertionError("the tour went on")

taken.fill_demo = filled
taken.STEPS = (("passes", passes), ("fails", FAILS), ("never", never))
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("fails", "sentence"),
    [("fails", "not as it should be"), ("shows", "the window says that something went wrong")],
)
def test_a_failing_step_ends_it_with_1_a_picture_and_a_report(
    tmp_path: Path, demo_template: Path, fails: str, sentence: str
):
    program = FAILING.replace("FAILS", fails).replace("FILLED", repr(str(demo_template)))
    result = zava("tour", "--out", str(tmp_path), program=("-c", program))
    assert result.returncode == 1, result.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [(step["name"], step["passed"]) for step in report["steps"]] == [
        ("passes", True),
        ("fails", False),
    ]
    assert sentence in result.stdout
    # What a dialog points to goes with the data folder.
    assert "zava: started" in (tmp_path / "zava.log").read_text(encoding="utf-8")
    assert (tmp_path / "failed-fails-light.png").is_file()


@pytest.mark.parametrize("kind", ["below a file", "a file", "the report is a folder"])
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, kind: str):
    file = tmp_path / "file"
    file.write_text("not a folder")
    (tmp_path / "out" / "report.json").mkdir(parents=True)
    out = {"below a file": file / "out", "a file": file}.get(kind, tmp_path / "out")
    result = zava("tour", "--out", str(out))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert str(out) in result.stderr and "--out" in result.stderr
    assert "Traceback" not in result.stderr
