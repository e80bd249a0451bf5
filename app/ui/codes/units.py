"""The field for the units in what carries a code."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.domain.errors import InvalidInputError
from app.domain.known_codes import CodeKind
from app.ui.codes.words import asks_for_units, read_units
from app.ui.core.widgets import Field
from app.ui.core.zoom import px


class UnitsField(Field):
    """One unit, unless the code is that of a case: then it stays empty until somebody says it."""

    entered = Signal()

    def __init__(self) -> None:
        self.edit = QLineEdit()
        super().__init__("Units in what carries the code", self.edit)
        self.edit.setFixedWidth(px(120))
        self.edit.setMaxLength(7)
        self.edit.setPlaceholderText("Such as 12")
        self.edit.returnPressed.connect(self.entered)

    def suit(self, kind: CodeKind, code: str) -> None:
        """Begin with what fits a code."""
        self.edit.setText("" if asks_for_units(kind, code) else "1")

    def read(self) -> int | None:
        """The typed units; None after saying what is wrong with them."""
        self.show_error("")
        try:
            return read_units(self.edit.text())
        except InvalidInputError as error:
            self.refuse(error)
            return None

    def refuse(self, error: InvalidInputError) -> None:
        """Say what is wrong with the units, and keep the keyboard."""
        self.show_error(str(error))
        self.start()

    def start(self) -> None:
        """Move the keyboard into the field."""
        self.edit.setFocus()
        self.edit.selectAll()
