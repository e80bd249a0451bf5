"""Three people with PINs work through one day of a shop on two devices, apart in the afternoon.

Both devices close the day, and whoever is asked for its sums says the same: Sales, Orders, the
receipts, the CSV files and MongoDB's report.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication

from app.data.selling.closings import DayBook
from app.domain.approvals import Approval, WordNeededError
from app.domain.entities import Product, Profile, Role, Store
from app.domain.orders import Order, OrderStatus
from app.domain.papers import ReceivedLine
from app.domain.pricing import Discount
from app.domain.sales import BY_SALE
from app.domain.staff import Refusal
from app.rehearsal.goods import Goods
from app.ui.closing.screen import ClosingScreen
from app.ui.orders.document import receipt
from app.ui.orders.screen import OrdersScreen
from app.ui.sales.screen import SalesScreen
from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.schema.collections import STORES
from seed.reports.sales import sales
from seed.reports.shops import Period, read_shops
from tests.helpers.stock_room import Clock
from tests.helpers.waiting import until
from tests.helpers.windows import LEVEL, Window, clients, few_goods, fill

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATTLE = "store_seattle"
DAY = date(2026, 11, 20)
PINS = {"Ann": "2719", "Rita": "8305", "Wes": "6402"}
ROLES = {"Ann": Role.MANAGER, "Rita": Role.REP, "Wes": Role.WORKER}


@dataclass(frozen=True)
class Shop:
    """Two devices of a shop, the clock on its wall, and what is in MongoDB."""

    till: Window
    office: Window
    clock: Clock
    goods: Goods
    settings: MongoSettings

    def at(self, hour: int, minute: int = 0) -> None:
        """From now on it is so late in Seattle."""
        utc = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
        self.clock.now = datetime.fromtimestamp(
            utc.timestamp() + (hour + 8) * 3600 + minute * 60, UTC
        )

    def product(self, number: int) -> Product:
        """One of the products, by its number."""
        product_id = self.goods.items[SEATTLE][number - 1]["product_id"]
        listing = self.office.client.repositories.catalogue.listing(product_id)
        assert listing is not None
        return listing.product


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(
    qapp: QApplication,
    new_database: Callable[[], MongoSettings],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Shop]:
    """Both devices on the morning of the day: Rita is at the till, Ann in the office."""
    goods, settings, clock = few_goods(), new_database(), Clock()
    its = next(one for one in goods.documents[STORES] if one["store_id"] == SEATTLE)
    its["approvals"] = {"discount_percent": 10}
    fill(settings, goods)
    folders = [tmp_path_factory.mktemp(name) for name in ("till", "office")]
    sku = goods.line(SEATTLE, 1)["sku"]
    clock.now = datetime(2026, 11, 20, 16, tzinfo=UTC)
    async with clients(qapp, settings, folders, clock) as (till, office):
        shop = Shop(Window(till, sku), Window(office, sku), clock, goods, settings)
        await open_the_shop(shop)
        yield shop


async def enter(window: Window, name: str) -> None:
    """Switch to somebody by the PIN, as Ctrl+L does."""
    client = window.client
    if client.workplace is not None:
        client.workplace.sign_out()
    await until(lambda: len(client.door.people.get(SEATTLE, ())) == len(PINS), "the people")
    screen = client.sign_in_screen
    assert screen is not None
    screen.choose(SEATTLE)
    screen.person.setCurrentText(name)
    screen.pin.setText(PINS[name])
    screen.enter.click()
    await until(lambda: client.signed_in is not None, f"{name} at work")
    assert (window.actor.profile.name, window.actor.profile.role) == (name, ROLES[name])


def store_of(window: Window) -> Store:
    return next(one for one in window.client.stores if one.store_id == SEATTLE)


async def sell(
    shop: Shop, window: Window, units: dict[int, int], percent: int = 0, by: str = ""
) -> Order:
    """Whoever is at work sells so many of some products; `by` is who gave the word."""
    its, store, actor = window.client.repositories, store_of(window), window.actor
    if by:
        people = {one.name: one for one in window.client.door.people[SEATTLE]}
        actor = replace(actor, approved_by=Approval(people[by].person_id, by))
    key = shop.goods.customers[SEATTLE][0]["customer_id"]
    cart = replace(
        its.carts.begin(SEATTLE, store.zone),
        customer=await its.customers.get(SEATTLE, key),
        discount=Discount(percent=percent),
    )
    for number, quantity in units.items():
        cart = cart.add(shop.product(number), quantity)
    await its.carts.save(cart)
    return await its.orders.place(cart, store, actor)


async def test_a_day_of_three_people_on_two_devices(shop: Shop, tmp_path: Path) -> None:
    till, office = shop.till, shop.office
    # The morning, together.
    shop.at(9, 30)
    first = await sell(shop, till, {1: 2})
    called_off = await sell(shop, till, {2: 1, 3: 3})
    await enter(office, "Wes")
    came = [(shop.product(2), ReceivedLine(5))]
    await office.client.repositories.receiving.take_in(office.actor, came, None, "TR-TAC-AAAA-0001")
    first = await till.client.repositories.orders.complete(first, till.actor)
    await till.meet()
    await enter(office, "Ann")
    await until(lambda: _listed(office, first, called_off), "the orders in the office")

    # The afternoon, apart.
    for window in (till, office):
        await window.client.sync.go_offline()
    shop.at(14)
    with pytest.raises(WordNeededError, match="a discount of 20%"):
        await sell(shop, till, {4: 5}, 20)
    cheap = await sell(shop, till, {4: 5}, 20, by="Ann")
    assert (cheap.signature.who, cheap.steps[0].signature.approved_by) == ("Rita", "Ann")
    back = {first.lines[0].item_id: (1, 0)}
    await till.client.repositories.orders.take_back(first, str(uuid.uuid4()), back, till.actor)
    shop.at(15)
    big = await sell(shop, office, {1: 4, 5: 1})
    await office.client.repositories.orders.cancel(called_off, office.actor)
    # In London it is the next day already.
    shop.at(18, 30)
    late = await sell(shop, till, {3: 2})
    assert late.order_date.startswith("2026-11-21T02:")

    # Both close the day, and neither knows of the other.
    shop.at(18, 40)
    await enter(till, "Wes")
    await close_day(till)
    shop.at(18, 45)
    await close_day(office)

    # In the evening they meet.
    shop.at(19)
    await enter(till, "Ann")
    for window in (till, office):
        await window.meet()
    counted = [first, cheap, big, late]
    paid = sum((one.subtotal - one.discount for one in counted), Decimal(0))
    refund = shop.product(1).price
    for window in (till, office):
        await same_sums(window, tmp_path, counted, called_off, paid, refund)
    with open_database(shop.settings) as database:
        shops = read_shops(database, [SEATTLE])
        (row,) = sales(database, shops, Period(DAY, DAY), "day").rows
        assert (row["day"], row["orders"], row["revenue"]) == ("2026-11-20", 4, paid - refund)

    books = [await book(window) for window in (till, office)]
    assert books[0].figures == books[1].figures
    for one in books:
        # The first one stands, and what it did not know is beside it.
        assert one.standing is not None and one.standing.signature.who == "Wes"
        assert one.standing.figures.takings.orders == 4
        before, now = one.standing.figures.takings, one.figures.takings
        sold_there = big.subtotal - called_off.subtotal
        assert now.paid - before.paid == sold_there
    assert set(books[0].figures.people) == {"Rita", "Ann"}
    for window in (till, office):
        its = window.client.repositories.stock
        assert (await its.prove(SEATTLE)).holds
    for number, left in ((1, LEVEL - 1 - 4), (2, LEVEL + 5), (3, LEVEL - 2)):
        key = shop.goods.items[SEATTLE][number - 1]
        ids = {name: key[name] for name in ("store_id", "inventory_id")}
        for window in (till, office):
            (item,) = await window.client.repositories.stock.items([ids])
            assert item.on_hand == left


async def test_who_is_sent_away_in_the_office_does_not_come_in_at_the_till(shop: Shop) -> None:
    till, office = shop.till, shop.office
    (wes,) = [one for one in office.client.door.people[SEATTLE] if one.name == "Wes"]
    await office.client.repositories.staff.set_active(wes, False, office.actor)

    def active() -> list[str]:
        return [one.name for one in till.client.door.people[SEATTLE] if one.active]

    await until(lambda: active() == ["Ann", "Rita"], "the news at the till")
    till.client.lock()
    screen = till.client.sign_in_screen
    assert screen is not None
    screen.choose(SEATTLE)
    assert [screen.person.itemText(at) for at in range(screen.person.count())] == ["Ann", "Rita"]
    # Nor past the list of names.
    known = await till.client.door.verifier.by_pin(SEATTLE, wes.person_id, PINS["Wes"])
    assert isinstance(known, Refusal)


async def open_the_shop(shop: Shop) -> None:
    """Ann adds the people in the office, and all sign in with their PINs."""
    till, office = shop.till, shop.office
    for window, name, role in ((office, "Boss", Role.MANAGER), (till, "Anybody", Role.REP)):
        await window.client.sign_in(Profile(SEATTLE, role, name))
        await window.until(window.look, "the products")
    for name, pin in PINS.items():
        its = office.client.repositories.staff
        await its.add(name, ROLES[name], [SEATTLE], pin, office.actor)
    # The other device has its people as soon as it hears of them, and lets nobody else go on.
    await until(lambda: till.client.signed_in is None, "the question who that is")
    await enter(till, "Rita")
    await enter(office, "Ann")
    assert not till.workplace.has("people") and office.workplace.has("people")


async def close_day(window: Window) -> None:
    """Close the day on its screen."""
    screen = window.workplace.go("closing")
    assert isinstance(screen, ClosingScreen)
    its = screen.view_model
    await until(lambda: its.state.book is not None and its.state.day == DAY, "the day")
    its.close_day.execute()
    await until(lambda: its.state.book and its.state.book.standing, "it closed")


async def book(window: Window) -> DayBook:
    return await window.client.repositories.closings.look(DAY)


def _listed(window: Window, *orders: Order) -> bool:
    """Whether Orders shows these, with nothing but this day."""
    screen = window.workplace.go("orders")
    assert isinstance(screen, OrdersScreen)
    screen.view_model.filters.choose_days("11/20/2026", "11/20/2026")
    shown = {one.order_id for one in screen.view_model.state.orders or ()}
    return {one.order_id for one in orders} == shown


async def same_sums(
    window: Window,
    folder: Path,
    counted: list[Order],
    called_off: Order,
    paid: Decimal,
    refund: Decimal,
) -> None:
    """Whether every screen and file of a device says what the day came to."""
    await until(lambda: _listed(window, *counted, called_off), "all orders")
    orders = window.workplace.go("orders")
    assert isinstance(orders, OrdersScreen)
    its = orders.view_model

    def arrived() -> bool:
        shown = {one.order_id: one for one in its.state.orders or ()}
        off, first = shown[called_off.order_id], shown[counted[0].order_id]
        return off.status is OrderStatus.CANCELLED and bool(first.returns)

    await until(arrived, "what became of them")
    load = window.client.repositories.orders.load
    found = [await load(one) for one in its.state.orders or ()]
    kept = [one for one in found if one.status is not OrderStatus.CANCELLED]
    assert sum((one.subtotal - one.discount for one in kept), Decimal(0)) == paid
    lines = [line for one in kept for line in one.lines]
    assert sum((line.total - line.refunded for line in lines), Decimal(0)) == paid - refund
    before_tax = Decimal(0)
    for one in kept:
        amounts = {row[1]: row[-1] for row in receipt(one).sums}
        before_tax += Decimal(amounts["Before tax"].lstrip("$").replace(",", ""))
    assert before_tax == paid

    screen = window.workplace.go("sales")
    assert isinstance(screen, SalesScreen)
    cents = round((paid - refund) * 100)

    def today() -> tuple[int, int]:
        periods = screen.view_model.state.periods
        return (periods[-1].count, periods[-1].cents) if periods else (0, 0)

    await until(lambda: today() == (4, cents), f"4 orders and {cents} cents in Sales")
    file = folder / "sales.csv"
    screen.view_model.export.execute(str(file), "periods")
    await until(lambda: not screen.view_model.export.running, "the file")
    row = _rows(file)[-1]
    assert (row["How many"], Decimal(row["Sales"])) == ("4", paid - refund)

    figures = (await book(window)).figures
    assert (figures.takings.orders, figures.incomplete) == (4, 0)
    closing = window.workplace.go("closing")
    assert isinstance(closing, ClosingScreen)
    closing.view_model.export.execute(str(file := folder / "day.csv"))
    await until(lambda: not closing.view_model.export.running, "the file")
    now = {(one["Part"], one["Figure"]): one["Now"] for one in _rows(file)}
    assert now["Sales", "Orders"] == "4"
    assert Decimal(now["Sales", "Before tax"]) == paid == figures.takings.paid
    assert Decimal(now["In all", "Sales, before tax"]) == paid - refund
    assert figures.takings.kept(BY_SALE) == paid - refund


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))
