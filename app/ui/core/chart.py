"""Pictures of numbers: bars beside those of a year before, and bars by rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.ui.core.announcing import announce
from app.ui.core.appearance import Appearance
from app.ui.core.formats import counted
from app.ui.core.zoom import px

_GAP = 8
_AXIS = 22
_ROW = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `sentence` says all of it, `shown` the number at its end."""

    label: str
    value: float
    before: float
    shown: str
    sentence: str


class _Chart(QLabel):
    """Bars of which one is on, by the mouse or the arrow keys; `pointed` carries its sentence.

    A screen reader hears that sentence, or in a few words what all bars say.
    """

    pointed = Signal(str)

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self.bars: Sequence[Bar] = ()
        self.current = -1
        self._appearance = appearance
        self._name = name
        self._keys = (Qt.Key.Key_Left, Qt.Key.Key_Right)
        # Assistive techniques know a label with a picture as one; a bare widget is nothing to them.
        self.setPixmap(QPixmap(1, 1))
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # By a method, which Qt forgets with the picture; a lambda would outlive it.
        appearance.changed.connect(self._tint)

    def _tint(self, _: object) -> None:
        self.update()

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show other bars; the one that is on stays on."""
        self.bars = bars
        self._point(min(self.current, len(bars) - 1))

    def sizeHint(self) -> QSize:
        return QSize(320, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 90)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back, on = self._keys
        last = len(self.bars) - 1
        steps = {
            back: self.current - 1,
            on: self.current + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if (at := steps.get(Qt.Key(event.key()))) is not None and self.bars:
            self._point(min(max(at, 0), last))
            announce(self, self.bars[self.current].sentence)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._point(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._appearance.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        if self.bars:
            self._draw(painter)
        painter.end()

    def _point(self, at: int) -> None:
        self.current = at
        sentence = self.bars[at].sentence if 0 <= at < len(self.bars) else ""
        self.setAccessibleDescription(sentence or self._in_words())
        self.pointed.emit(sentence)
        self.update()

    def _in_words(self) -> str:
        """What all bars say."""
        if not self.bars:
            return "No bars"
        highest = max(self.bars, key=lambda one: one.value)
        return f"{counted(len(self.bars), 'bar')}, the highest: {highest.sentence}"

    def _frame(self, painter: QPainter, around: QRectF) -> None:
        """Show which bar is on, in colours from which every bar stands out."""
        tokens = self._appearance.tokens
        painter.fillRect(around, QColor(tokens.raised))
        painter.setPen(QColor(tokens.focus))
        painter.drawRect(around)

    def _most(self) -> float:
        return max(1.0, *(max(one.value, one.before) for one in self.bars))

    def _at(self, x: float, y: float) -> int:
        raise NotImplementedError

    def _draw(self, painter: QPainter) -> None:
        raise NotImplementedError


class BarChart(_Chart):
    """Upright bars in the order of time, each in front of that of the year before.

    `amount` writes a value at its line of the scale; `note` stands above the bars.
    """

    def __init__(self, appearance: Appearance, name: str, amount: Callable[[float], str]) -> None:
        super().__init__(appearance, name)
        self._amount = amount
        self.note = ""

    def set_note(self, note: str) -> None:
        """Say something about all bars, above them."""
        self.note = note
        self.setAccessibleName(f"{self._name}. {note}" if note else self._name)
        self.update()

    def _at(self, x: float, y: float) -> int:
        if not self.bars:
            return -1
        at = floor((x - self._left()) / self._step())
        return at if 0 <= at < len(self.bars) else -1

    def _left(self) -> float:
        wide = max(map(self.fontMetrics().horizontalAdvance, map(self._amount, self._marks())))
        return _GAP + wide + 6.0

    def _step(self) -> float:
        return (self.width() - _GAP - self._left()) / len(self.bars)

    def _marks(self) -> list[float]:
        """From 0 on, a few round values up to the highest bar."""
        most = self._most()
        if most <= 1:
            return [0.0]
        tenth = 10.0 ** floor(log10(most))
        apart = next(one * tenth for one in (0.2, 0.5, 1.0, 2.0) if most <= 5 * one * tenth)
        return [apart * at for at in range(int(most / apart) + 1)]

    def _draw(self, painter: QPainter) -> None:
        tokens, step, most = self._appearance.tokens, self._step(), self._most()
        first = self._left()
        metrics = painter.fontMetrics()
        above = metrics.height() if self.note else 0
        high = self.height() - px(_AXIS) - 2 * _GAP - above
        base = self.height() - px(_AXIS) - _GAP
        painter.setPen(QColor(tokens.muted))
        wide = self.width() - _GAP - first
        note = metrics.elidedText(self.note, Qt.TextElideMode.ElideRight, int(wide))
        painter.drawText(QRectF(first, _GAP, wide, above), Qt.AlignmentFlag.AlignRight, note)
        for mark in self._marks():
            y = base - high * mark / most
            painter.setPen(QColor(tokens.border))
            painter.drawLine(QPointF(first, y), QPointF(self.width() - _GAP, y))
            painter.setPen(QColor(tokens.muted))
            place = QRectF(0, y - px(10), first - 6, px(20))
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(place, middle, self._amount(mark))
        every = max(int((metrics.horizontalAdvance("00 Mmm 00") + _GAP) / step) + 1, 1)
        for at, bar in enumerate(self.bars):
            left = first + at * step
            if at == self.current:
                self._frame(painter, QRectF(left, _GAP + above, step, high))
            tall = high * max(bar.before, 0) / most
            place = QRectF(left + step * 0.12, base - tall, step * 0.76, tall)
            painter.fillRect(place, QColor(tokens.border_strong))
            tall = high * max(bar.value, 0) / most
            place = QRectF(left + step * 0.28, base - tall, step * 0.44, tall)
            painter.fillRect(place, QColor(tokens.accent))
            if at % every == (len(self.bars) - 1) % every:
                painter.setPen(QColor(tokens.muted))
                wide = metrics.horizontalAdvance(bar.label) + 2.0
                centre = min(max(left + step / 2, _GAP + wide / 2), self.width() - _GAP - wide / 2)
                under = QRectF(centre - wide / 2, base + 2, wide, px(_AXIS))
                painter.drawText(under, Qt.AlignmentFlag.AlignCenter, bar.label)


class RankChart(_Chart):
    """Lying bars, the biggest on top, each with its name and its number."""

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__(appearance, name)
        self._keys = (Qt.Key.Key_Up, Qt.Key.Key_Down)

    def _step(self) -> float:
        return min((self.height() - 2 * _GAP) / max(len(self.bars), 1), px(_ROW))

    def _at(self, x: float, y: float) -> int:
        at = int((y - _GAP) / self._step())
        return at if self.bars and 0 <= at < len(self.bars) else -1

    def _draw(self, painter: QPainter) -> None:
        tokens, step, most = self._appearance.tokens, self._step(), self._most()
        inner = self.width() - 2 * _GAP
        metrics = painter.fontMetrics()
        longest = max((metrics.horizontalAdvance(one.label) for one in self.bars), default=0)
        names, numbers = min(longest + 10.0, inner * 0.55), float(px(84))
        left, wide = _GAP + names + _GAP, inner - names - numbers - 2 * _GAP
        middle = Qt.AlignmentFlag.AlignVCenter
        for at, bar in enumerate(self.bars):
            top = _GAP + at * step
            if at == self.current:
                self._frame(painter, QRectF(_GAP, top, inner, step))
            painter.setPen(QColor(tokens.text))
            label = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, int(names) - 4)
            painter.drawText(QRectF(_GAP + 4, top, names - 4, step), middle, label)
            thick = min(step * 0.5, 14)
            line = wide * max(bar.before, 0) / most
            place = QRectF(left, top + (step - thick) / 2 - 2, line, thick + 4)
            painter.fillRect(place, QColor(tokens.border_strong))
            line = wide * max(bar.value, 0) / most
            painter.fillRect(
                QRectF(left, top + (step - thick) / 2, line, thick), QColor(tokens.accent)
            )
            place = QRectF(self.width() - _GAP - numbers, top, numbers - 4, step)
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, bar.shown)
