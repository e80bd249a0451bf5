"""Purchase orders, and suggestions of what to order, on the embedded store."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from app.data.papers import papers
from app.data.papers.table import PaperTable
from app.data.staff import word
from app.data.stock import usual
from app.data.store.reading import sound_rows
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import purchase_orders as steps
from app.domain.changes import Kind, NewlyMade
from app.domain.documents.papers import new_paper
from app.domain.documents.purchase_orders import (
    new_purchase_order,
    new_purchase_order_line,
    to_purchase_order,
)
from app.domain.documents.reading import number, whole
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor, Product, StockItem
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.domain.reordering import LEAD_DAYS, SALES_DAYS, Suggestion
from app.domain.rights import Right, check
from app.domain.sales import kept
from app.domain.unusual import Asked
from connector_config.schema.collections import ORDER_ITEMS, ORDERS, REPLENISHMENTS, TRANSFERS
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_ORDERED = (
    "SELECT product_id, SUM(quantity) AS sold FROM order_items USE INDEX 'sold_at' "
    "WHERE created_at >= :since AND store_id = :store_id GROUP BY product_id"
)
# With an OR in place of the CASE, Ditto reads the whole collection.
_UNDONE = (
    "SELECT order_id, status, returns FROM orders USE INDEX 'orders_time' "
    "WHERE order_date >= :since AND store_id = :store_id AND CASE "
    "WHEN status = 'cancelled' THEN true WHEN status = 'returned' THEN true "
    "ELSE coalesce(object_length(returns), 0) > 0 END"
)
_OF_UNDONE = (
    "SELECT order_id, order_item_id, product_id, quantity FROM order_items USE INDEX 'sold_at' "
    "WHERE created_at >= :since AND store_id = :store_id AND order_id IN :orders"
)
# A sale with an order is among the order items already.
_SOLD = (
    "SELECT product_id, -SUM(quantity) AS sold FROM stock_movements WHERE store_id = :store_id "
    "AND at >= :since AND reference.order IS MISSING AND CASE WHEN reason = 'sold' THEN true "
    "ELSE reason = 'undo' AND reference.undone_reason = 'sold' END GROUP BY product_id"
)
_COSTS = "SELECT product_id, cost FROM products USE IDS LIST :ids"


class PurchaseOrderRepository:
    """The purchase orders of a store; how much arrived follows from the goods receipts."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._table = PaperTable(session, REPLENISHMENTS, to_purchase_order)
        self._transfers = PaperTable(session, TRANSFERS, to_transfer)

    def watch_all(self, store_id: str, on_papers: Callable[[list[PurchaseOrder]], None]) -> Cancel:
        """The newest orders, at most 200, newest first."""
        return self._table.watch_newest(store_id, on_papers)

    def watch(self, paper: PurchaseOrder, on_paper: Callable[[PurchaseOrder], None]) -> Cancel:
        """One order, now and after every change."""
        return self._table.watch(paper, on_paper)

    async def with_id(self, purchase_order_id: str) -> PurchaseOrder | None:
        """The order with an id, however old; None where this device has none."""
        return await self._table.find("replenishment_id", purchase_order_id)

    async def suggestions(
        self, items: Sequence[StockItem], lead_days: int = LEAD_DAYS
    ) -> list[Suggestion]:
        """Suggest what to order of some items of one store, in the order of the items."""
        if not items:
            return []
        since = to_iso(self._now() - timedelta(days=SALES_DAYS))
        parameters = {"store_id": items[0].store_id, "since": since}

        async def work(unit: UnitOfWork) -> list[Suggestion]:
            sold = await _sold(unit, parameters)
            coming: dict[str, int] = {}
            store_id = items[0].store_id
            for paper in await self._table.newest(unit, store_id):
                for line in paper.lines if paper.state.is_open else ():
                    coming[line.product_id] = coming.get(line.product_id, 0) + line.outstanding
            for transfer in await self._transfers.newest(unit, store_id, "to_store_id"):
                for one in transfer.lines:
                    coming[one.product_id] = coming.get(one.product_id, 0) + one.in_transit
            return [
                Suggestion(
                    item.inventory_id,
                    item.product_id,
                    item.on_hand,
                    item.reorder_point,
                    coming.get(item.product_id, 0),
                    max(sold[item.product_id], 0),
                    lead_days=lead_days,
                )
                for item in items
            ]

        return await self._session.read(work)

    async def create(
        self,
        actor: Actor,
        lines: Mapping[str, tuple[Product, int]],
        supplier: str = "",
        note: str = "",
    ) -> PurchaseOrder:
        """Begin a draft; `lines` has products and units by product id, and may be empty."""
        check(actor, Right.PURCHASE)
        now = self._now()
        at = to_iso(now)

        async def work(unit: UnitOfWork) -> PurchaseOrder:
            costs = await _costs(unit, list(lines))
            number = await papers.next_number(unit, "PO", REPLENISHMENTS, actor)
            document = new_purchase_order(
                new_paper(actor, at, number, note),
                str(uuid.uuid4()),
                actor.profile.store_id,
                supplier,
                to_iso(now + timedelta(days=LEAD_DAYS)),
                {
                    product_id: new_purchase_order_line(
                        product, quantity, costs.get(product_id, 0.0)
                    )
                    for product_id, (product, quantity) in lines.items()
                },
            )
            made = await self._table.insert(unit, document)
            unit.note(_made(made, Kind.PURCHASE_ORDER, actor.device.device_id))
            return made

        return await self._session.write(work)

    async def draft(self, actor: Actor) -> PurchaseOrder | None:
        """The newest draft of a store that was begun on this device; None without any."""

        async def work(unit: UnitOfWork) -> PurchaseOrder | None:
            newest = await self._table.newest(unit, actor.profile.store_id)
            return next(
                (
                    one
                    for one in newest
                    if one.state is PurchaseOrderState.DRAFT
                    and one.signature.device_id == actor.device.device_id
                ),
                None,
            )

        return await self._session.read(work)

    async def add_lines(
        self, paper: PurchaseOrder, lines: Mapping[str, tuple[Product, int]], actor: Actor
    ) -> PurchaseOrder:
        """Put what is not on a draft yet on it; raises PaperError unless the order is a draft."""
        check(actor, Right.PURCHASE)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork, stored: PurchaseOrder) -> None:
            there = {one.product_id for one in stored.lines if one.quantity}
            new = {key: one for key, one in lines.items() if key not in there}
            costs = await _costs(unit, list(new))
            for product_id, (product, quantity) in new.items():
                line = new_purchase_order_line(product, quantity, costs.get(product_id, 0.0))
                await papers.merge_all(unit, steps.set_line(stored, product_id, line).patches, at)

        return await self._table.step(paper, work)

    async def set_line(
        self, paper: PurchaseOrder, product: Product, quantity: int, actor: Actor
    ) -> PurchaseOrder:
        """Set the units of a product, 0 for none; raises PaperError unless the order is a draft."""
        check(actor, Right.PURCHASE)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork, stored: PurchaseOrder) -> None:
            costs = await _costs(unit, [product.product_id])
            cost = costs.get(product.product_id, 0.0)
            line = new_purchase_order_line(product, max(quantity, 0), cost)
            change = steps.set_line(stored, product.product_id, line)
            key = {**stored.key, "number": stored.number}
            await papers.edit(unit, change.patches, at, stored.store_id, key)

        return await self._table.step(paper, work)

    async def describe(
        self, paper: PurchaseOrder, supplier: str, note: str, actor: Actor
    ) -> PurchaseOrder:
        """Set the supplier and the note; raises PaperError unless the order is a draft."""
        check(actor, Right.PURCHASE)
        at = to_iso(self._now())
        return await self._table.edit(
            paper, lambda one: steps.describe(one, supplier, note), at, paper.store_id
        )

    async def order(
        self, paper: PurchaseOrder, actor: Actor, lead_days: int = LEAD_DAYS
    ) -> PurchaseOrder:
        """Mark a draft as ordered; it is expected after the lead time.

        Raises WordNeededError for so many that the store wants a manager's word.
        """
        check(actor, Right.PURCHASE)
        now = self._now()
        at, expected_at = to_iso(now), to_iso(now + timedelta(days=lead_days))

        async def work(unit: UnitOfWork, stored: PurchaseOrder) -> None:
            units = [
                Asked(one.product_id, one.name, one.quantity)
                for one in (stored.lines if stored.state is PurchaseOrderState.DRAFT else ())
            ]
            by = await word.approved(unit, actor, await usual.asked_of(unit, actor, units))
            patches = steps.order(stored, by, at, expected_at).patches
            await papers.merge_all(unit, patches, at)
            unit.note(_made(paper, Kind.ORDERED))

        return await self._table.step(paper, work)

    async def cancel(self, paper: PurchaseOrder, actor: Actor) -> PurchaseOrder:
        """Expect no goods, or no more goods, of an order."""
        check(actor, Right.PURCHASE)
        at = to_iso(self._now())
        made = _made(paper, Kind.PURCHASE_ORDER_CANCELLED)
        return await self._table.merge(paper, lambda one: steps.cancel(one, at), at, made)


