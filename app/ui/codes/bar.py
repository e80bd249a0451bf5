"""The line below the bar on top that offers to say whose code was scanned, and to undo it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame

from app.ui.codes.view_model import TeachingState, TeachingViewModel
from app.ui.core.appearance import Appearance
from app.ui.core.message import Message
from app.ui.core.scan_words import layouts_note, shown
from app.ui.core.widgets import Elided, button, row, tinted


class TeachBar(QFrame):
    """Shown only while there is something to say; `teach` opens the dialog."""

    def __init__(
        self, view_model: TeachingViewModel, appearance: Appearance, teach: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._said = Elided("")
        self.teach = button("This is… (Ctrl+T)", teach, "primary", "Say which product it is")
        self.undo = button("Undo", view_model.undo, "quiet", "Take it back (Ctrl+Z)")
        tinted(self.undo, "undo", appearance, "muted")
        self.hide_button = button("Not now", view_model.hide, "quiet", "Hide this line")
        layout = row(self._said, self.teach, self.undo, self.hide_button)
        layout.setStretch(0, 1)
        layout.setContentsMargins(24, 4, 24, 4)
        self.setLayout(layout)
        self.hide()
        view_model.state_changed.connect(self._render)

    def _render(self, state: TeachingState) -> None:
        if state.scan is not None and state.code is not None:
            about = layouts_note(state.scan) or "Say it once, and all stores know."
            self._said.say(Message(f"Which product is {shown(state.code.code)}? {about}"))
        else:
            self._said.say(state.message)
        self.teach.setVisible(state.code is not None)
        self.undo.setVisible(state.may_undo)
        self.hide_button.setText("Not now" if state.code is not None else "Hide")
        self.setVisible(state.code is not None or bool(state.message))
