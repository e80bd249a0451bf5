"""The dialog in which one of a product's counts is chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from app.domain.documents.parts import from_iso
from app.domain.stocktake import Count
from app.ui.core.formats import local_clock, local_date, number, signed
from app.ui.core.widgets import Text, button, column, row
from app.ui.core.zoom import px
from app.ui.count.review_view_model import ReviewRow, ReviewViewModel


class ChooseDialog(QDialog):
    """Who counted what, when and on which device, and what posting it would change."""

    def __init__(self, view_model: ReviewViewModel, reviewed: ReviewRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self.setWindowTitle("Counts")
        self.setMinimumWidth(px(480))
        line = reviewed.line
        is_open = view_model.state.stocktake.is_open
        layout = column(
            Text(reviewed.name, "heading", wrap=True),
            Text(f"{reviewed.sku} · {line.item.place.text}", "muted", wrap=True),
            spacing=10,
        )
        self.buttons = []
        for count, difference in zip(line.counts, line.differences, strict=True):
            moment = from_iso(count.at)
            when = f"{local_date(moment)} {local_clock(moment)}" if moment else ""
            who = column(
                Text(count.signature.names, "heading"),
                Text(f"{count.signature.device_name} · {when}", "small"),
                spacing=0,
            )
            units = column(
                Text(number(count.quantity), "tile"),
                Text(f"difference {signed(difference)}", "small"),
                spacing=0,
            )
            entry = row(spacing=20)
            entry.addLayout(units)
            entry.addLayout(who, 1)
            if is_open and len(line.counts) > 1:
                held = line.chosen is not None and line.chosen.count_id == count.count_id
                take = button(
                    "Holds" if held else "Take this",
                    lambda count=count: self._take(count),  # type: ignore[misc]
                )
                take.setEnabled(not held)
                take.setAutoDefault(False)
                self.buttons.append(take)
                entry.addWidget(take)
            layout.addLayout(entry)
        self.everywhere = QCheckBox("Take this person's counts for everything counted differently")
        self.everywhere.setVisible(is_open and line.disputed and view_model.state.disputed > 1)
        layout.addWidget(self.everywhere)
        close = button("Close", self.reject)
        close.setAutoDefault(False)
        layout.addLayout(row(None, close))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.finished.connect(self.deleteLater)
        (self.buttons[0] if self.buttons else close).setFocus()

    def _take(self, count: Count) -> None:
        everywhere = self.everywhere.isVisible() and self.everywhere.isChecked()
        counts = self._view_model.of_person(count) if everywhere else [count]
        self._view_model.choose.execute(counts)
        self.accept()
