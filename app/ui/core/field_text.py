"""The text of a field, and how to give it back as it was."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)
from shiboken6 import isValid


@dataclass(frozen=True, slots=True)
class FieldText:
    """What stood in a field: its text, what was selected, and whether a person had typed it."""

    field: QLineEdit | QPlainTextEdit
    text: str
    anchor: int
    position: int
    modified: bool
    spin: QSpinBox | None = None
    value: int = 0

    def restore(self) -> None:
        """Let the field be as it was; one that is gone stays gone."""
        if not isValid(self.field):
            return
        if isinstance(self.field, QLineEdit):
            self._restore_line(self.field)
            return
        if self.field.toPlainText() != self.text:
            self.field.setPlainText(self.text)
        cursor = self.field.textCursor()
        cursor.setPosition(self.anchor)
        cursor.setPosition(self.position, QTextCursor.MoveMode.KeepAnchor)
        self.field.setTextCursor(cursor)
        self.field.document().setModified(self.modified)

    def _restore_line(self, line: QLineEdit) -> None:
        if self.spin is not None:
            self.spin.setValue(self.value)
        if line.text() != self.text:
            line.setText(self.text)
        if self.anchor == self.position:
            line.setCursorPosition(self.position)
        else:
            line.setSelection(self.anchor, self.position - self.anchor)
        line.setModified(self.modified)


def field_of(widget: QWidget) -> QLineEdit | QPlainTextEdit | None:
    """The field that takes what is typed into a widget; None where keys mean something else."""
    field: QWidget | None = widget
    if isinstance(widget, QAbstractSpinBox | QComboBox):
        # They have the keyboard in the place of the line inside them.
        field = widget.lineEdit()
    if isinstance(field, QLineEdit | QPlainTextEdit) and not field.isReadOnly():
        return field
    return None


def text_of(widget: QWidget) -> FieldText | None:
    """What stands in the field of a widget; None where it has none."""
    field = field_of(widget)
    if isinstance(field, QLineEdit):
        position = field.cursorPosition()
        anchor = position
        if field.hasSelectedText():
            start, end = field.selectionStart(), field.selectionEnd()
            anchor = start if position == end else end
        spin = widget if isinstance(widget, QSpinBox) else None
        value = spin.value() if spin is not None else 0
        return FieldText(field, field.text(), anchor, position, field.isModified(), spin, value)
    if isinstance(field, QPlainTextEdit):
        cursor = field.textCursor()
        modified = field.document().isModified()
        return FieldText(field, field.toPlainText(), cursor.anchor(), cursor.position(), modified)
    return None
