"""Refuses every statement with more than one `IN`, of which Ditto 5.2.0.dev0 mistakes the second.

It looks at what is about to be executed, in the SDK itself: no statement gets past that, whoever
built it and through whatever door. `connector_config.schema.condition` builds those that are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.helpers.doors import look_at_doors

# Text, names and comments, in which an `IN` is none.
_QUOTED = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|--[^\n]*|/\*.*?\*/""", re.DOTALL
)
_IN = re.compile(r"(?<![\w.:])IN(?!\w)", re.IGNORECASE)


class TwoListsError(AssertionError):
    """A statement has more than one `IN`."""


def lists_in(statement: str) -> int:
    """How often a statement looks for something in a list with `IN`."""
    return len(_IN.findall(_QUOTED.sub(" ", statement)))


def refuse_two_lists(patch: pytest.MonkeyPatch) -> list[str]:
    """Raise TwoListsError where such a statement is executed, observed or subscribed to.

    Gives the statements that are refused, as they come.
    """
    refused: list[str] = []

    def look(query: str, _parameters: Any) -> None:
        if lists_in(query) > 1:
            refused.append(query)
            raise TwoListsError(f"a statement with two lists: {query}")

    look_at_doors(patch, look)
    return refused


@contextmanager
def none_refused(refused: list[str]) -> Iterator[None]:
    """Fails when a statement was refused meanwhile, even where somebody caught what that raised."""
    yield
    left = list(refused)
    refused.clear()
    assert not left, f"statements with two lists: {left}"
