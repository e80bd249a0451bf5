"""`zava doctor`: what is missing on this computer."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Final

from app.commands.flags import add_data_dir, settings_of

NAME: Final = "doctor"
HELP: Final = "check this computer and name the fixes; exit 1 when `run` would fail"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_data_dir(parser)


def run(options: argparse.Namespace, today: date) -> int:
    """Print the findings; returns 1 when `zava run` would fail."""
    settings = settings_of(options)
    from app.doctor import examine, report

    return report(examine(settings))
