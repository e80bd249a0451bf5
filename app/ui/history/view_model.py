"""The movements of a store: filtered, sorted, paged, exported, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.data.stock.catalogue import Catalogue
from app.data.stock.history import (
    Cursor,
    HistoryColumn,
    HistoryFilter,
    HistoryPage,
    HistoryRepository,
)
from app.data.stock.stock import StockRepository
from app.domain.entities import Actor, Movement, Reason
from app.domain.errors import InvalidInputError
from app.domain.shop_days import Zone, day_of
from app.domain.undo import UndoPreview
from app.ui.core.collation import text_key
from app.ui.core.command import Command
from app.ui.core.csv_file import write_csv
from app.ui.core.filters import Days, first_of, last_of
from app.ui.core.formats import counted, movement_why

CSV_HEADER = (
    "When (UTC)",
    "Day",
    "SKU",
    "Product",
    "Reason",
    "Change",
    "Details",
    "Paper",
    "Who",
    "Device",
    "Offline",
    "Movement",
)
PAGE = 100
_EXPORT_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A movement with its product; `undone` as far as the rows that are shown tell."""

    movement: Movement
    name: str
    sku: str
    undone: bool


@dataclass(frozen=True, slots=True)
class HistoryState:
    """`rows` is None before the first answer; `more` says that more are there.

    They are newest first, or as `sorting` says: by a column, and whether it descends. `product`
    names the product that is filtered by; `problems` are sentences by field.
    """

    rows: tuple[HistoryRow, ...] | None = None
    more: bool = False
    sorting: tuple[HistoryColumn, bool] | None = None
    filtered: bool = False
    product: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    people: tuple[str, ...] = ()
    devices: tuple[tuple[str, str], ...] = ()


