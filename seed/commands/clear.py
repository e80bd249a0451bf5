"""`zava-seed clear`: delete the documents, keep the indexes."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Final

from connector_config.errors import EXIT_INTERRUPTED
from connector_config.wording import counted, plural
from seed.confirming import confirm

NAME: Final = "clear"
HELP: Final = "delete the documents of all collections, keep the indexes"

_DESCRIPTION: Final = """\
Delete all documents of this project's collections, those that devices wrote included, after
showing how many they are. It wants the name of the database typed. Indexes, the settings of
change streams, and other collections of the database stay.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(options: argparse.Namespace, today: date) -> int:
    """Show how many documents there are, ask, and delete them."""
    from rich.console import Console

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.clear import clear, documents_held
    from seed.progress import progress

    settings = load_mongo_settings()
    deleted: dict[str, int] = {}
    try:
        with open_database(settings) as database:
            held = documents_held(database)
            if not held:
                print(f"The database {settings.database} at {settings.shown} is empty already.")
                return 0
            print(f"In the database {settings.database} at {settings.shown}:")
            for name, number in held.items():
                print(f"{number:>11,} {name}")
            total = sum(held.values())
            print(f"{total:>11,} {plural(total, 'document')} will be deleted for good.", flush=True)
            if not options.yes:
                confirm(
                    settings.database,
                    f"Type the name of the database ({settings.database}) to delete them: ",
                    "Nothing was deleted",
                )
            with progress(Console(soft_wrap=True), rates=True) as show:

                def on_progress(collection: str, done: int, total: int) -> None:
                    deleted[collection] = done
                    show(collection, done, total)

                number = clear(database, held, on_progress)
    except KeyboardInterrupt:
        print(
            f"zava-seed: Stopped; {counted(sum(deleted.values()), 'document')} or more are "
            "deleted, and the "
            "same command deletes the rest.",
            file=sys.stderr,
        )
        return EXIT_INTERRUPTED
    print(
        f"{counted(number, 'document was', 'documents were')} deleted; the database "
        f"{settings.database} is empty, and its indexes are there."
    )
    return 0
