"""What `make package` made, beside the source tree: its size, and how long it takes to start."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.console import Console

from app.config.logs import LOG_NAME
from tests.bench.report import Figure
from tests.helpers.programs import ROOT

_PROGRAM = ROOT / "build" / "linux" / "dist" / "zava" / "zava"
_PAIRS = 7
_PATIENCE = 60
_LOOK = 0.002


def measure_packaged(demo: Path, folder: Path, console: Console) -> list[Figure]:
    """Start the packaged client and that of the tree in turn, until each has opened its store."""
    if not _PROGRAM.exists():
        console.print("There is no package here: make package first.")
        return []
    ours, raw = folder / "packaged", folder / "tree"
    for target in (ours, raw):
        shutil.copytree(demo, target)
    tree = (sys.executable, "-m", "app")
    packaged, source = [], []
    for number in range(-1, _PAIRS):
        one, other = _seconds([str(_PROGRAM)], ours), _seconds(tree, raw)
        if number >= 0:  # the first pair warms up
            packaged.append(one)
            source.append(other)
    files = [one for one in _PROGRAM.parent.rglob("*") if one.is_file() and not one.is_symlink()]
    sizes = [("folder", sum(one.stat().st_size for one in files))]
    sizes += [(one.suffix, one.stat().st_size) for one in sorted((ROOT / "dist").glob("zava[-_]*"))]
    return [
        Figure(
            "packaged: process start to an open store",
            "ms",
            median(packaged) * 1000,
            median(source) * 1000,
            ratio=median(one / other for one, other in zip(packaged, source, strict=True)),
            ratio_limit=1.1,
            samples=_PAIRS,
        ),
        *(Figure(f"packaged: size of the {what}", "MB", size / 1e6) for what, size in sizes),
    ]


def _seconds(command: Sequence[str], data_dir: Path) -> float:
    """From the start of the program to the line in its log that says that it has its store."""
    log = data_dir / LOG_NAME
    before = log.stat().st_size if log.exists() else 0
    started = time.monotonic()
    process = subprocess.Popen(
        [*command, "run", "--data-dir", str(data_dir)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not log.exists() or b" started " not in log.read_bytes()[before:]:
            if process.poll() is not None or time.monotonic() - started > _PATIENCE:
                raise RuntimeError(f"{command[0]} did not open its store")
            time.sleep(_LOOK)
        took = time.monotonic() - started
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)
    finally:
        process.kill()
    return took
