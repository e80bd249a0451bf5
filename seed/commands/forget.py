"""`zava-seed forget`: a customer's wish to be forgotten."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from connector_config.wording import counted
from seed.confirming import confirm

if TYPE_CHECKING:
    from seed.mongo.forget import Person

NAME: Final = "forget"
HELP: Final = "remove what is personal of a customer who wishes it"

_DESCRIPTION: Final = """\
Empty the name, the e-mail address and the phone of a customer in MongoDB, of whoever was merged
with this one, and of deleted customers with the same address; their orders stay, and say "Customer
removed". The devices do the same with what they hold, and with what only they know, once they hear
of it; what a device that was away writes later brings nobody back.

It cannot be undone. Archives that were exported before (import leaves out who is forgotten in the
database), backups, and the pre-images and the oplog of MongoDB keep what they have until they end.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed forget --dry-run ana@example.com     who that is, and how many orders there are
  zava-seed forget cust_0a1b2c3d                 asks before it is done
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    parser.add_argument("who", metavar="CUSTOMER", help="the e-mail address, or the customer_id")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(options: argparse.Namespace, today: date) -> int:
    """Say who it is, ask, and forget."""
    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from connector_config.schema.instants import to_iso
    from seed.mongo.forget import find_person, forget

    settings = load_mongo_settings()
    with open_database(settings) as database:
        person = find_person(database, options.who.strip())
        if person.is_done:
            print("This customer is forgotten already; nothing is left to do.")
            return 0
        _show(person)
        if options.dry_run:
            print("Nothing was changed (--dry-run).")
            return 0
        if not options.yes:
            its = person.ids[0]
            confirm(
                its,
                f"Type the id ({its}) to forget this customer for good: ",
                "Nothing was changed",
            )
        forget(database, person, to_iso(datetime.now(UTC)))
    print(
        f"Forgotten in {settings.database}: {counted(len(person.ids), 'customer')}; "
        f"{counted(person.orders, 'order stays', 'orders stay')}."
    )
    return 0


def _show(person: Person) -> None:
    for one in person.customers:
        parts = [one.get(name) for name in ("customer_id", "first_name", "last_name", "email")]
        print("  ".join(str(part) for part in (*parts, one.get("primary_store_id")) if part))
    print(
        f"{counted(person.orders, 'order stays', 'orders stay')}; "
        f"{counted(person.named, 'of them says', 'of them say')} whose it is."
    )
