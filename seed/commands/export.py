"""`zava-seed export`: collections as files."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Final

from connector_config.errors import EXIT_INTERRUPTED, UserError
from connector_config.schema.collections import COLLECTIONS
from connector_config.wording import counted
from seed.arguments import add_archive

NAME: Final = "export"
HELP: Final = "write the collections to files"

_DESCRIPTION: Final = """\
Write the collections to a folder: for each a gzipped file with one document a line in MongoDB
Extended JSON, and a manifest with counts and checksums. The folder must be new or empty, or hold
an older archive, which is replaced. The same documents give the same bytes.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed export backup                                  everything
  zava-seed export backup --collections products orders    some of it
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    add_archive(parser, tuple(COLLECTIONS), "all")


def run(options: argparse.Namespace, today: date) -> int:
    """Write the archive, and say what is in it."""
    from rich.console import Console

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.archive import export
    from seed.progress import progress

    settings = load_mongo_settings()
    names = [name for name in COLLECTIONS if name in options.collections]
    console = Console(soft_wrap=True)
    try:
        with open_database(settings) as database:
            if not any(database[name].find_one({}, {"_id": 1}) for name in names):
                raise UserError(
                    f"The database {settings.database} at {settings.shown} holds no documents of "
                    f"{'these collections' if len(names) > 1 else names[0]}: fill it first, with "
                    "zava-seed generate."
                )
            with progress(console, rates=True) as show:
                entries = export(database, options.folder, names, show)
    except KeyboardInterrupt:
        print("zava-seed: Stopped; nothing was exported.", file=sys.stderr)
        return EXIT_INTERRUPTED
    total = sum(entry.documents for entry in entries)
    print(f"{counted(total, 'document is', 'documents are')} in {options.folder}.")
    return 0
