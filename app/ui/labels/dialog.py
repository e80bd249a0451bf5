"""The dialog that prints labels: which, on which sheet, and where the first one goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractSpinBox, QDialog, QWidget

from app.ui.core.barcode import code128
from app.ui.core.choice import Choice, NumberBox
from app.ui.core.formats import counted, number
from app.ui.core.printing import paper
from app.ui.core.widgets import Field, Segments, Text, button, column, row
from app.ui.core.zoom import px
from app.ui.labels.sheets import SHEETS, Label, label_sheets

_NAMED = 3
_KINDS = (("product", "Products"), ("place", "Places"))
_CODES = (("sku", "SKU (Code 128)"), ("gtin", "GTIN (EAN-13)"))


class LabelsDialog(QDialog):
    """Labels of products and of places; `chosen` carries the Printout."""

    chosen = Signal(object)

    def __init__(
        self, products: Sequence[Label], places: Sequence[Label], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._labels = {"product": products, "place": places}
        self.setWindowTitle("Labels")
        self.setMinimumWidth(px(420))
        self.kind = Segments(_KINDS, lambda _: self._count(), "Labels of")
        self.kind.button("place").setEnabled(bool(places))
        self.code = Segments(_CODES, lambda _: self._count(), "Barcode")
        self.sheet = Choice()
        self.sheet.addItems([one.name for one in SHEETS])
        self.sheet.setCurrentIndex([one.paper for one in SHEETS].index(paper()))
        self.first = NumberBox()
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
        layout.addWidget(Field("Barcode", self.code))
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

    @property
    def _gtins(self) -> bool:
        return self.kind.chosen == "product" and self.code.chosen == "gtin"

    def _count(self) -> None:
        sheet = SHEETS[self.sheet.currentIndex()]
        self.first.setMaximum(sheet.count)
        labels = self._labels[self.kind.chosen]
        of_products = self.kind.chosen == "product"
        for value, _ in _CODES:
            self.code.button(value).setEnabled(of_products)
        bare = [one for one in labels if not ((self._gtins and one.gtin) or code128(one.code))]
        said = counted(len(labels), "label")
        if bare:
            which = ", ".join(one.code or one.title for one in bare[:_NAMED])
            more = ", \N{HORIZONTAL ELLIPSIS}" if len(bare) > _NAMED else ""
            said += (
                f", {number(len(bare))} without a barcode ({which}{more}): it takes a code of "
                "letters from A to Z, digits and signs."
            )
        without = sum(not one.gtin for one in labels)
        if self._gtins and without:
            have = "has" if without == 1 else "have"
            said += f". {counted(without, 'product')} {have} no EAN-13: the SKU is printed there."
        self._how_many.setText(said)
        self.print_button.setEnabled(bool(labels))

    def _print(self) -> None:
        sheet = SHEETS[self.sheet.currentIndex()]
        labels = self._labels[self.kind.chosen]
        self.accept()
        self.chosen.emit(label_sheets(labels, sheet, self.first.value(), self._gtins))
