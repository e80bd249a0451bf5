"""The preview of a paper: its pages as they come out of the printer, before anything is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QDialog, QScrollArea, QSizePolicy, QWidget

from app.ui.core.formats import counted, number
from app.ui.core.printing import A4, LETTER, Preview
from app.ui.core.widgets import Text, button, column, row
from app.ui.core.zoom import px

_GAP = 12
_FRAME = "#999999"
_PAPERS = {A4: "A4", LETTER: "Letter"}
_SCROLLS = {
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
}


class PreviewDialog(QDialog):
    """Shows pages; Enter prints them, or saves them where `on_print` is None for want of a printer.

    The keys of a list scroll, wherever in the dialog the keyboard is.
    """

    def __init__(
        self,
        preview: Preview,
        on_print: Callable[[], object] | None,
        on_save: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        name = preview.printout.name
        self.setWindowTitle(name)
        self._area = QScrollArea()
        self._area.setWidget(_Pages(preview.pages))
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(f"Preview of {name}")
        cancel = button("Cancel", self.reject)
        cancel.setAutoDefault(False)
        save = button("Save as PDF…", lambda: self._end(on_save), "" if on_print else "primary")
        buttons = row(Text(_about(preview), "muted"), None, cancel, save)
        default = save
        if on_print is not None:
            default = button("Print…", lambda: self._end(on_print), "primary")
            buttons.addWidget(default)
            save.setAutoDefault(False)
        default.setDefault(True)
        layout = column(Text(name, "heading"), spacing=10)
        layout.addWidget(self._area, 1)
        layout.addLayout(buttons)
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.finished.connect(self.deleteLater)
        window = parent.window().size()
        self.resize(QSize(px(640), px(820)).boundedTo(window - QSize(40, 40)))
        default.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = _SCROLLS.get(Qt.Key(event.key()))
        if action is not None:
            self._area.verticalScrollBar().triggerAction(action)
        else:
            super().keyPressEvent(event)

    def _end(self, act: Callable[[], object]) -> None:
        self.accept()
        act()


class _Pages(QWidget):
    """Pages below each other, white in every look as paper is, as wide as there is room."""

    def __init__(self, pages: Sequence[QImage]) -> None:
        super().__init__()
        self._pages = pages
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        areas = self._areas()
        self.setMinimumHeight(round(areas[-1].bottom()) + _GAP if areas else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(_FRAME))
        for page, area in zip(self._pages, self._areas(), strict=True):
            if area.intersects(QRectF(event.rect())):
                painter.drawImage(area, page)
                painter.drawRect(area)

    def _areas(self) -> list[QRectF]:
        areas, top = [], float(_GAP)
        for page in self._pages:
            width = max(min(self.width() - 2 * _GAP, page.width()), 1)
            height = width * page.height() / page.width()
            areas.append(QRectF((self.width() - width) / 2, top, width, height))
            top += height + _GAP
        return areas


def _about(preview: Preview) -> str:
    size = preview.printout.size
    paper = _PAPERS.get(size) or " × ".join(f"{side:.0f}" for side in size) + " mm"
    said = f"{counted(preview.count, 'page')}, {paper}"
    shown = len(preview.pages)
    return said if shown == preview.count else f"{said}; the first {number(shown)} are shown"
