"""A store that is opened while somebody still types who they are."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Any, cast

import pytest

from app.domain.errors import StorageError
from app.opening import Ahead, OpenStore

pytestmark = pytest.mark.asyncio


class Stores:
    """Stores that say when they are opened and closed; one opens as soon as `go` lets it."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.fails = False
        self.go = asyncio.Event()
        self.go.set()

    async def open(self, store_id: str) -> OpenStore:
        self.opened.append(store_id)
        with ExitStack() as stack:
            stack.callback(self.closed.append, store_id)
            await self.go.wait()
            if self.fails:
                raise StorageError("It cannot be read.")
            nothing = cast(Any, None)
            return OpenStore(nothing, (), nothing, stack.pop_all())


async def test_who_enters_gets_the_store_that_was_begun() -> None:
    stores = Stores()
    ahead = Ahead(stores.open)
    ahead.begin("one")
    ahead.begin("one")
    place = await ahead.take("one")
    ahead.leave()
    assert (stores.opened, stores.closed) == (["one"], [])
    place.opened.close()
    assert stores.closed == ["one"]


@pytest.mark.parametrize("waits", [False, True])
async def test_another_store_closes_the_one_that_was_begun(waits: bool) -> None:
    stores = Stores()
    ahead = Ahead(stores.open)
    if waits:
        stores.go.clear()
    ahead.begin("one")
    await asyncio.sleep(0)
    ahead.begin("two")
    stores.go.set()
    await ahead.take("three")
    assert (stores.opened[0], stores.opened[-1]) == ("one", "three")
    await asyncio.sleep(0)
    assert stores.closed == stores.opened[:-1]


async def test_nobody_enters() -> None:
    stores = Stores()
    ahead = Ahead(stores.open)
    ahead.begin("one")
    await asyncio.sleep(0)
    ahead.leave()
    assert (stores.opened, stores.closed) == (["one"], ["one"])
    assert (await ahead.take("one")) is not None
    assert stores.opened == ["one", "one"]


async def test_what_failed_before_is_tried_anew_by_who_enters() -> None:
    stores = Stores()
    ahead = Ahead(stores.open)
    stores.fails = True
    ahead.begin("one")
    await asyncio.sleep(0)
    stores.fails = False
    assert (await ahead.take("one")) is not None
    assert stores.closed == ["one"]


async def test_a_failure_is_told_to_who_enters() -> None:
    stores = Stores()
    ahead = Ahead(stores.open)
    stores.fails = True
    ahead.begin("one")
    with pytest.raises(StorageError, match="cannot be read"):
        await ahead.take("one")
