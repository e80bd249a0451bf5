"""Switching store or role: no crash and no second switch loses what was not delivered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.data.store.session import Session
from app.data.sync import switching
from app.data.sync.subscriptions import uncovered
from app.data.sync.switching import Switch
from app.domain.entities import Role
from connector_config.schema.collections import INVENTORY, ORDERS, STOCK_MOVEMENTS
from connector_config.schema.scope import Wanted
from connector_config.store.local_only import OUTBOX, PARKED
from tests.helpers.two_stores import (
    EACH,
    SEATTLE,
    TACOMA,
    Asked,
    Found,
    everything,
    fill,
    now,
    scope,
    switch_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOME, AWAY = scope(SEATTLE), scope(TACOMA)


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Shop:
    """A data folder that asks for Seattle, with documents of two stores."""

    folder: Path
    session: Session
    before: Found
    outbox: list[dict[str, Any]]
    journal: str

    async def reset(self) -> None:
        """As it was."""
        (self.folder / "sync-scope.json").write_text(self.journal)
        for name in (ORDERS, OUTBOX, PARKED):
            await self.session.query(f"EVICT FROM {name}")
        rows = {name: list(documents.values()) for name, documents in self.before.items()}
        for name, its in {**rows, OUTBOX: self.outbox}.items():
            await self.session.query(
                f"INSERT INTO {name} DOCUMENTS (:its) ON ID CONFLICT DO NOTHING", {"its": its}
            )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    folder = tmp_path_factory.mktemp("two-stores")
    await fill(folder)
    session = await Session.open(folder, now)
    await switch_of(folder, session).enter(HOME)
    outbox = await session.query(f"SELECT * FROM {OUTBOX}")
    journal = (folder / "sync-scope.json").read_text()
    yield Shop(folder, session, await everything(session), outbox, journal)
    await session.close()


@pytest_asyncio.fixture(loop_scope="module")
async def session(shop: Shop) -> Session:
    await shop.reset()
    return shop.session


@pytest.fixture
def folder(shop: Shop) -> Path:
    return shop.folder


def is_own(text: str) -> bool:
    """Whether it is one of the two that have not been delivered."""
    return "-own-" in text


def check_clean(before: Found, after: Found, wanted: tuple[Wanted, ...]) -> None:
    """What is wanted or not delivered is all there, and nothing else."""
    for name, documents in before.items():
        expected = {
            text
            for text, one in documents.items()
            if is_own(text) or any(w.collection == name and w.covers(one) for w in wanted)
        }
        assert set(after[name]) == expected, name


async def test_it_evicts_what_nobody_asks_for_and_nothing_else(folder: Path, session: Session):
    asked = Asked()
    switch = switch_of(folder, session, asked)
    before = await everything(session)
    assert (switch.scope, switch.tidy) == (HOME, True)
    await switch.enter(AWAY)
    assert asked.scopes == [(), AWAY]
    assert not switch.tidy
    assert await everything(session) == before
    assert await switch.clean() > 0
    check_clean(before, await everything(session), AWAY)
    # An order of the other store waits to be delivered.
    assert not switch.tidy
    await session.query(f"EVICT FROM {OUTBOX}")
    assert await switch.clean() == 1
    assert switch.tidy
    assert await switch.clean() == 0


async def test_what_is_not_delivered_stays_until_it_is(folder: Path, session: Session):
    switch = switch_of(folder, session)
    await switch.enter(AWAY)
    await switch.clean()
    own = [text for text in (await everything(session))[ORDERS] if is_own(text)]
    assert len(own) == 2
    assert any(SEATTLE in text for text in own)
    await session.query(f"EVICT FROM {OUTBOX}")
    await switch.clean()
    assert not any(SEATTLE in text for text in (await everything(session))[ORDERS])


async def test_what_mongodb_refuses_stays_too(folder: Path, session: Session):
    (row, *_) = await session.query(f"SELECT * FROM {OUTBOX}")
    await session.query(f"EVICT FROM {OUTBOX}")
    await session.query(f"INSERT INTO {PARKED} DOCUMENTS (:row)", {"row": row})
    switch = switch_of(folder, session)
    await switch.enter(())
    await switch.clean()
    (left,) = [one for its in (await everything(session)).values() for one in its.values()]
    assert left["_id"] == row["document_id"]


async def test_stock_stays_while_a_movement_of_it_waits(folder: Path, session: Session):
    its = {"store_id": SEATTLE, "movement_id": "not here"}
    row = {
        "_id": {"document": its},
        "collection": STOCK_MOVEMENTS,
        "document_id": its,
        "base": "null",
    }
    await session.query(f"INSERT INTO {OUTBOX} DOCUMENTS (:row)", {"row": row})
    switch = switch_of(folder, session)
    await switch.enter(())
    await switch.clean()
    found = await everything(session)
    assert (len(found[INVENTORY]), len(found[STOCK_MOVEMENTS])) == (2 * EACH, 0)
    assert not switch.tidy
    await session.query(f"EVICT FROM {OUTBOX} WHERE collection = :name", {"name": STOCK_MOVEMENTS})
    await switch.clean()
    assert len((await everything(session))[INVENTORY]) == 0
    assert not switch.tidy
    await session.query(f"EVICT FROM {OUTBOX}")
    await switch.clean()
    assert switch.tidy


async def test_the_first_time_nothing_is_evicted(folder: Path, session: Session):
    (folder / "sync-scope.json").unlink()
    before = await everything(session)
    switch = switch_of(folder, session)
    assert switch.scope is None
    await switch.enter(AWAY)
    assert switch.tidy
    assert await switch.clean() == 0
    assert await everything(session) == before


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"scope": [{"no": 1}], "tidy": false}'])
async def test_a_damaged_file_evicts_nothing(folder: Path, session: Session, text: str):
    (folder / "sync-scope.json").write_text(text)
    switch = switch_of(folder, session)
    assert (switch.scope, switch.tidy) == (None, True)
    assert await switch.clean() == 0


async def test_there_and_back_before_it_was_cleaned_evicts_nothing_of_home(
    folder: Path, session: Session
):
    before = await everything(session)
    switch = switch_of(folder, session)
    await switch.enter(AWAY)
    await switch.enter(HOME)
    await switch.clean()
    check_clean(before, await everything(session), HOME)


async def test_a_second_switch_in_the_middle_of_cleaning_wins(folder: Path, session: Session):
    before = await everything(session)
    switch = switch_of(folder, session)
    await switch.enter(AWAY)
    original, steps = session.tidy, count(1)

    async def interrupted(work: Callable[[Any], Awaitable[Any]]) -> Any:
        if next(steps) == 2:
            await switch.enter(scope(TACOMA, Role.REP))
        return await original(work)

    session.tidy = interrupted  # type: ignore[method-assign]
    await switch.clean()
    assert not switch.tidy
    session.tidy = original  # type: ignore[method-assign]
    await switch.clean()
    check_clean(before, await everything(session), scope(TACOMA, Role.REP))


async def test_the_age_of_orders_counts(folder: Path, session: Session):
    old = {"d": "2026-10-01T08:00:00.000Z"}
    await session.query("UPDATE orders SET order_date = :d WHERE store_id = 'store_seattle'", old)
    switch = switch_of(folder, session)
    await switch.enter(scope(SEATTLE, days=30))
    await switch.clean()
    orders = [text for text in (await everything(session))[ORDERS] if SEATTLE in text]
    assert [is_own(text) for text in orders] == [True]


async def test_more_than_a_batch_goes_in_several(
    folder: Path, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(switching, "_BATCH", 2)
    before = await everything(session)
    switch = switch_of(folder, session)
    await switch.enter(AWAY)
    assert EACH > 2
    # Both orders wait: as many as a batch, so it is not the time for the orders.
    await switch.clean()
    after = await everything(session)
    assert after[ORDERS] == before[ORDERS]
    assert len(after["customers"]) == EACH
    assert not switch.tidy


def crashing(folder: Path, session: Session, at: int) -> tuple[Switch, Callable[[], int]]:
    """A switch whose process ends before step `at`, and how many steps it came to."""
    steps = count(1)
    came = [0]

    def step() -> None:
        came[0] = next(steps)
        if came[0] == at:
            raise Crash

    class Fragile(Asked):
        async def unsubscribe(self) -> None:
            step()

        async def subscribe(self, scope: Any) -> None:
            step()

    class FragileSwitch(Switch):
        def _write(self, scope: tuple[Wanted, ...], tidy: bool) -> None:
            step()
            super()._write(scope, tidy)
            step()

    original = session.tidy

    async def tidy(work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def fragile(unit: Any) -> Any:
            result = await work(unit)
            step()  # inside the transaction, so that it is rolled back
            return result

        result = await original(fragile)
        step()
        return result

    session.tidy = tidy  # type: ignore[method-assign]
    return FragileSwitch(folder / "sync-scope.json", session, Fragile()), lambda: came[0]


# Those of which something waits, whose counters are nowhere else, and any other one.
KINDS = (ORDERS, INVENTORY, STOCK_MOVEMENTS, "customers")


@pytest.fixture
def of_each_kind_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cleaning goes over one collection of each kind: the steps of the others are the same."""
    monkeypatch.setattr(
        switching,
        "uncovered",
        lambda scope: {name: one for name, one in uncovered(scope).items() if name in KINDS},
    )


