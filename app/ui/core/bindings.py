"""The keys of a screen: what they do, and the words for that, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.ui.core.sign_keys import letter_of, plain_text

_SHOWN = {
    "Return": "Enter",
    "PgDown": "Page down",
    "PgUp": "Page up",
    "Del": "Delete",
    "Left": "\N{LEFTWARDS ARROW}",
    "Right": "\N{RIGHTWARDS ARROW}",
    "Up": "\N{UPWARDS ARROW}",
    "Down": "\N{DOWNWARDS ARROW}",
    "-": "\N{MINUS SIGN}",
}

_REPEATED = ("Up", "Down", "PgUp", "PgDown", "Left", "Right", "+", "-")

ENTER = ("Ctrl+Enter",)
"""The Enter of the number pad, for what the other one does, too."""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Binding:
    """A key such as `Ctrl+P`, `F4` or `A`, what it does, and a few words for that.

    `also` are other keys that do the same; it acts only `when` that holds.
    """

    key: str
    words: str
    act: Callable[[], object]
    also: tuple[str, ...] = ()
    when: Callable[[], bool] = _always

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys that do it."""
        return (self.key, *self.also)


def shown_key(key: str) -> str:
    """A key as it stands on a keyboard."""
    parts = ["+" if part == "" else part for part in key.split("+")]
    if key.endswith("+"):
        parts = parts[:-1]
    return "+".join(_SHOWN.get(part, part) for part in parts)


class Keys:
    """The keys of a widget that belongs to a screen; `act` is for its `keyPressEvent`.

    Those with Ctrl act wherever below the widget the keyboard is, F-keys too where they are
    `bound`; all others where no field takes them.
    """

    def __init__(self) -> None:
        self._all: list[Binding] = []
        self._pressed: list[Binding] = []

    def bind(self, widget: QWidget, *bindings: Binding, everywhere: bool = False) -> None:
        """Let keys act that no field may take, `everywhere` in the window or below the widget."""
        context = (
            Qt.ShortcutContext.WindowShortcut
            if everywhere
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        for binding in bindings:
            self._all.append(binding)
            for key in binding.keys:
                shortcut = QShortcut(QKeySequence(key), widget, context=context)
                shortcut.setAutoRepeat(False)
                shortcut.activated.connect(binding.act)

    def press(self, *bindings: Binding) -> None:
        """Let keys act that come to the widget's `keyPressEvent`."""
        self._all += bindings
        self._pressed += bindings

    def act(self, event: QKeyEvent) -> bool:
        """Do what a pressed key does; False where it does nothing here.

        One that is held down acts once, but where it walks or steps.
        """
        typed = plain_text(event)
        text = letter_of(event) if typed.isalpha() else typed
        other = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = not typed.isalpha() and not other
        name = QKeySequence(event.key()).toString() if plain else ""
        for binding in self._pressed:
            if (text in binding.keys or name in binding.keys) and binding.when():
                if name in _REPEATED or not event.isAutoRepeat():
                    binding.act()
                return True
        return False

    def __iter__(self) -> Iterator[Binding]:
        """Those that act now, as they were given."""
        return (one for one in self._all if one.when())


def bindings_below(widget: QWidget) -> list[Binding]:
    """What keys do on a screen, as it is shown, and on its parts that are to be seen."""
    parts = [widget, *(one for one in widget.findChildren(QWidget) if one.isVisibleTo(widget))]
    found: dict[str, Binding] = {}
    for part in parts:
        keys = getattr(part, "keys", None)
        if isinstance(keys, Keys):
            for one in keys:
                found.setdefault(one.key, one)
    return list(found.values())
