"""`zava run`: open the window."""

from __future__ import annotations

import argparse
import gc
from datetime import date
from typing import Final

from app.commands.flags import add_data_dir, add_profile, settings_of
from connector_config.errors import UserError

NAME: Final = "run"
HELP: Final = "open the window (the default)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_data_dir(parser)
    add_profile(parser)


def run(options: argparse.Namespace, today: date) -> int:
    """Open the window and stay until it is closed."""
    # What is made until the sign-in is shown stays, so the collector would walk it for nothing.
    gc.disable()
    try:
        settings = settings_of(options)
    except UserError as error:
        from app.telling import tell

        tell(str(error))
        raise
    from app.doctor import display_problem

    if problem := display_problem():
        raise UserError(problem)
    from app.run import run

    return run(settings)
