"""docs/comparison.md: its SQL gives the rows of MongoDB, where there is a PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from seed.data_set import mongo_data_set
from seed.options import Options
from tests.conftest import DEMO_DAY, DEMO_SEED
from tests.helpers.original import original_script
from tests.helpers.postgres import Postgres, find_postgres, running_postgres
from tests.helpers.queries import COMPARISON, QUERIES, Block, agree, blocks

BLOCKS: Final = list(blocks(COMPARISON))
PROGRAMS: Final = find_postgres()

# What `test_queries.py` holds MongoDB to; of several queries the last one tells what came of them.
ANSWERS: Final = {
    one.section: one.answer
    for one in blocks(QUERIES)
    if one.language == "javascript" and not one.atlas
}


def test_it_has_the_ten_patterns_and_each_stands_in_the_other_document() -> None:
    sections = [one.section for one in BLOCKS]
    assert len(set(sections)) == len(sections) == 10
    assert all(ANSWERS[one] for one in sections)


if PROGRAMS is not None:
    _FOUND: Final = PROGRAMS

    @pytest.fixture(scope="module")
    def postgres() -> Iterator[Postgres]:
        """The demo data, where nothing has to survive."""
        with running_postgres(_FOUND, "fsync = off", "synchronous_commit = off") as server:
            server.run(original_script(mongo_data_set(Options(end=DEMO_DAY, seed=DEMO_SEED))))
            yield server

    @pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.section)
    def test_postgresql_has_the_rows_of_mongodb(postgres: Postgres, block: Block) -> None:
        rows = postgres.ask(block.text)
        assert rows == (ANSWERS[block.section] if block.answer is None else block.answer)
        # What is shown apart has fewer columns, or an order of its own after the first.
        assert agree(rows[:1], ANSWERS[block.section])
