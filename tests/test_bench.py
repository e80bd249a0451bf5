"""What the measurements stand on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.helpers.programs import ROOT

PEAK = "from tests.bench.memory import peak; print(peak())"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's own peak")
def test_the_peak_of_a_process_is_not_that_of_whoever_started_it():
    held = b"x" * 200_000_000
    found = subprocess.check_output([sys.executable, "-c", PEAK], cwd=ROOT, text=True)
    assert int(found) < len(held) / 2
