"""One device of a rehearsal: the app's store, repositories and link, without its window.

    python -m app.rehearsal.peer

Each line on stdin is a JSON object `{"id": 1, "do": "sell", …}` with the arguments of a method of
`Device`. Each is answered by a line on stdout with the same id and `done` (what it gave), `refused`
(a sentence: nothing was written) or `failed`. Requests are carried out side by side. It ends with
its stdin.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from app.config.repositories import Repositories
from app.data.stock.history import HistoryRepository
from app.data.stock.stock import DittoStockRepository
from app.data.store.device import load_device
from app.data.store.session import Session
from app.data.sync.linked import join
from app.domain.documents.stock import from_place
from app.domain.entities import Actor, Movement, Place, Profile, Reason, Role, StockItem
from app.rehearsal import writes
from app.rehearsal.codework import Codework
from app.rehearsal.contents import Contents, contents, digest, scope_of_worker
from app.rehearsal.customerwork import Customerwork
from app.rehearsal.paperwork import Paperwork
from app.rehearsal.peoplework import Peoplework
from app.rehearsal.steps import STORES
from app.rehearsal.undoable import newest_undoable
from app.rehearsal.witness import Evidence, Witness
from connector_config.errors import UserError
from connector_config.link.state import LinkState, Phase
from connector_config.mongodb.connection import MongoSettings
from connector_config.schema.collections import CUSTOMERS, INVENTORY
from connector_config.schema.instants import to_iso
from connector_config.store.local_indexes import ensure_indexes
from connector_config.store.local_only import PARKED
from connector_config.store.outbox import COUNT_PENDING

_MARK: Final = "SELECT rehearsed FROM stores WHERE _id = :id"
_LOOK_SECONDS: Final = 0.005
_LONGEST_LINE: Final = 64 * 1024 * 1024


def _now() -> datetime:
    return datetime.now(UTC)


class Device:
    """The requests of a device; each public method is one, and so is each of `papers` and `codes`.

    Writes return what they left behind: `movements`, new `documents` by collection, and `edits`.
    """

    def __init__(self) -> None:
        self._session: Session
        self._stock: DittoStockRepository
        self._history: HistoryRepository
        self.papers: Paperwork
        self.codes: Codework
        self.customers: Customerwork
        self.people: Peoplework
        self._state = LinkState()
        self._linking: asyncio.Task[None] | None = None
        self._seen: dict[str, int] = {}
        self._mark = 0

    async def open(self, data_dir: str, uri: str, database: str, store: str, name: str) -> Evidence:
        """Open the store of a data folder, not linked yet."""
        folder = Path(data_dir)
        self._session = await Session.open(folder, _now)
        await ensure_indexes(self._session.query)
        self._device = load_device(folder)
        self._profile = Profile(store, Role.WORKER, name)
        self._settings = MongoSettings(uri, database)
        self._seen = {}
        repositories = Repositories(self._session, _now, store)
        self._stock = repositories.stock
        self._history = repositories.history
        self._witness = witness = Witness(self._session)
        self.papers = Paperwork(repositories, self._actor(), witness)
        self.codes = Codework(repositories, self._actor(), witness)
        self.customers = Customerwork(repositories, self._actor())
        self.people = Peoplework(repositories, self._actor(), witness)
        self._session.watch(_MARK, {"id": STORES[0]}, self._on_mark)
        return {"device_id": self._device.device_id}

    async def close(self) -> None:
        """Close the store; another one may be opened after it."""
        await self.offline()
        self.codes.close()
        await self._session.close()

    async def online(self) -> None:
        """Link the store with MongoDB."""
        if self._linking is None:
            self._state = LinkState()
            self._linking = join(
                self._session,
                self._settings,
                scope_of_worker(self._profile.store_id),
                self._device.device_id,
                _now,
                self._on_state,
            )

    async def offline(self) -> None:
        """Cut the link."""
        if self._linking is not None:
            self._linking.cancel()
            with suppress(asyncio.CancelledError):
                await self._linking
            self._linking = None

    async def settled(self, mark: int, seconds: float) -> Evidence:
        """Wait until nothing waits to be sent and the mark is here; returns how far the link came.

        The mark is a number in a document that MongoDB changes: what it changed before is here too.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        # What another program wrote into the store or MongoDB is only seen by looking.
        while not await self._is_settled(mark) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
        if self._linking is not None and self._linking.done():
            await self._linking
        parked = await self._session.query(f"SELECT * FROM {PARKED} LIMIT 10")
        return {
            "phase": self._state.phase.value,
            "reason": self._state.reason,
            "pending": await self._pending(),
            "parked": [f"{row['_id']}: {row.get('reason')}" for row in parked],
            "mark": self._mark,
        }

    async def held(self) -> Contents:
        """The contents: every document that the device wants and has."""
        wanted = scope_of_worker(self._profile.store_id)
        documents = {
            name: await self._session.query(f"SELECT * FROM {name}")
            for name in {one.collection for one in wanted}
        }
        return contents(wanted, documents)

    async def digest(self) -> str:
        """A digest of the contents, to compare with another peer's."""
        return digest(await self.held())

    async def sell(self, item: Any, quantity: int, below_zero: bool = False) -> Evidence:
        return await self._adjust(item, -quantity, below_zero)

    async def receive(self, item: Any, quantity: int) -> Evidence:
        return await self._adjust(item, quantity, False)

    async def look(self, item: Any) -> Evidence:
        self._seen[json.dumps(item)] = (await self._item(item)).on_hand
        return {}

    async def count(self, item: Any, counted: int) -> Evidence:
        seen = self._seen.pop(json.dumps(item), None)
        stocked = await self._item(item)
        difference = counted - (stocked.on_hand if seen is None else seen)
        if not difference:
            return {}
        # What was counted is true, whatever was sold meanwhile.
        return await self._adjust(item, difference, True)

    async def move(self, item: Any, to: str) -> Evidence:
        stand, bin_ = to.split("-")
        place = Place(stand[:-1], stand[-1], bin_)
        moved = await self._stock.move(await self._item(item), place, self._actor())
        return _evidence(moved, item)

    async def note(self, item: Any, text: str) -> Evidence:
        before = await writes.note(self._session, item, text, to_iso(_now()))
        return _edit(INVENTORY, item, "notes", before, text)

    async def rename(self, customer: Any, first_name: str) -> Evidence:
        before = await writes.rename(self._session, customer, first_name, to_iso(_now()))
        return _edit(CUSTOMERS, customer, "first_name", before, first_name)

    async def order(self, order_id: str, customer: Any, lines: list[Any]) -> Evidence:
        taken = writes.order(self._session, self._actor(), order_id, customer, lines, _now())
        return await self._witness.of_sale(taken)

    async def undo(self, of: str) -> Evidence:
        """Undo the last change of a device."""
        movement = await newest_undoable(self._history, self._profile.store_id, of)
        if movement is None:
            raise UserError("There is nothing to undo.")
        undone = await self._stock.undo(movement, self._actor())
        item = {"store_id": movement.store_id, "inventory_id": movement.inventory_id}
        return _evidence(undone, item)

    async def _is_settled(self, mark: int) -> bool:
        if self._state.phase is not Phase.LIVE or self._mark < mark:
            return False
        return not await self._pending()

    async def _pending(self) -> int:
        return int((await self._session.query(COUNT_PENDING))[0]["n"])

    def _on_state(self, state: LinkState) -> None:
        self._state = state

    def _on_mark(self, rows: list[dict[str, Any]]) -> None:
        self._mark = int(rows[0].get("rehearsed") or 0) if rows else 0

    async def _adjust(self, item: Any, quantity: int, below_zero: bool) -> Evidence:
        moved = await self._stock.adjust(
            await self._item(item), quantity, Reason.CORRECTION, self._actor(), "", below_zero
        )
        return _evidence(moved, item)

    async def _item(self, key: Any) -> StockItem:
        return (await self._stock.items([key]))[0]

    def _actor(self) -> Actor:
        return Actor(self._profile, self._device, lambda: self._linking is not None)


