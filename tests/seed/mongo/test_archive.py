"""`zava-seed export` and `zava-seed import`: what comes back, and what stops them."""

from __future__ import annotations

import gzip
import hashlib
import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import ObjectId, json_util
from bson.codec_options import DatetimeConversion

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.schema.collections import COLLECTIONS
from seed import progress as progress_module
from seed.cli import main
from seed.data_set import MONGO_DATA_SET
from seed.progress import OnProgress
from tests.seed.mongo.archives import (
    STRANGE,
    assert_one_sentence,
    content,
    write_archive,
    write_small,
)

Raw = dict[str, list[bytes]]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def filled(new_database: Callable[[], MongoSettings]) -> MongoSettings:
    """The small data set, and the strange documents in two collections; not to be changed."""
    settings = new_database()
    with open_database(settings) as database:
        for name, documents in content().items():
            database[name].insert_many([dict(document) for document in documents])
        database["stock_movements"].insert_many(STRANGE)
        # Not of this project.
        database["something_else"].insert_one({})
    return settings


@pytest.fixture(scope="module")
def archive(filled: MongoSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of all of it; not to be changed."""
    folder = tmp_path_factory.mktemp("archive") / "new"
    assert _run_on(filled, "export", str(folder)) == 0
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An archive of two collections, to be changed."""
    return write_small(tmp_path / "small")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], mongo_settings: MongoSettings) -> Run:
    """Runs a command on a fresh database."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def _run_on(settings: MongoSettings, *arguments: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONGODB_CONNECTION_STRING", settings.uri)
        patch.setenv("MONGODB_DATABASE", settings.database)
        return main([*arguments])


def held(database: MongoDatabase, *names: str) -> Raw:
    """The documents as the bytes that the server holds, which tell every type apart."""
    options = bson.CodecOptions[Any](datetime_conversion=DatetimeConversion.DATETIME_AUTO)
    raw = {
        name: [
            bson.encode(one) for one in database.get_collection(name, options).find().sort("_id", 1)
        ]
        for name in names or [*COLLECTIONS, "something_else"]
    }
    return {name: documents for name, documents in raw.items() if documents}


# There and back


def test_everything_comes_back_as_it_was(
    run: Run, filled: MongoSettings, archive: Path, database: MongoDatabase
) -> None:
    with open_database(filled) as source:
        original = held(source)
    del original["something_else"]
    assert list(original) == [name for name in COLLECTIONS if name in original]
    assert len(original) == len(MONGO_DATA_SET) + 1
    total = sum(map(len, original.values()))

    code, out, err = run("import", str(archive))
    assert (code, err) == (0, "")
    assert f"{total:,} documents were added, 0 replaced, and 0 the same already.\n" in out
    assert held(database) == original

    # Again changes nothing; what differs is put right, what is missing comes back, others stay.
    orders = database["orders"]
    first, second = orders.find().sort("_id", 1).limit(2)
    orders.delete_one(first)
    orders.update_one(second, {"$set": {"total": 0, "mine": 1}})
    database["stores"].insert_one({"_id": "another"})
    code, out, err = run("import", str(archive))
    assert (code, err) == (0, "")
    assert f"1 document was added, 1 replaced, and {total - 2:,} the same" in out
    database["stores"].delete_one({"_id": "another"})
    assert held(database) == original


def test_the_bytes_depend_on_the_documents_alone(
    run: Run, archive: Path, database: MongoDatabase, tmp_path: Path
) -> None:
    names = ("stores", "customers", "stock_movements")
    assert run("import", str(archive), "--collections", *names)[0] == 0
    stores = [dict(store) for store in database["stores"].find()]
    database["stores"].delete_many({})
    database["stores"].insert_many(reversed(stores))
    code, out, err = run("export", str(tmp_path / "again"), "--collections", *names)
    assert (code, err) == (0, "")
    assert f"{8 + 60 + len(STRANGE)} documents are in {tmp_path / 'again'}.\n" in out
    for name in names:
        again = (tmp_path / "again" / f"{name}.ndjson.gz").read_bytes()
        assert again == (archive / f"{name}.ndjson.gz").read_bytes()


def test_the_manifest_counts_and_proves(archive: Path) -> None:
    manifest = json.loads((archive / "manifest.json").read_text())
    entries = {entry["collection"]: entry for entry in manifest["collections"]}
    assert list(entries) == list(COLLECTIONS)
    assert {path.name for path in archive.iterdir()} == {
        "manifest.json",
        *(entry["file"] for entry in entries.values()),
    }
    for name, entry in entries.items():
        path = archive / entry["file"]
        # With the tools that everybody has.
        lines = gzip.decompress(path.read_bytes()).splitlines()
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        expected = STRANGE if name == "stock_movements" else content().get(name, [])
        assert len(lines) == entry["documents"] == len(expected)
        if name in ("stores", "order_items"):
            ids = [json.loads(line)["_id"] for line in lines]
            assert ids == sorted(ids)


def test_some_collections_only(run: Run, archive: Path, database: MongoDatabase) -> None:
    code, out, err = run("import", str(archive), "--collections", "product_types", "categories")
    assert (code, err) == (0, "")
    assert "40 documents were added" in out
    assert {name: len(found) for name, found in held(database).items()} == {
        "categories": 9,
        "product_types": 31,
    }


def test_an_older_archive_is_replaced_whole(
    run: Run, small: Path, archive: Path, database: MongoDatabase
) -> None:
    (small / "products.ndjson.gz.part").write_bytes(b"of an export that was killed")
    (small / "manifest.json.part").write_bytes(b"of an export that was killed")
    database["products"].insert_one({"_id": "p", "price": 1.5})
    assert run("export", str(small), "--collections", "products")[0] == 0
    assert {path.name for path in small.iterdir()} == {"manifest.json", "products.ndjson.gz"}
    before = held(database)
    database["products"].delete_many({})
    assert run("import", str(small))[0] == 0
    assert held(database) == before


@pytest.mark.parametrize("form", ["CANONICAL_JSON_OPTIONS", "RELAXED_JSON_OPTIONS"])
def test_files_of_other_programs_are_read(
    run: Run, tmp_path: Path, database: MongoDatabase, form: str
) -> None:
    documents = [*content()["customers"][:3], STRANGE[0], STRANGE[2]]
    options = getattr(json_util, form)
    lines = [json_util.dumps(document, json_options=options) for document in documents]
    write_archive(tmp_path / "other", {"customers": "\n".join(lines).encode()})
    assert run("import", str(tmp_path / "other"))[0] == 0
    assert held(database) == {
        "customers": sorted((bson.encode(document) for document in documents), key=_id_text)
    }


# Folders that cannot be used


def test_a_folder_with_something_else_stays_as_it_is(
    run: Run, tmp_path: Path, database: MongoDatabase
) -> None:
    database["stores"].insert_one({"_id": "s"})
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letters.txt").write_text("dear")
    assert_one_sentence(*_failed(run("export", str(mine))), "something else, such as 'letters.txt'")
    (mine / "letters.txt").rename(mine / "manifest.json")
    assert_one_sentence(*_failed(run("export", str(mine))), "manifest.json that is not of an arch")
    assert (mine / "manifest.json").read_text() == "dear"


def test_a_folder_that_cannot_be(run: Run, tmp_path: Path, database: MongoDatabase) -> None:
    database["stores"].insert_one({"_id": "s"})
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        assert_one_sentence(*_failed(run("export", str(folder))), "cannot be written to")
        assert_one_sentence(*_failed(run("import", str(folder))), "There is no archive in")


def test_a_folder_without_room(run: Run, archive: Path, small: Path, filled: MongoSettings) -> None:
    before = {path.name: path.read_bytes() for path in small.iterdir()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MONGODB_DATABASE", filled.database)
            answer = run("export", str(small))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert_one_sentence(*_failed(answer), "cannot be written to", "make room there")
    # The archive that was there is whole, and nothing half done beside it.
    assert {path.name: path.read_bytes() for path in small.iterdir()} == before


def test_nothing_to_export(run: Run, tmp_path: Path) -> None:
    code, _, err = run("export", str(tmp_path / "new"))
    assert_one_sentence(code, err, "holds no documents of these collections: fill it first")
    assert not (tmp_path / "new").exists()


# Interrupted, and not allowed


@contextmanager
def _ctrl_c(collection: str) -> Iterator[None]:
    """A person presses it as soon as something of a collection is done."""

    @contextmanager
    def progress(*_: Any, **__: Any) -> Iterator[OnProgress]:
        def on_progress(name: str, done: int, total: int) -> None:
            if name == collection and done:
                raise KeyboardInterrupt

        yield on_progress

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress_module, "progress", progress)
        yield


def test_ctrl_c_leaves_the_archive_that_was_there(
    run: Run, small: Path, filled: MongoSettings, tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in small.iterdir()}
    with pytest.MonkeyPatch.context() as patch, _ctrl_c("customers"):
        patch.setenv("MONGODB_DATABASE", filled.database)
        for folder in (small, tmp_path / "new"):
            code, _, err = run("export", str(folder))
            assert (code, err) == (130, "zava-seed: Stopped; nothing was exported.\n")
    assert {path.name: path.read_bytes() for path in small.iterdir()} == before
    assert list((tmp_path / "new").iterdir()) == []
    code, _, err = run("import", str(tmp_path / "new"))
    assert_one_sentence(code, err, "There is no archive in")


def test_an_import_that_was_stopped_goes_on(
    run: Run, archive: Path, database: MongoDatabase, mongo_settings: MongoSettings
) -> None:
    names = ("stores", "customers", "orders")
    with _ctrl_c("check orders"):
        code, _, err = run("import", str(archive), "--collections", *names)
    assert (code, err) == (130, "zava-seed: Stopped; nothing was imported.\n")
    assert held(database) == {}

    with _ctrl_c("customers"):
        code, _, err = run("import", str(archive), "--collections", *names)
    assert code == 130
    assert f"or more of the archive are in {mongo_settings.database}, and the same comm" in err
    assert list(held(database)) == ["stores", "customers"]

    code, out, _ = run("import", str(archive), "--collections", *names)
    assert code == 0
    assert "150 documents were added, 0 replaced, and 68 the same already." in out


def test_a_read_only_user_may_export_and_not_import(
    run: Run,
    small: Path,
    filled: MongoSettings,
    read_only_settings: MongoSettings,
    monkeypatch: pytest.MonkeyPatch,
    database: MongoDatabase,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", read_only_settings.uri)
    code, _, err = run("import", str(small))
    assert_one_sentence(code, err, "may not do that: give it the roles readWrite")
    assert held(database) == {}
    monkeypatch.setenv("MONGODB_DATABASE", filled.database)
    assert run("export", str(tmp_path / "mine"), "--collections", "stores")[0] == 0


def test_another_document_with_the_same_unique_value(
    run: Run, small: Path, database: MongoDatabase
) -> None:
    name = content()["categories"][3]["category_name"]
    database["categories"].create_index("category_name", unique=True)
    database["categories"].insert_one({"category_name": name})
    code, _, err = run("import", str(small))
    assert_one_sentence(code, err, "same unique value is there already")
    assert f"Meanwhile 8 documents or more of the archive are in {database.name}, and" in err


def _failed(answer: tuple[int, str, str]) -> tuple[int, str]:
    return answer[0], answer[2]


def _id_text(document: bytes) -> tuple[bool, str]:
    """The order in which MongoDB has texts and ids of objects."""
    identity = bson.decode(document)["_id"]
    return isinstance(identity, ObjectId), str(identity)
