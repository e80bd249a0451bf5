"""Every sentence of the product counts in the singular, in the plural, and by locale."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_config.wording import counted, plural

ROOT = Path(__file__).parent.parent
COUNT = re.compile(
    r"number\(|len\(|sum\(|count|total|units|days|pending|parked|disputed|operations|written|gone"
)
MANY = re.compile(r"^ (?!(?:of|for|from|at|in|on|or) )(?:[a-z]+ ){0,2}?([a-z]{2,}[^su'\W]s)\b")
NO_NOUN = {"has", "his", "was", "does", "its", "goes", "says", "leaves", "needs"}


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 units"), (1, "1 unit"), (2, "2 units"), (1_200, "1,200 units")]
)
def test_one_is_one(count: int, text: str) -> None:
    assert counted(count, "unit") == text
    assert plural(count, "box", "boxes") == ("box" if count == 1 else "boxes")


def sentences(*folders: str) -> Iterator[tuple[Path, ast.JoinedStr]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    yield path.relative_to(ROOT), node


def spec(value: ast.FormattedValue) -> str:
    return "" if value.format_spec is None else ast.unparse(value.format_spec)


def always_many(node: ast.AST) -> Iterator[str]:
    """What follows a count in the plural, whatever the count is."""
    assert isinstance(node, ast.JoinedStr)
    for before, after in zip(node.values, node.values[1:], strict=False):
        if isinstance(before, ast.FormattedValue) and isinstance(after, ast.Constant):
            value = ast.unparse(before.value)
            done = value.startswith(("counted(", "plural(")) or value.isupper()
            counts = not done and ("," in spec(before) or COUNT.search(value))
            noun = MANY.match(str(after.value))
            if counts and noun and noun[1] not in NO_NOUN:
                yield ast.unparse(node)


def test_what_this_file_looks_for_is_found() -> None:
    def found(text: str) -> list[str]:
        return list(always_many(ast.parse(text, mode="eval").body))

    assert found('f"Take in {number(here)} units?"')
    assert found('f"{shown:,} of {state.total:,} products"')
    assert found('f"{len(rows)} open drafts"')
    assert not found('f"{number(left)} is there"')
    assert not found('f"{counted(here, one)} of the shop"')


def test_no_sentence_says_1_units() -> None:
    wrong = [
        f"{path}:{node.lineno}: {one}"
        for path, node in sentences("app", "seed", "connector_config")
        for one in always_many(node)
    ]
    assert not wrong, "use counted or plural of connector_config.wording:\n" + "\n".join(wrong)


def test_no_screen_groups_digits_by_itself() -> None:
    wrong = [
        f"{path}:{value.lineno}"
        for path, node in sentences("app/ui")
        for value in node.values
        if isinstance(value, ast.FormattedValue)
        and "," in spec(value)
        and path.name != "formats.py"
    ]
    assert not wrong, "use number, counted or money of app.ui.core.formats: " + ", ".join(wrong)
