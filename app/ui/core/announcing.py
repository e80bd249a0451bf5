"""Telling a screen reader what changed where it does not look."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(source: QWidget, sentence: str, is_problem: bool = False) -> None:
    """Have a sentence read out, at once where it is about a problem; nothing without a reader."""
    if sentence and QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(source, sentence)
        if is_problem:
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)
