"""Undo on a real store: the last change of this device, whatever it was, then the one before it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.data.stock.history import HistoryFilter
from app.data.store import made
from app.data.store.session import Session
from app.domain.entities import Actor, Device, Place, Product, Profile, Reason, Role, StockItem
from app.domain.errors import PaperError, ShortStockError
from app.domain.last_change import Offer
from app.domain.orders import OrderStatus
from app.domain.papers import ReceivedLine
from app.domain.purchase_orders import PurchaseOrder
from connector_config.store.local_only import MADE
from tests.helpers.sales import Counter
from tests.helpers.stock_room import SEATTLE, Heard, StockRoom

TACOMA = "store_tacoma"
MAYA = Actor(Profile(SEATTLE, Role.MANAGER, "Maya"), Device("device-maya", "office"))
OTHER = Actor(Profile(SEATTLE, Role.MANAGER, "Ben"), Device("device-ben", "stock room"))


class Shop:
    """Somebody who does everything that can be done on a device, and undoes it."""

    def __init__(self, room: StockRoom, items: list[StockItem]) -> None:
        self.room = room
        self.items = items
        self.its = room.repositories
        self.undo = self.its.undoing
        self.counter = Counter(room)
        self.passed: set[int] = set()

    async def product(self, at: int = 0) -> Product:
        return await self.counter.product(self.items[at])

    async def last(self, passed: bool = False) -> Offer | None:
        return await self.undo.last(SEATTLE, "device-maya", self.passed if passed else ())

    async def name(self) -> str:
        offer = await self.last()
        return offer.name if offer else ""

    async def back(self) -> Offer:
        """Ctrl+Z, and Yes."""
        offer = await self.last()
        assert offer is not None
        assert not offer.refused, offer.sentence
        await self.undo.take_back(offer, MAYA)
        return offer

    async def refused(self) -> Offer:
        """Ctrl+Z, which is refused: the next one goes to the change before."""
        offer = await self.last(passed=True)
        assert offer is not None
        assert offer.refused, offer
        self.passed.add(offer.made.number)
        return offer

    async def stock(self) -> list[tuple[str, int, Place, tuple[Place, ...]]]:
        """What stands where and how much of it, in both stores."""
        found = []
        for item in self.items:
            for one in await self.room.stock.of_product(item.product_id):
                if one.store_id in (SEATTLE, TACOMA):
                    found.append((one.inventory_id, one.on_hand, one.place, one.other_places))
        return found

    async def proven(self) -> None:
        proof = await self.room.stock.prove(SEATTLE)
        assert proof.holds, proof.discrepancies


async def shop_of(session: Session) -> Shop:
    room = StockRoom(session)
    return Shop(room, await room.items(limit=6))


@pytest.fixture
async def shop(session: Session) -> Shop:
    return await shop_of(session)


async def adjust(shop: Shop, at: int = 0, quantity: int = -2, actor: Actor = MAYA) -> None:
    await shop.room.stock.adjust(shop.items[at], quantity, Reason.DAMAGED, actor)


async def receive(shop: Shop, actor: Actor = MAYA) -> None:
    receipt = await shop.its.receiving.begin(actor)
    receipt = await shop.its.receiving.set_line(receipt, await shop.product(), 12, MAYA)
    await shop.its.receiving.post(receipt, actor)


async def sell(shop: Shop, actor: Actor = MAYA) -> None:
    cart = await shop.counter.cart([shop.items[1]], 3)
    await shop.counter.orders.place(cart, await shop.counter.store(), actor)


async def ship(shop: Shop, actor: Actor = MAYA) -> None:
    product = await shop.product(2)
    lines = {product.product_id: (product, 4)}
    transfer = await shop.its.transfers.request(SEATTLE, TACOMA, lines, actor)
    await shop.its.transfers.pick(transfer, {product.product_id: 4}, actor)
    shipment = str(uuid.uuid4())
    await shop.its.transfers.ship(transfer, shipment, {product.product_id: 4}, actor)


async def take_in_transfer(shop: Shop, actor: Actor = MAYA) -> None:
    await shop.its.receiving.take_in(
        actor, [(await shop.product(3), ReceivedLine(5))], number="TR-TAC-1234-0007"
    )


async def edit_customer(shop: Shop) -> None:
    customer = await shop.counter.customer()
    await shop.its.customers.save(replace(customer, phone="(206) 555-0147"), MAYA, customer)


async def order_goods(shop: Shop, actor: Actor = MAYA) -> None:
    product = await shop.product()
    its = shop.its.purchase_orders
    paper = await its.create(actor, {product.product_id: (product, 7)})
    paper = await its.set_line(paper, product, 9, MAYA)
    await its.describe(paper, "Acme", "soon", MAYA)
    await its.order(paper, MAYA)


async def teach(shop: Shop, actor: Actor = MAYA) -> None:
    await shop.its.product_codes.teach("CASE-0815", shop.items[0].product_id, 12, actor)


async def move(shop: Shop) -> None:
    await shop.room.stock.move(shop.items[4], Place("9", "Z", "1"), MAYA)


async def add_place(shop: Shop) -> None:
    await shop.its.places.add(shop.items[4], Place("9", "Y", "2"), MAYA)


async def count(shop: Shop) -> None:
    stocktake = await shop.its.stocktakes.open(MAYA, "Aisle")
    await shop.its.stocktakes.count(stocktake, shop.items[5], 3, MAYA)


EVERYTHING = (
    adjust,
    move,
    add_place,
    receive,
    sell,
    ship,
    take_in_transfer,
    edit_customer,
    order_goods,
    teach,
    count,
)


async def test_all_that_was_done_is_taken_back_one_after_the_other(shop: Shop) -> None:
    stock, customer = await shop.stock(), await shop.counter.customer()
    for act in EVERYTHING:
        await act(shop)
        await adjust(shop, 5, 1, OTHER)
    names = []
    while await shop.last():
        names.append((await shop.back()).name)
    # Drafts, lines and requests went with the papers that became of them.
    assert len(names) == len(set(names)) == len(EVERYTHING) + 2, names
    theirs = len(EVERYTHING)
    now = await shop.stock()
    changed = [one for one, before in zip(now, stock, strict=True) if one != before]
    ((inventory_id, on_hand, *_),) = changed
    before = next(one[1] for one in stock if one[0] == inventory_id)
    assert (inventory_id, on_hand) == (shop.items[5].inventory_id, before + theirs)
    assert await shop.counter.customer() == customer
    assert [row["deleted"] for row in await codes(shop)] == [True]
    await shop.proven()


async def codes(shop: Shop) -> list[dict[str, Any]]:
    return await shop.room.session.query("SELECT * FROM product_codes WHERE code = 'CASE-0815'")


async def test_six_products_and_the_last_one_undone_the_next_is_the_one_before(shop: Shop) -> None:
    for at in range(6):
        await adjust(shop, at)
    stock = [one[1] for one in await shop.stock()]
    for at in reversed(range(6)):
        offer = await shop.back()
        assert offer.product_id == shop.items[at].product_id
        assert not offer.asks
    assert await shop.last() is None
    assert sum(one[1] for one in await shop.stock()) == sum(stock) + 12
    await shop.proven()


async def test_after_a_receipt_it_is_the_receipt_that_is_taken_back(shop: Shop) -> None:
    await adjust(shop)
    await receive(shop)
    offer = await shop.last()
    assert offer is not None
    assert offer.asks
    assert offer.name.startswith("goods receipt GR-SEA-")
    assert offer.sentence.startswith("It takes 12 units out of the stock again")
    assert await shop.name() == offer.name, "asked, and No: nothing has changed"
    await shop.back()
    assert (await shop.name()).endswith("damaged")


async def test_what_was_undone_on_its_own_screen_is_passed_over(shop: Shop) -> None:
    await adjust(shop)
    receipt = await shop.its.receiving.begin(MAYA)
    receipt = await shop.its.receiving.set_line(receipt, await shop.product(), 12, MAYA)
    receipt = await shop.its.receiving.post(receipt, MAYA)
    await shop.its.receiving.undo(receipt, MAYA)
    assert (await shop.name()).endswith("damaged")
    history = await shop.its.history.page(HistoryFilter(SEATTLE, device_id="device-maya"))
    (movement,) = (one for one in history.movements if one.reason is Reason.DAMAGED)
    await shop.room.stock.undo(movement, OTHER)
    assert await shop.last() is None, "undone by another device"


async def test_it_outlives_a_restart_and_knows_what_was_taken_back(
    shop: Shop, session: Session, data_dir: Path
) -> None:
    for act in EVERYTHING[:6]:
        await act(shop)
    await shop.back()
    expected = await shop.name()
    await session.close()
    again = await Session.open(data_dir)
    try:
        shop.room = StockRoom(again)
        shop.its = shop.room.repositories
        shop.undo = shop.its.undoing
        shop.counter = Counter(shop.room)
        assert await shop.name() == expected
        await adjust(shop, 3)
        assert (await shop.back()).product_id == shop.items[3].product_id
        while await shop.last():
            await shop.back()
        assert [one[1] for one in await shop.stock()] == [
            item.on_hand for item in await before_all(shop)
        ]
        await shop.proven()
    finally:
        await again.close()


async def before_all(shop: Shop) -> list[StockItem]:
    found = []
    for item in shop.items:
        for one in await shop.room.stock.of_product(item.product_id):
            if one.store_id in (SEATTLE, TACOMA):
                found.append(replace(one, stock_delta=0))
    return found


async def test_a_clock_that_goes_back_changes_no_order(shop: Shop) -> None:
    await adjust(shop, 0)
    shop.room.clock.now -= timedelta(days=1)
    await adjust(shop, 1)
    assert (await shop.back()).product_id == shop.items[1].product_id
    assert (await shop.back()).product_id == shop.items[0].product_id


def has_units(units: int, paper: PurchaseOrder) -> bool:
    return sum(line.quantity for line in paper.lines) == units


async def test_drafts_lose_their_lines_one_by_one(shop: Shop) -> None:
    its, product = shop.its.purchase_orders, await shop.product()
    paper = await its.create(MAYA, {})
    for quantity in (3, 9, 9):
        paper = await its.set_line(paper, product, quantity, MAYA)
    heard: Heard[PurchaseOrder] = Heard()
    cancel = its.watch(paper, heard)
    for quantity in (3, 0):
        await shop.back()
        await heard.until(partial(has_units, quantity))
    offer = await shop.back()
    assert offer.name == f"draft {paper.number}"
    assert await shop.last() is None
    cancel()


async def test_an_edit_that_somebody_else_went_on_with_stays(shop: Shop) -> None:
    await adjust(shop)
    await edit_customer(shop)
    customer = await shop.counter.customer()
    key = {"primary_store_id": SEATTLE, "customer_id": customer.customer_id}
    await shop.room.session.query(
        "UPDATE customers SET phone = '(206) 555-9999' WHERE _id = :id", {"id": key}
    )
    assert "changed again since then" in (await shop.refused()).sentence
    assert (await shop.counter.customer()).phone == "(206) 555-9999"
    offer = await shop.last(passed=True)
    assert offer is not None
    assert offer.asks, "what came after it stays, and that is nothing to do without asking"
    assert offer.sentence.startswith("What came after it stays as it is.")


async def complete(shop: Shop) -> None:
    order = await shop.counter.sold([shop.items[1]])
    await shop.its.orders.complete(order, MAYA)


async def cancel_order(shop: Shop) -> None:
    order = await shop.counter.sold([shop.items[1]])
    await shop.its.orders.cancel(order, MAYA)


async def take_back(shop: Shop) -> None:
    order = await shop.counter.sold([shop.items[1]])
    units = {line.item_id: (1, 0) for line in order.lines}
    await shop.its.orders.take_back(order, str(uuid.uuid4()), units, MAYA)


async def cancel_shipment(shop: Shop) -> None:
    product = await shop.product()
    lines = {product.product_id: (product, 4)}
    transfer = await shop.its.transfers.request(SEATTLE, TACOMA, lines, MAYA)
    shipment = str(uuid.uuid4())
    transfer = await shop.its.transfers.ship(transfer, shipment, {product.product_id: 4}, MAYA)
    await shop.its.transfers.cancel_shipment(transfer, shipment, MAYA)


async def cancel_transfer(shop: Shop) -> None:
    product = await shop.product()
    lines = {product.product_id: (product, 4)}
    transfer = await shop.its.transfers.request(SEATTLE, TACOMA, lines, MAYA)
    await shop.its.transfers.cancel(transfer, MAYA)


async def cancel_goods(shop: Shop) -> None:
    its, product = shop.its.purchase_orders, await shop.product()
    paper = await its.create(MAYA, {product.product_id: (product, 3)})
    await its.cancel(await its.order(paper, MAYA), MAYA)


async def post_count(shop: Shop) -> None:
    its = shop.its.stocktakes
    stocktake = await its.open(MAYA, "Aisle")
    await its.count(stocktake, shop.items[5], 3, MAYA)
    await its.post(stocktake, MAYA)


async def stop_count(shop: Shop) -> None:
    its = shop.its.stocktakes
    await its.cancel(await its.open(MAYA, "Aisle"), MAYA)


async def discard(shop: Shop) -> None:
    its = shop.its.receiving
    receipt = await its.begin(MAYA)
    await its.discard(receipt, MAYA)


@pytest.mark.parametrize(
    ("act", "instead", "screen"),
    [
        (complete, "take them back in Orders", "orders"),
        (cancel_order, "place it anew in Order", "orders"),
        (take_back, "sell them again in Order", "orders"),
        (cancel_shipment, "ship them anew in Transfers", "transfers"),
        (cancel_transfer, "Ask anew in Transfers", "transfers"),
        (cancel_goods, "Order it anew in Reorder", "reorder"),
        (post_count, "count it again in a new stocktake", "count"),
        (stop_count, "Begin a new one in Count", "count"),
        (discard, "Begin it anew in Receive", "receive"),
    ],
)
async def test_what_cannot_be_undone_says_why_and_what_to_do_instead(
    shop: Shop, act: Callable[[Shop], Awaitable[None]], instead: str, screen: str
) -> None:
    await adjust(shop)
    await act(shop)
    stock = await shop.stock()
    offer = await shop.refused()
    assert instead in offer.sentence
    assert offer.screen == screen
    assert offer.item
    with pytest.raises(PaperError):
        await shop.undo.take_back(offer, MAYA)
    assert await shop.stock() == stock


async def test_below_zero_is_asked_first(shop: Shop) -> None:
    item = shop.items[0]
    await shop.room.stock.adjust(item, 5, Reason.FOUND, MAYA)
    await shop.room.stock.adjust(item, -item.on_hand - 3, Reason.LOST, OTHER)
    offer = await shop.last()
    assert offer is not None
    with pytest.raises(ShortStockError):
        await shop.undo.take_back(offer, MAYA)
    assert await shop.last() == offer
    await shop.undo.take_back(offer, MAYA, allow_negative=True)
    assert (await shop.room.stored(item)).on_hand == -3
    assert await shop.last() is None


async def test_the_other_store_has_changes_of_its_own(shop: Shop) -> None:
    other = await shop.room.item(TACOMA)
    tacoma = replace(MAYA, profile=replace(MAYA.profile, store_id=TACOMA))
    await adjust(shop)
    await shop.room.stock.adjust(other, 5, Reason.FOUND, tacoma)
    offer = await shop.last()
    assert offer is not None
    assert offer.product_id == shop.items[0].product_id
    there = await shop.undo.last(TACOMA, "device-maya")
    assert there is not None
    assert there.product_id == other.product_id


async def test_an_order_that_is_undone_is_cancelled_and_its_money_named(shop: Shop) -> None:
    await sell(shop)
    offer = await shop.last()
    assert offer is not None
    assert offer.asks
    assert "3 units back into the stock of Seattle" in offer.sentence
    assert "$" in offer.sentence
    await shop.back()
    order = await shop.its.orders.find(SEATTLE, offer.item)
    assert order is not None
    assert order.status is OrderStatus.CANCELLED
    assert await shop.last() is None, "the cancellation is no change of its own"


async def test_only_the_newest_are_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "KEPT", 4)
    for at in range(6):
        await adjust(shop, at)
    taken = [(await shop.back()).product_id for _ in range(4)]
    assert taken == [item.product_id for item in reversed(shop.items[2:])]
    assert await shop.last() is None
    rows = await shop.room.session.query(f"SELECT COUNT(*) AS n FROM {MADE}")
    assert rows[0]["n"] == 4


async def test_what_is_rolled_back_was_not_made(shop: Shop) -> None:
    item = shop.items[0]
    with pytest.raises(ShortStockError):
        await shop.room.stock.adjust(item, -item.on_hand - 1, Reason.LOST, MAYA)
    assert await shop.last() is None
    await adjust(shop)
    await adjust(shop)
    await shop.back()
    await shop.back()
    assert await shop.last() is None
