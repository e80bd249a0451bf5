"""The keys that act on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.core.bindings import Binding
from app.ui.core.message import Message
from app.ui.shell.status import StatusViewModel

if TYPE_CHECKING:
    from app.ui.shell.workplace import Workplace


def bind_keys(workplace: Workplace, status: StatusViewModel) -> None:
    """Let the keys of a workplace act."""

    def refuse_redo() -> None:
        status.say(
            Message(
                "Nothing is done again: what was undone may be another's by now. "
                "Do it once more where it was done."
            )
        )

    def say_live() -> None:
        status.say(Message("Nothing to refresh: this screen is live, and shows all that came in."))

    bar, keys, ask_help = workplace.bar, workplace.keys, workplace.help_asked.emit
    keys.bind(
        workplace,
        Binding("Ctrl+K", "Find anything, and what can be done", bar.anything_asked.emit),
        Binding("Ctrl+F", "Find a product, or what this screen lists", bar.focus),
        Binding("Ctrl+Z", "Undo the last change", workplace.undo),
        Binding("Ctrl+Shift+Z", "Redo, in the field that one types in", refuse_redo),
        Binding("Ctrl+T", "Say whose code was scanned", workplace.scans.teach),
        Binding("Ctrl+L", "Switch user", workplace.sign_out),
        Binding("F1", "Keys, first steps, about Zava", ask_help),
        everywhere=True,
    )
    # A field takes the one, a screen may have the other for itself.
    keys.press(
        Binding("?", "The same, where no text is typed", ask_help),
        Binding("F5", "Refresh: never needed, all screens are live", say_live),
    )