class HistoryViewModel(QObject):
    """Follows the newest page, adds older ones on request; `undo_asked` carries (row, preview)."""

    state_changed = Signal(object)
    undo_asked = Signal(object)

    def __init__(
        self,
        history: HistoryRepository,
        stock: StockRepository,
        catalogue: Catalogue,
        actor: Actor,
        days: Days,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._history = history
        self._stock = stock
        self._catalogue = catalogue
        self._actor = actor
        self.days = days
        self._everything = HistoryFilter(actor.profile.store_id)
        self._wanted = self._everything
        self._following = ExitStack()
        self._active = False
        self._newest: tuple[Movement, ...] = ()
        self._older: tuple[Movement, ...] = ()
        self._next: Cursor | None = None
        self._limit = PAGE
        self._more = self._arriving = False
        self._problems: dict[str, str] = {}
        self._meant: dict[str, str] = {}
        self.state = HistoryState()
        self.older = Command(self._load_older, self)
        self.names = Command(self._load_names, self)
        self.export = Command(self._export, self)
        self.ask_undo = Command(self._preview, self)
        self.undo = Command(self._undo, self, writes=True)

    def activate(self) -> None:
        """Follow the store."""
        self.names.execute()
        self._follow(self._wanted)

    def deactivate(self) -> None:
        """Stop following the store."""
        self._following.close()
        self._active = False
        self.older.cancel()

    def sort(self, column: HistoryColumn | None, descending: bool = False) -> None:
        """Show the first movements by a column, or with None the newest."""
        is_own = column is None or (column is HistoryColumn.TIME and descending)
        sorting = None if is_own or column is None else (column, descending)
        if sorting != self.state.sorting:
            self.state = replace(self.state, sorting=sorting)
            if self._active:
                self._follow(self._wanted)

    def mean(self, text: str, product_id: str) -> None:
        """From here on a text means this product: it was scanned and, if need be, asked for."""
        self._meant = {text: product_id}

    def filter(
        self,
        product: str = "",
        reason: Reason | None = None,
        who: str | None = None,
        device_id: str | None = None,
        since: str = "",
        until: str = "",
    ) -> None:
        """Show the movements that meet all conditions; days as typed, both included."""
        self._problems = {}
        name, inventory_id = self._find(product)
        wanted = replace(
            self._everything,
            inventory_id=inventory_id,
            reason=reason,
            who=who or None,
            device_id=device_id or None,
            since=self._day("since", since, first_of),
            until=self._day("until", until, last_of),
        )
        self.state = replace(
            self.state,
            product=name,
            filtered=wanted != self._everything,
            problems=tuple(self._problems.items()),
        )
        if self._problems:
            self._emit()
        elif wanted != self._wanted or not self._active:
            self._follow(wanted)
        else:
            self._emit()

    def _follow(self, wanted: HistoryFilter) -> None:
        self.deactivate()
        self._active = True
        self._wanted = wanted
        self._newest = self._older = ()
        self._next = None
        self._limit = PAGE
        self._more = False
        self.state = replace(self.state, rows=None)
        if self.state.sorting is not None:
            self._follow_sorted(*self.state.sorting)
        else:
            self._following.callback(self._history.watch(wanted, self._on_newest, PAGE))
            self._following.callback(self._catalogue.on_changed(self._emit))

    def _follow_sorted(self, column: HistoryColumn, descending: bool) -> None:
        self._arriving = True
        self._following.close()
        self._following.callback(
            self._history.watch_sorted(
                self._wanted, column, descending, self._on_sorted, self._limit
            )
        )
        self._following.callback(self._catalogue.on_changed(self._emit))

    def _on_sorted(self, movements: list[Movement], more: bool) -> None:
        self._arriving = False
        self._newest, self._more = tuple(movements), more
        self._emit()

    def _on_newest(self, page: HistoryPage) -> None:
        if not self._older:
            self._next = page.next
        elif page.movements:
            # What was on the newest page before stays on the list below it.
            there = {one.movement_id for one in (*page.movements, *self._older)}
            kept = tuple(one for one in self._newest if one.movement_id not in there)
            self._older = kept + self._older
        self._newest = page.movements
        self._emit()

    async def _load_older(self) -> None:
        if self.state.sorting is not None:
            if self._more and not self._arriving:
                self._limit += PAGE
                self._follow_sorted(*self.state.sorting)
            return
        if self._next is None:
            return
        page = await self._history.page(self._wanted, self._next, PAGE)
        self._older += page.movements
        self._next = page.next
        self._emit()

    async def _load_names(self) -> None:
        store_id = self._everything.store_id
        people = await self._history.people(store_id)
        devices = await self._history.devices(store_id)
        self.state = replace(
            self.state,
            people=tuple(sorted(people, key=text_key)),
            devices=tuple(sorted(devices.items(), key=lambda one: text_key(one[1]))),
        )
        self._emit()

    async def _preview(self, row: HistoryRow) -> None:
        self.undo_asked.emit((row, await self._history.preview_undo(row.movement)))

    async def _undo(self, row: HistoryRow, preview: UndoPreview) -> str:
        await self._stock.undo(row.movement, self._actor, preview.on_hand_after < 0)
        return f"Undone: {movement_why(row.movement)}, {row.name}"

    async def _export(self, path: str, only: Sequence[HistoryRow] = ()) -> str:
        if only:
            rows = [self._csv_row(one.movement) for one in only]
            await write_csv(Path(path), CSV_HEADER, rows)
            return f"{counted(len(rows), 'movement')} written to {path}"
        written, after, file = 0, None, Path(path)
        while True:
            page = await self._history.page(self._wanted, after, _EXPORT_PAGE)
            rows = [self._csv_row(one) for one in page.movements]
            await write_csv(file, CSV_HEADER, rows, append=after is not None)
            written, after = written + len(rows), page.next
            if after is None:
                return f"{counted(written, 'movement')} written to {path}"

    def _csv_row(self, movement: Movement) -> tuple[object, ...]:
        name, sku = self._named(movement)
        return (
            movement.at.isoformat(timespec="milliseconds"),
            day_of(movement.at, self.days.zone).isoformat(),
            sku,
            name,
            movement.reason.label,
            movement.quantity,
            movement_why(movement),
            movement.reference.get("number", ""),
            movement.who,
            movement.device_name,
            "yes" if movement.offline else "no",
            movement.movement_id,
        )

    def _find(self, text: str) -> tuple[str, str | None]:
        """The name and the inventory id of the product that a text means best."""
        if not text.strip():
            return "", None
        product_id = (
            self._meant.get(text)
            or self._catalogue.read(text).product_id
            or next(iter(self._catalogue.search(text, 1).product_ids), None)
        )
        listing = self._catalogue.listing(product_id) if product_id else None
        if listing is None:
            self._problems["product"] = "No product has this name or code."
            return "", None
        if listing.key is None:
            self._problems["product"] = f"This store does not carry {listing.product.name}."
            return "", None
        return listing.product.name, listing.key["inventory_id"]

    def _day(
        self, field: str, text: str, edge_of: Callable[[date | None, Zone], datetime | None]
    ) -> datetime | None:
        try:
            return edge_of(self.days.read(field, text), self.days.zone)
        except InvalidInputError as error:
            self._problems[field] = str(error)
            return None

    def _named(self, movement: Movement) -> tuple[str, str]:
        listing = self._catalogue.listing(movement.product_id)
        if listing is None:
            return movement.product_id, ""
        return listing.product.name, listing.product.sku

    def _emit(self) -> None:
        shown = (*self._newest, *self._older)
        undone = {one.undoes for one in shown}
        rows = tuple(
            HistoryRow(one, *self._named(one), undone=one.movement_id in undone) for one in shown
        )
        self.state = replace(
            self.state,
            rows=rows,
            more=self._more or self._next is not None,
            problems=tuple(self._problems.items()),
        )
        self.state_changed.emit(self.state)
