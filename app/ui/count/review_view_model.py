"""The review of a stocktake before it is posted: differences in units and money."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from app.data.papers.stocktakes import StocktakeRepository
from app.data.stock.catalogue import Catalogue
from app.domain.approvals import Approval, WordNeededError
from app.domain.entities import Actor, StockItem
from app.domain.stocktake import Count, ReviewLine, Stocktake
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.command import Command
from app.ui.core.message import NO_MESSAGE, Message, problem
from connector_config.errors import UserError

FILTERS = (
    ("different", "Differences"),
    ("disputed", "Counted twice"),
    ("missing", "Not counted"),
    ("all", "All"),
)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A line with the name of its product."""

    line: ReviewLine
    name: str
    sku: str


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The lines of the chosen filter; sums are over all lines, `value` in US dollars at cost."""

    stocktake: Stocktake
    rows: tuple[ReviewRow, ...] | None = None
    shown: str = "different"
    counted: int = 0
    different: int = 0
    disputed: int = 0
    missing: int = 0
    more: int = 0
    fewer: int = 0
    value: Decimal = Decimal(0)
    message: Message = NO_MESSAGE


class ReviewViewModel(QObject):
    """Follows one stocktake; `choose`, `post` and `cancel` settle it.

    `word_needed` carries the WordNeededError of what `post` needs a manager's Approval for.
    """

    state_changed = Signal(object)
    word_needed = Signal(object)
    posted = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stocktakes: StocktakeRepository,
        actor: Actor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._stocktakes = stocktakes
        self._actor = actor
        self._following = ExitStack()
        self._active = False
        self._lines: tuple[ReviewRow, ...] = ()
        self._again = False
        self.state: ReviewState
        self._read = Command(self._review, self)
        self._read.changed.connect(self._on_read)
        self.choose = Command(self._choose, self, writes=True)
        self.post = Command(self._post, self, writes=True)
        self.cancel = Command(self._cancel, self, writes=True)
        self.post.finished.connect(self._on_posted)
        for command in (self._read, self.choose, self.post, self.cancel):
            command.failed.connect(self._on_failed)

    @property
    def working(self) -> bool:
        """Whether something is being read or written."""
        commands = (self._read, self.choose, self.post, self.cancel)
        return any(one.running for one in commands)

    def open(self, stocktake: Stocktake) -> None:
        """Show a stocktake."""
        self.close()
        self._lines = ()
        self.state = ReviewState(stocktake)
        self._active = True
        self._following.callback(self._stocktakes.watch(stocktake, self._on_stocktake))
        self._following.callback(
            self._stocktakes.watch_progress(stocktake, lambda _: self._refresh())
        )

    def close(self) -> None:
        """Stop following the store."""
        self._following.close()
        self._active = self._again = False

    def show(self, shown: str) -> None:
        """Show only the lines that a filter lets through."""
        self._update(shown=shown, rows=_only(shown, self._lines))

    @property
    def to_recount(self) -> list[StockItem]:
        """The products that differ or that people counted differently, at most 500."""
        return [one.line.item for one in self._lines if one.line.difference or one.line.disputed][
            :500
        ]

    @property
    def lines(self) -> Sequence[ReviewRow]:
        """All lines, by place."""
        return self._lines

    async def read(self, stocktake: Stocktake) -> tuple[ReviewRow, ...]:
        """All lines of a stocktake, by place, whether it is the shown one or not."""
        return tuple(self._row(line) for line in await self._stocktakes.review(stocktake))

    def _refresh(self) -> None:
        self._again = not self._read.execute()

    def _on_read(self) -> None:
        if self._again and not self._read.running and self._active:
            self._refresh()

    def _on_stocktake(self, stocktake: Stocktake) -> None:
        self._update(stocktake=stocktake)
        self._refresh()

    async def _review(self) -> None:
        self._lines = await self.read(self.state.stocktake)
        lines = [one.line for one in self._lines]
        counted = [line for line in lines if line.counts]
        known = [line.difference or 0 for line in lines]
        self._update(
            rows=_only(self.state.shown, self._lines),
            counted=len(counted),
            missing=len(lines) - len(counted),
            different=sum(one != 0 for one in known),
            disputed=sum(line.disputed for line in lines),
            more=sum(one for one in known if one > 0),
            fewer=-sum(one for one in known if one < 0),
            value=sum((line.value for line in lines), Decimal(0)),
        )

    async def _choose(self, chosen: Sequence[Count]) -> None:
        for count in chosen:
            await self._stocktakes.choose(self.state.stocktake, count, self._actor)
        self._update(message=NO_MESSAGE)

    async def _post(self, approval: Approval | None = None) -> Stocktake:
        actor = replace(self._actor, approved_by=approval)
        return await self._stocktakes.post(self.state.stocktake, actor)

    def say(self, message: Message) -> None:
        """Show a message."""
        self._update(message=message)

    def say_not_approved(self) -> None:
        """Say that nothing was posted, because no manager approved it."""
        self._update(message=problem(NOT_APPROVED))

    def _on_failed(self, error: UserError) -> None:
        if isinstance(error, WordNeededError):
            self.word_needed.emit(error)
        else:
            self._update(message=problem(error))

    def _on_posted(self, stocktake: Stocktake) -> None:
        self._update(message=Message("Posted. Stock is what was counted."))
        self.posted.emit(stocktake)

    async def _cancel(self) -> None:
        await self._stocktakes.cancel(self.state.stocktake, self._actor)

    def of_person(self, count: Count) -> list[Count]:
        """A count, and the newest ones of the same person for everything else in dispute."""
        own: dict[str, Count] = {}
        for row in self._lines:
            for one in row.line.counts if row.line.disputed else ():
                if _maker(one) == _maker(count):
                    own[one.inventory_id] = one
        return [*(one for key, one in own.items() if key != count.inventory_id), count]

    def _row(self, line: ReviewLine) -> ReviewRow:
        listing = self._catalogue.listing(line.item.product_id)
        if listing is None:
            return ReviewRow(line, line.item.product_id, "")
        return ReviewRow(line, listing.product.name, listing.product.sku)

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)


def _maker(count: Count) -> tuple[str, str]:
    return count.signature.who, count.signature.device_id


def _only(shown: str, rows: Sequence[ReviewRow]) -> tuple[ReviewRow, ...]:
    if shown == "different":
        return tuple(one for one in rows if one.line.difference or one.line.disputed)
    if shown == "disputed":
        # Also where somebody has chosen since: another one may be chosen.
        return tuple(one for one in rows if len(set(one.line.differences)) > 1)
    if shown == "missing":
        return tuple(one for one in rows if not one.line.counts)
    return tuple(rows)
