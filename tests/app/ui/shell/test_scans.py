"""A code that is scanned anywhere leads to what it is the code of, or a sentence says why not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.domain.scans import ScannedProduct
from app.ui.count.screen import CountScreen
from app.ui.find.screen import FindScreen
from app.ui.history.screen import HistoryScreen
from app.ui.order.screen import OrderScreen
from app.ui.orders.screen import OrdersScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen
from app.ui.transfers.open_transfer_state import Step
from app.ui.transfers.screen import TransfersScreen
from tests.helpers.hands import CONTROL, SKU, Hands, cells, dialog, named, somebody, texts
from tests.helpers.orders_page import OrdersPage
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = "HND-HAMMER-002"
CASE = "14006381333938"
ADDED = {
    "new_one": "AB-1-23",
    "new_other": "AB-12-3",
    "new_left": "TWIN-1",
    "new_right": "twin-1",
    "new_nameless": "",
    "new_dashes": "----",
}


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def manager(person: Hands) -> AsyncIterator[Hands]:
    """Mia, a manager in Seattle, who sees every screen; her catalogue has some odd products."""
    if person.client.workplace is None:
        await person.begin(Role.MANAGER, name="Mia")
        for product_id, sku in ADDED.items():
            document: dict[str, Any] = {
                "_id": product_id,
                "product_id": product_id,
                "sku": sku,
                "product_name": f"Odd {product_id}",
                "base_price": 1.5,
                "deleted": False,
            }
            await person.client.session.query(
                "INSERT INTO products DOCUMENTS (:document)", {"document": document}
            )
        await until(lambda: all(map(person.repositories.catalogue.listing, ADDED)), "them")
    yield person
    if (asked := dialog()) is not None:
        asked.reject()
    person.workplace.bar.line.clear()
    person.workplace.go("find")
    await person.rest()


def shown(hands: Hands) -> str:
    """The product on the card, "" while there is no card."""
    on_card = hands.workplace.current is hands.workplace.product
    product = hands.state.product if on_card else None
    return product.product_id if product is not None else ""


async def opened(hands: Hands, product_id: str) -> None:
    await until(lambda: shown(hands) == product_id, product_id)


def status(hands: Hands) -> str:
    return hands.workplace._status.state.message.text


# --- products


@pytest.mark.parametrize(("code", "product_id"), [("AB-1-23", "new_one"), ("ab-12-3", "new_other")])
async def test_hyphens_count(manager: Hands, code: str, product_id: str):
    await manager.scan(code)
    await opened(manager, product_id)


@pytest.mark.parametrize("code", ["----", "AB123", "AB-123"])
async def test_what_is_nobody_s_code_opens_nothing(manager: Hands, code: str):
    await manager.scan(code)
    assert isinstance(manager.workplace.current, FindScreen)
    assert any(f"No product has the code {code}" in one for one in texts(manager.workplace))
    await manager.press(Qt.Key.Key_F, CONTROL)
    await manager.type("x")
    await until(
        lambda: not any("No product has the code" in one for one in texts(manager.workplace)),
        "another question",
    )


@pytest.mark.parametrize(
    "text",
    ["\x00\x1b[A", "]", "(01)", "\x1d" * 20, "9" * 10_000, "W" * 9_000, "\u202exyz", "\ud800"],
)
async def test_no_text_is_too_odd_to_be_scanned(manager: Hands, text: str):
    for name in ("find", "order", "count", "history"):
        manager.workplace.go(name)
        manager.workplace.scan(text)
        await settle()
        assert shown(manager) == ""
    assert isinstance(manager.workplace.current, FindScreen)


@pytest.mark.parametrize("typed", ["", "----", "  "])
async def test_enter_without_a_word_opens_nothing(manager: Hands, typed: str):
    await manager.press(Qt.Key.Key_F, CONTROL)
    await manager.type(typed)
    await manager.press(Qt.Key.Key_Return)
    await settle()
    assert isinstance(manager.workplace.current, FindScreen)
    order = manager.workplace.go("order")
    assert isinstance(order, OrderScreen)
    order.focus_first()
    await manager.type(typed)
    await manager.press(Qt.Key.Key_Return)
    await settle()
    assert not order.view_model.state.rows
    order.cart.line.line.clear()


@pytest.mark.parametrize("code", [f"]C0{SKU}", "HNDßHAMMERß001", "HND)HQ??ER)àà&"])
async def test_what_a_scanner_puts_in_front_or_another_keyboard_makes_of_it(
    manager: Hands, code: str
):
    hammer = manager.read(SKU).product_id or ""
    manager.workplace.scan(code)
    await opened(manager, hammer)
    assert ("set to a US keyboard" in status(manager)) is not code.startswith("]")
    order = manager.workplace.go("order")
    assert isinstance(order, OrderScreen)
    manager.workplace.scan(code)
    assert [one.product_id for one in order.view_model.state.rows] == [hammer]
    order.view_model.discard()
    await until(lambda: not order.view_model.actions.running, "a rest")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("HNDßHAMMERß001", "set to a US keyboard"),
        ("TR-SEA-FFFF-0999", "This device has no transfer"),
    ],
)
async def test_what_is_said_of_a_scan_ends_with_the_next_one(manager: Hands, code: str, said: str):
    manager.workplace.go("find")
    manager.workplace.scan(code)
    await until(lambda: said in status(manager), said)
    manager.workplace.scan(SKU)
    assert said not in status(manager)
    await opened(manager, manager.read(SKU).product_id or "")


@pytest.mark.parametrize("code", ["LOC-3-B", "]C0loc-3-b", "LOC-3-B\r\n"])
async def test_a_place_is_looked_up(manager: Hands, code: str):
    manager.workplace.scan(code)
    assert manager.workplace.bar.line.text() == "3B"


async def test_a_code_of_two_products_asks_which(manager: Hands):
    await manager.scan("Twin-1")
    asked = dialog()
    assert asked is not None
    assert any("Twin-1" in one for one in texts(asked))
    await manager.click(named(asked, "Odd new_right · twin-1"))
    await opened(manager, "new_right")
    order = manager.workplace.go("order")
    assert isinstance(order, OrderScreen)
    await manager.scan("TWIN-1")
    await manager.press(Qt.Key.Key_Escape)
    assert not order.view_model.state.rows
    await manager.scan("TWIN-1")
    asked = dialog()
    assert asked is not None
    await manager.click(named(asked, "Odd new_left · TWIN-1"))
    assert [one.product_id for one in order.view_model.state.rows] == ["new_left"]
    order.view_model.discard()
    await until(lambda: not order.view_model.actions.running, "a rest")


async def test_the_history_is_that_of_the_product_that_was_meant(manager: Hands):
    hammer = await manager.item()
    await manager.elsewhere(2)
    screen = manager.workplace.go("history")
    assert isinstance(screen, HistoryScreen)
    manager.workplace.scan(f"]C0{SKU}")
    await until(lambda: cells(screen.table), "its movement")
    assert screen._view_model._wanted.inventory_id == hammer.inventory_id
    await manager.scan("HND-HAMMER-999")
    # It is similar to others, and none of them.
    assert any("No product has the code HND-HAMMER-999" in one for one in texts(manager.workplace))
    screen._clear()


@pytest.mark.parametrize("name", ["order", "receive", "reorder", "transfers", "count"])
async def test_a_case_of_twelve_counts_twelve(manager: Hands, name: str):
    await know_a_case(manager)
    screen = manager.workplace.go(name)
    count = await BEGUN[name](manager, screen)
    for code in (f"01{CASE}10LOT-7", CASE, SKU):
        manager.workplace.scan(code)
        await settle()
    await until(lambda: count() == 25, f"25, not {count()}")
    await LEFT[name](screen)


@pytest.mark.parametrize("name", ["order", "receive", "reorder", "transfers"])
async def test_the_code_of_a_case_that_is_typed_counts_twelve_too(manager: Hands, name: str):
    await know_a_case(manager)
    screen = manager.workplace.go(name)
    count = await BEGUN[name](manager, screen)
    screen.focus_first()
    await manager.paste(CASE)
    await manager.press(Qt.Key.Key_Return)
    await until(lambda: count() == 12, f"12, not {count()}")
    await LEFT[name](screen)


async def test_a_case_opens_its_product_and_says_how_many_it_holds(manager: Hands):
    product_id = await know_a_case(manager)
    await manager.scan(CASE)
    await opened(manager, product_id)
    assert status(manager) == "This code is that of a pack of 12."
    on_hand = manager.on_hand
    await manager.scan(CASE)
    await settle()
    assert manager.on_hand == on_hand


async def test_the_codes_of_the_demo_data_are_known(manager: Hands):
    rows = await manager.client.session.query(
        "SELECT code, product_id, units FROM product_codes WHERE taught_by = '' LIMIT 1000"
    )
    assert len(rows) > 500
    for row in rows:
        for code in (row["code"], row["code"].lstrip("0")):
            scanned = manager.read(code).product
            assert scanned == ScannedProduct(row["product_id"], row["units"]), code


async def know_a_case(hands: Hands) -> str:
    """The hammer's case of twelve has a code of its own, which somebody taught."""
    product_id = hands.read(SKU).product_id or ""
    if hands.read(CASE).product is None:
        await hands.repositories.product_codes.teach(
            CASE, product_id, 12, somebody("store_seattle")
        )
        await until(lambda: hands.read(CASE).product, "the code")
    return product_id


