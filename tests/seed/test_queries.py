"""docs/queries.md: every block runs, on a real MongoDB and a real store, and answers as written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from pymongo.errors import OperationFailure

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.data_set import mongo_data_set
from seed.mcp_servers.asking import Asking
from seed.mcp_servers.customer_sales import CustomerSales
from seed.mcp_servers.people import Person
from seed.mcp_servers.sales_analysis import SalesAnalysis
from seed.mongo.indexes import create_indexes
from seed.mongo.target import batches
from seed.mongo.views import ensure_views
from seed.options import Options
from seed.targets.ditto import open_store
from tests.conftest import DEMO_DAY, DEMO_SEED
from tests.helpers.mongodb import ReplicaSet
from tests.helpers.programs import ROOT

DOCUMENT: Final = ROOT / "docs" / "queries.md"
BACK_OFFICE: Final = ROOT / "docs" / "back-office.md"
NOON: Final = datetime(2026, 11, 20, 20, tzinfo=UTC)

_BLOCK: Final = re.compile(r"^```(\w+)( atlas)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CALL: Final = re.compile(r"\.(\w+)\(")
_PARAMETER: Final = re.compile(r"^-- :(\w+) = (.*)$", re.MULTILINE)
_TOLD: Final = re.compile(r"^\| .* \| `\w+` \| (.*) \|$", re.MULTILINE)
_COMMENT: Final = re.compile(r"^--.*\n", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A query with its answer, if one is written; `atlas` where only Atlas can run it."""

    language: str
    text: str
    answer: Any
    atlas: bool

    @property
    def line(self) -> str:
        return " ".join(_COMMENT.sub("", self.text).split())[:70]


def blocks() -> Iterator[Block]:
    found = list(_BLOCK.findall(DOCUMENT.read_text("utf-8")))
    for at, (language, atlas, text) in enumerate(found):
        if language == "json":
            continue
        answered = found[at + 1][0] == "json" if at + 1 < len(found) else False
        yield Block(language, text, json.loads(found[at + 1][2]) if answered else None, bool(atlas))


BLOCKS: Final = list(blocks())


@pytest.fixture(scope="module")
def filled(new_database: Callable[[], MongoSettings]) -> Iterator[MongoDatabase]:
    """The demo data in MongoDB."""
    with open_database(new_database()) as database:
        for part in mongo_data_set(Options(end=DEMO_DAY, seed=DEMO_SEED)):
            for batch in batches(part.collection, part.documents):
                database[part.collection].insert_many(batch.documents)
        list(create_indexes(database))
        ensure_views(database)
        yield database


@pytest.mark.parametrize(
    "block",
    [one for one in BLOCKS if one.language == "javascript"],
    ids=lambda block: block.line[:40],
)
def test_mongodb(filled: MongoDatabase, block: Block) -> None:
    if block.atlas:
        with pytest.raises(OperationFailure, match=r"vectorSearch|search index"):
            ask_mongodb(filled, block.text)
        return
    assert ask_mongodb(filled, block.text) == block.answer


def test_what_an_assistant_is_told(filled: MongoDatabase, replica_set: ReplicaSet) -> None:
    """The three questions of the back office's page, as Seattle's manager."""
    settings = MongoSettings(replica_set.uri, filled.name)
    manager = Person("ann", "manager", ("store_seattle",))
    asking = Asking(lambda _: manager, lambda: NOON, lambda: settings)
    try:
        best = SalesAnalysis(asking).top_products("2026-07-01", "2026-09-30", limit=3)["rows"]
        tools = CustomerSales(asking)
        near = tools.product_availability("cordless drill", "Tacoma")["rows"][:3]
        (meant, *_) = tools.search_by_meaning("what can I hang a heavy mirror with")["rows"]
    finally:
        asking.close()
    first, *others = (row["store"].removeprefix("Zava Retail ") for row in near)
    told = [
        ", ".join(f"{row['product']} ${row['revenue']:.2f}" for row in best),
        f"{near[0]['product']}: {first} {near[0]['on_hand']} in {near[0]['place']}, "
        + ", ".join(
            f"{name} ({row['km']} km) {row['on_hand']}"
            for name, row in zip(others, near[1:], strict=True)
        ),
        f"{meant['product']}, ${meant['price']:.2f}, {meant['on_hand_here']} here and "
        f"{meant['on_hand_all']} in all stores",
    ]
    assert told == _TOLD.findall(BACK_OFFICE.read_text("utf-8"))


async def test_ditto(demo_dir: Path) -> None:
    """In their order: what one writes, the next one reads."""
    wrong = []
    async with open_store(demo_dir) as peer:
        for block in BLOCKS:
            if block.language == "sql":
                rows = await ask_ditto(peer.store, block.text)
                if block.answer is None:
                    assert rows or not block.text.lstrip("-").startswith("SELECT"), block.line
                elif rows != block.answer:
                    wrong.append((block.line, rows))
    assert wrong == []


def ask_mongodb(database: MongoDatabase, text: str) -> Any:
    """What mongosh would answer: calls on a collection, whose arguments are YAML, too."""
    name, calls = parse(text)
    (method, arguments), *more = calls
    collection = database[name]
    if method == "insertOne":
        collection.insert_one(arguments[0])
        return None
    if method == "aggregate":
        return plain(list(collection.aggregate(arguments[0])))
    assert method == "find", method
    found = collection.find(*arguments)
    for also, (value,) in more:
        found = found.sort(list(value.items())) if also == "sort" else found.limit(value)
    return plain(list(found))


def parse(text: str) -> tuple[str, list[tuple[str, list[Any]]]]:
    name = re.match(r"db\.(\w+)", text)
    assert name is not None, text
    rest, calls = text[name.end() :].strip(), []
    while rest:
        call = _CALL.match(rest)
        assert call is not None, rest
        end = closing(rest, call.end() - 1)
        calls.append((call[1], yaml.safe_load(f"[{rest[call.end() : end]}]")))
        rest = rest[end + 1 :].strip()
    return name[1], calls


def closing(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise AssertionError(f"a bracket is open: {text}")


async def ask_ditto(store: Any, text: str) -> Any:
    parameters = {name: json.loads(value) for name, value in _PARAMETER.findall(text)}
    result = await store.execute(_COMMENT.sub("", text), parameters)
    return plain([item.value for item in result.items])


def plain(rows: list[Any]) -> Any:
    """As JSON says it, with sums of money to the cent."""
    return json.loads(json.dumps(rows), parse_float=lambda text: round(float(text), 2))
