"""Undo on the embedded store: one place decides which change is the last one, and takes it back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from app.data.papers import papers
from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.papers.receiving import ReceivingRepository
from app.data.papers.stocktakes import StocktakeRepository
from app.data.papers.transfers import TransferRepository
from app.data.selling import orders
from app.data.selling.closings import DayClosingRepository
from app.data.selling.customers import refuse_taken
from app.data.selling.orders import OrderRepository
from app.data.selling.oversell import OversellRepository
from app.data.staff.staff import check_person
from app.data.stock.history import HistoryRepository
from app.data.stock.places import PlaceRepository
from app.data.stock.stock import DittoStockRepository
from app.data.store.made import newest, taking_back
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import last_change as rules
from app.domain.changes import Kind, Made
from app.domain.closings import Closing
from app.domain.documents.closings import to_closed_day
from app.domain.documents.oversell import to_settlements
from app.domain.documents.purchase_orders import to_purchase_order
from app.domain.documents.receipts import to_receipt
from app.domain.documents.stock import to_item, to_movement
from app.domain.documents.stocktakes import to_count, to_stocktake
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor, Movement, StockItem
from app.domain.errors import PaperError
from app.domain.last_change import Offer
from app.domain.oversell import Settlement
from app.domain.purchase_orders import PurchaseOrderState
from app.domain.receiving import ReceiptState
from app.domain.rights import check, to_undo
from connector_config.schema import collections as names
from connector_config.schema.instants import to_iso

_IS_OPEN: Final[Mapping[str, Callable[[Mapping[str, Any]], bool]]] = {
    names.GOODS_RECEIPTS: lambda one: to_receipt(one).state is ReceiptState.DRAFT,
    names.REPLENISHMENTS: lambda one: to_purchase_order(one).state is PurchaseOrderState.DRAFT,
    names.TRANSFERS: lambda one: not (to_transfer(one).shipments or to_transfer(one).cancelled),
    names.STOCKTAKES: lambda one: to_stocktake(one).is_open,
}
_PRODUCT: Final = "SELECT product_name FROM products WHERE _id = :id"


class Undoing(Protocol):
    """What undoes the changes of this device."""

    async def last(
        self, store_id: str, device_id: str, passed: Collection[int] = ()
    ) -> Offer | None:
        """What undo does now: about the last change that is not taken back, without those `passed`.

        None where there is none.
        """
        ...

    async def take_back(self, offer: Offer, actor: Actor, allow_negative: bool = False) -> None:
        """Do what was offered.

        Raises ShortStockError before an adjustment leaves less than nothing, unless that is
        allowed, and UserError where it cannot be any more.
        """
        ...


class UndoRepository:
    """Undoing on the embedded store; each change is taken back by the repository of its family."""

    def __init__(
        self,
        session: Session,
        now: Callable[[], datetime],
        stock: DittoStockRepository,
        history: HistoryRepository,
        places: PlaceRepository,
        receiving: ReceivingRepository,
        transfers: TransferRepository,
        purchase_orders: PurchaseOrderRepository,
        stocktakes: StocktakeRepository,
        orders: OrderRepository,
        oversell: OversellRepository,
        closings: DayClosingRepository,
    ) -> None:
        self._session = session
        self._now = now
        self._stock = stock
        self._history = history
        self._places = places
        self._receiving = receiving
        self._transfers = transfers
        self._purchase_orders = purchase_orders
        self._stocktakes = stocktakes
        self._orders = orders
        self._oversell = oversell
        self._closings = closings

    async def last(
        self, store_id: str, device_id: str, passed: Collection[int] = ()
    ) -> Offer | None:
        # What was pressed just before is meant, too.
        await self._session.written()
        async for made in newest(self._session, store_id, device_id):
            if made.number in passed:
                continue
            try:
                offer = await self._offer(made)
            except PaperError:
                # Its document has left this device: whoever has it, can do something about it.
                continue
            if offer is not None:
                newer = any(number > made.number for number in passed)
                return offer.before_that() if newer else offer
        return None

    async def take_back(self, offer: Offer, actor: Actor, allow_negative: bool = False) -> None:
        check(actor, to_undo(offer.made.change))
        with taking_back(offer.made):
            await self._take_back(offer.made, actor, allow_negative)

    async def _offer(self, made: Made) -> Offer | None:
        kind = made.change.kind
        if kind in rules.FINAL:
            return rules.final(made)
        if made.change.edits:
            return await self._session.read(lambda unit: _edited(unit, made))
        if kind is Kind.STOCK:
            movement = await self._session.read(lambda unit: _movement(unit, made))
            preview = await self._history.preview_undo(movement)
            name = await self._session.read(lambda unit: _name(unit, movement.product_id))
            return rules.moved(made, movement, preview, name)
        return await self._session.read(lambda unit: _of_documents(unit, made))

    async def _take_back(self, made: Made, actor: Actor, allow_negative: bool) -> None:
        change, read = made.change, self._session.read
        match change.kind:
            case Kind.CUSTOMER | Kind.CUSTOMERS_MERGED | Kind.CODE | Kind.PERSON | Kind.PAPER:
                at = to_iso(self._now())
                await self._session.write(lambda unit: _bring_back(unit, made, at))
            case Kind.STOCK:
                movement = await read(lambda unit: _movement(unit, made))
                await self._stock.undo(movement, actor, allow_negative)
            case Kind.PLACE:
                movement = await read(lambda unit: _movement(unit, made))
                item = await read(lambda unit: _item(unit, movement))
                if movement.to_place is not None:
                    await self._places.remove(item, movement.to_place, actor)
                elif movement.from_place is not None:
                    await self._places.add(item, movement.from_place, actor)
            case Kind.RECEIPT | Kind.RECEIPT_BEGUN:
                receipt = to_receipt(await self._load(names.GOODS_RECEIPTS, made))
                posted = change.kind is Kind.RECEIPT
                step = self._receiving.undo if posted else self._receiving.discard
                await step(receipt, actor)
            case Kind.COUNT_BEGUN:
                stocktake = to_stocktake(await self._load(names.STOCKTAKES, made))
                await self._stocktakes.cancel(stocktake, actor)
            case Kind.COUNTED:
                count = to_count(await self._load(names.STOCKTAKE_COUNTS, made))
                await self._stocktakes.withdraw(count, actor)
            case Kind.ORDER:
                order = await read(lambda unit: orders.load(unit, _order_key(made)))
                await self._orders.cancel(order, actor)
            case Kind.TRANSFER:
                transfer = to_transfer(await self._load(names.TRANSFERS, made))
                await self._transfers.cancel(transfer, actor)
            case Kind.SHIPMENT:
                transfer = to_transfer(await self._load(names.TRANSFERS, made))
                shipment_id = change.key["shipment_id"]
                await self._transfers.cancel_shipment(transfer, shipment_id, actor)
            case Kind.PURCHASE_ORDER | Kind.ORDERED:
                paper = to_purchase_order(await self._load(names.REPLENISHMENTS, made))
                await self._purchase_orders.cancel(paper, actor)
            case Kind.SETTLED:
                settlement = await read(lambda unit: _settlement(unit, made))
                await self._oversell.take_back(settlement, actor)
            case Kind.DAY_CLOSED:
                closed = to_closed_day(await self._load(names.DAY_CLOSINGS, made))
                await self._closings.take_back(closed, change.key["closing"], actor)
            case _:
                raise PaperError(rules.final(made).sentence)

    async def _load(self, collection: str, made: Made) -> dict[str, Any]:
        return await self._session.read(lambda unit: papers.load(unit, collection, made.change.key))


async def _of_documents(unit: UnitOfWork, made: Made) -> Offer | None:
    key = made.change.key
    match made.change.kind:
        case Kind.PLACE:
            movement = await _movement(unit, made)
            item = await _item(unit, movement)
            return rules.placed(made, movement, item, await _name(unit, movement.product_id))
        case Kind.RECEIPT:
            return rules.receipt_posted(
                made, to_receipt(await papers.load(unit, names.GOODS_RECEIPTS, key))
            )
        case Kind.RECEIPT_BEGUN:
            return rules.receipt_begun(
                made, to_receipt(await papers.load(unit, names.GOODS_RECEIPTS, key))
            )
        case Kind.COUNT_BEGUN:
            return rules.count_begun(
                made, to_stocktake(await papers.load(unit, names.STOCKTAKES, key))
            )
        case Kind.COUNTED:
            count = to_count(await papers.load(unit, names.STOCKTAKE_COUNTS, key))
            stocktake = to_stocktake(await papers.load(unit, names.STOCKTAKES, key))
            return rules.count_entered(made, count, stocktake, await _name(unit, count.product_id))
        case Kind.ORDER:
            return rules.order_placed(made, await orders.load(unit, _order_key(made)))
        case Kind.TRANSFER | Kind.SHIPMENT:
            transfer = to_transfer(await papers.load(unit, names.TRANSFERS, key))
            shipped = made.change.kind is Kind.SHIPMENT
            return (rules.shipped if shipped else rules.transfer_requested)(made, transfer)
        case Kind.PURCHASE_ORDER | Kind.ORDERED:
            paper = to_purchase_order(await papers.load(unit, names.REPLENISHMENTS, key))
            ordered = made.change.kind is Kind.ORDERED
            return (rules.ordered if ordered else rules.purchase_order_begun)(made, paper)
        case Kind.DAY_CLOSED:
            return rules.day_closed(made, await _closing(unit, made))
        case _:
            settlement = await _settlement(unit, made)
            asked = None
            if settlement.transfer_id:
                its = {
                    "from_store_id": settlement.from_store_id,
                    "to_store_id": settlement.store_id,
                    "transfer_id": settlement.transfer_id,
                }
                asked = to_transfer(await papers.load(unit, names.TRANSFERS, its))
            return rules.settled(made, settlement, asked)


async def _edited(unit: UnitOfWork, made: Made) -> Offer | None:
    stored = [await papers.load(unit, one.collection, one.key) for one in made.change.edits]
    for edit, document in zip(made.change.edits, stored, strict=True):
        if edit.collection in _IS_OPEN and not _IS_OPEN[edit.collection](document):
            # The paper as a whole was done, which comes first, and is all that can be undone of it.
            return None
    return rules.edited(made, stored)


async def _bring_back(unit: UnitOfWork, made: Made, at: str) -> None:
    offer = await _edited(unit, made)
    if offer is None:
        return
    if offer.refused:
        raise PaperError(offer.sentence)
    for edit in made.change.edits:
        comes_back = "email" in edit.before or edit.before.get("deleted") is False
        if edit.collection == names.CUSTOMERS and comes_back:
            stored = await papers.load(unit, edit.collection, edit.key)
            email = edit.before.get("email", stored.get("email")) or ""
            # Who was merged had the address of the other one before, too.
            other = edit.after.get("merged_into", "")
            await refuse_taken(unit, email, edit.key["customer_id"], other)
        if edit.collection == names.STAFF:
            await check_person(unit, edit.key, edit.before)
        await papers.merge(unit, edit.collection, {**edit.key, **edit.before}, at)


async def _movement(unit: UnitOfWork, made: Made) -> Movement:
    return to_movement(await papers.load(unit, names.STOCK_MOVEMENTS, made.change.key))


async def _item(unit: UnitOfWork, movement: Movement) -> StockItem:
    key = {"store_id": movement.store_id, "inventory_id": movement.inventory_id}
    return to_item(await papers.load(unit, names.INVENTORY, key))


async def _name(unit: UnitOfWork, product_id: str) -> str:
    rows = await unit.query(_PRODUCT, {"id": product_id})
    return str(rows[0].get("product_name") or product_id) if rows else "a product"


async def _settlement(unit: UnitOfWork, made: Made) -> Settlement:
    case = await papers.load(unit, names.OVERSELL_CASES, made.change.key)
    for one in to_settlements(case):
        if one.key == made.change.key["settlement"]:
            return one
    raise PaperError("This settlement is not on this device.")


async def _closing(unit: UnitOfWork, made: Made) -> Closing:
    closed = to_closed_day(await papers.load(unit, names.DAY_CLOSINGS, made.change.key))
    for one in closed.closings:
        if one.key == made.change.key["closing"]:
            return one
    raise PaperError("This closing is not on this device.")


def _order_key(made: Made) -> dict[str, str]:
    return {name: made.change.key[name] for name in ("store_id", "order_id")}
