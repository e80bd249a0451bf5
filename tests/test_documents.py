"""What the documents name is there: files, names in the code, commands, links, and the version."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from app.cli import PROGRAM as ZAVA
from connector_config import __version__
from connector_config.cli import PROGRAM as ZAVA_CONNECTOR
from connector_config.command_line import Program
from seed.cli import PROGRAM as ZAVA_SEED
from seed.mcp_servers.cli import PROGRAM as ZAVA_MCP
from seed.mongo.index_list import INDEXES
from tests.helpers.programs import ROOT

README: Final = ROOT / "README.md"
BACK_OFFICE: Final = ROOT / "docs" / "back-office.md"
_FOR_USERS: Final = (README, BACK_OFFICE, ROOT / "docs" / "manual.md")
CHANGELOG: Final = ROOT / "CHANGELOG.md"
SCRIPTS: Final = ROOT / "app" / "rehearsal" / "scripts"
# Not the changelog: what it names may be gone by now.
DOCUMENTS: Final = (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
PROGRAMS: Final[dict[str, Program]] = {
    program.name: program for program in (ZAVA, ZAVA_SEED, ZAVA_CONNECTOR, ZAVA_MCP)
}
CODE: Final = ("app", "seed", "connector_config", "tests")

_FENCED: Final = re.compile(r"^(?: *\d\.)? *```\w+\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`]+)`")
_LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_PATH: Final = re.compile(
    rf"(?<![\w./-])(?:{'|'.join(CODE)}|docs|packaging|\.ci)(?:/(?:<\w+>|[\w.-])+)*(?![\w./=-])"
)
_FILE: Final = re.compile(r"[\w.]*\w\.(?:py|yaml|toml|sh|md|lock|sample)|Makefile")
_OF_FILE: Final = re.compile(r"`([\w/]+\.py)`, `([\w.]+)`")
_CLASS: Final = re.compile(r"[A-Z]+[a-z]\w*(?:\.\w+)?")
_CONSTANT: Final = re.compile(r"_?[A-Z]+(?:_[A-Z]+)+")
_MAKE: Final = re.compile(r"(?<![\w./-])make ([a-z]+)")
_COMMAND: Final = re.compile(r"(?:\.venv/bin/)?(zava(?:-\w+)?)((?: .*)?)")
_VERSION: Final = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def unknown(document: Path, text: str) -> Iterator[str]:
    """What a document names and nobody knows."""
    for code in _code(text):
        yield from (path for path in _PATH.findall(code) if not _exists(path))
        yield from (f"make {name}" for name in _MAKE.findall(code) if name not in _targets())
        name = code.partition("=")[0]
        if _FILE.fullmatch(code) and not any(_called(code)):
            yield code
        if _CONSTANT.fullmatch(name) and name not in _names() | _variables():
            yield name
        # Those for users have the words on the keys and those of others.
        if _CLASS.fullmatch(code) and document not in _FOR_USERS and code not in _names():
            yield code
    prose = _FENCED.sub("", text)
    for file, name in _OF_FILE.findall(prose):
        if _exists(file) and name not in _defined(ROOT / file):
            yield f"{name} in {file}"
    for link in _LINK.findall(prose):
        if not link.startswith("https://") and not _leads_somewhere(document, text, link):
            yield link


def commands(text: str) -> set[tuple[str, ...]]:
    """The commands of ours that a document names, word by word."""
    found = map(_COMMAND.fullmatch, _code(text))
    return {(match[1], *match[2].split()) for match in found if match}


def _code(text: str) -> list[str]:
    """The spans of code, and the lines of blocks without comments."""
    lines = (line for block in _FENCED.findall(text) for line in block.splitlines())
    return [
        *_SPAN.findall(_FENCED.sub("", text)),
        *(line.split("  #")[0].replace("<br/>", " ").strip() for line in lines),
    ]


@cache
def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@cache
def _variables() -> set[str]:
    return set(re.findall(r"^#(\w+)=", (ROOT / ".env.sample").read_text("utf-8"), re.MULTILINE))


def _exists(path: str) -> bool:
    """Whether there is a file or a folder; `<name>` stands for any part of a path."""
    return any(True for _ in ROOT.glob(re.sub(r"<\w+>", "*", path)))


def _called(name: str) -> Iterator[Path]:
    """The files of that name, wherever they are."""
    yield from ROOT.glob(name)
    for folder in (*CODE, "packaging"):
        yield from (ROOT / folder).rglob(name)


def _leads_somewhere(document: Path, text: str, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = document.parent / file
    if not file:
        return anchor in _anchors(text)
    return target.exists() and (not anchor or anchor in _anchors(target.read_text("utf-8")))


def _anchors(text: str) -> set[str]:
    """What forges make of the headings of a document."""
    headings = _HEADING.findall(_FENCED.sub("", text))
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@cache
def _names() -> set[str]:
    files = (file for folder in CODE for file in (ROOT / folder).rglob("*.py"))
    return set().union(*map(_defined, files))


@cache
def _defined(file: Path) -> set[str]:
    """The names that a module defines or imports, and those inside its classes."""
    found: set[str] = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        found |= set(_names_of(node))
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{name}" for inner in node.body for name in _names_of(inner)}
    return found


def _names_of(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name for alias in node.names)
        case ast.Assign():
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(name)):
            yield name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_it_names_is_there(document: Path) -> None:
    assert sorted(unknown(document, document.read_text("utf-8"))) == []


WRONG: Final = """\
# A heading

