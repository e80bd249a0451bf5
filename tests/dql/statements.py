"""The statements that the product gives to Ditto, as tests see them, and the list that is kept.

python -m tests.dql.statements

puts those into the list that the last tests saw and missed there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any, Final

import yaml

LIST: Final = Path(__file__).with_name("statements.yaml")
_ROOT: Final = LIST.parents[2]
_PRODUCT: Final = ("app/", "connector_config/", "seed/")
# It awaits what others made, and makes no statement.
_PASSES_ON: Final = "app/data/store/session.py"
_MISSED: Final = _ROOT / ".pytest_cache" / "statements.jsonl"
_CHOICE: Final = re.compile("«([^»]*)»")
_HEAD: Final = """\
# Every statement that the product gives to Ditto, and the kinds of its parameters. A test that sees
# another one fails and says so; `python -m tests.dql.statements` adds those that were seen.
# Statements that differ in little are one row: «a|b» is either, and «a|» is a or nothing.
"""


@dataclass(frozen=True)
class Known:
    """A row of the list, and the kinds of parameters, such as `text` or `list of map or null`."""

    dql: str
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_tried(self) -> bool:
        """Whether an oracle can say what comes of it.

        Not of indexes, of the time, of Ditto's figures, and of what the self-check and Sales only
        compare: sums made of times, and buckets by the end of an id, whose length Ditto counts in
        bytes.
        """
        return not self.dql.startswith(("CREATE INDEX ", "DROP INDEX ")) and not any(
            part in self.dql
            for part in (" FROM system:", "clock(", "date_cast(", "date_diff(", "substr(")
        )

    def pattern(self) -> re.Pattern[str]:
        """What its statements match."""
        parts = _CHOICE.split(self.dql)
        parts[0::2] = map(re.escape, parts[0::2])
        parts[1::2] = ("|".join(map(re.escape, one.split("|"))) for one in parts[1::2])
        return re.compile("".join(f"(?:{one})" for one in parts))

    def statements(self) -> Iterator[str]:
        """Its statements with the first of each choice, and one for each other choice."""
        choices = [one.split("|") for one in _CHOICE.findall(self.dql)]
        for at, others in enumerate(choices):
            for other in others[1:]:
                yield self._with(
                    [one[0] for one in choices[:at]]
                    + [other]
                    + [one[0] for one in choices[at + 1 :]]
                )
        yield self._with([one[0] for one in choices])

    def drawn(self, random: Random) -> str:
        """One of its statements."""
        return self._with([random.choice(one.split("|")) for one in _CHOICE.findall(self.dql)])

    def kinds_in(self, dql: str) -> dict[str, str]:
        """The kinds of the parameters of one of its statements."""
        names = set(re.findall(r":(\w+)", dql))
        return {name: kind for name, kind in self.kinds.items() if name in names}

    def _with(self, chosen: list[str]) -> str:
        parts = _CHOICE.split(self.dql)
        parts[1::2] = chosen
        return "".join(parts)


class UnknownStatementError(AssertionError):
    """The product gave Ditto a statement that is not in the list."""


@cache
def known() -> tuple[Known, ...]:
    """The list."""
    rows = yaml.load(LIST.read_text(encoding="utf-8"), yaml.CSafeLoader) or []
    return tuple(Known(row["dql"], row.get("parameters") or {}) for row in rows)


class Watcher:
    """Notes the statements of the product that are not in the list."""

    def __init__(self, listed: Iterable[Known]) -> None:
        self._patterns = [one.pattern() for one in listed]
        self._passed: set[str] = set()
        self._missed: dict[str, Known] = {}

    def see(self, dql: str, parameters: Any) -> None:
        """Look at a statement, where it is given to Ditto."""
        if dql in self._passed:
            return
        is_known = any(one.fullmatch(dql) for one in self._patterns)
        if not is_known and made_by(dql, sys._getframe(1)).startswith(_PRODUCT):
            kinds = {name: kind_of(value) for name, value in (parameters or {}).items()}
            self._missed[dql] = Known(dql, kinds)
        else:
            self._passed.add(dql)

    def none_missed(self) -> None:
        """Raise UnknownStatementError where one was, and keep it for the command that adds it."""
        missed = list(self._missed.values())
        self._missed.clear()
        if not missed:
            return
        _MISSED.parent.mkdir(exist_ok=True)
        with _MISSED.open("a", encoding="utf-8") as kept:
            for one in missed:
                kept.write(json.dumps({"dql": one.dql, "parameters": dict(one.kinds)}) + "\n")
        texts = "\n".join(one.dql for one in missed)
        raise UnknownStatementError(
            f"Not in {LIST.relative_to(_ROOT)}, so that no oracle tries it: run "
            f"`python -m tests.dql.statements` and then the tests in tests/dql.\n{texts}"
        )


def made_by(dql: str, frame: FrameType | None) -> str:
    """The file of whoever made a statement: the nearest caller that was not handed it.

    A function within another one may have it from there; whoever called that one is asked next, or
    where that is over long since, the file of the two is told. Empty where nobody made it.
    """
    around, file = "", ""
    while frame is not None:
        code = frame.f_code
        path = Path(code.co_filename)
        if around and code.co_qualname != around:
            frame = frame.f_back
            continue
        if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
            handed = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            where = str(path.relative_to(_ROOT))
            if any(frame.f_locals.get(name) is dql for name in code.co_freevars):
                around, file = code.co_qualname.rpartition(".<locals>.")[0], where
            elif not any(frame.f_locals.get(name) is dql for name in handed):
                if where != _PASSES_ON:
                    return where
            else:
                around, file = "", ""
        frame = frame.f_back
    return file


def kind_of(value: Any) -> str:
    """The kind of a parameter in a word or two."""
    if isinstance(value, (list, tuple)):
        kinds = {kind_of(one) for one in value} or {"text"}
        return f"list of {min(kinds)}"
    kinds_of = {bool: "bool", int: "int", float: "float", str: "text", dict: "map"}
    return "null" if value is None else kinds_of[type(value)]


def main() -> int:
    """Put what was missed into the list."""
    rows = {one.dql: dict(one.kinds) for one in known()}
    before = len(rows)
    if _MISSED.exists():
        for line in _MISSED.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.setdefault(row["dql"], row["parameters"])
        _MISSED.unlink()
    write(Known(dql, kinds) for dql, kinds in rows.items())
    print(f"{len(rows) - before} statements added, {len(rows)} in {LIST.relative_to(_ROOT)}.")
    return 0


def write(statements: Iterable[Known]) -> None:
    """Write the list anew."""
    rows = [
        {"dql": one.dql} | ({"parameters": dict(sorted(one.kinds.items()))} if one.kinds else {})
        for one in sorted(statements, key=lambda one: one.dql)
    ]
    text = yaml.safe_dump(rows, width=96, sort_keys=False, allow_unicode=True)
    LIST.write_text(_HEAD + text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
