"""The keys before a pause in a scan, with which the code may begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.ui.core.burst import Key
from app.ui.core.code_reader import CodeReader
from app.ui.core.held_keys import Stroke

_MOST: Final = 32
"""No code has more keys, and a person who types on has no end."""


class FirstPart:
    """The strokes of the bursts before this one.

    `is_cut_off` tells that they were taken for an unknown code without an end, and did not act.
    """

    def __init__(self, reader: CodeReader) -> None:
        self._reader = reader
        self.strokes: list[Stroke] = []
        self.is_cut_off = False

    def forget(self) -> None:
        """What comes next is no part of it."""
        self.strokes = []
        self.is_cut_off = False

    def add(self, strokes: Sequence[Stroke]) -> None:
        """These keys were let go."""
        self.strokes = [*self.strokes, *strokes]
        if not strokes or len(self.strokes) > _MOST:
            self.forget()

    def cut_off(self, code: str, strokes: Sequence[Stroke]) -> None:
        """These keys were a code without an end: all of it, where it is known."""
        if not self._reader.is_known(code):
            self.strokes = [replace(one, held=None) for one in strokes]
            self.is_cut_off = True

    def whole(self, rest: Sequence[Key]) -> str:
        """The known code that these keys make with those before; "" where they make none."""
        first = [one.key for one in self.strokes]
        return self._reader.whole_of(first, rest) if first else ""
