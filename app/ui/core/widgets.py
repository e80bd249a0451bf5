"""Small building blocks: labels by look, cards, fields with their sentence, segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.core.announcing import announce
from app.ui.core.appearance import Appearance
from app.ui.core.icons import icon
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.core.rows import one_line
from app.ui.core.theme import Tokens
from app.ui.core.zoom import px


class Text(QLabel):
    """A plain-text label with a look of the style sheet and an optional tone."""

    def __init__(self, text: str = "", look: str = "", wrap: bool = False) -> None:
        super().__init__()
        self._look = look
        self._said = NO_MESSAGE
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", look)
        self.setWordWrap(wrap)
        self.setText(text)
        if look in ("pill", "key"):
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)

    def set_tone(self, tone: str) -> None:
        """Colour the text by a tone: ok, warn, danger or nothing."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)

    def say(self, message: Message, otherwise: str = "") -> None:
        """Show a message, a problem in the colour of errors; `otherwise` where it is empty.

        A screen reader reads a message that was not there before.
        """
        if message != self._said:
            self._said = message
            announce(self, message.text, message.is_problem)
        self.show_message(message, otherwise)

    def show_message(self, message: Message, otherwise: str = "") -> None:
        """The same without a word to a screen reader."""
        look = "error" if message.is_problem else self._look
        if self.property("look") != look:
            self.setProperty("look", look)
            restyle(self)
        self.set_text(message.text or otherwise)

    def set_text(self, text: str) -> None:
        """Show a text of any length."""
        self.setText(text)


class Elided(Text):
    """A single line that ends in an ellipsis; the whole text is its tooltip."""

    def __init__(self, text: str = "", look: str = "") -> None:
        self._whole = ""
        super().__init__("", look)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show a text of any length."""
        whole = one_line(text)
        if whole == self._whole:
            return
        self._whole = whole
        self.setToolTip(self._whole if len(self._whole) > 20 else "")
        self.setAccessibleName(self._whole)
        self._elide()

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: object) -> None:
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 40)
        )
        if shown != self.text():
            self.setText(shown)


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property it selects on has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def card(layout: QLayout, margin: int = 16) -> QFrame:
    """A framed surface around a layout."""
    frame = QFrame()
    frame.setObjectName("card")
    layout.setContentsMargins(margin, margin, margin, margin)
    frame.setLayout(layout)
    return frame


def row(*widgets: QWidget | int | None, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side; a number is a gap, None takes the space that is left."""
    layout = QHBoxLayout()
    layout.setSpacing(spacing)
    _fill(layout, widgets)
    return layout


def column(*widgets: QWidget | int | None, spacing: int = 8) -> QVBoxLayout:
    """Widgets below each other; a number is a gap, None takes the space that is left."""
    layout = QVBoxLayout()
    layout.setSpacing(spacing)
    _fill(layout, widgets)
    return layout


def scrolling(page: QWidget) -> QScrollArea:
    """An area in which a page scrolls up and down; what is on the page has the keyboard, not it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(page)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _fill(layout: QHBoxLayout | QVBoxLayout, widgets: Sequence[QWidget | int | None]) -> None:
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        elif isinstance(widget, int):
            layout.addSpacing(widget)
        else:
            layout.addWidget(widget)


_RING = 2
"""Pixels between the edge of a button and its second ring, and how thick that is."""


class _Ringed(QPushButton):
    """On the colour of the accent no single colour of a ring stands out: there it has two."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        filled = self.property("look") == "primary" or self.isChecked()
        if self.hasFocus() and filled:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QApplication.palette().color(QPalette.ColorRole.Base), _RING))
            inset = 1.5 * _RING
            inside = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(inside, 4, 4)
            painter.end()


class _Button(_Ringed):
    """Enter presses it too, not only the space bar, inside and outside of dialogs.

    A double click is one press, but where it steps: what the first click did is not seen yet, and
    the second one would be about the next order, case or change.
    """

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.property("look") == "step":
            super().mouseDoubleClickEvent(event)
        else:
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


