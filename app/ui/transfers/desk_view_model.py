"""One transfer at work: the step that this store does next, counted by scans or typed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.entities import Actor, Product, StockItem, Store
from app.domain.errors import InvalidInputError, PaperError, ShortLinesError, ZavaError
from app.domain.papers import ReceivedLine
from app.domain.stock import parse_quantity
from app.domain.transfers import Transfer, TransferLine
from app.ui.core.command import Command
from app.ui.transfers.desk_state import DeskRow, DeskState, Step
from app.ui.transfers.words import log, to_ship, units, waits


class DeskViewModel(QObject):
    """Works on one transfer; `short` asks before stock goes below zero, `done` tells of a step.

    `counted` names the product that was just scanned or added. What a step does after its transfer
    was left is told with its number, and shows nothing else.
    """

    state_changed = Signal(object)
    short = Signal(object)
    done = Signal()
    counted = Signal(str)

    def __init__(
        self,
        transfers: TransferRepository,
        receiving: ReceivingRepository,
        stock: StockRepository,
        catalogue: Catalogue,
        stores: Sequence[Store],
        actor: Actor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transfers = transfers
        self._receiving = receiving
        self._stock = stock
        self._catalogue = catalogue
        self._names: Mapping[str, str] = {one.store_id: one.short_name for one in stores}
        self.others = tuple(one for one in stores if one.store_id != actor.profile.store_id)
        self._actor = actor
        self._store_id = actor.profile.store_id
        self._draft: dict[str, ReceivedLine] = {}
        self._counting = False
        self._touched: set[str] = set()
        self._opening = object()
        self._shipment_id = ""
        self._on_hand: dict[str, int] = {}
        self._cancels: list[Callable[[], None]] = []
        self.state = DeskState()
        self.submit = Command(self._submit, self)
        self.act = Command(self._act, self)
        for command in (self.submit, self.act):
            command.finished.connect(lambda said: self._update(said=said, problem=""))
            command.failed.connect(lambda error: self._update(problem=str(error)))

    def open(self, transfer: Transfer) -> None:
        """Work on a transfer, and follow it."""
        self.close()
        self.state = DeskState()
        self._begin()
        self._on_transfer(transfer)
        self._cancels.append(self._transfers.watch(transfer, self._on_transfer))
        listings = (self._catalogue.listing(line.product_id) for line in transfer.lines)
        keys = [one.key for one in listings if one is not None and one.key is not None]
        if keys:
            self._cancels.append(self._stock.watch_items(keys, self._on_items))

    def open_new(self) -> None:
        """Begin a transfer."""
        self.close()
        self._begin()
        self.state = DeskState(Step.REQUEST)
        self._update()

    def open_unseen(self) -> None:
        """Receive against a number that this device has not seen yet."""
        self.close()
        self._begin()
        self.state = DeskState(Step.RECEIVE, unseen=True)
        self._update()

    def close(self) -> None:
        """Stop following."""
        self._opening = object()
        for cancel in self._cancels:
            cancel()
        self._cancels = []

    def turn(self, sending: bool) -> None:
        """Say whether a new transfer leaves this store or comes to it."""
        self._update(sending=sending)

    def scan(self, code: str) -> None:
        """Count one more of a product; the first scan of a step starts all counts at zero."""
        product_id = self._catalogue.with_code(code)
        if product_id is None:
            self._update(problem=f"No product has the code {code}.")
        elif self._may_have(product_id):
            if not self._counting and self.state.step in (Step.SHIP, Step.RECEIVE):
                # What somebody has set is counted already.
                fresh = self._draft.keys() - self._touched
                self._draft |= dict.fromkeys(fresh, ReceivedLine())
                self._counting = True
            line = self._draft.get(product_id, ReceivedLine())
            self._put(product_id, replace(line, received=line.received + 1))
            self.counted.emit(product_id)

    def add(self, text: str) -> None:
        """Put the product on it that a text means best."""
        product_id = self._catalogue.with_code(text) or next(
            iter(self._catalogue.search(text, 1).product_ids), None
        )
        if not text.strip() or product_id is None:
            self._update(problem="No product has this name or code.")
        elif self._may_have(product_id):
            self._put(product_id, self._draft.get(product_id, ReceivedLine(1)))
            self.counted.emit(product_id)

    def set_line(self, product_id: str, quantity: str, damaged: str, missing: str) -> bool:
        """Say how many of a product; False when it cannot be read, and `problem` says why."""
        try:
            line = ReceivedLine(_count(quantity), _count(damaged), _count(missing))
            if line.damaged > line.received:
                raise InvalidInputError(
                    "damaged", "No more can be damaged than arrived: damaged ones are counted in."
                )
        except InvalidInputError as error:
            self._update(problem=str(error))
            return False
        self._put(product_id, line)
        return True

    def rest_is_missing(self) -> None:
        """Give up what is on its way and not counted."""
        for row in self.state.rows:
            now = row.now or ReceivedLine()
            missing = max(row.line.in_transit - now.received, 0)
            self._draft[row.line.product_id] = replace(now, missing=missing)
        self._touched.update(self._draft)
        self._update()

    def take_back(self, shipment_id: str) -> None:
        """Cancel a shipment."""
        self.act.execute("take_back", shipment_id)

    def cancel_rest(self) -> None:
        """Ship no more of it."""
        self.act.execute("cancel", "")

    def save_picked(self) -> None:
        """Remember what is put aside so far, without shipping it."""
        self.act.execute("pick", "")

    def _begin(self) -> None:
        self._draft, self._counting, self._touched = {}, False, set()
        self._shipment_id = str(uuid.uuid4())

    def _may_have(self, product_id: str) -> bool:
        transfer = self.state.transfer
        if self.state.step is Step.LOOK:
            self._update(problem="This transfer waits for nothing here.")
        elif self.state.step is Step.SHIP and transfer and transfer.line(product_id) is None:
            self._update(problem=f"{self._product(product_id).name} is not on this transfer.")
        else:
            return True
        return False

    def _put(self, product_id: str, line: ReceivedLine) -> None:
        self._draft[product_id] = line
        self._touched.add(product_id)
        self._update(problem="", said="")

    def _on_transfer(self, transfer: Transfer) -> None:
        step = Step.LOOK
        if transfer.from_store_id == self._store_id and to_ship(transfer):
            step = Step.SHIP
        elif transfer.to_store_id == self._store_id and transfer.in_transit:
            step = Step.RECEIVE
        if step is not self.state.step:
            self._draft, self._counting, self._touched = {}, False, set()
        stale = []
        for line in transfer.lines if step in (Step.SHIP, Step.RECEIVE) else ():
            before = self.state.transfer and self.state.transfer.line(line.product_id)
            if not self._counting and line.product_id not in self._touched:
                self._draft[line.product_id] = ReceivedLine(_waiting(line, step))
            elif before and _waiting(before, step) != _waiting(line, step):
                stale.append(f"{line.name} ({_waiting(line, step):,} wait now)")
        changes: dict[str, object] = {"step": step, "transfer": transfer}
        if stale:
            changes["problem"] = f"Changed meanwhile: {', '.join(stale)}. What you set stays."
        self._update(**changes)

    def _on_items(self, items: list[StockItem]) -> None:
        self._on_hand = {one.product_id: one.on_hand for one in items}
        self._update()

    async def _submit(self, target: str = "", allow_negative: bool = False) -> str:
        """Do the step; `target` is the other store of a new one, or the number of an unseen one."""
        opening = self._opening
        lines = {key: line for key, line in self._draft.items() if line.received or line.missing}
        if self.state.step is Step.REQUEST:
            return await self._request(target, lines, opening)
        transfer = self.state.transfer
        if self.state.step is Step.RECEIVE:
            return await self._receive(target, lines, opening)
        if transfer is None:
            raise ZavaError("This transfer waits for nothing here.")
        quantities = {key: line.received for key, line in lines.items()}
        try:
            shipped = await self._transfers.ship(
                transfer, self._shipment_id, quantities, self._actor, allow_negative
            )
        except ShortLinesError as error:
            if opening is not self._opening:
                raise PaperError(f"{transfer.number} was not shipped. {error}") from None
            self.short.emit(error)
            return ""
        count = units(sum(quantities.values()))
        receiver = self._names.get(transfer.to_store_id, transfer.to_store_id)
        said = f"{count} shipped: they are in transit until {receiver} receives them."
        if opening is not self._opening:
            return f"{transfer.number}: {said}"
        self._settle(shipped)
        self.done.emit()
        return said

    async def _request(self, other: str, lines: Mapping[str, ReceivedLine], opening: object) -> str:
        ends = (self._store_id, other) if self.state.sending else (other, self._store_id)
        wanted = {key: (self._product(key), line.received) for key, line in lines.items()}
        transfer = await self._transfers.request(*ends, wanted, self._actor)
        if opening is self._opening:
            self.open(transfer)
            self.done.emit()
        return f"{transfer.number} is on the list of both stores."

    async def _receive(
        self, target: str, lines: Mapping[str, ReceivedLine], opening: object
    ) -> str:
        transfer, number = self.state.transfer, target.strip()
        if transfer is None:
            if not number:
                raise InvalidInputError("number", "Type or scan the number on the transfer.")
            known = await self._receiving.find_paper(self._store_id, number)
            transfer = known if isinstance(known, Transfer) else None
        counted = [(self._product(key), line) for key, line in lines.items()]
        receipt = await self._receiving.take_in(self._actor, counted, transfer, number)
        said = f"{units(sum(line.received for line in lines.values()))} taken in: {receipt.number}."
        if opening is self._opening:
            self._begin()
            if transfer is not None:
                self.open(transfer)
            else:
                self._update()
            self.done.emit()
        if transfer is not None:
            return said
        return f"{said} It joins transfer {number} when that arrives on this device."

    async def _act(self, what: str, key: str) -> str:
        transfer, opening = self.state.transfer, self._opening
        if transfer is None:
            return ""
        if what == "take_back":
            changed = await self._transfers.cancel_shipment(transfer, key, self._actor)
            said = "The shipment was taken back: its units are in stock here again."
        elif what == "pick":
            picked = {key: line.received for key, line in self._draft.items()}
            changed = await self._transfers.pick(transfer, picked, self._actor)
            said = f"{units(sum(picked.values()))} put aside, not shipped yet."
        else:
            changed = await self._transfers.cancel(transfer, self._actor)
            said = "No more of it is shipped."
        if opening is not self._opening:
            return f"{transfer.number}: {said}"
        self._settle(changed)
        return said

    def _settle(self, transfer: Transfer) -> None:
        """Show a transfer after a step: what comes next starts anew."""
        self._begin()
        self._on_transfer(transfer)

    def _product(self, product_id: str) -> Product:
        listing = self._catalogue.listing(product_id)
        if listing is not None:
            return listing.product
        line = self.state.transfer.line(product_id) if self.state.transfer else None
        sku, name = (line.sku, line.name) if line else ("", product_id)
        return Product(product_id, sku, name, Decimal(0))

    def _update(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        transfer = state.transfer
        lines = {line.product_id: line for line in transfer.lines} if transfer else {}
        for product_id in self._draft:
            if product_id not in lines:
                product = self._product(product_id)
                lines[product_id] = TransferLine(product_id, product.sku, product.name)
        working = state.step is not Step.LOOK
        rows = tuple(
            DeskRow(line, self._draft.get(key) if working else None, self._on_hand.get(key))
            for key, line in lines.items()
        )
        state = replace(state, rows=rows)
        if transfer is not None:
            ends = (transfer.from_store_id, transfer.to_store_id)
            state = replace(
                state,
                route=" \N{RIGHTWARDS ARROW} ".join(self._names.get(one, one) for one in ends),
                waits=waits(transfer, self._store_id, self._names)[1],
                log=log(transfer),
                may_take_back=transfer.from_store_id == self._store_id,
                may_cancel=to_ship(transfer) > 0,
            )
        self.state = state
        self.state_changed.emit(state)


def _waiting(line: TransferLine, step: Step) -> int:
    return line.to_ship if step is Step.SHIP else line.in_transit


def _count(text: str) -> int:
    """A typed count, where nothing and 0 are none."""
    return parse_quantity(text) if text.strip(" 0") else 0
