"""Every field of a dialog and every way to act there: only Cancel and Esc give up what is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from app.ui.core.hits_line import HitsLine
from tests.helpers.typing_matrix import (
    Matrix,
    Way,
    another,
    name_of,
    text_in,
    write_into,
)


class DialogMatrix(Matrix):
    """The dialog that `prepare` opens."""

    @property
    def _root(self) -> QWidget:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog), "no dialog is open"
        return dialog

    def _ways(self) -> list[Way]:
        return [*self._buttons(), *self._keys(), *self._rows(), *self._scans()]

    async def _probe(self, at: int) -> tuple[str, bool]:
        await self._anew()
        is_search = isinstance(self._fields()[at], HitsLine)
        return "1", not is_search

    async def _try(self, at: int, way_at: int, text: str, is_data: bool) -> None:
        dialog, ways = self._root, self._ways()
        if way_at >= len(ways) or at >= len(self._fields()):
            return
        way, text = ways[way_at], another(text)
        was = text_in(self._fields()[at])
        editor = await self._type(at, text)
        name = name_of(editor)
        self.tried += 1
        await way.act()
        await self._rest()
        is_open = isValid(dialog) and dialog.isVisible()
        above = QApplication.activeModalWidget()
        if is_open and above is not None and above is not dialog:
            # It asks before it goes on.
            above.close()
        problem = ""
        if not self._is_stored(text, self._screen) and is_data:
            if not is_open:
                problem = "is gone"
            elif self._written:
                problem = "was not in what was done"
            elif not way.scans and text_in(editor) != text:
                problem = "is gone from its field"
        if problem:
            self.failures.append(f"{name}: {text!r} {problem} after {way.name}")
        if is_open and not self._written and text_in(editor) == text:
            # Nothing happened to it: it serves once more.
            write_into(editor, was)
        else:
            await self._anew()
