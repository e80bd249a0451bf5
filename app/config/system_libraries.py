"""The system libraries that system_libraries.txt asks for and this machine lacks.

Standard library only: packaging/setup.sh runs it on any Python 3 before there is a virtual
environment, as `python -m app.config.system_libraries PURPOSE...`, and gets a line
`NAME PACKAGE` for each thing that is missing.
"""

import ctypes
import shutil
import sys
from pathlib import Path

_LIST = Path(__file__).with_suffix(".txt")


def missing(*purposes: str) -> list[tuple[str, str]]:
    """Each missing library or program with its Debian package, for `run`, `test` or both."""
    found = []
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, package, purpose = line.split()
            if purpose in purposes and not _present(name):
                found.append((name, package))
    return found


def _present(name: str) -> bool:
    if ".so" not in name:
        return shutil.which(name) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    for entry in missing(*sys.argv[1:]):
        print(*entry)
