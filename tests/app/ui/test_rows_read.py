"""How much of a store is read for one change of its stock, whatever screen is open."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from app.client import Client
from app.domain.entities import Role
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.store.local_only import MADE, OUTBOX
from tests.helpers.doors import look_at_doors
from tests.helpers.hands import SKU, Hands
from tests.helpers.stock_room import SEATTLE
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

GROWN = 3_000
MOST = 1_000
"""Rows; whoever reads the grown store, or what moved in it, reads three times as many."""
TOUCHED = {INVENTORY, STOCK_MOVEMENTS, OUTBOX, MADE}
Asked = tuple[str, Mapping[str, Any] | None]


class Readings:
    """The statements that are executed, and the live queries that a change of stock runs again."""

    def __init__(self, client: Client, patch: pytest.MonkeyPatch) -> None:
        self._client = client
        self._executed: list[Asked] = []
        self._at = 0.0
        self._counting = False
        look_at_doors(patch, self._look)

    async def of_a_change(self, person: Hands) -> Counter[str]:
        """How many rows each statement reads for one change."""
        await self._quiet()
        self._executed.clear()
        await person.elsewhere(-1)
        await self._quiet()
        self._counting = True
        rows: Counter[str] = Counter()
        for dql, parameters in (*self._executed, *self._standing()):
            if dql.startswith("SELECT ") and " system:" not in dql:
                rows[dql] += await self._rows(dql, parameters)
        self._counting = False
        return rows

    def _look(self, dql: str, parameters: Mapping[str, Any] | None) -> None:
        if not self._counting:
            self._executed.append((dql, parameters))
            self._at = asyncio.get_running_loop().time()

    async def _quiet(self) -> None:
        loop = asyncio.get_running_loop()
        # Tidying looks a second after what moved.
        await until(lambda: loop.time() - self._at > 1.5, "quiet")

    def _standing(self) -> list[Asked]:
        asked = [one._register.args for one in self._client.session._watches]  # type: ignore[attr-defined]
        return [one for one in asked if set(re.findall(r"FROM (\w+)", one[0])) & TOUCHED]

    async def _rows(self, dql: str, parameters: Mapping[str, Any] | None) -> int:
        profile = await self._client.session.query(f"PROFILE {dql}", parameters)
        return _scanned(profile[-1])


def _scanned(plan: object) -> int:
    """The documents that the scans of a profile give out, at any depth."""
    if isinstance(plan, list):
        return sum(map(_scanned, plan))
    if not isinstance(plan, dict):
        return 0
    scans = str(plan.get("#operator", "")).endswith("Scan")
    its = plan.get("#stats", {}).get("documentsOut", 0) if scans else 0
    return int(its) + sum(map(_scanned, plan.values()))


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
    yield person


async def test_no_screen_reads_a_store_for_one_change(
    client: Client, mona: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = Readings(client, monkeypatch)
    found: dict[str, Counter[str]] = {}
    for name in ("product", *mona.workplace._routes):
        if name == "product":
            mona.workplace.scan(SKU)
        else:
            mona.workplace.go(name)
        await mona.rest()
        found[name] = await readings.of_a_change(mona)
    too_many = {
        name: [(rows, dql[:200]) for dql, rows in its.most_common(3)]
        for name, its in found.items()
        if its.total() > MOST
    }
    print(json.dumps({name: its.total() for name, its in found.items()}))
    assert not too_many
    # It can fail: whoever reads all the stock is found.
    rows = await readings._rows(f"SELECT _id FROM inventory WHERE store_id = '{SEATTLE}'", None)
    assert rows > GROWN
