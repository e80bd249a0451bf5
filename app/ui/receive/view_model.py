"""Receiving goods: what is on its way, and one receipt as it is filled in and taken in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.approvals import Approval, WordNeededError
from app.domain.conventions import US, Conventions
from app.domain.entities import Actor, Store
from app.domain.errors import InvalidInputError, PaperError
from app.domain.receiving import GoodsReceipt, Paper, ReceiptState
from app.domain.scans import Scan
from app.domain.transfers import Transfer
from app.ui.core.actions import Actions
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.open_paper import OpenPaper
from app.ui.core.scan_words import SCAN_WAITS, refusal
from app.ui.core.unusual import UsualQuantities
from app.ui.receive.arrivals import arrivals
from app.ui.receive.closed import ClosedPaper
from app.ui.receive.lines import Quantities
from app.ui.receive.papers import StorePapers
from app.ui.receive.receipt_lines import ReceiptLines
from app.ui.receive.start import ReceiptStart, names_a_paper
from app.ui.receive.state import ReceiveState
from connector_config.errors import UserError
from connector_config.schema.instants import to_iso


class ReceiveViewModel(QObject):
    """Follows the papers of one store; all changes go through `actions`, in order.

    `line_refused` carries what is wrong with a typed quantity, `unknown_paper` a number that this
    device has not seen, `closed_paper` a ClosedPaper, `leaving` the id of a transfer that is sent
    from here, `unusual` the Unusual of which `post` has to be sure, `word_needed` the
    WordNeededError of what a manager has to approve.
    """

    state_changed = Signal(object)
    line_refused = Signal(object)
    unknown_paper = Signal(str)
    closed_paper = Signal(object)
    leaving = Signal(str)
    unusual = Signal(object)
    word_needed = Signal(object)
    scan_refused = Signal()

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        receiving: ReceivingRepository,
        transfers: TransferRepository,
        orders: PurchaseOrderRepository,
        actor: Actor,
        stores: Sequence[Store],
        now: Callable[[], datetime],
        conventions: Conventions = US,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._receiving = receiving
        self._transfers = transfers
        self._usual = UsualQuantities(catalogue, stock)
        self._actor = actor
        self.stores = {store.store_id: store.short_name for store in stores}
        self._now = now
        self._conventions = conventions
        self._papers = StorePapers(receiving, transfers, orders, actor.profile, self._emit)
        self._start = ReceiptStart(receiving, self._papers, actor)
        self._active = False
        self._following = ExitStack()
        self._open_receipt = OpenPaper[GoodsReceipt](lambda receipt: receipt.receipt_id)
        self.state = ReceiveState()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        self._lines = ReceiptLines(
            catalogue, receiving, self._open_receipt, actor, self.actions, self._write
        )

    def activate(self) -> None:
        """Follow the store, or the open receipt."""
        self._active = True
        self.state = replace(self.state, message=NO_MESSAGE)
        self._follow()

    def deactivate(self) -> None:
        """Stop following."""
        self._active = False
        self._following.close()

    def begin(self, paper: Paper | None = None) -> None:
        """Open the receipt that was begun against a paper, or begin one."""

        async def work() -> None:
            # A second press finds what the first one opened.
            if self._open_receipt.paper is None:
                self._open(*await self._start.against(paper))

        self.actions.add(work)

    def begin_with(self, number: str, anyway: bool = False) -> None:
        """Open the receipt for a number of a receipt or a paper.

        With `anyway` also of a paper to come, or of one whose goods nobody expects.
        """
        number = number.strip().upper()

        async def work() -> None:
            if self._open_receipt.paper is not None:
                return
            started = await self._start.with_number(number, anyway)
            if isinstance(started, ClosedPaper):
                self.closed_paper.emit(started)
            elif started is not None:
                self._open(*started)
            elif (leaves := await self._leaving(number)) is not None:
                self.leaving.emit(leaves.transfer_id)
            elif names_a_paper(number):
                self.unknown_paper.emit(number)
            else:
                self.say(
                    problem(
                        "Type the number of a transfer (TR-…) or of an order (PO-…), or receive "
                        "without a paper."
                    )
                )

        self.actions.add(work)

    def open_id(self, receipt_id: str) -> None:
        """Show the receipt with an id, unless something else is opened first."""
        self.close()
        opening = self._open_receipt.opening

        async def work() -> None:
            receipt = await self._receiving.with_id(receipt_id)
            paper = await self._receiving.paper_of(receipt) if receipt is not None else None
            if receipt is not None and self._active and opening is self._open_receipt.opening:
                self._open(receipt, paper)

        self.actions.add(work)

    def read(
        self, receipt: GoodsReceipt, act: Callable[[GoodsReceipt, Paper | None], object]
    ) -> None:
        """Call `act` with a receipt of the list and the paper that it was against."""

        async def work() -> None:
            act(receipt, await self._receiving.paper_of(receipt))

        self.actions.add(work)

    def open(self, receipt: GoodsReceipt) -> None:
        """Show a receipt."""

        async def work() -> None:
            self._open(receipt, await self._receiving.paper_of(receipt))

        self.actions.add(work)

    def close(self) -> None:
        """Go back to the list; what was filled in is stored."""
        self._open_receipt.close()
        self._lines.announced = None
        self.state = ReceiveState(self.state.arrivals)
        if self._active:
            self._follow()
        self.state_changed.emit(self.state)

    def take(self, scan: Scan) -> None:
        """One more unit or pack of a scanned product."""
        if scan.product is None:
            self.say(problem(refusal(scan)))
            self.scan_refused.emit()
        else:
            self.add(scan.product.product_id, scan.product.units)

    def say(self, message: Message) -> None:
        """Show a message."""
        self.state = replace(self.state, message=message)
        self.state_changed.emit(self.state)

    def refuse_scan(self) -> None:
        """Say that a scan waits for something typed that cannot be read."""
        self.say(problem(SCAN_WAITS))
        self.scan_refused.emit()

    def add(self, product_id: str, by: int) -> None:
        """Count more units of a product as here, or with a minus fewer."""
        self._work_on(product_id)
        self._lines.add(product_id, by)

    def set_line(
        self, product_id: str, received: str, damaged: str, missing: str, note: str
    ) -> bool:
        """Set what was typed of a product, an empty text for 0; False when it was refused."""
        try:
            quantities = Quantities.of(received, damaged, missing, self._conventions)
        except InvalidInputError as error:
            self.line_refused.emit(error)
            return False
        self._work_on(product_id)
        self._lines.set(product_id, quantities, note)
        return True

    def give_up_rest(self, product_id: str) -> None:
        """Note what is still expected of a product as missing."""
        self._work_on(product_id)
        self._lines.give_up_rest(product_id)

    def all_as_expected(self) -> None:
        """Fill in every line that is empty as announced."""
        self._lines.all_as_expected()

    def when_written(self, act: Callable[[], object]) -> None:
        """Act when all that was changed is stored, if none of it failed and the receipt is open."""
        opening = self._open_receipt.opening

        async def work() -> None:
            if opening is self._open_receipt.opening:
                act()

        self.actions.submit(work)

    def post(self, sure: bool = False, approval: Approval | None = None) -> None:
        """Take in the goods of the open receipt; unusually many are asked about unless `sure`.

        `approval` is a manager's word for it, for which `word_needed` asks with the error.
        """
        actor = replace(self._actor, approved_by=approval)
        receipt, announced = self._open_receipt.paper, self._lines.announced
        if receipt is None:
            return

        async def work() -> None:
            asked = [] if sure else self._lines.asked(receipt, announced)
            if not (found := await self._usual.unusual(asked)):
                try:
                    step = self._receiving.post(receipt, actor)
                    await self._write(step, "Taken in: stock has gone up.")
                except WordNeededError as error:
                    if not self._open_receipt.is_open(receipt):
                        raise
                    self.word_needed.emit(error)
            elif self._open_receipt.is_open(receipt):
                self.unusual.emit(found)
            else:
                raise PaperError(f"{receipt.number} was not taken in: {found[0].text}")

        self.actions.add(work)

    def say_not_approved(self) -> None:
        """Say that nothing was taken in, because no manager approved it."""
        self.say(problem(NOT_APPROVED))

    def undo(self) -> None:
        """Take the open receipt back."""
        self._step(self._receiving.undo, "Undone: stock is as it was without this receipt.")

    def discard(self) -> None:
        """Throw the open draft away."""
        receipt = self._open_receipt.paper
        if receipt is None:
            return

        async def work() -> None:
            await self._receiving.discard(receipt, self._actor)
            if self._open_receipt.is_open(receipt):
                self.close()

        self.actions.add(work)

    def _step(
        self, step: Callable[[GoodsReceipt, Actor], Awaitable[GoodsReceipt]], message: str
    ) -> None:
        receipt = self._open_receipt.paper
        if receipt is not None:
            self.actions.add(lambda: self._write(step(receipt, self._actor), message))

    def _work_on(self, product_id: str) -> None:
        if self._open_receipt.paper is not None:
            revision = self.state.revision + 1
            self.state = replace(self.state, chosen=product_id, revision=revision)
            self.state_changed.emit(self.state)

    async def _write(self, step: Awaitable[GoodsReceipt], message: str) -> None:
        if await self._open_receipt.write(step):
            self._emit()
            self.say(Message(message))

    def _open(self, receipt: GoodsReceipt, announced: Paper | None) -> None:
        self._open_receipt.open(receipt)
        self._lines.announced = announced
        self.state = replace(self.state, chosen="", message=NO_MESSAGE)
        if self._active:
            self._follow()
        self._emit()

    def _follow(self) -> None:
        self._following.close()
        receipt, announced = self._open_receipt.paper, self._lines.announced
        if receipt is not None:
            self._following.callback(self._receiving.watch(receipt, self._on_receipt))
        if announced is not None:
            self._following.callback(self._papers.watch(announced, self._on_announced))
        elif receipt is None or receipt.waits_for_paper:
            self._following.callback(self._papers.follow())
        self._following.callback(self._catalogue.on_changed(self._emit))

    async def _leaving(self, number: str) -> Transfer | None:
        """The transfer with a number, if its goods leave this store."""
        store_id = self._actor.profile.store_id
        found = await self._transfers.with_number(store_id, number)
        return found if found is not None and found.from_store_id == store_id else None

    def _on_receipt(self, receipt: GoodsReceipt) -> None:
        if self._open_receipt.renew(receipt):
            self._emit()

    def _on_announced(self, paper: Paper) -> None:
        self._lines.announced = paper
        self._emit()

    def _emit(self) -> None:
        receipt = self._open_receipt.paper
        if receipt is not None:
            self._show_receipt(receipt)
        elif self._papers.complete:
            shown = arrivals(
                self._papers.receipts,
                self._papers.announced,
                self.stores,
                self._actor.device.device_id,
                to_iso(self._now()),
            )
            self.state = replace(self.state, arrivals=shown)
            self.state_changed.emit(self.state)

    def _show_receipt(self, receipt: GoodsReceipt) -> None:
        here = self._papers.with_number(receipt.paper_number)
        if self._lines.announced is None and here is not None:
            # It arrived while its goods were being unpacked.
            self._lines.announced = here
            if self._active:
                self._follow()
        own = receipt.signature.device_id == self._actor.device.device_id
        self.state = replace(
            self.state,
            receipt=receipt,
            paper=self._lines.announced,
            rows=self._lines.rows,
            editable=own and receipt.state is ReceiptState.DRAFT,
        )
        self.state_changed.emit(self.state)

    def _on_failed(self, error: UserError) -> None:
        self.say(problem(error))
