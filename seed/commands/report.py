"""`zava-seed report`: what the data says, as a table, JSON or CSV."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from connector_config.arguments import whole_number
from connector_config.errors import UserError
from seed.arguments import day

if TYPE_CHECKING:
    from connector_config.mongodb.connection import MongoDatabase
    from seed.reports.report import Report
    from seed.reports.shops import Period, Shops

NAME: Final = "report"
HELP: Final = "sales, customers, stock and returns, added up in MongoDB"

_MOST_ROWS: Final = 10_000
_MOST_DAYS: Final = 36_500

_DESCRIPTION: Final = """\
Ask the data. Each report is an aggregation in MongoDB, which a user who may only read can run. Days
are those of each store's own clock. An order that was cancelled counts for nothing, and what came
back is taken off on the day of the sale, as on the app's Sales screen.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed report sales --by month --from 2026-01-01      beside the year before
  zava-seed report sales --by category --store Seattle --days 90
  zava-seed report top-products --days 30 --each store --limit 5
  zava-seed report customer ana@example.com
  zava-seed report reorder --store store_tacoma --csv > reorder.csv
  zava-seed report stock-value --json
"""

Ask = Callable[[argparse.Namespace, "MongoDatabase", "Shops", date], "Report"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the reports, each with its arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    which = parser.add_subparsers(title="reports", metavar="REPORT", required=True)

    def report(
        name: str, ask: Ask, what: str, *, period: bool = False, limit: int | None = None
    ) -> argparse.ArgumentParser:
        added = which.add_parser(
            name, help=what, description=f"{what.capitalize()}.", allow_abbrev=False
        )
        added.set_defaults(ask=ask)
        added.add_argument(
            "--store",
            action="append",
            default=[],
            metavar="NAME",
            help="id, name or city; more than once for several (default: all stores)",
        )
        form = added.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print JSON, for scripts")
        form.add_argument("--csv", action="store_true", help="print the rows as CSV")
        if period:
            _add_period(added)
        if limit is not None:
            added.add_argument(
                "--limit",
                type=whole_number("the number of rows", 1, _MOST_ROWS),
                default=limit,
                metavar="N",
                help="at most so many rows (default: %(default)s)",
            )
        return added

    order = report("order", _order, "an order with its lines")
    order.add_argument("number", metavar="NUMBER", help="its id, or the number on the receipt")
    customer = report("customer", _customer, "what a customer spent, and on what")
    customer.add_argument("who", metavar="WHO", help="e-mail address or id")
    customers = report("customers", _customers, "customers who spent most", period=True, limit=20)
    customers.add_argument("--segment", metavar="NAME", help="new, regular, occasional or lapsed")
    report("segments", _segments, "customers by how much and how lately they buy")
    sales = report("sales", _sales, "sales beside the year before", period=True, limit=1_000)
    sales.add_argument(
        "--by",
        choices=("day", "month", "store", "category", "type", "product"),
        default="month",
        help="a row for each (default: %(default)s)",
    )
    top = report("top-products", _top, "products that sold best", period=True, limit=20)
    top.add_argument("--each", choices=("store", "category"), help="so many of each")
    top.add_argument(
        "--rank", choices=("revenue", "units"), default="revenue", help="(default: %(default)s)"
    )
    for one in (sales, top):
        one.add_argument("--category", metavar="NAME", help="of one category only")
    value = report("stock-value", _value, "what the stock is worth, at cost and at price")
    value.add_argument(
        "--by",
        choices=("store", "category", "product"),
        default="store",
        help="a row for each (default: %(default)s)",
    )
    on_hand = report(
        "on-hand", _on_hand, "what is on hand: opening level and movements", limit=1_000
    )
    on_hand.add_argument("--product", metavar="SKU", help="of one product only")
    report("reorder", _reorder, "what is at or below its reorder point", limit=1_000)
    slow = report("slow-movers", _slow, "what lies there and does not sell", limit=50)
    slow.add_argument(
        "--days",
        type=whole_number("the number of days", 1, _MOST_DAYS),
        default=90,
        metavar="N",
        help="sales of so many days (default: %(default)s)",
    )
    slow.add_argument(
        "--most",
        type=whole_number("the number of units", 0, 10**6),
        default=0,
        metavar="N",
        help="that sold at most so many units (default: %(default)s)",
    )
    report("returns", _returns, "what came back, and what was cancelled", period=True, limit=50)
    report("oversold", _oversold, "items below zero", limit=1_000)


def run(options: argparse.Namespace, today: date) -> int:
    """Ask, and print the answer."""
    from rich.console import Console

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.reports.report import show, write_csv
    from seed.reports.shops import read_shops

    settings = load_mongo_settings()
    with open_database(settings) as database:
        report = options.ask(options, database, read_shops(database, options.store), today)
    if options.json:
        print(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    elif options.csv:
        write_csv(report, sys.stdout)
    else:
        show(report, Console())
    return 0


def _add_period(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=day, metavar="DATE", help="the first day")
    parser.add_argument("--to", type=day, metavar="DATE", help="the last day (default: today)")
    parser.add_argument(
        "--days",
        type=whole_number("the number of days", 1, _MOST_DAYS),
        metavar="N",
        help="so many days up to the last one, instead of --from",
    )


def _period(options: argparse.Namespace, today: date) -> Period | None:
    """The days that were asked for; None for all of them."""
    from seed.reports.shops import Period, last_days

    if options.days and options.start:
        raise UserError("Name the first day with --from, or how many with --days, not both.")
    last = options.to or today
    if options.days:
        return last_days(options.days, last)
    if options.start:
        return Period(options.start, last)
    if options.to:
        raise UserError("Name the first day with --from, or how many with --days.")
    return None


def _order(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.orders import order

    return order(database, shops, options.number)


def _customer(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.customers import customer

    return customer(database, shops, options.who)


def _customers(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.customers import customers

    period = _period(options, today)
    return customers(database, shops, period, today, options.segment, options.limit)


def _segments(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.customers import segments

    return segments(database, shops, today)


def _sales(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.sales import sales
    from seed.reports.shops import twelve_months

    period = _period(options, today) or twelve_months(today)
    return sales(database, shops, period, options.by, options.category, options.limit)


def _top(options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date) -> Report:
    from seed.reports.sales import top_products

    return top_products(
        database,
        shops,
        _period(options, today),
        options.category,
        options.each,
        options.rank,
        options.limit,
    )


def _value(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.stock import stock_value

    return stock_value(database, shops, options.by)


def _on_hand(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.stock import on_hand

    return on_hand(database, shops, options.product, options.limit)


def _reorder(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.stock import reorder

    return reorder(database, shops, today, options.limit)


def _slow(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.stock import slow_movers

    return slow_movers(database, shops, today, options.days, options.most, options.limit)


def _returns(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.orders import returns

    return returns(database, shops, _period(options, today), options.limit)


def _oversold(
    options: argparse.Namespace, database: MongoDatabase, shops: Shops, today: date
) -> Report:
    from seed.reports.stock import oversold

    return oversold(database, shops, options.limit)
