"""Parts of the stock of stores, and figures that follow them by what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from app.data.store.session import Row

Change = tuple[Row | None, Row | None]
"""A row as it was and as it is, None where it is not of the selection."""
S = TypeVar("S")

STOCKED: Final = "store_id IN :store_ids AND deleted = false"
"""The condition of what the stores stock."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The items that a condition meets, with `:store_ids` in it, and what is read of each."""

    fields: str
    condition: str

    @property
    def whole(self) -> str:
        """The statement for all of them."""
        return f"SELECT {self.fields} FROM inventory WHERE {self.condition} LIMIT 400000"

    @property
    def part(self) -> str:
        """The statement for those of them that have one of `:ids`."""
        return f"SELECT {self.fields} FROM inventory USE IDS LIST :ids WHERE {self.condition}"


class Reduce(Protocol[S]):
    """Makes figures of those before, the rows of a selection as they are now, and what changed.

    It changes none of them, and may be called in any thread. There are no figures at first, when
    every row is a change.
    """

    def __call__(
        self, before: S | None, rows: Mapping[str, Row], changes: Sequence[Change]
    ) -> S: ...


class Follower(Generic[S]):
    """A selection as it was read last, and the figures of it."""

    def __init__(
        self,
        selection: Selection,
        store_ids: frozenset[str],
        reduce: Reduce[S],
        on_figures: Callable[[S], None],
    ) -> None:
        self.selection = selection
        self.store_ids = store_ids
        self.parameters = {"store_ids": sorted(store_ids)}
        self.loaded = False
        self.cancelled = False
        self._reduce = reduce
        self._on_figures = on_figures
        self._rows: dict[str, Row] = {}
        self._figures: S | None = None

    def compared(self, found: dict[str, Row]) -> tuple[dict[str, Row], S | None]:
        """All rows as they are, and their figures; None where nothing has changed."""
        pairs = ((self._rows.get(key), found.get(key)) for key in self._rows.keys() | found.keys())
        changes = [(old, new) for old, new in pairs if old != new]
        changed = changes or not self.loaded
        return found, self._reduce(self._figures, found, changes) if changed else None

    def take(self, rows: dict[str, Row], figures: S | None) -> None:
        """Go on from what was compared."""
        self._rows, self.loaded = rows, True
        if figures is not None:
            self._tell(figures)

    def take_part(self, ids: Iterable[str], found: Mapping[str, Row]) -> None:
        """Go on from what was found of some ids."""
        changes: list[Change] = []
        for key in ids:
            old, new = self._rows.pop(key, None), found.get(key)
            if new is not None:
                self._rows[key] = new
            if old != new:
                changes.append((old, new))
        if changes:
            self._tell(self._reduce(self._figures, self._rows, changes))

    def _tell(self, figures: S) -> None:
        self._figures = figures
        if self.cancelled:
            return
        try:
            self._on_figures(figures)
        except Exception as error:
            its = {"message": "a screen update failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(its)
