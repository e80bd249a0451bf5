"""The fields of a line, in which a person types while lines come, change and go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit

from app.domain.errors import InvalidInputError
from app.domain.stock import has_sign, parse_changed
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.conventions import conventions_of
from app.ui.core.here import place
from app.ui.core.widgets import Field

R = TypeVar("R")


class LineEditor(QObject, Generic[R]):
    """The editor of one row: what is typed belongs to the row it was begun for, until it is saved.

    `edits` and `fields` are by name, as in `labels`. `texts` says what a row has in each of them;
    `save` stores what is typed for a row, and returns False where that was refused; in a field of
    `quantities` it gets what a typed `+5` or `-5` comes to. `changed` tells that another row, or
    the row as it is now, is shown; `entered` that Enter has saved it.
    """

    changed = Signal()
    entered = Signal()

    def __init__(
        self,
        labels: Mapping[str, str],
        key: Callable[[R], Hashable],
        texts: Callable[[R], Sequence[str]],
        save: Callable[[R, Sequence[str]], bool],
        quantities: Collection[str] = (),
    ) -> None:
        super().__init__()
        self._quantities = quantities
        self._key, self._texts, self._store = key, texts, save
        self.edits = {name: QLineEdit() for name in labels}
        self.fields = {name: Field(labels[name], edit) for name, edit in self.edits.items()}
        self._shown = dict.fromkeys(self.edits, "")
        self._unseen: dict[str, str] = {}
        self.row: R | None = None
        self._listed: R | None = None
        self._before: R | None = None
        self._saving = False
        self._wrong = ""
        for edit in self.edits.values():
            edit.setEnabled(False)
            edit.returnPressed.connect(self.enter)

    @property
    def typing(self) -> bool:
        """Whether something is typed that is neither saved nor given up."""
        idle = self._saving or self.row is None
        return not idle and any(map(self._is_typed, self.edits))

    @property
    def gone(self) -> bool:
        """Whether the row is not among the lines any more, and only kept for what is typed."""
        return self.row is not None and self._id(self._listed) != self._id(self.row)

    def edit_for(self, table: ChoiceTable) -> None:
        """Edit whatever row is chosen in a table; it stays while something is typed for it."""
        table.hold_while(lambda: self.typing)
        table.selected.connect(partial(self._on_selected, table))

    def show(self, row: R | None) -> None:
        """Show a row as it is now; what is typed stays, and so does the row it was begun for."""
        self._listed = row
        if self._saving:
            return
        if self.row is None or (self.gone and not self._is_held(row)):
            self.begin(row)
            return
        if row is not None and not self.gone:
            self.row = row
            for name, text in zip(self.edits, self._texts(row), strict=True):
                self._refresh(name, text)
        self.changed.emit()

    def begin(self, row: R | None) -> None:
        """Edit a row, or none, and drop what was typed before."""
        self._clear_errors()
        self._unseen = {}
        self._wrong = ""
        self._before = None
        self._listed = self.row = row
        texts = self._texts(row) if row is not None else [""] * len(self.edits)
        for name, text in zip(self.edits, texts, strict=True):
            self._fill(name, text)
            self.edits[name].setEnabled(row is not None)
        self.changed.emit()

    def start(self, text: str = "", name: str = "", before: R | None = None) -> None:
        """Begin to type a text into a field, by default the first one.

        Where something typed was refused, the keyboard goes there instead. A text with a sign is
        about the row as it was `before`, by default as it is.
        """
        self._before = before
        wrong = "" if text or not self.typing else self._wrong
        edit = self.edits[name or wrong or next(iter(self.edits))]
        if self.row is not None:
            edit.setFocus()
            edit.selectAll()
            if text:
                edit.setText(text)
                # Also a 1 in place of a 1: it may become 12.
                edit.setModified(True)

    def put(self, text: str) -> bool:
        """Type a text into the first field, and store it; False where it was refused."""
        if self.row is None or not self.save():
            return False
        edit = next(iter(self.edits.values()))
        edit.setText(text)
        edit.setModified(True)
        return self.save()

    def forget(self) -> None:
        """Drop what is typed, and show the row that is chosen by now."""
        self.begin(self._listed)

    def save(self) -> bool:
        """Store what is typed, if anything; False where it was refused: the keyboard is there."""
        return not self.typing or self._save()

    def enter(self) -> None:
        """Store what the fields hold, typed or not; emits `entered` when that was done."""
        if self.row is not None and self._save():
            self.entered.emit()

    def reopen(self) -> None:
        """Take back a save that could not be stored after all: its texts count as typed again."""
        for name in self._unseen:
            self.edits[name].setModified(True)

    def refuse(self, error: InvalidInputError) -> None:
        """Show an error beside the field that it is about."""
        if error.field in self.fields:
            self._wrong = error.field
            self.fields[error.field].show_error(str(error))

    def _save(self) -> bool:
        assert self.row is not None
        typed = [name for name in self.edits if self._is_typed(name)]
        before = self._texts(self.row)
        self._clear_errors()
        self._wrong = ""
        self._saving = True
        try:
            saved = self._reckon() and self._store(
                self.row, [edit.text() for edit in self.edits.values()]
            )
        finally:
            self._saving = False
        if saved:
            self._before = None
            for (name, edit), text in zip(self.edits.items(), before, strict=True):
                self._shown[name] = edit.text()
                edit.setModified(False)
                if edit.hasFocus():
                    # What is typed next begins anew, also before the row is there as it is now.
                    edit.selectAll()
                if edit.text() != text:
                    self._unseen[name] = text
            self.show(self._listed)
        else:
            self._go_back_to(self._wrong or (typed or list(self.edits))[0])
        return saved

    def _reckon(self) -> bool:
        """Put what a signed quantity comes to in its place: so often as it is saved, it is that."""
        for name in self._quantities:
            edit = self.edits[name]
            if not has_sign(edit.text()):
                continue
            try:
                units = parse_changed(edit.text(), self._units_of(name), conventions_of(place()))
            except InvalidInputError as error:
                self.refuse(InvalidInputError(name, str(error)))
                return False
            edit.setText(str(units))
            edit.setModified(True)
        return True

    def _units_of(self, name: str) -> int:
        """The units of a field before something was typed there."""
        assert self.row is not None
        row = self.row if self._before is None else self._before
        text = dict(zip(self.edits, self._texts(row), strict=True))[name]
        # What was saved so lately that the row is still as it was before holds.
        return int((self._shown[name] if self._unseen.get(name) == text else text) or 0)

    def _go_back_to(self, name: str) -> None:
        edit = self.edits[name]
        if edit.isVisible():
            edit.setFocus()
            edit.selectAll()

    def _on_selected(self, table: ChoiceTable, row: R | None) -> None:
        if not self.save():
            table.choose(self._id(self.row))
            return
        table.choose(self._id(row))
        self.show(table.current())

    def _refresh(self, name: str, text: str) -> None:
        if self._is_typed(name) or self._unseen.get(name) == text:
            # Typed, or saved so lately that the row is still as it was before.
            return
        self._unseen.pop(name, None)
        if self.edits[name].text() != text:
            self._fill(name, text)

    def _fill(self, name: str, text: str) -> None:
        edit = self.edits[name]
        self._shown[name] = text
        edit.setText(text)
        if edit.hasFocus():
            # A digit still replaces what stands there.
            edit.selectAll()

    def _is_typed(self, name: str) -> bool:
        # By the text too: whoever takes a scan out of a field again says that nothing was typed.
        return self.edits[name].isModified() or self.edits[name].text() != self._shown[name]

    def _is_held(self, other: R | None) -> bool:
        """Whether the row is kept although another one, or none, is chosen."""
        focused = any(edit.hasFocus() for edit in self.edits.values())
        return self.typing or (other is None and focused)

    def _clear_errors(self) -> None:
        for field in self.fields.values():
            field.show_error("")

    def _id(self, row: R | None) -> Hashable:
        return None if row is None else self._key(row)
