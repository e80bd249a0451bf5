"""`zava-seed import` of archives that are damaged, each in one way: nothing is written."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.cli import main
from tests.seed.mongo.archives import assert_one_sentence, write_small


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An archive of two collections, to be damaged."""
    return write_small(tmp_path / "small")


def _file(change: Callable[[bytes], bytes], *, hide: bool = False) -> Callable[[Path], None]:
    """Damages the packed file of the categories; `hide` gives the manifest the checksum of that."""

    def damage(folder: Path) -> None:
        path = folder / "categories.ndjson.gz"
        path.write_bytes(change(path.read_bytes()))
        if hide:
            _entry("sha256", hashlib.sha256(path.read_bytes()).hexdigest())(folder)

    return damage


def _line(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Damages the last line of the categories, with a manifest that agrees."""

    def change_last(packed: bytes) -> bytes:
        *lines, last = gzip.decompress(packed).splitlines(keepends=True)
        return gzip.compress(b"".join([*lines, change(last)]))

    return _file(change_last, hide=True)


def _entry(key: str, value: Any, collection: str = "categories") -> Callable[[Path], None]:
    """Changes what the manifest says about a collection."""

    def damage(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text())
        (entry,) = [e for e in manifest["collections"] if e["collection"] == collection]
        entry.pop(key) if value is None else entry.update({key: value})
        path.write_text(json.dumps(manifest))

    return damage


def _manifest(text: bytes | str) -> Callable[[Path], None]:
    """Puts something else in the place of the manifest."""
    content = text if isinstance(text, bytes) else text.encode()
    return lambda folder: _ignore((folder / "manifest.json").write_bytes(content))


def _ignore(_: object) -> None:
    """Makes a statement of an expression."""


def _flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def _twice(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["collections"] *= 2
    path.write_text(json.dumps(manifest))


# The stores, which come first, are right: nothing of them may be written before the rest is read.
DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a byte flipped": (_file(_flip), "is not the file that was exported"),
    "cut off": (_file(lambda data: data[:-9]), "is not the file that was exported"),
    "replaced": (_file(lambda _: b""), "is not the file that was exported"),
    "gzip's own checksum": (
        _file(lambda data: data[:-8] + b"oops" + data[-4:], hide=True),
        "not a gzip file, or a damaged one",
    ),
    "cut off, hidden": (_file(lambda data: data[:-9], hide=True), "ends in the middle"),
    "no gzip": (_file(lambda _: b"plain text", hide=True), "not a gzip file"),
    "more behind it": (_file(lambda data: data + b"more", hide=True), "not a gzip file"),
    "file is missing": (lambda at: (at / "categories.ndjson.gz").unlink(), "lacks the file"),
    "too few": (_file(lambda _: gzip.compress(b""), hide=True), "has 0 documents, and the mani"),
    "line gone": (_line(lambda _: b""), "has 8 documents, and the manifest says 9"),
    "line broken": (_line(lambda line: line[:-20] + b"\n"), "Line 9 of "),
    "line empty": (_line(lambda line: b"\n" + line), "Line 9 of "),
    "line not UTF-8": (_line(lambda line: line.replace(b"cat_", b"\xff")), "is not Extended JSON"),
    "line without _id": (_line(lambda line: line.replace(b"_id", b"id", 1)), "has no _id"),
    "line too deep": (_line(lambda _: b'{"_id":1,"a":' + b"[" * 99_999), "nested too deeply"),
    "not for MongoDB": (_line(lambda _: b'{"_id":%d}' % (1 << 70)), "that MongoDB cannot hold"),
    "count wrong": (_entry("documents", 10), "9 documents, and the manifest says 10"),
    "checksum wrong": (_entry("sha256", "0" * 64), "its checksum differs"),
    "no checksum": (_entry("sha256", None), "is not the manifest of an archive"),
    "count no number": (_entry("documents", "9"), "is not the manifest of an archive"),
    "collection unknown": (_entry("collection", "secrets"), "has a collection 'secrets'"),
    "out of the folder": (
        _entry("file", "../small/categories.ndjson.gz"),
        "names the file '../small",
    ),
    "absolute": (_entry("file", "/etc/passwd"), "names the file '/etc/passwd' for categories"),
    "file of another": (_entry("file", "stores.ndjson.gz"), "which must be categories.ndjson.gz"),
    "named twice": (_twice, "names a collection twice"),
    "no manifest": (lambda at: (at / "manifest.json").unlink(), "There is no archive in"),
    "manifest no JSON": (_manifest("{"), "is not the manifest of an archive"),
    "manifest no text": (_manifest(b"\xff\xfe\x00"), "is not the manifest of an archive"),
    "manifest empty": (_manifest("{}"), "is not the manifest of an archive"),
    "manifest too deep": (_manifest("[" * 99_999), "is not the manifest of an archive"),
    "manifest a list": (_manifest("[1]"), "is not the manifest of an archive"),
    "manifest newer": (
        _manifest('{"format": "zava-seed archive", "version": 2, "collections": []}'),
        "is of version 2, and this program reads 1",
    ),
}


@pytest.fixture(scope="module")
def untouched(new_database: Callable[[], MongoSettings]) -> Iterator[MongoDatabase]:
    """A database that stays empty, unless somebody writes before all is verified."""
    settings = new_database()
    with pytest.MonkeyPatch.context() as patch, open_database(settings) as database:
        patch.setenv("MONGODB_CONNECTION_STRING", settings.uri)
        patch.setenv("MONGODB_DATABASE", settings.database)
        yield database


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_archive_is_refused_whole(
    damage: str, small: Path, untouched: MongoDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    inflict, words = DAMAGES[damage]
    inflict(small)
    capsys.readouterr()
    code = main(["import", str(small)])
    assert_one_sentence(code, capsys.readouterr().err, words)
    assert untouched.list_collection_names() == []


def test_a_damaged_collection_that_nobody_asked_for(small: Path, database: MongoDatabase) -> None:
    (small / "categories.ndjson.gz").unlink()
    assert main(["import", str(small), "--collections", "stores"]) == 0
    assert database.list_collection_names() == ["stores"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--collections", "orders", "products"], "has no orders and no products"),
        (["--collections", "secrets"], "invalid choice: 'secrets'"),
    ],
)
def test_collections_that_are_not_there(
    small: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code = main(["import", str(small), *arguments])
    assert_one_sentence(code, capsys.readouterr().err, words)
