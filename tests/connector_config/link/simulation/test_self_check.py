"""Differences that no event tells of: simulated devices find and mend them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.store.outbox import text_of
from tests.connector_config.link.simulation.device_store import Rows
from tests.connector_config.link.simulation.history import drawn, play
from tests.connector_config.link.simulation.machine import Machine
from tests.connector_config.link.simulation.server import Document
from tests.connector_config.link.simulation.world import World

# What a look and mending take at most, seconds of the simulated time.
_PATIENCE = 90.0


def _is_changed(rows: Rows, text: str) -> None:
    rows[text] = rows[text] | {"updated_at": "2026-11-19T08:00:00.000Z", "notes": "apart"}


def _is_missing(rows: Rows, text: str) -> None:
    del rows[text]


def _is_extra(rows: Rows, text: str) -> None:
    body = rows[text] | {"inventory_id": "extra"}
    its = ditto_id(INVENTORY, body)
    rows[text_of(its)] = body | {"_id": its}


async def _until_equal(world: World, machine: Machine, collection: str) -> None:
    """Wait until all are, because the machine mended one document."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + _PATIENCE
    while wrong := list(world._differences()) or not machine.found:
        assert loop.time() < ends, wrong
        await asyncio.sleep(1)
    assert machine.found == [(collection, 1)]


@pytest.mark.parametrize("plant", [_is_changed, _is_missing, _is_extra])
def test_a_device_finds_what_is_not_as_in_mongodb(plant: Callable[[Rows, str], None]) -> None:
    async def then(world: World) -> None:
        machine = Random(world.seed).choice(list(world.machines.values()))
        rows = machine.disk.collections[INVENTORY]
        plant(rows, min(rows))
        await _until_equal(world, machine, INVENTORY)

    for seed in (0, 1, 2):
        play(drawn(seed), then)


def _first_movement(world: World, is_own: bool) -> tuple[Machine, Document]:
    return next(
        (machine, one)
        for machine in world.machines.values()
        for one in machine.disk.collections.get(STOCK_MOVEMENTS, {}).values()
        if (one["device_id"] == machine.name) is is_own
    )


def test_a_movement_that_is_missing_here_moves_the_stock_when_it_is_found() -> None:
    async def then(world: World) -> None:
        machine, one = _first_movement(world, is_own=False)
        del machine.disk.collections[STOCK_MOVEMENTS][text_of(one["_id"])]
        items = machine.disk.collections[INVENTORY]
        text = text_of(ditto_id(INVENTORY, one))
        delta = items[text]["stock_delta"] - one["quantity"]
        items[text] = items[text] | {"stock_delta": delta}
        await _until_equal(world, machine, STOCK_MOVEMENTS)

    play(drawn(0), then)


def test_a_movement_of_this_device_that_mongodb_does_not_have_is_sent_again() -> None:
    async def then(world: World) -> None:
        machine, one = _first_movement(world, is_own=True)
        there = world.server.collections
        del there[STOCK_MOVEMENTS][one["movement_id"]]
        item = there[INVENTORY][one["inventory_id"]]
        less = {"stock_delta": item["stock_delta"] - one["quantity"]}
        there[INVENTORY][item["_id"]] = item | less
        await _until_equal(world, machine, STOCK_MOVEMENTS)

    play(drawn(0), then)
