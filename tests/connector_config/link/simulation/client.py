"""A stand-in for PyMongo's asynchronous client, as far as the link uses it.

It retries as PyMongo does: what only reads and a commit once more after a lost connection, a commit
whose outcome is not known as long as there is time, a transaction from its start.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from random import Random
from typing import Any

from bson import Binary
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from tests.connector_config.link.simulation.device_store import digest_of
from tests.connector_config.link.simulation.server import Document, Server, found, matches

_SELECTION_SECONDS = 3.0
_TRANSACTION_SECONDS = 15.0
_AWAIT_SECONDS = 1.0
_BATCH = 4
_UNKNOWN = "UnknownTransactionCommitResult"
_TRANSIENT = "TransientTransactionError"


class Way:
    """The way between a device and the server, and what happens on it."""

    def __init__(self, server: Server, chance: Random, pause: Callable[[float], Awaitable[None]]):
        self.server = server
        self.chance = chance
        self.pause = pause
        self.lag = 0.0
        """Seconds by which changes are told late."""
        self.fails = 0
        """So many of the next requests do not come through."""
        self.loses = 0
        """So many of the next commits are done and their answers lost."""
        self.on_commit: Callable[[], None] = lambda: None

    async def ask(self, work: Callable[[], Any], *, commits: bool = False) -> Any:
        """A request there and an answer back; raises AutoReconnect."""
        await self.travel()
        await self.selected()
        if self.fails:
            self.fails -= 1
            raise AutoReconnect("connection closed")
        answer = work()
        if commits:
            self.on_commit()
        await self.travel()
        if commits and self.loses:
            self.loses -= 1
            raise AutoReconnect("connection closed")
        return answer

    async def ask_twice(self, work: Callable[[], Any], *, commits: bool = False) -> Any:
        """The same, once more when the connection is lost."""
        try:
            return await self.ask(work, commits=commits)
        except AutoReconnect:
            return await self.ask(work, commits=commits)

    async def travel(self) -> None:
        slow = self.chance.random() < 0.05
        await self.pause(
            self.chance.uniform(0.02, 0.3) if slow else self.chance.uniform(0.0002, 0.004)
        )

    async def selected(self) -> None:
        waited = 0.0
        while self.server.is_away:
            if waited >= _SELECTION_SECONDS:
                raise AutoReconnect("No primary available for writes")
            await self.pause(0.25)
            waited += 0.25


class Client:
    """A client of one program."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.admin = self

    def __getitem__(self, name: str) -> Database:
        return Database(self, name)

    async def command(self, name: str, *arguments: Any) -> dict[str, Any]:
        if name == "killSessions":
            (session,) = arguments[0]
            await self.way.ask_twice(lambda: self.way.server.abort(session["id"]))
            return {}
        server = self.way.server
        said = await self.way.ask_twice(lambda: {"setName": "rs0", "operationTime": server.time()})
        return dict(said)

    def start_session(self) -> ClientSession:
        return ClientSession(self.way)

    async def close(self) -> None:
        pass


