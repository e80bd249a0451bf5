"""The workplace, from sign-in to sign-out: rail, command bar, screens, status line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.entities import Profile, Store
from app.domain.errors import ShortStockError
from app.domain.last_change import Offer
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
from app.ui.core.dialogs import ScanDialog, ask
from app.ui.core.formats import number
from app.ui.core.message import Message, problem
from app.ui.core.product_line import ProductLine
from app.ui.core.scan_words import covered, layout_note, not_shown, refusal
from app.ui.core.screen import Route, Screen
from app.ui.core.sounds import Sound
from app.ui.core.widgets import column, row
from app.ui.find.screen import FindScreen
from app.ui.find.view_model import FindViewModel
from app.ui.shell.command_bar import CommandBar
from app.ui.shell.rail import Rail
from app.ui.shell.scanned import PaperFinder, ask_which, screen_of
from app.ui.shell.status import StatusLine, StatusViewModel, shortage_question
from app.ui.shell.stores import OtherStores, open_menu
from app.ui.shell.teaching import Teaching
from app.ui.shell.window import MINIMUM

if TYPE_CHECKING:
    from app.ui.product.screen import ProductScreen

FIND = "find"


class Workplace(QWidget):
    """Moves between the screens; only the shown one follows the store.

    `heard` carries the Sound of a scan.
    """

    heard = Signal(object)

    def __init__(
        self,
        profile: Profile,
        store: Store,
        routes: Sequence[Route],
        find: FindViewModel,
        make_product: Callable[[], ProductScreen],
        status: StatusViewModel,
        papers: PaperFinder,
        teaching: Teaching,
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
        self.teaching = teaching
        self._role = profile.role
        self._make_product = make_product
        self._product: ProductScreen | None = None
        self._before_product = FIND
        self._sign_out = sign_out
        self.rail = Rail(list(self._routes.values()), profile, appearance, self.go, self.sign_out)
        self._served = False
        self._before_scan: tuple[str, str] | None = None
        self._scanning = False
        self._refused = False
        self.bar = CommandBar(appearance)
        self.bar.show_store(store.short_name, others is not None)
        self.stack = QStackedWidget()
        self.current = Screen()
        self.stack.addWidget(self.current)
        self.status_line = StatusLine(status, appearance)
        right = column(self.bar, teaching.bar, self.stack, spacing=0)
        right.setStretch(2, 1)
        top = row(self.rail, spacing=0)
        top.addLayout(right, 1)
        layout = column(spacing=0)
        layout.addLayout(top, 1)
        layout.addWidget(self.status_line)
        self.setLayout(layout)
        status.asked.connect(self._on_undo_asked)
        status.refused.connect(self._on_undo_refused)
        self.setMinimumSize(*MINIMUM)
        status.short.connect(self._on_undo_short)
        status.undone.connect(lambda offer: self.current.show_undone(offer.made.change))
        papers.found.connect(self.open_item)
        papers.missed.connect(self._on_missed)
        line = self.bar.line
        line.textEdited.connect(self._on_typed)
        line.textChanged.connect(self._on_text)
        line.stepped.connect(lambda by: self._searched().step(by))
        line.entered.connect(self._on_entered)
        line.left.connect(lambda: self.current.focus_first())
        self._keys()
        if others is not None:
            guarded = replace(others, go=lambda one: self.may_end() and others.go(one))
            asked = partial(open_menu, self.bar.store, guarded, store)
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
            self._product.refused.connect(self._refuse)
            self.stack.addWidget(self._product)
        return self._product

    def make(self, name: str) -> Screen:
        """A screen, made when it is first asked for; it need not be shown."""
        if name not in self._screens:
            self._screens[name] = screen = self._routes[name].make()
            self.stack.addWidget(screen)
            screen.product_opened.connect(self.open_product)
            screen.item_opened.connect(self.open_item)
            screen.refused.connect(self._refuse)
        return self._screens[name]

    def go(self, name: str) -> Screen:
        """Show a screen, and return it; the shown one, where what is typed on that is refused."""
        screen = self.make(name)
        if not self._may_leave(screen):
            return self.current
        if self._served and name != self._before_product:
            # What opened a card is not asked of the next screen once more.
            self.bar.line.clear()
        self.rail.mark(name)
        self._show(screen)
        self._on_text(self.bar.line.text())
        if not self.bar.line.hasFocus():
            screen.focus_first()
        return screen

    def visit(self, name: str) -> None:
        """Show a screen that was asked for by its key; the next scan or text is for it."""
        screen = self.go(name)
        if screen is self._screens[name] and name != FIND and not self.bar.line.text():
            screen.focus_first()

    def open_item(self, name: str, key: str) -> None:
        """Show a screen, and one thing of it where there is an id."""
        screen = self.go(name)
        if key and screen is self._screens[name]:
            screen.open_item(key)

    def open_product(self, product_id: str) -> None:
        """Show a product card; Esc goes back to where it was opened."""
        if not self._may_leave(None):
            return
        if self.current is not self.product:
            self._before_product = self._screen_name() or FIND
        self._served = bool(self.bar.line.text())
        if self.current is not self.product:
            self.teaching.withdraw()
            self.current.deactivate()
        self.product.show_product(product_id)
        self.current = self.product
        self.stack.setCurrentWidget(self.product)
        self.product.focus_first()

    def begin_scan(self) -> None:
        """Remember what is shown: what turns out to be a scan may be typed into the bar first."""
        self._before_scan = self.shown if self.bar.line.hasFocus() else None

    def scan(self, code: str) -> None:
        """A scanned code is for the work under way; else opens what it means, or Find says no."""
        before, self._before_scan = self._before_scan, None
        if before is not None and before != self.shown:
            self.show_again(before)
        scan, here = self._find.read(code), self._screen_name()
        self._status.begin_scan()
        self.teaching.withdraw()
        if isinstance(scan.meaning, AmbiguousCode):
            self.heard.emit(Sound.UNKNOWN)
        self._once_meant(scan, self._take)
        if isinstance(scan.meaning, UnknownCode):
            self.teaching.offer(scan, partial(self._take_on, here))

    def scan_into(self, dialog: ScanDialog, code: str) -> None:
        """A code that is scanned while a dialog is open that takes scans is for nothing else."""
        self._status.begin_scan()
        taken = dialog.take_scan(self._find.read(code))
        self.heard.emit(Sound.KNOWN if taken else Sound.REFUSED)

    def refuse_scan(self, code: str) -> None:
        """Say that what was scanned waits behind a question."""
        self._status.say_of_scan(problem(covered(code)))

    def sign_out(self) -> None:
        """Ask who is working, unless something typed would be lost."""
        if self.may_end():
            self._sign_out()

    def may_end(self) -> bool:
        """Whether nothing that is typed is lost with the screens; else it is shown, and said."""
        if not self.current.take_typed():
            self.rail.mark(self.shown[0])
            return False
        made = [*self._screens.values(), *filter(None, (self._product,))]
        for screen in made:
            if sentence := screen.unsaved:
                self._show(screen)
                self.rail.mark(self.shown[0])
                screen.show_unsaved()
                self._status.say(problem(sentence))
                return False
        return True

    def close_all(self) -> None:
        """Stop following the store."""
        self.current.deactivate()
        self._papers.close()
        self.teaching.close()
        self._status.close()

    def _may_leave(self, screen: Screen | None) -> bool:
        """Take in what is typed on the shown screen, before another one, or a card, is shown."""
        if screen is self.current:
            return True
        if not self.current.take_typed():
            # A click has marked the other one already.
            self.rail.mark(self.shown[0])
            return False
        if sentence := self.current.unsaved:
            self._status.say(Message(sentence))
        return True

    def _show(self, screen: Screen) -> None:
        if screen is not self.current:
            self.teaching.withdraw()
            self.current.deactivate()
            self.current = screen
            self.stack.setCurrentWidget(screen)
            screen.activate()

    def _back(self) -> None:
        if (screen := self.go(self._before_product)) is not self._product:
            screen.focus_first()

    def _searched(self) -> Screen:
        text = self.bar.line.text()
        return self.current if self.current.take_query(text) else self.go(FIND)

    def _on_typed(self, text: str) -> None:
        self._served = False
        searches = self.current.take_query(text)
        if not searches and self.current is not self._screens.get(FIND):
            self.go(FIND)
            # Also where something keeps the screen: the rest of the word is for here.
            self.bar.line.setFocus()

    def _on_text(self, text: str) -> None:
        if not self.current.take_query(text) and text != self._find.state.query:
            self._find.set_query(text)

    def _on_entered(self) -> None:
        scan = self._find.read(self.bar.line.text())
        self._status.begin_scan()
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
            self._status.say_of_scan(Message(layout_note(scan)))

    def _take(self, scan: Scan) -> None:
        self._scanning, self._refused = True, False
        try:
            if not self.current.take_scan(scan):
                self._open(scan)
        finally:
            self._scanning = False
        if isinstance(scan.meaning, UnknownCode):
            self.heard.emit(Sound.UNKNOWN)
        else:
            self.heard.emit(Sound.REFUSED if self._refused else Sound.KNOWN)

    def _refuse(self) -> None:
        # What is refused later is heard in place of what was heard before.
        self._refused = True
        if not self._scanning:
            self.heard.emit(Sound.REFUSED)

    def _on_missed(self, message: Message) -> None:
        self._status.say_of_scan(message)
        self._refuse()

    def _take_on(self, name: str, scan: Scan) -> None:
        """Take a scan on the screen where it was scanned; "" is the product card."""
        if name and self.current is not self._screens[name]:
            self.go(name)
        self._take(scan)

    def _screen_name(self) -> str:
        shown = (name for name, screen in self._screens.items() if screen is self.current)
        return next(shown, "")

    def _teach(self) -> None:
        """Say whose code was scanned last, or is typed where one searches."""
        focused: QWidget | None = self.focusWidget()
        products = focused.parentWidget() if focused is not None else None
        line = products.line if isinstance(products, ProductLine) else self.bar.line
        if not self.teaching.is_offered and line.text().strip():
            act = partial(self._take_on, self._screen_name())
            if self.teaching.offer(self._find.read(line.text()), act):
                line.clear()
        if not self.teaching.open(self):
            self._status.say(problem("Scan or type the code first: Ctrl+T says whose it is."))

    def _open(self, scan: Scan) -> None:
        match scan.meaning:
            case ScannedProduct(product_id, units):
                if self._may_leave(None):
                    self.bar.line.setText(scan.text)
                    self.open_product(product_id)
                    if units > 1:
                        self._status.say_of_scan(
                            Message(f"This code is that of a pack of {number(units)}.")
                        )
            case ScannedPlace(place):
                self._look_for(place.code)
            case ScannedPaper() | ScannedOrder():
                self._open_paper(scan, scan.meaning)
            case _:
                find = self._look_for(scan.text)
                if isinstance(find, FindScreen):
                    find.refuse(self.bar.line.text(), refusal(scan))

    def _look_for(self, text: str) -> Screen:
        screen = self.go(FIND)
        if screen is self._screens[FIND]:
            self.bar.line.setText(text)
            self.bar.focus()
        return screen

    def _open_paper(self, scan: Scan, paper: ScannedPaper | ScannedOrder) -> None:
        name = screen_of(paper)
        if name not in self._routes:
            self._on_missed(problem(not_shown(paper, self._role)))
        elif isinstance(paper, ScannedPaper):
            self._papers.find(paper)
        else:
            screen = self.go(name)
            if screen is self._screens[name]:
                screen.take_scan(scan)

    def _on_undo(self) -> None:
        if self.teaching.take_undo() or self.current.take_undo():
            return
        if self.current.take_typed():
            shows_card = self._product is not None and self.current is self._product
            self._status.request_undo(self.shown[1] if shows_card else "")

    def _on_undo_asked(self, offer: Offer) -> None:
        title = f"Undo {offer.name}?"
        ask(self, title, offer.sentence, "Undo it", lambda: self._status.take_back(offer))

    def _on_undo_refused(self, offer: Offer) -> None:
        name = offer.name[:1].upper() + offer.name[1:]
        if offer.screen not in self._routes:
            self._status.say(problem(f"{name}: that is not undone. {offer.sentence}"))
            return
        there = f"Open {self._routes[offer.screen].title}"
        ask(
            self,
            f"{name}: that is not undone",
            offer.sentence,
            there,
            lambda: self._show_instead(offer),
        )

    def _show_instead(self, offer: Offer) -> None:
        if offer.screen == "orders" and offer.item:
            number = offer.item
            self._open_paper(Scan(number, ScannedOrder(number)), ScannedOrder(number))
        else:
            self.open_item(offer.screen, offer.item)

    def _on_undo_short(self, offer: Offer, error: ShortStockError) -> None:
        ask(
            self,
            "Undo below zero?",
            shortage_question(error),
            f"Undo to {number(error.on_hand + error.quantity)}",
            lambda: self._status.take_back(offer, allow_negative=True),
        )

    def _keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+K": self.bar.focus,
            "Ctrl+Z": self._on_undo,
            "Ctrl+L": self.sign_out,
            "Ctrl+T": self._teach,
        }
        for route in self._routes.values():
            keys[route.shortcut] = partial(self.visit, route.name)
        for sequence, act in keys.items():
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.activated.connect(act)
