"""The screens on which something is typed, each in a state in which there is something to type."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.run import utc_now
from app.ui.closing.screen import ClosingScreen
from app.ui.count.screen import CountScreen
from app.ui.customers.screen import CustomersScreen
from app.ui.history.screen import HistoryScreen
from app.ui.order.screen import OrderScreen
from app.ui.orders.screen import OrdersScreen
from app.ui.oversold.screen import OversoldScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen
from app.ui.transfers.screen import TransfersScreen
from connector_config.schema.collections import DAY_CLOSINGS, GOODS_RECEIPTS, REPLENISHMENTS
from tests.helpers.hands import SKU, Hands
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import StockRoom
from tests.helpers.waiting import until

SAW = "HND-HAMMER-002"


def ids(hands: Hands, *codes: str) -> list[str]:
    return [hands.read(code).product_id or "" for code in codes]


async def forget(hands: Hands, collection: str) -> None:
    """Take the papers of the tries before away: each of them makes the next try slower."""
    await hands.client.session.query(f"EVICT FROM {collection}")


async def product(hands: Hands) -> None:
    card = hands.workplace.product
    card.view_model._drafts.clear()
    await hands.open()
    card.view_model.edit(adding=True)
    await until(lambda: card.stock.form.quantity.isVisible(), "the form")


async def cart(hands: Hands) -> None:
    screen = hands.workplace.go("order")
    assert isinstance(screen, OrderScreen)
    view_model = screen.view_model
    screen.draft.give_up()
    await until(lambda: not view_model.actions.running, "a rest")
    while view_model.state.carts:
        view_model.open(view_model.state.carts[0].cart_id)
        view_model.discard()
        await until(lambda: not view_model.actions.running, "it thrown away")
    view_model.begin()
    for one in ids(hands, SKU, SAW):
        view_model.add(one)
    for line in (screen.cart.line.line, screen.cart.customer.line):
        line.clear()
    await until(lambda: len(view_model.state.rows) == 2, "two lines")
    screen.cart.table.select(0)


async def new_customer(hands: Hands) -> None:
    await cart(hands)
    screen = hands.workplace.current
    assert isinstance(screen, OrderScreen)
    screen.draft.begin("Ann Somebody")
    screen.draft.change("email", "ann.somebody@example.com")


async def customer(hands: Hands) -> None:
    screen = hands.workplace.go("customers")
    assert isinstance(screen, CustomersScreen)
    screen.view_model.draft.give_up()
    screen.line.clear()
    screen.view_model.draft.begin("Ben Somebody")
    screen.view_model.draft.change("email", "ben.somebody@example.com")


async def receipt(hands: Hands) -> None:
    screen = hands.workplace.go("receive")
    assert isinstance(screen, ReceiveScreen)
    screen.receipt.card.editor.forget()
    screen.receipt.line.line.clear()
    screen.view_model.close()
    await forget(hands, GOODS_RECEIPTS)
    screen.view_model.begin()
    await until(lambda: screen.view_model.state.editable, "a receipt")
    for one in ids(hands, SKU, SAW):
        screen.view_model.add(one, 1)
    await until(lambda: len(screen.view_model.state.rows) == 2, "two lines")
    screen.receipt.table.select(0)


async def arrivals(hands: Hands) -> None:
    screen = hands.workplace.go("receive")
    assert isinstance(screen, ReceiveScreen)
    screen.receipt.card.editor.forget()
    screen.receipt.line.line.clear()
    screen.view_model.close()
    screen.arrivals.number.clear()


async def supply(hands: Hands) -> None:
    screen = hands.workplace.go("reorder")
    assert isinstance(screen, ReorderScreen)
    screen.paper._editor.forget()
    screen.paper.line.line.clear()
    screen.view_model.close()
    await forget(hands, REPLENISHMENTS)
    screen.view_model.begin()
    await until(lambda: screen.view_model.state.editable, "a draft")
    for one in ids(hands, SKU, SAW):
        screen.view_model.add(one)
    await until(lambda: len(screen.view_model.state.rows) == 2, "two lines")
    screen.paper.table.select(0)


async def transfer(hands: Hands) -> None:
    screen = hands.workplace.go("transfers")
    assert isinstance(screen, TransfersScreen)
    screen.begin()
    screen.transfer.entry.product.line.clear()
    for one in ids(hands, SKU, SAW):
        screen._transfer_model.count(one, 1)
    screen.transfer.table.select(0)


async def counting(hands: Hands) -> None:
    screen = hands.workplace.go("count")
    assert isinstance(screen, CountScreen)
    screen.counting.digits.clear()
    screen._to_sessions()
    await until(lambda: screen._sessions.state.aisles, "the shelves")
    screen._sessions.begin.execute("", "3", "B", False)
    await until(lambda: screen.page is screen.counting, "the page to count on")
    await until(lambda: screen._counting.state.rows, "the shelf")
    screen.counting._on_row(screen._counting.state.rows[0])


async def customers(hands: Hands) -> None:
    screen = hands.workplace.go("customers")
    assert isinstance(screen, CustomersScreen)
    screen.view_model.draft.give_up()
    screen.line.clear()


async def orders(hands: Hands) -> None:
    screen = hands.workplace.go("orders")
    assert isinstance(screen, OrdersScreen)
    screen.view_model.close()
    screen.orders.filters.clear()
    screen.orders.number.clear()


async def history(hands: Hands) -> None:
    screen = hands.workplace.go("history")
    assert isinstance(screen, HistoryScreen)
    screen._clear()


async def closing(hands: Hands) -> None:
    screen = hands.workplace.go("closing")
    assert isinstance(screen, ClosingScreen)
    await forget(hands, DAY_CLOSINGS)
    screen._show_today()
    await until(lambda: screen.view_model.state.book is not None, "the day")


async def oversold(hands: Hands) -> None:
    screen = hands.workplace.go("oversold")
    assert isinstance(screen, OversoldScreen)
    screen._turn_to("open")
    screen.note.clear()
    screen._notes.clear()
    view_model = screen.view_model
    if not any(one.case.open for one in view_model.state.rows or ()):
        counter = Counter(StockRoom(hands.client.session))
        counter.room.clock.now = utc_now()
        item = await hands.item()
        cart = await counter.cart([item], max(item.on_hand, 0) + 2)
        await counter.orders.place(cart, await counter.store(), RITA, allow_negative=True)
    await until(lambda: any(one.case.open for one in view_model.state.rows or ()), "a case")
    view_model.choose(next(one.key for one in view_model.state.rows or () if one.case.open))
    await until(lambda: view_model.state.ways and not view_model.busy, "ways to settle it")
    screen.focus_first()


def clean(hands: Hands) -> None:
    """Nothing waits on any screen for its turn."""
    hands.workplace.product.view_model._drafts.clear()
    for screen in hands.workplace._screens.values():
        if isinstance(screen, TransfersScreen):
            screen._transfer_model.close()
            screen._stack.setCurrentWidget(screen._list)
        elif isinstance(screen, CustomersScreen):
            screen.view_model.draft.give_up()
        elif isinstance(screen, OrderScreen):
            screen.draft.give_up()
        elif isinstance(screen, CountScreen):
            screen.counting.digits.clear()
        elif isinstance(screen, OversoldScreen):
            screen.note.clear()
            screen._notes.clear()


STAGES: dict[str, Callable[[Hands], Awaitable[None]]] = {
    "product": product,
    "cart": cart,
    "new customer": new_customer,
    "customer": customer,
    "receipt": receipt,
    "arrivals": arrivals,
    "supply": supply,
    "transfer": transfer,
    "counting": counting,
    "customers": customers,
    "orders": orders,
    "history": history,
    "closing": closing,
    "oversold": oversold,
}
