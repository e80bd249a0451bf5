"""The dialog that prints labels: which, on which sheet, and where the first one goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDialog, QSpinBox, QWidget

from app.ui.core.formats import counted
from app.ui.core.widgets import Field, Segments, Text, button, column, row
from app.ui.labels.sheets import SHEETS, Label, label_sheets

_KINDS = (("product", "Products"), ("place", "Places"))


class LabelsDialog(QDialog):
    """Labels of products and of places; `chosen` carries the Printout."""

    chosen = Signal(object)

    def __init__(
        self, products: Sequence[Label], places: Sequence[Label], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._labels = {"product": products, "place": places}
        self.setWindowTitle("Labels")
        self.setMinimumWidth(420)
        self.kind = Segments(_KINDS, lambda _: self._count(), "Labels of")
        self.kind.button("place").setEnabled(bool(places))
        self.sheet = QComboBox()
        self.sheet.addItems([one.name for one in SHEETS])
        self.first = QSpinBox()
        self.first.setMinimum(1)
        # Its arrows do not take the theme; the arrow keys do the same.
        self.first.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.sheet.currentIndexChanged.connect(lambda _: self._count())
        self._how_many = Text("", "muted", wrap=True)
        cancel = button("Cancel", self.reject)
        self.print_button = button("Print…", self._print, "primary")
        self.print_button.setDefault(True)
        cancel.setAutoDefault(False)
        layout = column(Text("Labels", "heading"), self.kind, spacing=12)
        layout.addLayout(
            row(Field("Sheet", self.sheet), Field("First free label", self.first), spacing=10)
        )
        layout.addWidget(self._how_many)
        layout.addLayout(row(None, cancel, self.print_button))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self._count()
        self.finished.connect(self.deleteLater)
        self.print_button.setFocus()

    def _count(self) -> None:
        sheet = SHEETS[self.sheet.currentIndex()]
        self.first.setMaximum(sheet.count)
        labels = self._labels[self.kind.chosen]
        self._how_many.setText(counted(len(labels), "label"))
        self.print_button.setEnabled(bool(labels))

    def _print(self) -> None:
        sheet = SHEETS[self.sheet.currentIndex()]
        labels = self._labels[self.kind.chosen]
        self.accept()
        self.chosen.emit(label_sheets(labels, sheet, self.first.value()))
