"""A real Ditto store filled with the demo."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ditto.errors import DittoError, DittoPermissionDeniedIOError, DittoStoreBackendError

from connector_config.errors import UserError
from connector_config.schema.collections import COLLECTIONS, ditto_id
from connector_config.store.local_indexes import INDEXES
from seed.data_set import DATA_SET, data_set
from seed.demo import DemoSummary, fill_demo
from seed.options import Options
from seed.targets.ditto import Batch, open_store, write

END = date(2026, 11, 21)
SMALL = partial(Options, customers=300, orders=1_500)
"""As much as it takes: orders of more than one batch."""

Demo = dict[str, list[dict[str, Any]]]
Calls = list[tuple[str, int, int]]


def fill(data_dir: Path, today: date = END, calls: Calls | None = None) -> DemoSummary:
    heard = [] if calls is None else calls
    return asyncio.run(fill_demo(data_dir, 42, today, lambda *call: heard.append(call)))


def select(data_dir: Path, statement: str, **arguments: object) -> list[dict[str, Any]]:
    async def run() -> list[dict[str, Any]]:
        async with open_store(data_dir) as peer:
            with await peer.store.execute(statement, arguments) as result:
                return [item.value for item in result.items]

    return asyncio.run(run())


def everything(data_dir: Path) -> dict[str, set[str]]:
    """The JSON of each document with its id, by collection."""

    async def run() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        async with open_store(data_dir) as peer:
            for name in DATA_SET:
                with await peer.store.execute(f"SELECT * FROM {name}") as result:
                    found[name] = {item.json_string() for item in result}
        return found

    return asyncio.run(run())


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """The whole demo is filled once for all tests, in `demo_template`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seed.demo.Options", SMALL)
        yield


@pytest.fixture(scope="module")
def demo() -> Demo:
    """All documents of the small demo by collection."""
    return {
        part.collection: [dict(one) for one in part.documents] for part in data_set(SMALL(end=END))
    }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, DemoSummary, Calls]]:
    """A filled store, what the fill said at its end and on its way; not to be changed."""
    data_dir = tmp_path_factory.mktemp("filled")
    calls: Calls = []
    yield data_dir, fill(data_dir, calls=calls), calls
    shutil.rmtree(data_dir)


Filled = tuple[Path, DemoSummary, Calls]


@pytest.fixture
def copy(filled: Filled, tmp_path: Path) -> Path:
    """A copy of the filled store that a test may change."""
    shutil.copytree(filled[0] / "ditto", tmp_path / "ditto")
    return tmp_path


def test_the_store_holds_every_document(filled: Filled, demo: Demo) -> None:
    data_dir, summary, _ = filled
    expected = {name: len(found) for name, found in demo.items()}
    assert dict(summary.documents) == expected
    assert dict(summary.added) == expected
    assert summary.directory == data_dir / "ditto"
    for name in DATA_SET:
        [row] = select(data_dir, f"SELECT COUNT(*) AS n FROM {name}")
        assert row["n"] == expected[name]