async def _cart(_: Hands, screen: OrderScreen) -> Callable[[], int]:
    return lambda: sum(one.line.quantity for one in screen.view_model.state.rows)


async def _no_cart(screen: OrderScreen) -> None:
    screen.view_model.discard()
    await until(lambda: not screen.view_model.actions.running, "a rest")


async def _receipt(_: Hands, screen: ReceiveScreen) -> Callable[[], int]:
    screen.view_model.close()
    screen.view_model.begin()
    await until(lambda: screen.view_model.state.editable, "a receipt")
    return lambda: sum(one.received for one in screen.view_model.state.rows)


async def _no_receipt(screen: ReceiveScreen) -> None:
    screen.view_model.discard()
    await until(lambda: not screen.view_model.actions.running, "a rest")


async def _draft(_: Hands, screen: ReorderScreen) -> Callable[[], int]:
    screen.view_model.close()
    screen.view_model.begin()
    await until(lambda: screen.view_model.state.editable, "a draft")
    return lambda: sum(one.line.quantity for one in screen.view_model.state.rows)


async def _no_draft(screen: ReorderScreen) -> None:
    screen.view_model.cancel()
    await until(lambda: not screen.view_model.actions.running, "a rest")
    screen.view_model.close()


async def _transfer(_: Hands, screen: TransfersScreen) -> Callable[[], int]:
    screen.begin()
    state = screen.transfer._view_model
    return lambda: sum(one.now.received for one in state.state.rows if one.now is not None)


