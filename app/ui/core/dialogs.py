"""Dialogs that never block the loop: `open()` and a callback, never `exec()`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QDir, QStandardPaths
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.domain.scans import Scan
from app.ui.core.field_text import FieldText, text_of
from app.ui.core.widgets import Text, button, column, row
from app.ui.core.zoom import px


class ScanDialog(QDialog):
    """A dialog that takes scans while it is open; every other one refuses them."""

    def take_scan(self, scan: Scan) -> bool:
        """Use what was scanned in this dialog; False after saying why not."""
        raise NotImplementedError


class BadgeDialog(ScanDialog):
    """A dialog that also takes the badge of a person; every other one refuses it."""

    def take_badge(self, badge: str) -> None:
        """Find out whose badge it is; it is a secret, which nothing shows."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class PutAway:
    """A dialog that is hidden for a while, and what stood in its field with the keyboard."""

    dialog: QDialog
    field: FieldText | None

    def bring_back(self) -> None:
        """Show it as it was."""
        self.dialog.open()
        if self.field is not None:
            # Qt selects all of it: what is typed next would take its place.
            self.field.restore()


def put_away() -> list[PutAway]:
    """Answer what is asked on top of the window with no, but keep what somebody typed into.

    Returns what is kept, the lowest first. What asks for a secret is never kept.
    """
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    kept: list[PutAway] = []
    while isinstance(modal := QApplication.activeModalWidget(), QDialog):
        if _is_typed_into(modal):
            focused: QWidget | None = modal.focusWidget()
            kept.insert(0, PutAway(modal, text_of(focused) if focused is not None else None))
            modal.hide()
        else:
            modal.reject()
    return kept


def _is_typed_into(dialog: QDialog) -> bool:
    lines, notes = dialog.findChildren(QLineEdit), dialog.findChildren(QPlainTextEdit)
    if any(one.echoMode() != QLineEdit.EchoMode.Normal for one in lines):
        return False
    typed = [one.text() for one in lines if one.isModified()]
    typed += [one.toPlainText() for one in notes if one.document().isModified()]
    return any(map(str.strip, typed))


def ask(
    parent: QWidget,
    title: str,
    text: str,
    yes: str,
    on_yes: Callable[[], object],
    no: str = "Cancel",
    on_no: Callable[[], object] | None = None,
) -> QDialog:
    """Ask before something that needs a second thought; Esc, and Enter on `no`, do nothing.

    Nothing but `on_no`, where it is given.
    """
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setMinimumWidth(px(380))
    cancel = button(no, dialog.reject)
    accept = button(yes, dialog.accept, "primary")
    accept.setAutoDefault(False)
    layout = column(Text(title, "heading"), Text(text, wrap=True), 8, spacing=10)
    layout.addLayout(row(None, cancel, accept))
    layout.setContentsMargins(24, 20, 24, 20)
    dialog.setLayout(layout)
    dialog.accepted.connect(lambda: on_yes())
    if on_no is not None:
        dialog.rejected.connect(on_no)
    dialog.finished.connect(dialog.deleteLater)
    cancel.setFocus()
    dialog.open()
    return dialog


def choose(
    parent: QWidget,
    title: str,
    text: str,
    options: Sequence[tuple[str, Callable[[], object]]],
) -> QDialog:
    """Ask which of several is meant: its words, and what it does. Esc chooses none."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setMinimumWidth(px(380))
    layout = column(Text(title, "heading"), Text(text, wrap=True), 8, spacing=10)
    for words, on_chosen in options:
        one = button(words, dialog.accept)
        one.clicked.connect(lambda _, on_chosen=on_chosen: on_chosen())
        layout.addWidget(one)
    cancel = button("Cancel", dialog.reject, "quiet")
    layout.addLayout(row(None, cancel))
    layout.setContentsMargins(24, 20, 24, 20)
    dialog.setLayout(layout)
    dialog.finished.connect(dialog.deleteLater)
    cancel.setFocus()
    dialog.open()
    return dialog


def choose_file(
    parent: QWidget, title: str, name: str, kind: str, on_chosen: Callable[[str], object]
) -> None:
    """Ask where to save a file that is called `name`; `kind` is its ending, such as `csv`.

    It begins in the documents of the person.
    """
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    # Few servers and bare desktops have that folder.
    folder = QDir(place) if QDir(place).exists() else QDir.home()
    kinds = f"{kind.upper()} files (*.{kind})"
    dialog = QFileDialog(parent, title, folder.filePath(name), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(kind)
    _open(dialog, on_chosen)


def choose_existing(
    parent: QWidget, title: str, kinds: str, on_chosen: Callable[[str], object]
) -> None:
    """Ask for a file that is there; `kinds` as Qt writes them: `Tables (*.csv);;All files (*)`."""
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, on_chosen)


def _open(dialog: QFileDialog, on_chosen: Callable[[str], object]) -> None:
    dialog.fileSelected.connect(on_chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


FAILED = "Something went wrong"


def show_failure(parent: QWidget | None, sentence: str, details: str, log: str) -> QDialog:
    """Say calmly what failed: `sentence`, or that it is a mistake of the program.

    The details can be copied.
    """
    dialog = QDialog(parent)
    dialog.setWindowTitle(FAILED)
    dialog.setMinimumWidth(px(420))
    text = Text(
        f"{sentence or 'That did not work, and it is our mistake.'} Everything that was saved "
        f"before is still saved, and you can go on working. The details are in {log}.",
        wrap=True,
    )
    copy = button("Copy details", lambda: QGuiApplication.clipboard().setText(details))
    close = button("Go on", dialog.accept, "primary")
    layout = column(Text(FAILED, "heading"), text, 8, spacing=10)
    layout.addLayout(row(None, copy, close))
    layout.setContentsMargins(24, 20, 24, 20)
    dialog.setLayout(layout)
    dialog.finished.connect(dialog.deleteLater)
    close.setDefault(True)
    close.setFocus()
    dialog.open()
    return dialog
