"""Purchase orders and what to order, on the embedded store."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from app.data.papers import papers
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import purchase_orders as steps
from app.domain.documents.papers import new_paper
from app.domain.documents.purchase_orders import to_purchase_order
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor, Product, StockItem
from app.domain.errors import PaperError
from app.domain.papers import Change
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.domain.reordering import LEAD_DAYS, SALES_DAYS, Suggestion
from connector_config.schema.collections import REPLENISHMENTS, ditto_id
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_ALL = "SELECT * FROM replenishments WHERE store_id = :store_id ORDER BY created_at DESC LIMIT 200"
_INCOMING = (
    "SELECT * FROM transfers WHERE to_store_id = :store_id ORDER BY created_at DESC LIMIT 200"
)
_ONE = "SELECT * FROM replenishments WHERE _id = :id"
_ORDERED = (
    "SELECT product_id, SUM(quantity) AS sold FROM order_items USE INDEX 'sold_at' "
    "WHERE created_at >= :since AND store_id = :store_id GROUP BY product_id"
)
# A sale with an order is among the order items already.
_SOLD = (
    "SELECT product_id, -SUM(quantity) AS sold FROM stock_movements WHERE store_id = :store_id "
    "AND reason = 'sold' AND at >= :since AND reference.order IS MISSING GROUP BY product_id"
)
_COSTS = "SELECT product_id, cost FROM products USE IDS LIST :ids"


class PurchaseOrderRepository:
    """What a store orders at its suppliers; how much arrived follows from the goods receipts."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def watch_all(self, store_id: str, on_papers: Callable[[list[PurchaseOrder]], None]) -> Cancel:
        """The newest orders, at most 200, newest first."""
        return self._session.watch(
            _ALL,
            {"store_id": store_id},
            lambda rows: on_papers([to_purchase_order(row) for row in rows]),
        )

    def watch(self, paper: PurchaseOrder, on_paper: Callable[[PurchaseOrder], None]) -> Cancel:
        """One order as it goes on."""

        def on_rows(rows: list[Row]) -> None:
            if rows:
                on_paper(to_purchase_order(rows[0]))

        return self._session.watch(_ONE, {"id": ditto_id(REPLENISHMENTS, paper.key)}, on_rows)

    async def suggestions(
        self, items: Sequence[StockItem], lead_days: int = LEAD_DAYS
    ) -> list[Suggestion]:
        """What to order of some items of one store, in their order, with the reasoning."""
        if not items:
            return []
        since = to_iso(self._now() - timedelta(days=SALES_DAYS))
        parameters = {"store_id": items[0].store_id, "since": since}

        async def work(unit: UnitOfWork) -> list[Suggestion]:
            sold: dict[str, int] = {}
            for statement in (_ORDERED, _SOLD):
                for row in await unit.query(statement, parameters):
                    if product_id := row.get("product_id"):
                        sold[product_id] = sold.get(product_id, 0) + int(row["sold"] or 0)
            coming: dict[str, int] = {}
            key = {"store_id": items[0].store_id}
            for row in await unit.query(_ALL, key):
                paper = to_purchase_order(row)
                for line in paper.lines if paper.state.is_open else ():
                    coming[line.product_id] = coming.get(line.product_id, 0) + line.outstanding
            for row in await unit.query(_INCOMING, key):
                for one in to_transfer(row).lines:
                    coming[one.product_id] = coming.get(one.product_id, 0) + one.in_transit
            return [
                Suggestion(
                    item.inventory_id,
                    item.product_id,
                    item.on_hand,
                    item.reorder_point,
                    coming.get(item.product_id, 0),
                    sold.get(item.product_id, 0),
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
        """A draft: products and units by product id; may be empty."""
        now = self._now()
        at = to_iso(now)

        async def work(unit: UnitOfWork) -> PurchaseOrder:
            costs = await _costs(unit, list(lines))
            number = await papers.next_number(unit, "PO", REPLENISHMENTS, actor)
            document = new_paper(actor, at, number, note) | {
                "store_id": actor.profile.store_id,
                "replenishment_id": str(uuid.uuid4()),
                "supplier": supplier,
                "expected_at": to_iso(now + timedelta(days=LEAD_DAYS)),
                "lines": {
                    product_id: papers.snapshot(product, quantity, "quantity")
                    | {"unit_cost": costs.get(product_id, 0.0)}
                    for product_id, (product, quantity) in lines.items()
                },
                "receipts": {},
            }
            await papers.insert(unit, REPLENISHMENTS, document)
            return to_purchase_order(document)

        return await self._session.write(work)

    async def set_line(
        self, paper: PurchaseOrder, product: Product, quantity: int
    ) -> PurchaseOrder:
        """Order so many of a product, 0 for none; only in a draft."""

        async def work(unit: UnitOfWork) -> PurchaseOrder:
            stored = to_purchase_order(await papers.load(unit, REPLENISHMENTS, paper.key))
            _refuse_ordered(stored)
            costs = await _costs(unit, [product.product_id])
            line = papers.snapshot(product, max(quantity, 0), "quantity")
            line["unit_cost"] = costs.get(product.product_id, 0.0)
            fields = {**paper.key, "lines": {product.product_id: line}}
            await papers.merge(unit, REPLENISHMENTS, fields, to_iso(self._now()))
            return to_purchase_order(await papers.load(unit, REPLENISHMENTS, paper.key))

        return await self._session.write(work)

    async def describe(self, paper: PurchaseOrder, supplier: str, note: str) -> PurchaseOrder:
        """Say who it goes to, and a word to them; only in a draft."""

        async def work(unit: UnitOfWork) -> PurchaseOrder:
            _refuse_ordered(to_purchase_order(await papers.load(unit, REPLENISHMENTS, paper.key)))
            fields = {**paper.key, "supplier": supplier, "note": note}
            await papers.merge(unit, REPLENISHMENTS, fields, to_iso(self._now()))
            return to_purchase_order(await papers.load(unit, REPLENISHMENTS, paper.key))

        return await self._session.write(work)

    async def order(self, paper: PurchaseOrder, lead_days: int = LEAD_DAYS) -> PurchaseOrder:
        """Mark a draft as ordered; it is expected after the lead time."""
        now = self._now()
        expected_at = to_iso(now + timedelta(days=lead_days))
        return await self._step(paper, lambda one: steps.order(one, to_iso(now), expected_at))

    async def cancel(self, paper: PurchaseOrder) -> PurchaseOrder:
        """Expect nothing, or nothing more, of it."""
        at = to_iso(self._now())
        return await self._step(paper, lambda one: steps.cancel(one, at))

    async def _step(
        self, paper: PurchaseOrder, step: Callable[[PurchaseOrder], Change]
    ) -> PurchaseOrder:
        async def work(unit: UnitOfWork) -> PurchaseOrder:
            change = step(to_purchase_order(await papers.load(unit, REPLENISHMENTS, paper.key)))
            for patch in change.patches:
                await papers.merge(unit, patch.collection, patch.document, to_iso(self._now()))
            return to_purchase_order(await papers.load(unit, REPLENISHMENTS, paper.key))

        return await self._session.write(work)


def _refuse_ordered(paper: PurchaseOrder) -> None:
    if paper.state is not PurchaseOrderState.DRAFT:
        raise PaperError("It is ordered already: make another order for more.")


async def _costs(unit: UnitOfWork, product_ids: list[str]) -> dict[str, float]:
    if not product_ids:
        return {}
    rows = await unit.query(_COSTS, {"ids": product_ids})
    return {row["product_id"]: float(row.get("cost") or 0) for row in rows}
