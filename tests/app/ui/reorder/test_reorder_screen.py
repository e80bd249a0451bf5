"""Reorder on the demo store: suggestions that follow from the numbers, and an order to its end."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QFileDialog

from app.domain.entities import Reason, Store
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.ui.core.printing import Printing, Printout, save_pdf
from app.ui.core.report import printout
from app.ui.core.table import RowsTable
from app.ui.low_stock.screen import LowStockScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.document import CSV_HEADER, order_report
from app.ui.reorder.lines import OrderRow
from app.ui.reorder.screen import ReorderScreen
from app.ui.reorder.state import ReorderState
from tests.helpers import pdfs
from tests.helpers.hands import (
    ALT,
    CONTROL,
    SKU,
    Hands,
    cells,
    dialog,
    focus,
    named,
    somebody,
    texts,
)
from tests.helpers.menus import row_menu
from tests.helpers.papers import save_as
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SAW, TAPE = "HND-HAMMER-002", "HND-HAMMER-003"
SEATTLE = Store("store_seattle", "Zava Retail Seattle", "Seattle")


class Office:
    """Where orders are made."""

    def __init__(self, hands: Hands, screen: ReorderScreen) -> None:
        self.hands = hands
        self.screen = screen
        self.orders = hands.repositories.purchase_orders

    @property
    def state(self) -> ReorderState:
        return self.screen.view_model.state

    def is_in(self, state: PurchaseOrderState) -> bool:
        return self.state.paper is not None and self.state.paper.state is state

    def row(self, sku: str) -> OrderRow | None:
        return next((one for one in self.state.rows if one.line.sku == sku), None)

    def quantity(self, sku: str) -> int | None:
        """How many are on the order, None where it is not on it."""
        row = self.row(sku)
        return row.line.quantity if row else None

    async def draft(self, *skus: str) -> None:
        """A draft with one of each of some products, by scanner."""
        await self.hands.press(Qt.Key.Key_N, CONTROL)
        await until(lambda: self.state.editable, "a draft")
        for sku in skus:
            await self.hands.scan(sku)
            await until(partial(self.quantity, sku), sku)
        await until(lambda: all(one.suggestion for one in self.state.rows), "the numbers")

    async def choose(self, sku: str) -> None:
        """Put the keyboard on the line of a product."""
        self.screen.paper.table.setFocus()
        self.screen.paper.table.select([one.line.sku for one in self.state.rows].index(sku))

    async def colleague(self, sku: str, quantity: int) -> None:
        """Somebody at another device orders so many of it on the same draft."""
        row, paper = self.row(sku), self.state.paper
        listing = self.hands.repositories.catalogue.listing(row.product_id if row else "")
        assert paper is not None and listing is not None
        await self.orders.set_line(paper, listing.product, quantity, somebody("store_seattle"))
        await until(lambda: (self.quantity(sku) or 0) == quantity, f"{quantity} of {sku}")


async def enter(hands: Hands) -> Office:
    """Come to all orders with the keyboard."""
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_7, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, ReorderScreen)
    screen.view_model.close()
    await until(lambda: screen.view_model.state.orders is not None, "the list")
    screen.focus_first()
    return Office(hands, screen)


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def at_rest(hands: Hands) -> AsyncIterator[None]:
    """Between tests no loop is there to go on with what is under way."""
    yield
    screen = hands.workplace.go("reorder")
    assert isinstance(screen, ReorderScreen)
    screen.view_model.close()
    await until(lambda: not screen.view_model.actions.running, "a rest")


async def test_what_is_low_is_suggested_with_its_reasoning(hands: Hands):
    await enter(hands)
    await hands.elsewhere(7 - (await hands.item()).on_hand)
    await hands.repositories.stock.adjust(
        await hands.item(), -9, Reason.SOLD, somebody("store_seattle"), allow_negative=True
    )
    hands.workplace.go("low_stock")
    low = hands.workplace.current
    assert isinstance(low, LowStockScreen)
    await until(lambda: low.order.isEnabled(), "low items")
    await hands.click(low.order)
    office = Office(hands, hands.workplace.go("reorder"))  # type: ignore[arg-type]
    await until(lambda: office.state.rows, "a draft")
    await until(lambda: all(one.suggestion for one in office.state.rows), "the numbers")
    hammer = office.row(SKU)
    item = await hands.item()
    assert hammer is not None and hammer.suggestion is not None
    assert (hammer.suggestion.on_hand, hammer.suggestion.reorder_point) == (-2, item.reorder_point)
    # Nine sold in 28 days are three in the seven that an order takes, rounded up.
    assert hammer.suggestion.sold == 9
    assert hammer.line.quantity == item.reorder_point + 3 + 2
    assert "2 to get back to zero" in hammer.reasoning
    # Nothing that would not be ordered is on it, and everything as it was reckoned.
    assert all(one.line.quantity == one.suggested for one in office.state.rows)
    # It follows the stock while it is a draft.
    await hands.elsewhere(5)
    await until(lambda: (office.row(SKU) or hammer).suggested == hammer.line.quantity - 5, "less")
    assert office.quantity(SKU) == hammer.line.quantity


async def test_what_is_low_goes_on_the_draft_that_was_begun(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU)
    draft = office.state.paper
    assert draft is not None
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: office.state.paper is None, "the list")
    await hands.press(Qt.Key.Key_3, ALT)
    low = hands.workplace.current
    assert isinstance(low, LowStockScreen)
    await until(lambda: low.order.isEnabled(), "low items")
    low.focus_first()
    await hands.press(Qt.Key.Key_O)
    await until(lambda: office.state.paper is not None and len(office.state.rows) > 1, "the draft")
    assert office.state.paper is not None
    assert office.state.paper.purchase_order_id == draft.purchase_order_id
    assert office.quantity(SKU), "what was on it stays"
    on_it = len(office.state.rows)
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: office.state.paper is None, "the list")
    await hands.click(office.screen.orders.low)
    await until(lambda: office.state.paper is not None, "the draft again")
    assert office.state.paper is not None
    assert office.state.paper.purchase_order_id == draft.purchase_order_id
    assert len(office.state.rows) == on_it
    office.screen.view_model.cancel()
    await until(lambda: office.is_in(PurchaseOrderState.CANCELLED), "it to be cancelled")


async def test_a_draft_by_scanner_and_keyboard(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU, SAW)
    first = office.quantity(SAW)
    assert first
    await hands.scan(SAW)
    await until(lambda: office.quantity(SAW) == first + 1, "one more")
    await hands.type("claw")
    hits = office.screen.paper.line.hits
    await until(lambda: hits.isVisible() and cells(hits), "products found")
    await hands.press(Qt.Key.Key_Down)
    name = cells(hits)[1][0]
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: any(one.line.name == name for one in office.state.rows), name)
    assert not hits.isVisible()

    await hands.press(Qt.Key.Key_Down)
    table = office.screen.paper.table
    at = [one[0] for one in cells(table)].index((office.row(SAW) or office.state.rows[0]).line.name)
    table.select(at)
    await hands.type("12")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: office.quantity(SAW) == 12, "twelve")
    table.setFocus()
    await hands.type("-")
    await until(lambda: office.quantity(SAW) == 11, "eleven")
    await hands.press(Qt.Key.Key_Return)
    await hands.type("many")
    await hands.press(Qt.Key.Key_Return)
    assert "Quantity must be a whole number, for example 3." in texts(office.screen.paper)
    await hands.press(Qt.Key.Key_Escape)
    assert office.screen.paper.quantity.text() == "11"
    table.setFocus()
    await hands.type("0")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: office.row(SAW) is None, "it to be taken off")
    # What is said of it comes after the row has gone.
    await until(lambda: not office.screen.view_model.actions.running, "a rest")
    await hands.scan("NO-SUCH-CODE")
    await until(
        lambda: "No product has the code NO-SUCH-CODE" in office.state.message.text, "a word"
    )


async def test_an_order_to_its_end(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU)
    office.screen.paper.supplier.setFocus()
    await hands.type("Acme")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: office.is_in(PurchaseOrderState.ORDERED), "it to be ordered")
    paper = office.state.paper
    assert paper is not None and paper.supplier == "Acme"
    assert focus() is office.screen.paper.table
    assert not office.screen.take_scan(hands.read(SKU))
    quantity = office.quantity(SKU)
    assert quantity
    items = [await hands.item()]
    (suggestion,) = await office.orders.suggestions(items)
    assert suggestion.on_the_way == quantity

    await hands.press(Qt.Key.Key_Return, CONTROL)
    receive = hands.workplace.current
    assert isinstance(receive, ReceiveScreen)
    await until(lambda: receive.view_model.state.rows, "its receipt")
    assert [(one.sku, one.expected) for one in receive.view_model.state.rows] == [(SKU, quantity)]
    receive.view_model.discard()
    await until(lambda: receive.view_model.state.receipt is None, "the list")
    await until(lambda: not receive.view_model.actions.running, "a rest")

    await hands.press(Qt.Key.Key_7, ALT)
    await hands.click(office.screen.paper.cancel)
    question = dialog()
    assert question is not None
    question.accept()
    await until(lambda: office.is_in(PurchaseOrderState.CANCELLED), "it to be cancelled")
    assert not office.screen.paper.receive.isVisible()
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: cells(office.screen.orders.table), "the list")
    # A scan of its number opens it again.
    await hands.scan(paper.number)
    await until(lambda: office.state.paper is not None, "the order")
    assert await office.orders.suggestions(items) != [suggestion]


async def test_what_is_overdue_stands_out(hands: Hands):
    office = await enter(hands)
    listing = hands.repositories.catalogue.listing((await hands.item()).product_id)
    assert listing is not None
    lines = {listing.product.product_id: (listing.product, 3)}
    ben = somebody("store_seattle")
    late = await office.orders.order(await office.orders.create(ben, lines, "Late Ltd"), ben, -1)
    await until(
        lambda: any(
            (one[0], one[-1]) == ("Late Ltd", "Overdue")
            for one in cells(office.screen.orders.table)
        ),
        "the late one",
    )
    await office.orders.cancel(late, ben)


async def test_the_supplier_gets_a_csv_file_and_a_pdf(hands: Hands, tmp_path: Path):
    office = await enter(hands)
    await office.draft(SKU, SAW)
    office.screen.paper.note.setFocus()
    await hands.type("Back door")
    await hands.click(named(office.screen, "CSV…"))
    await until(lambda: isinstance(dialog(), QFileDialog), "the file dialog")
    chooser = dialog()
    assert isinstance(chooser, QFileDialog)
    path = tmp_path / "order.csv"
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    await until(lambda: "written to" in office.state.message.text, "the sentence")
    await until(lambda: office.state.paper is not None and office.state.paper.note, "the note")
    paper = office.state.paper
    assert paper is not None
    with path.open(newline="", encoding="utf-8-sig") as file:
        header, *lines = list(csv.reader(file))
    assert tuple(header) == CSV_HEADER
    (cost,) = await hands.client.session.query(
        "SELECT cost FROM products WHERE sku = :sku", {"sku": SKU}
    )
    mine = next(line for line in lines if line[1] == SKU)
    assert mine[0] == paper.number
    assert float(mine[4]) == cost["cost"]
    assert float(mine[5]) == pytest.approx(cost["cost"] * int(mine[3]))

    pdf = tmp_path / "order.pdf"
    save_pdf(printout(order_report(paper, SEATTLE)), pdf)
    printed = pdfs.read(pdf)
    assert printed.codes == [[paper.number]]
    for part in ("Purchase order, draft", SKU, SAW, "Back door", f"${paper.total:,.2f}"):
        assert part in printed.pages[0]


async def test_what_is_typed_is_for_its_line_though_stock_changes_meanwhile(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU, SAW)
    other = office.quantity(SAW)
    await office.choose(SKU)
    await hands.type("1")
    on_hand = await hands.elsewhere(1)
    await until(
        lambda: (row := office.row(SKU)) and row.suggestion and row.suggestion.on_hand == on_hand,
        "the stock",
    )
    await hands.type("2")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: office.quantity(SKU) == 12, "twelve")
    assert office.quantity(SAW) == other


async def test_what_is_typed_for_a_line_that_a_colleague_took_off_is_not_saved(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU, SAW, TAPE)
    others = [office.quantity(SKU), office.quantity(TAPE)]
    await office.choose(SAW)
    await hands.type("1")
    await office.colleague(SAW, 0)
    assert office.screen.paper.table.current() is None
    assert any("taken off the order meanwhile" in one for one in texts(office.screen.paper))
    await hands.type("2")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: office.state.message.is_problem, "a word")
    assert "was taken off the order meanwhile: nothing was saved." in office.state.message.text
    assert [office.quantity(one) for one in (SKU, SAW, TAPE)] == [others[0], None, others[1]]
    assert not office.screen.paper.quantity.isEnabled()


async def test_what_a_colleague_orders_meanwhile_is_not_taken_back_by_enter(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU, SAW)
    await office.choose(SKU)
    await hands.press(Qt.Key.Key_Return)
    await office.colleague(SKU, 41)
    assert office.screen.paper.quantity.selectedText() == "41"
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: not office.screen.view_model.actions.running, "a rest")
    assert office.quantity(SKU) == 41
    # What is typed stays.
    await office.choose(SKU)
    await hands.type("7")
    await office.colleague(SKU, 42)
    assert office.screen.paper.quantity.text() == "7"
    await hands.press(Qt.Key.Key_Escape)
    assert office.screen.paper.quantity.text() == "42"


async def test_what_is_ordered_before_one_goes_back_counts(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
):
    office = await enter(hands)
    await office.draft(SKU)
    first, paper = office.quantity(SKU), office.state.paper
    assert first and paper is not None
    go = asyncio.Event()
    repository = office.screen.view_model._orders
    real = repository.set_line

    async def slow(*arguments: object) -> PurchaseOrder:
        await go.wait()
        return await real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(repository, "set_line", slow)
    for _ in range(3):
        assert office.screen.take_scan(hands.read(SKU))
    office.screen.paper.note.setText("Back door")
    office.screen._back()
    go.set()
    await until(lambda: not office.screen.view_model.actions.running, "a rest")
    assert office.state.paper is None
    await hands.scan(paper.number)
    # The list of orders may have been read between two of the writes.
    await until(lambda: office.quantity(SKU) == first + 3, "three more")
    await until(lambda: office.state.paper and office.state.paper.note == "Back door", "the note")


async def test_what_is_typed_counts_when_the_order_is_sent(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU, SAW)
    await office.choose(SKU)
    await hands.press(Qt.Key.Key_Return)
    await hands.type("x")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    quantity = office.screen.paper.quantity
    assert "Quantity must be a whole number, for example 3." in texts(office.screen.paper)
    assert (focus(), quantity.text()) == (quantity, "x")
    await until(lambda: not office.screen.view_model.actions.running, "a rest")
    assert office.is_in(PurchaseOrderState.DRAFT)
    quantity.selectAll()
    await hands.type("25")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: office.is_in(PurchaseOrderState.ORDERED), "it to be ordered")
    assert office.quantity(SKU) == 25


@pytest.mark.parametrize("way", ["Ctrl+Enter", "Ctrl+P", "Mark as ordered", "PDF…", "CSV…"])
async def test_a_number_where_one_searches_is_on_the_order_first(hands: Hands, way: str):
    """No paper is made without it, by whatever key or button."""
    office = await enter(hands)
    await office.draft(SKU, SAW)
    suggested = office.quantity(SAW)
    paper = office.screen.paper
    await hands.type("25")
    if way.startswith("Ctrl"):
        await hands.press(Qt.Key.Key_P if way.endswith("P") else Qt.Key.Key_Return, CONTROL)
    else:
        await hands.click(named(paper, way))
    await until(lambda: not office.screen.view_model.actions.running, "a rest")
    assert dialog() is None
    assert office.is_in(PurchaseOrderState.DRAFT)
    assert "“25” is typed and not taken: Enter takes it, Esc clears it." in texts(paper.line)
    assert (focus(), paper.line.line.text()) == (paper.line.line, "25")
    assert office.quantity(SAW) == suggested
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: office.quantity(SAW) == 25, "it taken")


async def test_a_number_where_one_searches_is_for_the_line_that_is_told(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU, SAW)
    suggested = office.quantity(SAW)
    paper = office.screen.paper
    await hands.type("25")
    saw, hammer = (row.line.name for sku in (SAW, SKU) if (row := office.row(sku)) is not None)
    assert any(f"Enter: 25 of {saw}." in one for one in texts(paper.line))
    await hands.click_row(paper.table, [one.line.sku for one in office.state.rows].index(SKU))
    assert any(f"Enter: 25 of {hammer}." in one for one in texts(paper.line))
    paper.line.setFocus()
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: office.quantity(SKU) == 25, "it taken")
    assert office.quantity(SAW) == suggested


@pytest.mark.parametrize("way", ["another screen", "Back", "a scan"])
async def test_a_number_that_is_refused_keeps_the_screen(hands: Hands, way: str):
    office = await enter(hands)
    await office.draft(SKU)
    suggested = office.quantity(SKU)
    paper = office.screen.paper
    await hands.type("1,5")
    if way == "another screen":
        await hands.press(Qt.Key.Key_1, ALT)
    elif way == "Back":
        await hands.click(named(paper, "Back"))
    else:
        await hands.scan(TAPE)
    await until(lambda: not office.screen.view_model.actions.running, "a rest")
    assert hands.workplace.current is office.screen
    assert office.is_in(PurchaseOrderState.DRAFT)
    assert (office.quantity(SKU), office.quantity(TAPE)) == (suggested, None)
    assert (focus(), paper.quantity.text()) == (paper.quantity, "1,5")
    assert any("Quantity must be a whole number" in one for one in texts(paper))
    await hands.press(Qt.Key.Key_Escape)


async def test_what_a_colleague_took_off_is_not_left_out_silently(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU, SAW)
    await office.choose(SAW)
    await hands.type("25")
    await office.colleague(SAW, 0)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: office.state.message.is_problem, "a word")
    assert "was taken off the order meanwhile: nothing was saved." in office.state.message.text
    await until(lambda: not office.screen.view_model.actions.running, "a rest")
    assert office.is_in(PurchaseOrderState.DRAFT)
    quantity = office.screen.paper.quantity
    assert (focus(), quantity.text()) == (quantity, "25")


async def test_the_menu_of_an_order_prints_and_exports_it(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    printed: list[Printout] = []
    monkeypatch.setattr(Printing, "offer", lambda _, one: printed.append(one))
    office = await enter(hands)
    await office.draft(SKU)
    office.screen.view_model.close()
    table = office.screen.orders.table
    await until(lambda: cells(table), "the list")
    table.select(0)
    paper = office.screen.orders.chosen
    assert paper is not None
    menu = row_menu(table, 0)
    offered = {one.text().replace("&", "").split("\t")[0]: one for one in menu.actions()}
    offered["Print the order, or save it as a PDF"].trigger()
    assert [one.name for one in printed] == [f"Order {paper.number}"]
    offered["Export the order as a CSV file"].trigger()
    menu.close()
    await saved_file(tmp_path / "row.csv")
    await until(lambda: "written to" in office.state.message.text, "the sentence")
    with (tmp_path / "row.csv").open(newline="", encoding="utf-8-sig") as file:
        assert [row["SKU"] for row in csv.DictReader(file)] == [SKU]
    assert office.state.paper is None


async def test_a_product_that_is_typed_and_not_taken_is_not_left_out(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU)
    line = office.screen.paper.line
    line.setFocus()
    await hands.type("stubby")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: not office.screen.view_model.actions.running, "a rest")
    assert office.is_in(PurchaseOrderState.DRAFT)
    assert "“stubby” is typed and not taken: Enter takes it, Esc clears it." in texts(line)
    assert focus() is line.line
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: office.is_in(PurchaseOrderState.ORDERED), "it to be ordered")


async def saved_file(path: Path) -> None:
    """Choose this file where it is asked for."""
    await until(lambda: isinstance(dialog(), QFileDialog), "the file dialog")
    chooser = dialog()
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(path))
    chooser.reject()


async def test_what_is_typed_is_on_the_paper_of_the_supplier(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    office = await enter(hands)
    await office.draft(SKU, SAW)
    paper = office.screen.paper
    paper.supplier.setFocus()
    await hands.type("Acme")
    paper.note.setFocus()
    await hands.type("Front door")
    await hands.press(Qt.Key.Key_P, CONTROL)
    await save_as(tmp_path / "words.pdf")
    await until(lambda: not paper._printing.running, "the paper")
    (page,) = pdfs.read(tmp_path / "words.pdf").pages
    assert "Acme" in page
    assert "Front door" in page
    await office.choose(SKU)
    await hands.press(Qt.Key.Key_Return)
    await hands.type("x")
    for name in ("PDF…", "CSV…"):
        await hands.click(named(office.screen, name))
        await until(lambda: not office.screen.view_model.actions.running, "a rest")
        assert dialog() is None
        assert (focus(), paper.quantity.text()) == (paper.quantity, "x")
    paper.quantity.selectAll()
    await hands.type("37")
    await hands.click(named(office.screen, "PDF…"))
    await save_as(tmp_path / "line.pdf")
    await until(lambda: not paper._printing.running, "the paper")
    (page,) = pdfs.read(tmp_path / "line.pdf").pages
    row = office.row(SKU)
    assert row is not None
    assert f"37 ${row.line.unit_cost:,.2f}" in page
    await office.choose(SAW)
    await hands.type("38")
    await hands.click(named(office.screen, "CSV…"))
    await saved_file(tmp_path / "line.csv")
    await until(lambda: "written to" in office.state.message.text, "the sentence")
    with (tmp_path / "line.csv").open(newline="", encoding="utf-8-sig") as file:
        quantities = {line[1]: line[3] for line in csv.reader(file)}
    assert (quantities[SKU], quantities[SAW]) == ("37", "38")


def chosen(table: RowsTable) -> str:
    """The code of the chosen line."""
    one = table.current()
    assert one is not None
    return str(one.line.sku)


async def test_what_is_typed_for_a_line_is_kept_when_another_is_chosen(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU, SAW, TAPE)
    table, quantity = office.screen.paper.table, office.screen.paper.quantity
    skus = [one.line.sku for one in office.state.rows]
    await office.choose(SKU)
    await hands.type("31")
    await hands.click_row(table, skus.index(SAW))
    await until(lambda: office.quantity(SKU) == 31, "what was typed")
    assert chosen(table) == SAW
    # A scan goes on with its own product.
    await hands.type("32")
    await hands.scan(TAPE)
    await until(lambda: office.quantity(SAW) == 32, "what was typed")
    await until(lambda: (row := table.current()) and row.line.sku == TAPE, "the scanned one")
    first = office.quantity(TAPE)
    assert first
    # Of the same product it is one more than what was typed.
    table.setFocus()
    await hands.type("2")
    await hands.scan(TAPE)
    await until(lambda: office.quantity(TAPE) == 3, "three")
    await hands.type("2")
    assert quantity.text() == "2"
    # What is refused is not left.
    await hands.type("x")
    await hands.click_row(table, skus.index(SKU))
    assert chosen(table) == TAPE
    assert (focus(), quantity.text()) == (quantity, "2x")
    await hands.press(Qt.Key.Key_Escape)
    assert quantity.text() == "3"


async def test_one_more_is_more_than_what_is_typed(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU)
    await office.choose(SKU)
    await hands.type("5")
    office.screen.paper.table.setFocus()
    await hands.type("+")
    await until(lambda: office.quantity(SKU) == 6, "six")
    paper = office.state.paper
    assert paper is not None
    await hands.type("9")
    await hands.click(named(office.screen, "Back"))
    await until(lambda: office.state.paper is None, "the list")
    await hands.scan(paper.number)
    await until(lambda: office.quantity(SKU) == 9, "nine of it")


async def test_the_supplier_that_a_colleague_names_stays(hands: Hands):
    office = await enter(hands)
    await office.draft(SKU)
    paper = office.state.paper
    assert paper is not None
    await office.orders.describe(paper, "Cascade", "", somebody("store_seattle"))
    await until(lambda: office.state.paper and office.state.paper.supplier == "Cascade", "them")
    assert office.screen.paper.supplier.text() == "Cascade"
    office.screen.paper.note.setFocus()
    await hands.type("Ring twice")
    await office.orders.describe(paper, "Cascade Tools", "Back door", somebody("store_seattle"))
    await until(lambda: office.screen.paper.supplier.text() == "Cascade Tools", "their new name")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: office.is_in(PurchaseOrderState.ORDERED), "it to be ordered")
    sent = office.state.paper
    assert sent is not None
    assert (sent.supplier, sent.note) == ("Cascade Tools", "Ring twice")
