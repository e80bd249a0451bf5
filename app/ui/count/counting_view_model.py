"""Counting: one person counts a stocktake shelf by shelf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.data.papers.stocktakes import Progress, StocktakeRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.approvals import Approval, WordNeededError
from app.domain.conventions import US, Conventions
from app.domain.entities import Actor, Place, StockItem
from app.domain.errors import InvalidInputError
from app.domain.scans import Scan, ScannedPlace, ScannedProduct
from app.domain.stock import has_sign, parse_quantity
from app.domain.stocktake import Count, Stocktake
from app.domain.unusual import Asked, Unusual, unusual
from app.ui.core.actions import Actions
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.formats import number
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.scan_words import refusal
from app.ui.count.counting_state import CountingState, CountRow, same
from app.ui.count.walk import Walk
from connector_config.errors import UserError


class CountingViewModel(QObject):
    """Counts one stocktake for one person; a scan never waits for the store.

    `unusual` carries the Unusual of which `save` has to be sure, `word_needed` the WordNeededError
    of a count, and what stores it once a manager's Approval is there.
    """

    state_changed = Signal(object)
    unusual = Signal(object)
    word_needed = Signal(object, object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        stocktakes: StocktakeRepository,
        actor: Actor,
        conventions: Conventions = US,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stock = stock
        self._stocktakes = stocktakes
        self._actor = actor
        self._conventions = conventions
        self._following = ExitStack()
        self._walk = Walk(stock, stocktakes, actor, self._on_walk)
        self._is_recount = False
        self._mine: dict[str, int] = {}
        self._looked_up: dict[str, StockItem] = {}
        # One after the other: the newest count of a product is the one that holds.
        self._actions = Actions(self)
        self._actions.failed.connect(lambda error: self.refuse(str(error)))
        self._told_later = False
        self.state: CountingState

    def open(self, stocktake: Stocktake, recount: Sequence[StockItem] = ()) -> None:
        """Count a stocktake from its first shelf, or only some of its items once more."""
        self.close()
        self._is_recount = bool(recount)
        self._mine = {}
        self._looked_up = {}
        self.state = CountingState(stocktake)
        self._following.callback(self._stocktakes.watch(stocktake, self._on_stocktake))
        self._following.callback(self._stocktakes.watch_progress(stocktake, self._on_progress))
        self._following.callback(self._catalogue.on_changed(self._show))
        self._walk.open(stocktake, recount)
        if recount:
            self._show()
        else:
            self._actions.add(lambda: self._remember(stocktake))

    def close(self) -> None:
        """Stop following the store; what is being saved is finished."""
        self._following.close()
        self._walk.close()

    @property
    def working(self) -> bool:
        """Whether something is being written or read."""
        return self._actions.running

    def scan(self, scan: Scan, typed: str) -> None:
        """Count a scanned unit or pack; `typed` is what the big digits say by now."""
        with self._told_once():
            match scan.meaning:
                case ScannedPlace(place):
                    self._go_to(place, typed)
                case ScannedProduct(product_id, units):
                    self._count(product_id, units, typed)
                case _:
                    self.refuse(refusal(scan))

    def _count(self, product_id: str, units: int, typed: str) -> None:
        listing = self._catalogue.listing(product_id)
        assert listing is not None
        if listing.key is None:
            self.refuse(f"{listing.product.name} is not stocked here: receive it first.")
            return
        current = self.state.current
        if current is not None and current.item.product_id == product_id:
            self._count_more(units, typed)
            return
        begun = typed.strip() if current is None else ""
        is_read = self._read(begun) is not None if begun else self.keep(typed)
        if not is_read:
            return
        item = StockItem(
            listing.key["inventory_id"],
            listing.key["store_id"],
            listing.product.product_id,
            listing.place or Place(),
            0,
        )
        if not self._walk.is_at(item.place) and self._walk.has(item.place):
            self._go(item.place)
        row = self._row(item)
        before = row.mine or 0
        message = ""
        if begun:
            message = f"{begun}, as it was typed before the scan."
        elif before:
            added = "this one is" if units == 1 else f"these {number(units)} are"
            message = (
                f"You had counted {number(before)}: {added} added. Type a number to count anew."
            )
        elif not self.state.stocktake.covers(item.place):
            message = f"It belongs to {item.place.text[:1].lower()}{item.place.text[1:]}: counted."
        self._update(
            current=row,
            quantity=begun or str(before + units),
            message=Message(message),
            taken=self.state.taken + 1,
        )
        self._look_up(row)

    def choose(self, row: CountRow, typed: str) -> None:
        """Count a product that was chosen in the list."""
        current = self.state.current
        if current is not None and row.item == current.item:
            return
        if current is None or self.keep(typed):
            # What is typed before anything is chosen is for this one.
            begun = typed.strip() if current is None else ""
            self._update(current=row, quantity=begun, message=NO_MESSAGE)
            self._look_up(row)

    def save(self, typed: str, sure: bool = False) -> None:
        """Store what was counted and go to the next product of the shelf."""
        current = self.state.current
        if current is None:
            self.refuse("Scan a product, or choose one from the list.")
            return
        if not typed.strip():
            self.refuse(f"Type how many there are of {current.name}; 0 when there are none.")
            return
        if not self.keep(typed, sure):
            return
        at = next(
            (i for i, row in enumerate(self.state.rows) if same(row, current)),
            len(self.state.rows),
        )
        following = self.state.rows[at + 1 :]
        nearest = next((row for row in following if row.mine is None), None)
        self._update(current=nearest, quantity="", expected=None)
        if nearest is not None:
            self._look_up(nearest)

    def keep(self, typed: str, sure: bool = False) -> bool:
        """Store what was counted, if anything; False when it is no number, or of no product.

        And when it is unusually many, which is asked about unless the person is `sure`.
        """
        current = self.state.current
        if not typed.strip():
            return True
        if current is None:
            self.refuse(
                f"{typed.strip()} is typed for no product: scan it, or choose it from the list."
            )
            return False
        quantity = self._read(typed)
        if quantity is None:
            return False
        found = None if sure else self._unusual(current, quantity)
        if found is not None:
            self.refuse(f"{number(quantity)} is unusually many: not saved yet.")
            self.unusual.emit(found)
            return False
        self._mine[current.item.inventory_id] = quantity
        rows = tuple(
            replace(row, mine=quantity) if same(row, current) else row for row in self.state.rows
        )
        message = Message(f"{number(quantity)} {current.name}")
        self._update(rows=rows, current=None, quantity="", message=message)
        # By the time that it is written, another stocktake may be open.
        stocktake = self.state.stocktake
        self._actions.add(lambda: self._write(stocktake, current, quantity))
        return True

    def take_back(self) -> None:
        """Take the last count of this person out again."""
        if self.state.last is not None:
            count = self.state.last
            self._update(last=None)
            self._actions.add(lambda: self._withdraw(count))

    def step_shelf(self, by: int, typed: str) -> None:
        """Walk to the next shelf, or with -1 to the one before."""
        place = self._walk.beside(by)
        if place is not None and self.keep(typed):
            self._go(place)

    def refuse(self, sentence: str) -> None:
        """Say why nothing was done."""
        self._update(message=problem(sentence), refused=self.state.refused + 1)

    async def _remember(self, stocktake: Stocktake) -> None:
        counted = await self._stocktakes.counted_by(stocktake, self._actor)
        if self._is_on(stocktake.stocktake_id):
            self._mine = counted | self._mine
            self._show()

    def say(self, message: Message) -> None:
        """Show a message."""
        self._update(message=message)

    def say_not_approved(self) -> None:
        """Say that a count was not stored, because no manager approved it."""
        self._update(message=problem(NOT_APPROVED))

    async def _write(
        self,
        stocktake: Stocktake,
        row: CountRow,
        quantity: int,
        approval: Approval | None = None,
    ) -> None:
        actor = replace(self._actor, approved_by=approval)
        try:
            count = await self._stocktakes.count(stocktake, row.item, quantity, actor)
        except UserError as error:
            if self._is_on(stocktake.stocktake_id):
                self._mine.pop(row.item.inventory_id, None)
                self._show()
            if not isinstance(error, WordNeededError):
                raise
            self.word_needed.emit(
                error,
                lambda its: self._actions.add(lambda: self._write(stocktake, row, quantity, its)),
            )
            return
        if self._is_on(stocktake.stocktake_id):
            if approval is not None:
                self._mine[row.item.inventory_id] = quantity
                self._show()
            self._update(last=count)

    def _is_on(self, stocktake_id: str) -> bool:
        return self.state.stocktake.stocktake_id == stocktake_id

    async def _withdraw(self, count: Count) -> None:
        await self._stocktakes.withdraw(count, self._actor)
        if not self._is_on(count.stocktake_id):
            return
        self._mine.pop(count.inventory_id, None)
        self._update(message=Message("Taken back."))
        self._show()
        if not self._is_recount:
            # An earlier count of the same person holds again.
            await self._remember(self.state.stocktake)

    def _unusual(self, row: CountRow, quantity: int) -> Unusual | None:
        item = self._looked_up.get(row.item.inventory_id, row.item)
        found = unusual(Asked(item.product_id, row.name, quantity), item)
        # Who counts blindly is not told what is expected.
        blind = found is not None and self.state.stocktake.blind
        return replace(found, usual=0) if found is not None and blind else found

    def _count_more(self, units: int, typed: str) -> None:
        quantity = self._read(typed) if typed.strip() else 0
        if quantity is not None:
            taken = self.state.taken + 1
            self._update(quantity=str(quantity + units), message=self._still_true(), taken=taken)

    def _read(self, typed: str) -> int | None:
        """A typed count; None after saying what is wrong with it."""
        if has_sign(typed):
            self.refuse(f"“{typed.strip()[:20]}”: type how many there are in all, without a sign.")
            return None
        try:
            return parse_quantity(typed, 0, self._conventions)
        except InvalidInputError as error:
            self.refuse(str(error))
            return None

    def _go_to(self, place: Place, typed: str) -> None:
        if not self._walk.has(place):
            self.refuse(f"{place.text} is not part of this count.")
        elif self.keep(typed):
            self._go(place)

    def _go(self, place: Place) -> None:
        self._walk.go(place)
        shelf = Place(place.aisle, place.shelf)
        message = self._still_true()
        self._update(shelf=shelf.text, rows=(), current=None, quantity="", message=message)

    def _look_up(self, row: CountRow) -> None:
        """Look at what is in stock: people see it unless they count blindly."""
        if not self.state.stocktake.blind:
            self._update(expected=None)
        self._actions.add(lambda: self._expect(row))

    async def _expect(self, row: CountRow) -> None:
        listing = self._catalogue.listing(row.item.product_id)
        if listing is None or listing.key is None:
            return
        items = await self._stock.items([listing.key])
        if items:
            self._looked_up[row.item.inventory_id] = items[0]
        if self.state.stocktake.blind:
            return
        if items and self.state.current is not None and same(self.state.current, row):
            self._update(expected=items[0].on_hand)

    def _on_stocktake(self, stocktake: Stocktake) -> None:
        self._update(stocktake=stocktake)

    def _on_progress(self, progress: Progress) -> None:
        self._update(counted=progress.items)

    def _on_walk(self) -> None:
        place = self._walk.place
        self._update(total=self._walk.total, shelf=place.text if place else "")
        self._show()

    def _show(self) -> None:
        self._update(rows=tuple(self._row(item) for item in self._walk.items))

    def _row(self, item: StockItem) -> CountRow:
        listing = self._catalogue.listing(item.product_id)
        name = listing.product.name if listing else item.product_id
        mine = self._mine.get(item.inventory_id)
        sku = listing.product.sku if listing else ""
        return CountRow(item, name, sku, mine, self._walk.others.get(item.inventory_id, ()))

    def _still_true(self) -> Message:
        """What was said before, unless it was a problem: the next step ends that."""
        return NO_MESSAGE if self.state.message.is_problem else self.state.message

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        if not self._told_later:
            self.state_changed.emit(self.state)

    @contextmanager
    def _told_once(self) -> Iterator[None]:
        """All changes in here are one for the page: drawing it is what a scan waits for."""
        self._told_later = True
        try:
            yield
        finally:
            self._told_later = False
            self.state_changed.emit(self.state)
