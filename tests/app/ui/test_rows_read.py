"""How much of a store is read for one change of its stock, whatever screen is open."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from app.client import Client
from app.domain.entities import Role
from app.ui.sales.screen import SalesScreen
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.store.local_only import MADE, OUTBOX
from tests.helpers.doors import look_at_doors
from tests.helpers.hands import SKU, Hands
from tests.helpers.plans import documents_read
from tests.helpers.stock_room import SEATTLE
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

GROWN = 3_000
MOST = 1_000
"""Rows; whoever reads the grown store, or what moved in it, reads three times as many."""
TOUCHED = {INVENTORY, STOCK_MOVEMENTS, OUTBOX, MADE}
Asked = tuple[str, Mapping[str, Any] | None]


class Readings:
    """How many rows a change of stock makes Ditto read."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def standing(self) -> Counter[str]:
        """By live query that the change runs again, as what is open has them."""
        await until(lambda: all(one._waiting.cancelled() for one in self._watches), "the answers")
        # Of those that are left by now, nobody reads anything.
        return await self._rows([one._register.args for one in self._watches])

    async def of_a_change(self, person: Hands) -> Counter[str]:
        """By statement on the stock that is executed for one change."""
        executed: list[Asked] = []
        await self._at_rest()
        with pytest.MonkeyPatch.context() as patch:
            look_at_doors(patch, lambda dql, parameters: executed.append((dql, parameters)))
            await person.elsewhere(-1)
            # Longer than it takes to find out that nobody told of a change.
            await asyncio.sleep(0.3)
            await self._at_rest()
        asked = [one for one in executed if re.match(r"SELECT .* FROM inventory", one[0])]
        return await self._rows(asked)

    async def _at_rest(self) -> None:
        feed = self._client.repositories.feed
        await until(
            lambda: (
                feed._work is not None
                and feed._work.done()
                and not feed._signs
                and feed._scan is None
                and all(one.loaded for one in feed._followers)
            ),
            "the feed at rest",
        )

    async def _rows(self, asked: list[Asked]) -> Counter[str]:
        rows: Counter[str] = Counter()
        for dql, parameters in asked:
            if not set(re.findall(r"FROM (\w+)", dql)) & TOUCHED:
                continue
            profile = await self._client.session.query(f"PROFILE {dql}", parameters)
            rows[dql] += documents_read(profile[-1])
        return rows

    @property
    def _watches(self) -> list[Any]:
        return list(self._client.session._watches)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mona(client: Client, person: Hands) -> AsyncIterator[Hands]:
    """A manager in a store that has nine times as many items, each with a movement."""
    await person.begin(Role.MANAGER, name="Mona")
    item = (await client.session.query("SELECT * FROM inventory LIMIT 1"))[0]
    movement = (await client.session.query("SELECT * FROM stock_movements LIMIT 1") or [{}])[0]
    items, movements = [], []
    for number in range(GROWN):
        its = {"store_id": SEATTLE, "inventory_id": f"more-{number:05}"}
        more = {"product_id": f"more-{number:05}", "stock_level": 50, "stock_delta": 0}
        place = {"aisle": f"{50 + number // 100}", "shelf": "A", "bin": "1"}
        items.append({**item, "_id": its, **its, **more, "location": place})
        key = {"store_id": SEATTLE, "movement_id": f"more-{number:05}"}
        movements.append({**movement, "_id": key, **its, **key, **more, "quantity": 0})
    for name, documents in ((INVENTORY, items), (STOCK_MOVEMENTS, movements)):
        await client.session.query(f"INSERT INTO {name} DOCUMENTS (:all)", {"all": documents})
    client.session.arrived([one["_id"] for one in items])
    yield person


async def test_no_live_query_of_a_screen_reads_the_store_for_one_change(
    client: Client, mona: Hands
) -> None:
    readings = Readings(client)
    found: dict[str, Counter[str]] = {}
    for name in mona.workplace._routes:
        mona.workplace.go(name)
        await mona.rest()
        found[name] = await readings.standing()
    mona.workplace.scan(SKU)
    await mona.rest()
    found["product"] = await readings.standing()
    too_many = {name: its.most_common(3) for name, its in found.items() if its.total() > MOST}
    assert not too_many
    assert found["product"].total() > 0
    # It would be found.
    cancel = client.session.watch(
        "SELECT SUM(stock_delta) AS n FROM inventory WHERE store_id = :id",
        {"id": SEATTLE},
        lambda _: None,
    )
    assert (await readings.standing()).total() > GROWN
    cancel()


@pytest.mark.parametrize("name", ["low_stock", "aisles", "sales", "oversold"])
async def test_what_follows_a_change_reads_what_changed(
    client: Client, mona: Hands, name: str
) -> None:
    screen = mona.workplace.go(name)
    await mona.rest()
    if isinstance(screen, SalesScreen):
        await until(lambda: not screen.view_model.look.running, "the sums")
    rows = await Readings(client).of_a_change(mona)
    assert 0 < rows.total() <= MOST, str(rows.most_common(6))
