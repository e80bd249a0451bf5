"""`zava-seed add-product`: one product with its vectors and its inventory."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from connector_config.arguments import whole_number
from connector_config.errors import UserError
from connector_config.wording import counted

if TYPE_CHECKING:
    from rich.console import Console

    from connector_config.mongodb.connection import MongoDatabase
    from seed.catalogue_files import Specification
    from seed.mongo.products import NewProduct

NAME: Final = "add-product"
HELP: Final = "add one product, with its code, its vectors and its inventory"

_DESCRIPTION: Final = """\
Add one product: the product itself, its code, its vectors, and its inventory at every store, all
or nothing. What is not given by a flag is asked for on a terminal.

Without a code of the manufacturer it gets a GTIN-13 of the range for use within a company.
The price follows from the cost: cost / 0.67, rounded half up to cents. The vectors come from
Azure OpenAI when its variables are set, else from this machine (see zava-seed embeddings).
"""

_EXAMPLES: Final = """\
examples:
  zava-seed add-product                   asks for everything
  zava-seed add-product --sku HND-HAMMER-020 --name "12 oz Tack Hammer" \\
      --category cat_hand_tools --type type_hammers --cost 9.40 \\
      --description "For upholstery and picture nails." \\
      --specification head_weight_oz=12 --stock 20 --reorder 5
