"""A screen as the window knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.domain.changes import NewlyMade
from app.domain.scans import Scan
from app.ui.core.bindings import Binding, Keys
from app.ui.core.message import Message


class Screen(QWidget):
    """A screen, which follows the store only while it is shown.

    `product_opened` carries a product id, `item_opened` another screen's name and the id of a thing
    there or "": the workplace shows either. `move_asked` carries the id of a product whose place
    is to be asked for on its card. `refused` tells that a scan which the screen took, or
    what is typed between scans, was not used after all, at once or later.
    """

    product_opened = Signal(str)
    item_opened = Signal(str, str)
    move_asked = Signal(str)
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.keys = Keys()

    def activate(self) -> None:
        """The screen is shown: start following the store."""

    def deactivate(self) -> None:
        """The screen is hidden: stop following the store."""

    def focus_first(self) -> None:
        """Move the keyboard to where work on this screen starts."""
        self.setFocus()

    def bind_keys(self, *bindings: Binding) -> None:
        """Let keys such as `Ctrl+P` act, wherever on this screen the keyboard is."""
        self.keys.bind(self, *bindings)

    def press_keys(self, *bindings: Binding) -> None:
        """Let keys such as `A` act where no field takes them for a text."""
        self.keys.press(*bindings)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.act(event):
            super().keyPressEvent(event)

    def take_typed(self) -> bool:
        """Take in what is being typed, before the screen is left.

        False where that is refused: the field keeps the keyboard and its text, and says why.
        """
        return True

    @property
    def unsaved(self) -> str:
        """What is typed, kept here and not saved, as a sentence; empty where there is nothing."""
        return ""

    @property
    def shows_unsaved(self) -> bool:
        """Whether that can be seen, as long as the screen is shown."""
        return bool(self.unsaved)

    def show_unsaved(self) -> None:
        """Move the keyboard to what is typed and not saved; the screen is shown already."""
        self.focus_first()

    def open_item(self, key: str) -> None:
        """Show one thing of this screen, by its id."""

    def take_scan(self, scan: Scan) -> bool:
        """Use what was scanned for the work under way; False leaves it to the workplace.

        A code that several products have never comes here.
        """
        return False

    def take_query(self, text: str) -> bool:
        """Search this screen for what the bar on top holds; False leaves it to Find."""
        return False

    def step(self, by: int) -> None:
        """Move the selection by so many rows while the keyboard stays in the bar."""

    def open_current(self) -> None:
        """Open what is selected, or what fits best, as Enter in the bar asks."""

    def say(self, message: Message) -> None:
        """Say something in place of what was said of the last work, where a screen says that."""

    def show_undone(self, change: NewlyMade) -> None:
        """Show what became of a change that was just undone, where this screen is about it."""

    def take_undo(self) -> bool:
        """Take back a step of the work under way; False leaves it to the workplace."""
        return False


@dataclass(frozen=True, slots=True)
class Route:
    """A screen in the navigation: its icon and its key; `app.domain.rights` says who gets it."""

    name: str
    title: str
    icon: str
    shortcut: str
    make: Callable[[], Screen]
