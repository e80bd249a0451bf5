"""`zava-seed search`: find products by words and by meaning, with what each store has."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Final

from connector_config.arguments import whole_number
from connector_config.wording import counted

if TYPE_CHECKING:
    from seed.mongo.search import Answer

NAME: Final = "search"
HELP: Final = "find products by words and by meaning"

_MOST: Final = 100

_DESCRIPTION: Final = """\
Find products in MongoDB for what somebody asks in their own words, with what is on hand at each
store. Three searches are put together by reciprocal rank fusion: MongoDB's text index, the fuzzy
search of the app, and the vectors of the descriptions. The question becomes a vector by whoever
made those: this machine's model, or Azure OpenAI.

Who compared the vectors is said below: atlas (the vector index), server (MongoDB 8.3 and newer,
one by one), or local (this process, one by one). "like" is the cosine, up to 1.00; products
without one were found by words alone.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed search "something to hang heavy pictures on drywall"
  zava-seed search "melt ice on the driveway" --store store_tacoma --limit 3
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    parser.add_argument("text", type=_text, metavar="TEXT", help="what is looked for")
    parser.add_argument(
        "--limit",
        type=whole_number("the number of products", 1, _MOST),
        default=10,
        metavar="N",
        help="at most so many products (default: %(default)s)",
    )
    parser.add_argument(
        "--store", metavar="STORE", help="only what this store has: its id or its name"
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Search, and print what was found."""
    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.search import search
    from seed.question_vectors import embed

    with open_database(load_mongo_settings()) as database:
        answer = search(database, options.text, embed, options.limit, options.store)
    _show(answer, options.text)
    return 0


def _text(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise argparse.ArgumentTypeError("say what is looked for, such as 'cordless drill'")
    return words


def _show(answer: Answer, text: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if answer.products:
        table = Table(box=SIMPLE_HEAD)
        table.add_column("product")
        table.add_column("SKU", no_wrap=True)
        table.add_column("price", justify="right")
        table.add_column("like", justify="right")
        table.add_column("on hand")
        for one in answer.products:
            table.add_row(
                # Text of a document is no markup.
                Text(one.name),
                Text(one.sku),
                f"{one.price:,.2f}",
                "" if one.cosine is None else f"{one.cosine:.2f}",
                Text(", ".join(f"{store} {units:,}" for store, units in one.on_hand.items())),
            )
        Console().print(table)
        how = f"; vectors compared by: {answer.method}" if answer.method else ""
        print(f"{counted(len(answer.products), 'product')}{how}.")
    else:
        print(f"Nothing fits “{text[:60]}”, neither by its words nor by its meaning.")
    for remark in answer.remarks:
        print(remark)
