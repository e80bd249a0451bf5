"""The command `zava-seed`."""

from __future__ import annotations

import argparse
import importlib
import keyword
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, NoReturn, Protocol, cast

from seed.errors import EXIT_FAILED, EXIT_INTERRUPTED, SeedError

# In the order of `zava-seed --help`; the module of each is in seed.commands.
COMMANDS: Final = (
    "demo",
    "check",
    "generate",
    "indexes",
    "change-streams",
    "validate",
    "clear",
    "export",
    "import",
    "add-product",
    "embeddings",
    "serve",
    "transform",
)

_EXAMPLES: Final = """\
examples:
  zava-seed demo --data-dir /tmp/second   fill a local Ditto store, of a second peer here
  zava-seed serve                         a MongoDB on this machine, in a terminal of its own
  zava-seed check                         is MongoDB ready, and what would fail later
  zava-seed generate && zava-seed indexes && zava-seed change-streams --verify
  zava-seed validate                      does the data keep what it promises

MongoDB is the one that MONGODB_CONNECTION_STRING names, in the environment or in .env.
`zava-seed COMMAND --help` tells more about a command.
"""


class Command(Protocol):
    """What a module of `seed.commands` has."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments, and maybe a description and examples."""

    def run(self, options: argparse.Namespace, today: date) -> int:
        """Do it; gives the exit code, or raises SeedError."""


class _Parser(argparse.ArgumentParser):
    """Answers a wrong argument with one sentence and exit code 1, as for any other failure."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_FAILED, f"{self.prog}: {message} (see {self.prog} --help).\n")


def main(arguments: Sequence[str] | None = None, today: date | None = None) -> int:
    """Run one command; `today` (UTC) is the end of the data, by default what the clock says.

    Gives the exit code: 0, 1 with one sentence on stderr, 130 after Ctrl+C.
    """
    given = sys.argv[1:] if arguments is None else arguments
    try:
        options = _parser(given).parse_args(given)
        return cast(Command, options.command).run(options, today or datetime.now(UTC).date())
    except SeedError as error:
        print(f"zava-seed: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("zava-seed: Stopped.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except SystemExit as stop:  # argparse, which has said what there is to say
        return int(stop.code or 0)


def load(name: str) -> Command:
    """The module of a command."""
    module = name.replace("-", "_") + ("_" if keyword.iskeyword(name) else "")
    return cast(Command, importlib.import_module(f"seed.commands.{module}"))


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="zava-seed",
        description="Make the retail data and put it where it is needed.",
        epilog=_EXAMPLES,
        formatter_class=form,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    # Only what this run can need.
    for name in [name for name in COMMANDS if name in arguments[:1]] or COMMANDS:
        command = load(name)
        its = commands.add_parser(
            command.NAME, help=command.HELP, formatter_class=form, allow_abbrev=False
        )
        command.add_arguments(its)
        its.set_defaults(command=command)
    return parser