[one](#a-heading), [gone](#another), [file](README.md), [no file](NOWHERE.md),
[there](CONTRIBUTING.md#recipes), [not there](CONTRIBUTING.md#a-heading)
`make test`, `make tea`, `app/domain`, `app/nowhere.py`, `app/ui/<name>/screen.py`,
`app/ui/<name>/no.py`, `stock.py`, `nowhere.py`, `Reason`, `Raison`, `Reason.label`,
`Reason.table`, `REASONS_TO_ADD`, `REASONS_TO_GO`, `ZAVA_SYNC=link`, `ZAVA_SINK`,
`app/domain/entities.py`, `Reason`; `app/domain/stock.py`, `no_such`

1. ```mermaid
   flowchart TB
       a["app/data<br/>words"] --> b["app/date<br/>words"]
   ```
"""


def test_what_is_not_there_is_found() -> None:
    assert sorted(unknown(ROOT / "WRONG.md", WRONG)) == [
        "#another",
        "CONTRIBUTING.md#a-heading",
        "NOWHERE.md",
        "REASONS_TO_GO",
        "Raison",
        "Reason.table",
        "ZAVA_SINK",
        "app/date",
        "app/nowhere.py",
        "app/ui/<name>/no.py",
        "make tea",
        "no_such in app/domain/stock.py",
        "nowhere.py",
    ]


def every_command() -> list[tuple[str, ...]]:
    return sorted({one for document in DOCUMENTS for one in commands(document.read_text("utf-8"))})


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_a_command_is_as_the_documents_have_it(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    program, *arguments = words
    flags = [word for word in arguments if word.startswith("--")]
    leading = arguments[: arguments.index(flags[0])] if flags else arguments
    # What is written in capitals stands for something.
    leading = [word for word in leading if not word.isupper()]
    code = PROGRAMS[program].main([*leading, "--help"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    assert set(flags) <= set(re.findall(r"--[\w-]+", printed.out))


def test_the_documents_have_commands_of_every_program() -> None:
    assert {program for program, *_ in every_command()} == set(PROGRAMS)
    assert commands("`zava-seed nothing` or `make run`") == {("zava-seed", "nothing")}
    assert ZAVA_SEED.main(["nothing", "--help"]) != 0


def test_it_says_how_many_indexes_there_are() -> None:
    (number,) = re.findall(r"zava-seed indexes +# (\d+) of them", BACK_OFFICE.read_text("utf-8"))
    assert int(number) == len(INDEXES)


def test_every_script_of_the_rehearsal_is_the_twin_of_a_scenario() -> None:
    text = (ROOT / "docs" / "demo-scenarios.md").read_text("utf-8")
    scripts = {f"app/rehearsal/scripts/{one.name}" for one in SCRIPTS.glob("*.yaml")}
    assert set(re.findall(r"app/rehearsal/scripts/[\w-]+\.yaml", text)) == scripts


def test_the_newest_version_of_the_changelog_is_this_one() -> None:
    text = CHANGELOG.read_text("utf-8")
    versions = _VERSION.findall(text)
    assert versions[0][0] == __version__
    days = [date.fromisoformat(day) for _, day in versions]
    assert days == sorted(days, reverse=True)
    titles = [f"[{version}] - {day}" for version, day in versions]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["[Unreleased]", *titles]
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= kinds
