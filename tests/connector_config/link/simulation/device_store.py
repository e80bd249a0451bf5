"""A stand-in for Ditto in memory: the statements of the link, in transactions that are serial.

What was measured of the real one (ditto-facts): one transaction writes at a time, one that raises
leaves nothing, one that only reads sees one moment; `DO UPDATE` merges maps; deleting with
USE IDS and without a condition deletes nothing; a field that is not there is in no condition.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from ditto import DittoError

from connector_config.store.outbox import text_of

Rows = dict[str, dict[str, Any]]
"""The documents of a collection by `text_of` their `_id`; none is ever changed in place."""

_INSERT = re.compile(
    r"INSERT INTO (?P<name>\w+) (INITIAL )?DOCUMENTS \(:(?P<documents>\w+)\)"
    r"( ON ID CONFLICT DO (?P<conflict>UPDATE|NOTHING))?"
)
_REMOVE = re.compile(
    r"(EVICT|DELETE) FROM (?P<name>\w+)( USE IDS LIST :(?P<ids>\w+))?( WHERE (?P<where>.+))?"
)
_UPDATE = re.compile(
    r"UPDATE (?P<name>\w+)( USE IDS LIST :(?P<ids>\w+))?"
    r"( APPLY (?P<counter>\w+) INCREMENT BY :(?P<by>\w+))?( SET (?P<set>.+?))?"
    r"( WHERE (?P<where>.+))?"
)
_SELECT = re.compile(
    r"SELECT (?P<what>.+?) FROM (?P<name>\w+)( USE IDS LIST :(?P<ids>\w+))?"
    r"( WHERE (?P<where>.+?))?( GROUP BY (?P<group>\w+))?( ORDER BY _id)?"
    r"( LIMIT (?P<limit>:?\w+))?( OFFSET (?P<offset>:?\w+))?"
)
# Of the self-check: the digests of buckets, and the documents in some of them.
_ENDS = r"substr\((?P<id>\w+), length\(\w+\) - 2\)"
_DIGESTS = re.compile(
    rf"SELECT {_ENDS} AS bucket, COUNT\(\*\) AS n, (?P<sums>SUM.+) FROM (?P<name>\w+)"
    r"(?P<ids>)( WHERE (?P<where>.+?))? GROUP BY .+"
)
_IN_BUCKETS = re.compile(
    r"SELECT (?P<what>.+?) FROM (?P<name>\w+)(?P<ids>) WHERE ((?P<where>.+) AND )?"
    rf"array_contains\(:buckets, {_ENDS}\) LIMIT \d+"
)
_TEST = re.compile(
    r"(coalesce\()?(?P<field>\w+)(, '(?P<default>)'\))? (?P<is>=|<|>|IN) (?P<value>.+)"
)
_LATER = re.compile(r"CASE WHEN (\w+) > :at THEN \1 ELSE :at END")


class Value:
    """What the SDK wraps a row or an `_id` in."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Result:
    """The answer to a statement."""

    commit_id = 1

    def __init__(self, rows: Iterable[Any] = (), changed: Iterable[Any] = ()) -> None:
        self.items = [Value(row) for row in rows]
        self._changed = [Value(its) for its in changed]

    def __enter__(self) -> Result:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __len__(self) -> int:
        return len(self.items)

    def mutated_document_ids(self) -> list[Value]:
        return self._changed


class Observer:
    """A live query; the link has one."""

    def __init__(self, store: DeviceStore, dql: str, call: Callable[[Any], None]) -> None:
        self.store, self.dql, self.call = store, dql, call

    def cancel(self) -> None:
        if self in self.store.observers:
            self.store.observers.remove(self)

    def close(self) -> None:
        pass

    def tell(self) -> None:
        if self in self.store.observers:
            self.call(self.store.run(self.store.collections, self.dql, {}))


class Disk:
    """What is committed on a device: it outlives the programs."""

    def __init__(self) -> None:
        self.collections: dict[str, Rows] = {}
        self.fails = 0
        """So many transactions that write fail when they are committed."""


