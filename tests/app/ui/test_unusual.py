"""Unusually many units are asked about before they are posted, on every screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from app.domain.entities import Role
from app.domain.purchase_orders import PurchaseOrderState
from app.domain.receiving import ReceiptState
from app.domain.unusual import Unusual
from app.ui.count.screen import CountScreen
from app.ui.order.screen import OrderScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen
from app.ui.transfers.open_transfer_state import Step
from app.ui.transfers.screen import TransfersScreen
from tests.helpers.hands import ALT, CONTROL, SKU, Hands, dialog, named, texts
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = "123456"
ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def manager(person: Hands) -> Hands:
    """A manager, who has all these screens."""
    await person.begin(Role.MANAGER, name="Mo")
    return person


@pytest_asyncio.fixture(loop_scope="module")
async def mo(manager: Hands) -> AsyncIterator[Hands]:
    yield manager
    while covering := QApplication.activeModalWidget():
        covering.close()
    await manager.rest()


async def at(mo: Hands, key: Qt.Key) -> Any:
    """The screen of a key."""
    await mo.press(key, ALT)
    await settle()
    return mo.workplace.current


async def asked(mo: Hands) -> None:
    """Wait for the question, which names the product, how many, and what is usual."""
    await until(lambda: dialog() is not None, "the question")
    question = dialog()
    assert question is not None
    said = " ".join(texts(question))
    assert "Unusually many?" in said
    assert f"{int(MANY):,}" in said


async def corrected_then_meant(
    mo: Hands,
    submit: Callable[[], Awaitable[object]],
    field: QLineEdit,
    is_posted: Callable[[], object],
) -> None:
    """No is the answer of Enter and of Esc, and leads to the field; Yes posts."""
    for no in (ENTER, ESCAPE):
        await submit()
        await asked(mo)
        await mo.press(no)
        await until(lambda: dialog() is None, "the answer")
        await mo.at_hand()
        await settle()
        assert not is_posted()
        assert QApplication.focusWidget() is field
        assert field.selectedText() == field.text() == MANY
    await submit()
    await asked(mo)
    question = dialog()
    assert question is not None
    await mo.click(named(question, "Yes, that is right"))
    await until(is_posted, "it to be posted")


async def ctrl_enter(mo: Hands) -> None:
    await mo.press(ENTER, CONTROL)


async def test_an_adjustment(mo: Hands) -> None:
    await mo.open()
    before = (await mo.item()).on_hand
    card = mo.workplace.product
    form = card.stock.form
    card.view_model.edit(adding=True)
    card.setFocus()
    await mo.type("a")
    await mo.type(MANY)
    await corrected_then_meant(
        mo,
        lambda: mo.click(form.apply),
        form.quantity,
        lambda: mo.on_hand == before + int(MANY),
    )
    await mo.elsewhere(-int(MANY))


async def test_a_removal_below_zero_is_asked_about_for_both(mo: Hands) -> None:
    await mo.open("HND-HAMMER-002")
    card = mo.workplace.product
    before = mo.on_hand
    card.view_model.edit(adding=False)
    card.setFocus()
    await mo.type("a")
    await mo.type(MANY)
    await mo.press(ENTER)
    await asked(mo)
    question = dialog()
    assert question is not None
    await mo.click(named(question, "Yes, that is right"))
    await until(
        lambda: (now := dialog()) is not None and "Remove more" in " ".join(texts(now)), "the next"
    )
    await mo.press(ENTER)
    assert mo.on_hand == before


async def test_a_receipt_without_a_paper(mo: Hands) -> None:
    screen = await at(mo, Qt.Key.Key_4)
    assert isinstance(screen, ReceiveScreen)
    view_model = screen.view_model
    await until(lambda: view_model.state.arrivals is not None, "the list")
    view_model.begin()
    await until(lambda: view_model.state.editable, "a receipt")
    await mo.scan(SKU)
    await until(lambda: view_model.state.rows, "the line")
    screen.receipt.card.editor.start()
    await mo.type(MANY)
    await mo.press(ENTER)
    await until(lambda: view_model.state.rows[0].received == int(MANY), "so many")
    await corrected_then_meant(
        mo,
        lambda: ctrl_enter(mo),
        screen.receipt.card.edits["received"],
        lambda: (
            view_model.state.receipt is not None
            and view_model.state.receipt.state is ReceiptState.POSTED
        ),
    )
    view_model.undo()
    await until(lambda: not view_model.actions.running, "a rest")
    view_model.close()


async def test_an_order(mo: Hands) -> None:
    screen = await at(mo, Qt.Key.Key_O)
    assert isinstance(screen, OrderScreen)
    view_model = screen.view_model
    screen.focus_first()
    await mo.scan(SKU)
    await until(lambda: view_model.state.rows, "the line")
    customers = await mo.repositories.customers.find("store_seattle", "john", 1)
    view_model.choose_customer(customers[0])
    screen.cart.table.setFocus()
    screen.cart.table.select(0)
    await mo.type(MANY)
    await mo.press(ENTER)
    await until(lambda: view_model.state.rows[0].line.quantity == int(MANY), "so many")
    await corrected_then_meant(
        mo,
        lambda: mo.click(screen.cart.place),
        screen.cart.quantity,
        # So many are not there: that is another question.
        lambda: (now := dialog()) is not None and "Order more than" in " ".join(texts(now)),
    )
    await mo.press(ESCAPE)
    await until(lambda: not view_model.actions.running, "a rest")
    view_model.discard()


async def test_an_order_at_a_supplier(mo: Hands) -> None:
    screen = await at(mo, Qt.Key.Key_7)
    assert isinstance(screen, ReorderScreen)
    view_model = screen.view_model
    view_model.begin()
    await until(lambda: view_model.state.editable, "a draft")
    await mo.scan(SKU)
    await until(lambda: view_model.state.rows, "the line")
    screen.paper._editor.start()
    await mo.type(MANY)
    # By what is typed: it is taken in first.
    await corrected_then_meant(
        mo,
        lambda: ctrl_enter(mo),
        screen.paper.quantity,
        lambda: (
            view_model.state.paper is not None
            and view_model.state.paper.state is PurchaseOrderState.ORDERED
        ),
    )
    view_model.cancel()
    await until(lambda: not view_model.actions.running, "a rest")
    view_model.close()


async def test_a_transfer_as_it_is_asked_for(mo: Hands) -> None:
    screen = await at(mo, Qt.Key.Key_5)
    assert isinstance(screen, TransfersScreen)
    view = screen.transfer
    screen.ask_for("store_tacoma", mo.read(SKU).product_id or "")
    await until(lambda: view._view_model.state.rows, "the line")
    view.table.select(0)
    view._editor.start()
    await mo.type(MANY)
    await corrected_then_meant(
        mo,
        lambda: ctrl_enter(mo),
        view.line.quantity,
        lambda: (
            view._view_model.state.transfer is not None
            and view._view_model.state.step is not Step.REQUEST
        ),
    )
    view._view_model.cancel_rest()
    await until(lambda: not view._view_model.act.running, "a rest")
    screen.show_list()


async def test_a_count(mo: Hands) -> None:
    screen = await at(mo, Qt.Key.Key_6)
    assert isinstance(screen, CountScreen)
    item = await mo.item()
    stocktake = await mo.repositories.stocktakes.open(
        screen._counting._actor, "", item.place.aisle, item.place.shelf
    )
    screen.open(stocktake)
    await until(lambda: screen._counting.state.rows, "the shelf")
    await mo.scan(SKU)
    screen.focus_first()
    await mo.type(MANY)
    key = item.inventory_id
    await corrected_then_meant(
        mo,
        lambda: mo.press(ENTER),
        screen.counting.digits,
        lambda: screen._counting._mine.get(key) == int(MANY),
    )
    await until(lambda: not screen._counting.working, "a rest")
    await mo.press(Qt.Key.Key_1, ALT)


async def test_a_count_that_is_left_with_so_many_typed(mo: Hands) -> None:
    screen = await at(mo, Qt.Key.Key_6)
    assert isinstance(screen, CountScreen)
    item = await mo.item()
    stocktake = await mo.repositories.stocktakes.open(
        screen._counting._actor, "", item.place.aisle, item.place.shelf
    )
    screen.open(stocktake)
    await until(lambda: screen._counting.state.rows, "the shelf")
    await mo.scan(SKU)
    screen.focus_first()
    await mo.type(MANY)
    await mo.press(Qt.Key.Key_1, ALT)
    await asked(mo)
    await mo.press(ENTER)
    await until(lambda: dialog() is None, "the answer")
    await mo.at_hand()
    digits = screen.counting.digits
    assert (QApplication.focusWidget(), digits.text()) == (digits, MANY)
    await mo.type("12")
    await mo.press(Qt.Key.Key_1, ALT)
    assert not isinstance(mo.workplace.current, CountScreen)
    assert screen._counting._mine[item.inventory_id] == 12
    await until(lambda: not screen._counting.working, "a rest")


async def test_what_is_asked_is_written_as_on_this_computer(mo: Hands) -> None:
    """The sentence is one of the rules, which know no locale."""
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    try:
        assert Unusual("p1", "Hammer", 12_345, 1_000).text == (
            "Hammer: 12.345. Usual at once: up to 1.000."
        )
    finally:
        QLocale.setDefault(before)
