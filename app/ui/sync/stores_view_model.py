"""Choosing the stores on this device: they are ticked first, and taken when that is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.data.sync.state import Sync
from app.domain.entities import Store
from app.ui.core.command import Command
from app.ui.core.formats import counted
from app.ui.core.message import NO_MESSAGE, Message, problem
from connector_config.wording import plural

HELD = (
    "Of the ticked stores this device has everything: customers, orders, stock movements and "
    "papers. It has the stock levels of all stores."
)


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store; `documents` counts what comes or goes with it, None where nobody knows.

    `fixed` says why its tick cannot be changed, empty when it can.
    """

    store: Store
    held: bool
    ticked: bool
    fixed: str = ""
    documents: int | None = None


@dataclass(frozen=True, slots=True)
class StoresState:
    """The ticks: `meaning` is what they mean, in sentences.

    `changed` is set while they are not what this device holds; `message` says what went wrong.
    """

    rows: tuple[StoreRow, ...] = ()
    meaning: tuple[str, ...] = (HELD,)
    changed: bool = False
    message: Message = NO_MESSAGE


class StoresViewModel(QObject):
    """Follows the service while the screen is shown; the ticks are kept until they are applied."""

    state_changed = Signal(object)

    def __init__(
        self, sync: Sync, stores: Sequence[Store], here: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sync = sync
        self._stores = stores
        self._here = here
        self._ticked: frozenset[str] | None = None
        self._documents: dict[str, int] = {}
        self._taken_out = False
        self._message = NO_MESSAGE
        self._cancel: Callable[[], None] | None = None
        self._counted: object = None
        self.state = StoresState()
        self.apply = Command(self._apply, self)
        self.apply.failed.connect(self._on_failed)
        self.apply.changed.connect(self._update)
        self.count = Command(self._count, self)
        self.count.changed.connect(self._recount)
        self._update()

    def activate(self) -> None:
        """Follow the service."""
        if self._cancel is None:
            self._cancel = self._sync.on_changed(self._on_changed)
            self._counted = None
            self._on_changed()

    def deactivate(self) -> None:
        """Stop following."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        self.count.cancel()

    def tick(self, store_id: str, on: bool) -> None:
        """Tick a store, or take its tick away."""
        ticked = set(self._chosen)
        (ticked.add if on else ticked.discard)(store_id)
        self._choose(ticked)

    def tick_all(self, on: bool) -> None:
        """Tick every store that can be had, or only the one that is worked in."""
        fixed = {row.store.store_id for row in self.state.rows if row.fixed}
        others = {row.store.store_id for row in self.state.rows} - fixed
        self._choose((self._chosen & fixed) | (others if on else set()))

    def reset(self) -> None:
        """Tick the stores that this device holds."""
        self._choose(self._sync.state.stores)

    @property
    def _chosen(self) -> frozenset[str]:
        return frozenset(self._sync.state.stores) if self._ticked is None else self._ticked

    def _choose(self, store_ids: Iterable[str]) -> None:
        ticked = frozenset(store_ids)
        self._ticked = None if ticked == frozenset(self._sync.state.stores) else ticked
        self._message = NO_MESSAGE
        self._update()

    async def _apply(self) -> None:
        chosen = self._chosen
        self._taken_out = bool(frozenset(self._sync.state.stores) - chosen)
        await self._sync.choose_stores(sorted(chosen))
        # What was ticked meanwhile is for the next time.
        if self._ticked == chosen:
            self._ticked = None

    def _on_failed(self, error: object) -> None:
        self._message = problem(error)
        self._update()

    def _on_changed(self) -> None:
        state = self._sync.state
        held = frozenset(state.stores)
        if self._ticked == held:
            self._ticked = None
        # What was to get is not here yet, and what was here is not gone.
        for row in self.state.rows:
            if row.held is not (row.store.store_id in held):
                self._documents.pop(row.store.store_id, None)
        self._update()
        self._recount()

    def _recount(self) -> None:
        """Ask again when something has changed, also since the asking began."""
        if self._cancel is None:
            return
        state = self._sync.state
        now = (state.stores, state.report.phase, state.leaving)
        if now != self._counted and self.count.execute():
            self._counted = now

    async def _count(self) -> None:
        for store in self._stores:
            before = self._sync.state.stores
            documents = await self._sync.documents_of(store.store_id)
            if documents is None or before != self._sync.state.stores:
                self._documents.pop(store.store_id, None)
            else:
                self._documents[store.store_id] = documents
        self._update()

    def _update(self) -> None:
        held = frozenset(self._sync.state.stores)
        rows = tuple(self._row(store, held) for store in self._stores)
        changed = self._chosen != held
        meaning = [HELD]
        if changed:
            meaning = [
                *_coming([row for row in rows if row.ticked and not row.held]),
                *_leaving([row for row in rows if row.held and not row.ticked]),
            ]
        elif self._taken_out and self._sync.state.leaving:
            meaning.append(
                "What was taken out is leaving, but for what has not been delivered."
                if self._sync.state.connected
                else "What was taken out leaves as soon as this device is connected."
            )
        self.state = replace(
            self.state, rows=rows, meaning=tuple(meaning), changed=changed, message=self._message
        )
        self.state_changed.emit(self.state)

    def _row(self, store: Store, held: frozenset[str]) -> StoreRow:
        grant = self._sync.state.report.grant
        store_id = store.store_id
        ticked = store_id in self._chosen
        fixed = ""
        if store_id == self._here:
            fixed = "You work here"
        elif grant is not None and not grant.covers(store_id) and not ticked:
            fixed = "Not in your login"
        return StoreRow(store, store_id in held, ticked, fixed, self._documents.get(store_id))


def _coming(rows: Sequence[StoreRow]) -> list[str]:
    if not rows:
        return []
    verb = plural(len(rows), "comes", "come")
    documents = _documents(rows)
    return [f"{_names(rows)} {verb} to this device{documents and f': {documents}'}."]


def _leaving(rows: Sequence[StoreRow]) -> list[str]:
    if not rows:
        return []
    verb, whose = ("leaves", "its") if len(rows) == 1 else ("leave", "their")
    documents = _documents(rows)
    return [
        f"{_names(rows)} {verb} this device as soon as it is connected: "
        f"{documents and f'{documents}, '}{whose} customers, orders, stock movements and papers. "
        "Stock levels stay. What was done here stays until it is delivered. Tick again, and it all "
        "comes back."
    ]


def _names(rows: Sequence[StoreRow]) -> str:
    names = [row.store.short_name for row in rows]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _documents(rows: Sequence[StoreRow]) -> str:
    known = [row.documents for row in rows if row.documents is not None]
    return counted(sum(known), "document") if len(known) == len(rows) else ""
