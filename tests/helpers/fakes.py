"""In-memory stand-ins for the data layer: they keep its promises, without a store."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.data.stock.catalogue import Listing
from app.data.stock.stock import ShelfSummary
from app.data.store.unit_of_work import Touched, Written
from app.domain.changes import Kind, Made, NewlyMade
from app.domain.codes import read_code
from app.domain.entities import (
    Actor,
    Device,
    Movement,
    Place,
    Product,
    Profile,
    Reason,
    Role,
    StockItem,
    Store,
)
from app.domain.errors import AlreadyUndoneError, ShortStockError, StorageError
from app.domain.known_codes import KnownCodes
from app.domain.last_change import Offer, moved
from app.domain.scans import Scan
from app.domain.stock import Discrepancy, Ledger, Proof, ledger
from app.domain.undo import UndoPreview
from app.ui.core.sounds import Sound
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.search.words import Hits, SearchEntry, SearchIndex

Cancel = Callable[[], None]

SEATTLE = Store("store_seattle", "Zava Retail Seattle", "Seattle")
TACOMA = Store("store_tacoma", "Zava Retail Tacoma", "Tacoma")
ONLINE = Store("store_online", "Zava Retail Online", "", is_online=True)
STORES = [SEATTLE, TACOMA, ONLINE]


def make_product(product_id: str = "p1", name: str = "Claw Hammer", sku: str = "") -> Product:
    """A product whose SKU follows from its id unless given."""
    return Product(
        product_id, sku or f"HND-{product_id.upper()}-001", name, Decimal("9.99"), "Goods", "Things"
    )


def make_item(
    product_id: str = "p1",
    on_hand: int = 10,
    *,
    store: Store = SEATTLE,
    place: Place = Place("3", "B", "12"),  # noqa: B008
    reorder_point: int = 0,
) -> StockItem:
    """An inventory entity that opens with `on_hand`."""
    return StockItem(
        f"{store.store_id}-{product_id}",
        store.store_id,
        product_id,
        place,
        on_hand,
        reorder_point=reorder_point,
    )


def make_actor(role: Role = Role.WORKER, store: Store = SEATTLE) -> Actor:
    """Maya at her laptop."""
    return Actor(Profile(store.store_id, role, "Maya"), Device("device-1", "laptop-1"))


def key_of(item: StockItem) -> Any:
    """The Ditto id of an inventory entity."""
    return ditto_id(INVENTORY, {"store_id": item.store_id, "inventory_id": item.inventory_id})


class TickingClock:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@dataclass(eq=False)
class _Watch:
    answer: Callable[[], Any]
    deliver: Callable[[Any], None]
    last: Any = None
    cancelled: bool = False


class FakeStockRepository:
    """StockRepository in memory.

    Watchers hear on a later turn of the loop, now and after each change that touches their
    result. `pauses[method]` holds back the next calls of that method until their event is set;
    `failures[method]` makes it raise.
    """

    def __init__(self, items: Iterable[StockItem] = ()) -> None:
        self._items = {item.inventory_id: item for item in items}
        self._now = TickingClock()
        self._watches: list[_Watch] = []
        self._listeners: list[Callable[[Written], None]] = []
        self.movements: list[Movement] = []
        self.pauses: dict[str, list[asyncio.Event]] = {}
        self.failures: dict[str, Exception] = {}
        self.hidden_movements: set[str] = set()
        """Ids of movements that have not arrived on this device yet."""

    @property
    def watching(self) -> int:
        """How many live queries are open."""
        return len(self._watches)

    def item(self, inventory_id: str) -> StockItem:
        """An item as stored."""
        return self._items[inventory_id]

    def put(self, *items: StockItem) -> None:
        """Store items as another device or the back office would."""
        self._items |= {item.inventory_id: item for item in items}
        self._changed()

    def remove(self, inventory_id: str) -> None:
        """Drop an item as the back office would."""
        del self._items[inventory_id]
        self._changed()

    def arrive(self, movement_id: str) -> None:
        """A ledger document that was on its way is here."""
        self.hidden_movements.discard(movement_id)
        self._changed()

    def on_written(self, listener: Callable[[Written], None]) -> Cancel:
        """What `Session.on_written` promises."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def items(self, keys: Sequence[Any]) -> list[StockItem]:
        await self._pass("items")
        return self._with_keys(keys)

    async def movements_by_id(self, keys: Sequence[Any]) -> list[Movement]:
        ids = [key["movement_id"] for key in keys]
        return [one for one in self.movements if one.movement_id in ids]

    def watch_items(
        self, keys: Sequence[Any], on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        wanted = list(keys)
        return self._watch(lambda: self._with_keys(wanted), on_items)

    async def of_product(self, product_id: str) -> list[StockItem]:
        return self._where(product_id=product_id)

    def watch_product(self, product_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        return self._watch(lambda: self._where(product_id=product_id), on_items)

    def watch_shelf(
        self, store_id: str, aisle: str, shelf: str, on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        def answer() -> list[StockItem]:
            return [
                item
                for item in self._where(store_id=store_id)
                if (item.place.aisle, item.place.shelf) == (aisle, shelf)
            ]

        return self._watch(answer, on_items)

    def watch_shelves(
        self, store_id: str, on_shelves: Callable[[list[ShelfSummary]], None]
    ) -> Cancel:
        def answer() -> list[ShelfSummary]:
            shelves: dict[tuple[str, str], list[StockItem]] = {}
            for item in self._where(store_id=store_id):
                shelves.setdefault((item.place.aisle, item.place.shelf), []).append(item)
            return [
                ShelfSummary(
                    aisle,
                    shelf,
                    len(items),
                    sum(one.on_hand <= one.reorder_point for one in items),
                    sum(one.on_hand <= 0 for one in items),
                )
                for (aisle, shelf), items in shelves.items()
            ]

        return self._watch(answer, on_shelves)

    def watch_low(self, store_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        def answer() -> list[StockItem]:
            low = [
                item
                for item in self._where(store_id=store_id)
                if item.on_hand <= item.reorder_point
            ]
            return sorted(low, key=lambda one: one.on_hand / (one.reorder_point + 1))

        return self._watch(answer, on_items)

    def watch_movements(
        self, inventory_id: str, limit: int, on_change: Callable[[list[Movement]], None]
    ) -> Cancel:
        return self._watch(lambda: self._history(inventory_id)[:limit], on_change)

    async def newest(self, inventory_id: str, limit: int) -> list[Movement]:
        await self._pass("newest")
        return self._history(inventory_id)[:limit]

    async def ledger(self, item: StockItem, limit: int) -> Ledger:
        await self._pass("ledger")
        history = self._history(item.inventory_id)
        return ledger(
            self._items[item.inventory_id],
            history[:limit],
            sum(one.quantity for one in history),
            len(history),
        )

    async def adjust(
        self,
        item: StockItem,
        quantity: int,
        reason: Reason,
        actor: Actor,
        note: str = "",
        allow_negative: bool = False,
    ) -> Movement:
        await self._pass("adjust")
        movement = self._movement(item, reason, actor, quantity=quantity, note=note)
        return self._post(movement, allow_negative)

    async def move(self, item: StockItem, place: Place, actor: Actor) -> Movement:
        await self._pass("move")
        return self._relocate(self._movement(item, Reason.MOVED, actor), place)

    async def last_change(self, store_id: str, device_id: str) -> Movement | None:
        """The newest change of a device that nobody has undone."""
        undone = {one.undoes for one in self.movements}
        found = [
            one
            for one in self.movements
            if (one.store_id, one.device_id) == (store_id, device_id)
            and one.undoes is None
            and one.movement_id not in undone
        ]
        # Read first: an answer that is held back is an old one when it comes.
        await self._pass("last_change")
        return found[-1] if found else None

    async def undo(
        self, movement: Movement, actor: Actor, allow_negative: bool = False
    ) -> Movement:
        await self._pass("undo")
        if any(one.undoes == movement.movement_id for one in self.movements):
            raise AlreadyUndoneError("That change was undone already.")
        counter = replace(
            self._movement(movement, Reason.UNDO, actor, quantity=-movement.quantity),
            undoes=movement.movement_id,
            undone_reason=movement.reason.value,
        )
        if movement.from_place is None:
            return self._post(counter, allow_negative)
        return self._relocate(counter, movement.from_place)

    async def prove(self, store_id: str) -> Proof:
        items = self._where(store_id=store_id)
        totals = {
            item.inventory_id: sum(one.quantity for one in self._history(item.inventory_id))
            for item in items
        }
        wrong = tuple(
            Discrepancy(item.inventory_id, item.stock_delta, totals[item.inventory_id])
            for item in items
            if item.stock_delta != totals[item.inventory_id]
        )
        return Proof(len(items), len(self.movements), wrong)

    async def _pass(self, method: str) -> None:
        if waiting := self.pauses.get(method):
            await waiting.pop(0).wait()
        await asyncio.sleep(0)
        if error := self.failures.get(method):
            raise error

    def _post(self, movement: Movement, allow_negative: bool) -> Movement:
        item = self._stored(movement.inventory_id)
        refused = movement.quantity < 0 and item.on_hand + movement.quantity < 0
        if refused and not allow_negative:
            raise ShortStockError(item.on_hand, movement.quantity)
        self._items[item.inventory_id] = replace(
            item, stock_delta=item.stock_delta + movement.quantity
        )
        return self._written(movement)

    def _relocate(self, movement: Movement, place: Place) -> Movement:
        item = self._stored(movement.inventory_id)
        self._items[item.inventory_id] = replace(item, place=place)
        return self._written(replace(movement, from_place=item.place, to_place=place))

    def _stored(self, inventory_id: str) -> StockItem:
        if inventory_id not in self._items:
            raise StorageError("This product is no longer stocked at this store.")
        return self._items[inventory_id]

    def _written(self, movement: Movement) -> Movement:
        self.movements.append(movement)
        self._changed()
        written = Written([Touched(STOCK_MOVEMENTS, movement.movement_id)])
        for listener in tuple(self._listeners):
            listener(written)
        return movement

    def _movement(
        self,
        subject: StockItem | Movement,
        reason: Reason,
        actor: Actor,
        quantity: int = 0,
        note: str = "",
    ) -> Movement:
        return Movement(
            str(uuid.uuid4()),
            subject.store_id,
            subject.inventory_id,
            subject.product_id,
            reason,
            quantity,
            self._now(),
            actor.profile.name,
            actor.device.device_id,
            actor.device.name,
            note,
            actor.offline,
        )

    def _history(self, inventory_id: str) -> list[Movement]:
        return [
            one
            for one in reversed(self.movements)
            if one.inventory_id == inventory_id and one.movement_id not in self.hidden_movements
        ]

    def _with_keys(self, keys: Sequence[Any]) -> list[StockItem]:
        return [item for item in self._items.values() if key_of(item) in keys]

    def _where(self, **values: str) -> list[StockItem]:
        return [
            item
            for item in self._items.values()
            if all(getattr(item, name) == value for name, value in values.items())
        ]

    def _watch(self, answer: Callable[[], Any], deliver: Callable[[Any], None]) -> Cancel:
        watch = _Watch(answer, deliver)
        self._watches.append(watch)
        asyncio.get_running_loop().call_soon(self._tell, watch)

        def cancel() -> None:
            watch.cancelled = True
            self._watches.remove(watch)

        return cancel

    def _changed(self) -> None:
        for watch in self._watches:
            asyncio.get_running_loop().call_soon(self._tell, watch)

    def _tell(self, watch: _Watch) -> None:
        if watch.cancelled:
            return
        answer = watch.answer()
        if watch.last is None or answer != watch.last:
            watch.last = answer
            watch.deliver(answer)


class FakeUndoing:
    """Undoing in memory, of what a FakeStockRepository has; other offers are put in front of it.

    `offers` are those of the changes that came last; `taken` are those of them that were undone.
    """

    def __init__(self, stock: FakeStockRepository, name: str = "Claw Hammer") -> None:
        self._stock = stock
        self._name = name
        self.offers: list[Offer] = []
        self.taken: list[Offer] = []

    async def last(
        self, store_id: str, device_id: str, passed: Collection[int] = ()
    ) -> Offer | None:
        for offer in self.offers:
            if offer.made.number not in passed:
                return offer
        movement = await self._stock.last_change(store_id, device_id)
        if movement is None:
            return None
        key = {"movement_id": movement.movement_id}
        made = Made(0, NewlyMade(Kind.STOCK, store_id, key, device_id))
        its = moved(made, movement, UndoPreview(True, "It is as before.", 0, 0), self._name)
        return its.before_that() if its is not None and passed else its

    async def take_back(self, offer: Offer, actor: Actor, allow_negative: bool = False) -> None:
        if offer in self.offers:
            self.offers.remove(offer)
            self.taken.append(offer)
            return
        movement_id = offer.made.change.key["movement_id"]
        movement = next(one for one in self._stock.movements if one.movement_id == movement_id)
        await self._stock.undo(movement, actor, allow_negative)


class FakeCatalogue:
    """Catalogue in memory, with the real search index."""

    def __init__(self, products: Iterable[Product] = (), items: Iterable[StockItem] = ()) -> None:
        self._products = {product.product_id: product for product in products}
        self._items = {item.product_id: item for item in items}
        self._listeners: list[Callable[[], None]] = []
        self._index = SearchIndex([])
        self._codes = KnownCodes()
        self.details: Mapping[str, str] = {}
        """Descriptions that only `product` knows."""
        self.meant: Mapping[str, Sequence[str]] = {}
        """What is like a text, by the text."""
        self._build()

    @property
    def listening(self) -> int:
        """How many follow the catalogue."""
        return len(self._listeners)

    def put(self, product: Product, item: StockItem | None = None) -> None:
        """Add or change a product, and where it stands."""
        self._products[product.product_id] = product
        if item is not None:
            self._items[product.product_id] = item
        self._build()
        for listener in tuple(self._listeners):
            listener()

    def search(self, query: str, limit: int) -> Hits:
        return self._index.search(query, limit)

    async def like(self, text: str, limit: int) -> Sequence[str] | None:
        await asyncio.sleep(0)
        found = self.meant.get(text)
        return found and found[:limit]

    def read(self, text: str) -> Scan:
        return read_code(text, self._codes)

    def ean13(self, product_id: str) -> str:
        return self._codes.ean13(product_id)

    def listing(self, product_id: str) -> Listing | None:
        product = self._products.get(product_id)
        if product is None:
            return None
        item = self._items.get(product_id)
        return Listing(product, key_of(item), item.place) if item else Listing(product)

    async def product(self, product_id: str) -> Product | None:
        await asyncio.sleep(0)
        product = self._products.get(product_id)
        if product is None:
            return None
        return replace(product, description=self.details.get(product_id, ""))

    def on_changed(self, listener: Callable[[], None]) -> Cancel:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _build(self) -> None:
        self._codes = KnownCodes((one.sku, one.product_id) for one in self._products.values())
        self._index = SearchIndex(
            [
                SearchEntry(
                    product.product_id,
                    product.name,
                    product.sku,
                    product.type,
                    product.category,
                    self._items[product.product_id].place
                    if product.product_id in self._items
                    else None,
                )
                for product in self._products.values()
            ]
        )


class FakeSpeaker:
    """A speaker that remembers what it played."""

    def __init__(self) -> None:
        self.played: list[Sound] = []

    def play(self, sound: Sound) -> None:
        self.played.append(sound)

    def close(self) -> None:
        """Nothing sounds."""
