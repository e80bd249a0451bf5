"""The figures that follow the stock by differences are those of reading all of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data.selling.oversell import OversellRepository
from app.data.selling.oversell_watch import Oversold
from app.data.stock import feed as feeding
from app.data.stock.alerts import AlertRepository, Alerts, count_states
from app.data.stock.catalogue import DittoCatalogue
from app.data.stock.feed import StockFeed
from app.data.stock.selection import Change
from app.data.stock.stock import (
    DittoStockRepository,
    ShelfSummary,
    count_shelves,
    worst_first,
)
from app.data.store.session import Row
from app.data.sync.network import Network
from app.domain.entities import Place, Reason, StockItem
from tests.helpers.doors import look_at_doors
from tests.helpers.property_tests import examples
from tests.helpers.stock_room import ANN, SEATTLE, Heard, StockRoom, key_of
from tests.helpers.waiting import PATIENCE

OLD, WRONG = "2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"
COUNT = "UPDATE inventory APPLY stock_delta INCREMENT BY :n WHERE _id = :id"
COUNT_AT = (
    "UPDATE inventory APPLY stock_delta INCREMENT BY :n SET last_updated = :at WHERE _id = :id"
)
INSERT = "INSERT INTO inventory DOCUMENTS (:document)"


@dataclass(frozen=True)
class Figures:
    """What the screens of a store show of its stock."""

    states: tuple[int, int, int]
    low: list[str]
    shelves: set[tuple[str, str, int, int, int]]
    oversold: list[str]
    places: dict[str, Place]


class Shown:
    """All that follows the stock of Seattle, with a feed of its own."""

    def __init__(self, room: StockRoom, pause: float) -> None:
        self.room = room
        session, its = room.session, room.repositories
        self.feed = StockFeed(session, pause)
        self.stock = DittoStockRepository(session, room.clock, self.feed)
        self.catalogue = DittoCatalogue(session, self.feed)
        self.news = 0
        self._alerts = Heard[Alerts]()
        self._low = Heard[list[StockItem]]()
        self._shelves = Heard[list[ShelfSummary]]()
        self._oversold = Heard[Oversold]()
        alerts = AlertRepository(
            room.clock, self.feed, its.transfers, its.purchase_orders, its.receiving
        )
        oversell = OversellRepository(session, room.clock, self.feed)
        self._following = ExitStack()
        for cancel in (
            self.catalogue.close,
            alerts.watch(SEATTLE, self._alerts),
            self.stock.watch_low(SEATTLE, self._low),
            self.stock.watch_shelves(SEATTLE, self._shelves),
            oversell.watch([SEATTLE], self._oversold),
            self.feed.on_news([SEATTLE], self._on_news),
        ):
            self._following.callback(cancel)

    async def open(self) -> None:
        await self.catalogue.open(SEATTLE)
        for heard in (self._alerts, self._low, self._shelves, self._oversold):
            await heard.first()

    def close(self) -> None:
        self._following.close()

    def now(self) -> Figures:
        """What is shown now."""
        alerts = self._alerts.last
        return Figures(
            (alerts.negative, alerts.empty, alerts.low),
            [one.inventory_id for one in self._low.last],
            {(one.aisle, one.shelf, one.items, one.low, one.empty) for one in self._shelves.last},
            sorted(case.item.inventory_id for case in self._oversold.last.cases),
            {
                one.product.product_id: one.place
                for hit in self.catalogue.search("", 10_000).product_ids
                if (one := self.catalogue.listing(hit)) is not None and one.place is not None
            },
        )

    async def agree(self) -> None:
        """Wait until what is shown is what one finds who reads all of it."""
        found = await self._scanned()
        try:
            async with asyncio.timeout(PATIENCE):
                while self.now() != found:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            assert self.now() == found

    async def _scanned(self) -> Figures:
        rows = await self.room.session.query(
            "SELECT * FROM inventory WHERE store_id = :id", {"id": SEATTLE}
        )
        shelves: dict[tuple[str, str], list[int]] = {}
        states = [0, 0, 0]
        low, oversold, places = [], [], {}
        for row in rows:
            if row["deleted"]:
                continue
            on_hand = row["stock_level"] + int(row.get("stock_delta") or 0)
            point, key, place = row["reorder_threshold"], row["inventory_id"], row["location"]
            its = shelves.setdefault((place["aisle"], place["shelf"]), [0, 0, 0])
            for at, is_one in enumerate((True, on_hand <= point, on_hand <= 0)):
                its[at] += is_one
            if on_hand <= point or on_hand <= 0:
                states[0 if on_hand < 0 else 1 if on_hand == 0 else 2] += 1
            if on_hand <= point:
                low.append((on_hand / (point + 1), key))
            if on_hand < 0:
                oversold.append(key)
            places[row["product_id"]] = Place(place["aisle"], place["shelf"], place["bin"])
        return Figures(
            (states[0], states[1], states[2]),
            [key for _, key in sorted(low)],
            {(*at, items, low, empty) for at, (items, low, empty) in shelves.items()},
            sorted(oversold),
            places,
        )

    def _on_news(self) -> None:
        self.news += 1


@pytest.fixture
async def shown(room: StockRoom) -> AsyncIterator[Shown]:
    shown = Shown(room, pause=0.1)
    await shown.open()
    await shown.agree()
    yield shown
    shown.close()


@pytest.fixture
def wholes(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that read all the stock, from now on."""
    seen: list[str] = []

    def look(query: str, _: Any) -> None:
        if "FROM inventory" in query and query.endswith("LIMIT 400000"):
            seen.append(query)

    look_at_doors(monkeypatch, look)
    return seen


