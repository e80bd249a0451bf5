"""Version 0.1.0 of this program, from the history, in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from app.rehearsal.processes import Program
from connector_config.errors import UserError
from connector_config.schema.collections import DAY_CLOSINGS, PRODUCT_CODES, STAFF

VERSION: Final = "0.1.0"
_ROOT: Final = Path(__file__).parents[2]
_SAYS: Final = f'__version__ = "{VERSION}"'
_WHERE: Final = "connector_config/__init__.py"
_LACKS_REQUESTS: Final = frozenset(
    {
        *("teach", "unteach", "scan", "read", "merge", "tidy_customers"),
        *("hire", "send_away", "take_much"),
    }
)
_LACKS_COLLECTIONS: Final = frozenset({PRODUCT_CODES, STAFF, DAY_CLOSINGS})


def installed(folder: Path) -> Program:
    """Install the version below a folder, with what its lock file names; returns its peer.

    Raises UserError where the history does not reach back to it, or it cannot be installed.
    """
    tree, environment = folder / "tree", folder / "environment"
    with tarfile.open(fileobj=BytesIO(last_tree())) as archive:
        archive.extractall(tree, filter="data")
    python = environment / "bin" / "python"
    _run([sys.executable, "-m", "venv", str(environment)])
    lock = tree / "requirements.lock"
    _run([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)])
    return Program(
        python=str(python),
        path=(str(tree),),
        lacks_requests=_LACKS_REQUESTS,
        lacks_collections=_LACKS_COLLECTIONS,
    )


def last_tree() -> bytes:
    """All files of the last commit of the version, as a tar archive; raises UserError."""
    return _git("archive", _last_commit())


def _last_commit() -> str:
    """The last commit that calls itself so."""
    found = _git("log", "--format=%H", f"-S{_SAYS}", "--", _WHERE).decode().split()
    # The newest that has one more or fewer of it is the one that calls itself something else.
    if len(found) < 2:
        raise UserError(
            f"The history does not reach back to {VERSION}: fetch all of it, such as by "
            "git fetch --unshallow."
        )
    return f"{found[0]}^"


def _git(*arguments: str) -> bytes:
    return _run(["git", "-C", str(_ROOT), *arguments])


def _run(command: Sequence[str]) -> bytes:
    try:
        return subprocess.run(command, check=True, capture_output=True).stdout
    except FileNotFoundError:
        raise UserError(f"{command[0]} is not installed: {VERSION} cannot be played.") from None
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise UserError(f"{VERSION} cannot be installed: {''.join(last)}") from None
