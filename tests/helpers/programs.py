"""Programs run as a person runs them: in a process of their own, with their own environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Ended(NamedTuple):
    """How a program ended; a negative code is the signal that killed it."""

    code: int
    out: str
    err: str


def environment(**variables: str) -> dict[str, str]:
    """The environment of the tests without any setting of ours and without a display."""
    hidden = ("ZAVA_", "DITTO_", "MONGODB_", "DISPLAY", "WAYLAND_", "QT_QPA_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | {
        "PYTHONPATH": str(ROOT),
        **variables,
    }


def run(
    module: str,
    *arguments: object,
    variables: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    answer: str = "",
    seconds: float = 60,
) -> Ended:
    """Run `python -m MODULE` to its end."""
    done = subprocess.run(
        command(module, *arguments),
        cwd=folder,
        env=environment(**(variables or {})),
        input=answer,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def start(
    module: str,
    *arguments: object,
    variables: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> subprocess.Popen[str]:
    """Start `python -m MODULE`; use it in a `with` statement, and end it before that ends."""
    return subprocess.Popen(
        command(module, *arguments),
        cwd=folder,
        env=environment(**(variables or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def command(module: str, *arguments: object) -> Sequence[str]:
    """The command line of `python -m MODULE`."""
    return [sys.executable, "-m", module, *map(str, arguments)]
