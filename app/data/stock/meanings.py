"""What the products of this device mean, for searches in people's own words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from app.data.store.background import in_background
from app.data.store.session import Row, Session
from connector_config.errors import UserError
from connector_config.search.meaning import MeaningIndex, says_something
from connector_config.search.model import product_text

if TYPE_CHECKING:
    from connector_config.search.model import Model

_log = logging.getLogger(__name__)

_TEXTS: Final = (
    "SELECT _id, type_id, product_name, product_description FROM products USE IDS LIST :ids"
)
_AT_ONCE: Final = 100
"""Products whose texts are read and understood at once: some 30 ms in another thread."""
_PAUSE: Final = 0.05
AFTER_FIRST_PAINT: Final = 3.0
"""Seconds after a sign-in in which nothing is loaded: the screen comes first."""

_Version = tuple[Any, ...]
_NAMED: Final = ("product_name", "type_id", "updated_at")


class Meanings:
    """The index of meanings: made in another thread, and kept current with the catalogue.

    Where the model cannot be used, or is not there yet, nothing is found by meaning.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: Sequence[Row] = ()
        self._known: dict[str, _Version] = {}
        self._index: MeaningIndex | None = None
        self._off = True
        self._renewing: asyncio.Task[None] | None = None
        self._starting: asyncio.TimerHandle | None = None

    def begin(self, after: float = AFTER_FIRST_PAINT) -> None:
        """Load the model and read the texts, after so many seconds."""
        if self._starting is not None:
            self._starting.cancel()
        self._starting = asyncio.get_running_loop().call_later(after, self._begin)

    def close(self) -> None:
        """Stop, and forget the products."""
        if self._starting is not None:
            self._starting.cancel()
        if self._renewing is not None:
            self._renewing.cancel()
        self._starting = self._renewing = self._index = None
        self._known, self._rows = {}, ()
        self._off = True

    def follow(self, rows: Sequence[Row]) -> None:
        """Take note of the products there are; those that are new or changed are read again."""
        self._rows = rows
        self._renew()

    async def like(self, text: str, limit: int) -> Sequence[str] | None:
        """The ids of the products that mean something like a text, best first.

        None where nobody can tell: for a code, and without the model. It waits for what is read.
        """
        if not says_something(text):
            return None
        while self._renewing is not None:
            await asyncio.wait([self._renewing])
            await asyncio.sleep(0)
        if self._index is None:
            return None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self._index.like, text, limit)

    def _begin(self) -> None:
        self._off = False
        self._renew()

    def _renew(self) -> None:
        if not self._off and self._renewing is None:
            self._renewing = in_background(self._read(), "the meanings cannot be read")
            self._renewing.add_done_callback(self._on_read)

    def _on_read(self, reading: asyncio.Task[None]) -> None:
        if self._renewing is reading:
            self._renewing = None

    async def _read(self) -> None:
        try:
            await self._read_all()
        except UserError as error:
            # Nothing else is worse for it, so nobody is told.
            self._off = True
            _log.warning("nothing is found by meaning: %s", error)

    async def _read_all(self) -> None:
        loop = asyncio.get_running_loop()
        index = self._index
        if index is None:
            index = MeaningIndex(await loop.run_in_executor(None, _model))
        rows = None
        while rows is not self._rows:
            rows = self._rows
            there = await loop.run_in_executor(None, _versions, rows)
            new = [one for one, version in there.items() if self._known.get(one) != version]
            gone = self._known.keys() - there.keys()
            read = []
            for at in range(0, len(new), _AT_ONCE):
                ids = new[at : at + _AT_ONCE]
                found = await self._session.look_through(_TEXTS, {"ids": ids}, _text)
                read.append(await loop.run_in_executor(None, index.read, dict(found)))
                # Whoever types meanwhile comes first.
                await asyncio.sleep(_PAUSE)
            if read or gone:
                # One that cannot be read any more is not found by what it meant.
                await loop.run_in_executor(None, index.put, read, {*gone, *new})
            self._known = there
        self._index = index


@cache
def _model() -> Model:
    from connector_config.search.model import load_model

    return load_model()


def _versions(rows: Iterable[Row]) -> dict[str, _Version]:
    """What tells a product from its older self, by id; a damaged document is left out."""
    return {
        row["_id"]: tuple(str(row.get(name)) for name in _NAMED)
        for row in rows
        if isinstance(row.get("_id"), str)
    }


def _text(row: Mapping[str, Any]) -> tuple[str, str] | None:
    name, kind = row.get("product_name"), row.get("type_id")
    said = row.get("product_description")
    if not isinstance(name, str):
        return None
    return row["_id"], product_text(
        kind if isinstance(kind, str) else "", name, said if isinstance(said, str) else ""
    )
