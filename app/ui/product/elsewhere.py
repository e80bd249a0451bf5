"""The card of other stores: what they have, how fresh that is, and having it from there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout

from app.domain.entities import Product
from app.ui.core.appearance import Appearance
from app.ui.core.formats import distance, number
from app.ui.core.message import Message
from app.ui.core.widgets import Elided, Text, button, card, column, row, tinted
from app.ui.product.nearby import NearbyViewModel
from app.ui.product.state import Elsewhere, ProductState
from app.ui.product.view_model import ProductViewModel


class _Row:
    """The labels and the button of one store; `shown` is what the button asks for."""

    def __init__(self, nearby: NearbyViewModel) -> None:
        self.about = Elided("", "small")
        self.pill = Text("", "pill")
        self.shown: Elsewhere | None = None
        self.order: QPushButton = button(nearby.word, lambda: self._ask(nearby), "quiet")
        self.may_ask: Callable[[], bool] = lambda: True

    def _ask(self, nearby: NearbyViewModel) -> None:
        if self.shown is not None and self.may_ask():
            nearby.order_from(self.shown)


class ElsewhereCard(QFrame):
    """The card with what every other store has on hand, the nearest first."""

    def __init__(
        self, view_model: ProductViewModel, nearby: NearbyViewModel, appearance: Appearance
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._nearby = nearby
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.cart = button("Add to cart", self.sell, tip="One more in the open cart (C)")
        tinted(self.cart, "shopping_cart", appearance)
        self.cart.setVisible(nearby.sells)
        self._carts = Text("", "small", wrap=True)
        self._message = Text("", "small", wrap=True)
        layout = QVBoxLayout()
        layout.addLayout(row(Text("At other stores", "heading"), None, self.cart))
        layout.addLayout(self._grid)
        layout.addWidget(self._carts)
        layout.addWidget(self._message)
        self.setLayout(column(card(layout)))
        self._rows: dict[str, _Row] = {}
        self._shown: tuple[Product | None, tuple[Elsewhere, ...]] | None = None
        view_model.state_changed.connect(self._on_state)
        nearby.changed.connect(lambda: self._render(view_model.state))

    def sell(self) -> None:
        """Put one into the open cart, unless a change of stock is typed and waits."""
        if self._view_model.is_done():
            self._nearby.sell()

    def order_from_nearest(self) -> None:
        """Have the product from the nearest store that has it."""
        having = [one for one in self._view_model.state.elsewhere if (one.on_hand or 0) > 0]
        if having and self._view_model.is_done():
            self._nearby.order_from(having[0])

    def _on_state(self, state: ProductState) -> None:
        # It changes with each key that is typed on the card, and this seldom does.
        if self._shown != (state.product, state.elsewhere):
            self._render(state)

    def _render(self, state: ProductState) -> None:
        self._shown = state.product, state.elsewhere
        for one in state.elsewhere:
            if one.store not in self._rows:
                self._add(one.store)
            self._show(self._rows[one.store], one)
        for label, message in (
            (self._carts, Message(self._nearby.in_carts)),
            (self._message, self._nearby.message),
        ):
            label.say(message)
            label.setVisible(bool(message))

    def _add(self, store: str) -> None:
        at = len(self._rows)
        self._rows[store] = one = _Row(self._nearby)
        one.may_ask = self._view_model.is_done
        one.order.setAccessibleName(f"{one.order.text()}. {self._nearby.consequence(store)}")
        one.order.setToolTip(self._nearby.consequence(store))
        self._grid.addLayout(column(Text(store), one.about, spacing=0), at, 0)
        for where, widget in ((1, one.pill), (2, one.order)):
            self._grid.addWidget(widget, at, where, Qt.AlignmentFlag.AlignRight)

    def _show(self, row: _Row, store: Elsewhere) -> None:
        row.shown = store
        far = "" if store.kilometres is None else distance(store.kilometres)
        seen = "" if store.on_hand is None else self._nearby.seen(store)
        row.about.set_text("  ·  ".join(part for part in (far, seen) if part))
        row.pill.setText("Not stocked" if store.on_hand is None else number(store.on_hand))
        has = (store.on_hand or 0) > 0
        row.pill.set_tone("" if store.on_hand is None else "ok" if has else "danger")
        row.order.setEnabled(has)
