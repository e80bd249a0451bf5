"""Export and import of any BSON: byte for byte through a real MongoDB, in bounded memory."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bson
import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from hypothesis import example, given
from hypothesis import strategies as st
from pymongo.errors import BulkWriteError

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.mongo.archive import export, import_, verify
from seed.mongo.extended_json import LineError, from_line, line_of, to_bson
from tests.helpers.programs import environment
from tests.helpers.property_tests import examples
from tests.seed.mongo.archives import write_archive

NAME = "stock_movements"
RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)

# A value as its type and its bytes, so that also what no driver writes any more is there.
Value = tuple[int, bytes]


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<i", len(data) + 1) + data + b"\0"


def _document(fields: Mapping[str, Value] | list[tuple[str, Value]]) -> bytes:
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    body = b"".join(bytes([kind]) + key.encode() + b"\0" + data for key, (kind, data) in pairs)
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def _array(values: list[Value]) -> bytes:
    return _document({str(number): value for number, value in enumerate(values)})


def _binary(subtype: int, data: bytes) -> bytes:
    if subtype == 2:
        data = struct.pack("<i", len(data)) + data
    return struct.pack("<iB", len(data), subtype) + data


WORDS = st.sampled_from(["$numberInt", "$oid", "$date", "$bson", "$binary", "$ref", "$id", "$uuid"])
KEYS = st.text("ab$.é", max_size=4) | WORDS
CSTRINGS = st.text("ab^$", max_size=4)
TEXTS = st.text(max_size=8) | WORDS | st.sampled_from(["5", '{"$numberInt":"5"}', "\0", "\u2028"])
EIGHT = st.binary(min_size=8, max_size=8)
SCALARS: st.SearchStrategy[Value] = st.one_of(
    st.tuples(st.just(0x01), EIGHT | st.floats().map(lambda one: struct.pack("<d", one))),
    st.tuples(st.just(0x02), TEXTS.map(_text)),
    st.tuples(st.just(0x05), st.builds(_binary, st.integers(0, 255), st.binary(max_size=20))),
    st.tuples(st.sampled_from([0x06, 0x0A, 0x7F, 0xFF]), st.just(b"")),
    st.tuples(st.just(0x07), st.binary(min_size=12, max_size=12)),
    st.tuples(st.just(0x08), st.sampled_from([b"\0", b"\1"])),
    st.tuples(st.sampled_from([0x09, 0x11, 0x12]), EIGHT),
    st.tuples(
        st.just(0x0B),
        st.builds(lambda one, flags: f"{one}\0{flags}\0".encode(), CSTRINGS, st.just("im")),
    ),
    st.tuples(
        st.just(0x0C),
        st.builds(lambda one, oid: _text(one) + oid, TEXTS, st.binary(min_size=12, max_size=12)),
    ),
    st.tuples(st.sampled_from([0x0D, 0x0E]), TEXTS.map(_text)),
    st.tuples(st.just(0x10), st.binary(min_size=4, max_size=4)),
    st.tuples(st.just(0x13), st.binary(min_size=16, max_size=16)),
)


def _containers(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    documents = st.dictionaries(KEYS, inner, max_size=3).map(_document)
    return st.one_of(
        st.tuples(st.just(0x03), documents),
        st.tuples(st.just(0x04), st.lists(inner, max_size=3).map(_array)),
        st.tuples(
            st.just(0x0F),
            st.builds(
                lambda code, scope: (
                    struct.pack("<i", 4 + len(_text(code) + scope)) + _text(code) + scope
                ),
                TEXTS,
                documents,
            ),
        ),
    )


VALUES = st.recursive(SCALARS, _containers, max_leaves=5)
BODIES = st.dictionaries(KEYS.filter(lambda key: key != "_id"), VALUES, max_size=3)


def _int32(number: int) -> Value:
    return 0x10, struct.pack("<i", number)


def raw(number: int, body: Mapping[str, Value]) -> bytes:
    return _document({"_id": _int32(number), **body})


def of(value: Any) -> bytes:
    return bson.encode({"_id": 1, "a": value})


LIKE_NUMBERS: list[Any] = [
    {"$numberInt": "5"},
    {"$oid": "abc"},
    {"$oid": "5f0000000000000000000001"},
    [{"b": {"$numberDouble": "NaN"}}],
    {"$date": "2026-01-31T10:00:00Z"},
    {"$bson": b"x"},
    {"$binary": {"base64": "", "subType": "00"}},
    {"": {"a.b": {"$": 1}}},
    {"$ref": "a", "$id": 1},
    {"$id": 1, "$ref": "a"},
    {"$uuid": "f47ac10b-58cc-4372-a567-0e02b2c3d479"},
    {"$undefined": True},
    {"$minKey": 1, "more": 2},
    "$numberInt",
]


@examples(60)
@given(st.integers(-9, 9), BODIES)
def test_any_bson_comes_back_from_its_line(number: int, body: dict[str, Value]) -> None:
    document = raw(number, body)
    line = line_of(document)
    assert line.count(b"\n") == 1
    assert to_bson(from_line(line)) == document


@pytest.mark.parametrize("value", LIKE_NUMBERS, ids=repr)
def test_what_looks_like_extended_json_comes_back(value: Any) -> None:
    assert to_bson(from_line(line_of(of(value)))) == of(value)


def test_a_text_with_a_dollar_stays_readable() -> None:
    """Only what would be mistaken is written as its BSON."""
    assert line_of(of("$5 off")) == b'{"_id":{"$numberInt":"1"},"a":"$5 off"}\n'
    assert line_of(of({"$set": 1})).startswith(b'{"_id":')
    assert line_of(of({"$oid": "abc"})).startswith(b'{"$bson":{"$binary":')


@pytest.mark.parametrize("line", [b'{"$bson":{"$binary":{"base64":"AAAA","subType":"00"}}}'])
def test_a_line_of_no_bson_says_so(line: bytes) -> None:
    with pytest.raises(LineError, match="not BSON"):
        from_line(line)


@pytest.fixture(scope="module")
def there(new_database: Callable[[], MongoSettings]) -> Iterator[MongoDatabase]:
    with open_database(new_database()) as database:
        yield database


def _stored(database: MongoDatabase) -> dict[str, bytes]:
    found = database[NAME].with_options(codec_options=RAW).find({}).sort("_id")
    return {repr(one["_id"]): bytes(one.raw) for one in found}


def _silent(*_: object) -> None:
    """Nobody watches."""


def _there_and_back(database: MongoDatabase) -> None:
    """Exports, imports into nothing, and again over documents that differ."""
    before = _stored(database)
    with TemporaryDirectory() as folder:
        at = Path(folder)
        export(database, at, [NAME], _silent)
        entries = verify(at, [], _silent)
        database[NAME].delete_many({})
        (all_new,) = import_(database, at, entries, _silent)
        assert (all_new.added, _stored(database)) == (len(before), before)
        database[NAME].update_many({}, [{"$replaceWith": {"_id": "$_id", "other": "thing"}}])
        database[NAME].delete_one({})
        (again,) = import_(database, at, entries, _silent)
        assert _stored(database) == before
        assert (again.added, again.changed) == (1, len(before) - 1)
        (same,) = import_(database, at, entries, _silent)
        assert same.unchanged == len(before)


@examples(6)
@given(st.lists(BODIES, min_size=8, max_size=8))
@example([{}])
def test_a_real_mongodb_gets_back_what_it_had(
    there: MongoDatabase, bodies: list[dict[str, Value]]
) -> None:
    documents = [RawBSONDocument(raw(number, body)) for number, body in enumerate(bodies)]
    documents += [
        RawBSONDocument(bson.encode({"_id": f"v{number}", "a": value}))
        for number, value in enumerate(LIKE_NUMBERS)
    ]
    there[NAME].delete_many({})
    try:
        there.get_collection(NAME, codec_options=RAW).insert_many(documents, ordered=False)
    except BulkWriteError:
        # Some it refuses itself, such as a reference that is none.
        assert there[NAME].count_documents({}) >= len(LIKE_NUMBERS) // 2
    _there_and_back(there)


def test_the_largest_document_there_is(there: MongoDatabase) -> None:
    there[NAME].delete_many({})
    there[NAME].insert_one({"_id": 1, "a": "x" * (16 * 1024 * 1024 - 100)})
    before = {one: hashlib.sha256(data).digest() for one, data in _stored(there).items()}
    with TemporaryDirectory() as folder:
        export(there, Path(folder), [NAME], _silent)
        entries = verify(Path(folder), [], _silent)
        there[NAME].delete_many({})
        list(import_(there, Path(folder), entries, _silent))
    assert {one: hashlib.sha256(data).digest() for one, data in _stored(there).items()} == before


@pytest.mark.parametrize("value", [",[{" * 2_000_000, [None] * 300_000], ids=["text", "list"])
def test_a_large_one_is_not_taken_for_a_bomb(value: Any) -> None:
    line = line_of(of(value))
    assert not line.startswith(b'{"$bson"')
    assert to_bson(from_line(line)) == of(value)


def _packed(path: Path, parts: Iterator[bytes], documents: int) -> None:
    """An archive of one file of such parts, however large they are together."""
    write_archive(path, {NAME: b'{"_id":1}\n'})
    file = path / f"{NAME}.ndjson.gz"
    members = cache(gzip.compress)
    file.write_bytes(b"".join(members(part) for part in parts))
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["collections"][0].update(
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(), documents=documents
    )
    (path / "manifest.json").write_text(json.dumps(manifest))


MEGABYTE = 1_000_000
BOMBS: dict[str, tuple[Callable[[], Iterator[bytes]], int, str]] = {
    "one line of 400 MB": (
        lambda: iter([b'{"_id":1,"a":"', *[b"x" * MEGABYTE] * 400, b'"}\n']),
        1,
        "is no document: it is longer than any can be",
    ),
    "many empty lists": (
        lambda: iter([b'{"_id":1,"a":[', *[b"[]," * (MEGABYTE // 3)] * 40, b"[]]}\n"]),
        1,
        "it has more in it than a document can",
    ),
    "many lines": (
        lambda: iter([b'{"_id":1}\n' * (MEGABYTE // 10)] * 40),
        5,
        "has more documents than the 5 of the manifest",
    ),
    "lines of 20 MB": (
        lambda: iter([b'{"_id":1,"a":"', *[b"x" * MEGABYTE] * 20, b'"}\n'] * 5),
        5,
        "Line 1 of ",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_one_sentence_in_bounded_memory(bomb: str, tmp_path: Path) -> None:
    parts, documents, words = BOMBS[bomb]
    _packed(tmp_path / "bomb", parts(), documents)
    # As many bytes of addresses as a process may have; a Python with the driver takes 400 MB.
    limit = f"resource.setrlimit(resource.RLIMIT_AS, ({1_500 * MEGABYTE},) * 2)"
    call = f"import resource; {limit}; from seed.cli import main; raise SystemExit(main())"
    done = subprocess.run(
        [sys.executable, "-c", call, "import", str(tmp_path / "bomb")],
        cwd=tmp_path,
        env=environment(MONGODB_CONNECTION_STRING="mongodb://127.0.0.1:1/"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("zava-seed: ") and done.stderr.count("\n") == 1
    assert words in done.stderr
