"""Sales figures: what some stores sold, beside the year before, and what they stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.data.selling.sales import SalesRepository, StockFigures
from app.data.stock.catalogue import Catalogue
from app.domain.entities import Store
from app.domain.sales import (
    BY_RETURN,
    BY_SALE,
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
from app.ui.core.formats import counted, day_of_year, local_day
from app.ui.sales.figures import Figures

STEPS = (("day", "Days"), ("week", "Weeks"), ("month", "Months"))
KINDS = (("store", "Stores"), ("category", "Categories"), ("rep", "Reps"), ("product", "Products"))
_RANKED = 10
_NO_STOCK = StockFigures()
_CSV_HEADER = (
    *("Which", "How many", "Sales", "How many a year before", "Sales a year before"),
    *("Returns on the day of the sale", "Returns on the day they came"),
    *("A year before, returns on the day of the sale", "A year before, on the day they came"),
    *("Changed afterwards on", "Sales before that"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a picture: how many and how many cents, and the same a year before.

    `was` is what it came to when its days were over, where that changed since, and `changed` when.
    """

    label: str
    count: int
    cents: int
    count_before: int
    cents_before: int
    was: Pair | None = None
    changed: str = ""


@dataclass(frozen=True, slots=True)
class SalesState:
    """The figures, `periods` None before the first answer; `adding` while months are added up.

    `returns` says on which day returns count, `sale` or `return`; empty where stores differ.
    """

    step: str = "day"
    kind: str = "store"
    periods: tuple[Line, ...] | None = None
    ranks: tuple[Line, ...] = ()
    stock: StockFigures = _NO_STOCK
    returns: str = BY_SALE
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
        today: Callable[[], date],
        is_filling: Callable[[], bool] = lambda: False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sales = sales
        self._catalogue = catalogue
        self._names = {one.store_id: one.short_name for one in stores}
        self._today = today
        self._is_filling = is_filling
        self._step, self._kind = "day", "store"
        self._figures = Figures()
        self._ranked: list[str] = []
        self._stock = StockFigures()
        self._cancel: Callable[[], None] | None = None
        self._stop_stock: Callable[[], None] | None = None
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
        if self._stop_stock is not None:
            self._stop_stock()
            self._stop_stock = None

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
        if self._stop_stock is None:
            self._stop_stock = await self._sales.watch_stock(ids, self._on_stock)
        changed = await self._sales.catch_up(ids, mark=not self._is_filling())
        self._thorough = False
        if changed:
            await self._read(ids)
        self._emit(adding=False)

    def _on_stock(self, stock: StockFigures) -> None:
        self._stock = stock
        self._emit(self.state.adding)

    async def _read(self, ids: Sequence[str]) -> None:
        days = [one.first for span in self._spans() for one in span]
        days += [one.until for span in self._spans() for one in span]
        months = sorted({f"{day:%Y-%m}" for day in days})
        self._figures = Figures(
            {one.store_id: one.returns_count for one in await self._sales.stores(ids)},
            await self._sales.totals(ids, months),
            await self._sales.details(ids, months),
            await self._sales.beside(ids),
        )

    def _spans(self) -> list[tuple[Bucket, Bucket]]:
        today = self._today()
        return [(one, year_before(one, self._step)) for one in buckets(self._step, today)]

    def _emit(self, adding: bool) -> None:
        spans, days = self._spans(), self._figures.days()
        periods = tuple(
            self._marked(
                Line(self._period(one), *cents_in(days, one), *cents_in(days, before)), one
            )
            for one, before in spans
        )
        now, before = self._by_kind(spans)
        self._ranked = [key for key, _ in ranked(now, _RANKED)]
        ranks = tuple(
            Line(self._label(key), *now[key], *before.get(key, (0, 0))) for key in self._ranked
        )
        ways = {self._figures.way(store_id) for store_id in self._names}
        returns = ways.pop() if len(ways) == 1 else ""
        self.state = SalesState(
            self._step, self._kind, periods, ranks, self._stock, returns, adding
        )
        self.state_changed.emit(self.state)

    def _marked(self, line: Line, bucket: Bucket) -> Line:
        """The line with what it was when its days were over, where it changed since."""
        late = self._figures.late(bucket)
        if not late:
            return line
        was = line.count - sum(one[0] for one in late), line.cents - sum(one[1] for one in late)
        return replace(line, was=was, changed=max(one[2] for one in late))

    def _period(self, bucket: Bucket) -> str:
        first = bucket.first
        return f"{first:%b %Y}" if self._step == "month" else day_of_year(first)

    def _by_kind(
        self, spans: Sequence[tuple[Bucket, Bucket]], way: str = ""
    ) -> tuple[dict[str, Pair], dict[str, Pair]]:
        """Sums by what is ranked, and the same a year before."""
        now, before = (
            self._of_kind(self._figures.by_store(spans[0][at].first, spans[-1][at].until, way))
            for at in (0, 1)
        )
        return now, before

    def _of_kind(self, parts: Mapping[str, Sums]) -> dict[str, Pair]:
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
        ways = [self._cents(picture, way) for way in (BY_SALE, BY_RETURN)]
        rows = [
            (
                line.label,
                line.count,
                _dollars(line.cents),
                line.count_before,
                _dollars(line.cents_before),
                *(_dollars(its[at][then]) for then in (0, 1) for its in ways),
                local_day(line.changed),
                "" if line.was is None else _dollars(line.was[1]),
            )
            for at, line in enumerate(lines)
        ]
        await write_csv(Path(path), _CSV_HEADER, rows)
        return f"{counted(len(rows), 'row')} written to {path}"

    def _cents(self, picture: str, way: str) -> list[tuple[int, int]]:
        """The cents of the lines of a picture, and a year before, all stores in one way."""
        spans = self._spans()
        if picture == "ranks":
            now, before = self._by_kind(spans, way)
            return [(now.get(key, (0, 0))[1], before.get(key, (0, 0))[1]) for key in self._ranked]
        days = self._figures.days(way)
        return [(cents_in(days, one)[1], cents_in(days, before)[1]) for one, before in spans]


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