class Database:
    """The database of the shop."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name

    def __getitem__(self, name: str) -> Collection:
        return Collection(self.client.way, name)

    async def list_collections(self) -> AsyncIterator[dict[str, Any]]:
        names = await self.client.way.ask_twice(lambda: list(self.client.way.server.collections))
        options = {"changeStreamPreAndPostImages": {"enabled": True}}

        async def each() -> AsyncIterator[dict[str, Any]]:
            for name in names:
                yield {"name": name, "options": options, "info": {"uuid": b"1"}}

        return each()

    async def watch(self, pipeline: Any, resume_after: Any = None, **_: Any) -> ChangeStream:
        way = self.client.way
        start = await way.ask_twice(lambda: len(way.server.history))
        if resume_after is not None:
            start = resume_after["at"]
        if start < way.server.forgotten:
            raise OperationFailure("the resume point may no longer be in the oplog", 286)
        return ChangeStream(way, pipeline[0]["$match"], start)


class Collection:
    """A collection of it."""

    def __init__(self, way: Way, name: str) -> None:
        self._way = way
        self._name = name

    def find(self, query: Document, *_: Any, session: Any = None, **__: Any) -> Cursor:
        return Cursor(lambda: self._ask(lambda all_of: found(all_of.values(), query), session))

    async def find_one(self, query: Document) -> Document | None:
        documents = await self._ask(lambda all_of: found(all_of.values(), query), None)
        return documents[0] if documents else None

    async def count_documents(self, query: Document) -> int:
        return len(await self._ask(lambda all_of: found(all_of.values(), query), None))

    async def aggregate(self, pipeline: Sequence[Document], session: Any = None) -> Cursor:
        match, group = pipeline[0]["$match"], pipeline[1]["$group"]
        if "n" in group:
            return Cursor(lambda: self._ask(lambda all_of: _digests(all_of, match, group), session))
        field, summed = group["_id"].removeprefix("$"), group["sum"]["$sum"].removeprefix("$")

        def add_up(all_of: Mapping[Any, Document]) -> list[Document]:
            sums: dict[Any, int] = {}
            for one in found(all_of.values(), match):
                sums[one[field]] = sums.get(one[field], 0) + one[summed]
            return [{"_id": its, "sum": total} for its, total in sums.items()]

        return Cursor(lambda: self._ask(add_up, session))

    def with_options(self, **_: Any) -> Collection:
        """All that is committed here is so for good."""
        return self

    async def bulk_write(self, operations: Sequence[Any], session: Any, **_: Any) -> None:
        def write(transaction: Any) -> None:
            for one in operations:
                if hasattr(one, "_filter"):
                    its = one._filter["_id"]
                    self._way.server.update(self._name, its, one._doc, transaction)
                else:
                    self._way.server.insert(self._name, one._doc, transaction)

        await session.ask(write)

    async def _ask(self, read: Callable[[Mapping[Any, Document]], Any], session: Any) -> Any:
        if session is not None:
            return await session.ask(lambda transaction: read(transaction.collections[self._name]))
        return await self._way.ask_twice(lambda: read(self._way.server.collections[self._name]))


class Cursor:
    """What a query found."""

    def __init__(self, ask: Callable[[], Awaitable[list[Document]]]) -> None:
        self._ask = ask
        self._left: list[Document] | None = None

    def sort(self, *_: Any) -> Cursor:
        return self

    async def to_list(self, count: int | None = None) -> list[Document]:
        if self._left is None:
            self._left = await self._ask()
        taken = self._left[:count]
        self._left = self._left[len(taken) :]
        return taken

    async def __aiter__(self) -> AsyncIterator[Document]:
        for one in await self.to_list():
            yield one

    async def __aenter__(self) -> Cursor:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


class ClientSession:
    """A session; its transactions have numbers."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self.session_id = {"id": Binary(way.chance.randbytes(16), 4)}
        self.operation_time: Any = None
        self._server_session = self
        self.transaction_id = 0
        self._is_first = True

    async def __aenter__(self) -> ClientSession:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def ask(self, work: Callable[[Any], Any]) -> Any:
        """A statement of the transaction."""
        server = self._way.server

        def within() -> Any:
            is_first, self._is_first = self._is_first, False
            return work(
                server.transaction(self.session_id["id"], self.transaction_id, is_first=is_first)
            )

        try:
            return await self._way.ask(within)
        except AutoReconnect as error:
            error._add_error_label(_TRANSIENT)
            raise

    async def with_transaction(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        loop = asyncio.get_running_loop()
        ends = loop.time() + _TRANSACTION_SECONDS
        while True:
            self.transaction_id += 1
            self._is_first = True
            try:
                outcome = await work(self)
            except BaseException as error:
                await self._abort()
                if _labelled(error, _TRANSIENT) and loop.time() < ends:
                    await self._way.pause(self._way.chance.uniform(0, 0.02))
                    continue
                raise
            if await self._committed(ends):
                return outcome

    async def _committed(self, ends: float) -> bool:
        """Whether it is; False when the transaction has to be run anew."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                await self._commit()
            except PyMongoError as error:
                if loop.time() >= ends:
                    raise
                if _labelled(error, _UNKNOWN):
                    continue
                if _labelled(error, _TRANSIENT):
                    return False
                raise
            return True

    async def _commit(self) -> None:
        its = self.session_id["id"]
        try:
            self.operation_time = await self._way.ask_twice(
                lambda: self._way.server.commit(its, self.transaction_id), commits=True
            )
        except AutoReconnect as error:
            error._add_error_label(_UNKNOWN)
            raise

    async def _abort(self) -> None:
        try:
            await self._way.ask(lambda: self._way.server.abort(self.session_id["id"]))
        except PyMongoError:
            return


class ChangeStream:
    """A change stream from a place in the history on; a token is such a place."""

    def __init__(self, way: Way, match: Document, start: int) -> None:
        self._way = way
        self._match = match
        self._at = start
        self._ready: list[tuple[int, Document]] = []
        self.resume_token: dict[str, Any] | None = {"at": start}

    async def __aenter__(self) -> ChangeStream:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def try_next(self) -> Document | None:
        if not self._ready:
            await self._way.pause(self._way.lag)
            await self._more()
        if not self._ready:
            self.resume_token = {"at": self._at}
            return None
        place, event = self._ready.pop(0)
        self.resume_token = {"at": place}
        return event

    async def _more(self) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + _AWAIT_SECONDS
        while not self._ready and loop.time() < ends:
            await self._way.ask_twice(self._read)
            if not self._ready:
                # The server waits for something to tell.
                news = loop.create_future()
                self._way.server.waiting.append(news)
                await asyncio.wait([news], timeout=ends - loop.time())

    def _read(self) -> None:
        history = self._way.server.history
        while self._at < len(history) and len(self._ready) < _BATCH:
            event = history[self._at].event
            self._at += 1
            if matches(event, self._match):
                self._ready.append((self._at, event))


def _digests(all_of: Mapping[Any, Document], match: Document, group: Document) -> list[Document]:
    """The digests of the self-check."""
    text, _, _ = group["_id"]["$substrCP"]
    field = text["$cond"][1].removeprefix("$")
    digests: dict[str, Document] = {}
    names = [name for name in group if name not in ("_id", "n")]
    for one in found(all_of.values(), match):
        its = digests.setdefault(one[field][-2:], {"n": 0, **dict.fromkeys(names, 0)})
        its["n"] += 1
        for name in names:
            its[name] += digest_of(one.get(name))
    return [{"_id": bucket, **its} for bucket, its in digests.items()]


def _labelled(error: BaseException, label: str) -> bool:
    return isinstance(error, PyMongoError) and error.has_error_label(label)
