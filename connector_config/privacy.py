"""Keeps the data folder to its owner: other users of the machine do not read the customers.

What a program makes is private by the umask that `Program.main` sets; here is what is older.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

PRIVATE_UMASK: Final = 0o077

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OWN_FOLDERS: Final = ("ditto", "pictures", "mongodb")
_OWN_FILES: Final = (
    "device-id*",
    "login-device.*",
    "sync-scope.*",
    "*webhook-users.json*",
    "zava.ini*",
    "zava.log*",
)


def private(path: str, flags: int) -> int:
    """The opener, for `open`, of a file that is made for its owner only."""
    return os.open(path, flags, 0o600)


@dataclass(frozen=True, slots=True)
class Closed:
    """How many files and folders others could open until now, and which they still can."""

    changed: int
    still_open: tuple[Path, ...]


def close_to_others(data_dir: Path) -> Closed:
    """Take the rights of everybody but the owner from a data folder, as far as it is ours.

    Of a folder with other things in it, such as a home folder, only what Zava made there.
    """
    if _is_ours(data_dir):
        return withdraw(data_dir)
    try:
        mine = [entry for entry in data_dir.iterdir() if _is_own(entry)]
    except OSError:
        return Closed(0, ())
    return withdraw(*mine)


def withdraw(*paths: Path) -> Closed:
    """Take the rights of everybody but the owner from files, and from folders with all in them."""
    changed = 0
    still_open = []
    for path in (each for given in paths for each in _tree(given)):
        try:
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode) or not mode & _OTHERS:
                continue
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
        except FileNotFoundError:
            continue
        except OSError:
            still_open.append(path)
        else:
            changed += 1
    return Closed(changed, tuple(still_open))


def _tree(path: Path) -> Iterator[Path]:
    # The folder first: from then on nobody else comes in.
    yield path
    for folder, folders, files in os.walk(path):
        yield from (Path(folder, name) for name in (*folders, *files))


def _is_ours(data_dir: Path) -> bool:
    try:
        shared = data_dir.stat().st_mode & stat.S_ISVTX
        folders = [entry.name for entry in data_dir.iterdir() if entry.is_dir()]
        home = Path.home()
    except (OSError, RuntimeError):
        return False
    return (
        not shared
        and not home.is_relative_to(data_dir)
        and all(name in _OWN_FOLDERS for name in folders)
    )


def _is_own(entry: Path) -> bool:
    if entry.is_dir():
        # The other two names are anybody's.
        return entry.name == "ditto" and (entry / "__ditto_lock_file").exists()
    return any(fnmatch(entry.name, form) for form in _OWN_FILES)
