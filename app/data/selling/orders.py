"""Orders and their steps, on the embedded store; lists of orders are in `order_list`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from app.data.papers import papers
from app.data.selling import carts
from app.data.selling.merged import FORGOTTEN, key_of, read_merged
from app.data.selling.merged import ONE as CUSTOMER
from app.data.staff import word
from app.data.stock import usual
from app.data.store.reading import entities
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import approvals
from app.domain import order_steps as steps
from app.domain.approvals import Limits
from app.domain.carts import Cart
from app.domain.changes import Kind, NewlyMade
from app.domain.documents.customers import to_customer
from app.domain.documents.orders import to_order
from app.domain.documents.stock import show_store, to_product
from app.domain.entities import Actor, Store
from app.domain.errors import InvalidInputError, PaperError
from app.domain.order_placing import Placed, place, refuse_stale
from app.domain.orders import Order
from app.domain.papers import Change
from app.domain.rights import Right, check
from app.domain.shop_days import on_paper
from app.domain.unusual import Asked
from connector_config.schema.collections import CUSTOMERS, ORDER_ITEMS, ORDERS, ditto_id
from connector_config.schema.instants import to_iso
from connector_config.store.together import together

Cancel = Callable[[], None]

_ONE: Final = "SELECT * FROM orders WHERE _id = :id"
_PRODUCTS: Final = (
    "SELECT _id, product_id, sku, product_name, base_price FROM products USE IDS LIST :ids"
)
_STORE: Final = "SELECT * FROM stores WHERE _id = :id"
_INSERT: Final = "INSERT INTO orders DOCUMENTS (:document) ON ID CONFLICT DO NOTHING"
_INSERT_ITEMS: Final = "INSERT INTO order_items DOCUMENTS (:documents)"
# The index is named: left to itself, Ditto also reads all of the store's from another one.
_ITEMS: Final = (
    "SELECT * FROM order_items USE INDEX 'order_lines' "
    "WHERE order_id = :order_id AND store_id = :store_id LIMIT 1000"
)
_BY_NUMBER: Final = (
    "SELECT * FROM orders USE INDEX 'orders_number' "
    "WHERE number = :number AND store_id = :store_id LIMIT 1"
)


class OrderRepository:
    """The orders of a store; a step that was done already does nothing and returns the order."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def place(
        self, cart: Cart, store: Store, actor: Actor, allow_negative: bool = False
    ) -> Order:
        """Make an order of a cart in one transaction, which also removes the cart.

        Raises InvalidInputError for a cart that is not ready, FaultyDocumentError for a product of
        which nobody knows the price or what is on hand, and ShortLinesError where it takes more
        than is there and `allow_negative` or the store does not permit that. Raises WordNeededError
        where the store wants a manager's word and the actor has none.
        """
        check(actor, Right.SELL)
        refuse_stale(cart)
        now = self._now()
        at, local = to_iso(now), on_paper(now, store.zone)
        key = {"store_id": cart.store_id, "order_id": cart.order_id}

        async def work(unit: UnitOfWork) -> Order:
            may = allow_negative and (not store.blocks_oversell or store.limits.below_zero)
            below = may and store.blocks_oversell
            asked = approvals.of_cart(store.limits, cart, below)
            units = [Asked(one.product_id, one.name, -one.quantity) for one in cart.lines]
            asked += await usual.asked_of(unit, actor, units)
            approved, refusal = await word.heard(unit, actor, asked)
            placed = place(await _for_kept(unit, cart), store, approved, at, local)
            for row in await unit.query(
                _PRODUCTS, {"ids": [line.product_id for line in cart.lines]}
            ):
                # Of a product that is faulty nobody knows the price.
                to_product(row)
            is_new, _ = await together(
                write_placed(unit, placed, approved, at, may), carts.drop(unit, cart)
            )
            if not is_new:
                return await load(unit, key)
            if refusal is not None:
                # Only now: what is there already, or is short, is said first.
                raise refusal
            order = to_order(placed.order, placed.items)
            unit.note(_made(order, Kind.ORDER, actor))
            return order

        return await self._session.write(work)

    def watch(self, order: Order, on_order: Callable[[Order], None]) -> Cancel:
        """One order, now and after every change."""
        documents: dict[str, Any] = {}

        def on_rows(name: str, rows: list[Row]) -> None:
            documents[name] = rows
            if documents.get("order") and (items := documents.get("items")):
                for one in entities(documents["order"], lambda row: to_order(row, items)):
                    on_order(one)

        key = {"id": ditto_id(ORDERS, order.key)}
        following = ExitStack()
        following.callback(self._session.watch(_ONE, key, lambda rows: on_rows("order", rows)))
        following.callback(
            self._session.watch(_ITEMS, order.key, lambda rows: on_rows("items", rows))
        )
        return following.close

    async def find(self, store_id: str, title: str) -> Order | None:
        """The order of a store with this number or id, if this device has it."""

        async def work(unit: UnitOfWork) -> Order | None:
            rows = await unit.query(_BY_NUMBER, {"number": title, "store_id": store_id})
            order_id = rows[0]["order_id"] if rows else title
            return await stored(unit, {"store_id": store_id, "order_id": order_id})

        return await self._session.read(work)

    async def load(self, order: Order) -> Order:
        """An order of a list with its lines; raises PaperError where it is gone."""
        return await self._session.read(lambda unit: load(unit, order.key))

    async def complete(self, order: Order, actor: Actor) -> Order:
        """Note that the customer has the goods; raises PaperError where that cannot be any more."""
        check(actor, Right.SELL)
        at = to_iso(self._now())
        return await self._step(
            order, actor, at, lambda one, _, by: steps.complete(one, by, at), Kind.ORDER_COMPLETED
        )

    async def cancel(self, order: Order, actor: Actor, note: str = "") -> Order:
        """Take a whole order back into stock: see `order_steps.taking_store` for whose.

        Raises PaperError where some of it came back before, WordNeededError.
        """
        check(actor, Right.SELL)
        at = to_iso(self._now())

        def step(one: Order, here: Store | None, by: Actor) -> Change:
            into = steps.taking_store(one, here, cancels=True) if here is not None else None
            return steps.cancel(one, by, at, note, into)

        return await self._step(
            order, actor, at, step, Kind.ORDER_CANCELLED, approvals.of_cancelling
        )

    async def take_back(
        self,
        order: Order,
        return_id: str,
        units: Mapping[str, tuple[int, int]],
        actor: Actor,
        note: str = "",
    ) -> Order:
        """Take units back; `units` has how many and how many are damaged, by id of the line.

        They go into the stock of the actor's store. `return_id` is a UUID made when the person
        began: the same one comes back once. Raises InvalidInputError, PaperError.
        """
        check(actor, Right.SELL)
        at = to_iso(self._now())

        def step(one: Order, here: Store | None, by: Actor) -> Change:
            into = steps.taking_store(one, here) if here is not None else None
            return steps.take_back(one, return_id, units, by, at, note, into)

        return await self._step(order, actor, at, step, Kind.ORDER_RETURNED)

    async def _step(
        self,
        order: Order,
        actor: Actor,
        at: str,
        step: Callable[[Order, Store | None, Actor], Change],
        kind: Kind,
        risks: Callable[[Limits, Order], list[str]] = lambda *_: [],
    ) -> Order:
        async def work(unit: UnitOfWork) -> Order:
            rows = await unit.query(_STORE, {"id": actor.profile.store_id})
            here = show_store(rows[0]) if rows else None
            one = await load(unit, order.key)
            asked = risks(here.limits, one) if here is not None else []
            by = await word.approved(unit, actor, asked)
            await papers.apply(unit, step(one, here, by), by, at)
            unit.note(_made(order, kind, actor))
            return await load(unit, order.key)

        return await self._session.write(work)


