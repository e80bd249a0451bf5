"""Further places of a product within its store, on the embedded store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.data.papers import papers
from app.data.stock import movements
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Kind
from app.domain.documents.stock import from_place
from app.domain.entities import Actor, Movement, Place, Reason, StockItem
from app.domain.errors import InvalidInputError
from app.domain.rights import Right, check
from connector_config.schema.collections import INVENTORY
from connector_config.schema.instants import to_iso
from connector_config.schema.stock_documents import InventoryChange, OtherPlace


class PlaceRepository:
    """The further places of products; the first place is moved with `StockRepository.move`."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def add(self, item: StockItem, place: Place, actor: Actor) -> Movement:
        """Add a further place of a product: a movement of quantity 0.

        Raises InvalidInputError when the product stands there already.
        """
        return await self._write(item, place, actor, gone=False)

    async def remove(self, item: StockItem, place: Place, actor: Actor) -> Movement:
        """Give up a further place of a product."""
        return await self._write(item, place, actor, gone=True)

    async def _write(self, item: StockItem, place: Place, actor: Actor, gone: bool) -> Movement:
        check(actor, Right.CHANGE_STOCK)
        at = to_iso(self._now())
        note = f"Further place {place.code}{' given up' if gone else ''}"
        document = movements.new_document(item, Reason.MOVED, actor, at, note=note)
        document["reference"] = {"place": place.code}
        document["from_location" if gone else "to_location"] = from_place(place)

        async def work(unit: UnitOfWork) -> Movement:
            stored = await movements.stored_item(unit, document)
            if (place in stored.other_places) is not gone or place == stored.place:
                sentence = "does not stand there" if gone else "stands there already"
                raise InvalidInputError("place", f"{place.code}: the product {sentence}.")
            location: OtherPlace = {
                "aisle": place.aisle,
                "shelf": place.shelf,
                "bin": place.bin,
                "gone": gone,
            }
            change: InventoryChange = {"other_locations": {place.code: location}}
            key = {"store_id": item.store_id, "inventory_id": item.inventory_id}
            await papers.merge(unit, INVENTORY, {**key, **change}, at)
            unit.note(movements.made(document, Kind.PLACE))
            return await movements.record(unit, document)

        return await self._session.write(work)
