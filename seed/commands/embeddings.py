"""`zava-seed embeddings`: the vectors of the products."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from connector_config.errors import EXIT_INTERRUPTED
from connector_config.wording import counted

NAME: Final = "embeddings"
HELP: Final = "make the vectors of the products"

_DESCRIPTION: Final = """\
Make two vectors for every product in MongoDB: 512 numbers for its image and 1,536 for its
description. Products whose vectors have the same source and were made of the same texts are
skipped, so the same command goes on where it was interrupted.

With AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY and AZURE_OPENAI_EMBEDDING_DEPLOYMENT in the
environment or in .env (and AZURE_OPENAI_API_VERSION, if the default is too old), Azure OpenAI
makes them.

Without these variables this machine makes them, with a small model that is part of the
installation, and marks them "source": "local:wordllama-256". Vectors of Azure OpenAI that are up
to date stay, unless --local asks for local ones.

Neither looks at a picture: image vectors are made of its caption ("image_made_of": "caption").

The vectors stay in MongoDB and are never synced to a device.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed embeddings            what is missing or out of date
  zava-seed embeddings --local    local vectors, whatever the variables say
  zava-seed embeddings --again    all of them anew
  zava-seed embeddings --file ours/product_embeddings.ndjson
                                  those that zava-seed transform split off
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    sources = parser.add_mutually_exclusive_group()
    sources.add_argument("--local", action="store_true", help="never ask Azure OpenAI")
    sources.add_argument(
        "--file", type=Path, metavar="FILE", help="take them from a file of zava-seed transform"
    )
    parser.add_argument("--again", action="store_true", help="also those that are up to date")


def run(options: argparse.Namespace, today: date) -> int:
    """Make the vectors that are missing, and say how many that were."""
    from rich.console import Console

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from connector_config.schema.collections import PRODUCT_EMBEDDINGS
    from connector_config.variables import load_variables
    from seed.azure_settings import load_azure_settings
    from seed.embeddings import LOCAL, local_embeddings
    from seed.mongo.vectors import Maker, file_maker, refresh_vectors
    from seed.progress import progress
    from seed.transform.transform import ORIGINAL

    settings = load_mongo_settings()
    ask = not options.local and options.file is None
    azure = load_azure_settings(load_variables()) if ask else None
    maker: Maker = local_embeddings
    source = LOCAL if options.local else None
    if azure is not None:
        from seed.azure import azure_embeddings

        maker, source = partial(azure_embeddings, settings=azure), azure.source
    elif options.file is not None:
        maker, source = file_maker(options.file), ORIGINAL
    written = 0
    try:
        with open_database(settings) as database, progress(Console(soft_wrap=True)) as show:

            def on_progress(done: int, total: int) -> None:
                nonlocal written
                written = done
                show(PRODUCT_EMBEDDINGS, done, total)

            vectors = refresh_vectors(database, maker, source, on_progress, again=options.again)
    except KeyboardInterrupt:
        print(
            f"zava-seed: Stopped; the vectors of {counted(written, 'product')} were "
            "written, and the "
            "same command makes the rest.",
            file=sys.stderr,
        )
        return EXIT_INTERRUPTED
    if options.file is not None:
        print(
            f"{counted(vectors.products, 'product')}; taken now from {options.file}: "
            f"{vectors.made:,}, "
            f"up to date already: {vectors.kept:,}, not in it with the texts of today: "
            f"{vectors.products - vectors.made - vectors.kept:,}."
        )
        return 0
    whose = f"by {LOCAL if azure is None else azure.source}"
    print(
        f"{counted(vectors.products, 'product has', 'products have')} vectors; made now "
        f"{whose}: {vectors.made:,}, "
        f"up to date already: {vectors.kept:,}."
    )
    return 0
