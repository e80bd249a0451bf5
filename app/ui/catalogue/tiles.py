"""Products as tiles: picture, name, price, and what is on hand."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.domain.entities import StockState
from app.ui.catalogue.view_model import CatalogueRow
from app.ui.core.appearance import Appearance
from app.ui.core.formats import STATE_LABELS, STATE_TONES, money, number
from app.ui.core.pictures import Pictures
from app.ui.core.rows import Index, RowsModel, one_line
from app.ui.core.table_menu import asks_for_menu
from app.ui.core.zoom import px

_NARROWEST, _HEIGHT = 172, 186
_GAP = 5
_PICTURE = 78


class Tiles(QListView):
    """Shows a RowsModel as tiles; arrows go in all directions, Enter or a click opens.

    `menu_asked` carries the place on the screen where the menu of the chosen tile belongs.
    """

    opened = Signal(object)
    left = Signal()
    menu_asked = Signal(QPoint)

    def __init__(
        self, model: RowsModel[CatalogueRow], appearance: Appearance, pictures: Pictures
    ) -> None:
        super().__init__()
        self._rows = model
        self.setModel(model)
        self.setAccessibleName("Products as tiles")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setItemDelegate(_Delegate(appearance, pictures, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._open)
        appearance.changed.connect(self.scheduleDelayedItemsLayout)
        self._empty = QLabel("", self.viewport())
        self._empty.setProperty("look", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)

    def set_empty_text(self, text: str) -> None:
        """Set the text that stands in the middle while there are no tiles."""
        self._empty.setText(text)
        self._empty.setVisible(not self._rows.rowCount())
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 0, -24, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(at)
        elif asks_for_menu(event):
            if at.isValid():
                self.menu_asked.emit(self.viewport().mapToGlobal(self.visualRect(at).center()))
        elif event.key() == Qt.Key.Key_Left and at.row() <= 0:
            self.left.emit()
        elif event.text().isprintable() and event.text().strip():
            # A key of the screen, and no first letter of a name.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.indexAt(event.pos()).isValid():
            self.menu_asked.emit(event.globalPos())

    @property
    def tile(self) -> QSize:
        """The size of a tile: as many as fit beside each other fill the width."""
        room = self.maximumViewportSize().width() - self.verticalScrollBar().sizeHint().width() - 4
        narrowest = px(_NARROWEST)
        beside = max(room // narrowest, 1)
        return QSize(max(room // beside, narrowest), px(_HEIGHT))

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 0, -24, 0))

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._rows.rows[index.row()])


class _Delegate(QStyledItemDelegate):
    def __init__(self, appearance: Appearance, pictures: Pictures, parent: Tiles) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._pictures = pictures
        self._tiles = parent

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return self._tiles.tile

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._appearance.tokens
        model: Any = index.model()
        tile: CatalogueRow = model.rows[index.row()]
        look: Any = option
        chosen = bool(look.state & QStyle.StateFlag.State_Selected)
        over = bool(look.state & QStyle.StateFlag.State_MouseOver)
        box: QRect = look.rect.adjusted(_GAP, _GAP, -_GAP, -_GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(tokens.focus if chosen else tokens.border))
        ground = tokens.accent_soft if chosen else tokens.raised if over else tokens.surface
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, 9, 9)
        text, quiet = (
            (tokens.on_accent_soft, tokens.on_accent_soft)
            if chosen
            else (tokens.text, tokens.muted)
        )
        inner = box.adjusted(8, 8, -8, -8)
        size = QSize(inner.width(), _PICTURE)
        picture = self._pictures.of(tile.sku, tile.category, size, tokens)
        shown = picture.deviceIndependentSize().toSize()
        painter.drawPixmap(inner.left() + (size.width() - shown.width()) // 2, inner.top(), picture)
        base = QFont(look.font)
        bold = QFont(base)
        bold.setWeight(QFont.Weight.DemiBold)
        bold.setPixelSize(px(13))
        name = QRect(inner.left(), inner.top() + _PICTURE + 6, inner.width(), px(36))
        painter.setFont(bold)
        painter.setPen(QColor(text))
        _two_lines(painter, name, one_line(tile.name), QFontMetrics(bold))
        small = QFont(base)
        small.setPixelSize(px(12))
        painter.setFont(small)
        painter.setPen(QColor(quiet))
        sku = QFontMetrics(small).elidedText(tile.sku, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner.left(), name.bottom() + px(14), sku)
        self._foot(painter, inner, tile, bold, text, chosen)
        if tile.in_carts:
            carts = f"{number(tile.in_carts)} in carts"
            _pill(painter, inner.right() - 4, inner.top() + 4, carts, small, tokens, "ok", chosen)
        painter.restore()

    def _foot(
        self,
        painter: QPainter,
        inner: QRect,
        tile: CatalogueRow,
        bold: QFont,
        text: str,
        chosen: bool,
    ) -> None:
        tokens = self._appearance.tokens
        painter.setFont(bold)
        painter.setPen(QColor(text))
        painter.drawText(inner.left(), inner.bottom() - 4, money(tile.price))
        stock, tone = "Not stocked here", ""
        if tile.on_hand is not None and tile.state is not None:
            is_faulty = tile.state is StockState.FAULTY
            stock = STATE_LABELS[tile.state] if is_faulty else number(tile.on_hand)
            tone = STATE_TONES[tile.state]
        font = QFont(bold)
        font.setPixelSize(px(12))
        _pill(painter, inner.right(), inner.bottom() - px(18), stock, font, tokens, tone, chosen)


def _two_lines(painter: QPainter, box: QRect, text: str, metrics: QFontMetrics) -> None:
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    room = box.width() * 2 - 24
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(box.toRectF(), shown, option)


def _pill(
    painter: QPainter,
    right: int,
    top: int,
    text: str,
    font: QFont,
    tokens: Any,
    tone: str,
    chosen: bool,
) -> None:
    metrics = QFontMetrics(font)
    width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 4
    pill = QRect(right - width, top, width, height)
    outlined = chosen or not tone or tokens.name == "contrast"
    painter.setPen(QColor(tokens.border) if outlined else Qt.PenStyle.NoPen)
    soft = getattr(tokens, f"{tone}_soft") if tone else tokens.raised
    painter.setBrush(QColor(tokens.surface if chosen else soft))
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setFont(font)
    painter.setPen(QColor(getattr(tokens, tone) if tone else tokens.muted))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
