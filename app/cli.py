"""The command `zava`."""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from app.domain.entities import Role
from app.domain.errors import ZavaError
from app.settings import Settings, load_settings
from connector_config import __version__
from connector_config.arguments import whole_number
from connector_config.errors import UserError

_EXAMPLES = """examples:
  zava                                  open the window
  zava run --store store_tacoma         with this store chosen at sign-in
  zava tour                             make a picture of every screen, without a display
  zava rehearse                         two windows and a MongoDB: two devices on this computer
  zava rehearse --headless --random 1 --minutes 2
                                        three devices do and suffer things, and a verdict
  zava doctor                           check this computer, with the fix for each finding

Settings come from the defaults, then .env, then the environment, then flags; .env.sample
names them all."""


class _Parser(argparse.ArgumentParser):
    """Answers a wrong argument with one sentence and exit code 1, as for any other failure."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: {message} (see {self.prog} --help).\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(
            options.data_dir, getattr(options, "store", None), getattr(options, "role", None)
        )
        return int(_COMMANDS[options.command or "run"](settings, options))
    except UserError as error:
        print(f"zava: {error}", file=sys.stderr)
        return 1
    except ImportError as error:
        # Qt and Ditto load libraries of the operating system.
        print(f"zava: {error}. Run `zava doctor` to see what to install.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="zava",
        description="The offline-first retail client. Without a command it opens the window.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"zava {__version__}")
    _add_data_dir(parser, None)
    _add_profile(parser, None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    run = _add_command(commands, "run", "open the window (the default)")
    tour = _add_command(
        commands, "tour", "drive every screen on demo data, without a display, and make pictures"
    )
    doctor = _add_command(
        commands, "doctor", "check this computer and name the fixes; exit 1 when `run` would fail"
    )
    _add_rehearse(commands)
    reset = _add_command(commands, "reset", "delete the local store, after asking")
    for command in (run, doctor, reset):
        # Given after the command they win over the same flags before it.
        _add_data_dir(command, argparse.SUPPRESS)
    _add_profile(run, argparse.SUPPRESS)
    tour.add_argument(
        "--out",
        type=Path,
        default=Path("tour"),
        metavar="DIR",
        help="folder for the pictures and report.json (default: ./tour)",
    )
    return parser


def _add_rehearse(commands: argparse._SubParsersAction[_Parser]) -> None:
    rehearse = _add_command(
        commands, "rehearse", "try out sync: two windows, or peers without windows and a verdict"
    )
    rehearse.add_argument("--keep", action="store_true", help="keep the data of the two windows")
    rehearse.add_argument("--headless", action="store_true", help="without windows")
    headless = rehearse.add_argument_group("with --headless")
    headless.add_argument(
        "--peers", type=whole_number("--peers", 1, 16), metavar="N", help="how many (default: 3)"
    )
    what = headless.add_mutually_exclusive_group()
    what.add_argument("--script", type=Path, metavar="FILE", help="what happens, step by step")
    what.add_argument(
        "--random",
        type=whole_number("--random", 0, 2**31),
        default=1,
        metavar="SEED",
        help="what happens by chance; the same number repeats it (default: 1)",
    )
    headless.add_argument(
        "--minutes",
        type=whole_number("--minutes", 0, 10_000),
        default=0,
        metavar="M",
        help="go on for so long, with the next numbers (default: play once)",
    )


def _add_command(
    commands: argparse._SubParsersAction[_Parser], name: str, text: str
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")


def _add_data_dir(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "--data-dir", metavar="DIR", default=default, help="data folder (ZAVA_DATA_DIR)"
    )


def _add_profile(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "--store",
        metavar="ID",
        default=default,
        help="store chosen at sign-in, such as store_seattle (ZAVA_STORE)",
    )
    parser.add_argument(
        "--role",
        choices=[role.value for role in Role],
        default=default,
        help="role chosen at sign-in (ZAVA_ROLE)",
    )


def _run(settings: Settings, _options: argparse.Namespace) -> int:
    # What is made until the sign-in is shown stays, so the collector would walk it for nothing.
    gc.disable()
    from app.doctor import display_problem

    if problem := display_problem():
        raise ZavaError(problem)
    from app.run import run

    return run(settings)


def _tour(_settings: Settings, options: argparse.Namespace) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.tour import tour

    return tour(options.out)


def _doctor(settings: Settings, _options: argparse.Namespace) -> int:
    from app.doctor import examine, report

    return report(examine(settings))


def _rehearse(settings: Settings, options: argparse.Namespace) -> int:
    from rich.console import Console

    if not options.headless:
        from app.rehearsal.windows import rehearse_windows

        token = settings.secrets.get("DITTO_OFFLINE_TOKEN")
        return rehearse_windows(token, options.keep, Console())
    from app.rehearsal.headless import Wish, rehearse

    wish = Wish(options.peers, options.script, options.random, options.minutes)
    return rehearse(wish, Console())


def _reset(settings: Settings, _options: argparse.Namespace) -> int:
    from app.data.store.session import store_in_use
    from connector_config.schema.collections import store_directory

    directory = store_directory(settings.data_dir)
    if not directory.exists():
        print(f"There is no local store in {settings.data_dir}.")
        return 0
    if store_in_use(settings.data_dir):
        raise ZavaError(f"Zava is running on {settings.data_dir}: close its window first.")
    print(f"This deletes the local store in {directory} with everything that was not synced.")
    try:
        answer = input("Type yes to delete it: ")
    except EOFError:
        answer = ""
    if answer.strip().lower() != "yes":
        print("Nothing was deleted.")
        return 1
    try:
        shutil.rmtree(directory)
    except OSError as error:
        raise ZavaError(
            f"{error.filename or directory} cannot be deleted ({error.strerror or error}): "
            "correct its permissions, or delete it by hand."
        ) from None
    print("Deleted. `zava-seed demo` fills a new one.")
    return 0


_COMMANDS = {"run": _run, "tour": _tour, "doctor": _doctor, "rehearse": _rehearse, "reset": _reset}
