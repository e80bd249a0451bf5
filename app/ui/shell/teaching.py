"""Saying whose code was scanned, from every screen: the bar that offers it, and its dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.scans import Scan
from app.ui.codes.bar import TeachBar
from app.ui.codes.view_model import TeachingViewModel
from app.ui.core.appearance import Appearance


class Teaching(QObject):
    """What the workplace does with a code that is nobody's."""

    def __init__(
        self, view_model: TeachingViewModel, catalogue: Catalogue, appearance: Appearance
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self._catalogue = catalogue
        self._appearance = appearance
        self.bar = TeachBar(view_model, appearance, lambda: self.open(self.bar.window()))

    @property
    def is_offered(self) -> bool:
        """Whether a code waits for somebody to say whose it is."""
        return self.view_model.state.scan is not None

    def offer(self, scan: Scan, act: Callable[[Scan], object]) -> bool:
        """Offer it on the bar; see `TeachingViewModel.offer`."""
        return self.view_model.offer(scan, act)

    def withdraw(self) -> None:
        """Offer nothing any more."""
        self.view_model.withdraw()

    def open(self, parent: QWidget) -> bool:
        """Ask which product the code is that is offered; False where none is."""
        if not self.is_offered:
            return False
        from app.ui.codes.dialog import TeachDialog  # the start does not wait for it

        TeachDialog(self.view_model, self._catalogue, self._appearance, parent).open()
        return True

    def take_undo(self) -> bool:
        """Take back what was taught, if that was the last change on this device."""
        return self.view_model.take_undo()

    def close(self) -> None:
        """Listen no more."""
        self.view_model.close()
