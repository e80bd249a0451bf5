"""A line that takes products: typed, chosen among the hits, or scanned."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.entities import Product
from app.ui.core.appearance import Appearance
from app.ui.core.hits_line import HitsLine
from app.ui.core.icons import icon
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.theme import Tokens
from app.ui.core.widgets import Text, column

_HITS = 5
_ROW = 44

_COLUMNS = (Column[Product]("", lambda one: Cell(one.name, one.sku, bold=True)),)


class ProductLine(QWidget):
    """`chosen` carries a product id and the units of its code; Down in the empty line is `below`.

    Below is where the work is.
    """

    chosen = Signal(str, int)
    below = Signal()

    def __init__(self, catalogue: Catalogue, appearance: Appearance, hint: str) -> None:
        super().__init__()
        self._catalogue = catalogue
        self.line = HitsLine()
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        self.line.setClearButtonEnabled(True)
        self._icon = QAction(self)
        self.line.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self._model = RowsModel[Product](_COLUMNS, lambda one: one.product_id)
        self.hits = RowsTable(self._model, appearance, "Products found", row_height=_ROW)
        self.hits.horizontalHeader().hide()
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.setVisible(False)
        self._left = Text("", "error", wrap=True)
        self._left.hide()
        self.setLayout(column(self.line, self._left, self.hits, spacing=4))
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self._search)
        self.line.textChanged.connect(self._left.hide)
        self.line.stepped.connect(self._step)
        self.line.returnPressed.connect(self._enter)
        self.hits.opened.connect(lambda product: self._choose(product.product_id))
        self._tint(appearance.tokens)
        appearance.changed.connect(self._tint)

    def is_done(self) -> bool:
        """Whether nothing is typed that was not taken; else say so, and keep the keyboard."""
        typed = self.line.text().strip()
        if typed:
            self._left.setText(
                f"“{typed[:40]}” is typed and not taken: Enter takes it, Esc clears it."
            )
            self._left.show()
            self.line.setFocus()
        return not typed

    def _search(self, text: str) -> None:
        found = self._catalogue.search(text, _HITS).product_ids if text.strip() else ()
        listings = (self._catalogue.listing(product_id) for product_id in found)
        self._model.set_rows([one.product for one in listings if one is not None])
        # In a low window fewer are seen at once, and the rest by scrolling.
        shown = max(self._model.rowCount(), 1)
        self.hits.setMinimumHeight(_ROW * min(shown, 2) + 4)
        self.hits.setMaximumHeight(_ROW * shown + 4)
        self.hits.set_empty_text("No product is called that. Try a part of its name, or its SKU.")
        self.hits.setVisible(bool(text.strip()))
        self.hits.select(0)

    def _step(self, by: int) -> None:
        if not self.line.text().strip():
            self.below.emit()
        else:
            self.hits.select(self.hits.currentIndex().row() + by)

    def _enter(self) -> None:
        # Exactly that code, before anything that is only similar.
        coded, product = self._catalogue.read(self.line.text()).product, self.hits.current()
        if coded is not None:
            self._choose(coded.product_id, coded.units)
        elif product is not None and self.line.text().strip():
            self._choose(product.product_id)

    def _choose(self, product_id: str, units: int = 1) -> None:
        self.line.clear()
        self.line.setFocus()
        self.chosen.emit(product_id, units)

    def _tint(self, tokens: Tokens) -> None:
        self._icon.setIcon(icon("barcode_scanner", tokens.muted))
