"""`docs/commands.md`: every command with its options, the variables, and the exit codes."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import Final

from app.cli import PROGRAM as ZAVA
from connector_config.cli import PROGRAM as ZAVA_CONNECTOR
from connector_config.command_line import Program
from connector_config.errors import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_PIPE_CLOSED,
)
from seed.cli import PROGRAM as ZAVA_SEED
from seed.mcp_servers.cli import PROGRAM as ZAVA_MCP
from tests.helpers.programs import ROOT

PROGRAMS: Final = (ZAVA, ZAVA_SEED, ZAVA_CONNECTOR, ZAVA_MCP)
"""All programs, in the order of the document."""

_HEAD: Final = """\
# Commands

Made from the programs themselves by `python -m tests.reference`; a test compares.
`zava-seed`, `zava-connector` and `zava-mcp` come with `make venv`. Each command has `--help`, each
program `--version`.
"""
_EXIT_CODES: Final = f"""\
## Exit codes

| code | when |
|---|---|
| 0 | it is done, or what was checked is right |
| {EXIT_FAILED} | it is not, for a reason that one sentence on stderr names; nothing is half done |
| {EXIT_INTERRUPTED} | Ctrl+C |
| {EXIT_PIPE_CLOSED} | nobody reads the output any more, as with `head` |
"""
_VARIABLES: Final = """\
## Variables

From the settings of the user (on Linux `~/.config/zava/settings.env`) and `.env` in the working
folder, which wins; the environment wins over both, and flags win over all. A sample of all of them
is `.env.sample`.

| variable | what it says |
|---|---|
"""
_SETTING: Final = re.compile(r"#(\w+)=.*")


def text() -> str:
    """The whole document."""
    parts = [_HEAD]
    for program in PROGRAMS:
        parts += _program(program)
    return "\n".join([*parts, _EXIT_CODES, _VARIABLES + "".join(_variables())])


def _program(program: Program) -> Iterator[str]:
    # All of it: with a command named, a program makes no other one.
    parser = program._parser([])
    yield f"## {program.name}\n\n{program.description}\n"
    yield from _table(parser)
    commands = next(
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    for name, command in commands.choices.items():
        yield f"### {program.name} {name}\n"
        yield from _command(command)


def _command(command: argparse.ArgumentParser) -> Iterator[str]:
    description = (command.description or "").strip()
    if "\n  " in description:
        # Laid out by hand.
        yield f"```text\n{description}\n```\n"
    elif description:
        yield f"{' '.join(description.split())}\n"
    yield from _table(command)
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                arguments = list(_table(inner))
                yield f"`{command.prog} {name}`{':' if arguments else ' takes no arguments.'}\n"
                yield from arguments
    if command.epilog:
        yield f"```sh\n{_shell(command.epilog)}\n```\n"


def _table(parser: argparse.ArgumentParser) -> Iterator[str]:
    rows = [row for action in parser._actions if (row := _row(action))]
    if rows:
        yield "\n".join(["| argument | what it does |", "|---|---|", *rows, ""])


def _row(action: argparse.Action) -> str:
    if isinstance(action, (argparse._HelpAction, argparse._VersionAction)):
        return ""
    if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
        return ""
    words = ", ".join(f"`{word}{_value(action)}`" for word in action.option_strings)
    if not words:
        words = f"`{action.metavar or action.dest.upper()}`"
    help_text = (action.help or "") % {**vars(action), "prog": ""} if action.help else ""
    return f"| {words} | {_cell(help_text)} |"


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices is not None and action.metavar is None:
        return " " + "/".join(str(one) for one in action.choices)
    metavar = action.metavar or action.dest.upper()
    return f" {metavar if isinstance(metavar, str) else ' '.join(metavar)}"


def _shell(epilog: str) -> str:
    lines = [line.strip() for line in epilog.strip().splitlines()]
    return "\n".join(line for line in lines if line and not line.endswith(":"))


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|").replace("<", "&lt;")


def _variables() -> Iterator[str]:
    """A row for each, in the words of the comment above it."""
    comment: list[str] = []
    fresh = True
    for line in (ROOT / ".env.sample").read_text("utf-8").splitlines():
        if match := _SETTING.fullmatch(line):
            yield f"| `{match[1]}` | {_cell(' '.join(comment)) or 'see above'} |\n"
            fresh = True
        elif line.startswith("# ---") or not line:
            comment = []
        else:
            comment = ([] if fresh else comment) + [line.removeprefix("#").strip()]
            fresh = False
