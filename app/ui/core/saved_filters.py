"""Filters of a list under names, kept on this device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QMenu, QPushButton, QWidget

from app.ui.core.bindings import Binding
from app.ui.core.kept_map import read_map, write_map
from app.ui.core.menu_words import numbered, plain
from app.ui.core.widgets import Field, Text, button, column, row
from app.ui.core.zoom import px

Kept = Mapping[str, str]
_LONGEST = 40


class SavedFilters:
    """The filters of one screen: what each has to hold, in texts by field."""

    def __init__(self, preferences: QSettings, screen: str) -> None:
        self._preferences = preferences
        self._key = f"filters/{screen}"

    @property
    def all(self) -> dict[str, dict[str, str]]:
        """Each with its name, in the order in which they were saved."""
        return {
            name: {field: text for field, text in kept.items() if isinstance(text, str)}
            for name, kept in read_map(self._preferences, self._key).items()
            if isinstance(kept, dict)
        }

    def save(self, name: str, kept: Kept) -> None:
        """Keep one, in place of what had its name, in whatever capitals."""
        others = {one: its for one, its in self.all.items() if one.casefold() != name.casefold()}
        write_map(self._preferences, self._key, {**others, name: dict(kept)})

    def delete(self, name: str) -> None:
        """Forget one."""
        others = {one: its for one, its in self.all.items() if one != name}
        write_map(self._preferences, self._key, others)


class FiltersMenu:
    """A button with the saved filters of a list: choose one, save what is filtered, delete one.

    `now` gives what is filtered, and nothing where all of the list is shown, or what is typed
    cannot be read; `show` is called with what was kept.
    """

    def __init__(
        self, filters: SavedFilters, now: Callable[[], Kept], show: Callable[[Kept], object]
    ) -> None:
        self._filters = filters
        self._now = now
        self._show = show
        self.binding = Binding("F9", "Saved filters: choose, save or delete one", self.open)
        self.button: QPushButton = button(
            "Filters (F9)", self.open, "quiet", "Filters under names: choose, save or delete one"
        )

    def open(self) -> QMenu:
        """Show what can be chosen, below the button."""
        menu = QMenu(self.button)
        menu.setAccessibleName("Saved filters")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        saved = self._filters.all
        for number, (name, kept) in enumerate(saved.items(), start=1):
            menu.addAction(numbered(number, name), partial(self._show, kept))
        menu.addSeparator()
        save = menu.addAction("&Save what is filtered…", self._ask_name)
        save.setEnabled(bool(self._now()))
        delete = menu.addMenu("&Delete")
        delete.setAccessibleName("Delete a saved filter")
        delete.setEnabled(bool(saved))
        for name in saved:
            delete.addAction(plain(name), partial(self._filters.delete, name))
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))
        return menu

    def _ask_name(self) -> None:
        # What is filtered is that which was seen when the menu opened, whatever arrives meanwhile.
        kept = self._now()
        NameDialog(self.button, lambda name: self._filters.save(name, kept)).open()


class NameDialog(QDialog):
    """Asks for the name of a filter."""

    def __init__(self, parent: QWidget, save: Callable[[str], object]) -> None:
        super().__init__(parent)
        self._save = save
        self.setWindowTitle("Save the filters")
        self.setMinimumWidth(px(360))
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST)
        self.name.setPlaceholderText("For example: my returns")
        self._field = Field("Name", self.name)
        cancel = button("Cancel", self.reject)
        accept = button("Save", self.accept, "primary")
        cancel.setAutoDefault(False)
        accept.setDefault(True)
        layout = column(Text("Save the filters", "heading"), self._field, 8, spacing=10)
        layout.addLayout(row(None, cancel, accept))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.finished.connect(self.deleteLater)
        self.name.setFocus()

    def accept(self) -> None:
        name = " ".join(self.name.text().split())
        if not name:
            self._field.show_error("Type a name, by which you find it in the list.")
            self.name.setFocus()
            return
        self._save(name)
        super().accept()
