"""The server that the other tests use."""

from __future__ import annotations

from seed.mongo.connection import MongoDatabase


def test_it_is_a_replica_set_that_takes_writes(database: MongoDatabase) -> None:
    database["probe"].insert_one({"a": 1})
    with database.watch():
        pass
    assert database.command("hello")["isWritablePrimary"]
