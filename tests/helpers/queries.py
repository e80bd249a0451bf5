"""The queries of a document: its blocks, and what asks MongoDB and Ditto with them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from connector_config.mongodb.connection import MongoDatabase
from tests.helpers.programs import ROOT

QUERIES: Final = ROOT / "docs" / "queries.md"
COMPARISON: Final = ROOT / "docs" / "comparison.md"

_PIECE: Final = re.compile(
    r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w+)(?P<atlas> atlas)?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_CALL: Final = re.compile(r"\.(\w+)\(")
_PARAMETER: Final = re.compile(r"^-- :(\w+) = (.*)$", re.MULTILINE)
_COMMENT: Final = re.compile(r"^--.*\n", re.MULTILINE)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Block:
    """A query with its answer, if one is written; `atlas` where only Atlas can run it."""

    section: str
    language: str
    text: str
    answer: Any
    atlas: bool

    @property
    def line(self) -> str:
        """It in short, as tests are named."""
        return " ".join(_COMMENT.sub("", self.text).split())[:70]


def blocks(document: Path) -> Iterator[Block]:
    """The queries of a document in their order, each under its heading."""
    section = ""
    found = [match.groupdict() for match in _PIECE.finditer(document.read_text("utf-8"))]
    for one, after in zip(found, [*found[1:], {}], strict=True):
        if one["heading"]:
            section = one["heading"]
        elif one["language"] in ("javascript", "sql"):
            answer = json.loads(after["text"]) if after.get("language") == "json" else None
            yield Block(section, one["language"], one["text"], answer, bool(one["atlas"]))


def ask_mongodb(database: MongoDatabase, text: str) -> Any:
    """What mongosh would answer."""
    return plain(asking_mongodb(database, text)())


def asking_mongodb(database: MongoDatabase, text: str) -> Callable[[], Any]:
    """What asks it, ready to be called: calls on a collection, whose arguments are YAML, too."""
    name, calls = parse(text)
    (method, arguments), *more = calls
    collection = database[name]

    def ask() -> Any:
        if method == "insertOne":
            collection.insert_one(arguments[0])
            return None
        if method == "aggregate":
            return list(collection.aggregate(arguments[0]))
        assert method == "find", method
        found = collection.find(*arguments)
        for also, (value,) in more:
            found = found.sort(list(value.items())) if also == "sort" else found.limit(value)
        return list(found)

    return ask


def parse(text: str) -> tuple[str, list[tuple[str, list[Any]]]]:
    """The collection, and the calls on it with their arguments."""
    name = re.match(r"db\.(\w+)", text)
    assert name is not None, text
    rest, calls = text[name.end() :].strip(), []
    while rest:
        call = _CALL.match(rest)
        assert call is not None, rest
        end = _closing(rest, call.end() - 1)
        calls.append((call[1], yaml.safe_load(f"[{rest[call.end() : end]}]")))
        rest = rest[end + 1 :].strip()
    return name[1], calls


async def ask_ditto(store: Any, text: str) -> Any:
    """The rows of a statement with the parameters above it, from a store or a transaction."""
    parameters = {name: json.loads(value) for name, value in _PARAMETER.findall(text)}
    result = await store.execute(_COMMENT.sub("", text), parameters)
    return plain([item.value for item in result.items])


def agree(some: Sequence[Row], others: Sequence[Row]) -> bool:
    """Whether two answers are the same in all that both name, which is something."""
    pairs = [
        (one, other, one.keys() & other.keys()) for one, other in zip(some, others, strict=False)
    ]
    return any(names for *_, names in pairs) and all(
        one[name] == other[name] for one, other, names in pairs for name in names
    )


def plain(rows: Any) -> Any:
    """As JSON says it, with sums of money to the cent."""
    return json.loads(json.dumps(rows), parse_float=to_the_cent)


def to_the_cent(text: str) -> float:
    """A number of JSON that has a point."""
    return round(float(text), 2)


def _closing(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise AssertionError(f"a bracket is open: {text}")
