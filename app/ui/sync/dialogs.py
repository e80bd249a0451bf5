"""Signing in to Ditto Cloud, and out of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from app.data.sync.state import SyncState
from app.ui.core.widgets import Field, Text, button, column, row
from app.ui.core.zoom import px
from app.ui.sync.view_model import SyncViewModel


class SignInDialog(QDialog):
    """Name and password for the login server; closes when they are right."""

    def __init__(self, parent: QWidget, view_model: SyncViewModel) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sign in to Ditto Cloud")
        self.setMinimumWidth(px(380))
        self._view_model = view_model
        self.user = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._field = Field("Password or PIN", self.password)
        self.enter = button("Sign in", self._submit, "primary")
        layout = column(
            Text("Sign in to Ditto Cloud", "heading"),
            Text("The password is kept in memory until you sign out, never on disk.", wrap=True),
            4,
            Field("Name", self.user),
            self._field,
            6,
            spacing=10,
        )
        layout.addLayout(row(None, button("Cancel", self.reject), self.enter))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.finished.connect(self.deleteLater)
        view_model.signed_in.connect(self.accept)
        view_model.sign_in_refused.connect(self._refuse)
        self.user.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._submit()
        else:
            super().keyPressEvent(event)

    def _submit(self) -> None:
        user, password = self.user.text().strip(), self.password.text()
        if not user or not password:
            self._field.show_error("Type your name and your password.")
            (self.password if user else self.user).setFocus()
            return
        self._field.show_error("")
        self.enter.setEnabled(False)
        self._view_model.sign_in.execute(user, password)

    def _refuse(self, sentence: str) -> None:
        self.enter.setEnabled(True)
        self._field.show_error(sentence)
        self.password.setFocus()
        self.password.selectAll()


def ask_sign_out(parent: QWidget, state: SyncState, sign_out: Callable[[bool], object]) -> QDialog:
    """Ask whether the data stays on this device; what has not been delivered always stays."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Sign out of Ditto Cloud?")
    dialog.setMinimumWidth(px(460))
    kept = f" {state.waiting}: those stay here until they are delivered." if state.waiting else ""
    text = (
        "You can go on working here with the data on this device, or remove it: it comes back "
        f"with the next sign-in.{kept}"
    )

    def answer(remove: bool) -> None:
        dialog.accept()
        sign_out(remove)

    cancel = button("Cancel", dialog.reject)
    layout = column(
        Text("Sign out of Ditto Cloud?", "heading"), Text(text, wrap=True), 8, spacing=10
    )
    layout.addLayout(
        row(
            None,
            cancel,
            button("Sign out and remove the data", lambda: answer(True)),
            button("Sign out and keep it", lambda: answer(False), "primary"),
        )
    )
    layout.setContentsMargins(24, 20, 24, 20)
    dialog.setLayout(layout)
    dialog.finished.connect(dialog.deleteLater)
    cancel.setFocus()
    dialog.open()
    return dialog
