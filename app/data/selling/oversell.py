"""What was sold although it was not there, and settling it, on the embedded store."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.data.papers import papers
from app.data.selling import orders
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import order_steps
from app.domain.carts import Cart, CartLine
from app.domain.customers import Customer
from app.domain.documents.oversell import to_settlements
from app.domain.documents.papers import new_paper
from app.domain.documents.stock import to_item, to_movement, to_product
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor, Product, StockItem, Store
from app.domain.errors import InvalidInputError, PaperError
from app.domain.orders import Order, OrderLine
from app.domain.oversell import (
    Case,
    Sale,
    Settlement,
    SettlementKind,
    entry,
    marked,
    settlement_key,
    to_case,
)
from app.domain.papers import Change, movement_id
from connector_config.schema.collections import CUSTOMERS, OVERSELL_CASES, TRANSFERS, ditto_id
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_ITEMS: Final = (
    "SELECT * FROM inventory WHERE store_id IN :store_ids AND deleted = false "
    "AND stock_level + coalesce(stock_delta, 0) < 0 ORDER BY inventory_id LIMIT 200"
)
_MOVEMENTS: Final = (
    "SELECT * FROM stock_movements WHERE inventory_id IN :ids ORDER BY at DESC LIMIT 2000"
)
_CASES: Final = (
    "SELECT * FROM oversell_cases WHERE store_id IN :store_ids ORDER BY updated_at DESC LIMIT 500"
)
_TRANSFERS: Final = (
    "SELECT * FROM transfers WHERE to_store_id IN :store_ids ORDER BY created_at DESC LIMIT 500"
)
_CASE: Final = "SELECT * FROM oversell_cases WHERE _id = :id"
_BEGIN: Final = "INSERT INTO oversell_cases INITIAL DOCUMENTS (:document)"
_CUSTOMER: Final = "SELECT * FROM customers WHERE _id = :id"
_PRODUCTS: Final = "SELECT * FROM products WHERE product_id IN :product_ids LIMIT 200"
_OF_TYPE: Final = (
    "SELECT product_id FROM products WHERE type_id = :type_id AND deleted = false LIMIT 200"
)
_IN_STOCK: Final = (
    "SELECT * FROM inventory WHERE store_id = :store_id AND product_id IN :product_ids "
    "AND deleted = false AND stock_level + coalesce(stock_delta, 0) >= :units LIMIT 200"
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Open cases, those with nothing under way first; and all that was settled, newest first."""

    cases: tuple[Case, ...] = ()
    settled: tuple[Settlement, ...] = ()


