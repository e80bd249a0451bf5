"""Low stock: worst first, live, and a CSV file that a spreadsheet reads back."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.domain.entities import Place, StockItem
from app.domain.reordering import Suggestion
from app.ui.low_stock.view_model import CSV_HEADER, LowStockViewModel
from connector_config.errors import UserError
from tests.helpers.fakes import (
    TACOMA,
    FakeCatalogue,
    FakeStockRepository,
    make_item,
    make_product,
)
from tests.helpers.waiting import collect, settle, until

ODD_NAMES = {
    "p1": 'Nails, 3" "bright"',
    "p2": "Säge 鋸 🔨 \u05de\u05e1\u05d5\u05e8",
    "p3": "two\nlines; and\ttabs",
    "p4": "Plenty",
}


async def suggest(items: Sequence[StockItem]) -> list[Suggestion]:
    """Ten of each are on their way, forty were sold in four weeks: ten in one."""
    return [
        Suggestion(one.inventory_id, one.product_id, one.on_hand, one.reorder_point, 10, 40)
        for one in items
    ]


def store() -> tuple[FakeStockRepository, LowStockViewModel]:
    items = [
        make_item("p1", 3, reorder_point=10),
        make_item("p2", 0, reorder_point=10),
        make_item("p3", -4, reorder_point=10, place=Place()),
        make_item("p4", 11, reorder_point=10),
    ]
    products = [make_product(product_id, name) for product_id, name in ODD_NAMES.items()]
    stock = FakeStockRepository([*items, make_item("p4", 0, store=TACOMA, reorder_point=5)])
    return stock, LowStockViewModel(FakeCatalogue(products, items), stock, suggest, "store_seattle")


def ids(low: LowStockViewModel) -> list[str]:
    assert low.state.rows is not None
    return [row.product_id for row in low.state.rows]


async def test_worst_first_with_what_to_order():
    _, low = store()
    assert low.state.rows is None
    low.activate()
    await settle()
    assert low.state.rows is not None
    assert [(row.product_id, row.on_hand, row.suggested) for row in low.state.rows] == [
        ("p3", -4, 14),
        ("p2", 0, 10),
        ("p1", 3, 7),
    ]


async def test_it_follows_the_store_in_both_directions():
    stock, low = store()
    low.activate()
    await settle()
    stock.put(make_item("p4", 10, reorder_point=10), make_item("p2", 99, reorder_point=10))
    await settle()
    assert ids(low) == ["p3", "p1", "p4"]


async def test_an_item_without_a_product_is_left_out():
    stock, low = store()
    stock.put(make_item("unknown", 0, reorder_point=5))
    low.activate()
    await settle()
    assert "unknown" not in ids(low)


async def test_hidden_it_follows_nothing():
    stock, low = store()
    low.activate()
    low.activate()
    assert stock.watching == 1
    low.deactivate()
    assert stock.watching == 0


async def test_the_csv_file_reads_back_as_it_was_shown(tmp_path: Path):
    _, low = store()
    low.activate()
    await settle()
    done = collect(low.export.finished)
    path = tmp_path / "low, stock 🔨.csv"
    low.export.execute(str(path))
    await until(lambda: done, "the export")
    assert done == [f"3 products written to {path}"]
    raw = path.read_bytes()
    assert raw.startswith("\N{BOM}".encode())
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert rows[0] == list(CSV_HEADER)
    assert rows[1:] == [
        ["HND-P3-001", ODD_NAMES["p3"], "", "-4", "10", "14"],
        ["HND-P2-001", ODD_NAMES["p2"], "3B-12", "0", "10", "10"],
        ["HND-P1-001", ODD_NAMES["p1"], "3B-12", "3", "10", "7"],
    ]


async def test_an_export_replaces_an_older_file(tmp_path: Path):
    _, low = store()
    low.activate()
    await settle()
    path = tmp_path / "low.csv"
    path.write_text("old\n" * 1000)
    done = collect(low.export.finished)
    low.export.execute(str(path))
    await until(lambda: done, "the export")
    assert "old" not in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("place", ["missing/low.csv", "a-folder", "x" * 300])
async def test_a_path_that_cannot_be_written_is_answered_with_a_sentence(
    place: str, tmp_path: Path
):
    (tmp_path / "a-folder").mkdir()
    _, low = store()
    low.activate()
    await settle()
    failed: list[UserError] = collect(low.export.failed)
    path = tmp_path / place
    low.export.execute(str(path))
    await until(lambda: failed, "the refusal")
    assert str(path) in str(failed[0])
    assert "choose another place" in str(failed[0])
