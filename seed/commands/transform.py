"""`zava-seed transform`: the original project's JSON files into this project's catalogue files."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Final

from connector_config.arguments import folder
from connector_config.wording import counted

NAME: Final = "transform"
HELP: Final = "turn the original project's JSON files into catalogue files"

_DESCRIPTION: Final = """\
Read the original project's product_data.json and reference_data.json, in any order, one of
them or both, and write into the folder --out what this project reads:

  catalogue/*.yaml            a file a category; seasons are maps of months, prices are costs
  stores.yaml                 the stores with their weights
  product_embeddings.ndjson   the vectors, where the original has both, marked "original"

Everything is checked first, and what is wrong is named with its file and its path. Keys that
are not known are listed and left out.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed transform product_data.json reference_data.json --out ./ours
"""

_SHOWN_NOTES: Final = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the JSON files")
    parser.add_argument(
        "--out", type=folder, required=True, metavar="DIR", help="a folder without such files"
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Check, write, and say what was written and what a person should look at."""
    from seed.transform.transform import transform

    result = transform(options.files, options.out)
    for note in result.notes[:_SHOWN_NOTES]:
        print(note)
    if len(result.notes) > _SHOWN_NOTES:
        print(f"And {len(result.notes) - _SHOWN_NOTES:,} more like these.")
    parts = [
        counted(number, one, many)
        for number, one, many in (
            (result.categories, "category", "categories"),
            (result.products, "product", ""),
            (result.vectors, "pair of vectors", "pairs of vectors"),
            (result.stores, "store", ""),
        )
        if number
    ]
    print(f"{', '.join(parts)} are in {options.out} ({counted(len(result.files), 'file')}).")
    return 0
