"""How a cell of a table is painted: one line or two, or a badge."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.ui.core.appearance import Appearance
from app.ui.core.rows import Cell, Index, one_line
from app.ui.core.theme import Tokens
from app.ui.core.zoom import px

PADDING = 10
"""Pixels between the text of a cell and its side."""
_TOLD = 1_000
"""Characters of a text that are shown at most while the mouse is over its cell."""
_MARK = 3
"""Pixels of the mark in front of the chosen row, whose ground is hardly another one."""


class CellDelegate(QStyledItemDelegate):
    """Paints a Cell, and shows all of one that is cut while the mouse is over it."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._faces = _Faces(parent.font())

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(px(40), px(40))

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
        if chosen and look.viewItemPosition in _FIRST:
            painter.fillRect(rect.left(), rect.top(), _MARK, rect.height(), _colour(tokens.accent))
        inner = rect.adjusted(PADDING, 0, -PADDING, 0)
        if cell.pill:
            painter.save()
            _paint_pill(painter, inner, cell, faces, tokens, column.right, chosen)
            painter.restore()
        else:
            colour = tokens.on_accent_soft if chosen else _tone(cell.tone, tokens)
            quiet = tokens.on_accent_soft if chosen else tokens.muted
            _paint_lines(painter, inner, cell, faces, colour, quiet, column.right)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        model: Any = index.model()
        cell: Cell = model.columns[index.column()].cell(model.rows[index.row()])
        rect = view.visualRect(index)
        whole = _whole(cell) if self._faces.cut(cell, rect.width() - 2 * PADDING) else ""
        QToolTip.showText(event.globalPos(), whole, view, rect)
        return True


_SELECTED = QStyle.StateFlag.State_Selected.value
_HOVERED = QStyle.StateFlag.State_MouseOver.value
_FIRST = (
    QStyleOptionViewItem.ViewItemPosition.Beginning,
    QStyleOptionViewItem.ViewItemPosition.OnlyOne,
)
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

    def cuts(self, text: str, width: int) -> bool:
        """Whether a part of a text is not shown on so many pixels."""
        return self.fitted(text, width)[0] != " ".join(text.split())


class _Faces:
    """The fonts of the cells, made from the font of the table."""

    def __init__(self, base: QFont) -> None:
        self.base = QFont(base)
        self.plain = _Face(self.base)
        self.bold = _face(base, QFont.Weight.DemiBold)
        self.small = _face(base, QFont.Weight.Normal, px(12))
        self.pill = _face(base, QFont.Weight.DemiBold, px(13))

    def cut(self, cell: Cell, width: int) -> bool:
        """Whether a cell does not show all of its texts on so many pixels."""
        if cell.pill:
            return self.pill.cuts(cell.text, _in_pill(width))
        face = self.bold if cell.bold else self.plain
        return face.cuts(cell.text, width) or self.small.cuts(cell.subtitle, width)


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


def _whole(cell: Cell) -> str:
    """All that a cell says, in lines that wrap."""
    texts = (text[:_TOLD] for text in (cell.text, cell.subtitle) if text.strip())
    return "".join(f"<p style='white-space: pre-wrap'>{escape(text)}</p>" for text in texts)


def _in_pill(width: int) -> int:
    return max(width - 16, 10)


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
    text, advance = face.fitted(cell.text, _in_pill(rect.width()))
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