async def _no_transfer(screen: TransfersScreen) -> None:
    screen.show_list()
    # What is counted is lost, and that is asked.
    asked = dialog()
    assert asked is not None
    asked.accept()
    await until(lambda: not screen.unsaved, "the list")


async def _count(hands: Hands, screen: CountScreen) -> Callable[[], int]:
    stocktake = await hands.repositories.stocktakes.open(somebody("store_seattle"), "Cases")
    screen.open(stocktake)
    await until(lambda: screen._counting.state.total, "what to count")
    return lambda: int(screen._counting.state.quantity or 0)


async def _no_count(screen: CountScreen) -> None:
    screen.counting.digits.clear()
    screen._to_sessions()


BEGUN: dict[str, Callable[[Hands, Any], Awaitable[Callable[[], int]]]] = {
    "order": _cart,
    "receive": _receipt,
    "reorder": _draft,
    "transfers": _transfer,
    "count": _count,
}
LEFT: dict[str, Callable[[Any], Awaitable[None]]] = {
    "order": _no_cart,
    "receive": _no_receipt,
    "reorder": _no_draft,
    "transfers": _no_transfer,
    "count": _no_count,
}

# --- papers

FROM = ["find", "low_stock", "aisles", "order", "orders", "customers", "history", "alerts", "sales"]


async def a_transfer(hands: Hands) -> tuple[str, Callable[[], str | None]]:
    """A paper's number, and which one is open on its screen."""
    listing = hands.repositories.catalogue.listing(hands.read(SKU).product_id or "")
    assert listing is not None
    lines = {listing.product.product_id: (listing.product, 3)}
    paper = await hands.repositories.transfers.request(
        "store_seattle", "store_tacoma", lines, somebody("store_seattle")
    )

    def is_open() -> str | None:
        screen = hands.workplace.current
        shown = isinstance(screen, TransfersScreen) and screen.transfer._view_model.state.transfer
        return shown.number if shown else None

    return paper.number, is_open