def _evidence(movement: Movement, item: Any) -> Evidence:
    found: Evidence = {
        "movements": [
            {
                "movement_id": movement.movement_id,
                "store_id": movement.store_id,
                "inventory_id": movement.inventory_id,
                "quantity": movement.quantity,
            }
        ]
    }
    if movement.from_place is not None and movement.to_place is not None:
        before, after = from_place(movement.from_place), from_place(movement.to_place)
        found |= _edit(INVENTORY, item, "location", before, after)
    return found


def _edit(collection: str, key: Any, field: str, before: Any, after: Any) -> Evidence:
    edit = {"collection": collection, "key": key, "field": field, "before": before, "after": after}
    return {"edits": [edit]}


async def _answer(device: Device, request: dict[str, Any]) -> None:
    answer: dict[str, Any] = {"id": request.pop("id")}
    do = request.pop("do")
    try:
        if (carry_out := getattr(device, do, None)) is None:
            work = (device.papers, device.codes, device.customers, device.people)
            carry_out = next(getattr(one, do) for one in work if hasattr(one, do))
        answer["done"] = await carry_out(**request)
    except UserError as error:
        answer["refused"] = str(error)
    except Exception as error:
        answer["failed"] = f"{type(error).__name__}: {error}"
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def _requests() -> AsyncIterator[dict[str, Any]]:
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        yield json.loads(line)


async def serve(device: Device) -> None:
    """Answer requests until stdin ends."""
    async with asyncio.TaskGroup() as group:
        async for request in _requests():
            group.create_task(_answer(device, request))


def main() -> None:
    """Run one device."""
    asyncio.run(serve(Device()))


if __name__ == "__main__":
    main()
