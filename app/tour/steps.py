"""The steps of the tour: a store worker's shift and a sales rep's order, screen by screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.tour.closing_steps import CLOSING_STEPS
from app.tour.day_steps import DAY_STEPS
from app.tour.driver import Driver, TourError
from app.tour.help_steps import HELP_STEPS, begin_for_the_first_time
from app.tour.list_steps import LIST_STEPS
from app.tour.order_steps import ORDER_STEPS
from app.tour.oversold_steps import OVERSOLD_STEPS, SALES_STEPS
from app.tour.paper_steps import PAPER_STEPS
from app.tour.people_steps import PEOPLE_STEPS
from app.tour.scanner_steps import SCANNER_STEPS
from app.tour.supply_steps import SUPPLY_STEPS
from app.tour.teach_steps import TEACH_STEPS
from app.ui.aisles.screen import AislesScreen
from app.ui.count.screen import CountScreen
from app.ui.find.screen import FindScreen
from app.ui.labels.dialog import LabelsDialog
from app.ui.low_stock.screen import LowStockScreen
from app.ui.product.place_card import MoveDialog
from app.ui.sync.screen import SyncScreen

HAMMER = "16 oz Curved Claw Hammer"
SKU = "HND-HAMMER-001"
ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


async def sign_in(driver: Driver) -> None:
    screen = driver.client.sign_in_screen
    if screen is None:
        raise TourError("the sign-in is not shown")
    await driver.picture("sign-in")
    await driver.click(screen.name)
    await driver.type("Maya")
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the workplace", lambda: driver.client.workplace is not None)
    await driver.until("products in Find", lambda: bool(_find(driver).table.model().rowCount()))


async def find_by_misspelt_name(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_F, CONTROL)
    await driver.type("hamer 16 oz")
    await driver.until("the hammer first", lambda: _first(driver) == HAMMER)
    await driver.picture("find", ("light", "dark", "contrast"))


async def find_by_place(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_F, CONTROL)
    await driver.type("aisle 3b")
    await driver.until(
        "products on shelf 3B",
        lambda: bool(_find(driver).table.model().rowCount()) and _first(driver) != HAMMER,
    )
    await driver.picture("find-place")
    await driver.press(Qt.Key.Key_F, CONTROL)
    await driver.type("zzzyx")
    await driver.until("no results", lambda: _find(driver).table.model().rowCount() == 0)
    await driver.picture("find-nothing")


async def find_by_meaning(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_F, CONTROL)
    await driver.type("something to hang heavy pictures on drywall")
    await driver.until("what it means", lambda: bool(_find(driver).meant.rows))
    await driver.picture("find-meaning")


async def scan_from_any_screen(driver: Driver) -> None:
    driver.workplace.go("low_stock")
    await driver.scan(SKU)
    await driver.until("the scanned product", lambda: _opened(driver) == HAMMER)
    await driver.until("its stock", lambda: driver.workplace.product.stock.plus.isVisible())
    await driver.picture("product")


async def remove_two_as_damaged(driver: Driver) -> None:
    before = _on_hand(driver)
    form = driver.workplace.product.stock.form
    await _to_quantity(driver)
    await driver.type("2")
    form.note.setFocus()
    await driver.type("Split handles")
    await driver.picture("adjust")
    await driver.click(form.apply)
    await driver.until("two fewer", lambda: _on_hand(driver) == before - 2)
    await driver.until("the movement in the history", lambda: _movements(driver) == 1)
    await driver.until(
        "what undo would do", lambda: driver.workplace.status_line.undo_button.isVisible()
    )


async def undo(driver: Driver) -> None:
    before = _on_hand(driver)
    await driver.click(driver.workplace.status_line.undo_button)
    await driver.until("two more", lambda: _on_hand(driver) == before + 2)
    await driver.until("both in the history", lambda: _movements(driver) == 2)


async def step_by_keys(driver: Driver) -> None:
    before = _on_hand(driver)
    driver.workplace.product.setFocus()
    await driver.type("-")
    await driver.until("one fewer", lambda: _on_hand(driver) == before - 1)
    await driver.type("+")
    await driver.until("one more", lambda: _on_hand(driver) == before)
    await driver.until("four movements", lambda: _movements(driver) == 4)


async def move_to_another_place(driver: Driver) -> None:
    driver.workplace.product.setFocus()
    await driver.type("m")
    await driver.until("the dialog", lambda: isinstance(_dialog(), MoveDialog))
    dialog = _dialog()
    assert isinstance(dialog, MoveDialog)
    for part, value in (("aisle", "2"), ("shelf", "C"), ("bin", "7")):
        dialog.edits[part].setFocus()
        await driver.until(f"the {part} field", dialog.edits[part].hasFocus)
        dialog.edits[part].selectAll()
        await driver.type(value)
    await driver.picture("move")
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the dialog closed", lambda: _dialog() is None)
    await driver.until("the move in the history", lambda: _movements(driver) == 5)
    await driver.picture("history")


async def go_below_zero(driver: Driver) -> None:
    before = _on_hand(driver)
    await _to_quantity(driver)
    await driver.type(str(before + 3))
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the question", lambda: _dialog() is not None)
    await driver.picture("below-zero-question")
    dialog = _dialog()
    assert dialog is not None
    dialog.accept()
    await driver.until("a red negative", lambda: _on_hand(driver) == -3)
    await driver.picture("below-zero", ("light", "dark", "contrast"))


async def walk_the_aisles(driver: Driver) -> None:
    await driver.click(driver.workplace.rail.button("aisles"))
    screen = driver.workplace.current
    assert isinstance(screen, AislesScreen)
    await driver.until("aisles", lambda: bool(screen.aisles.model().rowCount()))
    await driver.press(Qt.Key.Key_Down)
    await driver.until("products on the shelf", lambda: bool(screen.bins.model().rowCount()))
    await driver.picture("aisles")


async def list_low_stock(driver: Driver) -> None:
    await driver.click(driver.workplace.rail.button("low_stock"))
    screen = driver.workplace.current
    assert isinstance(screen, LowStockScreen)
    await driver.until(
        "the hammer at -3 on top", lambda: HAMMER in str(screen.table.model().index(0, 0).data())
    )
    await driver.until("what to order", lambda: screen.table.model().index(0, 4).data() != "…")
    await driver.picture("low-stock", ("light", "dark", "contrast"))


async def print_labels(driver: Driver) -> None:
    screen = driver.workplace.go("aisles")
    assert isinstance(screen, AislesScreen)
    await driver.until("a shelf", screen.labels.isEnabled)
    await driver.click(screen.labels)
    await driver.until("the dialog", lambda: isinstance(_dialog(), LabelsDialog))
    await driver.picture("labels")
    await driver.press(Qt.Key.Key_Escape)
    await driver.until("the dialog closed", lambda: _dialog() is None)


async def count_a_shelf(driver: Driver) -> None:
    screen = driver.workplace.go("count")
    assert isinstance(screen, CountScreen)
    await driver.until("the shelves", lambda: bool(screen.shelves_known))
    dialog = screen.sessions.begin()
    await driver.type("Weekly count")
    dialog.aisle.setCurrentText("3")
    dialog.shelf.setCurrentText("B")
    await driver.picture("count-new", ("light",))
    await driver.press(Qt.Key.Key_Return)
    counting = screen.counting
    await driver.until("the page to count on", lambda: screen.page is counting)
    await driver.until("the shelf", lambda: counting.table.model().rowCount() > 2)
    codes = [str(counting.table.model().index(at, 1).data()).split(", ")[-1] for at in (0, 1)]
    for code in (codes[0], codes[0], codes[1]):
        counting.focus_first()
        await driver.scan(code)
    await driver.picture("count")
    await driver.scan("NO-SUCH-CODE")
    await driver.picture("count-refused", ("dark",))
    await driver.press(Qt.Key.Key_Return)
    # Sold while people count: what is counted is true, and so is the sale.
    product = driver.client.repositories.catalogue.read(codes[1]).product_id or ""
    driver.workplace.open_product(product)
    card = driver.workplace.product
    await driver.until("its stock", lambda: card.view_model.state.item is not None)
    before = _on_hand(driver)
    card.setFocus()
    await driver.type("-")
    await driver.until("one fewer", lambda: _on_hand(driver) == before - 1)
    driver.workplace.go("count")
    await driver.until("the page to count on", lambda: screen.page is counting)
    await driver.press(Qt.Key.Key_F8)
    await driver.until("two lines", lambda: screen.review.table.model().rowCount() == 2)
    await driver.picture("count-review")
    driver.window.resize(1024, 640)
    await driver.picture("count-review-1024x640", ("light",))
    driver.window.resize(1280, 800)
    await driver.click(screen.review.post_button)
    await driver.until("the question", lambda: _dialog() is not None)
    asked = _dialog()
    assert asked is not None
    asked.accept()
    await driver.until("it posted", lambda: not screen.review.post_button.isVisible())
    await driver.picture("count-posted", ("light",))
    driver.workplace.open_product(product)
    await driver.until("its stock", lambda: card.view_model.state.item is not None)
    await driver.until("one counted, none left", lambda: _on_hand(driver) == 0)
    await driver.until("both in the history", lambda: _movements(driver) == 2)
    await driver.picture("count-while-sold")


async def look_at_sync(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_0, ALT)
    screen = driver.workplace.current
    assert isinstance(screen, SyncScreen)
    await driver.until("the ways to sync", lambda: bool(screen.tables["ways"].model().rowCount()))
    await driver.picture("sync", ("light", "dark", "contrast"))
    await driver.click(screen.tabs.button("rooms"))
    await driver.until("the room", lambda: bool(screen.tables["rooms"].model().rowCount()))
    await driver.picture("sync-room")


async def fit_a_small_laptop(driver: Driver) -> None:
    driver.window.resize(1024, 640)
    await driver.picture("sync-1024x640", ("light",))
    driver.workplace.go("low_stock")
    await driver.picture("low-stock-1024x640", ("light",))
    driver.workplace.go("aisles")
    await driver.picture("aisles-1024x640", ("light",))
    await driver.scan(SKU)
    await driver.until("the scanned product", lambda: _opened(driver) == HAMMER)
    await driver.until("its history", lambda: _movements(driver) == 6)
    await driver.picture("product-1024x640", ("light", "dark"))
    driver.workplace.go("find")
    await driver.picture("find-1024x640", ("light",))


async def go_on_after_lunch(driver: Driver) -> None:
    """Sign in again, with new screens: each old one makes every change of the look slower."""
    driver.window.resize(1280, 800)
    await switch_user(driver)
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the workplace", lambda: driver.client.workplace is not None)
    # A key that comes before is typed into the bar.
    await driver.until("the keyboard", driver.workplace.bar.line.hasFocus)


async def switch_user(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_L, CONTROL)
    await driver.until("the sign-in", lambda: driver.client.sign_in_screen is not None)
    screen = driver.client.sign_in_screen
    assert screen is not None
    if screen.name.text() != "Maya":
        raise TourError("the last profile is not remembered")


STEPS = (
    ("sign in", sign_in),
    ("begin for the first time", begin_for_the_first_time),
    ("find by a misspelt name", find_by_misspelt_name),
    ("find by place", find_by_place),
    ("find by meaning", find_by_meaning),
    *TEACH_STEPS,
    ("scan from any screen", scan_from_any_screen),
    ("remove two as damaged", remove_two_as_damaged),
    ("undo", undo),
    ("one more, one less", step_by_keys),
    ("move to another place", move_to_another_place),
    ("go below zero", go_below_zero),
    ("walk the aisles", walk_the_aisles),
    ("list low stock", list_low_stock),
    ("print labels", print_labels),
    ("count a shelf", count_a_shelf),
    ("look at sync", look_at_sync),
    *SCANNER_STEPS,
    *HELP_STEPS,
    *LIST_STEPS,
    ("fit a small laptop", fit_a_small_laptop),
    ("go on after lunch", go_on_after_lunch),
    *SUPPLY_STEPS,
    *PAPER_STEPS,
    *OVERSOLD_STEPS,
    *DAY_STEPS,
    ("switch user", switch_user),
    *ORDER_STEPS,
    *SALES_STEPS,
    *CLOSING_STEPS,
    *PEOPLE_STEPS,
)


def _find(driver: Driver) -> FindScreen:
    screen = driver.workplace.go("find")
    assert isinstance(screen, FindScreen)
    return screen


def _first(driver: Driver) -> str:
    model = _find(driver).table.model()
    if not model.rowCount():
        return ""
    return str(model.index(0, 0).data()).rpartition(", ")[0]


def _opened(driver: Driver) -> str:
    if driver.workplace.current is not driver.workplace.product:
        return ""
    product = driver.workplace.product.view_model.state.product
    return product.name if product else ""


def _on_hand(driver: Driver) -> int:
    item = driver.workplace.product.view_model.state.item
    if item is None:
        raise TourError("the product is not stocked here")
    return item.on_hand


def _movements(driver: Driver) -> int:
    return driver.workplace.product.history.table.model().rowCount()


async def _to_quantity(driver: Driver) -> None:
    driver.workplace.product.setFocus()
    await driver.type("a")
    await driver.until("the quantity field", driver.workplace.product.stock.form.quantity.hasFocus)


def _dialog() -> QDialog | None:
    dialog = QApplication.activeModalWidget()
    return dialog if isinstance(dialog, QDialog) else None
