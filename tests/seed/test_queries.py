"""docs/queries.md: every block runs, on a real MongoDB and a real store, and answers as written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from pymongo.errors import OperationFailure

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.data_set import mongo_data_set
from seed.mongo.indexes import create_indexes
from seed.mongo.target import batches
from seed.mongo.views import ensure_views
from seed.options import Options
from seed.targets.ditto import open_store
from tests.conftest import DEMO_DAY, DEMO_SEED
from tests.helpers.programs import ROOT

DOCUMENT: Final = ROOT / "docs" / "queries.md"

_BLOCK: Final = re.compile(r"^```(\w+)( atlas)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CALL: Final = re.compile(r"\.(\w+)\(")
_PARAMETER: Final = re.compile(r"^-- :(\w+) = (.*)$", re.MULTILINE)
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
