"""The table of every list: two-line cells, badges, an empty state, keyboard first."""

from __future__ import annotations

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
from app.ui.core.rows import CELL, Cell, Index, RowsModel, one_line
from app.ui.core.theme import Tokens

R = TypeVar("R")

_PADDING = 10


class RowsTable(QTableView):
    """Shows a RowsModel; Enter or a click opens the current row (`opened` carries the row)."""

    opened = Signal(object)
    selected = Signal(object)

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
        self.selectionModel().currentRowChanged.connect(self._on_current)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_empty)
        self._show_empty()

    def set_empty_text(self, text: str) -> None:
        """What stands in the middle while there are no rows."""
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_empty()

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._model.rows[index.row()])

    def _on_current(self, current: QModelIndex) -> None:
        self.selected.emit(self._model.rows[current.row()] if current.isValid() else None)

    def _show_empty(self) -> None:
        self._empty.setVisible(self._model.rowCount() == 0 and bool(self._empty.text()))
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 0, -24, 0))


class CellDelegate(QStyledItemDelegate):
    """Paints a Cell."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(40, 40)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._appearance.tokens
        cell: Cell = index.data(CELL)
        state: Any = option.state
        rect: QRect = option.rect
        base_font: QFont = option.font
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if chosen:
            painter.fillRect(rect, QColor(tokens.accent_soft))
        elif hovered:
            painter.fillRect(rect, QColor(tokens.raised))
        painter.setPen(QColor(tokens.border))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        column = index.data(Qt.ItemDataRole.TextAlignmentRole)
        right = bool(column & Qt.AlignmentFlag.AlignRight)
        inner = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        font = QFont(base_font)
        if cell.bold:
            font.setWeight(QFont.Weight.DemiBold)
        if cell.pill:
            _paint_pill(painter, inner, cell, font, tokens, right, chosen)
        else:
            colour = tokens.on_accent_soft if chosen else _tone(cell.tone, tokens)
            quiet = tokens.on_accent_soft if chosen else tokens.muted
            _paint_lines(painter, inner, cell, font, colour, quiet, right)
        painter.restore()


def _tone(tone: str, tokens: Tokens) -> str:
    return {
        "ok": tokens.ok,
        "warn": tokens.warn,
        "danger": tokens.danger,
        "muted": tokens.muted,
    }.get(tone, tokens.text)


def _paint_lines(
    painter: QPainter, rect: QRect, cell: Cell, font: QFont, colour: str, quiet: str, right: bool
) -> None:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    metrics = QFontMetrics(font)
    first = QRect(rect)
    if cell.subtitle:
        small = QFont(font)
        small.setPixelSize(12)
        small.setWeight(QFont.Weight.Normal)
        below = QFontMetrics(small)
        height = metrics.height() + below.height() + 1
        first.setTop(rect.top() + (rect.height() - height) // 2)
        first.setHeight(metrics.height())
        second = QRect(rect.left(), first.bottom() + 1, rect.width(), below.height())
        painter.setFont(small)
        painter.setPen(QColor(quiet))
        text = below.elidedText(one_line(cell.subtitle), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(second, side | Qt.AlignmentFlag.AlignVCenter, text)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    text = metrics.elidedText(one_line(cell.text), Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(first, side | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_pill(
    painter: QPainter,
    rect: QRect,
    cell: Cell,
    font: QFont,
    tokens: Tokens,
    right: bool,
    chosen: bool,
) -> None:
    soft = {"ok": tokens.ok_soft, "warn": tokens.warn_soft, "danger": tokens.danger_soft}
    font.setPixelSize(13)
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetrics(font)
    text = metrics.elidedText(
        one_line(cell.text), Qt.TextElideMode.ElideRight, max(rect.width() - 16, 10)
    )
    width = metrics.horizontalAdvance(text) + 18
    height = metrics.height() + 6
    left = rect.right() - width if right else rect.left()
    pill = QRect(left, rect.center().y() - height // 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outlined = chosen or tokens.name == "contrast" or cell.tone not in soft
    painter.setPen(QColor(tokens.border if outlined else "transparent"))
    painter.setBrush(QColor(tokens.surface if chosen else soft.get(cell.tone, tokens.raised)))
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setFont(font)
    painter.setPen(QColor(_tone(cell.tone, tokens)))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
