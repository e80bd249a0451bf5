"""What a role asks for: the real SDK takes every query, and it means what the table says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.data.store.session import Session
from app.data.sync.subscriptions import (
    as_documents,
    from_documents,
    subscription,
    uncovered,
    wanted,
)
from app.domain.entities import Role
from app.domain.errors import SyncError
from connector_config.cloud.permissions import ditto_permissions
from connector_config.schema.collections import COLLECTIONS, Kind, synced
from connector_config.schema.scope import Wanted, shared
from tests.helpers.two_stores import NAMES, NOW, SEATTLE, TACOMA, everything, fill, now

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCOPES = [
    (role, stores, days)
    for role in Role
    for stores in ((SEATTLE,), (SEATTLE, TACOMA))
    for days in (None, 30)
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    folder: Path = tmp_path_factory.mktemp("subscriptions")
    await fill(folder)
    session = await Session.open(folder, now)
    yield session
    await session.close()


async def test_who_asks_for_what():
    every: set[Kind] = {"catalogue", "stock"}
    assert {one.collection for one in shared()} == {one.name for one in synced(*every)}
    sales: set[Kind] = {"people", "sales", "ledger"}
    stock: set[Kind] = {"people", "sales", "ledger", "papers"}
    for role, kinds in ((Role.REP, sales), (Role.WORKER, stock), (Role.MANAGER, stock)):
        scope = wanted(role, (SEATTLE,), NOW)
        expected = {one.name for one in synced(*every, *kinds)}
        assert {one.collection for one in scope} == expected
        for one in scope:
            whole = COLLECTIONS[one.collection].kind in every
            assert one.values == (() if whole else (SEATTLE,))


@pytest.mark.parametrize("role", Role)
async def test_a_role_asks_for_what_its_login_may_read(role: Role):
    """Else documents that a device may have would never come, or be evicted as nobody's."""
    stores = [SEATTLE] if role is Role.WORKER else [SEATTLE, TACOMA]
    readable = ditto_permissions(role.value, stores)["read"]["queriesByCollection"]
    scope = wanted(role, stores, NOW)
    # No screen of a rep shows a transfer.
    unseen = {"transfers"} if role is Role.REP else set()
    assert {its.collection for its in scope} == set(readable) - unseen
    for its in scope:
        expected = ["true"] if its.field is None else [f"_id.{its.field} == '{s}'" for s in stores]
        assert set(expected) <= set(readable[its.collection])


async def test_only_what_never_changes_decides():
    immutable = {field for one in COLLECTIONS.values() for field in one.id_fields}
    for one in wanted(Role.MANAGER, (SEATTLE,), NOW, 30):
        assert one.field is None or one.field in immutable
        assert one.since_field in (None, "order_date", "created_at")


async def test_the_days_of_orders_begin_at_midnight_and_only_orders_have_them():
    scope = wanted(Role.WORKER, (SEATTLE,), NOW, 30)
    since = {one.collection: one.since for one in scope if one.since}
    assert since == {
        "orders": "2026-10-22T00:00:00.000Z",
        "order_items": "2026-10-22T00:00:00.000Z",
    }
    assert scope == wanted(Role.WORKER, (SEATTLE,), NOW.replace(hour=23), 30)


@pytest.mark.parametrize(("role", "stores", "days"), SCOPES)
async def test_ditto_takes_every_subscription(
    session: Session, role: Role, stores: tuple[str, ...], days: int | None
):
    scope = wanted(role, stores, NOW, days)
    cancels = [session.network.subscribe(*subscription(one)) for one in scope]
    assert len(session.peer.sync.subscriptions) == len(scope)
    for cancel in cancels:
        cancel()
    assert len(session.peer.sync.subscriptions) == 0


@pytest.mark.parametrize(("role", "stores", "days"), SCOPES)
async def test_query_and_eviction_share_the_documents_between_them(
    session: Session, role: Role, stores: tuple[str, ...], days: int | None
):
    scope = wanted(role, stores, NOW, days)
    there = await everything(session)
    outside = uncovered(scope)
    for name in NAMES:
        of_it = [one for one in scope if one.collection == name]
        inside: set[str] = set()
        for one in of_it:
            rows = await session.query(*subscription(one))
            assert all(one.covers(row) for row in rows)
            inside |= {str(row["_id"]) for row in rows}
        expected = {
            str(row["_id"]) for row in there[name].values() if any(one.covers(row) for one in of_it)
        }
        assert inside == expected
        left: set[str] = set()
        if name in outside:
            where, parameters = outside[name].where()
            rows = await session.query(f"SELECT * FROM {name}{where}", parameters)
            left = {str(row["_id"]) for row in rows}
        assert left == {str(row["_id"]) for row in there[name].values()} - inside


async def test_a_query_that_ditto_does_not_take_is_a_sentence(session: Session):
    with pytest.raises(SyncError, match=r"^Ditto refuses a subscription: "):
        session.network.subscribe("SELECT * FROM orders LIMIT 3", {})


@pytest.mark.parametrize(("role", "stores", "days"), SCOPES)
async def test_a_scope_reads_back_as_it_was_kept(
    role: Role, stores: tuple[str, ...], days: int | None
):
    scope = wanted(role, stores, NOW, days)
    assert from_documents(as_documents(scope)) == scope
    assert from_documents(as_documents([Wanted("orders")])) == (Wanted("orders"),)
