"""Purchase orders: those of a store, and one as it is put together, sent and received."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.approvals import Approval, WordNeededError
from app.domain.conventions import US, Conventions
from app.domain.entities import Actor, Product
from app.domain.errors import InvalidInputError, PaperError
from app.domain.purchase_orders import PurchaseOrder
from app.domain.scans import Scan
from app.domain.stock import parse_units
from app.domain.unusual import Asked
from app.ui.core.actions import Actions
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.command import Command
from app.ui.core.csv_file import write_csv
from app.ui.core.formats import counted
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.open_paper import OpenPaper
from app.ui.core.scan_words import SCAN_WAITS, refusal
from app.ui.core.unusual import UsualQuantities
from app.ui.reorder.document import CSV_HEADER, csv_rows
from app.ui.reorder.draft_lines import DraftLines
from app.ui.reorder.lines import rows_of
from app.ui.reorder.reckoning import Reckoning
from app.ui.reorder.state import ReorderState
from connector_config.errors import UserError
from connector_config.schema.instants import to_iso


class ReorderViewModel(QObject):
    """Follows the orders of one store; all changes go through `actions`, in order.

    `line_refused` carries what is wrong with a typed quantity, `unusual` the Unusual of which
    `order` has to be sure, `word_needed` the WordNeededError of what a manager has to approve;
    `export` writes an order.
    """

    state_changed = Signal(object)
    line_refused = Signal(object)
    unusual = Signal(object)
    word_needed = Signal(object)
    scan_refused = Signal()

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        orders: PurchaseOrderRepository,
        actor: Actor,
        now: Callable[[], datetime],
        conventions: Conventions = US,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._orders = orders
        self._usual = UsualQuantities(catalogue, stock)
        self._actor = actor
        self._now = now
        self._conventions = conventions
        self._active = False
        self._following = ExitStack()
        self._open_paper = OpenPaper[PurchaseOrder](lambda paper: paper.purchase_order_id)
        self.state = ReorderState()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        self._reckoning = Reckoning(catalogue, stock, orders, self.actions, self._emit)
        self._lines = DraftLines(
            catalogue, orders, self._reckoning, self._open_paper, actor, self.actions, self._write
        )
        self.export = Command(self._export, self)
        self.export.finished.connect(self.say)
        self.export.failed.connect(self._on_failed)

    def activate(self) -> None:
        """Follow the store's orders, or the open one."""
        self._active = True
        self.state = replace(self.state, message=NO_MESSAGE)
        self._follow()

    def deactivate(self) -> None:
        """Stop following."""
        self._active = False
        self._stop()

    def begin(self) -> None:
        """Begin a draft with nothing on it."""

        async def work() -> None:
            if self._open_paper.paper is None:
                self.open(await self._orders.create(self._actor, {}))

        self.actions.add(work)

    def begin_from_low(self) -> None:
        """Put all that is low, and not on its way in sufficient numbers, on the draft.

        A draft that was begun on this device goes on; without one a new one begins.
        """

        self._begin_with(lambda: self._reckoning.of_low(self._actor.profile.store_id))

    def begin_from(self, product_ids: Sequence[str]) -> None:
        """Put some products on the draft in the same way, each as suggested, at least one unit."""
        self._begin_with(lambda: self._reckoning.of_products(product_ids))

    def _begin_with(
        self, reckon: Callable[[], Awaitable[Mapping[str, tuple[Product, int]]]]
    ) -> None:
        async def work() -> None:
            if self._open_paper.paper is not None:
                return
            lines = await reckon()
            if not lines:
                self.say(Message("Nothing to order: what is low is on its way already."))
                return
            draft = await self._orders.draft(self._actor)
            if draft is not None:
                await self._go_on(draft, lines)
                return
            self.open(await self._orders.create(self._actor, lines))
            self.say(
                Message(
                    f"{counted(len(lines), 'product')} suggested. Correct what you know better."
                )
            )

        self.actions.add(work)

    def open(self, paper: PurchaseOrder) -> None:
        """Show an order."""
        self._open_paper.open(paper)
        self._turn_to_open()

    def open_id(self, purchase_order_id: str) -> None:
        """Show the order with an id, unless something else is opened first."""
        self.close()
        opening = self._open_paper.opening

        async def work() -> None:
            paper = await self._orders.with_id(purchase_order_id)
            if paper is not None and self._active and opening is self._open_paper.opening:
                self.open(paper)

        self.actions.add(work)

    def close(self) -> None:
        """Go back to the list; what was changed is stored."""
        self._open_paper.close()
        self._turn_to_open()

    def take(self, scan: Scan) -> None:
        """One more unit or pack of a scanned product, or as many as suggested where it is new."""
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

    def add(self, product_id: str, by: int = 1) -> None:
        """Order so many more; a product that is new as many as suggested, at least so many."""
        self._work_on(product_id)
        self._lines.add(product_id, by)

    def set_line(self, product_id: str, typed: str) -> bool:
        """Set the typed units of a product, 0 for none; False when they were refused."""
        try:
            quantity = parse_units(typed, self._conventions)
        except InvalidInputError as error:
            self.line_refused.emit(error)
            return False
        self._work_on(product_id)
        self._lines.set(product_id, quantity)
        return True

    def describe(self, supplier: str, note: str) -> None:
        """Set the supplier and the note of the draft."""
        paper = self.state.paper
        if paper is None or not self.state.editable:
            return
        if (paper.supplier, paper.note) != (supplier.strip(), note.strip()):
            its = supplier.strip(), note.strip(), self._actor
            self._step(lambda draft: self._orders.describe(draft, *its))

    def order(self, sure: bool = False, approval: Approval | None = None) -> None:
        """Mark the draft as ordered, unless something that is being written fails.

        Unusually many are asked about first, unless the person is `sure`; `approval` is a manager's
        word for it, for which `word_needed` asks with the error.
        """
        actor = replace(self._actor, approved_by=approval)
        paper = self._open_paper.paper
        if paper is None:
            return

        async def work() -> None:
            asked = [] if sure else self._asked(self._open_paper.newest(paper))
            if not (found := await self._usual.unusual(asked)):
                message = "Ordered: it is on its way, and Receive expects it."
                try:
                    await self._write(self._orders.order(paper, actor), message)
                except WordNeededError as error:
                    if not self._open_paper.is_open(paper):
                        raise
                    self.word_needed.emit(error)
            elif self._open_paper.is_open(paper):
                self.unusual.emit(found)
            else:
                raise PaperError(f"{paper.number} was not ordered: {found[0].text}")

        self.actions.submit(work)

    def say_not_approved(self) -> None:
        """Say that nothing was ordered, because no manager approved it."""
        self.say(problem(NOT_APPROVED))

    def when_written(self, act: Callable[[PurchaseOrder], object]) -> None:
        """Call `act` with the open order when everything was written, if none of it failed."""
        paper = self._open_paper.paper
        if paper is None:
            return

        async def work() -> None:
            if self._open_paper.is_open(paper):
                act(self._open_paper.newest(paper))

        self.actions.submit(work)

    def cancel(self) -> None:
        """Cancel the open order: no goods, or no more goods, will come."""
        self._step(
            lambda paper: self._orders.cancel(paper, self._actor),
            "Cancelled: nothing is expected of it any more.",
        )

    def _step(
        self, step: Callable[[PurchaseOrder], Awaitable[PurchaseOrder]], message: str = ""
    ) -> None:
        paper = self._open_paper.paper
        if paper is not None:
            self.actions.add(lambda: self._write(step(paper), message))

    def _asked(self, paper: PurchaseOrder) -> list[Asked]:
        suggested = self._reckoning.suggestions
        return [
            Asked(
                line.product_id,
                line.name,
                line.quantity,
                suggested[line.product_id].quantity if line.product_id in suggested else 0,
            )
            for line in paper.lines
        ]

    def _work_on(self, product_id: str) -> None:
        if self._open_paper.paper is not None:
            revision = self.state.revision + 1
            self.state = replace(self.state, chosen=product_id, revision=revision)
            self.state_changed.emit(self.state)

    async def _go_on(self, draft: PurchaseOrder, lines: Mapping[str, tuple[Product, int]]) -> None:
        there = {one.product_id for one in draft.lines if one.quantity}
        added = len(lines.keys() - there)
        if added:
            draft = await self._orders.add_lines(draft, lines, self._actor)
        self.open(draft)
        if not added:
            self.say(Message("Nothing to add: all of it stands on this draft already."))
            return
        rest = ": the rest stands on this draft already" if added < len(lines) else ""
        self.say(Message(f"{counted(added, 'product')} added{rest}."))

    async def _write(self, step: Awaitable[PurchaseOrder], message: str) -> None:
        if await self._open_paper.write(step):
            self._show()
            if message:
                self.say(Message(message))

    async def _export(self, paper: PurchaseOrder, path: str) -> Message:
        await write_csv(Path(path), CSV_HEADER, csv_rows(paper))
        return Message(f"{paper.number} written to {path}")

    def _turn_to_open(self) -> None:
        """Show the order that was opened, or all of them, from the beginning."""
        paper = self._open_paper.paper
        self.state = replace(self.state, paper=paper, chosen="", message=NO_MESSAGE)
        self._reckoning.suggestions = {}
        if self._active:
            self._follow()
        self._emit()

    def _follow(self) -> None:
        self._stop()
        paper = self._open_paper.paper
        if paper is not None:
            self._following.callback(self._orders.watch(paper, self._on_paper))
            self._following.callback(self._catalogue.on_changed(self._emit))
            self._follow_items()
        else:
            store_id = self._actor.profile.store_id
            self._following.callback(self._orders.watch_all(store_id, self._on_orders))

    def _follow_items(self) -> None:
        if self.state.paper is not None and self.state.editable and self._active:
            self._reckoning.follow(self.state.paper)

    def _stop(self) -> None:
        self._following.close()
        self._reckoning.stop()

    def _on_paper(self, paper: PurchaseOrder) -> None:
        if self._open_paper.renew(paper):
            self._show()

    def _on_orders(self, orders: list[PurchaseOrder]) -> None:
        self.state = replace(self.state, orders=tuple(orders), now=to_iso(self._now()))
        self.state_changed.emit(self.state)

    def _show(self) -> None:
        self._emit()
        self._follow_items()

    def _emit(self) -> None:
        paper = self._open_paper.paper
        rows = rows_of(paper, self._reckoning.suggestions) if paper is not None else ()
        self.state = replace(self.state, paper=paper, rows=rows)
        self.state_changed.emit(self.state)

    def _on_failed(self, error: UserError) -> None:
        self.say(problem(error))