def _made(order: Order, kind: Kind, actor: Actor) -> NewlyMade:
    key = {**order.key, "number": order.title}
    return NewlyMade(kind, actor.profile.store_id, key, actor.device.device_id)


async def _for_kept(unit: UnitOfWork, cart: Cart) -> Cart:
    """A cart for the one who was kept where its customer was merged since it was chosen.

    Raises InvalidInputError where the customer wished to be forgotten since.
    """
    customer = cart.customer
    if customer is None:
        return cart
    kept = (await read_merged(unit)).kept(customer.customer_id)
    key = key_of(customer.store_id, kept)
    for one in entities(await unit.query(CUSTOMER, {"id": ditto_id(CUSTOMERS, key)}), to_customer):
        if one.forgotten:
            raise InvalidInputError("customer", f"{FORGOTTEN} Choose another one.")
        if kept != customer.customer_id:
            return replace(cart, customer=one)
    return cart


async def stored(unit: UnitOfWork, key: Mapping[str, str]) -> Order | None:
    """The order with these id fields; None where this device has none."""
    rows = await unit.query(_ONE, {"id": ditto_id(ORDERS, key)})
    return to_order(rows[0], await unit.query(_ITEMS, key)) if rows else None


async def load(unit: UnitOfWork, key: Mapping[str, str]) -> Order:
    """The order with these id fields and its lines; raises PaperError where it is not here."""
    order = await stored(unit, key)
    if order is None:
        raise PaperError("This order has not arrived on this device yet.")
    return order


async def write_placed(
    unit: UnitOfWork, placed: Placed, actor: Actor, at: str, allow_negative: bool
) -> bool:
    """Store an order, its lines and what leaves the stock; False where the order is there already.

    Raises ShortLinesError.
    """
    if not await unit.insert(ORDERS, _INSERT, placed.order):
        return False
    await together(
        papers.apply(unit, Change(postings=placed.postings), actor, at, allow_negative),
        unit.insert_all(ORDER_ITEMS, _INSERT_ITEMS, placed.items),
    )
    return True
