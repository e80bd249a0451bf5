"""The manager's dashboard, with keys and a mouse, on the demo store."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from app.domain.entities import Role
from app.run import utc_now
from app.ui.core.here import clock_of
from app.ui.sales.screen import SalesScreen
from app.ui.sales.view_model import Line
from app.ui.shell.window import MINIMUM
from connector_config.schema.instants import to_iso
from connector_config.schema.time_zones import USUAL
from tests.app.ui.test_fits import problems
from tests.helpers.hands import ALT, Hands, dialog
from tests.helpers.sales import Counter
from tests.helpers.stock_room import StockRoom
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _move_to(widget: QWidget, place: QPoint) -> None:
    # QTest would let Qt work within this task, and asyncio loses another one that wakes then.
    where, to = QPointF(place), QPointF(widget.mapToGlobal(place))
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(
        QEvent.Type.MouseMove, where, to, none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, moved)


async def test_a_manager_sees_sales_live_and_takes_them_along(hands: Hands, tmp_path: Path):
    assert "sales" not in hands.workplace.rail._buttons
    await hands.begin(role=Role.MANAGER)
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_M, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, SalesScreen)
    state = screen.view_model
    await until(lambda: state.state.periods and not state.state.adding, "sums", 60)
    await until(screen.time.hasFocus, "the picture")
    assert len(state.state.periods or ()) == 31
    assert [one.label for one in state.state.ranks][:1] != []

    before = (state.state.periods or ())[-1]
    counter = Counter(StockRoom(hands.client.session))
    counter.room.clock.now = utc_now()
    order = await counter.sold(await counter.room.items(limit=2), 3)
    cents = round((order.total - order.tax) * 100)
    await until(lambda: (state.state.periods or ())[-1].count == before.count + 1, "the order", 20)
    assert (state.state.periods or ())[-1].cents == before.cents + cents

    await hands.press(Qt.Key.Key_End)
    newest = screen.time.accessibleDescription()
    assert newest.startswith((state.state.periods or ())[-1].label)
    await hands.press(Qt.Key.Key_Left)
    assert screen.time.accessibleDescription() == screen.time.bars[-2].sentence
    _move_to(screen.time, QPoint(screen.time.width() - 12, 40))
    await until(lambda: screen.time.accessibleDescription() == newest, "the bar under the mouse")

    await hands.type("m")
    await until(lambda: state.state.step == "month" and not state.look.running, "months")
    assert len(state.state.periods or ()) == 12
    for kind in ("category", "rep", "product", "store"):
        await hands.click(screen.kinds.button(kind))
        await until(lambda: state.state.kind == screen.kinds.chosen, kind)
        assert state.state.ranks
    assert sum(one.cents for one in state.state.ranks) == state.state.total.cents
    hands.window.resize(*MINIMUM)
    await settle()
    assert problems(hands.window) == []
    await _what_comes_late_is_marked(hands, screen)
    assert screen.time.note == "Returns count on the day of the sale"
    await hands.client.session.query(
        "UPDATE stores SET returns_on = 'return' WHERE deleted = false"
    )
    moved = "Returns count on the day they came"
    await until(lambda: screen.time.note == moved, "the other way", 20)
    assert screen.time.accessibleName().endswith(moved)

    file = tmp_path / "stores.csv"
    await hands.click(screen.csv_ranks)
    chooser = dialog()
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(file))
    chooser.close()
    await until(file.exists, "the file")
    await until(lambda: not state.export.running, "it written")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [one["Which"] for one in rows] == [one.label for one in state.state.ranks]
    assert rows[0]["Sales"] == f"{state.state.ranks[0].cents / 100:.2f}"
    assert [one["Returns on the day they came"] for one in rows] == [one["Sales"] for one in rows]
    assert all(float(one["Returns on the day of the sale"]) for one in rows)
    await until(lambda: not state.look.running, "a rest")


async def test_a_store_without_a_zone_is_told_of_once_and_stops_nobody(hands: Hands):
    set_zone = "UPDATE stores SET time_zone = :zone WHERE _id = 'store_seattle'"
    session = hands.client.session
    await session.query(set_zone, {"zone": "Mars/Base"})
    try:
        said = []
        for _ in range(2):
            await hands.begin(role=Role.MANAGER)
            assert clock_of() is None
            said.append(hands.workplace._status.state.message.text)
    finally:
        await session.query(set_zone, {"zone": USUAL})
    assert "there is no time zone 'Mars/Base'" in said[0]
    assert "Mars" not in said[1]
    await hands.begin(role=Role.MANAGER)
    assert clock_of() == ZoneInfo(USUAL)


async def _what_comes_late_is_marked(hands: Hands, screen: SalesScreen) -> None:
    state, session = screen.view_model, hands.client.session
    assert all(one.was is None for one in state.state.periods or ())
    (sold,) = await session.query(
        "SELECT * FROM orders WHERE status = 'completed' AND order_date < :day "
        "ORDER BY order_date DESC LIMIT 1",
        {"day": to_iso(utc_now() - timedelta(days=3))},
    )
    key = {"store_id": sold["store_id"], "order_id": "late"}
    await session.query("INSERT INTO orders DOCUMENTS (:one)", {"one": {**sold, **key, "_id": key}})

    def marked() -> list[Line]:
        return [one for one in state.state.periods or () if one.was is not None]

    await until(lambda: marked() and not state.look.running, "the mark", 20)
    (line,) = marked()
    assert line.was == (line.count - 1, line.cents)
    (bar,) = [one for one in screen.time.bars if one.label == f"{line.label}*"]
    assert "after it was over: was $" in bar.sentence
