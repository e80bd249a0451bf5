"""Where the data of this installation lives on disk."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from platformdirs import user_data_dir

from connector_config.errors import UserError
from connector_config.variables import load_variables

DATA_DIR_VARIABLE: Final = "ZAVA_DATA_DIR"

# A filled demo store takes about 40 MB, and Ditto needs room for its log and write-ahead files.
MINIMUM_FREE_BYTES: Final = 64 * 1024 * 1024


class DataDirectoryError(UserError):
    """The data folder cannot be used; `str()` is one sentence with the path and the fix."""


def store_directory(data_dir: Path) -> Path:
    """The folder of the embedded Ditto store inside a data folder."""
    return data_dir / "ditto"


def default_data_dir(variables: Mapping[str, str] | None = None) -> Path:
    """The data folder that `ZAVA_DATA_DIR` names, else the user's own.

    By default the variables are those of the environment and of `./.env`. Raises UserError.
    """
    given = load_variables() if variables is None else variables
    configured = given.get(DATA_DIR_VARIABLE)
    if not configured:
        return Path(user_data_dir("zava", appauthor=False))
    try:
        return Path(configured).expanduser().absolute()
    except RuntimeError:
        raise DataDirectoryError(
            f"{DATA_DIR_VARIABLE} is '{configured}', and there is no such home folder: "
            "set it to a full path."
        ) from None


def prepare_directory(directory: Path) -> None:
    """Create a folder and prove that it can be written and has room.

    Call it before opening Ditto there. Raises DataDirectoryError.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # WORKAROUND: Ditto 5.2.0.dev0 aborts the whole process (a native panic) when it opens a
        # store on a full disk, and waits a second for the lock file of a read-only one, so both
        # are found out here, before it is asked.
        with tempfile.NamedTemporaryFile(dir=directory, prefix=".zava-probe-"):
            pass
        for path in directory.rglob("*.sql"):
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        free = shutil.disk_usage(directory).free
    except OSError as error:
        raise DataDirectoryError(_sentence(directory, error)) from error
    if free < MINIMUM_FREE_BYTES:
        raise DataDirectoryError(_no_room(directory))


def _no_room(directory: Path) -> str:
    megabytes = MINIMUM_FREE_BYTES // (1024 * 1024)
    return (
        f"The disk that holds {directory} has less than {megabytes} MB free: free some space, "
        "or choose another data folder."
    )


def _sentence(directory: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _no_room(directory)
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return (
            f"The data folder {directory} cannot be made because a file is in its way: "
            "remove the file, or choose another data folder."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"The data folder {directory} cannot be written: correct its permissions, "
            "or choose another data folder."
        )
    return (
        f"The data folder {directory} cannot be used ({error.strerror or error}): "
        "choose another data folder."
    )
