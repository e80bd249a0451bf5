"""A manager's stores: ticked with keys and clicks, said in a sentence, and applied."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.data.sync.credentials import Grant
from app.data.sync.modes import Mode
from app.data.sync.state import Phase
from app.domain.entities import Store
from app.domain.errors import SyncError
from app.ui.core.appearance import Appearance
from app.ui.sync.screen import SyncScreen
from app.ui.sync.stores import StoresPanel
from app.ui.sync.stores_view_model import HELD, StoresViewModel
from app.ui.sync.view_model import SyncViewModel
from tests.helpers.fake_sync import (
    FakeDeliveries,
    FakeFaultyDocuments,
    FakeSpace,
    FakeSync,
    scanner,
)
from tests.helpers.fakes import FakeCatalogue, FakeStockRepository
from tests.helpers.hands import texts
from tests.helpers.waiting import settle

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = ("seattle", "spokane", "tacoma")
SEATTLE, SPOKANE, TACOMA = (f"store_{name}" for name in NAMES)
STORES = [Store(f"store_{name}", f"Zava Retail {name.title()}", name.title()) for name in NAMES]


class StoresTab:
    """The Sync screen of a manager who works in Seattle and holds nothing else."""

    def __init__(self, appearance: Appearance, preferences: QSettings) -> None:
        self.sync = FakeSync(Mode.LINK)
        self.sync.change(phase=Phase.CONNECTED, stores=(SEATTLE,))
        self.sync.documents = {SEATTLE: 2913, SPOKANE: 1825, TACOMA: 2244}
        self.model = StoresViewModel(self.sync, STORES, SEATTLE)
        view_model = SyncViewModel(
            self.sync,
            FakeDeliveries(),
            FakeSpace(),
            FakeStockRepository([]),
            FakeCatalogue([], []),
            FakeFaultyDocuments(),
        )
        self.screen = SyncScreen(view_model, appearance, scanner(preferences), self.model)
        self.screen.resize(1024, 600)
        self.screen.show()
        self.screen.activate()
        self.screen.open_item("stores")
        (self.panel,) = self.screen.findChildren(StoresPanel)

    @property
    def ticked(self) -> list[str]:
        return [its for its, box in self.panel.boxes.items() if box.isChecked()]

    @property
    def meaning(self) -> str:
        return self.panel.meaning.text()


@pytest.fixture
async def tab(qapp: QApplication, appearance: Appearance, preferences: QSettings) -> StoresTab:
    tab = StoresTab(appearance, preferences)
    await settle()
    return tab


async def test_it_shows_what_is_here_and_what_could_come(tab: StoresTab):
    assert tab.screen.tabs.button("stores").text() == "Stores (1)"
    assert tab.ticked == [SEATTLE]
    assert tab.meaning == HELD
    shown = texts(tab.panel)
    assert "You work here  \N{MIDDLE DOT}  2,913 documents on this device" in shown
    assert "2,244 documents to get" in shown
    # The store that is worked in cannot be taken out.
    assert not tab.panel.boxes[SEATTLE].isEnabled()
    assert not tab.panel.apply.isEnabled()
    tab.screen.deactivate()


async def test_a_store_is_chosen_with_keys_and_comes_when_it_is_applied(tab: StoresTab):
    box = tab.panel.boxes[SPOKANE]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is tab.panel.boxes[TACOMA]
    assert tab.meaning == "Spokane comes to this device: 1,825 documents."
    QTest.keyClick(tab.panel.boxes[TACOMA], Qt.Key.Key_Space)
    assert tab.meaning == "Spokane and Tacoma come to this device: 4,069 documents."
    assert tab.sync.asked == []
    QTest.keyClick(tab.panel.apply, Qt.Key.Key_Return)
    await settle()
    assert tab.sync.asked == [(SEATTLE, SPOKANE, TACOMA)]
    assert tab.screen.tabs.button("stores").text() == "Stores (3)"
    assert tab.meaning == HELD
    tab.screen.deactivate()


async def test_what_is_taken_out_is_said_with_what_stays(tab: StoresTab):
    tab.sync.change(stores=(SEATTLE, TACOMA))
    await settle()
    tab.panel.boxes[TACOMA].click()
    assert "Tacoma leaves this device as soon as it is connected: 2,244 documents" in tab.meaning
    assert "What was done here stays until it is delivered." in tab.meaning
    tab.panel.reset.click()
    assert (tab.ticked, tab.meaning) == ([SEATTLE, TACOMA], HELD)
    tab.panel.none.click()
    assert tab.ticked == [SEATTLE]
    # Nobody knows: MongoDB is away.
    tab.sync.documents = {}
    tab.sync.change(phase=Phase.TROUBLE)
    await settle()
    assert "as soon as it is connected: its customers" in tab.meaning
    tab.panel.apply.click()
    await settle()
    tab.sync.change(leaving=True)
    assert tab.meaning.endswith("leaves as soon as this device is connected.")
    tab.sync.change(phase=Phase.CONNECTED)
    assert tab.meaning.endswith("is leaving, but for what has not been delivered.")
    tab.screen.deactivate()


async def test_what_changes_while_it_is_counted_is_counted_again(tab: StoresTab):
    asked: list[str] = []
    answer = tab.sync.documents_of

    async def slowly(store_id: str) -> int | None:
        asked.append(store_id)
        if len(asked) == 1:
            # The link begins to answer just after it was asked.
            tab.sync.change(phase=Phase.CONNECTED)
            return None
        return await answer(store_id)

    tab.sync.documents_of = slowly  # type: ignore[method-assign]
    tab.sync.change(phase=Phase.TROUBLE)
    await settle()
    assert [row.documents for row in tab.model.state.rows] == [2913, 1825, 2244]
    tab.screen.deactivate()


async def test_all_are_those_of_the_login(tab: StoresTab):
    tab.sync.change(grant=Grant("manager", (SEATTLE, TACOMA)))
    tab.panel.all.click()
    assert tab.ticked == [SEATTLE, TACOMA]
    assert not tab.panel.boxes[SPOKANE].isEnabled()
    assert any(text.startswith("Not in your login") for text in texts(tab.panel))
    # What was chosen with another login can be taken out, and not be ticked again.
    tab.sync.change(stores=(SEATTLE, SPOKANE))
    tab.panel.reset.click()
    tab.panel.boxes[SPOKANE].click()
    assert not tab.panel.boxes[SPOKANE].isEnabled()
    tab.screen.deactivate()


async def test_what_fails_is_said_and_the_ticks_stay(tab: StoresTab):
    tab.sync.refusal = SyncError("The disk is full.")
    tab.panel.all.click()
    tab.panel.apply.click()
    await settle()
    assert "The disk is full." in texts(tab.panel)
    assert tab.ticked == [SEATTLE, SPOKANE, TACOMA]
    assert tab.panel.apply.isEnabled()
    tab.screen.deactivate()
    assert tab.sync.listening == 0
