"""The local indexes, and what becomes of former ones."""

from __future__ import annotations

import re
from pathlib import Path

from app.data.store.session import Session
from connector_config.store.local_indexes import INDEXES, ensure_indexes
from tests.dql.statements import known

# What the link of 0.1.0 made.
_MIXED = "CREATE INDEX IF NOT EXISTS movements_item ON stock_movements (inventory_id, at DESC)"
_NEWEST = "SELECT _id FROM stock_movements WHERE inventory_id IN :ids ORDER BY at DESC LIMIT 1"


def test_no_index_has_mixed_directions() -> None:
    # Ditto 5.2.0.dev0 reads one in the wrong order where just that order is asked for.
    indexes = [one.dql for one in known() if one.dql.startswith("CREATE INDEX")]
    assert len(indexes) > len(INDEXES)
    for one in indexes:
        fields = re.findall(r"[\w.]+(?: DESC)?(?=[,)])", one.rpartition(" (")[2])
        assert len({field.endswith(" DESC") for field in fields}) == 1, one


async def test_a_former_index_goes_and_the_newest_movement_is_the_newest_again(
    tmp_path: Path,
) -> None:
    session = await Session.open(tmp_path)
    try:
        documents = [{"_id": at, "inventory_id": "hammer", "at": at} for at in ("1", "2")]
        insert = "INSERT INTO stock_movements DOCUMENTS (:documents)"
        await session.query(insert, {"documents": documents})
        await session.query(_MIXED)
        await ensure_indexes(session.query)
        assert await session.query(_NEWEST, {"ids": ["hammer"]}) == [{"_id": "2"}]
        made = {row["_id"] for row in await session.query("SELECT _id FROM system:indexes")}
        assert made == INDEXES.keys()
    finally:
        await session.close()
