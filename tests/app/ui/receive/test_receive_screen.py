"""Goods receipt on the demo store: by scanner, by keyboard, against each kind of paper."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtTest import QTest

from app.domain.entities import Actor, Device, Product, Profile, Role
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.domain.receiving import GoodsReceipt, ReceiptState
from app.domain.transfers import Transfer, TransferState
from app.ui.core.printing import save_pdf
from app.ui.core.report import printout
from app.ui.core.table import RowsTable
from app.ui.receive.arrivals import Arrival
from app.ui.receive.document import receipt_report
from app.ui.receive.screen import ReceiveScreen
from app.ui.receive.state import ReceiveState
from app.ui.reorder.screen import ReorderScreen
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
TOM = Actor(Profile("store_tacoma", Role.WORKER, "Tom"), Device("device-tom", "Tacoma door"))
BEN = somebody("store_seattle")


class Door:
    """Where goods come in: the screen, and what others do behind it."""

    def __init__(self, hands: Hands, screen: ReceiveScreen) -> None:
        self.hands = hands
        self.screen = screen
        self.orders = hands.repositories.purchase_orders
        self.transfers = hands.repositories.transfers
        self.receiving = hands.repositories.receiving

    @property
    def state(self) -> ReceiveState:
        return self.screen.view_model.state

    def product(self, sku: str) -> Product:
        product_id = self.hands.read(sku).product_id
        listing = self.hands.repositories.catalogue.listing(product_id or "")
        assert listing is not None
        return listing.product

    async def ordered(self, **quantities: int) -> PurchaseOrder:
        """An order at a supplier that was sent."""
        lines = {}
        for sku, quantity in quantities.items():
            product = self.product(sku.replace("_", "-"))
            lines[product.product_id] = (product, quantity)
        return await self.orders.order(await self.orders.create(BEN, lines, "Acme"), BEN)

    async def shipped(self, sku: str, quantity: int) -> Transfer:
        """A transfer from Tacoma that has left."""
        product = self.product(sku)
        lines = {product.product_id: (product, quantity)}
        transfer = await self.transfers.request("store_tacoma", "store_seattle", lines, TOM)
        return await self.transfers.ship(
            transfer, str(uuid.uuid4()), {product.product_id: quantity}, TOM, allow_negative=True
        )

    async def listed(self, number: str) -> None:
        """Wait until a paper is in the list."""
        await until(lambda: any(one.number == number for one in self.arrivals), number)

    @property
    def arrivals(self) -> Sequence[Arrival]:
        """The papers that are listed."""
        return self.state.arrivals or ()

    async def open(self, number: str) -> None:
        """Scan the number of a paper and wait for its receipt."""
        await self.hands.scan(number)
        await until(lambda: self.state.receipt is not None, "the receipt")

    async def row(self, sku: str, **amounts: int) -> None:
        """Wait until the line of a product has these amounts."""
        wanted = list(amounts.values())

        def holds() -> bool:
            found = (one for one in self.state.rows if one.sku == sku)
            return any([getattr(one, name) for name in amounts] == wanted for one in found)

        await until(holds, f"{sku} with {amounts}, not {self.state.rows}")

    async def colleague(self, paper: PurchaseOrder, **quantities: int) -> None:
        """Ben takes in so many against the same paper, at another device."""
        receipt = await self.receiving.begin(BEN, paper)
        for sku, quantity in quantities.items():
            product = self.product(sku.replace("_", "-"))
            receipt = await self.receiving.set_line(receipt, product, quantity, BEN)
        await self.receiving.post(receipt, BEN)

    async def choose(self, sku: str) -> None:
        """Put the keyboard on the line of a product."""
        table = self.screen.receipt.table
        table.setFocus()
        table.select([one.sku for one in self.state.rows].index(sku))

    async def posted(self) -> None:
        """Ctrl+Enter, and yes to what is asked."""
        await self.hands.press(Qt.Key.Key_Return, CONTROL)
        await until(lambda: dialog() is not None or self.is_posted, "the question")
        if question := dialog():
            question.accept()
        await until(lambda: self.is_posted, "it to be posted")

    @property
    def is_posted(self) -> bool:
        receipt = self.state.receipt
        return receipt is not None and receipt.state is ReceiptState.POSTED


async def enter(hands: Hands) -> Door:
    """Come to the list with the keyboard."""
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_4, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, ReceiveScreen)
    screen.view_model.close()
    screen.focus_first()
    await until(lambda: screen.view_model.state.arrivals is not None, "the list")
    return Door(hands, screen)


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def at_rest(hands: Hands) -> AsyncIterator[None]:
    """Between tests no loop is there to go on with what is under way."""
    yield
    screen = hands.workplace.go("receive")
    assert isinstance(screen, ReceiveScreen)
    await until(lambda: not screen.view_model.actions.running, "a rest")


async def test_goods_without_a_paper_are_scanned_and_no_scan_is_lost(hands: Hands):
    door = await enter(hands)
    before = (await door.hands.item()).on_hand
    await door.hands.press(Qt.Key.Key_N, CONTROL)
    await until(lambda: door.state.editable, "a receipt")
    await door.hands.scan(SKU)
    for _ in range(9):
        # Faster than a transaction: they queue.
        assert door.screen.take_scan(hands.read(SKU))
    await door.row(SKU, received=10, damaged=0)
    assert [one[0] for one in cells(door.screen.receipt.table)] == [door.product(SKU).name]
    assert door.screen.receipt.table.isColumnHidden(2)
    await door.hands.scan("NO-SUCH-CODE")
    await until(
        lambda: "No product has the code NO-SUCH-CODE" in door.state.message.text, "the sentence"
    )
    assert (await door.hands.item()).on_hand == before
    await door.posted()
    assert (await door.hands.item()).on_hand == before + 10
    # It is done: a scan is for looking things up again, and the next receipt can be begun.
    assert not door.screen.take_scan(hands.read(SKU))
    await door.hands.press(Qt.Key.Key_N, CONTROL)
    await until(lambda: door.state.editable, "the next receipt")
    assert door.state.rows == ()


async def test_short_over_damaged_and_missing_by_keyboard_only(hands: Hands):
    door = await enter(hands)
    order = await door.ordered(HND_HAMMER_001=5, HND_HAMMER_002=4, HND_HAMMER_003=2)
    before = {sku: (await door.hands.item(sku)).on_hand for sku in (SKU, SAW, TAPE)}
    await door.listed(order.number)
    await door.hands.press(Qt.Key.Key_Down)
    at = [one.number for one in door.arrivals].index(order.number)
    for _ in range(at):
        await door.hands.press(Qt.Key.Key_Down)
    await door.hands.press(Qt.Key.Key_Return)
    await until(lambda: len(door.state.rows) == 3, "the lines of the order")
    assert sorted((one.sku, one.expected, one.received) for one in door.state.rows) == [
        (SKU, 5, 0),
        (SAW, 4, 0),
        (TAPE, 2, 0),
    ]
    places = {one.sku: at for at, one in enumerate(door.state.rows)}
    await door.hands.press(Qt.Key.Key_E, CONTROL)
    await door.row(TAPE, received=2)
    await door.hands.press(Qt.Key.Key_Down)
    door.screen.receipt.table.select(places[SAW])
    await door.hands.type("3\t1")
    await door.hands.press(Qt.Key.Key_Return)
    await door.row(SAW, received=3, damaged=1, short=1)
    door.screen.receipt.table.setFocus()
    door.screen.receipt.table.select(places[SKU])
    await door.hands.type("-")
    await door.row(SKU, received=4, short=1)
    await door.hands.type("m")
    await door.row(SKU, received=4, missing=1, short=0)
    door.screen.receipt.table.select(places[TAPE])
    await door.hands.type("+")
    await door.row(TAPE, received=3, over=1)
    await door.hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: dialog() is not None, "the question")
    question = dialog()
    assert question is not None
    said = " ".join(texts(question))
    for part in ("10 units", "Damaged: 1", "Missing: 1", "Not here yet: 1", "announced: 1"):
        assert part in said
    question.accept()
    await until(lambda: door.is_posted, "it to be posted")
    after = {sku: (await door.hands.item(sku)).on_hand - was for sku, was in before.items()}
    assert after == {SKU: 4, SAW: 2, TAPE: 3}
    paper = await door.receiving.find_paper("store_seattle", order.number)
    assert isinstance(paper, PurchaseOrder)
    assert paper.state is PurchaseOrderState.PART_RECEIVED
    assert {one.sku: one.outstanding for one in paper.lines} == {SKU: 0, SAW: 1, TAPE: 0}
    # The rest comes with another receipt, which expects just that.
    await door.hands.press(Qt.Key.Key_Escape)
    await until(lambda: door.state.receipt is None, "the list")
    await door.open(order.number)
    await until(lambda: bool(door.state.rows), "the rest")
    assert [(one.sku, one.expected) for one in door.state.rows] == [(SAW, 1)]
    await door.hands.press(Qt.Key.Key_E, CONTROL)
    await door.row(SAW, received=1)
    await door.posted()
    paper = await door.receiving.find_paper("store_seattle", order.number)
    assert paper is not None and paper.state is PurchaseOrderState.RECEIVED


async def test_an_undo_behind_a_posting_is_about_the_posting(hands: Hands):
    door = await enter(hands)
    before = (await hands.item(SAW)).on_hand
    await hands.press(Qt.Key.Key_N, CONTROL)
    await until(lambda: door.state.editable, "a receipt")
    await hands.scan(SAW)
    await door.row(SAW, received=1)
    await door.choose(SAW)
    await hands.type("6")
    assert door.state.receipt is not None
    number = door.state.receipt.number
    # One right behind the other, before anything of it is written.
    QTest.keyClick(focus(), Qt.Key.Key_Return, CONTROL)
    QTest.keyClick(focus(), Qt.Key.Key_Z, CONTROL)
    await until(dialog, "the question")
    question = dialog()
    assert question is not None
    assert f"Undo goods receipt {number}?" in texts(question)
    assert (await hands.item(SAW)).on_hand == before + 6
    question.accept()
    await until(lambda: "Undone" in texts(door.screen.receipt), "it to be undone")
    assert (await hands.item(SAW)).on_hand == before


async def test_ten_are_shipped_nine_arrive_and_one_is_noted_missing(hands: Hands):
    door = await enter(hands)
    transfer = await door.shipped(SAW, 10)
    before = (await door.hands.item(SAW)).on_hand
    await door.listed(transfer.number)
    assert any(one[0] == "Transfer from Tacoma" for one in cells(door.screen.arrivals.table))
    await door.open(transfer.number)
    for _ in range(9):
        await door.hands.scan(SAW)
    await door.row(SAW, received=9, expected=10, short=1)
    await door.hands.click(door.screen.receipt.card.rest)
    await door.row(SAW, received=9, missing=1, short=0)
    await door.posted()
    assert (await door.hands.item(SAW)).on_hand == before + 9
    paper = await door.receiving.find_paper("store_seattle", transfer.number)
    assert isinstance(paper, Transfer)
    assert paper.state is TransferState.RECEIVED
    assert [(one.shipped, one.received, one.missing) for one in paper.differences] == [(10, 9, 1)]

    await door.hands.click(door.screen.receipt.undo)
    question = dialog()
    assert question is not None
    question.accept()
    await until(lambda: "Undone" in texts(door.screen.receipt), "it to be undone")
    assert not any("Taken in" in one for one in texts(door.screen.receipt))
    assert (await door.hands.item(SAW)).on_hand == before
    paper = await door.receiving.find_paper("store_seattle", transfer.number)
    assert isinstance(paper, Transfer) and paper.in_transit == 10


async def test_what_turns_up_after_all_is_not_missing_any_more(hands: Hands):
    door = await enter(hands)
    transfer = await door.shipped(TAPE, 3)
    await door.listed(transfer.number)
    await door.open(transfer.number)
    await door.hands.scan(TAPE)
    await door.row(TAPE, received=1)
    await door.hands.click(door.screen.receipt.card.rest)
    await door.row(TAPE, missing=2)
    await door.hands.scan(TAPE)
    await door.row(TAPE, received=2, missing=1)


async def test_a_receipt_that_was_begun_goes_on_where_it_was_left(hands: Hands):
    door = await enter(hands)
    order = await door.ordered(HND_HAMMER_001=2)
    await door.listed(order.number)
    await door.open(order.number)
    await door.hands.scan(SKU)
    await door.row(SKU, received=1)
    begun = door.state.receipt
    assert begun is not None
    await door.hands.press(Qt.Key.Key_Escape)
    await until(lambda: door.state.receipt is None, "the list")
    await door.listed(begun.number)
    assert order.number not in [one.number for one in door.arrivals]
    for _ in range(2):
        door.screen.view_model.begin_with(order.number)
    await door.row(SKU, received=1, expected=2)
    assert door.state.receipt is not None
    assert door.state.receipt.receipt_id == begun.receipt_id
    await door.hands.click(door.screen.receipt.discard)
    question = dialog()
    assert question is not None
    question.accept()
    await until(lambda: door.state.receipt is None, "the list")
    await door.listed(order.number)


async def test_a_number_that_makes_no_sense_is_said(hands: Hands):
    door = await enter(hands)
    await door.hands.type("4711")
    await door.hands.press(Qt.Key.Key_Return)
    await until(lambda: any("Type the number of a transfer" in one for one in texts(door.screen)))
    number = door.screen.arrivals.number
    assert (focus(), number.selectedText()) == (number, "4711")
    await door.hands.press(Qt.Key.Key_N, CONTROL)
    # It stays when the list is shown once more, because something else arrived.
    door.screen.view_model.state_changed.emit(door.state)
    assert any("“4711” is typed" in one for one in texts(door.screen))
    await door.hands.press(Qt.Key.Key_Escape)
    await door.hands.press(Qt.Key.Key_N, CONTROL)
    await until(lambda: door.state.editable, "a receipt")
    await door.hands.scan(SKU)
    await door.row(SKU, received=1)
    card = door.screen.receipt.card
    card.editor.start()
    await door.hands.type("1\t5")
    await door.hands.press(Qt.Key.Key_Return)
    assert "No more can be damaged than are here." in texts(card)
    card.edits["damaged"].setText("x")
    await door.hands.press(Qt.Key.Key_Return)
    assert "Quantity must be a whole number, for example 3." in texts(card)
    await door.row(SKU, received=1, damaged=0)


async def test_goods_before_their_paper_are_taken_in_and_find_it_later(hands: Hands):
    door = await enter(hands)
    transfer = await door.shipped(SKU, 2)
    session = door.hands.client.session
    key = {"number": transfer.number}
    (stored,) = await session.query("SELECT * FROM transfers WHERE number = :number", key)
    await session.query("EVICT FROM transfers WHERE number = :number", key)
    await until(lambda: all(one.number != transfer.number for one in door.arrivals), "it to go")
    await door.hands.scan(transfer.number)
    await until(lambda: dialog() is not None, "the question")
    question = dialog()
    assert question is not None
    assert f"{transfer.number} has not arrived here" in texts(question)
    question.accept()
    await until(lambda: door.state.editable, "a receipt")
    await door.hands.scan(SKU)
    await door.row(SKU, received=1, expected=0)
    await session.query("INSERT INTO transfers DOCUMENTS (:one)", {"one": stored})
    # The paper arrives while its goods are being unpacked.
    await door.row(SKU, received=1, expected=2)
    await door.posted()
    receipt = door.state.receipt
    assert receipt is not None and not receipt.waits_for_paper
    paper = await door.receiving.find_paper("store_seattle", transfer.number)
    assert isinstance(paper, Transfer) and paper.in_transit == 1


async def test_a_receipt_posted_before_its_paper_is_linked_by_the_list(hands: Hands):
    door = await enter(hands)
    transfer = await door.shipped(SKU, 1)
    session = door.hands.client.session
    key = {"number": transfer.number}
    (stored,) = await session.query("SELECT * FROM transfers WHERE number = :number", key)
    await session.query("EVICT FROM transfers WHERE number = :number", key)
    door.screen.view_model.begin_with(transfer.number, anyway=True)
    await until(lambda: door.state.editable, "a receipt")
    await door.hands.scan(SKU)
    await door.row(SKU, received=1)
    await door.posted()
    await door.hands.press(Qt.Key.Key_Escape)
    await until(lambda: any("Paper to come" in one for one in cells(door.screen.arrivals.table)))
    await session.query("INSERT INTO transfers DOCUMENTS (:one)", {"one": stored})
    await until(
        lambda: not any("Paper to come" in one for one in cells(door.screen.arrivals.table)),
        "linked",
        20,
    )
    paper = await door.receiving.find_paper("store_seattle", transfer.number)
    assert isinstance(paper, Transfer) and paper.state is TransferState.RECEIVED


async def test_the_printed_receipt_says_what_differed(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    door = await enter(hands)
    transfer = await door.shipped(SAW, 4)
    await door.listed(transfer.number)
    await door.open(transfer.number)
    await door.row(SAW, expected=4)
    await door.hands.press(Qt.Key.Key_Down)
    await door.hands.type("3\t1\t1\tBox was wet")
    await door.hands.press(Qt.Key.Key_Return)
    await door.row(SAW, received=3, damaged=1, missing=1)
    await door.posted()
    assert named(door.screen, "Print…").isEnabled()
    receipt = door.state.receipt
    assert receipt is not None
    report = receipt_report(receipt, "Transfer from Tacoma", "Seattle")
    assert report.rows == [(SAW, door.product(SAW).name, "4", "3", "1", "1 missing")]
    path = tmp_path / "receipt.pdf"
    save_pdf(printout(report), path)
    printed = pdfs.read(path)
    assert printed.codes == [[receipt.number]]
    for part in (transfer.number, "Transfer from Tacoma", "Maya", "Box was wet", "1 missing"):
        assert part in printed.pages[0]
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    door.screen.view_model.close()
    table = door.screen.arrivals.table
    # The list hears of the posting a moment later than the receipt that was open.
    posted = (receipt.number, "Received")
    await until(lambda: posted in ((one.number, one.state) for one in door.arrivals), "it listed")
    table.select([one.number for one in door.arrivals].index(receipt.number))
    menu = row_menu(table, table.currentIndex().row())
    (printing,) = [one for one in menu.actions() if "Print the receipt" in one.text()]
    printing.trigger()
    menu.close()
    await save_as(path := tmp_path / "from the list.pdf")
    await until(lambda: f"saved as {path}" in door.state.message.text, "the sentence")
    assert pdfs.read(path).pages == printed.pages
    assert door.state.receipt is None


async def three_lines(hands: Hands) -> tuple[Door, PurchaseOrder]:
    """A receipt is open against an order of three products."""
    door = await enter(hands)
    order = await door.ordered(HND_HAMMER_001=5, HND_HAMMER_002=6, HND_HAMMER_003=7)
    await door.listed(order.number)
    await door.open(order.number)
    await until(lambda: len(door.state.rows) == 3, "the lines of the order")
    return door, order


async def test_what_is_typed_is_saved_for_its_product_though_that_came_meanwhile(hands: Hands):
    door, order = await three_lines(hands)
    await door.choose(SKU)
    await hands.type("1")
    await door.colleague(order, HND_HAMMER_001=5)
    await until(lambda: SKU not in [one.sku for one in door.state.rows], "it to go")
    assert door.screen.receipt.table.current() is None
    assert "Not among the lines any more" in texts(door.screen.receipt.card)
    await hands.type("2")
    await hands.press(Qt.Key.Key_Return)
    await door.row(SKU, received=12, expected=0)
    assert [one.received for one in door.state.rows if one.sku != SKU] == [0, 0]
    chosen = door.screen.receipt.table.current()
    assert chosen is not None and chosen.sku == SKU


async def test_what_was_typed_for_a_line_that_went_is_given_up_with_esc(hands: Hands):
    door, order = await three_lines(hands)
    await door.choose(SKU)
    await hands.type("1")
    await door.colleague(order, HND_HAMMER_001=5)
    await until(lambda: SKU not in [one.sku for one in door.state.rows], "it to go")
    await hands.press(Qt.Key.Key_Escape)
    card = door.screen.receipt.card
    assert "Scan a product, or choose a line" in texts(card)
    assert not card.edits["received"].isEnabled()
    assert door.screen.receipt.line.line.hasFocus()


@pytest.mark.parametrize("by_click", [False, True], ids=["Ctrl+Enter", "a click"])
async def test_what_is_typed_is_saved_and_taken_in_at_once(hands: Hands, by_click: bool):
    door, _ = await three_lines(hands)
    before = (await hands.item()).on_hand
    await door.choose(SKU)
    await hands.type("3")
    if by_click:
        await hands.click(door.screen.receipt.post)
    else:
        await hands.press(Qt.Key.Key_Return, CONTROL)
    # What comes of it is asked about.
    await until(dialog, "the question")
    question = dialog()
    assert question is not None
    assert "Take in 3 units?" in texts(question)
    question.accept()
    await until(lambda: door.is_posted, "it to be posted")
    assert (await hands.item()).on_hand == before + 3


async def test_nothing_is_taken_in_while_what_is_typed_is_refused(hands: Hands):
    door, _ = await three_lines(hands)
    await door.choose(SKU)
    await hands.press(Qt.Key.Key_Return)
    await hands.type("x")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    assert "Quantity must be a whole number, for example 3." in texts(door.screen.receipt.card)
    await until(lambda: not door.screen.view_model.actions.running, "a rest")
    assert door.state.editable
    assert dialog() is None
    await hands.press(Qt.Key.Key_Escape)


async def test_what_is_typed_stays_when_less_is_expected(hands: Hands):
    door, order = await three_lines(hands)
    await door.choose(SKU)
    await hands.type("1")
    await door.colleague(order, HND_HAMMER_001=1)
    await door.row(SKU, expected=4)
    assert "4 expected" in texts(door.screen.receipt.card)
    await hands.type("2")
    await hands.press(Qt.Key.Key_Return)
    await door.row(SKU, received=12)


async def test_a_scan_while_the_line_is_open_is_not_taken_back_by_enter(hands: Hands):
    door, _ = await three_lines(hands)
    await door.choose(SKU)
    await hands.press(Qt.Key.Key_Return)
    await hands.scan(SKU)
    await door.row(SKU, received=1)
    received = door.screen.receipt.card.edits["received"]
    assert received.selectedText() == "1"
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: not door.screen.view_model.actions.running, "a rest")
    await door.row(SKU, received=1)


async def test_what_others_take_in_does_not_move_the_choice(hands: Hands):
    door, order = await three_lines(hands)
    await hands.scan(TAPE)
    await door.row(TAPE, received=1)
    chosen = door.screen.receipt.table.current()
    assert chosen is not None and chosen.sku == TAPE
    await door.choose(SKU)
    await door.colleague(order, HND_HAMMER_002=1)
    await door.row(SAW, expected=5)
    await hands.type("12")
    await hands.press(Qt.Key.Key_Return)
    await door.row(SKU, received=12)
    await door.row(TAPE, received=1)


async def test_scans_before_one_goes_back_all_count(hands: Hands, monkeypatch: pytest.MonkeyPatch):
    door, order = await three_lines(hands)
    go = asyncio.Event()
    repository = door.screen.view_model._receiving
    real = repository.set_line

    async def slow(*arguments: object) -> GoodsReceipt:
        await go.wait()
        return await real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(repository, "set_line", slow)
    for _ in range(3):
        assert door.screen.take_scan(hands.read(SKU))
    door.screen._back()
    await door.hands.press(Qt.Key.Key_N, CONTROL)
    go.set()
    await until(lambda: door.state.editable, "another receipt")
    assert door.state.rows == ()
    door.screen._back()
    await door.open(order.number)
    await door.row(SKU, received=3, expected=5)


def chosen(table: RowsTable) -> str:
    """The code of the chosen line."""
    one = table.current()
    assert one is not None
    return str(one.sku)


async def test_what_is_typed_counts_when_the_next_product_is_scanned(hands: Hands):
    door, _ = await three_lines(hands)
    table, received = door.screen.receipt.table, door.screen.receipt.card.edits["received"]
    await door.choose(SKU)
    await hands.type("7")
    await hands.scan(SAW)
    await door.row(SKU, received=7)
    await door.row(SAW, received=1)
    assert chosen(table) == SAW
    # Of the same product it is one more than what was typed, and a digit begins anew.
    await hands.type("2")
    await hands.scan(SAW)
    await door.row(SAW, received=3)
    await until(lambda: received.selectedText() == "3", "three in the line")
    table.setFocus()
    await hands.type("5")
    table.setFocus()
    await hands.type("+")
    await door.row(SAW, received=6)
    # A scan waits while something is typed that is no number.
    await hands.press(Qt.Key.Key_Return)
    await hands.type("x")
    await hands.scan(TAPE)
    assert "The scan was not taken: first correct what is typed." in texts(door.screen)
    await door.row(TAPE, received=0)
    assert "Quantity must be a whole number, for example 3." in texts(door.screen.receipt.card)
    assert chosen(table) == SAW
    assert (focus(), received.text()) == (received, "x")


async def test_a_product_that_is_typed_and_not_taken_is_not_left_out(hands: Hands):
    door, _ = await three_lines(hands)
    line = door.screen.receipt.line
    await hands.scan(SKU)
    await door.row(SKU, received=1)
    line.setFocus()
    await hands.type("stubby")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    assert dialog() is None
    assert door.state.editable
    assert "“stubby” is typed and not taken: Enter takes it, Esc clears it." in texts(line)
    assert focus() is line.line
    await hands.press(Qt.Key.Key_Escape)
    await door.posted()


async def test_what_is_typed_is_kept_by_every_way_out_of_the_line(hands: Hands):
    door, order = await three_lines(hands)
    screen, skus = door.screen, [one.sku for one in door.state.rows]
    received = screen.receipt.card.edits["received"]
    await door.choose(TAPE)
    await hands.type("5")
    await hands.click(screen.receipt.card.rest)
    await door.row(TAPE, received=5, missing=2)
    await door.choose(SAW)
    await hands.type("2")
    await hands.click_row(screen.receipt.table, skus.index(SKU))
    await door.row(SAW, received=2)
    assert chosen(screen.receipt.table) == SKU
    await door.choose(SAW)
    await hands.type("4")
    await hands.click(screen.receipt.everything)
    await door.row(SAW, received=4)
    await door.row(SKU, received=5)
    await door.choose(SKU)
    await hands.press(Qt.Key.Key_Return)
    await hands.type("x")
    for leave in (
        lambda: hands.click_row(screen.receipt.table, skus.index(SAW)),
        lambda: hands.press(Qt.Key.Key_E, CONTROL),
        lambda: hands.click(named(screen, "Back")),
    ):
        await leave()
        assert chosen(screen.receipt.table) == SKU
        assert (focus(), received.text()) == (received, "x")
        assert not screen.view_model.actions.running
    received.selectAll()
    await hands.type("3")
    await hands.press(Qt.Key.Key_1, ALT)
    await hands.press(Qt.Key.Key_4, ALT)
    await door.row(SKU, received=3)
    screen.receipt.table.setFocus()
    await hands.type("1")
    await hands.click(named(screen, "Back"))
    await until(lambda: door.state.receipt is None, "the list")
    await door.open(order.number)
    await door.row(SKU, received=1)


@pytest.mark.parametrize("state", ["draft", "cancelled", "received"])
async def test_an_order_of_which_nothing_is_expected_begins_no_receipt(hands: Hands, state: str):
    door = await enter(hands)
    if state == "draft":
        product = door.product(SKU)
        order = await door.orders.create(BEN, {product.product_id: (product, 5)}, "Acme")
        said = f"{order.number} is not ordered yet"
    else:
        order = await door.ordered(HND_HAMMER_001=5)
        if state == "cancelled":
            await door.orders.cancel(order, BEN)
            said = f"{order.number} was cancelled"
        else:
            await door.colleague(order, HND_HAMMER_001=5)
            said = f"Nothing more of {order.number} is expected"
    await hands.scan(order.number)
    await until(dialog, "the sentence")
    asked = dialog()
    assert asked is not None
    assert said in texts(asked)
    assert door.state.receipt is None
    await hands.click(named(asked, "Open in Reorder"))
    reorder = hands.workplace.current
    assert isinstance(reorder, ReorderScreen)
    await until(lambda: (paper := reorder.view_model.state.paper) and paper.number, "the order")
    assert reorder.view_model.state.paper is not None
    assert reorder.view_model.state.paper.number == order.number


async def test_a_transfer_that_has_not_left_is_taken_in_only_with_a_yes(hands: Hands):
    door = await enter(hands)
    product = door.product(SKU)
    lines = {product.product_id: (product, 2)}
    transfer = await door.transfers.request("store_tacoma", "store_seattle", lines, TOM)
    await hands.scan(transfer.number)
    await until(dialog, "the question")
    asked = dialog()
    assert asked is not None
    assert f"Nothing of {transfer.number} is on its way" in texts(asked)
    assert door.state.receipt is None
    await hands.click(named(asked, "Receive against it"))
    await until(lambda: door.state.receipt is not None, "the receipt")
    door.screen.view_model.close()
    await door.transfers.cancel(transfer, TOM)
    await hands.scan(transfer.number)
    # What was begun goes on, whatever becomes of the paper.
    await until(lambda: door.state.receipt is not None, "the receipt again")
    door.screen.view_model.discard()
    await until(lambda: door.state.receipt is None, "it thrown away")
    await hands.scan(transfer.number)
    await until(dialog, "the sentence")
    asked = dialog()
    assert asked is not None
    assert f"{transfer.number} was cancelled" in texts(asked)
    await hands.press(Qt.Key.Key_Escape)
    assert door.state.receipt is None