async def a_purchase_order(hands: Hands) -> tuple[str, Callable[[], str | None]]:
    paper = await hands.repositories.purchase_orders.create(somebody("store_seattle"), {})

    def is_open() -> str | None:
        screen = hands.workplace.current
        shown = isinstance(screen, ReorderScreen) and screen.view_model.state.paper
        return shown.number if shown else None

    return paper.number, is_open


async def an_ordered_purchase_order(hands: Hands) -> str:
    """The number of one whose goods are expected."""
    orders = hands.repositories.purchase_orders
    listing = hands.repositories.catalogue.listing(
        hands.repositories.catalogue.search(SKU, 1).product_ids[0]
    )
    assert listing is not None
    product = listing.product
    paper = await orders.create(somebody("store_seattle"), {product.product_id: (product, 3)})
    return (await orders.order(paper, somebody("store_seattle"))).number


async def a_receipt(hands: Hands) -> tuple[str, Callable[[], str | None]]:
    paper = await hands.repositories.receiving.begin(somebody("store_seattle"))

    def is_open() -> str | None:
        screen = hands.workplace.current
        shown = isinstance(screen, ReceiveScreen) and screen.view_model.state.receipt
        return shown.number if shown else None

    return paper.number, is_open


async def a_stocktake(hands: Hands) -> tuple[str, Callable[[], str | None]]:
    paper = await hands.repositories.stocktakes.open(somebody("store_seattle"), "Yearly")

    def is_open() -> str | None:
        screen = hands.workplace.current
        if isinstance(screen, CountScreen) and screen.page is screen.counting:
            return screen._counting.state.stocktake.number
        return None

    return paper.number, is_open


async def an_order(hands: Hands) -> tuple[str, Callable[[], str | None]]:
    paper = await OrdersPage(hands).sold(1)

    def is_open() -> str | None:
        screen = hands.workplace.current
        shown = isinstance(screen, OrdersScreen) and screen.view_model.state.order
        return shown.number if shown else None

    return paper.number, is_open


async def an_order_from_before(hands: Hands) -> tuple[str, Callable[[], str | None]]:
    """One of the demo data, which have no number."""
    _, is_open = await an_order(hands)
    (row,) = await hands.client.session.query(
        "SELECT order_id FROM orders WHERE store_id = 'store_seattle' AND number IS MISSING LIMIT 1"
    )

    def is_its_id_open() -> str | None:
        screen = hands.workplace.current
        shown = isinstance(screen, OrdersScreen) and screen.view_model.state.order
        return shown.title if shown and is_open() == "" else None

    return row["order_id"], is_its_id_open


KINDS = [a_transfer, a_purchase_order, a_receipt, a_stocktake, an_order]


@pytest.mark.parametrize("make", [*KINDS, an_order_from_before])
async def test_the_number_of_a_paper_opens_it_from_everywhere(manager: Hands, make):
    number, is_open = await make(manager)
    for name in FROM:
        # Whatever is open on its screen is closed by the next one.
        manager.workplace.go("catalogue")
        manager.workplace.go(name)
        manager.workplace.scan(f"]C0{number.lower()}" if name == "history" else number)
        await until(lambda: is_open() == number, f"{number} from {name}")
    await manager.open(SKU)
    await manager.scan(number)
    await until(lambda: is_open() == number, f"{number} from a card")
    another, _ = await make(manager)
    if make is not a_transfer:
        await manager.scan(another)
        await until(lambda: is_open() == another, f"{another} from {number}")
    manager.workplace.go("find")
    await manager.press(Qt.Key.Key_F, CONTROL)
    await manager.paste(number)
    await manager.press(Qt.Key.Key_Return)
    await until(lambda: is_open() == number, f"{number} from the bar")


@pytest.mark.parametrize("make", KINDS)
async def test_from_work_that_is_stored_a_paper_opens_too(manager: Hands, make):
    number, is_open = await make(manager)
    for name in ("order", "receive", "reorder", "count"):
        if name == "receive" and make in (a_transfer, a_purchase_order):
            # There it announces goods.
            continue
        screen = manager.workplace.go(name)
        await BEGUN[name](manager, screen)
        manager.workplace.scan(number)
        await until(lambda: is_open() == number, f"{number} from work in {name}")


