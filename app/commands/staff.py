"""`zava staff`: who may sign in on this computer, for the first manager and a forgotten PIN."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from getpass import getpass
from typing import TYPE_CHECKING, Final

from app.commands.flags import add_data_dir, settings_of
from app.domain.entities import Role
from connector_config.errors import UserError

if TYPE_CHECKING:
    from app.data.staff.staff import StaffRepository
    from app.domain.staff import Person
    from app.settings import Settings

NAME: Final = "staff"
HELP: Final = "list and add the people of a store, and give PINs, without a window"

_DESCRIPTION: Final = """\
Keep the people of a store with access to this computer: the first manager, and whoever has
forgotten the PIN. Everything else is done on the screen People. From the first person on everybody
signs in to that store with a PIN or a badge.

A PIN has 4 to 12 digits. It is asked for, or read from standard input when that is no terminal; it
is never an argument. The window must be closed meanwhile; what is changed is synced when it is open
again.

  zava staff list
  zava staff add "Ann Ström" --role manager --store store_seattle
  zava staff pin "Ann Ström"
  zava staff deactivate "Ann Ström" --store store_seattle
  zava staff activate "Ann Ström"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    each = {
        "list": ("everybody", _list),
        "add": ("somebody new", _add),
        "pin": ("a new PIN for somebody", _pin),
        "deactivate": ("somebody who does not work here any more", _deactivate),
        "activate": ("somebody who works here again", _activate),
    }
    for name, (words, do) in each.items():
        one = what.add_parser(name, help=words, allow_abbrev=False)
        one.set_defaults(do=do)
        add_data_dir(one)
        one.add_argument(
            "--store",
            action="append",
            dest="of_stores",
            default=[],
            metavar="ID",
            help="such as store_seattle; needed where this device has several",
        )
        if name == "add":
            one.add_argument(
                "--role",
                required=True,
                dest="of_role",
                choices=[role.value for role in Role],
            )
        if name != "list":
            one.add_argument("person", metavar="NAME", help='such as "Ann Ström"')


def run(options: argparse.Namespace, today: date) -> int:
    """Change or list the people, and print what was done in a line."""
    settings = settings_of(options)
    from app.data.store.session import store_in_use

    if store_in_use(settings.data_dir):
        raise UserError(f"Zava is running on {settings.data_dir}: close its window first.")
    asyncio.run(_with_store(settings, options))
    return 0


class _Desk:
    """What the commands work with; `stores` are those on this device, by id."""

    def __init__(
        self, staff: StaffRepository, stores: Sequence[str], chosen: Sequence[str]
    ) -> None:
        self.staff = staff
        self.stores = stores
        self.chosen = chosen

    async def find(self, name: str) -> Person:
        """A person by name; raises UserError where nobody or several people are meant."""
        from app.domain.staff import same_name

        found: dict[str, Person] = {}
        for people in (await self.staff.everybody()).values():
            for one in people:
                its = not self.chosen or one.store_id in self.chosen
                if its and same_name(one.name, name):
                    found.setdefault(one.person_id, one)
        if not found:
            raise UserError(f"Nobody here is called {name[:80]!r}: `zava staff list` names them.")
        if len(found) > 1:
            raise UserError(f"Several people are called {name[:80]!r}: name the store by --store.")
        return next(iter(found.values()))


async def _with_store(settings: Settings, options: argparse.Namespace) -> None:
    from app.data.staff.staff import StaffRepository
    from app.data.stock.catalogue import StoreDirectory
    from app.data.store.session import Session
    from app.data.sync.modes import choose, connection

    def now() -> datetime:
        return datetime.now(UTC)

    opening = connection(settings, choose(settings).mode)
    session = await Session.open(settings.data_dir, now, opening)
    try:
        stores = [one.store_id for one in await StoreDirectory(session).stores()]
        wrong = [one for one in options.of_stores if one not in stores]
        if wrong:
            there = " or ".join(stores) or "none: start `zava` first, or sync this device"
            raise UserError(f"{wrong[0][:64]!r} is no store on this device, which has {there}.")
        await options.do(_Desk(StaffRepository(session, now), stores, options.of_stores), options)
    finally:
        await session.close()


async def _list(desk: _Desk, options: argparse.Namespace) -> None:
    people = await desk.staff.everybody()
    shown = [one for one in desk.stores if not desk.chosen or one in desk.chosen]
    for store_id in shown:
        for one in people.get(store_id, ()):
            ways = [word for word, has in (("PIN", one.has_pin), ("badge", one.has_badge)) if has]
            state = ", ".join(ways) or "cannot sign in"
            print(f"{store_id:<18} {one.name:<32} {one.role.value:<8} {_state(one, state)}")
    if not any(people.get(one) for one in shown):
        print("Nobody: anybody may sign in here, as anything. `zava staff add` adds a manager.")


async def _add(desk: _Desk, options: argparse.Namespace) -> None:
    stores = desk.chosen or (desk.stores if len(desk.stores) == 1 else ())
    if not stores:
        raise UserError("Name the store by --store: one of " + ", ".join(desk.stores) + ".")
    role = Role(options.of_role)
    person = await desk.staff.add(options.person, role, stores, _typed_pin(), None)
    print(f"{person.name} may sign in to {', '.join(stores)} as {role.value}.")


async def _pin(desk: _Desk, options: argparse.Namespace) -> None:
    person = await desk.find(options.person)
    elsewhere = await desk.staff.set_pin(person, _typed_pin(), None)
    print(f"{person.name} has a new PIN.")
    if elsewhere:
        print(f"Not in {', '.join(elsewhere)}, which this device does not hold.")


async def _deactivate(desk: _Desk, options: argparse.Namespace) -> None:
    await _set_active(desk, options.person, False, "may not sign in any more")


async def _activate(desk: _Desk, options: argparse.Namespace) -> None:
    await _set_active(desk, options.person, True, "may sign in again")


async def _set_active(desk: _Desk, name: str, active: bool, said: str) -> None:
    person = await desk.find(name)
    await desk.staff.set_active(person, active, None)
    print(f"{person.name} {said}.")


def _state(person: Person, ways: str) -> str:
    return ways if person.active else "does not work there any more"


def _typed_pin() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    pin = getpass("PIN: ")
    if getpass("Once more: ") != pin:
        raise UserError("The two are not the same: try again.")
    return pin
