"""A line that takes products: typed, chosen among the hits, or scanned."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.conventions import in_ascii
from app.domain.entities import Product
from app.domain.errors import InvalidInputError
from app.domain.stock import has_sign, parse_units
from app.ui.core.appearance import Appearance
from app.ui.core.command import Command
from app.ui.core.conventions import conventions_of
from app.ui.core.here import place
from app.ui.core.hits_line import HitsLine
from app.ui.core.icons import icon
from app.ui.core.meant_rows import MeantRows
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.theme import Tokens
from app.ui.core.widgets import Text, column, restyle
from app.ui.core.zoom import px

_HITS = 5
_MEANT = 3
_REST_MS = 150
"""How long typing rests before a text is asked by its meaning."""
_ROW = 44
_NO_LINE = (
    "“{}” is a number, and no line is chosen that it could be for: choose one, "
    "or look for a product with \N{DOWNWARDS ARROW}."
)

_COLUMNS = (Column[Product]("", lambda one: Cell(one.name, one.sku, bold=True)),)


class ProductLine(QWidget):
    """`chosen` carries a product id and the units of its code; Down in the empty line is `below`.

    Below is where the work is. A bare number finds no product by itself: Enter puts it on the line
    that was worked on last with `count`, which is False where it is refused; `counts` says which
    line that is by its name, and `tell` shows it where that has changed.
    With `by_meaning` what the words of a text do not find is looked for by what it means, when
    typing rests.
    """

    chosen = Signal(str, int)
    below = Signal()

    def __init__(
        self,
        catalogue: Catalogue,
        appearance: Appearance,
        hint: str,
        by_meaning: bool = False,
        rest_ms: int = _REST_MS,
    ) -> None:
        super().__init__()
        self._catalogue = catalogue
        self.counts: Callable[[], str] = lambda: ""
        self.count: Callable[[str], bool] = lambda _: True
        self.line = HitsLine()
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        self.line.setClearButtonEnabled(True)
        self._told = ""
        self._icon = QAction(self)
        self.line.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self._model = RowsModel[Product](_COLUMNS, lambda one: one.product_id)
        self.hits = RowsTable(self._model, appearance, "Products found", row_height=_ROW)
        self.hits.horizontalHeader().hide()
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.setVisible(False)
        self.meant = MeantRows(
            self.hits, _COLUMNS, lambda one: one.product_id, appearance, row_height=_ROW
        )
        self.meant.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.meant.opened.connect(lambda product: self._choose(product.product_id))
        self._asking = Command(self._add_meant, self)
        self._think = QTimer(self)
        self._think.setSingleShot(True)
        self._think.setInterval(rest_ms)
        self._think.timeout.connect(self._ask)
        self._by_meaning = by_meaning
        self._left = Text("", wrap=True)
        self._left.hide()
        self.setLayout(column(self.line, self._left, self.hits, self.meant, spacing=4))
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self._left.hide)
        self.line.textChanged.connect(self._search)
        self.line.stepped.connect(self._step)
        self.line.returnPressed.connect(self._enter)
        self.hits.opened.connect(lambda product: self._choose(product.product_id))
        self._tint(appearance.tokens)
        appearance.changed.connect(self._tint)

    def is_done(self) -> bool:
        """Whether nothing is typed that was not taken; else say so, and keep the keyboard."""
        typed = self.line.text().strip()
        if typed:
            self._refuse(f"“{typed[:40]}” is typed and not taken: Enter takes it, Esc clears it.")
        return not typed

    def take_number(self) -> bool:
        """Take in what is typed before something else is done, if it is a bare number.

        False where no line takes it; a text that looks for a product may stay.
        """
        if not self._is_number():
            return True
        typed = self.line.text()
        if not self.counts():
            self._refuse(_NO_LINE.format(typed.strip()))
            return False
        self.line.setText("")
        return self.count(typed)

    def take_scan(self) -> bool:
        """Begin anew, because a product is scanned; False where a typed number belongs nowhere."""
        if not self.take_number():
            return False
        self.line.setText("")
        return True

    def _search(self, text: str) -> None:
        found = self._catalogue.search(text, _HITS).product_ids if text.strip() else ()
        listings = (self._catalogue.listing(product_id) for product_id in found)
        self._model.set_rows([one.product for one in listings if one is not None])
        # In a low window fewer are seen at once, and the rest by scrolling.
        shown = max(self._model.rowCount(), 1)
        self.hits.setMinimumHeight(px(_ROW) * min(shown, 2) + 4)
        self.hits.setMaximumHeight(px(_ROW) * shown + 4)
        self.hits.set_empty_text("No product is called that. Try a part of its name, or its SKU.")
        self.hits.setVisible(bool(text.strip()))
        # What an older text meant is nobody's hit.
        self._asking.cancel()
        self._think.stop()
        self.meant.unselect()
        self.meant.show_rows(())
        if not self._is_number():
            self.hits.select(0)
            if self._by_meaning and len(found) < _HITS:
                self._think.start()
        elif self.counts():
            self.hits.hide()
            self._told = ""
            self.tell()

    def tell(self) -> None:
        """Say of which line Enter makes a typed number the quantity, where it does."""
        name = self.counts()
        if name == self._told or not self.hits.isHidden() or not self._is_number():
            return
        self._told = name
        many = _words(self.line.text().strip())
        if name:
            self._say(f"Enter: {many} of {name}. \N{DOWNWARDS ARROW} looks for a product.")
        else:
            self._left.hide()

    def _ask(self) -> None:
        self._asking.execute(self.line.text())

    async def _add_meant(self, text: str) -> None:
        words = {one.product_id for one in self._model.rows}
        like = await self._catalogue.like(text, _MEANT + len(words))
        listings = [self._catalogue.listing(one) for one in like or () if one not in words]
        found = [one.product for one in listings if one is not None][:_MEANT]
        if text != self.line.text():
            return
        self.meant.show_rows(found)
        if like is not None:
            self.hits.set_empty_text("No product is called that, and none means something like it.")
        if found and not words:
            self.hits.hide()
            self.meant.select_first()

    def _step(self, by: int) -> None:
        if not self.line.text().strip():
            self.below.emit()
        else:
            self._left.hide()
            self.hits.setVisible(bool(self._model.rowCount()) or not self.meant.rows)
            self.meant.step(by)

    def _enter(self) -> None:
        # Exactly that code, before anything that is only similar.
        coded = self._catalogue.read(self.line.text()).product
        product = self.meant.current() or self.hits.current()
        if coded is not None:
            self._choose(coded.product_id, coded.units)
        elif product is not None and self.line.text().strip():
            self._choose(product.product_id)
        elif self._is_number():
            self.take_number()

    def _choose(self, product_id: str, units: int = 1) -> None:
        self.line.setText("")
        self.line.setFocus()
        self.chosen.emit(product_id, units)

    def _is_number(self) -> bool:
        """Whether a quantity is typed, or `1,5`, which is none: neither a word nor a code."""
        typed = self.line.text()
        meant = in_ascii(typed).lstrip("+-")
        try:
            parse_units(meant, conventions_of(place()))
        except InvalidInputError:
            if meant.isdecimal() or meant.strip("0123456789.,"):
                return False
        return bool(meant.strip(" ,.")) and self._catalogue.read(typed).product is None

    def _refuse(self, sentence: str) -> None:
        self._say(sentence, "error")
        self.line.setFocus()
        self.line.selectAll()

    def _say(self, sentence: str, look: str = "muted") -> None:
        self._left.setProperty("look", look)
        restyle(self._left)
        self._left.setText(sentence)
        self._left.show()

    def _tint(self, tokens: Tokens) -> None:
        self._icon.setIcon(icon("barcode_scanner", tokens.muted))


def _words(typed: str) -> str:
    """How many a typed number means, where a sign changes what is there."""
    if not has_sign(typed):
        return typed
    return f"{typed[1:].strip()} {'more' if in_ascii(typed).startswith('+') else 'fewer'}"
