"""The top of a list that grows, sorted by a column of its own: by an index that has the order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from app.data.store.background import in_background
from app.data.store.session import Row, Session

Cancel = Callable[[], None]

FEW: Final = 2_000
"""So many rows are found by what they are filtered by, and then sorted, in less than 100 ms."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a list is sorted by: a field, then what tells rows apart that have the same value.

    `fields` have one direction, which is that of the `index` that has them in this order.
    """

    fields: tuple[str, ...]
    descending: bool
    index: str

    @property
    def order(self) -> str:
        """The fields as an ORDER BY has them; they are constants."""
        way = "DESC" if self.descending else "ASC"
        return ", ".join(f"{one} {way}" for one in self.fields)


@dataclass(frozen=True, slots=True)
class Filtered:
    """The rows that are wanted: conditions, their values, and the index that finds the fewest.

    `index` is empty where all of the list is wanted.
    """

    collection: str
    where: tuple[str, ...]
    parameters: dict[str, Any]
    index: str


class SortedRows:
    """Watches the first rows of sorted lists.

    The store sorts texts by their code points: `Zorn` before `de Vries`, and `Öl` behind both.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def watch(
        self,
        wanted: Filtered,
        sorting: Sorting,
        limit: int,
        on_rows: Callable[[list[Row], bool], None],
    ) -> Cancel:
        """The first rows, and whether there may be more, now and after every change."""
        following = ExitStack()
        parameters = wanted.parameters | {"limit": limit}

        async def begin() -> None:
            index = sorting.index
            # Of an index in the right order, much is read in vain where few rows are wanted; where
            # these are many, it would take long to sort them.
            if wanted.index and await self._are_few(wanted):
                index = wanted.index
            rows = await self._session.query(_statement(wanted, sorting, index), parameters)
            more = len(rows) >= limit
            on_rows(rows, more)
            edge = _edge(rows, sorting.fields[0]) if more else None
            following.callback(
                self._session.watch(
                    _statement(wanted, sorting, index, edge is not None),
                    parameters if edge is None else parameters | {"edge": edge},
                    lambda rows: on_rows(rows, more or len(rows) >= limit),
                )
            )

        beginning = in_background(begin(), "a sorted list cannot be read")

        def cancel() -> None:
            beginning.cancel()
            following.close()

        return cancel

    async def _are_few(self, wanted: Filtered) -> bool:
        some = (
            f"SELECT _id FROM {wanted.collection} USE INDEX '{wanted.index}' "
            f"WHERE {' AND '.join(wanted.where)} LIMIT 1 OFFSET {FEW}"
        )
        return not await self._session.query(some, wanted.parameters)


def _statement(wanted: Filtered, sorting: Sorting, index: str, has_edge: bool = False) -> str:
    where = list(wanted.where)
    if has_edge:
        where.append(f"{sorting.fields[0]} {'>=' if sorting.descending else '<='} :edge")
    return (
        f"SELECT * FROM {wanted.collection} USE INDEX '{index}' "
        f"WHERE {' AND '.join(where)} ORDER BY {sorting.order} LIMIT :limit"
    )


def _edge(rows: list[Row], field: str) -> Any:
    """The last value, behind which nothing has to be read again after a change.

    However few rows are asked for, Ditto reads on to the end of the range. None where values are
    missing or of several kinds: a comparison would leave some out.
    """
    values = [row.get(field) for row in rows]
    for kinds in ((int, float), (str,)):
        if all(isinstance(one, kinds) for one in values):
            return values[-1]
    return None