class OversellRepository:
    """Cases of stores; each way to settle one is done whole or not at all, and once.

    All raise PaperError when somebody else has settled the sale meanwhile.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def watch(self, store_ids: Sequence[str], on_desk: Callable[[Desk], None]) -> Cancel:
        """At most 200 cases, now and after every change."""
        watch = _Watch(self._session, on_desk)
        watch.open({"store_ids": sorted(store_ids)})
        return watch.cancel

    async def substitutes(
        self, case: Case, sale: Sale, limit: int = 5
    ) -> list[tuple[Product, StockItem]]:
        """Products of the same type that the store has enough of, nearest in price first."""
        query, product_id = self._session.query, case.item.product_id
        stored = await query(_PRODUCTS, {"product_ids": [product_id]})
        if not stored:
            return []
        price = _price(stored[0])
        same = await query(_OF_TYPE, {"type_id": stored[0].get("type_id")})
        ids = sorted({row["product_id"] for row in same} - {product_id})
        parameters = {"store_id": case.item.store_id, "product_ids": ids, "units": sale.short}
        items = {
            row["product_id"]: to_item(row) for row in await query(_IN_STOCK, parameters) if ids
        }
        rows = await query(_PRODUCTS, {"product_ids": sorted(items)}) if items else []
        rows.sort(key=lambda row: (abs(_price(row) - price), row["product_id"]))
        return [(to_product(row), items[row["product_id"]]) for row in rows[:limit]]

    async def transfer(
        self, case: Case, sale: Sale, from_store_id: str, actor: Actor, note: str
    ) -> None:
        """Ask another store for what is short."""

        async def effect(unit: UnitOfWork, key: str, at: str) -> Mapping[str, str]:
            rows = await unit.query(_PRODUCTS, {"product_ids": [case.item.product_id]})
            product = to_product(rows[0] if rows else {"product_id": case.item.product_id})
            number = await papers.next_number(unit, "TR", TRANSFERS, actor)
            document = new_paper(actor, at, number, note) | {
                "from_store_id": from_store_id,
                "to_store_id": case.item.store_id,
                "transfer_id": _made(key, "transfer"),
                "lines": {product.product_id: papers.snapshot(product, sale.short, "requested")},
                "picked": {},
                "shipments": {},
                "returns": {},
                "receipts": {},
            }
            await papers.insert(unit, TRANSFERS, document)
            return {
                "from_store_id": from_store_id,
                "transfer_id": document["transfer_id"],
                "transfer_number": number,
            }

        await self._settle(case, sale, SettlementKind.TRANSFER, actor, note, effect)

    async def back_order(self, case: Case, sale: Sale, actor: Actor, note: str) -> None:
        """Let the customer wait for goods that come anyway."""

        async def effect(unit: UnitOfWork, key: str, at: str) -> Mapping[str, str]:
            return {}

        await self._settle(case, sale, SettlementKind.BACK_ORDER, actor, note, effect)

    async def swap(
        self, case: Case, sale: Sale, product: Product, store: Store, actor: Actor, note: str
    ) -> None:
        """Take what is short out of the order, and sell the customer another product instead.

        Raises ShortLinesError where there are too few of that.
        """
        local = f"{self._now().astimezone():%-d %b %Y, %H:%M}"

        async def effect(unit: UnitOfWork, key: str, at: str) -> Mapping[str, str]:
            order, line = await _order_line(unit, case, sale)
            units = min(sale.short, line.left)
            back = order_steps.take_back(
                order, (return_id := _made(key, "return")), {line.item_id: (units, 0)}, actor, at
            )
            await papers.apply(unit, back, actor, at)
            bought = CartLine(product.product_id, product.sku, product.name, product.price, units)
            customer = await _customer(unit, order)
            cart = Cart(_made(key, "cart"), order.store_id, at, customer, (bought,))
            placed = order_steps.place(cart, store, actor, at, local)
            await orders.write_placed(unit, placed, actor, at, allow_negative=False)
            return {
                "return_id": return_id,
                "new_order_id": cart.order_id,
                "new_number": cart.number,
            }

        await self._settle(case, sale, SettlementKind.SWAP, actor, note, effect)

    async def cancel(self, case: Case, sale: Sale, actor: Actor, note: str) -> None:
        """Cancel the whole order: its goods are in stock again."""

        async def effect(unit: UnitOfWork, key: str, at: str) -> Mapping[str, str]:
            order, _ = await _order_line(unit, case, sale)
            await papers.apply(unit, order_steps.cancel(order, actor, at, note), actor, at)
            made = movement_id(f"order/{order.order_id}/cancel", actor.device.device_id)
            return {"return_id": made}

        await self._settle(case, sale, SettlementKind.CANCEL, actor, note, effect)

    async def see(self, settlement: Settlement) -> None:
        """Note that whoever sold it has read what became of it."""
        at = to_iso(self._now())
        patch = marked(settlement, "seen_at", at)
        await self._session.write(
            lambda unit: papers.merge(unit, patch.collection, patch.document, at)
        )

    async def _settle(
        self,
        case: Case,
        sale: Sale,
        kind: SettlementKind,
        actor: Actor,
        note: str,
        effect: Callable[[UnitOfWork, str, str], Awaitable[Mapping[str, str]]],
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
            await unit.update(OVERSELL_CASES, _BEGIN, {"document": _document(case, at)})
            change = Change((entry(case, sale, kind, note, actor, at, made),))
            await papers.apply(unit, change, actor, at)

        await self._session.write(work)


class _Watch:
    """Puts a desk together from live queries; what moved is asked for of what is below zero."""

    def __init__(self, session: Session, on_desk: Callable[[Desk], None]) -> None:
        self._session = session
        self._on_desk = on_desk
        self._rows: dict[str, list[Row]] = {}
        self._ids: list[str] | None = None
        self._cancels: list[Cancel] = []
        self._unfollow: Cancel = lambda: None

    def open(self, parameters: Mapping[str, Any]) -> None:
        """Follow these stores."""
        queries = {"cases": _CASES, "transfers": _TRANSFERS, "items": _ITEMS}
        for name, dql in queries.items():
            hear = self._hearer(name)
            self._cancels.append(self._session.watch(dql, parameters, hear))

    def cancel(self) -> None:
        """Follow nothing any more."""
        self._unfollow()
        for one in self._cancels:
            one()

    def _hearer(self, name: str) -> Callable[[list[Row]], None]:
        def hear(rows: list[Row]) -> None:
            self._rows[name] = rows
            if name == "items":
                self._follow([row["inventory_id"] for row in rows])
            self._tell()

        return hear

    def _follow(self, ids: list[str]) -> None:
        if ids != self._ids:
            self._unfollow()
            self._ids = ids
            self._rows.pop("movements", None)
            hear = self._hearer("movements")
            self._unfollow = self._session.watch(_MOVEMENTS, {"ids": ids}, hear)

    def _tell(self) -> None:
        if len(self._rows) < 4:
            return
        expected: dict[str, dict[str, int]] = {}
        for transfer in map(to_transfer, self._rows["transfers"]):
            for line in transfer.lines:
                waiting = line.in_transit + (0 if transfer.cancelled else line.to_ship)
                of_product = expected.setdefault(line.product_id, {})
                of_product[transfer.transfer_id] = waiting
        moved: dict[str, list[Row]] = {}
        for row in self._rows["movements"]:
            moved.setdefault(row["inventory_id"], []).append(row)
        settled = {row["inventory_id"]: to_settlements(row) for row in self._rows["cases"]}
        cases = [
            to_case(
                item,
                map(to_movement, moved.get(item.inventory_id, ())),
                settled.get(item.inventory_id, ()),
                expected.get(item.product_id, {}),
            )
            for item in map(to_item, self._rows["items"])
        ]
        cases.sort(key=lambda one: (not one.open, -one.short, one.item.inventory_id))
        newest = sorted(
            (one for its in settled.values() for one in its),
            key=lambda one: (one.signature.at, one.key),
            reverse=True,
        )
        self._on_desk(Desk(tuple(cases), tuple(newest)))


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
    stored = rows[0] if rows else {}
    return Customer(
        order.store_id,
        order.customer_id,
        stored.get("first_name") or order.customer_name,
        stored.get("last_name") or "",
        stored.get("email") or order.customer_email,
        stored.get("phone") or "",
    )


def _made(key: str, what: str) -> str:
    return str(uuid.uuid5(uuid.UUID(key), what))


def _price(row: Row) -> Decimal:
    return Decimal(str(row.get("base_price") or 0))


def _document(case: Case, at: str) -> dict[str, Any]:
    """The document before the first settlement: the same on every device that begins it."""
    item = case.item
    begun = to_iso(item.created_at) if item.created_at else at
    document = {
        "store_id": item.store_id,
        "case_id": case.case_id,
        "inventory_id": item.inventory_id,
        "product_id": item.product_id,
        "settlements": {},
        "deleted": False,
        "created_at": begun,
        "updated_at": begun,
    }
    return {"_id": ditto_id(OVERSELL_CASES, document), **document}
