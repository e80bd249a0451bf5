"""Working on one transfer: the step that this store does next, counted by scans or typed."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.approvals import Approval, WordNeededError
from app.domain.conventions import US, Conventions
from app.domain.entities import Actor, Product, Store
from app.domain.errors import InvalidInputError, PaperError, ShortLinesError
from app.domain.scans import Scan
from app.domain.transfers import Transfer, TransferLine
from app.domain.unusual import Asked
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.command import Command
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.on_hand import OnHand
from app.ui.core.open_paper import OpenPaper
from app.ui.core.scan_words import refusal
from app.ui.core.unusual import UsualQuantities
from app.ui.transfers.open_transfer_state import LineRow, OpenTransferState, Step
from app.ui.transfers.step_counts import StepCounts, typed_line
from app.ui.transfers.transfer_work import Done, TransferWork
from app.ui.transfers.words import log, to_ship, waits
from connector_config.errors import UserError

_NOTHING_WAITS = "This transfer waits for nothing here."


class OpenTransferViewModel(QObject):
    """Works on one transfer; `short` asks before stock goes below zero, `done` tells of a step.

    `unusual` carries what a step is done for, as it was submitted, and its Unusual; `word_needed`
    the same and whether it may go below zero, and the WordNeededError of what a manager approves.
    `counted` names the product that was just scanned or added. A step that ends after its transfer
    was left is told with the number of the transfer, and shows nothing else. `line_refused` carries
    what is wrong with a typed line.
    """

    state_changed = Signal(object)
    short = Signal(object)
    unusual = Signal(str, object)
    word_needed = Signal(str, bool, object)
    done = Signal()
    counted = Signal(str)
    line_refused = Signal(object)
    scan_refused = Signal()

    def __init__(
        self,
        transfers: TransferRepository,
        receiving: ReceivingRepository,
        stock: StockRepository,
        catalogue: Catalogue,
        stores: Sequence[Store],
        actor: Actor,
        conventions: Conventions = US,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transfers = transfers
        self._catalogue = catalogue
        self._conventions = conventions
        self._names: Mapping[str, str] = {store.store_id: store.short_name for store in stores}
        self._store_id = actor.profile.store_id
        self.others = tuple(store for store in stores if store.store_id != self._store_id)
        self._work = TransferWork(transfers, receiving, self._names, actor)
        self._open_transfer = OpenPaper[Transfer](lambda transfer: transfer.transfer_id)
        self._counts = StepCounts()
        self._shipment_id = ""
        self._active = True
        self._following = ExitStack()
        self._on_hand = OnHand(catalogue, stock, self._emit)
        self._usual = UsualQuantities(catalogue, stock)
        self.state = OpenTransferState()
        self.submit = Command(self._submit, self, writes=True)
        self.act = Command(self._act, self, writes=True)
        for command in (self.submit, self.act):
            command.finished.connect(self.say)
            command.failed.connect(lambda error: self.say(problem(error)))

    def open(self, transfer: Transfer) -> None:
        """Work on a transfer, and follow it."""
        self.close()
        self._open_transfer.open(transfer)
        self._on_transfer(transfer)
        self._follow()

    @property
    def unsaved(self) -> str:
        """What is counted or put together and not done yet, as a sentence; else empty."""
        if not self._counts.is_begun or self.submit.running or self.act.running:
            return ""
        transfer = self.state.transfer
        name = transfer.number if transfer is not None else "The transfer"
        undone = {Step.REQUEST: "created", Step.SHIP: "shipped", Step.RECEIVE: "received"}
        return f"{name} is counted and not {undone.get(self.state.step, 'done')} yet."

    def activate(self) -> None:
        """Follow the open transfer."""
        self._active = True
        self._follow()

    def deactivate(self) -> None:
        """Stop following; what is counted stays."""
        self._active = False
        self._following.close()
        self._on_hand.stop()

    def open_new(self) -> None:
        """Begin a transfer."""
        self.close()
        self.state = OpenTransferState(Step.REQUEST)
        self._emit()

    def open_unseen(self) -> None:
        """Receive against a number that this device has not seen yet."""
        self.close()
        self.state = OpenTransferState(Step.RECEIVE, unseen=True)
        self._emit()

    def close(self) -> None:
        """Stop following, and empty the card."""
        self._begin()
        self.state = OpenTransferState()
        self._open_transfer.close()
        self._following.close()
        self._on_hand.stop()

    def say(self, message: Message) -> None:
        """Show a message."""
        self.state = replace(self.state, message=message)
        self._emit()

    def set_direction(self, sending: bool) -> None:
        """Say whether a new transfer leaves this store or comes to it."""
        self.state = replace(self.state, sending=sending)
        self._emit()

    def scan(self, scan: Scan) -> None:
        """Count one more unit or pack of a product, or say why not."""
        if scan.product is None:
            self.say(problem(refusal(scan)))
            self.scan_refused.emit()
        else:
            self.count(scan.product.product_id, scan.product.units)

    def count(self, product_id: str, units: int) -> None:
        """Count so many more of a product; the first ones of a step start all counts at zero."""
        if self._may_have(product_id):
            self._counts.scan(product_id, units, self.state.step)
            self._on_counted(product_id)
        else:
            self.scan_refused.emit()

    def add(self, product_id: str, units: int) -> None:
        """Put so many of a product on it, unless it is there."""
        if self._may_have(product_id):
            self._counts.add(product_id, units)
            self._on_counted(product_id)

    def set_line(self, product_id: str, quantity: str, damaged: str, missing: str) -> bool:
        """Set the typed units of a product; False, and a message, when they cannot be read."""
        try:
            line = typed_line(quantity, damaged, missing, self._conventions)
        except InvalidInputError as error:
            self.say(problem(error))
            self.line_refused.emit(error)
            return False
        self._counts.set(product_id, line)
        self.say(NO_MESSAGE)
        return True

    def rest_is_missing(self) -> None:
        """Give up what is on its way and not counted."""
        self._counts.give_up_rest(row.line for row in self.state.rows)
        self._emit()

    def take_back(self, shipment_id: str) -> None:
        """Cancel a shipment."""
        self.act.execute(lambda transfer: self._work.take_back(transfer, shipment_id))

    def cancel_rest(self) -> None:
        """Ship no more of the transfer."""
        self.act.execute(self._work.cancel_rest)

    def save_picked(self) -> None:
        """Store what is put aside so far, without shipping it."""
        picked = {key: line.received for key, line in self._counts.all.items()}
        self.act.execute(lambda transfer: self._work.put_aside(transfer, picked))

    def _begin(self) -> None:
        self._counts.clear()
        self._shipment_id = str(uuid.uuid4())

    def _follow(self) -> None:
        transfer = self._open_transfer.paper
        if transfer is not None and self._active:
            self._following.callback(self._transfers.watch(transfer, self._on_transfer))
            self._on_hand.follow(line.product_id for line in transfer.lines)

    def _may_have(self, product_id: str) -> bool:
        transfer = self.state.transfer
        if self.state.step is Step.LOOK:
            self.say(problem(_NOTHING_WAITS))
        elif self.state.step is Step.SHIP and transfer and transfer.line(product_id) is None:
            name = self._product(product_id).name
            self.say(problem(f"{name} is not on this transfer."))
        else:
            return True
        return False

    def _on_counted(self, product_id: str) -> None:
        self.say(NO_MESSAGE)
        self.counted.emit(product_id)

    def _on_transfer(self, transfer: Transfer) -> None:
        before = self._open_transfer.paper
        if before is None or not self._open_transfer.renew(transfer):
            return
        step = Step.of(transfer, self._store_id)
        if step is not self.state.step:
            self._counts.clear()
        stale = self._counts.follow(before, transfer, step)
        self.state = replace(self.state, step=step)
        if stale:
            stays = f"Changed meanwhile: {', '.join(stale)}. What you set stays."
            self.state = replace(self.state, message=problem(stays))
        self._emit()

    async def _submit(
        self,
        target: str = "",
        allow_negative: bool = False,
        sure: bool = False,
        approval: Approval | None = None,
    ) -> Message:
        """Do the step; `target` is the other store of a new one, or the number of an unseen one.

        Unusually many are asked about first, unless the person is `sure`; `approval` is a manager's
        word for it, for which `word_needed` asks.
        """
        opening = self._open_transfer.opening
        found = [] if sure else await self._usual.unusual(self._asked())
        if opening is not self._open_transfer.opening:
            raise PaperError("The transfer was left before its step was done: do it again.")
        if found:
            self.unusual.emit(target, found)
            return NO_MESSAGE
        try:
            return await self._do(target, allow_negative, approval)
        except WordNeededError as error:
            if opening is not self._open_transfer.opening:
                raise
            self.word_needed.emit(target, allow_negative, error)
            return NO_MESSAGE

    def say_not_approved(self) -> None:
        """Say that nothing was done, because no manager approved it."""
        self.say(problem(NOT_APPROVED))

    async def _do(self, target: str, allow_negative: bool, approval: Approval | None) -> Message:
        if self.state.step is Step.REQUEST:
            return await self._request(target, approval)
        if self.state.step is Step.RECEIVE:
            return await self._receive(target.strip().upper(), approval)
        return await self._ship(allow_negative, approval)

    def _asked(self) -> list[Asked]:
        # What this step moves; a paper that was sent says how many are usual of it.
        counts = self._counts.moved
        step = self.state.step
        leaving = step is Step.SHIP or (step is Step.REQUEST and self.state.sending)
        return [
            Asked(
                row.line.product_id,
                row.line.name,
                counts[row.line.product_id].received * (-1 if leaving else 1),
                max(row.line.requested, row.line.shipped),
            )
            for row in self.state.rows
            if row.line.product_id in counts
        ]

    async def _request(self, other_id: str, approval: Approval | None) -> Message:
        opening, moved = self._open_transfer.opening, self._counts.moved
        wanted = {key: (self._product(key), line.received) for key, line in moved.items()}
        transfer, message = await self._work.request(other_id, self.state.sending, wanted, approval)
        if opening is self._open_transfer.opening:
            self.open(transfer)
            self.done.emit()
        return Message(message)

    async def _receive(self, number: str, approval: Approval | None) -> Message:
        opening, moved = self._open_transfer.opening, self._counts.moved
        counted = [(self._product(key), line) for key, line in moved.items()]
        transfer, message = await self._work.receive(
            self._open_transfer.paper, number, counted, approval
        )
        if opening is self._open_transfer.opening:
            if transfer is not None:
                self.open(transfer)
            else:
                self._begin()
                self._emit()
            self.done.emit()
        return Message(message)

    async def _ship(self, allow_negative: bool, approval: Approval | None) -> Message:
        opening, transfer = self._open_transfer.opening, self._open_transfer.paper
        if transfer is None:
            raise UserError(_NOTHING_WAITS)
        quantities = {key: line.received for key, line in self._counts.moved.items()}
        try:
            done = await self._work.ship(
                transfer, self._shipment_id, quantities, allow_negative, approval
            )
        except ShortLinesError as error:
            if opening is not self._open_transfer.opening:
                raise PaperError(f"{transfer.number} was not shipped. {error}") from None
            self.short.emit(error)
            return NO_MESSAGE
        message = self._settle(opening, done)
        if opening is self._open_transfer.opening:
            self.done.emit()
        return message

    async def _act(self, step: Callable[[Transfer], Awaitable[Done]]) -> Message:
        opening, transfer = self._open_transfer.opening, self._open_transfer.paper
        return NO_MESSAGE if transfer is None else self._settle(opening, await step(transfer))

    def _settle(self, opening: object, done: Done) -> Message:
        """Show a transfer after a step: what comes next starts anew."""
        transfer, message = done
        if opening is not self._open_transfer.opening:
            return Message(f"{transfer.number}: {message}")
        self._begin()
        self._on_transfer(transfer)
        return Message(message)

    def _product(self, product_id: str) -> Product:
        listing = self._catalogue.listing(product_id)
        if listing is not None:
            return listing.product
        line = self.state.transfer.line(product_id) if self.state.transfer else None
        sku, name = (line.sku, line.name) if line else ("", product_id)
        return Product(product_id, sku, name, Decimal(0))

    def _emit(self) -> None:
        transfer = self._open_transfer.paper
        self.state = replace(self.state, transfer=transfer, rows=self._rows(transfer))
        if transfer is not None:
            ends = (transfer.from_store_id, transfer.to_store_id)
            names = (self._names.get(store_id, store_id) for store_id in ends)
            self.state = replace(
                self.state,
                route=" \N{RIGHTWARDS ARROW} ".join(names),
                waits=waits(transfer, self._store_id, self._names)[1],
                log=log(transfer),
                may_take_back=transfer.from_store_id == self._store_id,
                may_cancel=to_ship(transfer) > 0,
            )
        self.state_changed.emit(self.state)

    def _rows(self, transfer: Transfer | None) -> tuple[LineRow, ...]:
        """The lines of a transfer, and below them what was added to it."""
        counts, on_hand = self._counts.all, self._on_hand.numbers
        lines = {line.product_id: line for line in transfer.lines} if transfer else {}
        for product_id in counts:
            if product_id not in lines:
                product = self._product(product_id)
                lines[product_id] = TransferLine(product_id, product.sku, product.name)
        working = self.state.step is not Step.LOOK
        return tuple(
            LineRow(line, counts.get(key) if working else None, on_hand.get(key))
            for key, line in lines.items()
        )
