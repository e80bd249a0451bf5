"""docs/queries.md: every block runs, on a real MongoDB and a real store, and answers as written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
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
from tests.helpers.queries import QUERIES, Block, ask_ditto, ask_mongodb, blocks

BACK_OFFICE: Final = ROOT / "docs" / "back-office.md"
BLOCKS: Final = list(blocks(QUERIES))
NOON: Final = datetime(2026, 11, 20, 20, tzinfo=UTC)

_TOLD: Final = re.compile(r"^\| .* \| `\w+` \| (.*) \|$", re.MULTILINE)


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