@pytest.mark.parametrize("make", [a_transfer, a_purchase_order, a_receipt, a_stocktake])
async def test_a_paper_that_is_older_than_the_lists_reach_opens_too(
    manager: Hands, monkeypatch: pytest.MonkeyPatch, make
):
    data = manager.repositories
    for repository in (data.transfers, data.purchase_orders, data.receiving, data.stocktakes):
        monkeypatch.setattr(repository._table, "_limit", 1)
    (old, is_open), _ = await make(manager), await make(manager)
    for name in ("find", "transfers", "count"):
        manager.workplace.go("catalogue")
        manager.workplace.go(name)
        await settle()
        await manager.scan(old)
        await until(lambda: is_open() == old, f"{old} from {name}")
    manager.workplace.go("catalogue")
    if make is a_receipt:
        receive = manager.workplace.go("receive")
        assert isinstance(receive, ReceiveScreen)
        receive.view_model.close()
        receive.view_model.begin_with(old)
        await until(lambda: is_open() == old, f"{old} by its number")


async def test_in_receive_a_transfer_that_leaves_the_store_opens_in_transfers(manager: Hands):
    number, is_open = await a_transfer(manager)
    screen = manager.workplace.go("receive")
    assert isinstance(screen, ReceiveScreen)
    screen.view_model.close()
    await manager.scan(number)
    await until(lambda: is_open() == number, number)
    assert dialog() is None


async def test_the_next_delivery_is_received_while_a_receipt_is_open(manager: Hands):
    screen = manager.workplace.go("receive")
    assert isinstance(screen, ReceiveScreen)
    await _receipt(manager, screen)
    await manager.scan(OTHER)
    await until(lambda: screen.view_model.state.rows, "a line")
    first = screen.view_model.state.receipt
    assert first is not None
    number = await an_ordered_purchase_order(manager)
    await manager.scan(number)
    await until(
        lambda: (
            screen.view_model.state.receipt is not None
            and screen.view_model.state.receipt.paper_number == number
        ),
        "the receipt against the order",
    )
    await manager.scan(first.number)
    await until(
        lambda: [one.sku for one in screen.view_model.state.rows] == [OTHER], "the first one again"
    )
    await _no_receipt(screen)


@pytest.mark.parametrize("make", KINDS)
async def test_no_scan_leads_away_from_what_was_counted_for_a_transfer(manager: Hands, make):
    number, _ = await make(manager)
    screen = manager.workplace.go("transfers")
    assert isinstance(screen, TransfersScreen)
    screen.begin()
    await manager.scan(SKU)
    await manager.scan(number)
    assert manager.workplace.current is screen
    assert screen.transfer._view_model.state.step is Step.REQUEST
    assert cells(screen.transfer.table)[0][-1] == "1"
    assert any(f"{number} is a" in one for one in texts(screen))
    await _no_transfer(screen)


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("TR-SEA-FFFF-0001", "transfer"),
        ("PO-SEA-FFFF-0001", "purchase order"),
        ("GR-SEA-FFFF-0001", "goods receipt"),
        ("ST-SEA-FFFF-0001", "stocktake"),
    ],
)
async def test_a_paper_that_is_not_here_is_said(manager: Hands, number: str, what: str):
    before = manager.workplace.go("low_stock")
    await manager.scan(number)
    await until(lambda: f"This device has no {what} {number}" in status(manager), "the sentence")
    assert manager.workplace.current is before


@pytest.mark.parametrize(
    ("role", "make", "shown"),
    [
        (Role.WORKER, an_order, "is an order, which is not shown to a store worker."),
        (Role.REP, a_transfer, "is a transfer, which is not shown to a sales rep."),
        (Role.REP, a_stocktake, "is a stocktake, which is not shown to a sales rep."),
    ],
)
async def test_what_a_role_does_not_see_is_said(manager: Hands, role: Role, make, shown: str):
    number, is_open = await make(manager)
    await manager.begin(role, name="Rob")
    await manager.rest()
    await manager.scan(number)
    await until(lambda: status(manager) == f"{number} {shown}", "the sentence")
    assert is_open() is None
    await manager.begin(Role.MANAGER, name="Mia")
