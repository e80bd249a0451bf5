"""No statement has two lists, of which Ditto mistakes the second: none gets past the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from connector_config.link import store as link_store
from seed.targets import ditto as seed_target
from tests.helpers.one_list import TwoListsError, lists_in, none_refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

_WHERE = "WHERE store_id IN :stores AND product_id IN :products"
_SELECT = f"SELECT * FROM inventory {_WHERE}"
_EVICT = f"EVICT FROM inventory {_WHERE}"
_PARAMETERS: dict[str, Any] = {"stores": [], "products": []}

Door = Callable[[Session], Awaitable[object]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    """An open store with nothing in it."""
    session = await Session.open(tmp_path_factory.mktemp("doors"))
    yield session
    await session.close()


async def _query(session: Session) -> object:
    return await session.query(_SELECT, _PARAMETERS)


async def _stamp(session: Session) -> object:
    return await session.stamp(_EVICT, _PARAMETERS)


async def _watch(session: Session) -> object:
    return session.watch(_SELECT, _PARAMETERS, lambda _: None)


async def _subscribe(session: Session) -> object:
    return session.network.subscribe(_SELECT, _PARAMETERS)


async def _write(session: Session) -> object:
    return await session.write(lambda unit: unit.update("inventory", _EVICT, _PARAMETERS))


async def _count(session: Session) -> object:
    return await session.write(lambda unit: unit.count("inventory", _EVICT, _PARAMETERS))


async def _insert(session: Session) -> object:
    document = {"store_id": "store_seattle", "inventory_id": "here"}
    return await session.write(lambda unit: unit.insert("inventory", _EVICT, document))


async def _tidy(session: Session) -> object:
    return await session.tidy(lambda unit: unit.update("inventory", _EVICT, _PARAMETERS))


async def _read(session: Session) -> object:
    return await session.read(lambda unit: unit.query(_SELECT, _PARAMETERS))


async def _link(session: Session) -> object:
    return await link_store.rows(session.peer.store, _SELECT, _PARAMETERS)


async def _link_transaction(session: Session) -> object:
    return await link_store.transaction(
        session.peer, lambda tx: link_store.change(tx, _EVICT, _PARAMETERS)
    )


async def _seed(session: Session) -> object:
    return await seed_target._execute(session.peer, _SELECT, _PARAMETERS)


async def _sdk_observer(session: Session) -> object:
    store = session.peer.store
    return store.register_observer_with_signal_next(_SELECT, _PARAMETERS, lambda *_: None)


@pytest.mark.parametrize(
    "door",
    [
        *(_query, _stamp, _watch, _subscribe, _write, _count, _insert, _tidy, _read),
        *(_link, _link_transaction, _seed, _sdk_observer),
    ],
)
async def test_a_statement_with_two_lists_is_refused_at_every_door(
    session: Session, two_lists: list[str], door: Door
):
    with pytest.raises(TwoListsError):
        await door(session)
    assert len(two_lists) == 1
    assert two_lists.pop() in (_SELECT, _EVICT)


async def test_one_that_was_caught_is_known_all_the_same(session: Session, two_lists: list[str]):
    async def work(unit: UnitOfWork) -> None:
        try:
            await unit.query(_SELECT, _PARAMETERS)
        except Exception:
            return

    with pytest.raises(AssertionError, match="statements with two lists"), none_refused(two_lists):
        await session.read(work)
    assert two_lists == []


@pytest.mark.parametrize(
    ("statement", "lists"),
    [
        ("SELECT * FROM docs", 0),
        ("SELECT * FROM docs WHERE a IN :a", 1),
        ("SELECT * FROM docs USE IDS LIST :ids WHERE a IN :a AND array_contains(:b, b)", 1),
        ("SELECT * FROM docs WHERE a IN :a AND NOT (_id IN :ids)", 2),
        ("select * from docs where a in :a and b not in (1, 2)", 2),
        ("SELECT * FROM docs WHERE a IN(1)\nOR b IN\n['x'] OR c in:c", 3),
        ("SELECT b IN :b AS has FROM docs WHERE CASE WHEN a IN :a THEN true ELSE false END", 2),
        ("INSERT INTO docs INITIAL DOCUMENTS (:in)", 0),
        ("SELECT `IN`, place.in, within FROM docs WHERE a IN :in AND b = 'a IN :b \\' IN'", 1),
        ('SELECT * FROM docs /* IN */ WHERE a IN :a AND b = "IN" -- IN :b', 1),
    ],
)
async def test_what_counts_as_a_list(statement: str, lists: int):
    assert lists_in(statement) == lists