class DeviceStore:
    """The store as a program has it open, and the peer that has it.

    `pause` is awaited before and after each statement; it raises when the program was killed.
    """

    def __init__(self, disk: Disk, pause: Callable[[], Awaitable[None]]) -> None:
        self._disk = disk
        self.observers: list[Observer] = []
        self._pause = pause
        self._writing = asyncio.Lock()

    @property
    def store(self) -> DeviceStore:
        return self

    @property
    def collections(self) -> dict[str, Rows]:
        return self._disk.collections

    async def close(self) -> None:
        pass

    async def execute(self, dql: str, arguments: Mapping[str, Any] | None = None) -> Result:
        if dql.startswith("SELECT"):
            await self._pause()
            found = self.run(self.collections, dql, arguments or {})
            await self._pause()
            return found
        changed: Result = await self.transaction(lambda tx: tx.execute(dql, arguments))
        return changed

    async def transaction(
        self, work: Callable[[Any], Awaitable[Any]], *, is_read_only: bool = False
    ) -> Any:
        if is_read_only:
            await self._pause()
            return await work(_Transaction(self, _copy_of(self.collections)))
        async with self._writing:
            await self._pause()
            transaction = _Transaction(self, _copy_of(self.collections))
            outcome = await work(transaction)
            await self._pause()
            if self._disk.fails:
                self._disk.fails -= 1
                raise DittoError("database or disk is full")
            self._disk.collections = transaction.collections
            for observer in self.observers:
                asyncio.get_running_loop().call_soon(observer.tell)
        return outcome

    async def pause(self) -> None:
        await self._pause()

    def register_observer(self, dql: str, _: Any, call: Callable[[Any], None]) -> Observer:
        observer = Observer(self, dql, call)
        self.observers.append(observer)
        asyncio.get_running_loop().call_soon(observer.tell)
        return observer

    def run(self, all_of: dict[str, Rows], dql: str, arguments: Mapping[str, Any]) -> Result:
        """Run one statement on collections."""
        if dql.startswith("CREATE INDEX"):
            return Result()
        for pattern, does in (
            (_DIGESTS, _digests),
            (_IN_BUCKETS, _in_buckets),
            (_SELECT, _select),
            (_INSERT, _insert),
            (_REMOVE, _remove),
            (_UPDATE, _update),
        ):
            if match := pattern.fullmatch(dql):
                rows = all_of.setdefault(match["name"], {})
                return does(rows, match, arguments)
        raise NotImplementedError(dql)


class _Transaction:
    def __init__(self, store: DeviceStore, collections: dict[str, Rows]) -> None:
        self._store = store
        self.collections = collections

    async def execute(self, dql: str, arguments: Mapping[str, Any] | None = None) -> Result:
        await self._store.pause()
        return self._store.run(self.collections, dql, arguments or {})


def _copy_of(collections: dict[str, Rows]) -> dict[str, Rows]:
    return {name: dict(rows) for name, rows in collections.items()}


def _select(rows: Rows, match: re.Match[str], arguments: Mapping[str, Any]) -> Result:
    found = list(_meant(rows, match, arguments))
    what = match["what"]
    if what == "COUNT(*) AS n":
        return Result([{"n": len(found)}])
    if match["group"]:
        sums: dict[str, int] = {}
        for one in found:
            sums[one[match["group"]]] = sums.get(one[match["group"]], 0) + one["quantity"]
        totals = [{match["group"]: its, "total": total} for its, total in sums.items()]
        return Result(totals or [{"total": None}])
    found.sort(key=lambda one: text_of(one["_id"]))
    start = _number(match["offset"], arguments, 0)
    found = found[start : start + _number(match["limit"], arguments, len(found))]
    if what != "*":
        names = what.split(", ")
        found = [{name: one[name] for name in names if name in one} for one in found]
    return Result(copy(one) for one in found)


def _digests(rows: Rows, match: re.Match[str], arguments: Mapping[str, Any]) -> Result:
    found: dict[str, dict[str, Any]] = {}
    names = re.findall(r" AS (\w+)", match["sums"])
    for one in _meant(rows, match, arguments):
        its = found.setdefault(one[match["id"]][-2:], {"n": 0, **dict.fromkeys(names, 0)})
        its["n"] += 1
        for name in names:
            its[name] += digest_of(one.get(name))
    return Result({"bucket": bucket, **its} for bucket, its in found.items())


