"""The version of this program that a store was last opened with, in a file beside its databases."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Final

from connector_config import __version__

STAMP: Final = "zava-version"

_log = logging.getLogger(__name__)
_FORM: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)\s*")


def newer_version(directory: Path) -> str:
    """The version that wrote a store, where it is newer than this one, else "".

    A store without a stamp is of 0.1.0 or 0.2.0, which made none.
    """
    written = _read(directory)
    ours = _parts(__version__)
    return written if (parts := _parts(written)) and ours and parts > ours else ""


def stamp(directory: Path) -> None:
    """Say that this version opened the store."""
    if _read(directory) == __version__:
        return
    unfinished = directory / f"{STAMP}.new"
    try:
        unfinished.write_text(f"{__version__}\n", "utf-8")
        unfinished.replace(directory / STAMP)
    except OSError as error:
        # The store works all the same.
        _log.warning("%s cannot be written: %s", directory / STAMP, error)


def _read(directory: Path) -> str:
    try:
        return (directory / STAMP).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _parts(version: str) -> tuple[int, ...]:
    match = _FORM.match(version)
    return tuple(map(int, match.groups())) if match else ()