def arrivals(room: StockRoom, items: list[StockItem], chance: Random) -> Callable[[], Any]:
    """One thing that another device did, late, out of order or by a wrong clock, as it comes."""
    item = chance.choice(items)
    key, n = key_of(item), chance.choice((-90, -20, -1, 1, 20, 90))
    query = room.session.query
    new = {
        "_id": {"store_id": SEATTLE, "inventory_id": f"new-{chance.randrange(10**9)}"},
        "store_id": SEATTLE,
        "product_id": item.product_id,
        "location": {"aisle": "77", "shelf": "C", "bin": "1"},
        "stock_level": chance.randrange(3),
        "reorder_threshold": 2,
        "last_updated": OLD,
        "deleted": False,
    }
    new["inventory_id"] = new["_id"]["inventory_id"]  # type: ignore[index]
    ways: tuple[tuple[str, dict[str, Any]], ...] = (
        # The register beside it keeps its later value.
        (COUNT, {"id": key, "n": n}),
        (COUNT_AT, {"id": key, "n": n, "at": OLD}),
        (COUNT_AT, {"id": key, "n": n, "at": WRONG}),
        (INSERT, {"document": new}),
        ("DELETE FROM inventory WHERE _id = :id", {"id": key}),
        ("UPDATE inventory SET deleted = true WHERE _id = :id", {"id": key}),
        ("UPDATE inventory SET location.shelf = 'Q' WHERE _id = :id", {"id": key}),
        ("UPDATE inventory SET stock_level = 0 WHERE _id = :id", {"id": key}),
    )
    dql, parameters = chance.choice(ways)
    return lambda: query(dql, parameters)


