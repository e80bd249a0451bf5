"""A manager of many stores leaves one: what was not delivered of it stays on the device."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.data.sync.subscriptions import wanted
from app.domain.entities import Role
from connector_config.schema.collections import ORDERS, STOCK_MOVEMENTS, TRANSFERS
from connector_config.store.local_only import OUTBOX, PARKED
from tests.helpers.two_stores import NOW, TACOMA, document, everything, now, present, switch_of

STORES = tuple(
    f"store_{city}"
    for city in ("bellevue", "everett", "kirkland", "online", "redmond", "seattle", "tacoma")
)
KEPT = STORES[:-1]
WAIT = 8
COLLECTIONS = (ORDERS, STOCK_MOVEMENTS, TRANSFERS)


async def _fill(session: Session) -> None:
    """Documents of all stores, and in each collection eight of Tacoma that were not delivered."""
    for name in COLLECTIONS:
        its = [one for store_id in STORES for one in present(name, store_id)]
        await session.query(f"INSERT INTO {name} DOCUMENTS (:its)", {"its": its})

        async def work(unit: UnitOfWork, name: str = name) -> None:
            own = [document(name, TACOMA, f"own-{at}") for at in range(WAIT)]
            await unit.insert_all(name, f"INSERT INTO {name} DOCUMENTS (:documents)", own)

        await session.write(work)


async def _refuse(session: Session) -> None:
    """MongoDB took none of what waited."""
    rows = await session.query(f"SELECT * FROM {OUTBOX}")
    await session.query(f"INSERT INTO {PARKED} DOCUMENTS (:rows)", {"rows": rows})
    await session.query(f"EVICT FROM {OUTBOX}")


def _is_own(text: str) -> bool:
    return '"own-' in text


@pytest.mark.parametrize("refused", [False, True], ids=["waiting", "refused"])
async def test_what_was_not_delivered_stays_when_one_of_seven_stores_is_left(
    tmp_path: Path, refused: bool
):
    session = await Session.open(tmp_path, now)
    switch = switch_of(tmp_path, session)
    await switch.enter(wanted(Role.MANAGER, STORES, NOW))
    await _fill(session)
    if refused:
        await _refuse(session)
    before = await everything(session)
    scope = wanted(Role.MANAGER, KEPT, NOW)
    await switch.enter(scope)
    await switch.clean()
    after = await everything(session)
    await session.close()

    for name in COLLECTIONS:
        own = {text for text in before[name] if _is_own(text)}
        covered = {
            text
            for text, one in before[name].items()
            if any(its.collection == name and its.covers(one) for its in scope)
        }
        assert len(own) == WAIT
        assert len(before[name]) > len(own | covered)
        assert set(after[name]) == own | covered, name
    assert not switch.tidy
