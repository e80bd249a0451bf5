"""The Closing screen on a real store: a day is closed, printed, compared and taken back."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QFileDialog, QPushButton

from app.domain.entities import Actor, Device, Profile, Role
from app.domain.orders import Order
from app.run import utc_now
from app.ui.closing.screen import ClosingScreen
from app.ui.core.formats import money, shown_day
from app.ui.shell.window import MINIMUM
from tests.app.ui.test_fits import problems
from tests.helpers import pdfs
from tests.helpers.hands import ALT, CONTROL, Hands, cells, dialog, focus
from tests.helpers.papers import choose_file_of, save_as
from tests.helpers.sales import Counter
from tests.helpers.stock_room import SEATTLE, StockRoom
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

BEN = Actor(Profile(SEATTLE, Role.MANAGER, "Ben"), Device("device-of-ben", "office"))
DAY = timedelta(days=1)


async def enter(hands: Hands) -> ClosingScreen:
    """The screen, with a day that is added up."""
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_E, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, ClosingScreen)
    await known(screen)
    return screen


async def known(screen: ClosingScreen) -> None:
    """Wait until it is known what the day comes to."""
    model = screen.view_model
    await until(lambda: model.state.book is not None and not model.look.running, "the day", 20)


async def sold(hands: Hands, quantity: int = 2) -> Order:
    """Somebody buys something now, at another counter of the same store."""
    counter = Counter(StockRoom(hands.client.session))
    counter.room.clock.now = utc_now()
    return await counter.sold(await counter.room.items(limit=2), quantity)


def shown(screen: ClosingScreen, figure: str, part: str = "") -> list[str]:
    """The cells of a figure: when closed, since then, and now."""
    found = [one[2:] for one in cells(screen.table) if one[1] == figure and part in ("", one[0])]
    assert len(found) == 1, figure
    return found[0]


async def test_a_day_is_closed_by_keyboard_and_what_comes_later_stands_beside_it(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    await hands.begin(role=Role.MANAGER)
    screen = await enter(hands)
    model = screen.view_model
    await until(screen.table.hasFocus, "the keyboard")
    assert screen.table.isColumnHidden(2)
    before = shown(screen, "Orders", "Sales")[2]
    first = await sold(hands)
    await until(lambda: shown(screen, "Orders", "Sales")[2] != before, "the order", 20)
    assert int(shown(screen, "Orders", "Sales")[2]) == int(before) + 1
    assert "The day is not over" in screen._about.text()

    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: screen._pill.text() == "Closed", "it closed", 20)
    assert model.state.message.text.endswith("is closed. Print it with Ctrl+P.")
    assert "Nothing has changed since closing." in screen._about.text()
    assert not screen.close_button.isEnabled()
    kept = shown(screen, "Sales, before tax")[0]

    second = await sold(hands, 1)
    more = second.subtotal - second.discount
    since = f"Since closing: +1 order, +{money(more)} before tax."
    await until(lambda: since in screen._about.text(), "the difference", 20)
    assert shown(screen, "Sales, before tax")[:2] == [kept, f"+{money(more)}"]
    assert shown(screen, f"{first.signature.who}, orders")[1] == "+1"

    await hands.press(Qt.Key.Key_P, CONTROL)
    await save_as(tmp_path / "day.pdf")
    await until((tmp_path / "day.pdf").exists, "the paper")
    await until(lambda: not screen._printing.running, "it written")
    pages = " ".join(pdfs.read(tmp_path / "day.pdf", scan=False).pages)
    for words in (since, "When closed", "by Maya on", "Sales tax 10.1%", f"+{money(more)}"):
        assert words in pages

    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: model.state.message.is_problem, "that it is closed")
    assert "Maya has closed this day already" in model.state.message.text

    await hands.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: dialog() is not None, "the question", 20)
    question = dialog()
    assert question is not None
    assert question.windowTitle() == f"Undo closing of {model.state.day.isoformat()}?"
    await hands.click(question.findChildren(QPushButton)[-1])
    await until(lambda: screen._pill.text() == "Open", "it open again", 20)
    assert screen.table.isColumnHidden(2)


async def test_a_day_is_closed_by_mouse_and_goes_into_a_file(hands: Hands, tmp_path: Path) -> None:
    await hands.begin(role=Role.WORKER, name="Ann")
    await hands.click(hands.workplace.rail.button("closing"))
    screen = hands.workplace.current
    assert isinstance(screen, ClosingScreen)
    await known(screen)
    await sold(hands)
    await known(screen)
    await hands.click(screen.close_button)
    await until(lambda: screen._pill.text() == "Closed", "it closed", 20)
    file = tmp_path / "day.csv"
    await hands.click(screen.csv)
    await until(lambda: isinstance(dialog(), QFileDialog), "the file dialog")
    choose_file_of(file)
    await until(file.exists, "the file")
    await until(lambda: not screen.view_model.export.running, "it written")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        written = {one["Figure"]: one for one in csv.DictReader(opened)}
    its = written["Sales, before tax"]
    figures = screen.view_model.state.book
    assert figures is not None
    takings = figures.figures.takings
    assert its["Day"] == f"'{screen.view_model.state.day.isoformat()}"
    assert its["Now"] == its["Now, returns on the day of the sale"] == f"{takings.kept('sale'):.2f}"
    assert its["Now, returns on the day they came"] == f"{takings.kept('return'):.2f}"
    assert its["When closed"] == its["Now"]
    hands.window.resize(*MINIMUM)
    await settle()
    assert problems(hands.window) == []
    hands.window.resize(1280, 800)


async def test_days_are_walked_and_typed(hands: Hands) -> None:
    await hands.begin(role=Role.MANAGER)
    screen = await enter(hands)
    model = screen.view_model
    today = model.today
    assert not screen.later.isEnabled()
    await hands.press(Qt.Key.Key_Left)
    await known(screen)
    assert model.state.day == today - DAY
    assert screen.day.text() == shown_day(today - DAY)
    await hands.press(Qt.Key.Key_Right)
    await hands.press(Qt.Key.Key_Right)
    assert model.state.day == today
    await hands.click(screen.earlier)
    await hands.click(screen.earlier)
    assert model.state.day == today - 2 * DAY
    await hands.click(screen.today)
    assert model.state.day == today
    screen.focus_first()
    await hands.type("d")
    assert focus() is screen.day
    await hands.type("yesterday")
    await hands.press(Qt.Key.Key_Return)
    await known(screen)
    assert (model.state.day, focus()) == (today - DAY, screen.table)
    await hands.type("d")
    await hands.type((today - 3 * DAY).isoformat())
    await hands.press(Qt.Key.Key_Return, CONTROL)
    assert model.state.day == today - 3 * DAY
    assert "look at it, then close it with Ctrl+Enter" in model.state.message.text
    await known(screen)
    assert model.state.standing is None
    await hands.type("d")
    for wrong, said in (("tomorrow", "has not begun"), ("soon", "Type a day such as")):
        screen.day.selectAll()
        await hands.type(wrong)
        await hands.press(Qt.Key.Key_Return)
        assert said in screen._field.error
        assert (focus(), screen.day.text()) == (screen.day, wrong)
        await hands.press(Qt.Key.Key_P, CONTROL)
        assert dialog() is None
        assert model.state.day == today - 3 * DAY
    await hands.click(screen.today)
    assert (model.state.day, screen._field.error) == (today, "")
    await known(screen)


async def test_the_oldest_day_that_nobody_closed_is_shown_first(hands: Hands) -> None:
    await hands.begin(role=Role.MANAGER)
    screen = await enter(hands)
    today = screen.view_model.today
    closings = hands.repositories.closings
    order = await sold(hands, 1)
    key = {"id": {"store_id": SEATTLE, "order_id": order.order_id}}
    await hands.client.session.query(
        "UPDATE orders SET order_date = :at WHERE _id = :id",
        {**key, "at": f"{today - 2 * DAY}T20:00:00.000Z"},
    )
    await closings.close(today - 4 * DAY, BEN)
    hands.workplace.go("find")
    screen = await enter(hands)
    unclosed = screen.view_model.state.unclosed
    assert today - 2 * DAY in unclosed
    assert screen.view_model.state.day == unclosed[0]
    await hands.type("t")
    await known(screen)
    await hands.click(screen.oldest)
    assert screen.view_model.state.day == unclosed[0]
    await known(screen)
    hands.workplace.open_item("closing", (today - DAY).isoformat())
    assert screen.view_model.state.day == today - DAY
    await known(screen)


async def test_a_rep_closes_no_day(hands: Hands) -> None:
    await hands.begin(role=Role.REP)
    assert not hands.workplace.has("closing")
