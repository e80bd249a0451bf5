"""The workplace, from sign-in to sign-out: rail, command bar, screens, status line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.entities import Profile, Store
from app.domain.errors import ShortStockError
from app.domain.scans import (
    AmbiguousCode,
    Scan,
    ScannedOrder,
    ScannedPaper,
    ScannedPlace,
    ScannedProduct,
    UnknownCode,
)
from app.ui.core.appearance import Appearance
from app.ui.core.dialogs import ask
from app.ui.core.formats import number
from app.ui.core.message import Message, problem
from app.ui.core.scan_words import layout_note, not_shown, refusal
from app.ui.core.screen import Route, Screen
from app.ui.core.widgets import column, row
from app.ui.find.screen import FindScreen
from app.ui.find.view_model import FindViewModel
from app.ui.shell.command_bar import CommandBar
from app.ui.shell.rail import Rail
from app.ui.shell.scanned import PaperFinder, ask_which, screen_of
from app.ui.shell.status import StatusLine, StatusViewModel, shortage_question
from app.ui.shell.stores import OtherStores, open_menu

if TYPE_CHECKING:
    from app.ui.product.screen import ProductScreen

FIND = "find"


class Workplace(QWidget):
    """Moves between the screens; only the shown one follows the store."""

    def __init__(
        self,
        profile: Profile,
        store: Store,
        routes: Sequence[Route],
        find: FindViewModel,
        make_product: Callable[[], ProductScreen],
        status: StatusViewModel,
        papers: PaperFinder,
        appearance: Appearance,
        sign_out: Callable[[], object],
        others: OtherStores | None = None,
    ) -> None:
        super().__init__()
        self._routes = {route.name: route for route in routes if profile.role in route.roles}
        self._screens: dict[str, Screen] = {}
        self._find = find
        self._status = status
        self._papers = papers
        self._role = profile.role
        self._make_product = make_product
        self._product: ProductScreen | None = None
        self._before_product = FIND
        self.rail = Rail(list(self._routes.values()), profile, appearance, self.go, sign_out)
        self.bar = CommandBar(appearance)
        self.bar.show_store(store.short_name, others is not None)
        self.stack = QStackedWidget()
        self.current = Screen()
        self.stack.addWidget(self.current)
        self.status_line = StatusLine(status, appearance)
        right = column(self.bar, self.stack, spacing=0)
        right.setStretch(1, 1)
        top = row(self.rail, spacing=0)
        top.addLayout(right, 1)
        layout = column(spacing=0)
        layout.addLayout(top, 1)
        layout.addWidget(self.status_line)
        self.setLayout(layout)
        status.short.connect(self._on_undo_short)
        papers.found.connect(self.open_item)
        papers.missed.connect(status.say)
        line = self.bar.line
        line.textEdited.connect(self._on_typed)
        line.textChanged.connect(self._on_text)
        line.stepped.connect(lambda by: self._searched().step(by))
        line.entered.connect(self._on_entered)
        line.left.connect(lambda: self.current.focus_first())
        self._keys(sign_out)
        if others is not None:
            asked = partial(open_menu, self.bar.store, others, store)
            self.bar.store_asked.connect(asked)
            QShortcut(QKeySequence("Alt+S"), self).activated.connect(asked)

    @property
    def shown(self) -> tuple[str, str]:
        """The screen that is shown, and the product whose card is on top of it, else ""."""
        if self._product is not None and self.current is self._product:
            product = self._product.view_model.state.product
            return self._before_product, product.product_id if product else ""
        return next(name for name, its in self._screens.items() if its is self.current), ""

    def show_again(self, shown: tuple[str, str]) -> None:
        """Show what another workplace showed, from its `shown`."""
        name, product_id = shown
        self.go(name).focus_first()
        if product_id:
            self.open_product(product_id)

    @property
    def product(self) -> ProductScreen:
        """The product card, made when it is first asked for."""
        if self._product is None:
            self._product = self._make_product()
            self._product.back.connect(self._back)
            self.stack.addWidget(self._product)
        return self._product

    def make(self, name: str) -> Screen:
        """A screen, made when it is first asked for; it need not be shown."""
        if name not in self._screens:
            self._screens[name] = screen = self._routes[name].make()
            self.stack.addWidget(screen)
            screen.product_opened.connect(self.open_product)
            screen.item_opened.connect(self.open_item)
        return self._screens[name]

    def go(self, name: str) -> Screen:
        """Show a screen."""
        screen = self.make(name)
        self.rail.mark(name)
        self._show(screen)
        self._on_text(self.bar.line.text())
        if not self.bar.line.hasFocus():
            screen.focus_first()
        return screen

    def visit(self, name: str) -> None:
        """Show a screen that was asked for by its key; the next scan or text is for it."""
        screen = self.go(name)
        if name != FIND and not self.bar.line.text():
            screen.focus_first()

    def open_item(self, name: str, key: str) -> None:
        """Show a screen, and one thing of it where there is an id."""
        screen = self.go(name)
        if key:
            screen.open_item(key)

    def open_product(self, product_id: str) -> None:
        """Show a product card; Esc goes back to where it was opened."""
        if self.current is not self.product:
            self._before_product = next(
                (name for name, screen in self._screens.items() if screen is self.current), FIND
            )
        if self.current is not self.product:
            self.current.deactivate()
        self.product.show_product(product_id)
        self.current = self.product
        self.stack.setCurrentWidget(self.product)
        self.product.focus_first()

    def scan(self, code: str) -> None:
        """A scanned code is for the work under way; else opens what it means, or Find says no."""
        self._once_meant(self._find.read(code), self._take)

    def close_all(self) -> None:
        """Stop following the store."""
        self.current.deactivate()
        self._papers.close()
        self._status.close()

    def _show(self, screen: Screen) -> None:
        if screen is not self.current:
            self.current.deactivate()
            self.current = screen
            self.stack.setCurrentWidget(screen)
            screen.activate()

    def _back(self) -> None:
        self.go(self._before_product).focus_first()

    def _find_screen(self) -> FindScreen:
        screen = self.go(FIND)
        assert isinstance(screen, FindScreen)
        return screen

    def _searched(self) -> Screen:
        text = self.bar.line.text()
        return self.current if self.current.take_query(text) else self._find_screen()

    def _on_typed(self, text: str) -> None:
        searches = self.current.take_query(text)
        if not searches and self.current is not self._screens.get(FIND):
            self.go(FIND)

    def _on_text(self, text: str) -> None:
        if not self.current.take_query(text) and text != self._find.state.query:
            self._find.set_query(text)

    def _on_entered(self) -> None:
        scan = self._find.read(self.bar.line.text())
        if isinstance(scan.meaning, UnknownCode | ScannedPlace):
            self._searched().open_current()
        else:
            self._once_meant(scan, self._open)

    def _once_meant(self, scan: Scan, act: Callable[[Scan], object]) -> None:
        """Do it when it is clear which product is meant, where several have the code."""
        if isinstance(scan.meaning, AmbiguousCode):
            ask_which(self, scan, self._find.listing, lambda one: self._once_meant(one, act))
            return
        act(scan)
        if scan.layouts and not isinstance(scan.meaning, UnknownCode):
            self._status.say(Message(layout_note(scan)))

    def _take(self, scan: Scan) -> None:
        if not self.current.take_scan(scan):
            self._open(scan)

    def _open(self, scan: Scan) -> None:
        match scan.meaning:
            case ScannedProduct(product_id, units):
                self.bar.line.setText(scan.text)
                self.open_product(product_id)
                if units > 1:
                    self._status.say(Message(f"This code is that of a pack of {number(units)}."))
            case ScannedPlace(place):
                self._look_for(place.code)
            case ScannedPaper() | ScannedOrder():
                self._open_paper(scan, scan.meaning)
            case _:
                self._look_for(scan.text)
                self._find_screen().refuse(self.bar.line.text(), refusal(scan))

    def _look_for(self, text: str) -> None:
        self.bar.line.setText(text)
        self.go(FIND)
        self.bar.focus()

    def _open_paper(self, scan: Scan, paper: ScannedPaper | ScannedOrder) -> None:
        name = screen_of(paper)
        if name not in self._routes:
            self._status.say(problem(not_shown(paper, self._role)))
        elif isinstance(paper, ScannedPaper):
            self._papers.find(paper)
        else:
            self.go(name).take_scan(scan)

    def _on_undo(self) -> None:
        if not self.current.take_undo():
            self._status.request_undo()

    def _on_undo_short(self, error: ShortStockError) -> None:
        ask(
            self,
            "Undo below zero?",
            shortage_question(error),
            f"Undo to {number(error.on_hand + error.quantity)}",
            lambda: self._status.request_undo(allow_negative=True),
        )

    def _keys(self, sign_out: Callable[[], object]) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+K": self.bar.focus,
            "Ctrl+Z": self._on_undo,
            "Ctrl+L": sign_out,
        }
        for route in self._routes.values():
            keys[route.shortcut] = partial(self.visit, route.name)
        for sequence, act in keys.items():
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.activated.connect(act)
