"""What the running program makes of what a scanner sends: work, a badge, or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.domain.scans import UnknownCode
from app.domain.staff import read_badge
from app.domain.torn_badges import TornBadges
from app.ui.core.dialogs import BadgeDialog, ScanDialog
from app.ui.core.scan_words import BADGE_TORN, before_sign_in, covered, slipped, torn
from app.ui.core.scanner import ScannerFilter
from app.ui.core.sounds import Sound

if TYPE_CHECKING:
    from app.client import Client


class Hearing(QObject):
    """Gives scans to whoever they are for: the entrance, a dialog that takes them, the workplace.

    Everything else refuses them: a question is answered by a person, and so is who is working here.
    """

    def __init__(self, client: Client, scanner: ScannerFilter) -> None:
        super().__init__(client)
        self._client = client
        self._scanner = scanner
        self._badges = TornBadges()
        scanner.reader.is_known = self._is_known
        scanner.began.connect(self._on_burst)
        scanner.scanned.connect(self.take)
        scanner.slipped.connect(self._on_slipped)
        scanner.torn.connect(self._on_torn)

    def take(self, code: str) -> None:
        """A code was scanned, whatever is shown."""
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        if self._is_of_badge(code, self._is_known(code)):
            return
        workplace, modal = self._client.workplace, QApplication.activeModalWidget()
        if workplace is not None and modal is None:
            workplace.scan(code)
        elif workplace is not None and isinstance(modal, ScanDialog):
            workplace.scans.take_into(modal, code)
        else:
            self._refuse(covered(code), before_sign_in(code))

    def _is_known(self, code: str) -> bool:
        """Whether a text is the code of something; nobody types one by chance."""
        if read_badge(code) is not None:
            return True
        if self._client.workplace is None:
            return False
        scan = self._client.repositories.catalogue.read(code)
        return not isinstance(scan.meaning, UnknownCode)

    def _is_of_badge(self, code: str, known: bool) -> bool:
        """Take a badge, or a part of one, which is a secret: nothing shows it or looks for it."""
        badge = self._badges.take(code, known, self._scanner.is_cut_off)
        modal = QApplication.activeModalWidget()
        if not badge:
            if badge is not None:
                self._refuse(BADGE_TORN, BADGE_TORN)
            return badge is not None
        if isinstance(modal, BadgeDialog):
            modal.take_badge(badge)
        else:
            self._client.entrance.take_badge(badge, covered=modal is not None)
        return True

    def _on_burst(self) -> None:
        if (workplace := self._client.workplace) is not None:
            workplace.scans.begin()

    def _on_torn(self, code: str) -> None:
        if not self._is_of_badge(code, known=False):
            self._refuse(torn(code), before_sign_in(code))

    def _on_slipped(self, keys: str) -> None:
        if (workplace := self._client.workplace) is not None:
            workplace.scans.warn(slipped(keys))

    def _refuse(self, sentence: str, signed_out: str) -> None:
        """Say why a scan was not taken, and what is said of it while nobody is at work."""
        workplace, screen = self._client.workplace, self._client.sign_in_screen
        if workplace is not None:
            workplace.scans.refuse(sentence)
        elif screen is not None:
            self._client.sounds.play(Sound.REFUSED)
            screen.refuse_scan(signed_out)
