"""A rep at the orders."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.helpers.hands import ALT, Hands
from tests.helpers.orders_page import OrdersPage
from tests.helpers.waiting import until


@pytest_asyncio.fixture(loop_scope="module")
async def orders_page(rita: Hands) -> AsyncIterator[OrdersPage]:
    """All orders, come to by their key."""
    await rita.press(Qt.Key.Key_R, ALT)
    orders_page = OrdersPage(rita)
    orders_page.screen.view_model.close()
    orders_page.screen.orders.filters.clear()
    orders_page.screen.focus_first()
    await until(lambda: bool(orders_page.state.orders), "orders")
    yield orders_page
    while covering := QApplication.activeModalWidget():
        covering.close()
    await orders_page.rest()
