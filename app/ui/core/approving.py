"""The dialog in which a manager gives the word for what somebody else is about to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.data.staff.verifying import Verifier
from app.domain.approvals import Approval, WordNeededError
from app.domain.scans import Scan
from app.domain.staff import LONGEST_PIN, Person, Refusal
from app.ui.core.choice import Choice
from app.ui.core.command import Command
from app.ui.core.dialogs import BadgeDialog
from app.ui.core.sounds import Sound
from app.ui.core.widgets import Field, Text, button, column, row
from connector_config.errors import UserError

NOT_APPROVED: Final = "Not approved by a manager: nothing was done, and everything is as it was."


class Approving(QObject):
    """Asks the managers of a store; `heard` carries the Sound of a badge that was scanned."""

    heard = Signal(object)

    def __init__(self, verifier: Verifier, store_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._verifier = verifier
        self._store_id = store_id

    def ask(
        self,
        parent: QWidget,
        error: WordNeededError,
        on_approved: Callable[[Approval], object],
        on_refused: Callable[[], object],
    ) -> ApprovalDialog:
        """Ask for the word that is needed; `on_refused` where nobody gives it."""
        dialog = ApprovalDialog(self._verifier, self._store_id, error, parent)
        dialog.heard.connect(self.heard)
        dialog.approved.connect(on_approved)
        dialog.rejected.connect(on_refused)
        dialog.open()
        dialog.focus_first()
        return dialog


class ApprovalDialog(BadgeDialog):
    """Choose the manager, type the PIN, Enter; or scan a manager's badge. Esc approves nothing."""

    approved = Signal(object)
    heard = Signal(object)

    def __init__(
        self, verifier: Verifier, store_id: str, error: WordNeededError, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._verifier = verifier
        self._store_id = store_id
        self._by_badge = False
        self.setWindowTitle("A manager's word")
        self.setMinimumWidth(420)
        self.manager = Choice()
        with_pin = [one for one in error.managers if one.has_pin]
        for one in with_pin:
            self.manager.addItem(one.name, one.person_id)
        # Where there are several, nobody: else one would type a PIN for another.
        self.manager.setCurrentIndex(0 if len(with_pin) == 1 else -1)
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(4 * LONGEST_PIN)
        self.pin.setPlaceholderText("Or scan the manager's badge")
        self.pin.returnPressed.connect(self.submit)
        self._manager_field = Field("Manager", self.manager)
        self._pin_field = Field("PIN of the manager", self.pin)
        self.manager.currentIndexChanged.connect(lambda _: self._manager_field.show_error(""))
        self.cancel = button("Do not do it", self.reject)
        self.approve = button("Approve", self.submit, "primary", "Enter in the PIN")
        for its in (self.cancel, self.approve):
            its.setAutoDefault(False)
        layout = column(
            Text("A manager's word", "heading"),
            Text(str(error), wrap=True),
            self._manager_field,
            self._pin_field,
            8,
            spacing=10,
        )
        layout.addLayout(row(None, self.cancel, self.approve))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        for shown in (self._manager_field, self._pin_field, self.approve):
            shown.setVisible(bool(error.managers))
        self._verifying = Command(self._verify, self)
        self._verifying.changed.connect(self._on_changed)
        self._verifying.finished.connect(self._on_known)
        self._verifying.failed.connect(self._on_failed)
        self.rejected.connect(self._verifying.cancel)
        self.finished.connect(self.deleteLater)

    def focus_first(self) -> None:
        """Move the keyboard to what is to be answered first."""
        if self.approve.isHidden():
            self.cancel.setFocus()
        elif self.manager.currentIndex() < 0 and self.manager.count():
            self.manager.setFocus()
        else:
            self.pin.setFocus()

    def take_scan(self, scan: Scan) -> bool:
        self._pin_field.show_error("This is no badge: scan a manager's badge, or type the PIN.")
        return False

    def take_badge(self, badge: str) -> None:
        if not self.approve.isHidden():
            self._by_badge = True
            self._verifying.execute(lambda: self._verifier.by_badge(self._store_id, badge))

    def submit(self) -> None:
        """Look at the PIN that was typed."""
        person_id = self.manager.currentData()
        if person_id is None:
            self._manager_field.show_error("Choose the manager, or scan the manager's badge.")
            self.manager.setFocus()
            return
        self._by_badge = False
        typed = self.pin.text()
        self._verifying.execute(
            lambda: self._verifier.by_pin(self._store_id, str(person_id), typed)
        )

    async def _verify(self, verify: Callable[[], Awaitable[Person | Refusal]]) -> Person | Refusal:
        return await verify()

    def _on_changed(self) -> None:
        self.approve.setEnabled(not self._verifying.running)

    def _on_known(self, who: Person | Refusal) -> None:
        if isinstance(who, Person) and not who.manages:
            who = Refusal(f"{who.name} is no manager of this store: ask one.")
        if self._by_badge:
            self.heard.emit(Sound.KNOWN if isinstance(who, Person) else Sound.REFUSED)
        if isinstance(who, Refusal):
            self._refuse(who.sentence)
            return
        self.accept()
        self.approved.emit(Approval(who.person_id, who.name))

    def _on_failed(self, error: UserError) -> None:
        self._refuse(str(error))

    def _refuse(self, sentence: str) -> None:
        self.pin.clear()
        self._pin_field.show_error(sentence)
        self.focus_first()
