"""The table of every list: two-line cells, badges, an empty state, keyboard first."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.ui.core.appearance import Appearance
from app.ui.core.rows import Cell, Index, RowsModel, one_line
from app.ui.core.theme import Tokens

R = TypeVar("R")

_PADDING = 10


class RowsTable(QTableView):
    """Shows a RowsModel; Enter or a click opens the current row (`opened` carries the row)."""

    opened = Signal(object)

    def __init__(
        self,
        model: RowsModel[Any],
        appearance: Appearance,
        name: str,
        row_height: int = 48,
        open_on_click: bool = True,
    ) -> None:
        super().__init__()
        self._model = model
        self._empty = QLabel("", self.viewport())
        self._empty.setProperty("look", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(appearance, self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(40)
        for at, column in enumerate(model.columns):
            if column.width is None:
                header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
            else:
                header.setSectionResizeMode(at, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(at, column.width)
        if open_on_click:
            self.clicked.connect(self._open)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_empty)
        self._show_empty()

    def set_empty_text(self, text: str) -> None:
        """Set the text that stands in the middle while there are no rows."""
        self._empty.setText(text)
        self._show_empty()

    def current(self) -> Any | None:
        """The selected row, or None."""
        index = self.currentIndex()
        return self._model.rows[index.row()] if index.isValid() else None

    def select(self, at: int) -> None:
        """Select a row without opening it."""
        if 0 <= at < self._model.rowCount():
            self.selectRow(at)

    def unselect(self) -> None:
        """Select no row."""
        self.setCurrentIndex(QModelIndex())

    def focus_a_row(self) -> None:
        """Move the keyboard to the selected row, or to the first one."""
        self.setFocus()
        if self.current() is None:
            self.select(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) or _is_letter(event):
            # Rows are chosen, never cells, and by no first letter: these belong to the screen.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_empty()

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._model.rows[index.row()])

    def _show_empty(self) -> None:
        self._empty.setVisible(self._model.rowCount() == 0 and bool(self._empty.text()))
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 0, -24, 0))


def _is_letter(event: QKeyEvent) -> bool:
    return event.text().isprintable() and bool(event.text().strip())


class CellDelegate(QStyledItemDelegate):
    """Paints a Cell."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._faces = _Faces(parent.font())

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(40, 40)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._appearance.tokens
        # Straight from the rows: through the roles of the model a cell takes twice as long, and
        # all of a page is painted on every key press of a search.
        model: Any = index.model()
        column = model.columns[index.column()]
        cell: Cell = column.cell(model.rows[index.row()])
        look: Any = option
        state: int = look.state.value
        rect: QRect = look.rect
        faces = self._faces
        if look.font != faces.base:
            faces = self._faces = _Faces(look.font)
        chosen = bool(state & _SELECTED)
        if chosen:
            painter.fillRect(rect, _colour(tokens.accent_soft))
        elif state & _HOVERED:
            painter.fillRect(rect, _colour(tokens.raised))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, _colour(tokens.border))
        inner = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        if cell.pill:
            painter.save()
            _paint_pill(painter, inner, cell, faces, tokens, column.right, chosen)
            painter.restore()
        else:
            colour = tokens.on_accent_soft if chosen else _tone(cell.tone, tokens)
            quiet = tokens.on_accent_soft if chosen else tokens.muted
            _paint_lines(painter, inner, cell, faces, colour, quiet, column.right)


_SELECTED = QStyle.StateFlag.State_Selected.value
_HOVERED = QStyle.StateFlag.State_MouseOver.value
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@cache
def _colour(name: str) -> QColor:
    return QColor(name)


class _Face:
    """A font, measured once; remembers how texts were cut to fit."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetrics(font)
        self.height = self._metrics.height()
        self.fitted = lru_cache(4096)(self._fit)

    def _fit(self, text: str, width: int) -> tuple[str, int]:
        """The text on one line, cut where it is too long, and its width in pixels."""
        shown = self._metrics.elidedText(one_line(text), Qt.TextElideMode.ElideRight, width)
        return shown, self._metrics.horizontalAdvance(shown)


class _Faces:
    """The fonts of the cells, made from the font of the table."""

    def __init__(self, base: QFont) -> None:
        self.base = QFont(base)
        self.plain = _Face(self.base)
        self.bold = _face(base, QFont.Weight.DemiBold)
        self.small = _face(base, QFont.Weight.Normal, 12)
        self.pill = _face(base, QFont.Weight.DemiBold, 13)


def _face(base: QFont, weight: QFont.Weight, pixels: int | None = None) -> _Face:
    font = QFont(base)
    font.setWeight(weight)
    if pixels is not None:
        font.setPixelSize(pixels)
    return _Face(font)


def _tone(tone: str, tokens: Tokens) -> str:
    return {
        "ok": tokens.ok,
        "warn": tokens.warn,
        "danger": tokens.danger,
        "muted": tokens.muted,
    }.get(tone, tokens.text)


def _paint_lines(
    painter: QPainter,
    rect: QRect,
    cell: Cell,
    faces: _Faces,
    colour: str,
    quiet: str,
    right: bool,
) -> None:
    side = _RIGHT if right else _LEFT
    face = faces.bold if cell.bold else faces.plain
    left, top, width, height = rect.left(), rect.top(), rect.width(), rect.height()
    if cell.subtitle:
        below = faces.small
        top += (height - face.height - below.height - 1) // 2
        height = face.height
        painter.setFont(below.font)
        painter.setPen(_colour(quiet))
        text, _ = below.fitted(cell.subtitle, width)
        painter.drawText(left, top + height, width, below.height, side, text)
    painter.setFont(face.font)
    painter.setPen(_colour(colour))
    text, _ = face.fitted(cell.text, width)
    painter.drawText(left, top, width, height, side, text)


def _paint_pill(
    painter: QPainter,
    rect: QRect,
    cell: Cell,
    faces: _Faces,
    tokens: Tokens,
    right: bool,
    chosen: bool,
) -> None:
    soft = {"ok": tokens.ok_soft, "warn": tokens.warn_soft, "danger": tokens.danger_soft}
    face = faces.pill
    text, advance = face.fitted(cell.text, max(rect.width() - 16, 10))
    width = advance + 18
    height = face.height + 6
    left = rect.right() - width if right else rect.left()
    pill = QRect(left, rect.center().y() - height // 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outlined = chosen or tokens.name == "contrast" or cell.tone not in soft
    painter.setPen(_colour(tokens.border if outlined else "transparent"))
    painter.setBrush(_colour(tokens.surface if chosen else soft.get(cell.tone, tokens.raised)))
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setFont(face.font)
    painter.setPen(_colour(_tone(cell.tone, tokens)))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
