"""`zava import-catalogue`: the goods of a shop from a file that a spreadsheet wrote."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.commands.flags import add_data_dir, settings_of
from connector_config.errors import UserError
from connector_config.wording import counted, plural

if TYPE_CHECKING:
    from app.data.stock.importing import Imported
    from app.domain.importing.goods import Goods
    from app.settings import Settings

NAME: Final = "import-catalogue"
HELP: Final = "take in the goods of a shop from a CSV file"

_DESCRIPTION: Final = """\
Take the goods in a CSV file into the catalogue of this device: all of them, or none and what to
mend in each line. A product is known by its SKU, so a file may be imported again: what is new is
added, what differs is changed, and nothing is taken away. Stock is not in it: receive or count it.
Every store on this device carries the goods from then on. The window must be closed meanwhile; what
is changed is synced when it is open again.

The first line names the columns, in any order and case:

  name         the name of the product
  sku          its number, which no other product has
  price        in US dollars, such as 12.50 (or 12,50); one that may be two numbers is refused
  category     its category, which is made where there is none of the name
  codes        may be missing: EAN, UPC, GTIN or own codes with blanks between them, and CODE*12
               for that of a pack with 12 units
  cost         may be missing: what it costs you; else 67 % of the price is reckoned
  description  may be missing

The file is CSV as spreadsheets write it: in UTF-8, UTF-16 or Windows-1252, with commas, semicolons
or tabs between the columns.
"""

_EXAMPLES: Final = """\
examples:
  zava import-catalogue goods.csv --dry-run    say what it would do, and change nothing
  zava import-catalogue goods.csv
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    add_data_dir(parser)
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="the file with the goods")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what it would do, and change nothing"
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Import the goods, and say what was done in a line."""
    settings = settings_of(options)
    from app.data.store.session import store_in_use
    from app.domain.importing.goods import read_goods

    if store_in_use(settings.data_dir):
        raise UserError(f"Zava is running on {settings.data_dir}: close its window first.")
    try:
        content = options.file.read_bytes()
    except OSError as error:
        raise UserError(
            f"{options.file} cannot be read ({error.strerror or error}): name a CSV file."
        ) from None
    read = read_goods(content)
    for note in read.notes:
        print(note)
    outcome = asyncio.run(_import(settings, read.goods, dry=options.dry_run))
    print(_said(outcome, dry=options.dry_run))
    return 0


async def _import(settings: Settings, goods: Sequence[Goods], *, dry: bool) -> Imported:
    from app.data.stock.importing import GoodsImport
    from app.data.store.session import Session
    from app.data.sync.modes import Mode, choose, connection

    def now() -> datetime:
        return datetime.now(UTC)

    mode = choose(settings).mode
    if mode is Mode.CLOUD:
        raise UserError(
            "With Ditto Cloud the catalogue comes from MongoDB, and no device writes it: put the "
            "goods there, such as by zava-seed add-product."
        )
    session = await Session.open(settings.data_dir, now, connection(settings, mode))
    try:
        importing = GoodsImport(session, now)
        return await (importing.check(goods) if dry else importing.run(goods))
    finally:
        await session.close()


def _said(outcome: Imported, *, dry: bool) -> str:
    counts = (
        f"{counted(outcome.new, 'new product')}, {outcome.changed:,} changed, "
        f"{outcome.same:,} as {plural(outcome.same, 'it was', 'they were')}; "
        f"{counted(outcome.codes, 'new code')}, "
        f"{counted(outcome.categories, 'new category', 'new categories')}; "
        f"in {counted(outcome.stores, 'store')}."
    )
    return f"Nothing was changed. It would be: {counts}" if dry else f"Imported: {counts}"
