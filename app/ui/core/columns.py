"""The columns of a table as a person likes them: where, how wide, and which of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableView

from app.ui.core import zoom
from app.ui.core.kept_map import read_map, write_map
from app.ui.core.rows import Column
from app.ui.core.zoom import px

_NARROWEST = 40
_WIDEST = 560
"""Pixels that the longest names need: a number that belongs to one stays close to it."""
_GROWTH = 0.4
"""How much wider than its width a column gets at most, where there is room."""
_STEP = 40
"""Pixels by which the menu makes a column wider or narrower."""


class Columns(QObject):
    """Lays out the columns of a table, as its code says and as a person moved, sized and hid them.

    What the person did is kept on this device under the name of the table. `changed` tells of it.
    """

    changed = Signal()

    def __init__(
        self,
        table: QTableView,
        columns: Sequence[Column[Any]],
        preferences: QSettings,
        name: str,
    ) -> None:
        super().__init__(table)
        self._table = table
        self.all = columns
        self._preferences = preferences
        self._key = f"columns/{name}"
        self._names = [column.title or f"#{at}" for at, column in enumerate(columns)]
        self._withheld: set[int] = set()
        self._hidden: set[int] = set()
        self._by_hand: dict[int, float] = {}
        """Widths in pixels, by column, at text of size 1."""
        self._laying_out = self._restored = False
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(True)
        header.sectionResized.connect(self._on_resized)
        header.sectionMoved.connect(self._on_moved)

    @property
    def shown(self) -> list[int]:
        """The columns that are to be seen, from left to right."""
        places = map(self._header.logicalIndex, range(len(self.all)))
        return [at for at in places if at not in self._withheld | self._hidden]

    @property
    def known(self) -> list[tuple[int, str]]:
        """The columns with a title that a person may show and hide, from left to right."""
        places = map(self._header.logicalIndex, range(len(self.all)))
        titles = [(at, self.all[at].title) for at in places if at not in self._withheld]
        return [(at, title) for at, title in titles if title]

    @property
    def are_changed(self) -> bool:
        """Whether a person changed something about them."""
        return bool(self._hidden or self._by_hand or self._order != list(range(len(self._names))))

    def withhold(self, column: int, withheld: bool) -> None:
        """Leave a column out that has nothing to say now, whatever the person likes."""
        if (column in self._withheld) != withheld:
            self._withheld ^= {column}
            self._apply()

    def may_hide(self, column: int) -> bool:
        """Whether another column with a title stays."""
        return any(at != column and at not in self._hidden for at, _ in self.known)

    def hide(self, column: int) -> None:
        """Hide a column, unless it is the last one with a title."""
        if self.may_hide(column):
            self._hidden.add(column)
            self._keep()

    def show(self, column: int) -> None:
        """Show a column that was hidden."""
        self._hidden.discard(column)
        self._keep()

    def move(self, column: int, by: int) -> None:
        """Move a column one place to the right, or with -1 to the left."""
        shown = self.shown
        at = shown.index(column) + by
        if 0 <= at < len(shown):
            to = self._header.visualIndex(shown[at])
            self._header.moveSection(self._header.visualIndex(column), to)

    def widen(self, column: int, steps: int) -> None:
        """Make a column a step wider, or with -1 narrower."""
        width = self._header.sectionSize(column) + steps * px(_STEP)
        self._header.resizeSection(column, max(width, px(_NARROWEST)))

    def reset(self) -> None:
        """Show all columns as at first."""
        self._hidden.clear()
        self._by_hand.clear()
        self._place(range(len(self._names)))
        self._keep()

    def restore(self) -> None:
        """Lay them out as they were kept, once."""
        if self._restored:
            return
        self._restored = True
        kept = read_map(self._preferences, self._key)
        places = {name: at for at, name in enumerate(self._names)}
        hidden = {places[name] for name in _texts(kept.get("hidden")) if name in places}
        self._hidden = hidden if any(at not in hidden for at, _ in self.known) else set()
        widths = kept.get("widths")
        self._by_hand = {
            places[name]: max(float(width), _NARROWEST)
            for name, width in (widths.items() if isinstance(widths, dict) else ())
            if name in places and isinstance(width, int | float)
        }
        order = [
            places[name] for name in dict.fromkeys(_texts(kept.get("order"))) if name in places
        ]
        for at in range(len(self._names)):
            # One that is new in this version comes where its table has it.
            if at not in order:
                order.insert(at, at)
        self._place(order)
        self._apply()
        self.changed.emit()

    def are_those_of(self, columns: Sequence[Column[Any]]) -> bool:
        """Whether another table has the same columns."""
        return self.all is columns

    def follow(self, other: Columns) -> None:
        """Be laid out as another table with the same columns is after each change there."""

        def take() -> None:
            self._hidden, self._by_hand = set(other._hidden), dict(other._by_hand)
            self._place(other._order)
            self._apply()

        other.changed.connect(take)

    def share(self) -> None:
        """Give each column its width, and those without one what is left."""
        shown = self.shown
        drawn = {at: self.all[at].width for at in shown}
        by_hand = {at: px(width) for at, width in self._by_hand.items()}
        widths = {
            at: by_hand.get(at, None if width is None else px(width)) for at, width in drawn.items()
        }
        sharing = [at for at, width in widths.items() if width is None]
        left = self._table.viewport().width() - sum(width or 0 for width in widths.values())
        given: dict[int, int] = {}
        for at in sharing:
            most = left if at == shown[-1] else px(_WIDEST)
            given[at] = max(min(left // (len(sharing) - len(given)), most), px(_NARROWEST))
            left -= given[at]
        own = {at: width for at, width in widths.items() if width is not None}
        if left > 0:
            # So that less of their texts is cut.
            growing = {at: width for at, width in own.items() if at not in by_hand}
            factor = min(left / max(sum(growing.values()), 1), _GROWTH)
            own |= {at: round(width * (1 + factor)) for at, width in growing.items()}
        self._laying_out = True
        self._header.setMinimumSectionSize(px(_NARROWEST))
        for at, width in (given | own).items():
            self._header.resizeSection(at, width)
        self._laying_out = False

    @property
    def _header(self) -> QHeaderView:
        # Asked anew: PySide may take the wrapper of a part away while Qt still has the part.
        return self._table.horizontalHeader()

    @property
    def _order(self) -> list[int]:
        return [self._header.logicalIndex(at) for at in range(len(self._names))]

    def _place(self, order: Sequence[int]) -> None:
        self._laying_out = True
        for to, column in enumerate(order):
            self._header.moveSection(self._header.visualIndex(column), to)
        self._laying_out = False

    def _apply(self) -> None:
        self._laying_out = True
        for at in range(len(self._names)):
            self._header.setSectionHidden(at, at in self._withheld | self._hidden)
        self._laying_out = False
        policy = Qt.ScrollBarPolicy
        needed = policy.ScrollBarAsNeeded if self._by_hand else policy.ScrollBarAlwaysOff
        self._table.setHorizontalScrollBarPolicy(needed)
        self.share()

    def _on_resized(self, column: int, _: int, width: int) -> None:
        if not self._laying_out:
            self._by_hand[column] = width / zoom.factor()
            self._keep()

    def _on_moved(self, *_: int) -> None:
        if not self._laying_out:
            self._keep()

    def _keep(self) -> None:
        self._apply()
        self.changed.emit()
        kept = {
            "order": [self._names[at] for at in self._order],
            "hidden": [self._names[at] for at in sorted(self._hidden)],
            "widths": {self._names[at]: round(width, 1) for at, width in self._by_hand.items()},
        }
        write_map(self._preferences, self._key, kept if self.are_changed else {})


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