"""

_LARGEST_STOCK: Final = 1_000_000
_NEEDED: Final = ("sku", "name", "category", "type", "cost", "description")
_SPECIFICATION: Final = re.compile(r"([a-z][a-z0-9_]*)=(.*\S.*)")

T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    add = parser.add_argument
    add("--sku", help="such as HND-HAMMER-020; no other product may have it")
    add("--name", help="the name of the product")
    add("--category", metavar="ID", help="id or name of a category")
    add("--type", metavar="ID", help="id or name of a type of that category")
    add("--cost", metavar="DOLLARS", help="what it costs us, such as 12.50")
    add("--price", metavar="DOLLARS", help="checked against the cost; leave it out otherwise")
    add("--description", metavar="TEXT", help="what it is and what it is for")
    add(
        "--specification",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="such as weight_lbs=3.5; may be given several times",
    )
    add("--code", metavar="GTIN", help="the EAN, UPC or GTIN-14 on it (default: one of our own)")
    stock = whole_number("the stock", 0, _LARGEST_STOCK)
    reorder = whole_number("the reorder point", 0, _LARGEST_STOCK)
    add("--stock", type=stock, metavar="N", help="units at every store (default: 0)")
    add("--reorder", type=reorder, metavar="N", help="when to order more (default: 5)")
    add("--local", action="store_true", help="never ask Azure OpenAI for the vectors")


def run(options: argparse.Namespace, today: date) -> int:
    """Ask for what is missing, check, write, and say what was written."""
    from rich.console import Console

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from connector_config.schema.documents import Product, ProductEmbedding
    from connector_config.variables import load_variables
    from seed.azure_settings import load_azure_settings
    from seed.embeddings import local_embeddings
    from seed.mongo.products import add_product
    from seed.mongo.vectors import Maker

    asked = any(getattr(options, field) is None for field in _NEEDED)
    if asked and not sys.stdin.isatty():
        missing = " ".join(f"--{field}" for field in _NEEDED if getattr(options, field) is None)
        raise UserError(f"There is nobody to ask, so {missing} must be given.")
    settings = load_mongo_settings()
    azure = None if options.local else load_azure_settings(load_variables())

    maker: Maker = local_embeddings
    if azure is not None:
        from seed.azure import azure_embeddings

        maker = partial(azure_embeddings, settings=azure)

    def embed(product: Product) -> ProductEmbedding:
        return next(maker([product]))

    console = Console(soft_wrap=True)
    with open_database(settings) as database:
        try:
            new = _asked(database, options, console) if asked else _given(database, options)
        except EOFError:
            raise UserError("The answers ended before all was asked; nothing was added.") from None
        if new is None:
            print("Nothing was added.")
            return 0
        added = add_product(database, new, embed)
    product = added.product
    print(
        f"{product['sku']} is in {settings.database} as {product['product_id']}: price "
        f"{product['base_price']:.2f}, code {added.code['code']}, {new.stock:,} at each of "
        f"{counted(len(added.inventory), 'store')}, vectors of {added.embedding['source']}."
    )
    return 0


def _given(database: MongoDatabase, options: argparse.Namespace) -> NewProduct:
    from seed.mongo.codes import checked_code
    from seed.mongo.products import (
        NewProduct,
        checked_cost,
        checked_name,
        checked_price,
        checked_sku,
    )

    cost = checked_cost(options.cost)
    if options.price is not None:
        checked_price(options.price, cost)
    return NewProduct(
        sku=checked_sku(database, options.sku),
        name=checked_name(options.name),
        category=options.category,
        type=options.type,
        cost=cost,
        description=_description(options.description),
        specifications=_specifications(options.specification),
        stock=options.stock or 0,
        reorder=5 if options.reorder is None else options.reorder,
        code=None if options.code is None else checked_code(database, options.code),
    )


def _asked(
    database: MongoDatabase, options: argparse.Namespace, console: Console
) -> NewProduct | None:
    """The product by flags and prompts; None when the person thinks better of it."""
    from rich.prompt import Confirm, Prompt

    from seed.catalogue_files import price_of
    from seed.mongo import products
    from seed.mongo.codes import checked_code

    def ask(
        what: str, given: str | None, check: Callable[[str], T], default: str | None = None
    ) -> T:
        while True:
            # A flag that is wrong is said, and then asked for.
            text = given
            if text is None:
                text = Prompt.ask(what, console=console, default=default) or ""
            try:
                return check(text)
            except UserError as error:
                console.print(str(error), style="red", markup=False, highlight=False)
                given = None

    def choose(title: str, what: str, given: str | None, choices: Mapping[str, str]) -> str:
        if given is None:
            for key, name in choices.items():
                console.print(f"  {key}  {name}", markup=False, highlight=False)
        return ask(title, given, lambda text: products.chosen(what, text, choices))

    def number(text: str) -> int:
        try:
            return whole_number("it", 0, _LARGEST_STOCK)(text.strip())
        except argparse.ArgumentTypeError as error:
            raise UserError(f"{error}.".capitalize()) from None

    sku = ask("SKU", options.sku, lambda text: products.checked_sku(database, text.strip()))
    name = ask("Name", options.name, products.checked_name)
    category = choose("Category", "category", options.category, products.categories(database))
    kind = choose(
        "Type", f"type of {category}", options.type, products.types_of(database, category)
    )
    cost = ask("Cost in dollars", options.cost, products.checked_cost)
    if options.price is not None:
        products.checked_price(options.price, cost)
    description = ask("Description", options.description, _description)
    code = None
    if options.code is not None:
        code = ask("Code", options.code, lambda text: checked_code(database, text))
    stock = options.stock
    if stock is None:
        stock = ask("Stock at every store", None, number, "0")
    reorder = options.reorder
    if reorder is None:
        reorder = ask("Reorder when down to", None, number, "5")
    new = products.NewProduct(
        sku, name, category, kind, cost, description, _specifications(options.specification),
        stock, reorder, code,
    )  # fmt: skip
    question = f"Add {sku} for {price_of(cost)}, which costs {cost}?"
    return new if Confirm.ask(question, console=console, default=True) else None


def _description(text: str) -> str:
    if not text.strip():
        raise UserError("A product needs a description.")
    return text.strip()


def _specifications(given: list[str]) -> dict[str, Specification]:
    found: dict[str, Specification] = {}
    for text in given:
        parts = _SPECIFICATION.fullmatch(text)
        if not parts:
            raise UserError(
                f"A specification looks like weight_lbs=3.5 (small letters, digits and _ before "
                f"the =), not {text[:40]!r}."
            )
        key, value = parts[1], parts[2].strip()
        if key in found:
            raise UserError(f"The specification {key} is given twice.")
        found[key] = _plain(value)
    return found


def _plain(value: str) -> Specification:
    """A number or yes/no where the text is one."""
    if value in ("true", "false"):
        return value == "true"
    if re.fullmatch(r"-?\d{1,9}", value):
        return int(value)
    if re.fullmatch(r"-?\d{1,9}\.\d{1,6}", value):
        return float(value)
    return value
