"""A scanner types like a person, only faster: which of the two it was must never be mistaken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.core.appearance import Appearance
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.scanner import ScannerFilter
from app.ui.core.scanner_settings import ScannerSettings
from app.ui.core.table import RowsTable
from app.ui.core.widgets import column
from tests.helpers.waiting import PATIENCE, collect

SKU = "HND-HAMMER-001"
GTIN = "0109521234543213"
SCANNER = 0.004
PERSON = 0.15
PEOPLE = [
    (0.09, 0.21, 0.14, 0.07, 0.25, 0.11),
    (0.07, 0.13, 0.1, 0.18, 0.08, 0.16),
    (0.12, 0.12, 0.12, 0.12),
    (2.0, 0.07, 0.07),
]
"""Seconds between the keys of some people."""


class Shortcuts(QWidget):
    """A screen on which single keys mean something, such as the product card."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heard: list[str] = []
        self.moves_focus_to: QWidget | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.heard.append(event.text() or Qt.Key(event.key()).name)
        if event.text() == "a" and self.moves_focus_to is not None:
            self.moves_focus_to.setFocus()


class Window(QWidget):
    """One of each kind of widget that can have the focus."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.line = QLineEdit("before")
        self.note = QPlainTextEdit("first\nsecond")
        self.clicks = 0
        self.button = QPushButton("Press")
        self.button.clicked.connect(self._on_click)
        self.combo = QComboBox()
        self.combo.addItems(["Damaged", "Hidden", "None"])
        model = RowsModel[str]((Column[str]("Name", Cell),), lambda one: one)
        model.set_rows(["apples", "hammers", "nails"])
        self.table = RowsTable(model, appearance, "Things")
        self.table.select(0)
        self.shortcuts = Shortcuts()
        self.kinds = {
            "line": self.line,
            "note": self.note,
            "button": self.button,
            "combo": self.combo,
            "table": self.table,
            "shortcuts": self.shortcuts,
        }
        self.setLayout(column(*self.kinds.values()))
        self.heard: list[str] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.heard.append(event.text())

    @property
    def facts(self) -> tuple[object, ...]:
        """Everything that a stray key could have changed."""
        return (
            self.line.text(),
            self.line.cursorPosition(),
            self.note.toPlainText(),
            self.note.textCursor().position(),
            self.clicks,
            self.combo.currentText(),
            self.table.current(),
            tuple(self.shortcuts.heard),
        )

    def _on_click(self) -> None:
        self.clicks += 1


class Keyboard:
    """Types into whatever has the focus; the scanner's clock goes as it says."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._popup: QWidget | None = None
        self.time = 100.0

    def pressed_at(self, _: QKeyEvent) -> float:
        return self.time

    def type(self, text: str, gap: float) -> None:
        for char in text:
            self.time += gap
            QTest.keyClicks(self._target(), char)

    def press(self, key: Qt.Key, gap: float) -> None:
        self.time += gap
        QTest.keyClick(self._target(), key)

    def send(self, key: Qt.Key, modifier: Qt.KeyboardModifier, text: str, gap: float) -> None:
        """A key with a text of its own, as from a scanner that sends control characters."""
        self.time += gap
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifier, text)
        QApplication.sendEvent(self._target(), event)

    def scan(self, code: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
        """A whole scan, after a pause."""
        self.time += 1.0
        self.type(code, SCANNER)
        self.press(end, SCANNER)

    def scan_with_a_pause(self, code: str, first: int, pause: float, gap: float) -> None:
        """A whole scan that is held up for so many seconds behind its first keys."""
        self.time += 1
        self.type(code[:first], gap)
        self.time += pause
        self.type(code[first:], gap)
        self.press(Qt.Key.Key_Return, gap)

    def _target(self) -> QWidget:
        # WORKAROUND: PySide takes the wrappers of a popup's children away when nobody holds the
        # wrapper of the popup itself.
        self._popup = self._application.activePopupWidget()
        target = self._popup or self._application.focusWidget()
        assert target is not None
        inside: QWidget | None = target.focusWidget()
        return inside if inside is not None else target


@pytest.fixture
def window(qtbot: QtBot, appearance: Appearance) -> Window:
    """Shown and active."""
    window = Window(appearance)
    qtbot.addWidget(window)
    window.resize(400, 700)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


@pytest.fixture
def keyboard(qapp: QApplication) -> Keyboard:
    """A keyboard whose owner is in no hurry."""
    return Keyboard(qapp)


@pytest.fixture
def filtered(qapp: QApplication, keyboard: Keyboard) -> Iterator[ScannerFilter]:
    """The filter, at work."""
    scanner = ScannerFilter(qapp, keyboard.pressed_at)
    yield scanner
    qapp.removeEventFilter(scanner)
    scanner.deleteLater()


@pytest.fixture
def scanned(filtered: ScannerFilter) -> list[str]:
    """What the filter took for scans."""
    return collect(filtered.scanned)


NET = round(1000 * PATIENCE)
KINDS = ("line", "note", "button", "combo", "table", "shortcuts")
TEXT_KINDS = ("line", "note")
OTHER_KINDS = ("button", "combo", "table", "shortcuts")
each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_a_scan_is_taken_from_every_focus_and_changes_nothing_else(
    window: Window,
    keyboard: Keyboard,
    scanned: list[str],
    qtbot: QtBot,
    kind: str,
    end: Qt.Key,
):
    focus = window.kinds[kind]
    focus.setFocus()
    before = window.facts
    keyboard.scan(SKU, end)
    qtbot.wait(130)
    assert scanned == [SKU]
    assert window.facts == before
    assert focus.hasFocus()


@each_kind
def test_scans_one_after_the_other_are_all_taken(
    window: Window, keyboard: Keyboard, scanned: list[str], kind: str
):
    window.kinds[kind].setFocus()
    before = window.facts
    for code in (SKU, "012345678905", "a-+m"):
        keyboard.scan(code)
    assert scanned == [SKU, "012345678905", "a-+m"]
    assert window.facts == before


def test_a_field_gets_its_text_back_in_the_middle_of_a_word(
    window: Window, keyboard: Keyboard, scanned: list[str]
):
    window.line.setFocus()
    window.line.setCursorPosition(3)
    keyboard.type("X", PERSON)
    keyboard.scan(SKU)
    assert (window.line.text(), window.line.cursorPosition()) == ("befXore", 4)
    window.note.setFocus()
    keyboard.type("Y", PERSON)
    keyboard.scan(SKU)
    assert window.note.toPlainText() == "Yfirst\nsecond"
    assert window.note.textCursor().position() == 1
    assert scanned == [SKU, SKU]


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_typing_into_a_field_is_never_delayed(
    window: Window, keyboard: Keyboard, scanned: list[str], kind: str
):
    focus = window.kinds[kind]
    assert isinstance(focus, QLineEdit | QPlainTextEdit)
    focus.setFocus()
    focus.clear()
    for length in range(1, len(SKU) + 1):
        keyboard.type(SKU[length - 1], SCANNER)
        text = focus.text() if isinstance(focus, QLineEdit) else focus.toPlainText()
        assert text == SKU[:length]


@each_kind
@pytest.mark.parametrize("gaps", PEOPLE)
def test_a_person_is_never_taken_for_a_scanner(
    window: Window, keyboard: Keyboard, scanned: list[str], kind: str, gaps: tuple[float, ...]
):
    window.kinds[kind].setFocus()
    gap = cycle(gaps)
    for char in "nails and":
        keyboard.type(char, next(gap))
    keyboard.press(Qt.Key.Key_Return, next(gap))
    assert scanned == []


def test_what_a_person_types_arrives(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    window.line.setFocus()
    window.line.clear()
    keyboard.type("nails", PERSON)
    assert window.line.text() == "nails"
    window.note.setFocus()
    window.note.clear()
    keyboard.type("nails", PERSON)
    keyboard.press(Qt.Key.Key_Return, PERSON)
    assert window.note.toPlainText() == "nails\n"
    window.shortcuts.setFocus()
    keyboard.type("a-", PERSON)
    qtbot.waitUntil(lambda: window.shortcuts.heard == ["a", "-"], timeout=NET)
    window.table.setFocus()
    keyboard.type("n", PERSON)
    # A table leaves letters to its screen.
    qtbot.waitUntil(lambda: window.heard == ["n"], timeout=NET)
    assert scanned == []


@each_kind
@pytest.mark.parametrize("gap", [0.004, 0.02, 0.035, 0.06, 0.1])
def test_a_scan_without_an_end_is_one(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot, kind: str, gap: float
):
    focus = window.kinds[kind]
    focus.setFocus()
    before = window.facts
    keyboard.time += 1
    keyboard.type(SKU, gap)
    qtbot.waitUntil(lambda: scanned == [SKU], timeout=NET)
    # Whatever comes later is a person's.
    assert window.facts == before


def test_an_enter_that_comes_later_is_a_persons(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    submitted: list[bool] = []
    window.line.returnPressed.connect(lambda: submitted.append(True))
    window.line.setFocus()
    keyboard.scan(SKU)
    keyboard.press(Qt.Key.Key_Return, 0.3)
    assert (scanned, submitted, window.line.text()) == ([SKU], [True], "before")


@pytest.mark.parametrize("code", ["ab", "12", "abc"])
@each_kind
def test_a_short_code_is_one_where_nobody_types_so_fast(
    window: Window, keyboard: Keyboard, scanned: list[str], kind: str, code: str
):
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.scan(code)
    assert (scanned, window.facts) == ([code], before)


@pytest.mark.parametrize("burst", ["a", "ab", "abc"])
def test_a_short_burst_is_let_through_in_order(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot, burst: str
):
    window.shortcuts.setFocus()
    keyboard.type(burst, 0.03)
    keyboard.press(Qt.Key.Key_Return, 0.03)
    qtbot.waitUntil(lambda: len(window.shortcuts.heard) == len(burst) + 1, timeout=NET)
    assert window.shortcuts.heard == [*burst, "\r"]
    assert scanned == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Escape, Qt.Key.Key_Home])
def test_another_key_in_a_burst_keeps_its_place(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot, key: Qt.Key
):
    window.shortcuts.setFocus()
    keyboard.type("xy", SCANNER)
    keyboard.press(key, SCANNER)
    keyboard.type("z", SCANNER)
    qtbot.waitUntil(lambda: len(window.shortcuts.heard) == 4, timeout=NET)
    assert window.shortcuts.heard[:2] == ["x", "y"]
    assert window.shortcuts.heard[3] == "z"


def test_a_burst_that_moves_the_focus_goes_on_where_it_led(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    """`a` puts the focus into the quantity: the 2 and 5 behind it belong there."""
    window.line.clear()
    window.shortcuts.moves_focus_to = window.line
    window.shortcuts.setFocus()
    keyboard.type("a25", SCANNER)
    qtbot.waitUntil(lambda: window.line.text() == "25", timeout=NET)
    assert window.shortcuts.heard == ["a"]


def test_keys_that_wait_are_let_go_without_another_key(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    window.shortcuts.setFocus()
    keyboard.type("-", PERSON)
    assert window.shortcuts.heard == []
    qtbot.waitUntil(lambda: window.shortcuts.heard == ["-"], timeout=NET)


def test_keys_for_a_widget_that_is_gone_are_dropped(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    window.shortcuts.setFocus()
    keyboard.type("ab", SCANNER)
    window.shortcuts.setParent(None)
    window.shortcuts.deleteLater()
    qtbot.wait(130)
    window.line.setFocus()
    keyboard.scan(SKU)
    assert scanned == [SKU]


def test_a_field_that_is_gone_does_not_get_its_text_back(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    window.line.setFocus()
    keyboard.type(SKU, SCANNER)
    window.button.setFocus()
    window.line.setParent(None)
    window.line.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    keyboard.press(Qt.Key.Key_Return, SCANNER)
    assert scanned == [SKU]


def queue(text: str, gap: int, target: QWidget, begin: int = 1_000_000) -> None:
    """Key presses as they queue up while the program is busy; `gap` in milliseconds."""
    for at, char in enumerate(text):
        key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char.upper()))
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, char)
        press.setTimestamp(begin + at * gap)
        QApplication.postEvent(target, press)


@pytest.mark.parametrize("kind", ["line", "shortcuts"])
@pytest.mark.parametrize(("gap", "scans"), [(115, []), (10, ["HAMER"])])
def test_keys_that_arrive_late_count_from_when_they_were_pressed(
    window: Window, qapp: QApplication, qtbot: QtBot, kind: str, gap: int, scans: list[str]
):
    scanner = ScannerFilter(qapp)
    scanned = collect(scanner.scanned)
    window.kinds[kind].setFocus()
    queue("HAMER\r", gap, window.kinds[kind])
    qtbot.wait(150)
    qapp.removeEventFilter(scanner)
    assert scanned == scans
    if kind == "shortcuts":
        assert window.shortcuts.heard == ([] if scans else [*"HAMER", "\r"])
    else:
        assert window.line.text() == ("before" if scans else "beforeHAMER")


def test_a_key_that_queued_up_behind_one_that_moves_the_focus_goes_where_it_led(
    window: Window, qapp: QApplication, qtbot: QtBot
):
    """A person types `a2` while the program is busy: Qt hands both to the card."""
    scanner = ScannerFilter(qapp)
    window.line.clear()
    window.shortcuts.moves_focus_to = window.line
    window.shortcuts.setFocus()
    queue("a2", 115, window.shortcuts)
    qtbot.wait(150)
    qapp.removeEventFilter(scanner)
    assert (window.shortcuts.heard, window.line.text()) == (["a"], "2")


def test_a_pause_of_the_program_in_the_middle_of_a_scan_lets_nothing_go(
    window: Window, qapp: QApplication, qtbot: QtBot
):
    scanner = ScannerFilter(qapp)
    scanned = collect(scanner.scanned)
    window.shortcuts.setFocus()
    queue("AB-1", 5, window.shortcuts)
    qapp.processEvents()
    time.sleep(0.2)  # the patience runs out here, and the rest of the scan is queued up
    for at, char in enumerate("23\r"):
        key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char))
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, char)
        press.setTimestamp(1_000_020 + at * 5)
        QTimer.singleShot(1, partial(QApplication.sendEvent, window.shortcuts, press))
    qtbot.wait(150)
    qapp.removeEventFilter(scanner)
    assert (scanned, window.shortcuts.heard) == (["AB-123"], [])


