"""Random work on two devices and in MongoDB, with the link coming and going: all end up equal."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.stock import to_movement
from app.domain.entities import Place, Reason
from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import CUSTOMERS, INVENTORY, ditto_id
from tests.helpers.link import (
    SEATTLE,
    TACOMA,
    LinkedDevice,
    customer_document,
    device,
    equal,
    item_document,
    now,
    prepare,
    wanted_of,
)

Step = Callable[[LinkedDevice], Coroutine[Any, Any, None]]

_ITEMS = 3
_STEPS = 40

_MADE = (
    "SELECT * FROM stock_movements WHERE device_id = :device_id AND reason != 'undo' "
    "ORDER BY at DESC, _id LIMIT 3"
)
_EDIT = "UPDATE customers SET phone = :phone, updated_at = :at WHERE _id = :id"
_INSERT = "INSERT INTO customers DOCUMENTS (:document)"


class _Schedule:
    """Steps drawn from a seed."""

    def __init__(self, seed: int, database: MongoDatabase, devices: list[LinkedDevice]) -> None:
        self._random = random.Random(seed)
        self._database = database
        self._devices = devices
        self._customers = [customer_document(SEATTLE, number) for number in range(_ITEMS)]
        self.log: list[str] = []

    async def run(self) -> None:
        steps: Sequence[Step]
        steps = [self._adjust] * 6 + [self._move, self._undo, self._edit, self._new_customer]
        steps += [self._edit_in_mongodb, self._delete_in_mongodb, self._cut, self._cut, self._wait]
        for _ in range(_STEPS):
            step = self._random.choice(steps)
            one = self._random.choice(self._devices)
            self.log.append(f"{getattr(step, '__name__', step)} {one.name}")
            try:
                await step(one)
            except (UserError, IndexError) as error:
                self.log.append(str(error))

    async def _adjust(self, peer: LinkedDevice) -> None:
        # Stock of a store whose ledger the device does not hold, too.
        store_id = self._random.choice([SEATTLE, SEATTLE, TACOMA])
        item = await peer.item(item_document(store_id, self._random.randrange(_ITEMS)))
        quantity = self._random.choice([-3, -2, -1, 1, 2, 5])
        await peer.stock.adjust(item, quantity, Reason.CORRECTION, peer.actor, allow_negative=True)

    async def _move(self, one: LinkedDevice) -> None:
        item = await one.item(item_document(SEATTLE, self._random.randrange(_ITEMS)))
        await one.stock.move(item, Place(str(self._random.randrange(9)), "A", "1"), one.actor)

    async def _undo(self, peer: LinkedDevice) -> None:
        # Whoever made it: both may undo the same change before they hear of each other.
        maker = self._random.choice(self._devices)
        made = await peer.session.query(_MADE, {"device_id": f"device-{maker.name}"})
        movement = to_movement(self._random.choice(made))
        await peer.stock.undo(movement, peer.actor, allow_negative=True)

    async def _edit(self, peer: LinkedDevice) -> None:
        customer = self._random.choice(self._customers)
        parameters = {
            "phone": f"(206) 555-{self._random.randrange(10_000):04d}",
            "at": _at(),
            "id": ditto_id(CUSTOMERS, customer),
        }

        async def work(unit: UnitOfWork) -> None:
            await unit.update(CUSTOMERS, _EDIT, parameters)

        await peer.session.write(work)

    async def _new_customer(self, peer: LinkedDevice) -> None:
        customer = customer_document(SEATTLE, 100 + len(self._customers))
        self._customers.append(customer)

        async def work(unit: UnitOfWork) -> None:
            await unit.insert(CUSTOMERS, _INSERT, customer)

        await peer.session.write(work)

    async def _edit_in_mongodb(self, one: LinkedDevice) -> None:
        customer = self._random.choice(self._customers)
        change = {"phone": "(206) 555-0199", "email": f"e{self._random.randrange(99)}@x.example"}
        # In a thread: the server holds it up while a link, on this loop, has the document in hand.
        await asyncio.to_thread(
            self._database[CUSTOMERS].update_one,
            {"_id": mongo_id(CUSTOMERS, customer)},
            {"$set": {**change, "updated_at": _at()}},
        )
        item = item_document(SEATTLE, self._random.randrange(_ITEMS))
        counted = {"stock_level": self._random.randrange(50, 60), "notes": "counted"}
        await asyncio.to_thread(
            self._database[INVENTORY].update_one,
            {"_id": item["inventory_id"]},
            {"$set": {**counted, "updated_at": _at()}},
        )

    async def _delete_in_mongodb(self, one: LinkedDevice) -> None:
        customer = self._random.choice(self._customers)
        gone = {"_id": mongo_id(CUSTOMERS, customer)}
        await asyncio.to_thread(self._database[CUSTOMERS].delete_one, gone)

    async def _cut(self, peer: LinkedDevice) -> None:
        if peer.is_connected:
            await peer.disconnect()
        else:
            peer.connect()

    async def _wait(self, one: LinkedDevice) -> None:
        await asyncio.sleep(self._random.random() * 0.05)


@pytest.mark.parametrize("seed", range(3))
async def test_a_random_schedule_ends_with_everything_equal(
    seed: int, database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database, _ITEMS)
    async with (
        device(tmp_path / "a", mongo_settings) as ann,
        device(tmp_path / "b", mongo_settings, name="bob") as bob,
        device(tmp_path / "c", mongo_settings, wanted_of(TACOMA), "cat") as cat,
    ):
        devices = [ann, bob, cat]
        for peer in devices:
            peer.connect()
            await peer.live()
        schedule = _Schedule(seed, database, [ann, bob])
        await schedule.run()
        for peer in devices:
            if not peer.is_connected:
                peer.connect()
        try:
            await equal(database, *devices, parked_at_most=_STEPS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n" + "\n".join(schedule.log)) from None


def _at() -> str:
    return now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
