"""Letters, which are sent to MongoDB in one transaction there, and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from connector_config.link.merge import merge
from connector_config.link.notes import Key
from connector_config.link.store import Body, in_order
from connector_config.mongodb.mapping import as_found, mongo_id, query_for, to_device, to_mongo
from connector_config.schema.collections import INVENTORY, ORDERS, STOCK_MOVEMENTS
from connector_config.schema.forgotten import IN_ORDERS, is_forgotten
from connector_config.store.outbox import (
    PendingRow,
    body_of,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A row of the outbox and its document, as they are sent."""

    key: Key
    row: PendingRow
    document: Body | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What MongoDB holds after a letter; `echo` if the change stream will come to it."""

    letter: Letter
    document: Body
    echo: bool
    followed: bool = True
    was_there: bool = False
    """Whether MongoDB had the document already."""


class Post:
    """Runs the statements of one MongoDB transaction, which may be run again from the start."""

    def __init__(
        self, database: AsyncDatabase[Body], session: AsyncClientSession, careful: bool
    ) -> None:
        self._database = database
        self._session = session
        self._careful = careful
        self._inserts: dict[str, list[Body]] = {}
        self._updates: dict[tuple[str, Any], dict[str, Body]] = {}

    async def write(self, letters: Sequence[Letter]) -> list[Answer]:
        answers: list[Answer] = []
        # Movements first: the change stream tells of a movement before it tells of its sum.
        names = in_order(one.row.collection for one in letters)
        for name in names:
            its = [one for one in letters if one.row.collection == name]
            answers += await self._collection(name, its)
        await self._add_up(self._inserts.get(INVENTORY, []))
        for name in names:
            if documents := self._inserts.get(name):
                operations = [InsertOne(document) for document in documents]
                await self._database[name].bulk_write(operations, session=self._session)
        for name in in_order(name for name, _ in self._updates):
            updates = [
                UpdateOne({"_id": its}, change)
                for (collection, its), change in self._updates.items()
                if collection == name
            ]
            await self._database[name].bulk_write(updates, ordered=False, session=self._session)
        await self._unname_orders([one.document for one in answers if one.document])
        return answers

    async def _collection(self, name: str, letters: Sequence[Letter]) -> list[Answer]:
        there = await self._there(name, letters)
        answers = []
        for letter in letters:
            if letter.document is None:
                raise ValueError("It is not on this device any more.")
            found = there.get(letter.key[1])
            if found is None:
                if letter.row.base is not None:
                    raise ValueError("It is not in MongoDB any more.")
                self._inserts.setdefault(name, []).append(to_mongo(name, letter.document))
                if name == STOCK_MOVEMENTS:
                    self._count(letter.document)
                answers.append(Answer(letter, letter.document, echo=False))
            else:
                answers.append(self._update(name, letter, letter.document, found))
        return answers

    async def _unname_orders(self, documents: Sequence[Body]) -> None:
        """Let no order name a customer who is forgotten: most are on no device that knows it.

        The change stream tells every device of its own ones, this one too.
        """
        for customer in documents:
            if is_forgotten(customer):
                at = customer["forgotten_at"]
                await self._database[ORDERS].update_many(
                    {
                        "customer_id": customer["customer_id"],
                        "$or": [{name: {"$ne": its}} for name, its in IN_ORDERS.items()],
                    },
                    [{"$set": {**IN_ORDERS, "updated_at": {"$max": ["$updated_at", at]}}}],
                    session=self._session,
                )

    async def _there(self, name: str, letters: Sequence[Letter]) -> dict[str, Body]:
        """What MongoDB holds of the documents, by their Ditto ids."""
        documents = [
            one.document
            for one in letters
            if one.document is not None and (self._careful or one.row.base is not None)
        ]
        if not documents:
            return {}
        query = query_for(name, documents)
        found = await self._database[name].find(query, session=self._session).to_list()
        return {text_of(to_device(name, one)["_id"]): one for one in found}

    def _update(self, name: str, letter: Letter, ours: Body, found: Body) -> Answer:
        theirs = body_of(name, to_device(name, found))
        if name == STOCK_MOVEMENTS:
            return Answer(letter, theirs, echo=False, was_there=True)
        row = letter.row
        merged = merge(name, row.base, ours, theirs, row.times(ours), row.sent)
        moved = self._updates.get((name, found["_id"]), {}).get("$max", {})
        # What is answered has to be what MongoDB will hold: by that its echo is known.
        if moved and moved["last_updated"] > str(merged.get("last_updated", "")):
            merged["last_updated"] = moved["last_updated"]
        changed = {n: value for n, value in merged.items() if n not in theirs or theirs[n] != value}
        gone = {n: "" for n in theirs if n not in merged}
        update = self._updates.setdefault((name, found["_id"]), {}) if changed or gone else {}
        if changed:
            update["$set"] = {n: as_found(found.get(n), value) for n, value in changed.items()}
            # A field cannot be told twice; this is the later one already.
            if "last_updated" in changed:
                update.pop("$max", None)
        if gone:
            update["$unset"] = gone
        return Answer(letter, merged, echo=bool(changed or gone), was_there=True)

    async def _add_up(self, items: Sequence[Body]) -> None:
        """Give new items the sum of their movements that are in MongoDB before them: an item that
        was refused is mended after what moved in it was sent.
        """
        if not items:
            return
        found = await self._database[STOCK_MOVEMENTS].aggregate(
            [
                {"$match": {"inventory_id": {"$in": [one["inventory_id"] for one in items]}}},
                {"$group": {"_id": "$inventory_id", "sum": {"$sum": "$quantity"}}},
            ],
            session=self._session,
        )
        sums = {one["_id"]: one["sum"] async for one in found}
        for item in items:
            if total := sums.get(item["inventory_id"]):
                item["stock_delta"] = total

    def _count(self, movement: Body) -> None:
        if quantity := int(movement.get("quantity") or 0):
            its = mongo_id(INVENTORY, movement)
            update = self._updates.setdefault((INVENTORY, its), {})
            increment = update.setdefault("$inc", {"stock_delta": 0})
            increment["stock_delta"] += quantity
            latest = update.setdefault("$max", {"last_updated": ""})
            latest["last_updated"] = max(latest["last_updated"], movement["at"])
