"""How large text is, and with it what has to hold text; 1 is the size that screens are drawn in."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

_NO_LIMIT = (1 << 24) - 1
"""The greatest size of a widget in Qt, which says that it has none."""

_factor = 1.0


def px(pixels: float) -> int:
    """A length that has to hold text, in logical pixels at the size of text that is on."""
    return round(pixels * _factor)


def factor() -> float:
    """The size of text that is on, from 1 upwards."""
    return _factor


def set_factor(wanted: float) -> None:
    """Switch the size of text: what widgets were given with `px` grows or shrinks along."""
    global _factor
    before, _factor = _factor, wanted
    if before == wanted:
        return
    for widget in QApplication.allWidgets():
        if not isinstance(widget, QMainWindow):
            _scale(widget, before)


def _scale(widget: QWidget, before: float) -> None:
    # From 1 upwards, the rounded length tells the one that it was made of.
    def now(length: int) -> int:
        return length if length in (0, _NO_LIMIT) else px(round(length / before))

    least, most = widget.minimumSize(), widget.maximumSize()
    widths, heights = (least.width(), most.width()), (least.height(), most.height())
    if widths != (0, _NO_LIMIT) or heights != (0, _NO_LIMIT):
        # Both at once: neither may be greater than the other on the way.
        widget.setMaximumSize(_NO_LIMIT, _NO_LIMIT)
        widget.setMinimumSize(now(widths[0]), now(heights[0]))
        widget.setMaximumSize(now(widths[1]), now(heights[1]))
