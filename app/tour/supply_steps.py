"""The steps of the tour with goods that come in: a purchase order, and its receipt."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.domain.purchase_orders import PurchaseOrderState
from app.domain.receiving import ReceiptState
from app.tour.driver import Driver
from app.ui.low_stock.screen import LowStockScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SKU = "HND-HAMMER-001"


async def order_what_is_low(driver: Driver) -> None:
    driver.window.resize(1280, 800)
    await driver.press(Qt.Key.Key_7, ALT)
    screen = _reorder(driver)
    await driver.until("all orders", lambda: screen.view_model.state.orders is not None)
    await driver.picture("reorder-nothing")
    await driver.press(Qt.Key.Key_3, ALT)
    low = driver.workplace.current
    assert isinstance(low, LowStockScreen)
    await driver.until("something to order", low.order.isEnabled)
    await driver.click(low.order)
    await driver.until("a draft", lambda: bool(screen.view_model.state.rows))
    await driver.until(
        "suggestions", lambda: all(one.suggestion for one in screen.view_model.state.rows)
    )
    screen.paper.supplier.setFocus()
    await driver.type("Cascade Tools")
    screen.focus_first()
    await driver.press(Qt.Key.Key_Down)
    await driver.type("4")
    await driver.press(Qt.Key.Key_Return)
    await driver.until(
        "four of the first", lambda: screen.view_model.state.rows[0].line.quantity == 4
    )
    await driver.scan(SKU)
    await driver.until("the hammer", lambda: "Hammer" in screen.view_model.state.message.text)
    await driver.picture("reorder-draft", ("light", "dark", "contrast"))
    await driver.type("drill")
    await driver.until("hits", lambda: screen.paper.line.hits.isVisible())
    await driver.picture("reorder-search", ("light",))
    await driver.press(Qt.Key.Key_Escape)


async def send_the_order(driver: Driver) -> None:
    screen = _reorder(driver)
    await driver.press(Qt.Key.Key_Return, CONTROL)
    await driver.until("ordered", lambda: _order_state(screen) is PurchaseOrderState.ORDERED)
    await driver.picture("reorder-ordered")


async def receive_a_part(driver: Driver) -> None:
    reorder = _reorder(driver)
    await driver.press(Qt.Key.Key_Return, CONTROL)
    screen = _receive(driver)
    await driver.until("the receipt", lambda: bool(screen.view_model.state.rows))
    await driver.picture("receive-begun", ("light",))
    await driver.press(Qt.Key.Key_E, CONTROL)
    await driver.until(
        "all filled in", lambda: all(one.received for one in screen.view_model.state.rows)
    )
    await driver.scan(SKU)
    await driver.until("one more", lambda: "Hammer" in screen.view_model.state.message.text)
    rows = screen.view_model.state.rows
    screen.receipt.line.setFocus()
    await driver.press(Qt.Key.Key_Down)
    screen.receipt.table.select(0)
    await driver.type("3")
    await driver.press(Qt.Key.Key_Tab)
    await driver.type("1")
    await driver.press(Qt.Key.Key_Return)
    await driver.until("a short line", lambda: screen.view_model.state.rows[0].damaged == 1)
    screen.receipt.table.setFocus()
    screen.receipt.table.select(1)
    await driver.type(str(max(rows[1].expected - 2, 1)))
    await driver.press(Qt.Key.Key_Return)
    await driver.until("another short line", lambda: screen.view_model.state.rows[1].short > 0)
    screen.receipt.table.setFocus()
    screen.receipt.table.select(1)
    await driver.type("m")
    await driver.until("noted as missing", lambda: screen.view_model.state.rows[1].missing > 0)
    await driver.picture("receive-lines", ("light", "dark", "contrast"))
    await driver.press(Qt.Key.Key_Return, CONTROL)
    await driver.until("the question", lambda: _dialog() is not None)
    await driver.picture("receive-question")
    dialog = _dialog()
    assert dialog is not None
    dialog.accept()
    await driver.until("it is posted", lambda: _receipt_state(screen) is ReceiptState.POSTED)
    await driver.picture("receive-posted")
    await driver.press(Qt.Key.Key_Escape)
    await driver.until("the list", lambda: screen.view_model.state.receipt is None)
    await driver.until("the rest in it", lambda: bool(screen.view_model.state.arrivals))
    await driver.picture("receive", ("light", "dark", "contrast"))
    await driver.press(Qt.Key.Key_7, ALT)
    await driver.until(
        "partly received", lambda: _order_state(reorder) is PurchaseOrderState.PART_RECEIVED
    )
    await driver.picture("reorder-part")
    await driver.press(Qt.Key.Key_Escape)
    await driver.picture("reorder")


async def fit_goods_on_a_small_laptop(driver: Driver) -> None:
    driver.window.resize(1024, 640)
    await driver.picture("reorder-1024x640", ("light",))
    await driver.press(Qt.Key.Key_N, CONTROL)
    await driver.scan(SKU)
    screen = _reorder(driver)
    await driver.until("a line", lambda: bool(screen.view_model.state.rows))
    await driver.picture("reorder-draft-1024x640", ("light",))
    await driver.press(Qt.Key.Key_4, ALT)
    await driver.press(Qt.Key.Key_N, CONTROL)
    await driver.scan(SKU)
    receive = _receive(driver)
    await driver.until("a line", lambda: bool(receive.view_model.state.rows))
    await driver.picture("receive-free-1024x640", ("light",))
    receive.view_model.discard()
    await driver.until("the list", lambda: receive.view_model.state.receipt is None)
    await driver.picture("receive-1024x640", ("light",))


SUPPLY_STEPS = (
    ("order what is low", order_what_is_low),
    ("send the order", send_the_order),
    ("receive a part of it", receive_a_part),
    ("fit goods on a small laptop", fit_goods_on_a_small_laptop),
)


def _reorder(driver: Driver) -> ReorderScreen:
    screen = driver.workplace.go("reorder")
    assert isinstance(screen, ReorderScreen)
    return screen


def _receive(driver: Driver) -> ReceiveScreen:
    screen = driver.workplace.current
    assert isinstance(screen, ReceiveScreen)
    return screen


def _order_state(screen: ReorderScreen) -> PurchaseOrderState | None:
    paper = screen.view_model.state.paper
    return paper.state if paper else None


def _receipt_state(screen: ReceiveScreen) -> ReceiptState | None:
    receipt = screen.view_model.state.receipt
    return receipt.state if receipt else None


def _dialog() -> QDialog | None:
    dialog = QApplication.activeModalWidget()
    return dialog if isinstance(dialog, QDialog) else None
