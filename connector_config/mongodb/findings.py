"""Findings about the MongoDB of the settings, a line for each, for commands that check."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from connector_config.errors import EXIT_FAILED, UserError
from connector_config.mongodb.connection import (
    CONNECTION_VARIABLE,
    DATABASE_VARIABLE,
    MongoDatabase,
    MongoSettings,
    given_database,
    given_uri,
    open_database,
    shown,
)
from connector_config.mongodb.uri import check_uri, doubt
from connector_config.unused_variables import unused
from connector_config.variables import load_variables, settings_file
from connector_config.wording import counted


class Level(Enum):
    """The weight of a finding: a FAIL stops what was asked about, a WARN a part of it."""

    OK = "ok"
    NOTE = "note"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """One line about a thing: the message says what is so, with the fix where that is wrong."""

    level: Level
    about: str
    message: str


def examine(
    of_variables: Callable[[Mapping[str, str]], Iterable[Finding]],
    of_database: Callable[[MongoDatabase], Iterable[Finding]],
    environment: Mapping[str, str] | None = None,
    dotenv: Path | None = None,
) -> Iterator[Finding]:
    """Look at the settings and the server, and at what else a command looks at in either.

    No secret is in a finding. An error of the server is a finding, too.
    """
    path = dotenv or Path.cwd() / ".env"
    try:
        variables = load_variables(environment, dotenv)
    except UserError as error:
        yield Finding(Level.FAIL, ".env", str(error))
        return
    own = [] if dotenv else [settings_file()]
    files = [one for one in (*own, path) if one.is_file()]
    if not files:
        yield Finding(Level.NOTE, ".env", f"There is none in {path.parent}: only the environment.")
    for file in files:
        yield Finding(Level.OK, file.name, str(file))
    for name, instead in unused(variables):
        yield Finding(Level.WARN, name, f"It is not used here: {instead}.")
    findings, settings = _settings(variables)
    yield from findings
    yield from of_variables(variables)
    if settings is None:
        return
    try:
        with open_database(settings) as database:
            yield Finding(Level.OK, "connection", f"{settings.shown} answers.")
            yield from of_database(database)
    except UserError as error:
        yield Finding(Level.FAIL, "connection", str(error))


def show(program: str, findings: Iterable[Finding]) -> int:
    """Print the findings, a line each; returns 1, and says so on stderr, when one is a failure."""
    from rich.console import Console
    from rich.text import Text

    colours = {Level.OK: "green", Level.NOTE: "dim", Level.WARN: "yellow", Level.FAIL: "red"}
    console = Console(soft_wrap=True)
    failed = 0
    for finding in findings:
        failed += finding.level is Level.FAIL
        line = Text(f"{finding.level.value:<5}", style=colours[finding.level])
        line.append(f"{finding.about:<26} {finding.message}", style="default")
        console.print(line, highlight=False)
    if failed:
        what = counted(failed, "finding")
        print(f"{program}: Not ready: mend what {what} above said to fail.", file=sys.stderr)
        return EXIT_FAILED
    return 0


def _settings(variables: Mapping[str, str]) -> tuple[list[Finding], MongoSettings | None]:
    findings: list[Finding] = []
    uri = database = None
    try:
        uri = given_uri(variables)
        check_uri(uri)
        findings.append(Finding(Level.OK, CONNECTION_VARIABLE, shown(uri)))
        if misread := doubt(uri):
            said = f"Of the user name and the password: {misread}."
            findings.append(Finding(Level.WARN, CONNECTION_VARIABLE, said))
    except UserError as error:
        uri = None
        findings.append(Finding(Level.FAIL, CONNECTION_VARIABLE, str(error)))
    try:
        database = given_database(variables)
        by_default = "" if variables.get(DATABASE_VARIABLE) else ", by default"
        findings.append(Finding(Level.OK, DATABASE_VARIABLE, f"{database}{by_default}"))
    except UserError as error:
        findings.append(Finding(Level.FAIL, DATABASE_VARIABLE, str(error)))
    ready = MongoSettings(uri, database) if uri and database else None
    return findings, ready
