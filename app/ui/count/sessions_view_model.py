"""The stocktakes of a store, and beginning a new one."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.data.papers.stocktakes import StocktakeRepository
from app.data.stock.stock import ShelfSummary, StockRepository
from app.domain.documents.parts import from_iso
from app.domain.entities import Actor, natural_key
from app.domain.stocktake import Stocktake
from app.ui.core.command import Command
from app.ui.core.formats import local_date


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A stocktake as the list shows it."""

    stocktake: Stocktake
    scope: str
    begun: str
    status: str
    tone: str


@dataclass(frozen=True, slots=True)
class SessionsState:
    """The stocktakes, newest first, None before the first answer; `aisles` has their shelves."""

    rows: tuple[SessionRow, ...] | None = None
    aisles: dict[str, tuple[str, ...]] | None = None


class SessionsViewModel(QObject):
    """Follows the stocktakes of one store; `begin` opens one, `begun` carries it.

    `found` carries the Stocktake that was looked for.
    """

    state_changed = Signal(object)
    begun = Signal(object)
    found = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        stocktakes: StocktakeRepository,
        stock: StockRepository,
        actor: Actor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._stocktakes = stocktakes
        self._stock = stock
        self._actor = actor
        self._following = ExitStack()
        self._active = False
        self.state = SessionsState()
        self._look = Command(self._look_up, self)
        self.begin = Command(self._begin, self, writes=True)
        self.begin.finished.connect(self.begun.emit)
        self.begin.failed.connect(lambda error: self.refused.emit(str(error)))

    def activate(self) -> None:
        """Follow the store."""
        store_id = self._actor.profile.store_id
        if not self._active:
            self._active = True
            self._following.callback(self._stocktakes.watch_all(store_id, self._on_stocktakes))
            self._following.callback(self._stock.watch_shelves(store_id, self._on_shelves))

    def deactivate(self) -> None:
        """Stop following the store."""
        self._look.cancel()
        self._following.close()
        self._active = False

    def look_for(self, stocktake_id: str) -> None:
        """Look for the stocktake with an id, however old: `found` carries it."""
        self._look.cancel()
        self._look.execute(stocktake_id)

    async def _look_up(self, stocktake_id: str) -> None:
        if (stocktake := await self._stocktakes.with_id(stocktake_id)) is not None:
            self.found.emit(stocktake)

    async def _begin(self, name: str, aisle: str, shelf: str, blind: bool) -> Stocktake:
        return await self._stocktakes.open(self._actor, name, aisle, shelf, blind)

    def _on_stocktakes(self, stocktakes: list[Stocktake]) -> None:
        self._update(rows=tuple(_row(one) for one in stocktakes))

    def _on_shelves(self, summaries: list[ShelfSummary]) -> None:
        aisles: dict[str, list[str]] = {}
        for one in summaries:
            if one.aisle:
                aisles.setdefault(one.aisle, []).append(one.shelf)
        self._update(
            aisles={
                aisle: tuple(sorted(filter(None, aisles[aisle]), key=natural_key))
                for aisle in sorted(aisles, key=natural_key)
            }
        )

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)


def scope_text(stocktake: Stocktake) -> str:
    """What is counted, such as `Aisle 3, shelf B`."""
    if not stocktake.aisle:
        return "The whole store"
    shelf = f", shelf {stocktake.shelf}" if stocktake.shelf else ""
    return f"Aisle {stocktake.aisle}{shelf}"


def _row(stocktake: Stocktake) -> SessionRow:
    status, tone = "Counting", "warn"
    if stocktake.cancelled:
        status, tone = "Cancelled", "muted"
    elif not stocktake.is_open:
        status, tone = "Posted", "ok"
    begun = local_date(from_iso(stocktake.signature.at))
    return SessionRow(stocktake, scope_text(stocktake), begun, status, tone)
