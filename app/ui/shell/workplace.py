"""The workplace, from sign-in to sign-out: rail, command bar, screens, status line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.entities import Profile, Store
from app.domain.last_change import Offer
from app.domain.rights import sees
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding, Keys
from app.ui.core.dialogs import PutAway
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.screen import Route, Screen
from app.ui.core.widgets import column, row
from app.ui.core.zoom import px
from app.ui.find.view_model import FindViewModel
from app.ui.shell.command_bar import CommandBar
from app.ui.shell.rail import Rail
from app.ui.shell.scanned import PaperFinder
from app.ui.shell.scans import Scans
from app.ui.shell.status import StatusLine, StatusViewModel
from app.ui.shell.stores import OtherStores, open_menu
from app.ui.shell.teaching import Teaching
from app.ui.shell.undo_questions import UndoQuestions
from app.ui.shell.welcome import Welcome
from app.ui.shell.window import MINIMUM
from app.ui.shell.workplace_keys import bind_keys

if TYPE_CHECKING:
    from app.ui.product.screen import ProductScreen

FIND = "find"


class Workplace(QWidget):
    """Moves between the screens; only the shown one follows the store.

    `keys` act everywhere, `screen_keys` show the screens. `help_asked` asks for the help.
    """

    help_asked = Signal()

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
        welcome: Welcome,
        others: OtherStores | None = None,
    ) -> None:
        super().__init__()
        # Who comes back with a PIN finds everything as it was, so nothing has to be ended before.
        self._locks = bool(profile.person_id)
        self._focused: QWidget | None = None
        self._left_behind = NO_MESSAGE
        self._asked: Sequence[PutAway] = ()
        self._routes = {route.name: route for route in routes if sees(profile.role, route.name)}
        self._screens: dict[str, Screen] = {}
        self._find = find
        self._status = status
        self._papers = papers
        self.teaching = teaching
        self._make_product = make_product
        self._product: ProductScreen | None = None
        self._before_product = FIND
        self._sign_out = sign_out
        self._store_name = store.short_name
        self.keys, self.screen_keys = Keys(), Keys()
        self.rail = Rail(
            list(self._routes.values()),
            profile,
            appearance,
            self.go,
            self.sign_out,
            self.help_asked.emit,
        )
        self._served = False
        self.bar = CommandBar(appearance)
        self.bar.show_store(store.short_name, others is not None)
        self.stack = QStackedWidget()
        self.current = Screen()
        self.stack.addWidget(self.current)
        self.status_line = StatusLine(status, appearance)
        self.welcome = welcome
        right = column(self.bar, teaching.bar, welcome, self.stack, spacing=0)
        right.setStretch(3, 1)
        top = row(self.rail, spacing=0)
        top.addLayout(right, 1)
        layout = column(spacing=0)
        layout.addLayout(top, 1)
        layout.addWidget(self.status_line)
        self.setLayout(layout)
        self.setMinimumSize(*map(px, MINIMUM))
        status.undone.connect(self._on_undone)
        self.scans = Scans(self, find, status, papers, profile.role)
        titles = {route.name: route.title for route in self._routes.values()}
        self._undo_questions = UndoQuestions(self, status, titles, self.open_item, self.scans.open)
        line = self.bar.line
        line.textEdited.connect(self._on_typed)
        line.textChanged.connect(self._on_text)
        line.stepped.connect(lambda by: self._searched().step(by))
        line.entered.connect(self._on_entered)
        line.left.connect(lambda: self.current.focus_first())
        bind_keys(self, status)
        self.screen_keys.bind(
            self,
            *(
                Binding(one.shortcut, one.title, partial(self.visit, one.name))
                for one in self._routes.values()
            ),
            everywhere=True,
        )
        if others is not None:
            guarded = replace(others, go=lambda one: self.may_end() and others.go(one))
            asked = partial(open_menu, self.bar.store, guarded, store)
            self.bar.store_asked.connect(asked)
            self.keys.bind(self, Binding("Alt+S", "Work in another store", asked), everywhere=True)

    @property
    def shown(self) -> tuple[str, str]:
        """The screen that is shown, and the product whose card is on top of it, else ""."""
        if self._product is not None and self.current is self._product:
            product = self._product.view_model.state.product
            return self._before_product, product.product_id if product else ""
        return next(name for name, its in self._screens.items() if its is self.current), ""

    @property
    def screen_name(self) -> str:
        """The name of the screen that is shown; "" for the product card."""
        shown = (name for name, screen in self._screens.items() if screen is self.current)
        return next(shown, "")

    def shows(self, name: str) -> bool:
        """Whether a screen is the one that is shown."""
        return self.current is self._screens.get(name)

    def has(self, name: str) -> bool:
        """Whether the person has a screen."""
        return name in self._routes

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
            self._product.refused.connect(self.scans.note_refused)
            self._product.windowTitleChanged.connect(self._show_title)
            self.stack.addWidget(self._product)
        return self._product

    def make(self, name: str) -> Screen:
        """A screen, made when it is first asked for; it need not be shown."""
        if name not in self._screens:
            self._screens[name] = screen = self._routes[name].make()
            title = self._routes[name].title
            screen.setWindowTitle(title)
            screen.setAccessibleName(title)
            self.stack.addWidget(screen)
            screen.product_opened.connect(self.open_product)
            screen.item_opened.connect(self.open_item)
            screen.move_asked.connect(self._move_product)
            screen.refused.connect(self.scans.note_refused)
        return self._screens[name]

    def go(self, name: str) -> Screen:
        """Show a screen, and return it; the shown one, where what is typed on that is refused."""
        screen = self.make(name)
        if not self.may_leave(screen):
            return self.current
        if self._served and name != self._before_product:
            # What opened a card is not asked of the next screen once more.
            self.bar.line.clear()
        self.rail.mark(name)
        self._show(screen)
        searched = self._on_text(self.bar.line.text())
        # A text in the bar keeps the keyboard only where it is what one searches that screen for.
        if not (self.bar.line.hasFocus() and (searched or name == FIND)):
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
        if not self.may_leave(None):
            return
        if self.current is not self.product:
            self._before_product = self.screen_name or FIND
        self._served = bool(self.bar.line.text())
        if self.current is not self.product:
            self.teaching.withdraw()
            self.current.deactivate()
        self.product.show_product(product_id)
        self.current = self.product
        self.stack.setCurrentWidget(self.product)
        self._on_shown()
        self.product.focus_first()

    def _move_product(self, product_id: str) -> None:
        self.open_product(product_id)
        if self.current is self._product:
            self.product.ask_for_place()

    def scan(self, code: str) -> None:
        """A code was scanned, and no dialog is open."""
        self.scans.take(code)

    def sign_out(self) -> None:
        """Ask who is working, unless something typed would be lost; what is locked is kept."""
        if self._locks or self.may_end():
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

    def suspend(self, asked: Sequence[PutAway]) -> None:
        """Be taken from the window for a while, as it is; `resume` goes on.

        `asked` are the dialogs into which something is typed.
        """
        self._asked = asked
        # The shown screen goes on following the store: begun anew, it would forget what is typed.
        self._focused = self.focusWidget()

    def resume(self) -> None:
        """Go on where `suspend` left it, with the keyboard where it was."""
        (self._focused or self.current).setFocus()
        for one in self._asked:
            one.bring_back()
        self._asked = ()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is typed on its screens that would be lost with them."""
        made = [*self._screens.values(), *filter(None, (self._product,))]
        unsaved = bool(self._asked) or any(screen.unsaved for screen in made)
        return self.current.take_typed() and not unsaved

    def may_leave(self, screen: Screen | None) -> bool:
        """Take in what is typed on the shown screen, before another one, or a card, is shown."""
        if screen is self.current:
            return True
        if not self.current.take_typed():
            # A click has marked the other one already.
            self.rail.mark(self.shown[0])
            return False
        if sentence := self.current.unsaved:
            self._left_behind = Message(sentence)
            self._status.say(self._left_behind)
        return True

    def close_all(self) -> None:
        """Stop following the store, and ask for nothing more."""
        for one in self._asked:
            one.dialog.reject()
        self.current.deactivate()
        self._papers.close()
        self.teaching.close()
        self._status.close()

    def _show(self, screen: Screen) -> None:
        if screen is not self.current:
            self.teaching.withdraw()
            self.current.deactivate()
            self.current = screen
            self.stack.setCurrentWidget(screen)
            self._on_shown()
            screen.activate()

    def _on_shown(self) -> None:
        if self.current.shows_unsaved and self._status.state.message is self._left_behind:
            # Whoever sees it may save or drop it, and nothing else would end the sentence.
            self._status.say(NO_MESSAGE)
        self.welcome.show_on(self.screen_name)
        self._show_title()
        # A screen that was just made comes last: Tab goes from it to the line below.
        last = self.window().previousInFocusChain()
        while last is not None and last.focusPolicy() == Qt.FocusPolicy.NoFocus:
            # Qt changes no order behind what never has the keyboard.
            last = last.previousInFocusChain()
        if last is not None:
            QWidget.setTabOrder(last, self.status_line.undo_button)

    def _show_title(self) -> None:
        about = self.current.windowTitle()
        self.setWindowTitle(f"{about}, {self._store_name}" if about else self._store_name)

    def _back(self) -> None:
        if (screen := self.go(self._before_product)) is not self._product:
            screen.focus_first()

    def _searched(self) -> Screen:
        text = self.bar.line.text()
        return self.current if self.current.take_query(text) else self.go(FIND)

    def _on_undone(self, offer: Offer) -> None:
        for screen in self._screens.values():
            # That it is posted, placed or settled is not true any more.
            screen.say(NO_MESSAGE)
        self.current.show_undone(offer.made.change)

    def _on_typed(self, text: str) -> None:
        self._served = False
        searches = self.current.take_query(text)
        if not searches and self.current is not self._screens.get(FIND):
            self.go(FIND)
            # Also where something keeps the screen: the rest of the word is for here.
            self.bar.line.setFocus()

    def _on_text(self, text: str) -> bool:
        """Search for what the bar holds; whether it is the shown screen that is searched."""
        searched = self.current.take_query(text)
        if not searched and text != self._find.state.query:
            self._find.set_query(text)
        return searched

    def _on_entered(self) -> None:
        if not self.scans.open_typed(self.bar.line.text()):
            self._searched().open_current()

    def undo(self) -> None:
        """Take back the last change of this device."""
        if self.teaching.take_undo() or self.current.take_undo():
            return
        if self.current.take_typed():
            shows_card = self._product is not None and self.current is self._product
            self._status.request_undo(self.shown[1] if shows_card else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.act(event):
            super().keyPressEvent(event)
