"""Further places of a product, added and given up."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.data.stock.places import PlaceRepository
from app.domain.entities import Actor, Place, StockItem
from app.domain.errors import InvalidInputError
from app.domain.stock import parse_place
from app.ui.core.command import Command
from connector_config.errors import UserError


class PlacesViewModel(QObject):
    """Changes the further places of a product; `added`, `place_refused` or `refused` answers."""

    added = Signal()
    place_refused = Signal(object)
    refused = Signal(str)

    def __init__(
        self, places: PlaceRepository, actor: Actor, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._places = places
        self._actor = actor
        self.adding = Command(self._add, self, writes=True)
        self.adding.finished.connect(lambda _: self.added.emit())
        self.removing = Command(self._remove, self, writes=True)
        self.adding.failed.connect(self._on_failed)
        self.removing.failed.connect(self._on_failed)

    def add(self, item: StockItem, aisle: str, shelf: str, bin_: str) -> None:
        """Add a further place of a product."""
        try:
            place = parse_place(aisle, shelf, bin_)
        except InvalidInputError as error:
            self.place_refused.emit(error)
        else:
            self.adding.execute(item, place)

    def remove(self, item: StockItem, place: Place) -> None:
        """Give up a further place of a product."""
        self.removing.execute(item, place)

    async def _add(self, item: StockItem, place: Place) -> None:
        await self._places.add(item, place, self._actor)

    async def _remove(self, item: StockItem, place: Place) -> None:
        await self._places.remove(item, place, self._actor)

    def _on_failed(self, error: UserError) -> None:
        if isinstance(error, InvalidInputError):
            # No field of its own: the dialog shows it where the place begins.
            self.place_refused.emit(InvalidInputError("aisle", str(error)))
        else:
            self.refused.emit(str(error))
