"""`zava tour`: make a picture of every screen."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path
from typing import Final

NAME: Final = "tour"
HELP: Final = "drive every screen on demo data, without a display, and make pictures"

_FOLDER: Final = Path("tour")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--out",
        type=Path,
        default=_FOLDER,
        metavar="DIR",
        help="folder for the pictures and report.json (default: ./%(default)s)",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Make the pictures; returns 1 when a step failed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.tour import tour

    return tour(options.out)
