"""`zava-connector users`: who may sign in through the webhook."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from getpass import getpass
from typing import TYPE_CHECKING, Final

from connector_config.arguments import SHOWN_CHARACTERS
from connector_config.errors import UserError
from connector_config.schema.roles import ROLES

if TYPE_CHECKING:
    from connector_config.schema.roles import Role
    from connector_config.webhook.users import UsersFile

NAME: Final = "users"
HELP: Final = "add, list and remove who may sign in, set passwords, give tokens"

_DESCRIPTION: Final = """\
Manage the file of people who may sign in through the webhook: ZAVA_WEBHOOK_USERS, by default
webhook-users.json in the data folder. It holds argon2id hashes and no password. A running webhook
sees a change at the next login; a device that is signed in already keeps its rights until it signs
in again, at most 8 hours later.

A password has at least 10 characters, a PIN at least 6 digits. It is asked for, or read from
standard input when that is no terminal; it is never an argument. A token lets an assistant ask in
somebody's name (zava-mcp --http); it is printed once, and takes the place of an older one.

Who is one of the people of a store (staff) is added by --person, with the name that is there: their
role and stores are those of staff in the MongoDB of MONGODB_CONNECTION_STRING, now and later.

  zava-connector users add cleo --person "Cleo Ruiz"
  zava-connector users add ann --role worker --store store_seattle
  zava-connector users add bob --role manager --store store_seattle --store store_tacoma
  zava-connector users set-password ann
  zava-connector users remove ann
  zava-connector users token ann
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    add = what.add_parser("add", help="somebody new", allow_abbrev=False)
    add.set_defaults(do=_add)
    who = add.add_mutually_exclusive_group(required=True)
    who.add_argument("--role", choices=ROLES)
    who.add_argument("--person", metavar="NAME", help='one of the people of a store: "Cleo Ruiz"')
    add.add_argument(
        "--store",
        action="append",
        default=[],
        metavar="ID",
        help="such as store_seattle; more than once for several",
    )
    what.add_parser("list", help="everybody", allow_abbrev=False).set_defaults(do=_list)
    remove = what.add_parser("remove", help="somebody", allow_abbrev=False)
    remove.set_defaults(do=_remove)
    set_password = what.add_parser("set-password", help="of somebody", allow_abbrev=False)
    set_password.set_defaults(do=_set_password)
    token = what.add_parser("token", help="for assistants (zava-mcp --http)", allow_abbrev=False)
    token.set_defaults(do=_token)
    token.add_argument("--revoke", action="store_true", help="take it away")
    for each in (add, remove, set_password, token):
        each.add_argument("name", type=_name, metavar="NAME", help="such as ann")


def run(options: argparse.Namespace, today: date) -> int:
    """Change or list the users, and print what was done in a line."""
    options.do(options)
    return 0


def _add(options: argparse.Namespace) -> None:
    from connector_config.cloud.permissions import check_stores
    from connector_config.webhook.passwords import Passwords
    from connector_config.webhook.users import User

    person_id, role, stores = "", options.role, options.store
    if options.person is not None:
        person_id, role, stores = _person(options.person)
    check_stores(role, stores)
    users = _users()
    if options.name in users.read():  # before a password is asked for
        raise UserError(f"There is a user {options.name} already.")
    password_hash = Passwords().hash(_password())
    user = User(role=role, stores=stores, hash=password_hash, person_id=person_id)
    users.add(options.name, user)
    print(f"{options.name} may sign in as {role} ({users.path}).")


def _list(options: argparse.Namespace) -> None:
    users = _users()
    everybody = users.read()
    for name, user in everybody.items():
        print(f"{name:<24} {user.role:<14} {', '.join(user.stores) or 'every store'}")
    if not everybody:
        print(f"Nobody may sign in: there is no user in {users.path}.")


def _remove(options: argparse.Namespace) -> None:
    users = _users()
    users.remove(options.name)
    print(f"{options.name} may no longer sign in.")


def _set_password(options: argparse.Namespace) -> None:
    from connector_config.webhook.passwords import Passwords

    users = _users()
    if options.name not in users.read():
        raise UserError(f"There is no user {options.name!r} in {users.path}.")
    users.set_hash(options.name, Passwords().hash(_password()))
    print(f"The password of {options.name} is changed.")


def _token(options: argparse.Namespace) -> None:
    users = _users()
    if options.revoke:
        users.revoke_token(options.name)
        print(f"{options.name} has no token any more.")
        return
    # Alone on its line, for scripts.
    print(users.new_token(options.name))


def _person(name: str) -> tuple[str, Role, list[str]]:
    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from connector_config.webhook.people import find_person

    with open_database(load_mongo_settings()) as database:
        return find_person(database, name)


def _users() -> UsersFile:
    from connector_config.variables import load_variables
    from connector_config.webhook.users import users_file

    return users_file(load_variables())


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password or PIN: ")
    if getpass("Once more: ") != password:
        raise UserError("The two are not the same: try again.")
    return password


def _name(text: str) -> str:
    from connector_config.webhook.users import NAME_FORM

    if not re.fullmatch(NAME_FORM, text):
        raise argparse.ArgumentTypeError(
            "a name is of small letters, digits, and . _ @ - after the first, at most 64, "
            f"not {text[:SHOWN_CHARACTERS]!r}"
        )
    return text
