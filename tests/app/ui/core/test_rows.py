"""RowsModel: whatever it is given, it ends in exactly those rows, and its signals are true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.ui.core.rows import CELL, Cell, Column, RowsModel, one_line

Row = tuple[int, str]

COLUMNS = (
    Column[Row]("Key", lambda one: Cell(str(one[0]), one[1])),
    Column[Row]("Value", lambda one: Cell(one[1], tone="muted"), 80, right=True),
)

row_lists = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from("abc")), max_size=12, unique_by=lambda one: one[0]
)
# Other values for the rows that are there, in the order they are in.
new_values = st.text("abc", min_size=12, max_size=12)


class Mirror:
    """A view that only believes the signals, and counts how often a cell was told of as changed."""

    def __init__(self, model: RowsModel[Row]) -> None:
        self._model = model
        self.rows: list[Row] = list(model.rows)
        self.fresh: set[int] = set()
        self.told: Counter[tuple[int, int]] = Counter()
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_inserted)
        model.rowsRemoved.connect(self._on_removed)
        model.rowsMoved.connect(self._on_moved)
        model.dataChanged.connect(self._on_changed)

    def forget(self) -> None:
        """Count anew."""
        self.fresh.clear()
        self.told.clear()

    def _on_reset(self) -> None:
        self.rows = list(self._model.rows)
        self.fresh.update(key for key, _ in self.rows)

    def _on_inserted(self, _: QModelIndex, first: int, last: int) -> None:
        self.rows[first:first] = self._model.rows[first : last + 1]
        self.fresh.update(key for key, _ in self.rows[first : last + 1])

    def _on_removed(self, _: QModelIndex, first: int, last: int) -> None:
        del self.rows[first : last + 1]

    def _on_moved(self, _: QModelIndex, first: int, last: int, __: QModelIndex, to: int) -> None:
        block = self.rows[first : last + 1]
        del self.rows[first : last + 1]
        at = to if to <= first else to - len(block)
        self.rows[at:at] = block

    def _on_changed(self, top: QModelIndex, bottom: QModelIndex) -> None:
        for at in range(top.row(), bottom.row() + 1):
            self.rows[at] = self._model.rows[at]
            for column in range(top.column(), bottom.column() + 1):
                self.told[self.rows[at][0], column] += 1


def make_model() -> RowsModel[Row]:
    return RowsModel[Row](COLUMNS, lambda one: one[0])


@given(st.lists(row_lists | new_values, max_size=6))
def test_any_sequence_of_lists_ends_in_exactly_those_rows(steps: list[list[Row] | str]):
    model = make_model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    mirror = Mirror(model)
    for step in steps:
        before = dict(model.rows)
        rows = _with_values(model.rows, step) if isinstance(step, str) else step
        mirror.forget()
        model.set_rows(rows)
        assert list(model.rows) == rows
        assert mirror.rows == rows
        assert model.rowCount() == len(rows)
        # Every cell that changed is told of exactly once, and none that did not change.
        changed = [key for key, value in rows if before.get(key, value) != value]
        assert mirror.told == Counter(
            (key, column)
            for key in changed
            if key not in mirror.fresh
            for column in range(len(COLUMNS))
        )
    assert tester.model() is model


def _with_values(rows: Sequence[Row], values: str) -> list[Row]:
    return [(key, value) for (key, _), value in zip(rows, values, strict=False)]


@given(row_lists, row_lists)
def test_a_marked_row_is_followed_to_its_new_place(before: list[Row], after: list[Row]):
    model = make_model()
    model.set_rows(before)
    marks = {row[0]: QPersistentModelIndex(model.index(at, 0)) for at, row in enumerate(before)}
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.set_rows(after)
    places = {row[0]: at for at, row in enumerate(after)}
    if resets:
        # Only where most of the rows are others.
        assert 2 * len(marks.keys() & places) < max(len(before), len(after))
        return
    for key, mark in marks.items():
        assert mark.row() == places.get(key, -1)


def test_one_changed_row_repaints_that_row_only():
    model = make_model()
    model.set_rows([(1, "a"), (2, "b"), (3, "c")])
    repainted: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda top, bottom: repainted.append((top.row(), bottom.row())))
    model.set_rows([(1, "a"), (2, "B"), (3, "c")])
    assert set(repainted) == {(1, 1)}


def test_many_changed_rows_are_told_of_at_once():
    model = make_model()
    model.set_rows([(key, "a") for key in range(10)])
    repainted: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda top, bottom: repainted.append((top.row(), bottom.row())))
    model.set_rows([(key, "a" if key in (0, 9) else "b") for key in range(10)])
    assert repainted == [(1, 8)]


def test_rows_between_the_changed_ones_are_not_told_of():
    model = make_model()
    model.set_rows([(key, "a") for key in range(10)])
    repainted: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda top, bottom: repainted.append((top.row(), bottom.row())))
    model.set_rows([(key, "a" if key in (0, 3, 4) else "b") for key in range(10)])
    assert repainted == [(1, 2), (5, 9)]


def test_the_same_rows_again_tell_nothing():
    model = make_model()
    model.set_rows([(1, "a"), (2, "b")])
    told: list[str] = []
    model.dataChanged.connect(lambda *_: told.append("changed"))
    model.modelReset.connect(lambda: told.append("reset"))
    model.rowsMoved.connect(lambda *_: told.append("moved"))
    model.set_rows([(1, "a"), (2, "b")])
    assert told == []


def test_row_of_finds_by_key():
    model = make_model()
    model.set_rows([(1, "a"), (2, "b")])
    assert (model.row_of(2), model.row_of(9)) == (1, None)


def test_cells_titles_and_alignment():
    model = make_model()
    model.set_rows([(1, "a\nb")])
    index = model.index(0, 0)
    assert index.data() == "1, a b"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "1, a b"
    assert index.data(CELL) == Cell("1", "a\nb")
    assert model.index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    assert [model.headerData(at, across) for at in (0, 1)] == ["Key", "Value"]
    assert model.headerData(0, down) is None


def test_a_table_has_no_children():
    model: QAbstractItemModel = make_model()
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\nb\t c", "a b c"), ("  ", ""), ("x" * 10_000, "x" * 300), ("\u2029\x0b🔨", "🔨")],
)
def test_one_line_makes_any_text_fit(text: str, expected: str):
    assert one_line(text) == expected
