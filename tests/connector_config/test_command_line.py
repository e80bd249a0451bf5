"""What the three commands share."""

from __future__ import annotations

import re

import pytest

from connector_config import __version__
from tests.helpers.programs import run

COMMANDS = {"app": "zava", "seed": "zava-seed", "connector_config": "zava-connector"}


@pytest.mark.parametrize("module", COMMANDS)
def test_every_command_tells_its_version(module: str) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert run(module, "--version") == (0, f"{COMMANDS[module]} {__version__}\n", "")
