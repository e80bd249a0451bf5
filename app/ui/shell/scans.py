"""What becomes of a scan: the screen that is shown takes it, else what it means is opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.entities import Role
from app.domain.scans import (
    AmbiguousCode,
    Scan,
    ScannedOrder,
    ScannedPaper,
    ScannedPlace,
    ScannedProduct,
    UnknownCode,
)
from app.ui.core.dialogs import ScanDialog
from app.ui.core.formats import number
from app.ui.core.message import Message, problem
from app.ui.core.product_line import ProductLine
from app.ui.core.scan_words import layout_note, not_shown, refusal
from app.ui.core.screen import Screen
from app.ui.core.sounds import Sound
from app.ui.find.screen import FindScreen
from app.ui.find.view_model import FindViewModel
from app.ui.shell.scanned import PaperFinder, ask_which, screen_of
from app.ui.shell.status import StatusViewModel

if TYPE_CHECKING:
    from app.ui.shell.workplace import Workplace

_FIND = "find"


class Scans(QObject):
    """Takes the scans of a workplace; `heard` carries the Sound of each."""

    heard = Signal(object)

    def __init__(
        self,
        workplace: Workplace,
        find: FindViewModel,
        status: StatusViewModel,
        papers: PaperFinder,
        role: Role,
    ) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._find = find
        self._status = status
        self._papers = papers
        self._role = role
        self._before_scan: tuple[str, str] | None = None
        self._scanning = False
        self._refused = False
        papers.found.connect(workplace.open_item)
        papers.missed.connect(self._on_missed)

    def begin(self) -> None:
        """Remember what is shown: what turns out to be a scan may be typed into the bar first."""
        in_bar = self._workplace.bar.line.hasFocus()
        self._before_scan = self._workplace.shown if in_bar else None

    def take(self, code: str) -> None:
        """A scanned code is for the work under way; else opens what it means, or Find says no."""
        before, self._before_scan = self._before_scan, None
        if before is not None and before != self._workplace.shown:
            self._workplace.show_again(before)
        scan, here = self._find.read(code), self._workplace.screen_name
        self._status.begin_scan()
        self._workplace.teaching.withdraw()
        if isinstance(scan.meaning, AmbiguousCode):
            self.heard.emit(Sound.UNKNOWN)
        self._once_meant(scan, self._take)
        if isinstance(scan.meaning, UnknownCode):
            self._workplace.teaching.offer(scan, partial(self._take_on, here))

    def take_into(self, dialog: ScanDialog, code: str) -> None:
        """A code that is scanned while a dialog is open that takes scans is for nothing else."""
        self._status.begin_scan()
        taken = dialog.take_scan(self._find.read(code))
        self.heard.emit(Sound.KNOWN if taken else Sound.REFUSED)

    def warn(self, sentence: str) -> None:
        """Say what is to be looked at after a scan."""
        self._status.say_of_scan(problem(sentence))

    def refuse(self, sentence: str) -> None:
        """Say why what was scanned was not taken."""
        self.heard.emit(Sound.REFUSED)
        self._status.say_of_scan(problem(sentence))

    def say(self, message: Message) -> None:
        """Say something about what was scanned, until the next scan."""
        self._status.say_of_scan(message)

    def open_typed(self, code: str) -> bool:
        """Open what a typed code means; False where it may be a text that one searches for."""
        scan = self._find.read(code)
        self._status.begin_scan()
        if isinstance(scan.meaning, UnknownCode | ScannedPlace):
            return False
        self._once_meant(scan, self.open)
        return True

    def open(self, scan: Scan) -> None:
        """Open what was scanned, or say why not."""
        workplace = self._workplace
        match scan.meaning:
            case ScannedProduct(product_id, units):
                if workplace.may_leave(None):
                    workplace.bar.line.setText(scan.text)
                    workplace.open_product(product_id)
                    if units > 1:
                        self._status.say_of_scan(
                            Message(f"This code is that of a pack of {number(units)}.")
                        )
            case ScannedPlace(place):
                self.look_for(place.code)
            case ScannedPaper() | ScannedOrder():
                self._open_paper(scan, scan.meaning)
            case _:
                find = self.look_for(scan.text)
                if isinstance(find, FindScreen):
                    find.refuse(workplace.bar.line.text(), refusal(scan))

    def teach(self) -> None:
        """Say whose code was scanned last, or is typed where one searches."""
        teaching = self._workplace.teaching
        focused: QWidget | None = self._workplace.focusWidget()
        products = focused.parentWidget() if focused is not None else None
        line = products.line if isinstance(products, ProductLine) else self._workplace.bar.line
        if not teaching.is_offered and line.text().strip():
            act = partial(self._take_on, self._workplace.screen_name)
            if teaching.offer(self._find.read(line.text()), act):
                line.clear()
        if not teaching.open(self._workplace):
            self._status.say(problem("Scan or type the code first: Ctrl+T says whose it is."))

    def note_refused(self) -> None:
        """What a screen took is not used after all, now or later."""
        # What is refused later is heard in place of what was heard before.
        self._refused = True
        if not self._scanning:
            self.heard.emit(Sound.REFUSED)

    def _once_meant(self, scan: Scan, act: Callable[[Scan], object]) -> None:
        """Do it when it is clear which product is meant, where several have the code."""
        if isinstance(scan.meaning, AmbiguousCode):
            ask_which(
                self._workplace,
                scan,
                self._find.listing,
                lambda one: self._once_meant(one, act),
            )
            return
        act(scan)
        if scan.layouts and not isinstance(scan.meaning, UnknownCode):
            self._status.say_of_scan(Message(layout_note(scan)))

    def _take(self, scan: Scan) -> None:
        self._scanning, self._refused = True, False
        try:
            if not self._workplace.current.take_scan(scan):
                self.open(scan)
        finally:
            self._scanning = False
        if isinstance(scan.meaning, UnknownCode):
            self.heard.emit(Sound.UNKNOWN)
        else:
            self.heard.emit(Sound.REFUSED if self._refused else Sound.KNOWN)

    def _take_on(self, name: str, scan: Scan) -> None:
        """Take a scan on the screen where it was scanned; "" is the product card."""
        if name and not self._workplace.shows(name):
            self._workplace.go(name)
        self._take(scan)

    def look_for(self, text: str) -> Screen:
        """Search for a text in Find."""
        screen = self._workplace.go(_FIND)
        if self._workplace.shows(_FIND):
            self._workplace.bar.line.setText(text)
            self._workplace.bar.focus()
        return screen

    def _open_paper(self, scan: Scan, paper: ScannedPaper | ScannedOrder) -> None:
        name = screen_of(paper)
        if not self._workplace.has(name):
            self._on_missed(problem(not_shown(paper, self._role)))
        elif isinstance(paper, ScannedPaper):
            self._papers.find(paper)
        else:
            screen = self._workplace.go(name)
            if self._workplace.shows(name):
                screen.take_scan(scan)

    def _on_missed(self, message: Message) -> None:
        self._status.say_of_scan(message)
        self.note_refused()
