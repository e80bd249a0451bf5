"""Stocktakes: the list, the page on which people count, and the review."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QApplication, QStackedWidget

from app.domain.entities import StockItem
from app.domain.scans import Scan
from app.domain.stocktake import Stocktake
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import Binding
from app.ui.core.command import Command
from app.ui.core.message import Message, problem
from app.ui.core.screen import Screen
from app.ui.core.widgets import column
from app.ui.count.counting import CountingPage
from app.ui.count.counting_view_model import CountingViewModel
from app.ui.count.review import ReviewPage
from app.ui.count.review_view_model import ReviewViewModel
from app.ui.count.sessions import SessionsPage
from app.ui.count.sessions_view_model import SessionsState, SessionsViewModel


class CountScreen(Screen):
    """Moves between the three pages; only the shown one follows the store."""

    def __init__(
        self,
        sessions: SessionsViewModel,
        counting: CountingViewModel,
        review: ReviewViewModel,
        store: str,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self._sessions, self._counting, self._review = sessions, counting, review
        self._stocktake: Stocktake | None = None
        self.sessions = SessionsPage(sessions, appearance)
        self.counting = CountingPage(counting, appearance, approving)
        self.review = ReviewPage(review, store, appearance, approving)
        self._stack = QStackedWidget()
        for page in (self.sessions, self.counting, self.review):
            self._stack.addWidget(page)
        layout = column()
        layout.addWidget(self._stack)
        self.setLayout(layout)
        self._sheet = Command(self._read_sheet, self)
        self._sheet.failed.connect(lambda error: self.sessions.message.say(problem(error)))
        self.review.printing.ended.connect(self.sessions.message.say)
        printing = Binding("Ctrl+P", "Print the count sheet", self._print, when=self._may_print)
        self.sessions.table.offer(printing)
        self.bind_keys(printing)
        self.sessions.opened.connect(self.open)
        sessions.begun.connect(self.open)
        sessions.found.connect(self.open)
        sessions.state_changed.connect(self._go_on)
        self._arriving = False
        self.counting.left.connect(self._to_sessions)
        self.counting.refused.connect(self.refused)
        self.counting.review_wanted.connect(self._to_review)
        self.review.left.connect(self._from_review)
        self.review.recount_wanted.connect(self._recount)

    @property
    def page(self) -> SessionsPage | CountingPage | ReviewPage:
        """The page that is shown."""
        shown = self._stack.currentWidget()
        assert isinstance(shown, SessionsPage | CountingPage | ReviewPage)
        return shown

    @property
    def shelves_known(self) -> bool:
        """Whether a new count can be begun for an aisle or a shelf."""
        return bool(self._sessions.state.aisles)

    def begin(self, aisle: str = "") -> None:
        """Ask what a new count is to be of; an aisle is chosen already where one is given."""
        if self.take_typed():
            self._to_sessions()
            self._arriving = False
            self.sessions.begin(aisle)

    def open(self, stocktake: Stocktake) -> None:
        """Go on counting, or look at what was posted."""
        self._stocktake = stocktake
        self._arriving = False
        if stocktake.is_open:
            self._count(())
        else:
            self._to_review()

    def activate(self) -> None:
        if self.page is self.sessions:
            self._arriving = True
            self._sessions.activate()
        elif self._stocktake is not None and self.page is self.counting:
            self._counting.open(self._stocktake)
        elif self._stocktake is not None:
            self._review.open(self._stocktake)

    def deactivate(self) -> None:
        self._arriving = False
        self._close()

    def take_typed(self) -> bool:
        # What was scanned is counted, also by somebody who just walks away.
        return self.page is not self.counting or self.counting.keep()

    def say(self, message: Message) -> None:
        if self.page is self.counting:
            self._counting.say(message)
        elif self.page is self.review:
            self._review.say(message)

    def focus_first(self) -> None:
        self.page.focus_first()

    def take_scan(self, scan: Scan) -> bool:
        return self.page is self.counting and self.counting.take_scan(scan)

    def open_item(self, key: str) -> None:
        if not self.take_typed():
            return
        self._to_sessions()
        self._arriving = False
        self._sessions.look_for(key)

    def _go_on(self, state: SessionsState) -> None:
        """Open the count that is open, where there is just one and somebody comes to count."""
        if not self._arriving or state.rows is None:
            return
        self._arriving = False
        begun = [one.stocktake for one in state.rows if one.stocktake.is_open]
        if len(begun) == 1 and QApplication.activeModalWidget() is None:
            self.open(begun[0])

    def _may_print(self) -> bool:
        return self.page is self.review or (
            self.page is self.sessions and self.sessions.chosen is not None
        )

    def _print(self) -> None:
        if self.page is self.review:
            self.review.print_sheet()
        elif self._may_print():
            self._sheet.execute(self.sessions.chosen)

    async def _read_sheet(self, stocktake: Stocktake) -> None:
        self.review.print_one(stocktake, await self._review.read(stocktake))

    def _count(self, items: Sequence[StockItem]) -> None:
        assert self._stocktake is not None
        self._close()
        self._counting.open(self._stocktake, items)
        self._show(self.counting)

    def _recount(self, items: Sequence[StockItem]) -> None:
        self._count(items)

    def _to_review(self) -> None:
        assert self._stocktake is not None
        self._close()
        self._review.open(self._stocktake)
        self._show(self.review)

    def _from_review(self) -> None:
        if self._review.state.stocktake.is_open:
            self._count(())
        else:
            self._to_sessions()

    def _to_sessions(self) -> None:
        self._stocktake = None
        self._close()
        self._show(self.sessions)
        self._sessions.activate()

    def _show(self, page: SessionsPage | CountingPage | ReviewPage) -> None:
        self._stack.setCurrentWidget(page)
        page.focus_first()

    def _close(self) -> None:
        self._sessions.deactivate()
        self._counting.close()
        self._review.close()