async def test_what_comes_late_out_of_order_and_at_once_is_all_there(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As while Ditto's own sync is on, which tells nobody what it brings.
    monkeypatch.setattr(Network, "active", property(lambda _: True))
    monkeypatch.setattr(feeding, "_LATER", 0.3)
    chance = Random(17)
    items = await shown.room.items(limit=150, at_least=0)
    own = await shown.room.items(limit=5, at_least=40)
    items = [one for one in items if one not in own]
    for _ in range(12):
        ways: list[Callable[[], Awaitable[object]]] = [
            arrivals(shown.room, items, chance) for _ in range(chance.randint(1, 6))
        ]
        if chance.random() < 0.7:
            item = chance.choice(own)
            ways.append(lambda item=item: shown.stock.adjust(item, -3, Reason.DAMAGED, ANN))  # type: ignore[misc]
        chance.shuffle(ways)
        await asyncio.gather(*(way() for way in ways))
        await shown.agree()


async def test_what_is_newer_is_there_before_all_is_read(
    room: StockRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Network, "active", property(lambda _: True))
    shown = Shown(room, pause=3_600)
    await shown.open()
    item, other = await room.items(limit=2)
    # The first one that nobody told of is read with all; from then on all is read in an hour.
    await room.session.query(COUNT, {"id": key_of(other), "n": -200})
    await shown.agree()
    at = "2026-12-24T00:00:00.000Z"
    await room.session.query(COUNT_AT, {"id": key_of(item), "n": -200, "at": at})
    await shown.agree()
    shown.close()


async def test_what_this_device_writes_is_told_and_nothing_else_is_read(
    shown: Shown, wholes: list[str]
) -> None:
    item, other, moved = await shown.room.items(limit=3)
    movement = await shown.stock.adjust(item, -item.on_hand, Reason.LOST, ANN)
    await shown.agree()
    assert shown.news == 1
    await shown.stock.adjust(other, -other.on_hand - 2, Reason.LOST, ANN, allow_negative=True)
    await shown.stock.move(moved, Place("99", "Z", "1"), ANN)
    await shown.agree()
    await shown.stock.undo(movement, ANN)
    await shown.agree()
    # Longer than it takes to find out that nobody told of a change.
    await asyncio.sleep(0.3)
    assert wholes == []
    assert shown.news == 4


async def test_what_the_link_stores_is_told_and_nothing_else_is_read(
    shown: Shown, wholes: list[str]
) -> None:
    item, gone = await shown.room.items(limit=2)
    for dql, one in ((COUNT, item), ("DELETE FROM inventory WHERE _id = :id", gone)):
        parameters = {"id": key_of(one)} | ({"n": -500} if ":n" in dql else {})
        await shown.room.session.query(dql, parameters)
        shown.room.session.arrived([key_of(one)])
        await shown.agree()
    await asyncio.sleep(0.3)
    assert wholes == []


async def test_what_nobody_told_of_is_found(shown: Shown) -> None:
    item, gone = await shown.room.items(limit=2)
    await shown.room.session.query(COUNT, {"id": key_of(item), "n": -500})
    await shown.agree()
    await shown.room.session.query("EVICT FROM inventory WHERE _id = :id", {"id": key_of(gone)})
    await shown.agree()
    assert shown.news >= 2


async def test_another_store_wakes_nobody(shown: Shown, wholes: list[str]) -> None:
    item = await shown.room.item("store_tacoma")
    before = shown.now()
    await shown.stock.adjust(item, -item.on_hand - 1, Reason.LOST, ANN, allow_negative=True)
    await asyncio.sleep(0.3)
    assert (shown.now(), shown.news, wholes) == (before, 0, [])


async def test_who_stopped_following_hears_nothing_and_who_begins_again_hears_all(
    shown: Shown, wholes: list[str]
) -> None:
    shown.close()
    item = await shown.room.item()
    before = shown.now()
    await shown.stock.adjust(item, -item.on_hand, Reason.LOST, ANN)
    await asyncio.sleep(0.2)
    assert (shown.now(), shown.news, wholes) == (before, 0, [])
    heard = Heard[list[StockItem]]()
    cancel = shown.stock.watch_low(SEATTLE, heard)
    assert item.inventory_id in {one.inventory_id for one in await heard.first()}
    cancel()


ROWS = st.builds(
    lambda on_hand, point, shelf: {
        "on_hand": float(on_hand),
        "share": on_hand / (point + 1.0),
        "empty": int(on_hand <= 0),
        "low": int(on_hand <= point),
        "aisle": "1",
        "shelf": shelf,
        "stock_level": on_hand,
    },
    st.integers(-3, 3),
    st.integers(0, 3),
    st.sampled_from(["A", "B", None, 7]),
)


@examples(50)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.none() | ROWS), max_size=12))
def test_figures_by_differences_are_those_of_all_rows(writes: list[tuple[str, Row | None]]) -> None:
    rows: dict[str, Row] = {}
    states, shelves = count_states(None, {}, []), count_shelves(None, {}, [])
    low: list[StockItem] = []
    for key, its in writes:
        row = its and its | {"store_id": "s", "inventory_id": key, "product_id": key}
        change: list[Change] = [(rows.pop(key, None), row)]
        if row is not None:
            rows[key] = row
        states = count_states(states, rows, change)
        shelves = count_shelves(shelves, rows, change)
        low = worst_first(low, rows, change)
    everything: list[Change] = [(None, row) for row in rows.values()]
    assert states == count_states(None, rows, everything)
    assert shelves == count_shelves(None, rows, everything)
    assert low == worst_first(None, rows, everything)
    assert sum(states) == len(rows) == sum(items for items, _, _ in shelves.values())
