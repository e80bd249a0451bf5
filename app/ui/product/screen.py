"""The product card."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.approvals import WordNeededError
from app.domain.errors import ShortStockError
from app.domain.scans import Scan, ScannedPlace
from app.domain.unusual import Unusual
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import Binding
from app.ui.core.dialogs import ask
from app.ui.core.formats import money, number
from app.ui.core.message import problem
from app.ui.core.screen import Screen
from app.ui.core.sign_keys import SignKeys
from app.ui.core.unusual import ask_unusual
from app.ui.core.widgets import Elided, Text, button, column, row, scrolling, tinted
from app.ui.product.codes_card import CodesCard
from app.ui.product.codes_view_model import CodesViewModel
from app.ui.product.details import DetailsCard
from app.ui.product.elsewhere import ElsewhereCard
from app.ui.product.history import HistoryCard
from app.ui.product.nearby import NearbyViewModel
from app.ui.product.place_card import PlaceCard
from app.ui.product.places_view_model import PlacesViewModel
from app.ui.product.state import ProductState
from app.ui.product.stock_card import StockCard
from app.ui.product.view_model import ProductViewModel


class ProductScreen(Screen):
    """The card of one product; `back` asks for the screen that was shown before."""

    back = Signal()

    def __init__(
        self,
        view_model: ProductViewModel,
        places: PlacesViewModel,
        nearby: NearbyViewModel,
        codes: CodesViewModel,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self._approving = approving
        self._nearby = nearby
        self._codes = codes
        self._product_id: str | None = None
        self._asks_for_place = False
        back = button("Back", self.back.emit, "quiet", "Back to the list (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self._name = Elided("", "title")
        self._line = Elided("", "muted")
        self._price = Text("", "title")
        self._refused = Text("", "error", wrap=True)
        self.stock = StockCard(view_model, appearance)
        self.place = PlaceCard(view_model, places, appearance)
        self.history = HistoryCard(view_model, appearance)
        self.elsewhere = ElsewhereCard(view_model, nearby, appearance)
        left = column(self.stock, self.history, None, spacing=12)
        self.codes = CodesCard(codes, appearance)
        details = DetailsCard(view_model)
        right = column(self.place, self.elsewhere, self.codes, details, None, spacing=12)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addLayout(left, 5)
        columns.addLayout(right, 4)
        header = row(back, 4, spacing=8)
        header.addLayout(column(self._name, self._line, spacing=2), 1)
        header.addWidget(self._price)
        page = QWidget()
        page.setObjectName("page")
        inside = QVBoxLayout(page)
        inside.setContentsMargins(24, 16, 24, 20)
        inside.setSpacing(12)
        inside.addLayout(header)
        inside.addWidget(self._refused)
        inside.addLayout(columns)
        inside.addStretch(1)
        scroll = scrolling(page)
        self.setLayout(column(scroll))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area = scroll
        self._signs = SignKeys(self)
        self._signs.stepped.connect(view_model.step)
        self._signs.begun.connect(self._on_begun)

        def changes() -> bool:
            return view_model.state.may_adjust

        self.press_keys(
            Binding("+", "One more on hand", lambda: view_model.step(1), when=changes),
            Binding("-", "One fewer on hand", lambda: view_model.step(-1), when=changes),
            Binding("A", "Adjust by a number", self.stock.form.quantity.setFocus, when=changes),
            Binding("M", "Move to another place", self.place.begin, when=changes),
            Binding("L", "Print its labels", self.place.open_labels),
            Binding("C", "Add one to the cart", self.elsewhere.sell, when=lambda: nearby.sells),
            Binding("N", "Order from the nearest store", self.elsewhere.order_from_nearest),
            Binding("Esc", "Drop what is typed, or back to the list", self._on_escape),
        )
        view_model.state_changed.connect(self._render)
        view_model.short.connect(self._on_short)
        view_model.unusual.connect(self._on_unusual)
        view_model.word_needed.connect(self._on_word_needed)
        view_model.saved.connect(self._on_saved)
        view_model.refused.connect(self._on_refused)
        places.refused.connect(self._on_refused)

    def show_product(self, product_id: str) -> None:
        """Show a product, scrolled to the top."""
        self._product_id = product_id
        self._asks_for_place = False
        self._refused.setText("")
        self.activate()
        self.area.verticalScrollBar().setValue(0)

    def ask_for_place(self) -> None:
        """Ask where to move the product, as soon as it is known where it stands."""
        self._asks_for_place = True
        self._render(self.view_model.state)

    def activate(self) -> None:
        if self._product_id is not None:
            self._nearby.open(self._product_id)
            self.view_model.open(self._product_id)
            product = self.view_model.state.product
            self._codes.open(self._product_id, product.name if product is not None else "it")

    def deactivate(self) -> None:
        self._signs.forget()
        self._asks_for_place = False
        self._nearby.close()
        self._codes.close()
        self.view_model.close()

    def take_typed(self) -> bool:
        self._signs.forget()
        return True

    @property
    def unsaved(self) -> str:
        return self.view_model.unsaved_words

    @property
    def shows_unsaved(self) -> bool:
        return self.view_model.state.draft.is_typed

    def show_unsaved(self) -> None:
        self.show_product(self.view_model.unsaved)
        self.stock.form.quantity.setFocus()

    def take_scan(self, scan: Scan) -> bool:
        """The label of a shelf: the product is to be put there."""
        match scan.meaning:
            case ScannedPlace(place):
                return not self.view_model.is_done() or self.place.open_dialog(place) is not None
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._signs.press(event):
            super().keyPressEvent(event)

    def _on_escape(self) -> None:
        if self.view_model.drop():
            self.setFocus()
        else:
            self.back.emit()

    def _on_begun(self, typed: str, is_late: bool) -> None:
        if not self.view_model.may_change():
            return
        if is_late:
            # Its sign was no unit of its own.
            self.view_model.take_step_back()
        self._signs.forget()
        self.stock.form.start(typed)

    def _render(self, state: ProductState) -> None:
        product = state.product
        self._refused.setVisible(bool(self._refused.text()))
        if product is None:
            self._name.set_text("This product is no longer in the catalogue")
            return
        self._name.set_text(product.name)
        self.setAccessibleName(f"Product card: {product.name}")
        self.setWindowTitle(product.name)
        self._line.set_text(f"{product.sku}  ·  {product.category}  ·  {product.type}")
        self._price.setText(money(product.price))
        if self._asks_for_place and state.item is not None:
            self._asks_for_place = False
            self.place.begin()

    def _on_short(self, question: tuple[ShortStockError, bool]) -> None:
        error, drafted = question
        after = error.on_hand + error.quantity
        ask(
            self,
            "Remove more than is there?",
            f"Only {number(error.on_hand)} on hand. Removing {number(-error.quantity)} leaves "
            f"{number(after)}, shown in red until a count or a receipt settles it.",
            f"Remove {number(-error.quantity)}",
            lambda: (
                self.view_model.apply(allow_negative=True, sure=True)
                if drafted
                else self.view_model.step(error.quantity, allow_negative=True)
            ),
        )

    def _on_unusual(self, found: Unusual) -> None:
        def correct() -> None:
            self.stock.form.quantity.setFocus()
            self.stock.form.quantity.selectAll()

        ask_unusual(self, [found], lambda: self.view_model.apply(sure=True), correct)

    def _on_word_needed(self, error: WordNeededError, allow_negative: bool) -> None:
        self._approving.ask(
            self,
            error,
            lambda approval: self.view_model.apply(allow_negative, sure=True, approval=approval),
            self.view_model.say_not_approved,
        )

    def _on_saved(self) -> None:
        # Out of the fields, so that Ctrl+Z and the single keys mean the stock again.
        self.setFocus()

    def _on_refused(self, sentence: str) -> None:
        self._refused.say(problem(sentence))
        self._refused.setVisible(bool(sentence))
