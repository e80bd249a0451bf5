"""`zava reset`: delete the local store."""

from __future__ import annotations

import argparse
import shutil
from datetime import date
from typing import Final

from app.commands.flags import add_data_dir, settings_of
from connector_config.errors import EXIT_FAILED, UserError

NAME: Final = "reset"
HELP: Final = "delete the local store, after asking"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_data_dir(parser)


def run(options: argparse.Namespace, today: date) -> int:
    """Ask, and delete the local store; returns 1 when the answer is no."""
    settings = settings_of(options)
    from app.data.store.session import store_in_use
    from connector_config.paths import store_directory

    directory = store_directory(settings.data_dir)
    if not directory.exists():
        print(f"There is no local store in {settings.data_dir}.")
        return 0
    if store_in_use(settings.data_dir):
        raise UserError(f"Zava is running on {settings.data_dir}: close its window first.")
    print(f"This deletes the local store in {directory} with everything that was not synced.")
    try:
        answer = input("Type yes to delete it: ")
    except EOFError:
        answer = ""
    if answer.strip().lower() != "yes":
        print("Nothing was deleted.")
        return EXIT_FAILED
    try:
        shutil.rmtree(directory)
    except OSError as error:
        raise UserError(
            f"{error.filename or directory} cannot be deleted ({error.strerror or error}): "
            "correct its permissions, or delete it by hand."
        ) from None
    print("Deleted. `zava` asks how to begin anew.")
    return 0
