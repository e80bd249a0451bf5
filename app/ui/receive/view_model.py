"""Goods receipt: what is on its way, and one receipt as it is filled in and taken in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.data.stock.catalogue import Catalogue
from app.domain.entities import Actor, Store
from app.domain.errors import InvalidInputError, ZavaError
from app.domain.receiving import GoodsReceipt, Paper, ReceiptKind, ReceiptState
from app.domain.transfers import Transfer
from app.ui.core.actions import Actions
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.receive.arrivals import Arrival, arrivals
from app.ui.receive.lines import ReceiptRow, new_row, quantity_of, rows_of
from app.ui.receive.papers import StorePapers
from connector_config.schema.instants import to_iso

_KINDS = {"TR-": ReceiptKind.TRANSFER, "PO-": ReceiptKind.PURCHASE_ORDER}


@dataclass(frozen=True, slots=True)
class ReceiveState:
    """`arrivals` is None before the first answer; `receipt` is the one that is open.

    `chosen` is the product that was worked on last, `acts` how often one was; `message` is what is
    said of it.
    """

    arrivals: tuple[Arrival, ...] | None = None
    receipt: GoodsReceipt | None = None
    paper: Paper | None = None
    rows: tuple[ReceiptRow, ...] = ()
    editable: bool = False
    chosen: str = ""
    acts: int = 0
    message: Message = NO_MESSAGE


class ReceiveViewModel(QObject):
    """Follows the papers of one store; all changes go through `actions`, in order.

    `line_refused` carries what is wrong with a typed quantity, `unknown_paper` a number that this
    device has not seen.
    """

    state_changed = Signal(object)
    line_refused = Signal(object)
    unknown_paper = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        receiving: ReceivingRepository,
        transfers: TransferRepository,
        orders: PurchaseOrderRepository,
        actor: Actor,
        stores: Sequence[Store],
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._receiving = receiving
        self._transfers = transfers
        self._orders = orders
        self._actor = actor
        self.stores = {store.store_id: store.short_name for store in stores}
        self._now = now
        self._papers = StorePapers(receiving, transfers, orders, actor.profile, self._emit)
        self._cancels: list[Callable[[], None]] = []
        self._active = False
        self._awaited = ""
        self._written: GoodsReceipt | None = None
        self.state = ReceiveState()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)

    def activate(self) -> None:
        """Follow the store, or the open receipt."""
        self._active = True
        self.state = replace(self.state, message=NO_MESSAGE)
        self._follow()

    def deactivate(self) -> None:
        """Stop following."""
        self._active = False
        self._awaited = ""
        self._stop()

    def begin(self, paper: Paper | None = None) -> None:
        """Open a receipt against a paper, the one that was begun already if there is one."""

        async def work() -> None:
            # A second press finds what the first one opened.
            if self.state.receipt is None:
                begun = paper and self._draft_of(paper.number)
                self._open(begun or await self._begin(paper), paper)

        self.actions.add(work)

    def begin_with(self, number: str, unseen: bool = False) -> None:
        """Open what has this number: a receipt, a paper, or with `unseen` a paper to come."""
        number = number.strip().upper()

        async def work() -> None:
            if self.state.receipt is not None:
                return
            known = (one for one in self._papers.receipts if one.number == number)
            if receipt := next(known, None) or self._draft_of(number):
                self._open(receipt, await self._receiving.paper_of(receipt))
                return
            paper = await self._receiving.find_paper(self._actor.profile.store_id, number)
            if paper is not None or unseen:
                self._open(await self._begin(paper, number), paper)
            elif number[:3] in _KINDS:
                self.unknown_paper.emit(number)
            else:
                self._say(
                    problem(
                        "Type the number of a transfer (TR-…) or of an order (PO-…), or receive "
                        "without a paper."
                    )
                )

        self.actions.add(work)

    def open_id(self, receipt_id: str) -> None:
        """Show the receipt with an id, now or as soon as the receipts have been read."""
        self.close()
        self._awaited = receipt_id
        self._open_awaited()

    def open(self, receipt: GoodsReceipt) -> None:
        """Show a receipt."""

        async def work() -> None:
            self._open(receipt, await self._receiving.paper_of(receipt))

        self.actions.add(work)

    def close(self) -> None:
        """Back to what is on its way; what was filled in is stored."""
        self.state = ReceiveState(self.state.arrivals)
        if self._active:
            self._follow()
        self.state_changed.emit(self.state)

    def take(self, code: str) -> None:
        """One more unit of a scanned product."""
        product_id = self._catalogue.with_code(code)
        if product_id is None:
            self._say(problem(f"No product has the code {code}: look it up by its name."))
        else:
            self.add(product_id, 1)

    def add(self, product_id: str, by: int) -> None:
        """So many more units of a product are here, or fewer."""

        def more(row: ReceiptRow) -> ReceiptRow:
            received = max(row.received + by, 0)
            # What was given up and turned up after all is not missing any more.
            missing = min(row.missing, max(row.expected - received, 0))
            damaged = min(row.damaged, received)
            return replace(row, received=received, damaged=damaged, missing=missing)

        self._change(product_id, more, _here)

    def set_line(
        self, product_id: str, received: str, damaged: str, missing: str, note: str
    ) -> bool:
        """What was typed of a product, an empty number for 0; False when it was refused."""
        typed = (("received", received), ("damaged", damaged), ("missing", missing))
        try:
            here, broken, lost = (quantity_of(field, text) for field, text in typed)
            if broken > here:
                raise InvalidInputError("damaged", "No more can be damaged than are here.")
        except InvalidInputError as error:
            self.line_refused.emit(error)
            return False
        self._change(
            product_id,
            lambda row: replace(
                row, received=here, damaged=broken, missing=lost, note=note.strip()
            ),
            _here,
        )
        return True

    def give_up_rest(self, product_id: str) -> None:
        """What is still expected of a product will not come."""
        self._change(
            product_id,
            lambda row: replace(row, missing=max(row.expected - row.received, 0)),
            lambda row: f"{row.name}: {row.missing:,} noted as missing",
        )

    def all_as_expected(self) -> None:
        """Everything that was not filled in came as announced."""
        receipt, paper = self.state.receipt, self.state.paper
        if receipt is None:
            return

        async def work() -> None:
            lines = {
                row.product_id: (row.product, row.expected)
                for row in self._rows(receipt, paper)
                if row.expected and not (row.received or row.missing)
            }
            await self._write(
                self._receiving.fill_in(receipt, lines),
                "Everything else as expected. Correct what differs.",
            )

        self.actions.add(work)

    def post(self) -> None:
        """Take the goods in."""
        self._step(self._receiving.post, "Taken in: stock has gone up.")

    def undo(self) -> None:
        """Take the open receipt back."""
        self._step(self._receiving.undo, "Undone: stock is as it was without this receipt.")

    def discard(self) -> None:
        """Throw the open draft away."""
        receipt = self.state.receipt
        if receipt is None:
            return

        async def work() -> None:
            await self._receiving.discard(receipt, self._actor)
            if self._is_open(receipt):
                self.close()

        self.actions.add(work)

    def _step(
        self, step: Callable[[GoodsReceipt, Actor], Awaitable[GoodsReceipt]], said: str
    ) -> None:
        receipt = self.state.receipt
        if receipt is not None:
            self.actions.add(lambda: self._write(step(receipt, self._actor), said))

    def _change(
        self,
        product_id: str,
        change: Callable[[ReceiptRow], ReceiptRow],
        said: Callable[[ReceiptRow], str],
    ) -> None:
        """Change a line of the receipt that is open now, also when it is left before it is done."""
        receipt, paper = self.state.receipt, self.state.paper
        if receipt is None:
            return
        self.state = replace(self.state, chosen=product_id, acts=self.state.acts + 1)
        self.state_changed.emit(self.state)

        async def work() -> None:
            found = (one for one in self._rows(receipt, paper) if one.product_id == product_id)
            row = change(next(found, None) or new_row(product_id, self._catalogue))
            await self._write(
                self._receiving.set_line(
                    receipt, row.product, row.received, row.damaged, row.missing, row.note
                ),
                said(row),
            )

        self.actions.add(work)

    async def _write(self, write: Awaitable[GoodsReceipt], said: str) -> None:
        self._written = await write
        if self._is_open(self._written):
            self._show(self._written)
            self._say(Message(said))

    def _rows(self, receipt: GoodsReceipt, paper: Paper | None) -> tuple[ReceiptRow, ...]:
        """The lines of a receipt as they are after what was written last."""
        if self._is_open(receipt):
            return self.state.rows
        if self._written is not None and self._written.receipt_id == receipt.receipt_id:
            receipt = self._written
        return rows_of(receipt, paper, self._catalogue)

    def _is_open(self, receipt: GoodsReceipt) -> bool:
        open_ = self.state.receipt
        return open_ is not None and open_.receipt_id == receipt.receipt_id

    async def _begin(self, paper: Paper | None, unseen: str = "") -> GoodsReceipt:
        kind = _KINDS.get(unseen[:3], ReceiptKind.FREE)
        receipt = await self._receiving.begin(self._actor, paper, kind, unseen)
        self._papers.begun(receipt)
        return receipt

    def _draft_of(self, number: str) -> GoodsReceipt | None:
        return self._papers.draft_of(number, self._actor.device.device_id)

    def _open(self, receipt: GoodsReceipt, paper: Paper | None) -> None:
        self.state = replace(
            self.state, receipt=receipt, paper=paper, chosen="", message=NO_MESSAGE
        )
        if self._active:
            self._follow()
        self._show(receipt)

    def _follow(self) -> None:
        self._stop()
        receipt, paper = self.state.receipt, self.state.paper
        if receipt is not None:
            self._cancels.append(self._receiving.watch(receipt, self._show))
        if isinstance(paper, Transfer):
            self._cancels.append(self._transfers.watch(paper, self._on_paper))
        elif paper is not None:
            self._cancels.append(self._orders.watch(paper, self._on_paper))
        elif receipt is None or receipt.waits_for_paper:
            self._cancels += self._papers.follow()
        self._cancels.append(self._catalogue.on_changed(self._emit))

    def _stop(self) -> None:
        for cancel in self._cancels:
            cancel()
        self._cancels = []

    def _show(self, receipt: GoodsReceipt) -> None:
        if self._is_open(receipt):
            self.state = replace(self.state, receipt=receipt)
            self._emit()

    def _on_paper(self, paper: Paper) -> None:
        self.state = replace(self.state, paper=paper)
        self._emit()

    def _emit(self) -> None:
        receipt = self.state.receipt
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
            self._open_awaited()

    def _open_awaited(self) -> None:
        for receipt in self._papers.receipts:
            if receipt.receipt_id == self._awaited:
                self._awaited = ""
                self.open(receipt)

    def _show_receipt(self, receipt: GoodsReceipt) -> None:
        here = self._papers.with_number(receipt.paper_number)
        if self.state.paper is None and here is not None:
            # It arrived while its goods were being unpacked.
            self.state = replace(self.state, paper=here)
            if self._active:
                self._follow()
        own = receipt.signature.device_id == self._actor.device.device_id
        self.state = replace(
            self.state,
            rows=rows_of(receipt, self.state.paper, self._catalogue),
            editable=own and receipt.state is ReceiptState.DRAFT,
        )
        self.state_changed.emit(self.state)

    def _say(self, message: Message) -> None:
        self.state = replace(self.state, message=message)
        self.state_changed.emit(self.state)

    def _on_failed(self, error: ZavaError) -> None:
        self._say(problem(error))


def _here(row: ReceiptRow) -> str:
    return f"{row.name}: {row.received:,}" + (f" of {row.expected:,}" if row.expected else " here")
