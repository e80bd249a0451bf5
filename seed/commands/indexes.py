"""`zava-seed indexes`: make the indexes, or drop them."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connector_config.arguments import folder
from connector_config.errors import EXIT_FAILED
from connector_config.wording import counted

if TYPE_CHECKING:
    from connector_config.mongodb.connection import MongoDatabase

NAME: Final = "indexes"
HELP: Final = "make the indexes that the queries need, or drop them"

_DESCRIPTION: Final = """\
Make the indexes of every collection: unique ones, foreign keys, soft delete, text search, and
compound ones for the common queries; and the view inventory_on_hand. What is there already stays
as it is.

The definition of the Atlas vector index (512 numbers of the image and 1,536 of the description,
cosine) is written to a file, and the index is made where the server has vector search.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.add_argument("--drop", action="store_true", help="drop these indexes instead")
    parser.add_argument(
        "--vector-file",
        type=folder,
        default=Path("vector_index.json"),
        metavar="FILE",
        help="where to write the vector index definition (default: ./%(default)s)",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Make or drop the indexes, a line each; returns 1 when one is there that differs."""
    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.indexes import State, create_indexes, drop_indexes
    from seed.mongo.views import ensure_views

    settings = load_mongo_settings()
    counts: Counter[State] = Counter()
    with open_database(settings) as database:
        work = drop_indexes if options.drop else create_indexes
        for index, state in work(database):
            counts[state] += 1
            unique = ", unique" if index.unique else ""
            print(f"{state.value:<14} {index.collection}.{index.name}{unique}", flush=True)
        summary = ", ".join(f"{number} {state.value}" for state, number in counts.items())
        print(
            f"{counted(sum(counts.values()), 'index', 'indexes')} in {settings.database}: "
            f"{summary}."
        )
        if not options.drop:
            for view in ensure_views(database):
                print(f"{State.CREATED.value:<14} {view}, a view")
            _vector_index(database, options.vector_file)
    if counts[State.DIFFERENT]:
        print(
            "Those that are different have the same name or fields, but not the same rules: to "
            "make them anew, run zava-seed indexes --drop and then zava-seed indexes."
        )
        return EXIT_FAILED
    return 0


def _vector_index(database: MongoDatabase, path: Path) -> None:
    from seed.mongo.index_list import VECTOR_INDEX_NAME
    from seed.mongo.indexes import create_vector_index, write_vector_definition

    write_vector_definition(path, database.name)
    print(f"The definition of the vector index is in {path}.")
    state = create_vector_index(database)
    if state is None:
        print(
            "This server has no vector search, so that index was not made: Atlas has it, and "
            "atlas clusters search indexes create --file takes the definition."
        )
    else:
        print(f"{state.value:<14} product_embeddings.{VECTOR_INDEX_NAME}, vector search")
