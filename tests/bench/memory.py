"""How much memory a process has taken."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def peak() -> int:
    """The most memory that this process has taken, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # The other counter begins with the peak of whoever started the process.
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
