"""The scanner of this device: what it sends, how it is set, whether that works, and its sounds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from app.domain.scanner_check import CODES
from app.ui.core.appearance import Appearance
from app.ui.core.burst import Key
from app.ui.core.icons import pixmap
from app.ui.core.message import Message
from app.ui.core.printing import Printing
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.sounds import Sound
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Text, button, card, column, row, scrolling, tinted
from app.ui.core.zoom import px
from app.ui.sync.scanner_sheet import scanner_sheet
from app.ui.sync.scanner_view_model import ScannerState, ScannerViewModel
from app.ui.sync.scanner_words import key_title, settings_sentence

KeyRow = tuple[int, Key]

_COLUMNS = (
    Column[KeyRow]("Key", lambda one: Cell(key_title(one[1].name))),
    Column[KeyRow]("After", lambda one: _after(one), 80, right=True),
)
_INTRODUCTION = (
    "Print the codes and scan them here: three of them show how the scanner is set, the fourth one "
    "proves it. While this listens, a scan does nothing else."
)
_SOUNDS = {Sound.KNOWN: "Known", Sound.UNKNOWN: "Unknown", Sound.REFUSED: "Refused"}


def _after(one: KeyRow) -> Cell:
    at, key = one
    return Cell(f"{key.gap_ms} ms" if at and key.sign else "", tone="muted")


class ListeningPad(QFrame):
    """Takes every key while it has the focus.

    `listening` tells when that begins and ends, `left` asks for an end.
    """

    listening = Signal(bool)
    single_key = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pad")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Scan here")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.listening.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.listening.emit(False)

    def hideEvent(self, event: object) -> None:
        self.listening.emit(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text():
            # None of it reaches a button or a shortcut.
            self.single_key.emit()


class ScannerPanel(QWidget):
    """The panel: print the sheet, scan three codes, prove it with the fourth."""

    def __init__(self, view_model: ScannerViewModel, appearance: Appearance) -> None:
        super().__init__()
        self.view_model = view_model
        self._appearance = appearance
        self._printing = Printing(self)
        self._printing.ended.connect(self._on_printed)
        self.print_button = button("Print the codes…", self._print, tip="A sheet with four codes")
        tinted(self.print_button, "barcode_scanner", appearance)
        self.again = button("Begin again", self._begin, "quiet")
        self._icon = Text()
        self.headline = Text("", "heading", wrap=True)
        self._steps = [Text(f"Code {at + 1}", "pill") for at in range(len(CODES))]
        self._steps.append(Text("Proof", "pill"))
        self.message = Text("", wrap=True)
        self.found = Text("", wrap=True)
        self._settings = Text("", "small", wrap=True)
        self.pad = ListeningPad()
        top = row(self._icon, spacing=10)
        top.addWidget(self.headline, 1)
        top.addWidget(self.print_button)
        top.addWidget(self.again)
        inside = column(spacing=8)
        inside.addLayout(top)
        inside.addLayout(row(*self._steps, None))
        for one in (self.message, self.found, self._settings):
            inside.addWidget(one)
        inside.addStretch(1)
        inside.setContentsMargins(16, 14, 16, 14)
        self.pad.setLayout(inside)
        self.pad.listening.connect(view_model.listen)
        self.pad.single_key.connect(view_model.note_single_key)
        self._model = RowsModel[KeyRow](_COLUMNS, lambda one: one[0])
        self.keys = RowsTable(self._model, appearance, "Keys of the last scan", 30)
        self.keys.setFixedWidth(px(230))
        self.keys.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keys.set_empty_text("Scan something:\nits keys appear here.")
        left = column(self.pad, self._sounds(), spacing=10)
        left.setStretch(0, 1)
        left.setContentsMargins(0, 0, 4, 0)
        page = QWidget()
        page.setLayout(left)
        scroll = scrolling(page)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        layout = row(scroll, self.keys, spacing=12)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._keys: Sequence[Key] = ()
        view_model.state_changed.connect(self._render)
        appearance.changed.connect(self._repaint)
        self._render(view_model.state)

    def focus_first(self) -> None:
        """Listen."""
        self.pad.setFocus()

    def _sounds(self) -> QFrame:
        sounds = self.view_model.sounds
        self.sounds = QCheckBox("Sounds for scans")
        self.sounds.setChecked(sounds.on)
        self.sounds.setToolTip("Remembered on this device")
        self.sounds.toggled.connect(sounds.switch)
        self.hear = {
            sound: button(title, partial(sounds.play, sound), tip="Hear it")
            for sound, title in _SOUNDS.items()
        }
        for one in self.hear.values():
            one.setEnabled(sounds.on)
            sounds.changed.connect(one.setEnabled)
        sounds.changed.connect(self.sounds.setChecked)
        return card(row(self.sounds, None, *self.hear.values()), 10)

    def _print(self) -> None:
        self._printing.offer(scanner_sheet())

    def _on_printed(self, message: Message) -> None:
        self.view_model.say(message)
        self.pad.setFocus()

    def _begin(self) -> None:
        self.view_model.begin()
        self.pad.setFocus()

    def _repaint(self) -> None:
        self._render(self.view_model.state)

    def _render(self, state: ScannerState) -> None:
        self.headline.setText(_headline(state))
        name, tone = _icon(state)
        self._icon.setPixmap(pixmap(name, getattr(self._appearance.tokens, tone), 28))
        for at, step in enumerate(self._steps[:-1]):
            step.set_tone("ok" if CODES[at] in state.done else "")
        self._steps[-1].set_tone("" if state.works is None else "ok" if state.works else "danger")
        self.message.say(state.message)
        self.message.setVisible(bool(state.message))
        self.found.setText("\n".join(state.found) or _INTRODUCTION)
        self._settings.setText(settings_sentence(state.settings))
        if state.keys is not self._keys:
            self._keys = state.keys
            self._model.set_rows(tuple(enumerate(state.keys)))


def _headline(state: ScannerState) -> str:
    if state.works:
        return "Your scanner works."
    if state.works is False:
        return "That is not what the fourth code says."
    if not state.listening:
        return "Click here, or press Tab until this is framed, and scan."
    if state.missing:
        numbers = [str(CODES.index(one) + 1) for one in state.missing]
        many = "codes" if len(numbers) > 1 else "code"
        return f"Listening: scan {many} {', '.join(numbers)} of the sheet."
    return "Listening: scan the fourth code, which proves it."


def _icon(state: ScannerState) -> tuple[str, str]:
    if state.works:
        return "check_circle", "ok"
    if state.works is False:
        return "error", "danger"
    return "barcode_scanner", "accent" if state.listening else "muted"
