"""Orders at suppliers: all of a store, and one as it is put together, sent and received."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.data.papers.replenishment import ReplenishmentRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.entities import Actor, Product
from app.domain.errors import InvalidInputError, PaperError, ZavaError
from app.domain.replenishment import Replenishment, ReplenishmentLine, ReplenishmentState
from app.domain.stock import parse_quantity
from app.ui.core.actions import Actions
from app.ui.core.command import Command
from app.ui.core.csv_file import write_csv
from app.ui.reorder.document import CSV_HEADER, csv_rows
from app.ui.reorder.lines import OrderRow, rows_of
from app.ui.reorder.reckoning import Reckoning
from connector_config.schema.instants import to_iso


@dataclass(frozen=True, slots=True)
class ReorderState:
    """`orders` is None before the first answer, newest first; `paper` is the one that is open.

    `now` (as stored) says what is overdue; `chosen` is the product that was worked on last, `acts`
    how often one was; `said` is a sentence, a `problem` or not.
    """

    orders: tuple[Replenishment, ...] | None = None
    now: str = ""
    paper: Replenishment | None = None
    rows: tuple[OrderRow, ...] = ()
    chosen: str = ""
    acts: int = 0
    said: str = ""
    problem: bool = False

    @property
    def editable(self) -> bool:
        """Whether lines can still be changed."""
        return self.paper is not None and self.paper.state is ReplenishmentState.DRAFT


class ReorderViewModel(QObject):
    """Follows the orders of one store; all changes go through `actions`, in order.

    `line_refused` carries what is wrong with a typed quantity; `export` writes the open order.
    """

    state_changed = Signal(object)
    line_refused = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        orders: ReplenishmentRepository,
        actor: Actor,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._orders = orders
        self._actor = actor
        self._now = now
        self._cancels: list[Callable[[], None]] = []
        self._awaited = ""
        self._active = False
        self._written: Replenishment | None = None
        self.state = ReorderState()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        self._reckoning = Reckoning(catalogue, stock, orders, self.actions, self._emit)
        self.export = Command(self._export, self)
        self.export.finished.connect(self._say)
        self.export.failed.connect(self._on_failed)

    def activate(self) -> None:
        """Follow the store's orders, or the open one."""
        self._active = True
        self.state = replace(self.state, said="", problem=False)
        self._follow()

    def deactivate(self) -> None:
        """Stop following."""
        self._active = False
        self._awaited = ""
        self._stop()

    def begin(self) -> None:
        """A draft with nothing on it."""

        async def work() -> None:
            if self.state.paper is None:
                self._open(await self._orders.create(self._actor, {}))

        self.actions.add(work)

    def begin_from_low(self) -> None:
        """A draft with everything that is low and not on its way in sufficient numbers."""

        async def work() -> None:
            if self.state.paper is not None:
                return
            found = await self._reckoning.of_low(self._actor.profile.store_id)
            lines: dict[str, tuple[Product, int]] = {}
            for one in found:
                listing = self._catalogue.listing(one.product_id)
                if listing is not None and one.quantity:
                    lines[one.product_id] = (listing.product, one.quantity)
            if not lines:
                self._say("Nothing to order: what is low is on its way already.")
                return
            self._open(await self._orders.create(self._actor, lines))
            self._say(f"{len(lines):,} products suggested. Correct what you know better.")

        self.actions.add(work)

    def open(self, paper: Replenishment) -> None:
        """Show an order."""
        self._open(paper)

    def open_id(self, replenishment_id: str) -> None:
        """Show the order with an id, now or as soon as the orders have been read."""
        self.close()
        self._awaited = replenishment_id
        self._open_awaited()

    def open_with(self, number: str) -> bool:
        """Show the order with a scanned number; False where there is none."""
        for paper in self.state.orders or ():
            if paper.number == number.upper():
                self._open(paper)
                return True
        return False

    def close(self) -> None:
        """Back to all orders; what was changed is stored."""
        self.state = replace(self.state, paper=None, rows=(), chosen="", said="")
        self._reckoning.suggestions = {}
        if self._active:
            self._follow()
        self.state_changed.emit(self.state)

    def take(self, code: str) -> None:
        """One more unit of a scanned product, or as many as suggested where it is new."""
        product_id = self._catalogue.with_code(code)
        if product_id is None:
            self._say(f"No product has the code {code}: look it up by its name.", True)
        else:
            self.add(product_id)

    def add(self, product_id: str, by: int = 1) -> None:
        """Order so many more; a product that is new as many as suggested, at least 1."""

        async def more(line: ReplenishmentLine | None) -> int:
            if line is not None:
                return max(line.quantity + by, 0)
            return max(await self._reckoning.of_product(product_id), 1)

        self._change(product_id, more)

    def set_line(self, product_id: str, typed: str) -> bool:
        """Order as many as typed, none with 0; False when that was refused."""
        try:
            quantity = 0 if typed.strip() in ("", "0") else parse_quantity(typed)
        except InvalidInputError as error:
            self.line_refused.emit(error)
            return False

        async def so_many(line: ReplenishmentLine | None) -> int | None:
            return quantity if line is not None else None

        self._change(product_id, so_many)
        return True

    def describe(self, supplier: str, note: str) -> None:
        """Who it goes to, and a word to them."""
        paper = self.state.paper
        if paper is None or not self.state.editable:
            return
        if (paper.supplier, paper.note) != (supplier.strip(), note.strip()):
            self._step(lambda one: self._orders.describe(one, supplier.strip(), note.strip()))

    def order(self) -> None:
        """It was sent to the supplier; not where something that is being written fails."""
        paper = self.state.paper
        if paper is not None:
            said = "Ordered: it is on its way, and Receive expects it."
            self.actions.submit(lambda: self._write(self._orders.order(paper), said))

    def when_written(self, act: Callable[[Replenishment], object]) -> None:
        """Do something with the open order when all is on it that is being written, if it works."""
        paper = self.state.paper
        if paper is None:
            return

        async def work() -> None:
            if self._is_open(paper):
                act(self._newest(paper))

        self.actions.submit(work)

    def cancel(self) -> None:
        """Nothing, or nothing more, will come of it."""
        self._step(self._orders.cancel, "Cancelled: nothing is expected of it any more.")

    def _step(
        self, step: Callable[[Replenishment], Awaitable[Replenishment]], said: str = ""
    ) -> None:
        paper = self.state.paper
        if paper is not None:
            self.actions.add(lambda: self._write(step(paper), said))

    def _change(
        self, product_id: str, wanted: Callable[[ReplenishmentLine | None], Awaitable[int | None]]
    ) -> None:
        """Change a line of the order that is open now, also when it is left before it is done.

        `wanted` says how many, None for a line that has to be there and is not any more.
        """
        paper = self.state.paper
        if paper is None:
            return
        self.state = replace(self.state, chosen=product_id, acts=self.state.acts + 1)
        self.state_changed.emit(self.state)

        async def work() -> None:
            lines = self._newest(paper).lines
            line = next((one for one in lines if one.product_id == product_id), None)
            listing = self._catalogue.listing(product_id)
            if listing is not None:
                product = listing.product
            elif line is not None:
                product = Product(product_id, line.sku, line.name, line.unit_cost)
            else:
                return
            quantity = await wanted(line)
            if quantity is None:
                raise PaperError(
                    f"{product.name} was taken off the order meanwhile: nothing was saved. "
                    "Scan it, or search it by name, to order it all the same."
                )
            said = f"{product.name}: {quantity:,}" if quantity else f"{product.name} taken off"
            await self._write(self._orders.set_line(paper, product, quantity), said)

        self.actions.add(work)

    async def _write(self, write: Awaitable[Replenishment], said: str) -> None:
        self._written = await write
        if self._is_open(self._written):
            self._show(self._written)
            # Without a sentence of its own it leaves the one that is there by now.
            self._say(said or self.state.said)

    def _newest(self, paper: Replenishment) -> Replenishment:
        """An order as it is after what was written last."""
        for one in (self.state.paper, self._written):
            if one is not None and one.replenishment_id == paper.replenishment_id:
                return one
        return paper

    def _is_open(self, paper: Replenishment) -> bool:
        open_ = self.state.paper
        return open_ is not None and open_.replenishment_id == paper.replenishment_id

    async def _export(self, path: str) -> str:
        paper = self.state.paper
        assert paper is not None
        await write_csv(Path(path), CSV_HEADER, csv_rows(paper))
        return f"{paper.number} written to {path}"

    def _open(self, paper: Replenishment) -> None:
        self.state = replace(self.state, paper=paper, chosen="", said="")
        self._reckoning.suggestions = {}
        if self._active:
            self._follow()
        self._show(paper)

    def _follow(self) -> None:
        self._stop()
        if self.state.paper is not None:
            self._cancels = [
                self._orders.watch(self.state.paper, self._show),
                self._catalogue.on_changed(self._emit),
            ]
            self._follow_items(self.state.paper)
        else:
            self._cancels = [self._orders.watch_all(self._actor.profile.store_id, self._on_orders)]

    def _follow_items(self, paper: Replenishment) -> None:
        if self.state.editable and self._active:
            self._reckoning.follow(paper)

    def _stop(self) -> None:
        for cancel in self._cancels:
            cancel()
        self._cancels = []
        self._reckoning.stop()

    def _show(self, paper: Replenishment) -> None:
        if self._is_open(paper):
            self.state = replace(self.state, paper=paper)
            self._follow_items(paper)
            self._emit()

    def _on_orders(self, orders: list[Replenishment]) -> None:
        self.state = replace(self.state, orders=tuple(orders), now=to_iso(self._now()))
        self.state_changed.emit(self.state)
        self._open_awaited()

    def _open_awaited(self) -> None:
        for paper in self.state.orders or ():
            if paper.replenishment_id == self._awaited:
                self._awaited = ""
                self._open(paper)

    def _emit(self) -> None:
        paper = self.state.paper
        rows = rows_of(paper, self._reckoning.suggestions) if paper is not None else ()
        self.state = replace(self.state, rows=rows)
        self.state_changed.emit(self.state)

    def _say(self, said: str, problem: bool = False) -> None:
        self.state = replace(self.state, said=said, problem=problem)
        self.state_changed.emit(self.state)

    def _on_failed(self, error: ZavaError) -> None:
        self._say(str(error), True)
