"""`zava-seed import`: collections out of files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from connector_config.errors import EXIT_INTERRUPTED, UserError
from connector_config.wording import counted
from seed.arguments import add_archive

if TYPE_CHECKING:
    from connector_config.mongodb.connection import MongoSettings

NAME: Final = "import"
HELP: Final = "read the collections from files that export wrote"

_DESCRIPTION: Final = """\
Put the documents of an archive into the database. All of the archive is verified first: when
anything is wrong with it, nothing is written. A document of the same _id is replaced, so that
importing again changes nothing; other documents stay, and customers who are forgotten stay so.
Indexes are made by zava-seed indexes.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed import backup                          everything that is in it
  zava-seed import backup --collections products   some of it
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    add_archive(parser, (), "all that are in it")


def run(options: argparse.Namespace, today: date) -> int:
    """Verify the archive, import it, and say what has changed."""
    from rich.console import Console

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.archive import import_, verify
    from seed.progress import progress

    settings = load_mongo_settings()
    console = Console(soft_wrap=True)
    done: dict[str, int] = {}
    try:
        with progress(console, rates=True) as show:
            entries = verify(options.folder, options.collections, show)
        with open_database(settings) as database, progress(console, rates=True) as show:

            def on_progress(collection: str, documents: int, total: int) -> None:
                done[collection] = documents
                show(collection, documents, total)

            found = list(import_(database, options.folder, entries, on_progress))
    except KeyboardInterrupt:
        there = _there(settings, done) if done else "nothing was imported."
        print(f"zava-seed: Stopped; {there}", file=sys.stderr)
        return EXIT_INTERRUPTED
    except UserError as error:
        if not any(done.values()):
            raise
        raise UserError(f"{error} Meanwhile {_there(settings, done)}") from error
    added = sum(one.added for one in found)
    print(
        f"{counted(added, 'document was', 'documents were')} added, "
        f"{sum(one.changed for one in found):,} replaced, and "
        f"{sum(one.unchanged for one in found):,} the same already."
    )
    return 0


def _there(settings: MongoSettings, done: Mapping[str, int]) -> str:
    return (
        f"{counted(sum(done.values()), 'document')} or more of the archive are in "
        f"{settings.database}, and "
        "the same command imports the rest."
    )
