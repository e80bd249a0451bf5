"""The line above a list that takes a number: what is typed there comes before the list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from app.ui.core.message import Message, problem


def is_empty(line: QLineEdit, say: Callable[[Message], object], ways: str) -> bool:
    """Whether no number is typed; else say so, with the ways out of it, and move there."""
    typed = line.text().strip()
    if typed:
        say(problem(f"“{typed[:40]}” is typed: {ways}"))
        line.setFocus()
    return not typed
