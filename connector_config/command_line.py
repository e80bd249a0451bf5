"""The frame that the commands `zava`, `zava-seed` and `zava-connector` share.

A program is a list of commands, each a module of one package, loaded only when it can be needed.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import keyword
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, NoReturn, Protocol, cast

from connector_config import __version__
from connector_config.errors import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_PIPE_CLOSED,
    UserError,
)
from connector_config.privacy import PRIVATE_UMASK

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT}
_AGAIN: Final = 0.01


class Command(Protocol):
    """The module of a command."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments, and maybe a description and examples."""

    def run(self, options: argparse.Namespace, today: date) -> int:
        """Run the command; returns the exit code, or raises UserError."""


class ConciseParser(argparse.ArgumentParser):
    """A parser that answers a wrong argument with one sentence and exit code 1, as any failure."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_FAILED, f"{self.prog}: {message} (see {self.prog} --help).\n")


@dataclass(frozen=True, slots=True)
class Program:
    """A command line; `commands` are in the order of the help, their modules in `package`.

    `default` is the command where none is named; its arguments are those of `add_flags`, which may
    stand before every command.
    """

    name: str
    description: str
    examples: str
    package: str
    commands: Sequence[str]
    default: str | None = None
    add_flags: Callable[[argparse.ArgumentParser], None] | None = None

    def main(self, arguments: Sequence[str] | None = None, today: date | None = None) -> int:
        """Run one command; `today` (UTC) is by default what the clock says.

        Whatever it writes is for the user who runs it only: there are customers in exports, too.
        Returns the exit code: 0, 1 with one sentence on stderr, 130 after Ctrl+C, 141 when nobody
        reads its output any more.
        """
        umask = os.umask(PRIVATE_UMASK)
        if arguments is None:
            _hear_every_interrupt()
        try:
            code = self._main(sys.argv[1:] if arguments is None else arguments, today)
            # What is still to be written fails here, and not when Python ends.
            if sys.stdout is not None:
                sys.stdout.flush()
            return code
        except KeyboardInterrupt:
            self._let_go(arguments)
            self._say("Stopped.")
            return EXIT_INTERRUPTED
        except BrokenPipeError:
            _drop_output()
            return EXIT_PIPE_CLOSED
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            _drop_output()
            self._say("There is no room to write any more: free some space.")
            return EXIT_FAILED
        finally:
            self._let_go(arguments)
            os.umask(umask)

    def load(self, name: str) -> Command:
        """The module of a command."""
        module = name.replace("-", "_") + ("_" if keyword.iskeyword(name) else "")
        return cast(Command, importlib.import_module(f"{self.package}.{module}"))

    def _main(self, given: Sequence[str], today: date | None) -> int:
        try:
            options = self._parser(given).parse_args(given)
            return cast(Command, options.command).run(options, today or datetime.now(UTC).date())
        except UserError as error:
            self._say(str(error))
            return EXIT_FAILED
        except ImportError as error:
            # Qt and Ditto load libraries of the operating system.
            self._say(f"{error}. Run `zava doctor` to see what to install.")
            return EXIT_FAILED
        except SystemExit as stop:  # argparse, which has said what there is to say
            return int(stop.code or 0)

    def _let_go(self, arguments: Sequence[str] | None) -> None:
        """Let Ctrl+C end a program at once that only waits for its threads any more."""
        if arguments is None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)

    def _say(self, sentence: str) -> None:
        # Where nobody hears it, the exit code has to do.
        with suppress(OSError):
            print(f"{self.name}: {sentence}", file=sys.stderr)

    def _parser(self, arguments: Sequence[str]) -> argparse.ArgumentParser:
        form = argparse.RawDescriptionHelpFormatter
        parser = ConciseParser(
            prog=self.name,
            description=self.description,
            epilog=self.examples,
            formatter_class=form,
            allow_abbrev=False,
        )
        parser.add_argument("--version", action="version", version=f"{self.name} {__version__}")
        if self.add_flags is not None:
            self.add_flags(parser)
        if self.default is not None:
            parser.set_defaults(command=self.load(self.default))
        commands = parser.add_subparsers(
            title="commands", metavar="COMMAND", required=self.default is None
        )
        # Only what this run can need.
        for name in [name for name in self.commands if name in arguments[:1]] or self.commands:
            command = self.load(name)
            subparser = commands.add_parser(
                command.NAME,
                help=command.HELP,
                description=f"{command.HELP[0].upper()}{command.HELP[1:]}.",
                formatter_class=form,
                allow_abbrev=False,
            )
            command.add_arguments(subparser)
            subparser.set_defaults(command=command)
        return parser


def _hear_every_interrupt() -> None:
    """Let a Ctrl+C count a moment later where Python could only have told of it and gone on.

    So it is while it cleans up, or as a module that was loaded is let go.
    """
    told = sys.unraisablehook
    main = threading.main_thread().ident
    assert main is not None

    def hear(what: sys.UnraisableHookArgs) -> None:
        if issubclass(what.exc_type, KeyboardInterrupt):
            threading.Timer(_AGAIN, signal.pthread_kill, (main, signal.SIGINT)).start()
        else:
            told(what)

    sys.unraisablehook = hear


def _drop_output() -> None:
    """Lead what is still to be written to nowhere, or Python complains of it when it ends."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
