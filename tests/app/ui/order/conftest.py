"""A rep at the screen of an order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.helpers.hands import ALT, Hands
from tests.helpers.till import Till
from tests.helpers.waiting import settle


@pytest_asyncio.fixture(loop_scope="module")
async def till(rita: Hands) -> AsyncIterator[Till]:
    """An empty cart in the screen, come to by its key."""
    await rita.press(Qt.Key.Key_O, ALT)
    till = Till(rita)
    await till.stored()
    while till.state.carts:
        till.screen.view_model.open(till.state.carts[0].cart_id)
        till.screen.view_model.discard()
        await till.stored()
    till.screen.view_model.begin()
    till.screen.focus_first()
    await settle()
    yield till
    while covering := QApplication.activeModalWidget():
        covering.close()
    await till.stored()
