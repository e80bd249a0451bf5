"""A statement of the product that is not in the list is noticed, whoever passed it on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from app.data.stock.catalogue import StoreDirectory
from app.data.stock.history import HistoryRepository
from app.data.store.session import Session
from connector_config.link import store as link_store
from connector_config.store.outbox import pending_rows
from tests.dql import statements
from tests.dql.statements import Known, UnknownStatementError, Watcher, known, main, write
from tests.helpers.doors import look_at_doors

pytestmark = pytest.mark.asyncio(loop_scope="module")

_PAGE = "SELECT * FROM local_outbox LIMIT :limit"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    """An open store with nothing in it."""
    session = await Session.open(tmp_path_factory.mktemp("statements"))
    yield session
    await session.close()


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Watcher:
    """One that knows no statement, and keeps what it missed here."""
    monkeypatch.setattr(statements, "_MISSED", tmp_path / "cache" / "missed.jsonl")
    watcher = Watcher([])
    look_at_doors(monkeypatch, watcher.see)
    return watcher


async def test_what_the_product_makes_is_missed(session: Session, watcher: Watcher):
    await pending_rows(session.peer.store, 3)
    with pytest.raises(UnknownStatementError, match=r"python -m tests\.dql\.statements") as raised:
        watcher.none_missed()
    assert _PAGE in str(raised.value)
    watcher.none_missed()


async def test_what_is_handed_on_in_tasks_and_closures_is_missed(
    session: Session, watcher: Watcher
):
    StoreDirectory(session).watch(lambda _: None)()
    with pytest.raises(UnknownStatementError, match="FROM stores"):
        watcher.none_missed()
    history = HistoryRepository(session, lambda: datetime(2026, 11, 20, tzinfo=UTC))
    await asyncio.ensure_future(history.people("store_seattle"))
    with pytest.raises(UnknownStatementError, match="history_of_person"):
        watcher.none_missed()


async def test_what_a_test_makes_is_not(session: Session, watcher: Watcher):
    mine = "SELECT * FROM local_carts"
    await session.query(mine)
    session.watch(mine, None, lambda _: None)()
    await session.read(lambda unit: unit.query(mine, {}))
    await link_store.rows(session.peer.store, mine)
    await link_store.transaction(session.peer, lambda tx: link_store.rows(tx, mine))
    watcher.none_missed()


async def test_the_command_adds_what_was_missed(
    session: Session, watcher: Watcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(statements, "LIST", tmp_path / "statements.yaml")
    monkeypatch.setattr(statements, "_ROOT", statements.LIST.parents[0])
    write([Known("SELECT a FROM b")])
    known.cache_clear()
    try:
        watcher._missed[_PAGE] = Known(_PAGE, {"limit": "int"})
        with pytest.raises(UnknownStatementError):
            watcher.none_missed()
        assert main() == 0
        known.cache_clear()
        assert known() == (Known(_PAGE, {"limit": "int"}), Known("SELECT a FROM b"))
    finally:
        known.cache_clear()


async def test_a_row_stands_for_several_statements():
    row = Known("SELECT a FROM «b|c» WHERE d = :d« AND e = :e|»", {"d": "text", "e": "int"})
    assert list(row.statements()) == [
        "SELECT a FROM c WHERE d = :d AND e = :e",
        "SELECT a FROM b WHERE d = :d",
        "SELECT a FROM b WHERE d = :d AND e = :e",
    ]
    assert all(row.pattern().fullmatch(one) for one in row.statements())
    assert not row.pattern().fullmatch("SELECT a FROM f WHERE d = :d")
    assert row.kinds_in("SELECT a FROM b WHERE d = :d") == {"d": "text"}