@pytest.mark.parametrize("name", DATA_SET)
def test_documents_come_back_as_they_were_with_their_id(
    filled: Filled, demo: Demo, name: str
) -> None:
    document = demo[name][len(demo[name]) // 2]
    identity = ditto_id(name, document)
    [found] = select(filled[0], f"SELECT * FROM {name} WHERE _id = :id", id=identity)
    assert found == {"_id": identity, **document}
    fields = COLLECTIONS[name].id_fields
    assert isinstance(found["_id"], str) == (len(fields) == 1)


def test_stock_delta_is_left_to_the_devices(filled: Filled) -> None:
    [row] = select(
        filled[0], "SELECT COUNT(*) AS n FROM inventory WHERE stock_delta IS NOT MISSING"
    )
    assert row["n"] == 0


def test_progress_ends_at_the_totals(filled: Filled, demo: Demo) -> None:
    _, _, calls = filled
    last = {collection: (done, total) for collection, done, total in calls}
    assert last == {name: (len(found), len(found)) for name, found in demo.items()}
    orders = [done for collection, done, _ in calls if collection == "orders"]
    assert orders == [1_000, 1_500]
    assert calls[-1][0] == "products", "products are the sign of a complete fill"


def test_a_second_run_changes_nothing(copy: Path) -> None:
    async def change() -> None:
        async with open_store(copy) as peer:
            statement = "UPDATE products SET product_name = 'Mine' WHERE sku = 'HND-HAMMER-001'"
            with await peer.store.execute(statement):
                pass

    asyncio.run(change())
    before = everything(copy)
    summary = fill(copy)
    assert summary.total_added == 0
    assert summary.total == sum(map(len, before.values()))
    assert everything(copy) == before


def test_a_run_on_the_next_day_adds_only_orders_that_agree(copy: Path) -> None:
    summary = fill(copy, END + timedelta(days=1))
    added = {name for name, number in summary.added.items() if number}
    assert added == {"orders", "order_items"}
    assert 0 < summary.added["orders"] < 20
    orders = select(copy, "SELECT order_id, item_count FROM orders")
    lines = select(copy, "SELECT order_id, COUNT(*) AS n FROM order_items GROUP BY order_id")
    assert {o["order_id"]: o["item_count"] for o in orders} == {
        line["order_id"]: line["n"] for line in lines
    }


def test_if_empty_leaves_a_store_with_products_alone(copy: Path) -> None:
    summary = asyncio.run(fill_demo(copy, 7, END, lambda *call: None, if_empty=True))
    assert summary.skipped
    assert summary.total_added == 0


def test_if_empty_completes_a_fill_that_was_cut_off(tmp_path: Path, demo: Demo) -> None:
    class Cut(Exception):
        """Stands for a Ctrl+C."""

    def stop(collection: str, done: int, total: int) -> None:
        if (collection, done) == ("orders", 1_000):
            raise Cut

    with pytest.raises(Cut):
        asyncio.run(fill_demo(tmp_path, 42, END, stop))
    summary = asyncio.run(fill_demo(tmp_path, 42, END, lambda *call: None, if_empty=True))
    assert not summary.skipped
    assert summary.added["customers"] == 0
    assert dict(summary.documents) == {name: len(found) for name, found in demo.items()}


def test_another_seed_is_refused(copy: Path) -> None:
    with pytest.raises(UserError, match="holds other data than seed number 7 makes"):
        asyncio.run(fill_demo(copy, 7, END, lambda *call: None))


async def test_a_store_in_use(tmp_path: Path) -> None:
    async with open_store(tmp_path):
        with pytest.raises(UserError, match="Another Zava is using"):
            await fill_demo(tmp_path, 42, END, lambda *call: None)


def test_a_damaged_store(copy: Path) -> None:
    copy.joinpath("ditto", "ditto_store", "db.sql").write_bytes(b"no database" * 1000)
    with pytest.raises(UserError, match="is damaged: move that folder away"):
        fill(copy)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("")
    with pytest.raises(UserError, match="a file is in its way"):
        fill(tmp_path / "file" / "below")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DittoStoreBackendError("<store> Database error: database or disk is full"), "is full"),
        (DittoPermissionDeniedIOError("Permission denied (os error 13)"), "cannot be written"),
        (DittoStoreBackendError("attempt to write a readonly database"), "cannot be written"),
        (DittoError("Something new.\nand its details"), r"refused that: Something new\.$"),
    ],
)
async def test_errors_while_filling_are_sentences(
    tmp_path: Path, error: DittoError, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        async with open_store(tmp_path):
            raise error


async def test_an_error_while_making_documents_waits_for_the_write(tmp_path: Path) -> None:
    def broken() -> Iterator[Batch]:
        yield Batch("stores", [{"_id": "store_x", "store_id": "store_x"}])
        raise ValueError("no more")

    async with open_store(tmp_path) as peer:
        with pytest.raises(ValueError, match="no more"):
            await write(peer, broken(), lambda collection, size: None)
        with await peer.store.execute("SELECT * FROM stores") as result:
            assert len(result.items) == 1


def test_the_first_start_has_no_index_left_to_make(demo_dir: Path):
    made = {one["_id"] for one in select(demo_dir, "SELECT _id FROM system:indexes")}
    assert made >= INDEXES.keys()