async def _sold(unit: UnitOfWork, parameters: Mapping[str, str]) -> Counter[str]:
    """Units by product that were sold at a store since a time, and neither cancelled nor back."""
    sold = Counter[str]()
    for statement in (_ORDERED, _SOLD):
        for row in await unit.query(statement, parameters):
            if isinstance(product_id := row.get("product_id"), str):
                sold[product_id] += whole(row.get("sold")) or 0
    orders = sound_rows(ORDERS, await unit.query(_UNDONE, parameters), "order_id")
    undone = {one["order_id"]: one for one in orders}
    if undone:
        rows = await unit.query(_OF_UNDONE, {**parameters, "orders": list(undone)})
        for item in sound_rows(ORDER_ITEMS, rows, "order_id", "order_item_id"):
            units, _ = kept(undone[item["order_id"]], item)
            sold[item.get("product_id") or ""] -= item.get("quantity", 0) - units
    return sold


def _made(paper: PurchaseOrder, kind: Kind, device_id: str = "") -> NewlyMade:
    return NewlyMade(kind, paper.store_id, {**paper.key, "number": paper.number}, device_id)


async def _costs(unit: UnitOfWork, product_ids: list[str]) -> dict[str, float]:
    if not product_ids:
        return {}
    rows = await unit.query(_COSTS, {"ids": product_ids})
    return {row["product_id"]: number(row.get("cost")) or 0.0 for row in rows}
