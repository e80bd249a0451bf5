"""A table of lines that each have a quantity, which the keys change."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent

from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.message import problem
from app.ui.core.rows import RowsModel
from app.ui.core.sign_keys import SignKeys


class QuantityTable(ChoiceTable):
    """The lines: digits type a quantity, + and - change it by one, `-5` is five fewer.

    `stepped` carries 1 or -1 for the chosen row. `begun` carries what a quantity begins with, and
    the row as it was before its sign where that has changed it already, else None; `lost` carries a
    Message where the row of such a sign is not the chosen one any more, or where none is chosen.
    """

    stepped = Signal(int)
    begun = Signal(str, object)
    lost = Signal(object)
    opens = "Type the quantity"

    def __init__(self, model: RowsModel[Any], appearance: Appearance, name: str) -> None:
        super().__init__(model, appearance, name)
        self._before: Any = None
        self._signs = SignKeys(self)
        self._signs.stepped.connect(self._on_stepped)
        self._signs.begun.connect(self._on_begun)
        self.press_keys(
            Binding("+", "One more on the line", lambda: self._on_stepped(1)),
            Binding("-", "One fewer on the line", lambda: self._on_stepped(-1)),
        )
        self.selected.connect(lambda _: self._signs.forget())

    def press_keys(self, *bindings: Binding) -> None:
        """Let keys act on the chosen line, whose menu has them too."""
        self.keys.press(*bindings)
        self.offer(*bindings)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._signs.press(event) and not self.keys.act(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._signs.forget()
        super().focusOutEvent(event)

    def _on_stepped(self, by: int) -> None:
        if self._lacks_line("+" if by > 0 else "-"):
            return
        # What is typed for the row is another quantity by now than the row has.
        self._before = None if self._held() else self.current()
        self.stepped.emit(by)

    def _on_begun(self, text: str, is_late: bool) -> None:
        before, now = self._before if is_late else None, self.current()
        if before is None and self._lacks_line(text):
            return
        if is_late and before is None:
            self.begun.emit(text[1:], None)
        elif before is None:
            self.begun.emit(text, None)
        elif now is not None and self._model.key_of(now) == self._model.key_of(before):
            self.begun.emit(text, before)
        else:
            self.lost.emit(problem(f"{text} was not taken: the line that it is for is gone."))

    def _lacks_line(self, text: str) -> bool:
        """Whether nothing is chosen for which this could be typed; that is said."""
        if self.current() is not None or self._held():
            return False
        self.lost.emit(problem(f"{text} was not taken: choose a line first."))
        return True
