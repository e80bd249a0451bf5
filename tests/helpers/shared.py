"""What takes long to make: once for all pytest processes that run side by side."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = "TESTS_SHARED_FOLDER"
"""The variable with the folder that they share; one process alone has one of its own."""


def made_once(
    name: str, make: Callable[[Path], object], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of that name, filled by whoever needs it first; copy it, never change it."""
    given = os.environ.get(FOLDER)
    shared = Path(given) if given else tmp_path_factory.mktemp("shared")
    folder, part = shared / name, shared / f"{name}.part"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            # Of a process that died over it.
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            part.rename(folder)
    return folder


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Path]:
    """A copy of a data folder, to be changed; it goes at the end.

    Those of a whole run come to 50 GB, which the disk never sees of what is gone by then.
    """
    try:
        yield shutil.copytree(template, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
