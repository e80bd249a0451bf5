"""Oversold goods, and the ways to settle their sales, on the embedded store."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.data.papers import papers, transfers
from app.data.selling import orders, oversell_twice
from app.data.selling.oversell_watch import Oversold, OversoldWatch
from app.data.staff import word
from app.data.stock.feed import StockFeed
from app.data.store.reading import ON_HAND, entities
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import approvals, order_placing, order_steps
from app.domain.carts import Cart, CartLine
from app.domain.changes import Kind, NewlyMade
from app.domain.customers import Customer
from app.domain.documents.customers import to_customer
from app.domain.documents.oversell import new_case, to_settlements
from app.domain.documents.reading import number
from app.domain.documents.stock import show_product, to_item, to_product
from app.domain.documents.transfers import new_transfer_line
from app.domain.entities import Actor, Product, StockItem, Store
from app.domain.errors import InvalidInputError, PaperError
from app.domain.orders import Order, OrderLine
from app.domain.oversell import (
    Case,
    Sale,
    Settlement,
    SettlementKind,
    mark_seen,
    mark_taken_back,
    settle,
    settlement_key,
)
from app.domain.papers import movement_id
from app.domain.rights import Right, check
from app.domain.shop_days import compact, on_paper
from connector_config.schema.collections import CUSTOMERS, OVERSELL_CASES, ditto_id
from connector_config.schema.instants import to_iso
from connector_config.schema.order_documents import SettlementMade

Cancel = Callable[[], None]

_CASE: Final = "SELECT * FROM oversell_cases WHERE _id = :id"
_BEGIN: Final = "INSERT INTO oversell_cases INITIAL DOCUMENTS (:document)"
_CUSTOMER: Final = "SELECT * FROM customers WHERE _id = :id"
_PRODUCTS: Final = "SELECT * FROM products WHERE product_id IN :product_ids LIMIT 200"
_OF_TYPE: Final = (
    "SELECT product_id FROM products WHERE type_id = :type_id AND deleted = false LIMIT 200"
)
_IN_STOCK: Final = (
    "SELECT * FROM inventory WHERE store_id = :store_id AND product_id IN :product_ids "
    f"AND deleted = false AND {ON_HAND} >= :units LIMIT 200"
)


class OversellRepository:
    """The cases of stores; each way to settle a sale is done whole or not at all, and once.

    All ways raise PaperError when somebody else has settled the sale meanwhile.
    """

    def __init__(self, session: Session, now: Callable[[], datetime], feed: StockFeed) -> None:
        self._session = session
        self._now = now
        self._feed = feed

    def watch(self, store_ids: Sequence[str], on_oversold: Callable[[Oversold], None]) -> Cancel:
        """At most 200 cases of some stores, now and after every change."""
        watch = OversoldWatch(self._session, self._feed, on_oversold)
        watch.open(store_ids)
        return watch.cancel

    async def substitutes(
        self, case: Case, sale: Sale, limit: int = 5
    ) -> list[tuple[Product, StockItem]]:
        """Products of the same type that the store has enough of, nearest in price first."""
        query, product_id = self._session.query, case.item.product_id
        stored = await query(_PRODUCTS, {"product_ids": [product_id]})
        if not stored:
            return []
        price = number(stored[0].get("base_price")) or 0
        same = await query(_OF_TYPE, {"type_id": stored[0].get("type_id")})
        ids = sorted({one for row in same if isinstance(one := row.get("product_id"), str)})
        ids = [one for one in ids if one != product_id]
        parameters = {"store_id": case.item.store_id, "product_ids": ids, "units": sale.short}
        items = {
            one.product_id: one
            for one in entities(await query(_IN_STOCK, parameters) if ids else (), to_item)
        }
        rows = await query(_PRODUCTS, {"product_ids": sorted(items)}) if items else []
        found = entities(rows, to_product)
        found.sort(key=lambda one: (abs(float(one.price) - price), one.product_id))
        return [(one, items[one.product_id]) for one in found[:limit]]

    async def transfer(
        self, case: Case, sale: Sale, from_store_id: str, actor: Actor, note: str
    ) -> None:
        """Ask another store for what is short."""
        check(actor, Right.SETTLE_OVERSOLD)

        async def effect(unit: UnitOfWork, key: str, at: str) -> SettlementMade:
            rows = await unit.query(_PRODUCTS, {"product_ids": [case.item.product_id]})
            product = show_product(rows[0] if rows else {"product_id": case.item.product_id})
            made = await transfers.write_request(
                unit,
                _made(key, "transfer"),
                (from_store_id, case.item.store_id),
                {product.product_id: new_transfer_line(product, sale.short)},
                actor,
                at,
                note,
            )
            return {
                "from_store_id": from_store_id,
                "transfer_id": made.transfer_id,
                "transfer_number": made.number,
            }

        await self._settle(case, sale, SettlementKind.TRANSFER, actor, note, effect)

    async def back_order(self, case: Case, sale: Sale, actor: Actor, note: str) -> None:
        """Let the customer wait for goods that come anyway."""
        check(actor, Right.SETTLE_OVERSOLD)

        async def effect(unit: UnitOfWork, key: str, at: str) -> SettlementMade:
            return {}

        await self._settle(case, sale, SettlementKind.BACK_ORDER, actor, note, effect)

    async def swap(
        self, case: Case, sale: Sale, product: Product, store: Store, actor: Actor, note: str
    ) -> None:
        """Take what is short out of the order, and sell the customer another product instead.

        Raises ShortLinesError where there are too few of the other product.
        """
        check(actor, Right.SETTLE_OVERSOLD)
        now = self._now()
        local, day = on_paper(now, store.zone), compact(now, store.zone)

        async def effect(unit: UnitOfWork, key: str, at: str) -> SettlementMade:
            order, line = await _order_line(unit, case, sale)
            units = min(sale.short, line.left)
            back = order_steps.take_back(
                order, (return_id := _made(key, "return")), {line.item_id: (units, 0)}, actor, at
            )
            await papers.apply(unit, back, actor, at)
            bought = CartLine(product.product_id, product.sku, product.name, product.price, units)
            customer = await _customer(unit, order)
            cart = Cart(_made(key, "cart"), order.store_id, at, customer, (bought,), day=day)
            placed = order_placing.place(cart, store, actor, at, local)
            await orders.write_placed(unit, placed, actor, at, allow_negative=False)
            return {
                "return_id": return_id,
                "new_order_id": cart.order_id,
                "new_number": cart.number,
            }

        await self._settle(case, sale, SettlementKind.SWAP, actor, note, effect)

    async def cancel(self, case: Case, sale: Sale, actor: Actor, note: str) -> None:
        """Cancel the whole order: its goods are in stock again; may raise WordNeededError."""
        check(actor, Right.SETTLE_OVERSOLD)

        async def effect(unit: UnitOfWork, key: str, at: str) -> SettlementMade:
            order, _ = await _order_line(unit, case, sale)
            asked = approvals.of_cancelling(await word.limits_of(unit, actor), order)
            by = await word.approved(unit, actor, asked)
            await papers.apply(unit, order_steps.cancel(order, by, at, note), by, at)
            made = movement_id(f"order/{order.order_id}/cancel", actor.device.device_id)
            return {"return_id": made}

        await self._settle(case, sale, SettlementKind.CANCEL, actor, note, effect)

    async def mark_seen(self, settlement: Settlement) -> None:
        """Note that the seller has read what became of the sale."""
        at = to_iso(self._now())
        patches = mark_seen(settlement, at).patches
        await self._session.write(lambda unit: papers.merge_all(unit, patches, at))

    async def take_back(self, settlement: Settlement, actor: Actor) -> None:
        """Take back a settlement that asked another store, or let the customer wait.

        Raises PaperError where goods are on their way.
        """
        check(actor, Right.SETTLE_OVERSOLD)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> None:
            change = await oversell_twice.taken_back(unit, settlement, actor, at)
            await papers.apply(unit, change + mark_taken_back(settlement, at), actor, at)

        await self._session.write(work)

    async def _settle(
        self,
        case: Case,
        sale: Sale,
        kind: SettlementKind,
        actor: Actor,
        note: str,
        effect: Callable[[UnitOfWork, str, str], Awaitable[SettlementMade]],
    ) -> None:
        at = to_iso(self._now())
        key = settlement_key(case, sale, actor)

        async def work(unit: UnitOfWork) -> None:
            known = await _settlements(unit, case)
            if any(one.key == key for one in known):
                return
            for one in known:
                if (one.sale_id, one.round) == (sale.sale_id, sale.round):
                    raise PaperError(f"{one.signature.who} has settled this already.")
            made = await effect(unit, key, at)
            created_at = case.item.created_at
            begun = new_case(case, to_iso(created_at) if created_at else at)
            document = {"_id": ditto_id(OVERSELL_CASES, begun), **begun}
            await unit.update(OVERSELL_CASES, _BEGIN, {"document": document})
            await papers.merge_all(
                unit, settle(case, sale, kind, note, actor, at, made).patches, at
            )
            its = {"store_id": case.item.store_id, "case_id": case.case_id, "settlement": key}
            unit.note(NewlyMade(Kind.SETTLED, actor.profile.store_id, its, actor.device.device_id))

        await self._session.write(work)


async def _settlements(unit: UnitOfWork, case: Case) -> tuple[Settlement, ...]:
    key = {"store_id": case.item.store_id, "case_id": case.case_id}
    rows = await unit.query(_CASE, {"id": ditto_id(OVERSELL_CASES, key)})
    return to_settlements(rows[0]) if rows else ()


async def _order_line(unit: UnitOfWork, case: Case, sale: Sale) -> tuple[Order, OrderLine]:
    if not sale.order_id:
        raise InvalidInputError("order", "No order took these: ask a store, or wait for goods.")
    order = await orders.load(unit, {"store_id": case.item.store_id, "order_id": sale.order_id})
    for line in order.lines:
        if line.product_id == case.item.product_id and line.left:
            return order, line
    raise PaperError(f"Nothing is left of it in order {order.title}.")


async def _customer(unit: UnitOfWork, order: Order) -> Customer:
    key = {"primary_store_id": order.store_id, "customer_id": order.customer_id}
    rows = await unit.query(_CUSTOMER, {"id": ditto_id(CUSTOMERS, key)})
    for known in entities(rows, to_customer):
        return replace(
            known,
            first_name=known.first_name or order.customer_name,
            email=known.email or order.customer_email,
        )
    return Customer(
        order.store_id, order.customer_id, order.customer_name, "", order.customer_email
    )


def _made(key: str, what: str) -> str:
    return str(uuid.uuid5(uuid.UUID(key), what))