async def crash_at(at: int, folder: Path, session: Session) -> tuple[bool, int]:
    """Switch to the other store with a crash before a step; whether it came, and the steps."""
    original = session.tidy
    switch, came = crashing(folder, session, at)
    try:
        await switch.enter(AWAY)
        await switch.clean()
    except Crash:
        return True, came()
    finally:
        session.tidy = original  # type: ignore[method-assign]
    return False, came()


@pytest.mark.usefixtures("of_each_kind_one")
async def test_killed_at_every_step_it_goes_on_where_it_was(
    shop: Shop, folder: Path, session: Session
):
    before = {name: shop.before[name] for name in KINDS}
    for at in count(1):
        await shop.reset()
        crashed, steps = await crash_at(at, folder, session)
        found = await everything(session, KINDS)
        for name, documents in before.items():
            # Nothing of the new store and nothing undelivered is gone, whatever the moment.
            for text in documents.keys() - found[name].keys():
                assert SEATTLE in text and not is_own(text), (at, text)
        resumed = switch_of(folder, session)
        assert resumed.scope == AWAY or (resumed.scope == HOME and found == before)
        await resumed.enter(AWAY)
        await resumed.clean()
        check_clean(before, await everything(session, KINDS), AWAY)
        assert not resumed.tidy
        assert len(await session.query(f"SELECT * FROM {OUTBOX}")) == 2
        if not crashed:
            assert steps > 12
            break


async def test_after_a_crash_the_next_start_finishes(tmp_path: Path):
    await fill(tmp_path)
    session = await Session.open(tmp_path, now)
    before = await everything(session)
    await switch_of(tmp_path, session).enter(HOME)
    await crash_at(9, tmp_path, session)
    await session.close()
    again = await Session.open(tmp_path, now)
    switch = switch_of(tmp_path, again)
    assert (switch.scope, switch.tidy) == (AWAY, False)
    await switch.enter(AWAY)
    await switch.clean()
    check_clean(before, await everything(again), AWAY)
    await again.close()
