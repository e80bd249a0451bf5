"""What every screen does with a scan: the number of a paper opens it, a code of several asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.data.papers.numbers import PaperNumbers
from app.data.stock.catalogue import Listing
from app.domain.paper_numbers import PaperKind
from app.domain.scans import AmbiguousCode, Scan, ScannedOrder, ScannedPaper
from app.ui.core.command import Command
from app.ui.core.dialogs import choose
from app.ui.core.formats import counted
from app.ui.core.message import problem
from app.ui.core.scan_words import shown

_SCREENS: Final = {
    PaperKind.TRANSFER: "transfers",
    PaperKind.PURCHASE_ORDER: "reorder",
    PaperKind.GOODS_RECEIPT: "receive",
    PaperKind.STOCKTAKE: "count",
}
_MOST = 8
"""So many products are offered for one code: more have it only by mistake."""


def screen_of(paper: ScannedPaper | ScannedOrder) -> str:
    """The name of the screen that shows a paper."""
    return "orders" if isinstance(paper, ScannedOrder) else _SCREENS[paper.kind]


class PaperFinder(QObject):
    """Looks for the paper that was scanned last.

    `found` carries the name of its screen and its id, `missed` a Message where it is not here.
    """

    found = Signal(str, str)
    missed = Signal(object)

    def __init__(self, numbers: PaperNumbers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = numbers
        self._look = Command(self._find, self)
        self._look.failed.connect(lambda error: self.missed.emit(problem(error)))

    def find(self, paper: ScannedPaper) -> None:
        """Look for this one, and for none that was scanned before."""
        self._look.cancel()
        self._look.execute(paper)

    def close(self) -> None:
        """Look no more."""
        self._look.cancel()

    async def _find(self, paper: ScannedPaper) -> None:
        paper_id = await self._numbers.find(paper)
        if paper_id is not None:
            self.found.emit(screen_of(paper), paper_id)
        else:
            sentence = f"This device has no {paper.kind.label} {paper.number} of this store."
            if paper.kind in (PaperKind.TRANSFER, PaperKind.PURCHASE_ORDER):
                sentence += " Scan it in Receive to take its goods in all the same."
            self.missed.emit(problem(sentence))


def ask_which(
    parent: QWidget,
    scan: Scan,
    listing: Callable[[str], Listing | None],
    on_chosen: Callable[[Scan], object],
) -> None:
    """Ask which of the products that have a code is meant, and go on with a scan of that one."""
    assert isinstance(scan.meaning, AmbiguousCode)
    options = []
    for choice in scan.meaning.choices[:_MOST]:
        known = listing(choice.product_id)
        if known is not None:
            parts = [known.product.name, known.product.sku]
            parts += [counted(choice.units, "unit")] if choice.units > 1 else []
            meant = replace(scan, meaning=choice)
            options.append(
                (" \N{MIDDLE DOT} ".join(filter(None, parts)), partial(on_chosen, meant))
            )
    choose(parent, "Which one is it?", f"The code {shown(scan.text)} is that of each.", options)
