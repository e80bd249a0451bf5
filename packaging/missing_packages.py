"""Print what system_libraries.txt asks for and this machine lacks, a line each: `NAME PACKAGE`.

Runs on any Python 3, before there is a virtual environment:
python packaging/missing_packages.py app/config/system_libraries.txt PURPOSE...
"""

import ctypes
import shutil
import sys
from pathlib import Path


def present(name: str) -> bool:
    """Whether the library can be loaded, or the program is on PATH."""
    if ".so" not in name:
        return shutil.which(name) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def main(path: str, *purposes: str) -> None:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, package, purpose = line.split()
            if purpose in purposes and not present(name):
                print(name, package)


if __name__ == "__main__":
    main(*sys.argv[1:])
