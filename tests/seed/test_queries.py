"""docs/queries.md: every block runs, on a real MongoDB and a real store, and answers as written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from pymongo.errors import OperationFailure

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.data_set import mongo_data_set
from seed.mongo.indexes import create_indexes
from seed.mongo.target import batches
from seed.mongo.views import ensure_views
from seed.options import Options
from seed.targets.ditto import open_store
from tests.conftest import DEMO_DAY, DEMO_SEED
from tests.helpers.queries import QUERIES, Block, ask_ditto, ask_mongodb, blocks

BLOCKS: Final = list(blocks(QUERIES))


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