def button(
    text: str,
    on_click: Callable[[], object],
    look: str = "",
    tip: str = "",
) -> QPushButton:
    """A push button; `look` is primary, quiet, step or nothing."""
    result = _Button(text)
    result.setProperty("look", look)
    result.setToolTip(tip)
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    result.clicked.connect(lambda: on_click())
    return result


_ICON = 16


class _Tint(QObject):
    """Belongs to its button, so that the look can change after the button is gone."""

    def __init__(
        self, target: QAbstractButton, name: str, appearance: Appearance, look: str
    ) -> None:
        super().__init__(target)
        self._target, self._name, self._look = target, name, look
        self._paint(appearance.tokens)
        appearance.changed.connect(self._paint)

    def _paint(self, tokens: Tokens) -> None:
        colour = getattr(tokens, self._look)
        self._target.setIconSize(QSize(px(_ICON), px(_ICON)))
        self._target.setIcon(icon(self._name, colour, tokens.on_accent_soft))


def tinted(target: QAbstractButton, name: str, appearance: Appearance, look: str = "text") -> None:
    """Give a button an icon that follows the look; `look` names the token of its colour."""
    _Tint(target, name, appearance, look)


class _Segment(_Ringed):
    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)


class Segments(QWidget):
    """Buttons side by side, one of them pressed; `chosen` is the value of that one.

    Tab goes to the pressed one, and the arrows press another.
    """

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        on_change: Callable[[str], object],
        name: str,
    ) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._values = [value for value, _ in choices]
        self.setAccessibleName(name)
        buttons = []
        for at, (_, label) in enumerate(choices):
            segment = _Segment(label)
            segment.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            segment.stepped.connect(self._step)
            segment.setCheckable(True)
            segment.setProperty("look", "segment")
            edge = "left" if at == 0 else "right" if at == len(choices) - 1 else ""
            segment.setProperty("edge", edge)
            segment.setAccessibleName(f"{name}: {label}")
            self._group.addButton(segment, at)
            buttons.append(segment)
        self.setLayout(row(*buttons, spacing=0))
        self._group.idToggled.connect(self._on_toggled)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda at: on_change(self._values[at]))

    @property
    def chosen(self) -> str:
        """The chosen value."""
        return self._values[self._group.checkedId()]

    def choose(self, value: str) -> None:
        """Press the button of a value without telling `on_change`."""
        self._group.button(self._values.index(value)).setChecked(True)

    def button(self, value: str) -> QPushButton:
        """The button of a value."""
        found = self._group.button(self._values.index(value))
        assert isinstance(found, QPushButton)
        return found

    def _step(self, by: int) -> None:
        at = self._group.checkedId() + by
        if 0 <= at < len(self._values) and self._group.button(at).isEnabled():
            self._group.button(at).setFocus()
            self._group.button(at).click()

    def _on_toggled(self, at: int, on: bool) -> None:
        policy = Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.ClickFocus
        self._group.button(at).setFocusPolicy(policy)


class Field(QWidget):
    """A labelled input with room below it for the sentence that says what is wrong."""

    def __init__(self, label: str, editor: QWidget) -> None:
        super().__init__()
        caption = Text(label, "small")
        caption.setBuddy(editor)
        if label.strip():
            editor.setAccessibleName(label)
        self._editor = editor
        self._error = Text("", "error", wrap=True)
        self._error.setVisible(False)
        self.setLayout(column(caption, editor, self._error, spacing=4))

    def show_error(self, sentence: str) -> None:
        """Show, or with an empty sentence remove, what is wrong."""
        if sentence != self._error.text():
            announce(self._editor, sentence, is_problem=True)
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self._editor.setAccessibleDescription(sentence)
        if self._editor.property("invalid") != bool(sentence):
            self._editor.setProperty("invalid", bool(sentence))
            restyle(self._editor)
        top = self.window()
        if sentence and isinstance(top, QDialog) and (layout := top.layout()) is not None:
            # One that was given a width does not grow by itself.
            layout.activate()
            top.resize(top.width(), max(top.height(), layout.totalHeightForWidth(top.width())))

    @property
    def error(self) -> str:
        """The sentence that is shown, empty where nothing is wrong."""
        return self._error.text()


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
