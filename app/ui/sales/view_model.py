"""Sales figures: what some stores sold, beside the year before, and what they stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.data.selling.sales import SalesRepository, StockFigures
from app.data.stock.catalogue import Catalogue
from app.domain.entities import Store
from app.domain.sales import (
    NOBODY,
    Bucket,
    Pair,
    Sums,
    buckets,
    cents_in,
    merged,
    ranked,
    year_before,
)
from app.ui.core.command import Command
from app.ui.core.csv_file import write_csv
from app.ui.core.formats import counted, day_of_year

STEPS = (("day", "Days"), ("week", "Weeks"), ("month", "Months"))
KINDS = (("store", "Stores"), ("category", "Categories"), ("rep", "Reps"), ("product", "Products"))
_RANKED = 10
_NO_STOCK = StockFigures()


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a picture: how many and how many cents, and the same a year before."""

    label: str
    count: int
    cents: int
    count_before: int
    cents_before: int


@dataclass(frozen=True, slots=True)
class SalesState:
    """The figures, `periods` None before the first answer; `adding` while months are added up."""

    step: str = "day"
    kind: str = "store"
    periods: tuple[Line, ...] | None = None
    ranks: tuple[Line, ...] = ()
    stock: StockFigures = _NO_STOCK
    adding: bool = False

    @property
    def total(self) -> Line:
        """The sum of all periods."""
        lines = self.periods or ()
        return Line(
            "All",
            sum(one.count for one in lines),
            sum(one.cents for one in lines),
            sum(one.count_before for one in lines),
            sum(one.cents_before for one in lines),
        )


class SalesViewModel(QObject):
    """Follows the sales of some stores while it is shown."""

    state_changed = Signal(object)

    def __init__(
        self,
        sales: SalesRepository,
        catalogue: Catalogue,
        stores: Sequence[Store],
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sales = sales
        self._catalogue = catalogue
        self._names = {one.store_id: one.short_name for one in stores}
        self._now = now
        self._step, self._kind = "day", "store"
        self._totals: Mapping[str, Mapping[str, Pair]] = {}
        self._details: Mapping[str, Mapping[str, Sums]] = {}
        self._stock = StockFigures()
        self._cancel: Callable[[], None] | None = None
        self._thorough = True
        self._again = False
        self.state = SalesState()
        self.look = Command(self._read_sales, self)
        self.look.changed.connect(self._look_again)
        self.export = Command(self._export, self)

    def activate(self) -> None:
        """Follow the stores."""
        if self._cancel is None:
            self._cancel = self._sales.watch(sorted(self._names), self._on_change)
            self._on_change()

    def deactivate(self) -> None:
        """Stop following the stores."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        self._again = False
        self.look.cancel()

    def choose(self, step: str | None = None, kind: str | None = None) -> None:
        """Show days, weeks or months, and the kind of source: stores, products or people."""
        self._step, self._kind = step or self._step, kind or self._kind
        self._on_change()

    def _on_change(self) -> None:
        self._again = not self.look.execute()

    def _look_again(self) -> None:
        if self._again and not self.look.running and self._cancel is not None:
            self._again = not self.look.execute()

    async def _read_sales(self) -> None:
        ids = sorted(self._names)
        # What was kept is shown at once; what has changed since is added up then.
        await self._read(ids)
        self._emit(adding=self._thorough)
        self._stock = await self._sales.stock(ids)
        self._emit(adding=self._thorough)
        changed = await self._sales.catch_up(ids, self._thorough)
        self._thorough = False
        if changed:
            await self._read(ids)
        self._emit(adding=False)

    async def _read(self, ids: Sequence[str]) -> None:
        days = [one.first for span in self._spans() for one in span]
        days += [one.until for span in self._spans() for one in span]
        months = sorted({f"{day:%Y-%m}" for day in days})
        self._totals = await self._sales.totals(ids, months)
        self._details = await self._sales.details(ids, months)

    def _spans(self) -> list[tuple[Bucket, Bucket]]:
        today = self._now().date()
        return [(one, year_before(one, self._step)) for one in buckets(self._step, today)]

    def _emit(self, adding: bool) -> None:
        spans = self._spans()
        days: dict[date, Pair] = {}
        for of_store in self._totals.values():
            for text, (count, cents) in of_store.items():
                day = date.fromisoformat(text)
                before = days.get(day, (0, 0))
                days[day] = before[0] + count, before[1] + cents
        periods = tuple(
            Line(self._period(one), *cents_in(days, one), *cents_in(days, before))
            for one, before in spans
        )
        ranks = tuple(self._ranks(spans))
        self.state = SalesState(self._step, self._kind, periods, ranks, self._stock, adding)
        self.state_changed.emit(self.state)

    def _period(self, bucket: Bucket) -> str:
        first = bucket.first
        return f"{first:%b %Y}" if self._step == "month" else day_of_year(first)

    def _ranks(self, spans: Sequence[tuple[Bucket, Bucket]]) -> list[Line]:
        now = self._by_kind(spans[0][0].first, spans[-1][0].until)
        before = self._by_kind(spans[0][1].first, spans[-1][1].until)
        return [
            Line(self._label(key), *pair, *before.get(key, (0, 0)))
            for key, pair in ranked(now, _RANKED)
        ]

    def _by_kind(self, first: date, until: date) -> dict[str, Pair]:
        start, end = first.isoformat(), until.isoformat()
        parts = {
            store_id: merged(sums for day, sums in its.items() if start <= day < end)
            for store_id, its in self._details.items()
        }
        if self._kind == "store":
            return {store_id: sums.total for store_id, sums in parts.items()}
        whole = merged(parts.values())
        if self._kind == "rep":
            return whole.people
        if self._kind == "product":
            return whole.products
        result: dict[str, Pair] = {}
        for product_id, (count, cents) in whole.products.items():
            listing = self._catalogue.listing(product_id)
            category = listing.product.category if listing else "No longer sold"
            pair = result.get(category, (0, 0))
            result[category] = pair[0] + count, pair[1] + cents
        return result

    def _label(self, key: str) -> str:
        if self._kind == "store":
            return self._names.get(key, key)
        if self._kind == "rep":
            return "Before the app" if key == NOBODY else key
        if self._kind == "product":
            listing = self._catalogue.listing(key)
            return listing.product.name if listing else key
        return key

    async def _export(self, path: str, picture: str) -> str:
        lines = self.state.ranks if picture == "ranks" else self.state.periods or ()
        header = ("Which", "How many", "Sales", "How many a year before", "Sales a year before")
        rows = [
            (
                line.label,
                line.count,
                _dollars(line.cents),
                line.count_before,
                _dollars(line.cents_before),
            )
            for line in lines
        ]
        await write_csv(Path(path), header, rows)
        return f"{counted(len(rows), 'row')} written to {path}"


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
