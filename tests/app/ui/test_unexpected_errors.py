"""An error that nobody expected: a calm dialog, a log without secrets, and work goes on."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.config.logs import start_log
from app.run import _catch_everything
from app.ui.core.table import RowsTable
from app.ui.low_stock.view_model import LowStockViewModel
from tests.helpers.hands import Hands, cells, dialog, focus, named, texts
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "o.token-of-this-company-0123456789"


@dataclass
class Program:
    """A client that catches everything, as the running program does."""

    hands: Hands
    log: Path

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")

    async def said_calmly(self) -> None:
        """The dialog comes, does not block, and goes."""
        await until(dialog, "the calm dialog")
        shown = dialog()
        assert shown is not None
        assert "Something went wrong" in texts(shown)
        assert any(str(self.log) in text for text in texts(shown))
        assert not any("Traceback" in text for text in texts(shown))
        await self.hands.at_hand()
        assert named(shown, "Go on").hasFocus()
        ticks: list[bool] = []
        QTimer.singleShot(0, lambda: ticks.append(True))
        await until(lambda: ticks, "the loop, which goes on")
        assert shown.isVisible()
        await self.hands.click(named(shown, "Copy details"))
        copied = QApplication.clipboard().text()
        assert "Traceback" in copied and "a bug with" in copied
        assert SECRET not in copied
        assert "***" in copied
        await self.hands.click(named(shown, "Go on"))
        await until(lambda: dialog() is None, "the dialog to close")
        assert "a bug with ***" in self.logged()
        assert SECRET not in self.logged()

    async def goes_on(self) -> None:
        """One can find, open and change something."""
        await self.hands.open()
        before = self.hands.on_hand
        self.hands.workplace.product.setFocus()
        await self.hands.type("+")
        await until(lambda: self.hands.on_hand == before + 1, "the change")


@pytest_asyncio.fixture(loop_scope="module")
async def program(hands: Hands, tmp_path: Path) -> AsyncIterator[Program]:
    """Everything is put back afterwards."""
    loop = asyncio.get_running_loop()
    root = logging.getLogger()
    hook, level, handlers = sys.excepthook, root.level, list(root.handlers)
    log, redaction = start_log(tmp_path, [SECRET])
    _catch_everything(loop, hands.client, redaction, str(log))
    yield Program(hands, log)
    sys.excepthook = hook
    loop.set_exception_handler(None)
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)


def fail(*_: object) -> None:
    raise RuntimeError(f"a bug with {SECRET}")


async def test_in_a_slot(program: Program):
    QTimer.singleShot(0, fail)
    await program.said_calmly()
    await program.goes_on()


async def test_in_a_key_press(program: Program, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(RowsTable, "open_current", fail)
        table = program.hands.workplace.current.findChild(RowsTable)
        assert isinstance(table, RowsTable)
        # From Qt's own loop, as real keys come: QTest would hand the error back to this test.
        key = QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier
        table.setFocus()
        QApplication.postEvent(table, QKeyEvent(*key))
        await program.said_calmly()
    await program.goes_on()


async def test_in_a_task(program: Program):
    async def work() -> None:
        fail()

    task = asyncio.get_running_loop().create_task(work())
    await until(task.done)
    del task
    await program.said_calmly()
    await program.goes_on()


async def test_in_a_command(program: Program, monkeypatch: pytest.MonkeyPatch):
    async def adjust(*_: object, **__: object) -> None:
        fail()

    await program.hands.open()
    before = await program.hands.item()
    with monkeypatch.context() as patch:
        patch.setattr(program.hands.repositories.stock, "adjust", adjust)
        await program.hands.type("-")
        await program.said_calmly()
    assert await program.hands.item() == before
    await program.goes_on()


async def test_in_an_observer_callback(program: Program):
    heard: list[Any] = []

    def on_items(items: list[Any]) -> None:
        heard.append(items)
        if len(heard) == 1:
            fail()

    stop = program.hands.repositories.stock.watch_low("store_seattle", on_items)
    await program.said_calmly()
    await program.goes_on()
    low = next(iter(heard[0]))
    listing = program.hands.repositories.catalogue.listing(low.product_id)
    assert listing is not None
    await program.hands.elsewhere(-1, listing.product.sku)
    await until(lambda: len(heard) > 1, "the live query to go on")
    stop()


async def test_in_a_screen_that_follows_the_store(
    program: Program, monkeypatch: pytest.MonkeyPatch
):
    screen = program.hands.workplace.go("low_stock")
    (table,) = screen.findChildren(RowsTable)
    await until(lambda: cells(table), "low items")

    def fail_once(*_: object) -> None:
        # What is suggested shows the rows a second time.
        monkeypatch.undo()
        fail()

    monkeypatch.setattr(LowStockViewModel, "_row", fail_once)
    await program.hands.elsewhere(-300)
    await program.said_calmly()
    await program.hands.elsewhere(300)
    await program.goes_on()


async def test_many_at_once_are_one_dialog_and_all_in_the_log(program: Program):
    for _ in range(5):
        QTimer.singleShot(0, fail)
    await until(lambda: program.logged().count("a bug with") >= 5, "all in the log")
    await program.said_calmly()
    await settle()
    assert dialog() is None


async def test_a_question_that_is_open_stays_open(program: Program):
    hands = program.hands
    await hands.open()
    hands.workplace.product.place.open_dialog()
    await until(dialog, "the dialog")
    QTimer.singleShot(0, fail)
    await until(lambda: "a bug with ***" in program.logged(), "the log")
    shown = dialog()
    assert shown is not None
    assert shown.windowTitle() == "Move to another place"
    await hands.at_hand()
    assert shown.isAncestorOf(focus())
    shown.reject()


async def test_a_stop_by_the_person_is_not_an_error(program: Program):
    async def forever() -> None:
        await asyncio.sleep(60)

    task = asyncio.get_running_loop().create_task(forever())
    await asyncio.sleep(0)
    task.cancel()
    await settle()
    assert dialog() is None
    assert "unexpected" not in program.logged()
