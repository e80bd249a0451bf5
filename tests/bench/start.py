"""From process start to the first work, and from SIGTERM to the end."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from connector_config.paths import store_directory
from tests.bench.report import Figure

_PAIRS = 7
_PATIENCE = 60


def measure_start(demo: Path, folder: Path) -> list[Figure]:
    """Start the client, and an empty window with the store open, as processes in turn."""
    ours, raw = folder / "ours", folder / "raw"
    for target in (ours, raw):
        shutil.copytree(demo, target)
    signed, usable, closed, empty = [], [], [], []
    for number in range(-1, _PAIRS):
        filled, found, end = _run("tests.bench.start_client", ours, 2)
        opened, _ = _run("tests.bench.start_empty", store_directory(raw), 1)
        if number >= 0:  # the first pair warms up: caches, indexes, the remembered profile
            signed.append(filled)
            usable.append(found)
            closed.append(end)
            empty.append(opened)
    figures = [
        Figure(
            f"process start to {what}",
            "ms",
            median(seconds) * 1000,
            median(empty) * 1000,
            ratio=median(one / other for one, other in zip(seconds, empty, strict=True)),
            ratio_limit=1.5,
            samples=_PAIRS,
        )
        for what, seconds in (("sign-in filled", signed), ("rows in Find, signed in", usable))
    ]
    return [*figures, Figure("SIGTERM to exit", "ms", median(closed) * 1000, limit=1000)]


def _run(module: str, folder: Path, moments: int) -> list[float]:
    """Seconds from the start to each moment that the process tells, then from SIGTERM to exit."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        told = [process.stdout.readline() for _ in range(moments)]
        if not all(told):
            raise RuntimeError(f"{module} ended before it was usable")
        time.sleep(0.3)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)
        ended = time.monotonic()
    finally:
        process.kill()
        process.stdout.close()
    return [*(float(line) - started for line in told), ended - asked]
