"""A rep at the orders."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.helpers.hands import ALT, Hands
from tests.helpers.orders_page import Desk
from tests.helpers.waiting import until


@pytest_asyncio.fixture(loop_scope="module")
async def desk(rita: Hands) -> AsyncIterator[Desk]:
    """All orders, come to by their key."""
    await rita.press(Qt.Key.Key_R, ALT)
    desk = Desk(rita)
    desk.screen.view_model.close()
    desk.screen.orders.filters.clear()
    desk.screen.focus_first()
    await until(lambda: bool(desk.state.orders), "orders")
    yield desk
    while covering := QApplication.activeModalWidget():
        covering.close()
    await desk.rest()
