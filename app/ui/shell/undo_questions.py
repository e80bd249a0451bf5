"""What is asked and said before a change is undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.domain.errors import ShortStockError
from app.domain.last_change import Offer
from app.domain.scans import Scan, ScannedOrder
from app.ui.core.dialogs import ask
from app.ui.core.formats import number
from app.ui.core.message import problem
from app.ui.shell.status import StatusViewModel, shortage_question


class UndoQuestions(QObject):
    """Asks before an undo that others or money are concerned by, and says why one cannot be.

    `titles` has the screens of the sign-in by name; `open_item` shows a thing on one of them,
    `open_order` what the number of an order stands for.
    """

    def __init__(
        self,
        parent: QWidget,
        status: StatusViewModel,
        titles: Mapping[str, str],
        open_item: Callable[[str, str], object],
        open_order: Callable[[Scan], object],
    ) -> None:
        super().__init__(parent)
        self._parent = parent
        self._status = status
        self._titles = titles
        self._open_item = open_item
        self._open_order = open_order
        status.asked.connect(self._on_asked)
        status.refused.connect(self._on_refused)
        status.short.connect(self._on_short)

    def _on_asked(self, offer: Offer) -> None:
        title = f"Undo {offer.name}?"
        act = self._status.take_back
        ask(self._parent, title, offer.sentence, "Undo it", lambda: act(offer))

    def _on_refused(self, offer: Offer) -> None:
        name = offer.name[:1].upper() + offer.name[1:]
        if offer.screen not in self._titles:
            self._status.say(problem(f"{name}: that is not undone. {offer.sentence}"))
            return
        ask(
            self._parent,
            f"{name}: that is not undone",
            offer.sentence,
            f"Open {self._titles[offer.screen]}",
            lambda: self._show_instead(offer),
        )

    def _show_instead(self, offer: Offer) -> None:
        if offer.screen == "orders" and offer.item:
            self._open_order(Scan(offer.item, ScannedOrder(offer.item)))
        else:
            self._open_item(offer.screen, offer.item)

    def _on_short(self, offer: Offer, error: ShortStockError) -> None:
        ask(
            self._parent,
            "Undo below zero?",
            shortage_question(error),
            f"Undo to {number(error.on_hand + error.quantity)}",
            lambda: self._status.take_back(offer, allow_negative=True),
        )
