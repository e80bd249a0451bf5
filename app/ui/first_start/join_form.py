"""The form of a shop that is joined: how this device reaches it, typed or from a settings file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from app.settings import JOINING
from app.ui.core.announcing import announce
from app.ui.core.dialogs import choose_existing
from app.ui.core.widgets import Field, Segments, Text, button, column
from connector_config.errors import UserError
from connector_config.variables import read_file

_WAYS = (("link", "MongoDB"), ("p2p", "Devices nearby"), ("cloud", "Ditto Cloud"))
_LABELS = {
    "MONGODB_LOCAL_CONNECTION_STRING": ("link", "Connection string", True),
    "MONGODB_DATABASE": ("link", "Database (zava where it is empty)", False),
    "DITTO_OFFLINE_TOKEN": ("p2p", "Offline licence token", True),
    "DITTO_SHARED_KEY": ("p2p", "Shared key, the same on every device (may be empty)", True),
    "DITTO_SERVER_URL": ("cloud", "Address of the server, from the portal", False),
    "DITTO_APP_ID": ("cloud", "Database id, from the portal", False),
    "DITTO_DEVELOPMENT_TOKEN": ("cloud", "Development token", True),
    "ZAVA_AUTH_URL": ("cloud", "Or the address of the sign-in webhook", False),
}


class JoinForm(QWidget):
    """Asks how a shop is reached; `variables` is what stands in the fields of the chosen way."""

    def __init__(self, on_join: Callable[[], object], on_back: Callable[[], object]) -> None:
        super().__init__()
        self._others: dict[str, str] = {}
        self.way = Segments(_WAYS, lambda _: self._on_way(), "How")
        self.editors: dict[str, QLineEdit] = {}
        self._fields: dict[str, Field] = {}
        for name, (_, label, is_secret) in _LABELS.items():
            editor = self.editors[name] = QLineEdit()
            if is_secret:
                editor.setEchoMode(QLineEdit.EchoMode.Password)
            editor.setToolTip(name)
            self._fields[name] = Field(label, editor)
        self.choose_file = button("Choose a settings file…", self._choose)
        self.choose_file.setAccessibleDescription("A file in the form of .env, from your shop")
        self._problem = Text("", "error", wrap=True)
        self._problem.hide()
        self.join = button("Test and join", on_join, "primary")
        self.back = button("Back", on_back)
        self.setLayout(
            column(
                Text("Join a shop", "title"),
                Text("With what the shop gave you: a settings file, or these values.", "muted"),
                6,
                self.choose_file,
                self.way,
                *self._fields.values(),
                self._problem,
                6,
                self.join,
                self.back,
                None,
                spacing=10,
            )
        )
        self._on_way()

    @property
    def variables(self) -> dict[str, str]:
        """The variables of the chosen way, and what else the file said; not those of other ways."""
        typed = {
            name: self.editors[name].text().strip()
            for name, (way, _, _) in _LABELS.items()
            if way == self.way.chosen
        }
        return {**self._others, **{name: value for name, value in typed.items() if value}}

    def focus_first(self) -> None:
        """Move the keyboard to the first field."""
        shown = [one for name, one in self.editors.items() if _LABELS[name][0] == self.way.chosen]
        shown[0].setFocus()

    def choose(self, file: Path) -> None:
        """Fill the fields with what a settings file says, or say why it says nothing."""
        try:
            found = {name: text for name, text in read_file(file).items() if name in JOINING}
        except UserError as error:
            self.show_problem(str(error))
            return
        ways = [_LABELS[name][0] for name in _LABELS if name in found]
        if not ways or not file.is_file():
            self.show_problem(
                f"{file} has none of {', '.join(_LABELS)}: choose the file that the shop gave you."
            )
            return
        for name, editor in self.editors.items():
            editor.setText(found.get(name, ""))
        asked = found.pop("ZAVA_SYNC", "")
        self._others = {name: text for name, text in found.items() if name not in _LABELS}
        # What reaches farthest is the last one.
        self.way.choose(asked if asked in dict(_WAYS) else max(ways, key=list(dict(_WAYS)).index))
        self._on_way()
        self.show_problem("")
        self.join.setFocus()

    def show_problem(self, sentence: str) -> None:
        """Say why the shop cannot be joined."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        announce(self._problem, sentence, is_problem=True)

    def show_testing(self, testing: bool) -> None:
        """Say that the values are being tried."""
        self.join.setEnabled(not testing)
        self.join.setText("Testing…" if testing else "Test and join")

    def _on_way(self) -> None:
        for name, field in self._fields.items():
            field.setVisible(_LABELS[name][0] == self.way.chosen)

    def _choose(self) -> None:
        choose_existing(
            self,
            "The settings of the shop",
            "Settings (*.env *.txt .env);;All files (*)",
            lambda chosen: self.choose(Path(chosen)),
        )
