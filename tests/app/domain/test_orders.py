"""Orders: from a cart to documents and back, and what comes back of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.carts import Cart, CartLine
from app.domain.customers import Customer
from app.domain.documents.carts import from_cart, to_cart
from app.domain.documents.orders import to_order
from app.domain.entities import Actor, Device, Product, Profile, Reason, Role, Store
from app.domain.errors import InvalidInputError, PaperError
from app.domain.order_placing import Placed, place
from app.domain.order_steps import cancel, complete, refunds, settle, take_back
from app.domain.orders import Order, OrderStatus
from app.domain.papers import Change
from app.domain.pricing import Discount
from tests.helpers.property_tests import examples

STORE = Store("store_seattle", "Zava Retail Seattle", "Seattle", tax_percent=Decimal("8.85"))
REP = Actor(Profile("store_seattle", Role.REP, "Rita"), Device("device-rita", "laptop"))
SUE = Actor(Profile("store_seattle", Role.MANAGER, "Sue"), Device("device-sue", "office"))
JOHN = Customer("store_seattle", "cust_1", "John", "Smith", "john@example.com")
CART = Cart("4b2b6f0e-0d36-4f0c-9c0d-1d4f43d9a001", "store_seattle", "2026-11-21T09:00:00.000Z")
AT = "2026-11-21T10:00:00.000Z"


def line(number: int, quantity: int, cents: int, discount: Discount) -> CartLine:
    name = f"Product {number}"
    return CartLine(f"p{number}", f"SKU-{number}", name, Decimal(cents) / 100, quantity, discount)


few = examples(40)
discounts = st.one_of(
    st.builds(Discount, percent=st.integers(0, 100)),
    st.builds(lambda cents: Discount(amount=Decimal(cents).scaleb(-2)), st.integers(0, 5_000)),
)


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    lines = [
        line(at, draw(st.integers(1, 5)), draw(st.integers(0, 9_999)), draw(discounts))
        for at in range(draw(st.integers(1, 4)))
    ]
    return replace(CART, customer=JOHN, lines=tuple(lines), discount=draw(discounts))


def merged(order: dict[str, Any], change: Change) -> dict[str, Any]:
    """The document after a change: maps key by key, as the store does it."""
    document = dict(order)
    for patch in change.patches:
        document = deeply(document, dict(patch.document))
    return document


def deeply(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return old | {
        key: deeply(old[key], value) if isinstance(old.get(key), dict) else value
        for key, value in new.items()
    }


class Sold:
    """An order as it is stored, and what moved."""

    def __init__(self, cart: Cart) -> None:
        self.placed: Placed = place(cart, STORE, REP, AT, "21 Nov 2026, 02:00")
        self.document: dict[str, Any] = {**self.placed.order}
        self.moved = [(one.reason, one.quantity) for one in self.placed.postings]

    @property
    def order(self) -> Order:
        return to_order(self.document, self.placed.items)

    def do(self, change: Change) -> None:
        self.document = merged(self.document, change)
        self.moved += [(one.reason, one.quantity) for one in change.postings]


@few
@given(carts())
def test_the_documents_say_what_the_cart_said(cart: Cart) -> None:
    assert to_cart(from_cart(cart)) == cart
    sold, priced = Sold(cart), cart.priced(STORE.tax_percent)
    order = sold.order
    assert (order.total, order.tax, order.subtotal) == (priced.total, priced.tax, priced.subtotal)
    assert [(one.name, one.quantity) for one in order.lines] == [
        (one.name, one.quantity) for one in cart.lines
    ]
    assert sum((one.total + one.tax for one in order.lines), Decimal(0)) == order.total
    assert [one.quantity for one in sold.placed.postings] == [-one.quantity for one in cart.lines]
    assert order.status is OrderStatus.PENDING
    for item, one in zip(sold.placed.items, priced.lines, strict=True):
        assert item["discount_amount"] == float(one.line_discount + one.order_discount)


@few
@given(carts(), st.data())
def test_what_comes_back_in_parts_is_given_back_whole(cart: Cart, data: st.DataObject) -> None:
    sold = Sold(cart)
    turn = 0
    while sold.order.status is not OrderStatus.RETURNED:
        turn += 1
        left = {one.item_id: one.left for one in sold.order.lines if one.left}
        units = {one: (data.draw(st.integers(0, most)), 0) for one, most in left.items()}
        if not any(one for one, _ in units.values()):
            units[next(iter(left))] = (1, 0)
        sold.do(take_back(sold.order, f"return-{turn:03}", units, REP, AT))
        assert sold.order.refunded <= sold.order.total
    assert sold.order.refunded == sold.order.total
    assert sum(quantity for _, quantity in sold.moved) == 0
    assert sold.document["status"] == "returned"


@few
@given(carts())
def test_a_cancelled_order_leaves_nothing_behind(cart: Cart) -> None:
    sold = Sold(cart)
    sold.do(complete(sold.order, REP, AT))
    assert sold.order.status is OrderStatus.COMPLETED
    sold.do(cancel(sold.order, SUE, AT, "Changed their mind"))
    assert (sold.order.status, sold.order.refunded) == (OrderStatus.CANCELLED, sold.order.total)
    assert sum(quantity for _, quantity in sold.moved) == 0
    assert [one.status.value for one in sold.order.steps] == ["pending", "completed", "cancelled"]
    assert [one.signature.who for one in sold.order.steps] == ["Rita", "Rita", "Sue"]


def sold_three() -> Sold:
    lines = (line(1, 3, 1_000, Discount()), line(2, 1, 500, Discount()))
    return Sold(replace(CART, customer=JOHN, lines=lines))


def test_doing_it_again_does_nothing() -> None:
    sold = sold_three()
    first, _ = sold.order.lines
    units = {first.item_id: (2, 1)}
    sold.do(complete(sold.order, REP, AT))
    sold.do(take_back(sold.order, "one", units, REP, AT))
    assert not complete(sold.order, SUE, AT)
    assert not take_back(sold.order, "one", units, REP, AT)
    assert sold.moved[2:] == [(Reason.RETURNED, 2), (Reason.DAMAGED, -1)]
    # Three for $30.00 and 8.85 % of $35.00 (3.10 of it: 2.66 and 0.44): two thirds of both.
    assert (first.tax, sold.order.refunded) == (Decimal("2.66"), Decimal("21.77"))
    whole = sold_three()
    whole.do(cancel(whole.order, REP, AT))
    assert not cancel(whole.order, SUE, AT)


def test_no_more_comes_back_than_was_bought() -> None:
    sold = sold_three()
    first, second = sold.order.lines
    for units, sentence in (
        ({first.item_id: (4, 0)}, "Product 1: at most 3 of 3 can come back."),
        ({first.item_id: (-1, 0)}, "Product 1: at most 3 of 3 can come back."),
        ({first.item_id: (1, 2)}, "Product 1: no more can be damaged than come back."),
        ({second.item_id: (0, 0)}, "Say how many come back of at least one product."),
    ):
        with pytest.raises(InvalidInputError, match=sentence):
            take_back(sold.order, "one", units, REP, AT)
    sold.do(take_back(sold.order, "one", {first.item_id: (2, 0)}, REP, AT))
    with pytest.raises(InvalidInputError, match="at most 1 of 3"):
        take_back(sold.order, "two", {first.item_id: (2, 0)}, REP, AT)
    with pytest.raises(PaperError, match="return the rest"):
        cancel(sold.order, REP, AT)
    assert refunds(sold.order, {first.item_id: (1, 0)})[first.item_id].refund == Decimal("10.00")


@given(st.permutations(["a", "b", "c"]))
def test_what_two_devices_took_back_at_once_is_all_there(order_of_arrival: list[str]) -> None:
    sold = sold_three()
    first, second = sold.order.lines
    # None of them has seen the others.
    changes = {
        "a": take_back(sold.order, "a", {first.item_id: (1, 0)}, REP, AT),
        "b": take_back(sold.order, "b", {first.item_id: (1, 0), second.item_id: (1, 0)}, SUE, AT),
        "c": complete(sold.order, SUE, AT),
    }
    for one in order_of_arrival:
        sold.do(changes[one])
    assert [one.left for one in sold.order.lines] == [1, 0]
    assert sold.order.status is OrderStatus.COMPLETED
    sold.do(take_back(sold.order, "d", {first.item_id: (1, 0)}, REP, AT))
    assert (sold.order.refunded, sold.order.status) == (sold.order.total, OrderStatus.RETURNED)


def test_the_same_goods_back_at_two_devices_are_named() -> None:
    sold = sold_three()
    units = {one.item_id: (one.quantity, 0) for one in sold.order.lines}
    changes = [take_back(sold.order, one, units, REP, AT) for one in "ab"]
    for change in changes:
        sold.do(change)
    assert [(one.left, one.over) for one in sold.order.lines] == [(0, 3), (0, 1)]
    assert sold.order.status is OrderStatus.RETURNED
    with pytest.raises(InvalidInputError, match="at most 0 of 3"):
        take_back(sold.order, "c", {sold.order.lines[0].item_id: (1, 0)}, REP, AT)


@few
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(0, 1), st.integers(0, 3)),
        min_size=1,
        max_size=5,
    ),
    st.data(),
)
def test_goods_come_back_once_however_many_devices_took_them_back(
    takes: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    """Devices 0 to 2 take units back, some damaged, without having seen one another."""
    sold = sold_three()
    fresh, (first, second) = sold.order, sold.order.lines
    changes = []
    for number, (device, units, damaged, minute) in enumerate(takes):
        actor = replace(REP, device=Device(f"device-{device}", ""))
        wanted = {first.item_id: (units, damaged), second.item_id: (1, 0)}
        at = f"2026-11-21T11:0{minute}:00.000Z"
        changes.append(take_back(fresh, f"return-{number}", wanted, actor, at))
    for change in data.draw(st.permutations(changes)):
        sold.do(change)
        # Whoever looks in between corrects what it can see by then.
        sold.do(settle(sold.order, f"device-{data.draw(st.integers(0, 2))}"))
    for device in range(3):
        sold.do(settle(sold.order, f"device-{device}"))
    assert not any(settle(sold.order, f"device-{device}") for device in range(3))
    back = sum(line.quantity for one in sold.order.returns for line in one.lines.values())
    assert [one.over for one in sold.order.lines] == [0, 0]
    assert back == min(sum(units for _, units, _, _ in takes), 3) + 1
    broken = sum(line.damaged for one in sold.order.returns for line in one.lines.values())
    assert sum(quantity for _, quantity in sold.moved) == -4 + back - broken
    assert not settle(sold.order, "device-of-nobody")


def test_an_order_cancelled_on_two_devices_is_back_once() -> None:
    sold = sold_three()
    changes = [cancel(sold.order, actor, AT) for actor in (REP, SUE)]
    for change in changes:
        sold.do(change)
    later = max(sold.order.returns, key=lambda one: one.return_id).signature.device_id
    for actor in (REP, SUE, REP):
        change = settle(sold.order, actor.device.device_id)
        assert not change or actor.device.device_id == later
        sold.do(change)
    assert sum(quantity for _, quantity in sold.moved) == 0
    assert sold.order.status is OrderStatus.CANCELLED


def test_nothing_comes_back_of_a_cancelled_order() -> None:
    sold = sold_three()
    sold.do(cancel(sold.order, REP, AT))
    with pytest.raises(PaperError, match="cancelled"):
        take_back(sold.order, "one", {sold.order.lines[0].item_id: (1, 0)}, REP, AT)
    with pytest.raises(PaperError, match="is cancelled: nothing is handed over"):
        complete(sold.order, REP, AT)


def test_an_order_from_before_knows_its_tax_by_line() -> None:
    document = {
        "order_id": "order_20251205_143207_seattle",
        "store_id": "store_seattle",
        "tax": 1.01,
        "total": 11.01,
        "status": "completed",
    }
    items = [
        {"order_item_id": key, "quantity": 1, "line_total": total}
        for key, total in (("a", 3.33), ("b", 3.33), ("c", 3.34))
    ]
    order = to_order(document, items)
    assert [one.tax for one in order.lines] == [Decimal("0.34"), Decimal("0.33"), Decimal("0.34")]
    assert (order.status, order.title) == (OrderStatus.COMPLETED, order.order_id)
    change = cancel(order, REP, AT)
    assert to_order(merged(document, change), items).refunded == Decimal("11.01")


def test_an_order_of_a_faulty_store_has_its_plain_name() -> None:
    mark = " (faulty: location is no map)"
    store = replace(STORE, name=STORE.name + mark, mark=mark, fault="It is faulty.")
    cart = replace(CART, customer=JOHN, lines=(line(1, 1, 100, Discount()),))
    assert place(cart, store, REP, AT, "").order["store_name"] == STORE.name


def test_what_is_not_ready_is_refused_with_its_field() -> None:
    for cart, field in (
        (replace(CART, customer=JOHN), "lines"),
        (replace(CART, lines=(line(1, 1, 100, Discount()),)), "customer"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            place(cart, STORE, REP, AT, "")
        assert caught.value.field == field


def test_a_cart_gains_and_loses_lines() -> None:
    saw = Product("p1", "SKU-1", "Saw", Decimal("9.99"))
    axe = Product("p2", "SKU-2", "Axe", Decimal("19.99"))
    cart = CART.add(saw).add(axe).add(saw)
    assert [(one.name, one.quantity) for one in cart.lines] == [("Saw", 2), ("Axe", 1)]
    gone = cart.add(saw, -2)
    assert [one.name for one in gone.lines] == ["Axe"]
    first = cart.line("p1")
    assert first is not None
    assert gone.put(first, 0) == cart
    assert CART.is_empty and not cart.is_empty
    assert cart.order_id == f"order_20261121_{cart.number.replace('-', '')}_seattle"