def test_what_is_still_with_the_display_belongs_to_the_scan(
    window: Window, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    """A busy computer: keys that were pressed in time are read when the display is asked."""
    scanner = ScannerFilter(qapp)
    scanned = collect(scanner.scanned)
    window.button.setFocus()
    late = ["23\r"]

    def hand_over() -> Qt.KeyboardModifier:
        if late:
            queue(late.pop(), 100, window.button, 1_000_400)
        return Qt.KeyboardModifier.NoModifier

    monkeypatch.setattr(QApplication, "queryKeyboardModifiers", hand_over)
    queue("AB-1", 100, window.button)
    qtbot.waitUntil(lambda: bool(scanned), timeout=NET)
    qapp.removeEventFilter(scanner)
    assert (scanned, window.clicks, late) == (["AB-123"], 0, [])


@pytest.mark.parametrize("pace", [0.035, 0.1])
@each_kind
def test_the_rest_of_a_code_that_was_held_up_does_nothing(
    window: Window, keyboard: Keyboard, scanned: list[str], kind: str, pace: float
):
    """A wireless scanner that stops for a moment before the last digits of an EAN."""
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.type("40063813339", pace)
    keyboard.type("3", 0.185)
    keyboard.type("1", pace)
    keyboard.press(Qt.Key.Key_Return, pace)
    assert (scanned, window.facts) == (["40063813339"], before)


@each_kind
@pytest.mark.parametrize("end", ["nothing", "CR"])
@pytest.mark.parametrize("between", [0.08, 0.13, 0.2])
@pytest.mark.parametrize("pace", [0.004, 0.035])
def test_two_codes_one_right_after_the_other_are_both_taken(
    window: Window,
    keyboard: Keyboard,
    filtered: ScannerFilter,
    scanned: list[str],
    kind: str,
    pace: float,
    between: float,
    end: str,
):
    """A scanner that sends no end, held over two labels."""
    filtered.reader.is_known = {SKU, "]C1" + GTIN}.__contains__
    torn = collect(filtered.torn)
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.time += 1
    for code in (SKU, "]C1" + GTIN, SKU):
        keyboard.time += between
        keyboard.type(code, pace)
    if end == "CR":
        keyboard.press(Qt.Key.Key_Return, pace)
    filtered.settle()
    assert (scanned, torn, window.facts) == ([SKU, "]C1" + GTIN, SKU], [], before)


@each_kind
@pytest.mark.parametrize(
    ("rest", "known"),
    [("31", {"400638133393", "31", "40063813339331"}), ("9999999", set[str]()), ("3", set[str]())],
)
def test_what_comes_right_behind_a_code_and_is_none_is_said(
    window: Window,
    keyboard: Keyboard,
    filtered: ScannerFilter,
    scanned: list[str],
    kind: str,
    rest: str,
    known: set[str],
):
    """The rest of a longer code is none, although a product may have it for its own."""
    filtered.reader.is_known = known.__contains__
    torn = collect(filtered.torn)
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.time += 1
    keyboard.type("400638133393", 0.035)
    keyboard.time += 0.12
    keyboard.type(rest, 0.035)
    keyboard.press(Qt.Key.Key_Return, 0.035)
    filtered.settle()
    assert (scanned, torn, window.facts) == (["400638133393"], [rest], before)


@each_kind
@pytest.mark.parametrize("pause", [0.12, 0.29])
@pytest.mark.parametrize("first", [1, 3])
@pytest.mark.parametrize("pace", [0.035, 0.1])
def test_a_code_with_a_pause_near_its_begin_is_put_together(
    window: Window,
    keyboard: Keyboard,
    filtered: ScannerFilter,
    scanned: list[str],
    kind: str,
    pace: float,
    first: int,
    pause: float,
):
    filtered.reader.is_known = {SKU}.__contains__
    slipped = collect(filtered.slipped)
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.scan_with_a_pause(SKU, first, pause, pace)
    assert scanned == [SKU]
    if kind in TEXT_KINDS:
        assert (slipped, window.facts) == ([], before)
    else:
        assert slipped == [SKU[:first]]


@each_kind
@pytest.mark.parametrize("pause", [0.15, 0.3])
@pytest.mark.parametrize(("pace", "first"), [(0.004, 4), (0.004, 11), (0.06, 6)])
def test_a_code_with_a_pause_within_is_put_together(
    window: Window,
    keyboard: Keyboard,
    filtered: ScannerFilter,
    scanned: list[str],
    kind: str,
    pace: float,
    first: int,
    pause: float,
):
    """Its first part alone may have been taken for an unknown code, the rest never is."""
    filtered.reader.is_known = {SKU}.__contains__
    torn = collect(filtered.torn)
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.scan_with_a_pause(SKU, first, pause, pace)
    assert (scanned[-1], torn, window.facts) == (SKU, [], before)
    assert scanned[:-1] in ([], [SKU[:first]])


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("rest", ["001", "1", ""])
def test_a_short_rest_of_a_slow_code_presses_nothing(
    window: Window,
    keyboard: Keyboard,
    filtered: ScannerFilter,
    scanned: list[str],
    rest: str,
    known: bool,
):
    """A few digits are too little to be a code, and their Enter is the scanner's."""
    first = SKU.removesuffix(rest)
    filtered.reader.is_known = {SKU if known and rest else ""}.__contains__
    torn = collect(filtered.torn)
    window.button.setFocus()
    before = window.facts
    keyboard.time += 1
    keyboard.type(first, 0.06)
    keyboard.time += 0.3
    keyboard.type(rest, 0.06)
    keyboard.press(Qt.Key.Key_Return, 0.06)
    keyboard.press(Qt.Key.Key_Enter, 0.06)
    taken = [first, SKU] if known and rest else [first]
    assert (scanned, window.facts) == (taken, before)
    assert torn == ([rest] if rest and not known else [])


def test_what_a_person_types_before_a_scan_is_no_part_of_it(
    window: Window, keyboard: Keyboard, filtered: ScannerFilter, scanned: list[str]
):
    """Neither where the rest is a code of its own, nor where nothing known comes of it."""
    filtered.reader.is_known = {SKU, "2" + SKU}.__contains__
    window.line.setFocus()
    for code, typed, pause in ((SKU, "2", 0.3), ("4711-0815", "3", 0.3), (SKU[1:], SKU[0], 0.45)):
        window.line.clear()
        keyboard.time += 1
        keyboard.type(typed, PERSON)
        keyboard.time += pause
        keyboard.type(code, SCANNER)
        keyboard.press(Qt.Key.Key_Return, SCANNER)
        assert (scanned.pop(), window.line.text()) == (code, typed)


def test_the_parts_of_a_second_code_stay_together(
    window: Window, keyboard: Keyboard, filtered: ScannerFilter, scanned: list[str]
):
    """Its separators do not begin a code, and no function key in it acts."""
    filtered.reader.is_known = {"10LOT7\x1d2112\x1d99"}.__contains__
    window.shortcuts.setFocus()
    keyboard.time += 1
    keyboard.type(SKU, SCANNER)
    keyboard.time += 0.15
    keyboard.type("10LOT7", SCANNER)
    keyboard.press(Qt.Key.Key_F8, SCANNER)
    keyboard.type("2112", SCANNER)
    control = Qt.KeyboardModifier.ControlModifier
    keyboard.send(Qt.Key.Key_BracketRight, control, "\x1d", SCANNER)
    keyboard.type("99", SCANNER)
    filtered.settle()
    assert (scanned, window.shortcuts.heard) == ([SKU, "10LOT7\x1d2112\x1d99"], [])


@each_kind
def test_the_separators_of_gs1_are_kept(
    window: Window, keyboard: Keyboard, scanned: list[str], kind: str
):
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.time += 1
    keyboard.type("]C1", SCANNER)
    control = Qt.KeyboardModifier.ControlModifier
    keyboard.send(Qt.Key.Key_BracketRight, control, "\x1d", SCANNER)
    keyboard.type("0109", SCANNER)
    keyboard.send(Qt.Key.Key_BracketRight, control, "\x1d", SCANNER)
    keyboard.press(Qt.Key.Key_Return, SCANNER)
    assert scanned == ["]C1\x1d0109\x1d"]
    assert window.facts == before


def test_shift_keys_of_a_scanner_do_not_break_a_scan(
    window: Window, keyboard: Keyboard, scanned: list[str]
):
    window.button.setFocus()
    keyboard.time += 1
    for char in "AB-12":
        if char.isalpha():
            keyboard.send(Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier, "", SCANNER)
        keyboard.type(char, SCANNER)
    keyboard.press(Qt.Key.Key_Return, SCANNER)
    assert scanned == ["AB-12"]


def test_codes_with_blanks_are_one_scan(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    """A blank presses a button: it waits like every other key of a scan."""
    window.button.setFocus()
    keyboard.scan("AB 12 CD")
    qtbot.wait(130)
    assert scanned == ["AB 12 CD"]
    assert window.clicks == 0


def test_a_persons_blank_presses_a_button(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    window.button.setFocus()
    keyboard.type(" ", PERSON)
    qtbot.waitUntil(lambda: window.clicks == 1, timeout=NET)


def test_shortcuts_with_control_are_not_held_back(
    window: Window, keyboard: Keyboard, scanned: list[str]
):
    window.shortcuts.setFocus()
    keyboard.send(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, "\x1a", PERSON)
    assert window.shortcuts.heard == ["\x1a"]


def test_a_scan_into_an_open_menu_chooses_nothing(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    chosen: list[str] = []
    menu = QMenu(window)
    for label in ("Light", "Dark", "High contrast"):
        menu.addAction(label, lambda label=label: chosen.append(label))
    menu.popup(window.mapToGlobal(window.rect().topLeft()))
    qtbot.waitUntil(menu.isVisible)
    keyboard.scan(SKU)
    qtbot.wait(130)
    assert (scanned, chosen) == ([SKU], [])
    menu.close()


def test_a_scan_into_an_open_list_chooses_nothing(
    window: Window, keyboard: Keyboard, scanned: list[str], qtbot: QtBot
):
    window.combo.setFocus()
    window.combo.showPopup()
    qtbot.waitUntil(window.combo.view().isVisible)
    keyboard.scan(SKU)
    qtbot.wait(130)
    assert scanned == [SKU]
    assert window.combo.currentText() == "Damaged"
    window.combo.hidePopup()


@each_kind
def test_signs_typed_by_their_numbers_are_a_code(
    window: Window, keyboard: Keyboard, scanned: list[str], kind: str
):
    """Alt and the digits of the keypad: on the number row they go to another screen."""
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.time += 1
    alt, keypad = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.KeypadModifier
    for char in "AB-12":
        keyboard.send(Qt.Key.Key_Alt, alt, "", SCANNER)
        for digit in f"0{ord(char)}":
            keyboard.send(Qt.Key(ord(digit)), alt | keypad, digit, SCANNER)
        keyboard.time += SCANNER
        release = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Alt, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(keyboard._target(), release)
    keyboard.press(Qt.Key.Key_Return, SCANNER)
    assert scanned == ["AB-12"]
    if kind != "shortcuts":  # which hears the Alt itself
        assert window.facts == before


@each_kind
@pytest.mark.parametrize("key", [Qt.Key.Key_F8, Qt.Key.Key_F1])
def test_a_function_key_in_a_code_is_a_separator(
    window: Window, keyboard: Keyboard, scanned: list[str], kind: str, key: Qt.Key
):
    window.kinds[kind].setFocus()
    before = window.facts
    keyboard.time += 1
    keyboard.type("10LOT7", SCANNER)
    keyboard.press(key, SCANNER)
    keyboard.type("2112", SCANNER)
    keyboard.press(Qt.Key.Key_Return, SCANNER)
    assert (scanned, window.facts) == (["10LOT7\x1d2112"], before)


def test_what_came_is_told_with_its_gaps_and_all_of_its_ends(
    window: Window, keyboard: Keyboard, scanned: list[str], filtered: ScannerFilter, qtbot: QtBot
):
    heard = collect(filtered.heard)
    window.button.setFocus()
    keyboard.time += 1
    keyboard.type("AB-1", 0.06)
    keyboard.press(Qt.Key.Key_Return, 0.06)
    keyboard.press(Qt.Key.Key_Enter, 0.06)
    assert scanned == ["AB-1"]
    qtbot.waitUntil(lambda: len(heard) == 1, timeout=NET)
    (burst,) = heard
    assert [one.name for one in burst.keys] == [*"AB-1"]
    assert (burst.gaps_ms, burst.ended_by, burst.code) == (
        (60, 60, 60),
        ("Return", "Enter"),
        "AB-1",
    )
    window.line.setFocus()
    keyboard.time += 1
    keyboard.type("nails", 0.06)
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=NET)
    assert (heard[1].code, heard[1].ended_by) == ("", ())


def test_what_a_scanner_puts_around_a_code_is_left_out(
    window: Window, keyboard: Keyboard, scanned: list[str], filtered: ScannerFilter
):
    filtered.reader.settings = ScannerSettings("#", "$")
    keyboard.scan("#AB-1$")
    assert scanned == ["AB-1"]


def test_what_is_pressed_before_a_click_acts_before_it(
    window: Window, keyboard: Keyboard, scanned: list[str]
):
    window.shortcuts.setFocus()
    keyboard.type("a", PERSON)
    QTest.mouseClick(window.button, Qt.MouseButton.LeftButton)
    assert (window.shortcuts.heard, window.clicks) == (["a"], 1)


def test_a_key_that_is_held_down_repeats_at_once(
    window: Window, keyboard: Keyboard, scanned: list[str], filtered: ScannerFilter
):
    window.shortcuts.setFocus()
    keyboard.type("+", PERSON)
    filtered.settle()
    for _ in range(3):
        keyboard.time += 0.033
        event = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_Plus, Qt.KeyboardModifier.NoModifier, "+", True
        )
        QApplication.sendEvent(window.shortcuts, event)
    assert window.shortcuts.heard == [*"++++"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_an_answer_that_is_held_down_is_one(
    window: Window, filtered: ScannerFilter, keyboard: Keyboard, key: Qt.Key
) -> None:
    window.line.setFocus()
    for is_repeated in (False, True, True):
        keyboard.time += 1
        event = QKeyEvent(
            QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "\r", is_repeated
        )
        QApplication.sendEvent(window.line, event)
    assert window.heard == ["\r"]
    window.note.setFocus()
    window.note.clear()
    for is_repeated in (False, True):
        keyboard.time += 1
        QTest.simulateEvent(
            window.note, True, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", is_repeated
        )
    assert window.note.toPlainText() == "\n\n"
