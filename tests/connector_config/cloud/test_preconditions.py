"""`zava-connector check` against a real MongoDB: its commands mend every damage it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import Binary, Decimal128, ObjectId

from connector_config.cli import main
from connector_config.cloud import preconditions
from connector_config.cloud.preconditions import UNSYNCED, check, check_database
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.mongodb.findings import Finding, Level
from connector_config.mongodb.server import Member, find_mongod, free_port, running
from connector_config.schema.collections import COLLECTIONS, MongoId
from tests.helpers.mongodb import SMALL
from tests.helpers.mongosh import obey

TODAY = date(2026, 11, 21)
IMAGES: dict[str, Any] = {"changeStreamPreAndPostImages": {"enabled": True}}
SYNCED = [name for name, collection in COLLECTIONS.items() if collection.sync]

Damage = Callable[[MongoDatabase], object]


def document(name: str, number: int) -> dict[str, Any]:
    """A document as it should be."""
    collection = COLLECTIONS[name]
    *stores, own = collection.id_fields
    last = f"{own}-{number}"
    body: dict[str, Any] = {**dict.fromkeys(stores, "store_tacoma"), own: last}
    identity = ObjectId() if collection.mongo_id is MongoId.OBJECT_ID else last
    return {"_id": identity, **body, "total": 1.5, "location": {"aisle": "3", "since": "2026"}}


def make(database: MongoDatabase, name: str) -> None:
    database.create_collection(name, **IMAGES)
    database[name].insert_many([document(name, number) for number in (1, 2, 3)])


@pytest.fixture(scope="module")
def healthy(new_database: Callable[[], MongoSettings]) -> Iterator[MongoDatabase]:
    """A database that is ready; tests put back what they damage."""
    with open_database(new_database()) as database:
        for name in SYNCED:
            make(database, name)
        yield database


@pytest.fixture
def shop(healthy: MongoDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[MongoDatabase]:
    """The same, made whole again afterwards; the server of the tests counts as new enough."""
    monkeypatch.setattr(preconditions, "CONNECTOR_VERSION", (6, 0, 0))
    yield healthy
    healthy.drop_collection(UNSYNCED)


def failures(database: MongoDatabase) -> list[Finding]:
    findings = list(check_database(database))
    assert all(finding.message.strip() and "\n" not in finding.message for finding in findings)
    return [finding for finding in findings if finding.level is Level.FAIL]


def set_in(name: str, path: str, value: object) -> Damage:
    """Sets a field of one document."""
    return lambda database: database[name].update_one({}, {"$set": {path: value}})


def unset_in(name: str, path: str) -> Damage:
    return lambda database: database[name].update_one({}, {"$unset": {path: ""}})


def capped(database: MongoDatabase) -> None:
    database.drop_collection("transfers")
    database.create_collection("transfers", capped=True, size=100_000, **IMAGES)
    database["transfers"].insert_one(document("transfers", 1))


def view(database: MongoDatabase) -> None:
    database.drop_collection("products")
    database.command("create", "products", viewOn="stores", pipeline=[])


def same_ids(name: str) -> Damage:
    def insert(database: MongoDatabase) -> None:
        twin = {**document(name, 1), "_id": ObjectId()}
        database[name].insert_one(twin)

    return insert


def another_body_id(database: MongoDatabase) -> None:
    database["inventory"].update_one({}, {"$set": {"inventory_id": "edited"}})


WHEN = datetime(2026, 11, 21, 9, 30, 15, 250_000, UTC)

DAMAGES: dict[str, tuple[str, Damage, str]] = {
    "capped": ("transfers", capped, "It is capped, which the connector refuses: "),
    "images off": (
        "orders",
        lambda database: database.command(
            "collMod", "orders", changeStreamPreAndPostImages={"enabled": False}
        ),
        "It keeps no pre- and post-images: ",
    ),
    "missing collection": (
        "replenishments",
        lambda database: database.drop_collection("replenishments"),
        'It is not there: db.createCollection("replenishments", ',
    ),
    "a view": ("products", view, "It is a view and not a collection: "),
    "missing id": ("orders", unset_in("orders", "order_id"), "1 document without order_id, "),
    "missing store": ("orders", unset_in("orders", "store_id"), "1 document without store_id, "),
    "null": ("stores", set_in("stores", "store_id", None), "1 document with store_id: null, "),
    "empty": ("products", set_in("products", "product_id", ""), "with an empty product_id, "),
    "array": (
        "customers",
        set_in("customers", "customer_id", ["a", "b"]),
        "customer_id of type array and not a text",
    ),
    "number": (
        "inventory",
        set_in("inventory", "inventory_id", 7),
        "inventory_id of type int and not a text",
    ),
    "changed id": ("inventory", another_body_id, "1 document where inventory_id was changed"),
    "same ids": (
        "order_items",
        same_ids("order_items"),
        "1 time several documents share their id",
    ),
    "same customers": (
        "customers",
        same_ids("customers"),
        "1 time several documents share their id",
    ),
    "decimal": (
        "orders",
        set_in("orders", "total", Decimal128("1.10")),
        'total is a decimal in 1, such as _id "order_id-1"',
    ),
    "binary": ("stores", set_in("stores", "photo", Binary(b"x", 5)), "photo is a binData in 1"),
    "date": ("orders", set_in("orders", "order_date", WHEN), "order_date is a date in 1"),
    "nested date": (
        "inventory",
        set_in("inventory", "location.counted.at", WHEN),
        "location.counted.at is a date in 1",
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damage_is_found_and_its_command_mends_it(shop: MongoDatabase, what: str) -> None:
    name, inflict, words = DAMAGES[what]
    inflict(shop)
    try:
        found = failures(shop)
        assert found and {finding.about for finding in found} == {name}
        assert words in found[0].message
        for _ in range(3):  # a collection that was rebuilt needs its images, too
            for finding in found:
                obey(shop, finding.message)
            found = failures(shop)
            if not found:
                break
        assert found == []
    finally:
        shop.drop_collection(name)
        make(shop, name)


def test_nothing_is_wrong_with_what_is_ready(shop: MongoDatabase) -> None:
    findings = list(check_database(shop))
    assert {finding.level for finding in findings} == {Level.OK}
    messages = {finding.about: finding.message for finding in findings}
    assert messages["orders"] == "3 documents, Ditto _id {store_id, order_id}"
    assert set(messages) >= {*SYNCED} and "product_embeddings" not in messages


def test_values_that_are_mended_are_what_the_app_expects(shop: MongoDatabase) -> None:
    orders = shop["orders"]
    orders.update_one({}, {"$set": {"total": Decimal128("19.90"), "order_date": WHEN}})
    for finding in failures(shop):
        obey(shop, finding.message)
    mended = orders.find_one({"order_date": {"$exists": True}})
    assert mended is not None
    assert (mended["total"], mended["order_date"]) == (19.9, "2026-11-21T09:30:15.250Z")
    orders.update_many({}, {"$unset": {"order_date": ""}})


def test_a_value_in_an_array_is_found(shop: MongoDatabase) -> None:
    shop["stores"].update_one({}, {"$set": {"hours": [{"from": WHEN}, 1]}})
    [finding] = failures(shop)
    assert "hours[].from is a date in 1" in finding.message
    assert 'rewrite what db.stores.find({_id: "store_id-1"}) shows' in finding.message
    shop["stores"].update_many({}, {"$unset": {"hours": ""}})


def test_a_unique_index_is_trusted_only_when_it_is_of_all_documents(shop: MongoDatabase) -> None:
    movements = shop["stock_movements"]
    same_ids("stock_movements")(shop)
    movements.create_index("movement_id", partialFilterExpression={"deleted": True}, unique=True)
    [finding] = failures(shop)
    assert "several documents share their id" in finding.message
    shop.drop_collection("stock_movements")
    make(shop, "stock_movements")
    movements.create_index("movement_id", unique=True)
    assert failures(shop) == []
    movements.drop_indexes()


def test_parked_documents(shop: MongoDatabase) -> None:
    shop[UNSYNCED].insert_one({"reason": "validation"})
    [finding] = failures(shop)
    assert finding.about == "unsynced documents"
    assert "1 parked, because MongoDB refused" in finding.message
    assert f'db.getCollection("{UNSYNCED}").deleteMany({{}})' in finding.message
    shop[UNSYNCED].delete_many({})
    assert failures(shop) == []


def test_an_empty_database_is_one_finding(
    database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preconditions, "CONNECTOR_VERSION", (6, 0, 0))
    [finding] = failures(database)
    assert "has none of the collections: run zava-seed generate" in finding.message


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ("6.0.5", Level.FAIL),
        ("7.0.12", Level.FAIL),
        ("7.0.13", Level.OK),
        ("8.0.0", Level.OK),
        ("8.2.1-rc0", Level.OK),
    ],
)
def test_versions(version: str, level: Level) -> None:
    finding = preconditions._version(version)
    assert finding.level is level
    assert ("--mdbVersion 8.0" in finding.message) is (level is Level.FAIL)


def test_the_command_fails_with_the_version_of_the_test_server(
    capsys: pytest.CaptureFixture[str],
    healthy: MongoDatabase,
    mongo_settings: MongoSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONGODB_DATABASE", healthy.name)
    new_enough = str(healthy.client.server_info()["version"]) >= "7.0.13"
    code = main(["check"], TODAY)
    out, err = capsys.readouterr()
    assert code == (0 if new_enough else 1)
    assert ("fail server" in out) is not new_enough
    assert "takes only mongodb+srv://" in out
    monkeypatch.setattr(preconditions, "CONNECTOR_VERSION", (6, 0, 0))
    assert main(["check"], TODAY) == 0
    out, err = capsys.readouterr()
    assert err == "" and "\nfail" not in out and "ok   orders" in out


def test_a_user_that_may_only_read(
    read_only_settings: MongoSettings, monkeypatch: pytest.MonkeyPatch, database: MongoDatabase
) -> None:
    make(database, "stores")
    environment = {
        "MONGODB_CONNECTION_STRING": read_only_settings.uri,
        "MONGODB_DATABASE": read_only_settings.database,
    }
    found = [f for f in check(environment, Path("nowhere")) if f.about == "roles"]
    assert [finding.level for finding in found] == [Level.OK, Level.FAIL]
    assert "the connector will fail without insert, update, remove" in found[1].message
    assert (
        'db.getSiblingDB("admin").grantRolesToUser("zava_test_reader", [{role: "readWrite", '
        f'db: "{read_only_settings.database}"}}])' in found[1].message
    )


def test_a_standalone_server(tmp_path: Path) -> None:
    member = Member(find_mongod(), tmp_path, free_port(), replica_set="", arguments=SMALL)
    with running(member):
        environment = {"MONGODB_CONNECTION_STRING": f"mongodb://{member.address}/"}
        found = {finding.about: finding for finding in check(environment, Path("nowhere"))}
    assert found["replica set"].level is Level.FAIL
    assert "mongod --replSet rs0 and run rs.initiate()" in found["replica set"].message


def test_an_srv_string_needs_no_note() -> None:
    variables = {"MONGODB_CONNECTION_STRING": "mongodb+srv://u:p@cluster.example.mongodb.net/"}
    assert list(preconditions._scheme(variables)) == []
