"""Barcode scanners that type: what belongs to a scan is decided here, for every window and dialog.

A scanner plays a keyboard, so each of its keys would do what it does for a person: the minus in a
SKU would remove stock, the digits of a code would be a quantity, and the Enter behind it would
press the button that has the focus.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.core.burst import FAST_MS, SEPARATOR, Burst, Key
from app.ui.core.code_reader import CodeReader
from app.ui.core.field_text import field_of, text_of
from app.ui.core.first_part import FirstPart
from app.ui.core.held_keys import KeyboardTarget, Stroke, copy_of, restore_fields
from app.ui.core.patience import LIMIT_MS, Patience
from app.ui.core.scanner_keys import (
    Kind,
    is_function_key,
    is_held_down,
    kind_of,
    name_of,
    pressed_at,
    sign_of_alt_code,
)
from app.ui.core.scanner_settings import ScannerSettings

# Every event of the application passes the filter: this is asked faster than its type is.
_LOOKED_AT = (QKeyEvent, QMouseEvent, QWheelEvent)
_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_REPEATED_MS: Final = 15
"""A key that is held down repeats no faster."""
_WORTH_TELLING: Final = 4
_PAUSE_MS: Final = 400
"""A scanner that stops goes on by then; nobody presses a key and scans something so soon."""


class ScannerFilter(QObject):
    """Watches the application's keys and turns a scan into `scanned(code)`.

    In a text field the keys arrive as usual, so that typing is never delayed; when they turn out to
    be a scan, the field gets its text and its selection back. Elsewhere a key acts at once, so it
    waits until no scanner's next key can come any more: 115 ms for one that may take 100, which
    nobody feels who presses a key, and no two presses of a person are lost or change places. A
    modifier in front of every key that moves stock would be sure as well, and slower for all.

    Ends (Enter, Tab, Down, the control characters of carriage return, line feed and Tab) that
    follow a code within its burst or right behind it belong to it; where none comes, the pause is
    the end. What comes right behind that is the next code, where it is known, or the rest of a code
    that was held up: both parts are the code where that is known; else the rest does nothing, and
    `torn` carries it. Codes keep the separators of GS1 as
    `SEPARATOR`.

    Where a scanner stops within its first keys, they have acted when the rest comes: nothing tells
    them from a person's until then, and to wait for longer would be felt with every key. A known
    code is put together again, a field gets its text back, and `slipped` carries the keys that
    acted elsewhere: what they did may be anything, so a person has to look at it.

    `began` comes before the first key of every burst, and a scan may be what it turns out to be.
    `heard` carries every Burst of four keys or more, also a person's. With `only_heard` a scan does
    nothing else. `reader` knows what a code is, and may be changed. `touched_at` is when a key
    or the mouse was used last, in seconds of `time.monotonic`.
    """

    began = Signal()
    scanned = Signal(str)
    torn = Signal(str)
    slipped = Signal(str)
    heard = Signal(object)

    def __init__(
        self, application: QApplication, clock: Callable[[QKeyEvent], float] | None = None
    ) -> None:
        super().__init__(application)
        self.reader = CodeReader(ScannerSettings(), lambda _: False)
        self.only_heard = False
        self.is_cut_off = False
        self.touched_at = monotonic()
        self._target = KeyboardTarget(application)
        self._pressed_at = clock or pressed_at
        self._burst: list[Stroke] = []
        self._before = FirstPart(self.reader)
        self._last = self._last_sign = self._ended = -inf
        self._told: tuple[tuple[Key, ...], str] | None = None
        self._ends: list[str] = []
        self._cut_off = ""
        self._is_rest = False
        self._down: set[int] = set()
        self._alt_code = ""
        self._patience = Patience(self)
        self._patience.over.connect(self._on_over)
        application.installEventFilter(self)

    def settle(self) -> None:
        """Wait no longer: what came so far is all there is."""
        self._conclude()
        self._ended = -inf

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, _LOOKED_AT) or self._target.giving:
            return False
        self.touched_at = monotonic()
        if event.type() == QEvent.Type.MouseButtonPress and self._burst:
            # What was pressed before the click acts before it.
            self.settle()
        if event.type() not in _KEYS:
            return False
        # A key passes the window, its focus widget and that one's parents: look at it once.
        focus = self._focus()
        if focus is None or watched is not focus or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyRelease:
            return self._release(event)
        now = self._pressed_at(event)
        if event.type() == QEvent.Type.ShortcutOverride:
            # Asked before each key press; an open list would take the Enter of a scan here.
            if self._is_mine(focus, event, now):
                event.accept()
                return True
            return False
        if self._burst and not self._is_soon(now, self._last, LIMIT_MS):
            self._conclude()
        taken = self._press(event, now)
        led_to = self._focus()
        if taken or led_to is None or led_to is focus:
            return taken
        # A key that waited has moved the focus; this one was typed for where it led.
        self._target.give(led_to, event)
        return True

    def _is_soon(self, now: float, before: float, within_ms: int) -> bool:
        return 0 <= round((now - before) * 1000) <= within_ms if before > -inf else False

    def _focus(self) -> QWidget | None:
        return self._target.widget

    def _is_mine(self, focus: QWidget, event: QKeyEvent, now: float) -> bool:
        """Whether a key will not reach its widget now; asked before it is pressed."""
        match kind_of(event):
            case Kind.SEPARATOR | Kind.ALT_DIGIT:
                return True
            case Kind.SIGN:
                return field_of(focus) is None and not event.isAutoRepeat()
            case Kind.END | Kind.DOWN as kind:
                if not self._burst or self._is_rest:
                    return self._trails(now)
                soon = self._is_soon(now, self._last, 2 * LIMIT_MS)
                return soon and self._ends_code(kind, now) is not None
            case Kind.OTHER:
                return self._is_within(event, now)
            case Kind.SILENT:
                return False

    def _press(self, event: QKeyEvent, now: float) -> bool:
        """Take a key; False lets it through to its widget."""
        kind = kind_of(event)
        taken = False
        repeats = event.isAutoRepeat() and not self._is_soon(now, self._last, _REPEATED_MS)
        match kind:
            case Kind.SILENT:
                if not self._burst:
                    return False
            case Kind.END | Kind.DOWN:
                return self._end(event, kind, now)
            case Kind.ALT_DIGIT:
                self._alt_code += chr(event.key())
                taken = True
            case Kind.SEPARATOR:
                self._add(name_of(event), SEPARATOR, now)
                taken = True
            case Kind.SIGN if not repeats:
                taken = self._add(name_of(event), event.text(), now, event)
            case Kind.OTHER if self._is_within(event, now):
                if is_function_key(event):
                    self._add(name_of(event), SEPARATOR, now)
                taken = True
            case _:
                # It acts at once, so what was pressed before it has to act first.
                self._let_go()
                return is_held_down(event, self._focus())
        self._last = now
        self._patience.begin()
        if taken:
            self._down.add(event.key())
        return taken

    def _release(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Alt and self._alt_code:
            digits, self._alt_code = self._alt_code, ""
            # Windows makes the sign itself.
            if sys.platform != "win32" and (sign := sign_of_alt_code(digits)):
                now = self._pressed_at(event)
                self._add(sign, sign, now)
                self._last = now
                self._patience.begin()
        if event.key() not in self._down:
            return False
        # Its press is still held, and will be let go with a release of its own.
        self._down.discard(event.key())
        return True

    def _add(self, name: str, sign: str, now: float, event: QKeyEvent | None = None) -> bool:
        """Count a key to the burst; whether it waits for what the burst turns out to be."""
        if not self._burst:
            self._tell()
            self._down.clear()
            self._is_rest = bool(self._cut_off) and self._trails(now)
            if not self._is_soon(now, self._last, _PAUSE_MS):
                self._before.forget()
            self._last = self._last_sign = now
            self.began.emit()
        if self._is_rest:
            self._ended = now
        pressed = round((now - self._last) * 1000)
        # A Shift that comes at the same moment is none between two keys.
        gap = pressed if pressed > _REPEATED_MS else round((now - self._last_sign) * 1000)
        self._last_sign = now
        focus = self._focus()
        field = field_of(focus) if focus is not None else None
        begins = not self._burst or gap > FAST_MS
        before = text_of(focus) if field is not None and focus is not None and begins else None
        held = None
        if self._is_rest:
            field = before = None
        elif field is None and focus is not None and event is not None:
            held = (focus, copy_of(event))
        self._burst.append(Stroke(Key(name, sign, gap), field is not None, before, held))
        return held is not None or self._is_rest

    def _end(self, event: QKeyEvent, kind: Kind, now: float) -> bool:
        start = None if self._is_rest else self._ends_code(kind, now)
        if start is None and not self._trails(now):
            self._let_go()
            self._before.forget()
            return is_held_down(event, self._focus())
        self._down.add(event.key())
        self._ended = now
        self._ends.append(name_of(event))
        self.is_cut_off = False
        if start is not None:
            self._finish(start)
        elif self._is_rest:
            self._finish_rest()
        self._cut_off = ""
        self._patience.begin()
        return True

    def _ends_code(self, kind: Kind, now: float) -> int | None:
        """Where the code begins that this key would end."""
        if not self._burst:
            return None
        # A person does press Down behind two quick keys.
        return self._start(round((now - self._last) * 1000) if kind is Kind.END else None)

    def _trails(self, now: float) -> bool:
        """Whether a scan has just been taken: another end is its own, such as CR and LF.

        What is behind an unknown code without an end may be the rest of it, however short.
        """
        is_free = not self._burst or self._is_rest
        within = _PAUSE_MS if self._before.is_cut_off else 2 * LIMIT_MS
        return is_free and self._is_soon(now, self._ended, within)

    def _is_within(self, event: QKeyEvent, now: float) -> bool:
        """Whether a key that is no sign belongs to a code that is under way."""
        if not self._burst or not self._is_soon(now, self._last, LIMIT_MS):
            return False
        if self._is_rest:
            return True
        at_once = is_function_key(event) and self._is_soon(now, self._last, FAST_MS)
        return at_once or self._start() is not None

    def _start(self, ended_after_ms: int | None = None) -> int | None:
        return self.reader.start(
            [one.key for one in self._burst],
            in_text=self._burst[-1].in_text,
            ended_after_ms=ended_after_ms,
        )

    def _conclude(self) -> None:
        """No more keys come: the burst is a scan without an end, or a person's."""
        self.is_cut_off = True
        start = None if self._is_rest or not self._burst else self._start()
        if start is None:
            self._let_go()
        else:
            self._ended = self._last
            strokes = self._burst[start:]
            self._cut_off = self._finish(start)
            self._before.cut_off(self._cut_off, strokes)
            self._patience.begin()

    def _finish(self, start: int) -> str:
        """Hand over the code that begins there; returns it."""
        strokes, self._burst = self._burst, []
        keys = tuple(one.key for one in strokes[start:])
        before = self._before.strokes if not start else []
        whole = self._before.whole(keys) if not start else ""
        self._before.forget()
        self._target.give_back(strokes[:start])
        restore_fields([*before, *strokes] if whole else strokes[start:])
        self._told = keys, self.reader.code_of(keys)
        code = ""
        for code in [whole] if whole else self.reader.codes_of(keys):
            if code.strip(SEPARATOR) and not self.only_heard:
                self.scanned.emit(code)
        if whole and (acted := "".join(one.key.sign for one in before if one.held is not None)):
            self.slipped.emit(acted)
        return code

    def _finish_rest(self) -> None:
        """What came right behind a code without an end is a code of its own, or the rest of it."""
        strokes, self._burst = self._burst, []
        self._is_rest = False
        keys = tuple(one.key for one in strokes)
        code = self.reader.code_of(keys)
        self._told = keys, code
        whole = self._before.whole(keys)
        self._before.forget()
        if self.only_heard or not code.strip(SEPARATOR):
            return
        if whole:
            self.scanned.emit(whole)
        elif self.reader.is_next(code, self._cut_off):
            self._cut_off = code
            self.scanned.emit(code)
        else:
            self.torn.emit(code)

    def _on_over(self) -> None:
        if self._burst:
            self._conclude()
        else:
            self._tell()

    def _tell(self) -> None:
        """Tell of the last scan, now that all of its ends have come."""
        told, ends = self._told, tuple(self._ends)
        self._told = None
        self._ends.clear()
        if told is not None:
            self.heard.emit(Burst(told[0], ends, told[1]))

    def _let_go(self) -> None:
        """These keys were a person's, or the rest of a code."""
        if self._is_rest:
            self.is_cut_off = True
            self._finish_rest()
            self._patience.begin()
            return
        strokes, self._burst = self._burst, []
        self._before.add(strokes)
        self._patience.stop()
        self._tell()
        self._target.give_back(strokes)
        if len(strokes) >= _WORTH_TELLING:
            self.heard.emit(Burst(tuple(one.key for one in strokes), (), ""))