def _in_buckets(rows: Rows, match: re.Match[str], arguments: Mapping[str, Any]) -> Result:
    names = match["what"].split(", ")
    return Result(
        {name: one[name] for name in names if name in one}
        for one in _meant(rows, match, arguments)
        if one[match["id"]][-2:] in arguments["buckets"]
    )


def digest_of(value: Any) -> int:
    """A number made of a value, the same for a device and for the server."""
    return zlib.crc32(str(value).encode())


def _insert(rows: Rows, match: re.Match[str], arguments: Mapping[str, Any]) -> Result:
    given = arguments[match["documents"]]
    changed = []
    for document in given if isinstance(given, list) else [given]:
        text = text_of(document["_id"])
        if text in rows:
            if match["conflict"] is None:
                raise DittoError(f"a document with the _id {text} is there")
            if match["conflict"] == "NOTHING":
                continue
        rows[text] = _merged(rows.get(text, {}), document)
        changed.append(document["_id"])
    return Result(changed=changed)


def _remove(rows: Rows, match: re.Match[str], arguments: Mapping[str, Any]) -> Result:
    if match["ids"] and not match["where"]:
        return Result()
    gone = [text_of(one["_id"]) for one in _meant(rows, match, arguments)]
    return Result(changed=[rows.pop(text)["_id"] for text in gone])


def _update(rows: Rows, match: re.Match[str], arguments: Mapping[str, Any]) -> Result:
    changed = []
    for one in list(_meant(rows, match, arguments)):
        after = dict(one)
        if match["counter"]:
            by = arguments[match["by"]]
            after[match["counter"]] = after.get(match["counter"], 0) + by
        for part in (match["set"] or "").split(", "):
            if part:
                name, _, value = part.partition(" = ")
                after[name] = _value(one, value, arguments)
        rows[text_of(one["_id"])] = after
        changed.append(one["_id"])
    return Result(changed=changed)


def _meant(
    rows: Rows, match: re.Match[str], arguments: Mapping[str, Any]
) -> Iterable[dict[str, Any]]:
    if match["ids"]:
        texts = dict.fromkeys(text_of(its) for its in arguments[match["ids"]])
        candidates = [rows[text] for text in texts if text in rows]
    else:
        candidates = list(rows.values())
    where = match["where"]
    if not where:
        return candidates
    test = _TEST.fullmatch(where)
    if test is None:
        raise NotImplementedError(where)
    wanted = _value({}, test["value"], arguments)
    return [
        one for one in candidates if _holds(test, one.get(test["field"], test["default"]), wanted)
    ]


def _holds(test: re.Match[str], value: Any, wanted: Any) -> bool:
    if value is None:
        return False
    if test["is"] == "IN":
        return value in wanted
    if test["is"] == "=":
        return bool(value == wanted)
    return bool(value < wanted if test["is"] == "<" else value > wanted)


def _value(one: Mapping[str, Any], text: str, arguments: Mapping[str, Any]) -> Any:
    if later := _LATER.fullmatch(text):
        return max(one.get(later[1]) or "", arguments["at"])
    return arguments[text[1:]] if text.startswith(":") else text.strip("'")


def _number(text: str | None, arguments: Mapping[str, Any], default: int) -> int:
    if text is None:
        return default
    return int(arguments[text[1:]] if text.startswith(":") else text)


def _merged(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Maps merge field by field, at any depth."""
    merged = dict(before)
    for name, value in after.items():
        known = merged.get(name)
        merged[name] = (
            _merged(known if isinstance(known, dict) and name != "_id" else {}, value)
            if isinstance(value, dict)
            else copy(value)
        )
    return merged


def copy(value: Any) -> Any:
    """A copy of what JSON can say."""
    if isinstance(value, dict):
        return {name: copy(its) for name, its in value.items()}
    return [copy(its) for its in value] if isinstance(value, list) else value
