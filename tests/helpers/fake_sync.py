"""In-memory stand-ins for sync: they keep its promises, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from app.data.sync.delivery import Delivery, Waiting
from app.data.sync.modes import HERE, Mode, ways
from app.data.sync.space import Room
from app.data.sync.state import Phase, Report, SyncState
from app.data.sync.transports import Transport
from app.domain.errors import FaultyDocumentError, SyncError
from app.settings import Settings
from app.ui.core.code_reader import CodeReader
from app.ui.core.scanner_settings import ScannerSettings
from app.ui.core.sounds import Sounds
from app.ui.sync.scanner_view_model import ScannerViewModel
from connector_config.store.outbox import text_of
from tests.helpers.fakes import FakeSpeaker
from tests.helpers.programs import ROOT

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)


class FakeKeys(QObject):
    """The keys of a scanner that nobody uses."""

    heard = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.reader = CodeReader(ScannerSettings(), lambda _: False)
        self.only_heard = False


def scanner(preferences: QSettings) -> ScannerViewModel:
    """The scanner of a Sync screen that is about something else."""
    keys = FakeKeys()
    return ScannerViewModel(keys, preferences, Sounds(preferences, FakeSpeaker(), keys))


class _Heard:
    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    @property
    def listening(self) -> int:
        """How many hear of changes."""
        return len(self._listeners)

    def on_changed(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self) -> None:
        """Something is new."""
        for listener in tuple(self._listeners):
            listener()


class FakeSync(_Heard):
    """Sync in memory; `asked` lists what a person asked for, `refusal` makes it fail."""

    def __init__(self, mode: Mode = Mode.OFFLINE) -> None:
        super().__init__()
        self.state = SyncState(
            mode,
            f"no Ditto credentials; {HERE}" if mode is Mode.OFFLINE else "its settings are there",
            Report(Phase.OFF if mode is Mode.OFFLINE else Phase.CONNECTING),
            ways=ways(Settings(ROOT)),
        )
        self.asked: list[object] = []
        self.refusal: SyncError | None = None
        self.documents: dict[str, int] = {}

    def change(self, **changes: Any) -> None:
        """Be in another state; fields of the report are taken as such."""
        report = {name: changes.pop(name) for name in Report.__slots__ if name in changes}
        self.state = replace(self.state, report=replace(self.state.report, **report), **changes)
        self.tell()

    async def go_offline(self) -> None:
        self._ask("offline")
        self.change(phase=Phase.PAUSED)

    async def go_online(self) -> None:
        self._ask("online")
        self.change(phase=Phase.CONNECTED)

    async def set_road(self, road: Transport, is_open: bool) -> None:
        self._ask((road, is_open))

    async def choose_stores(self, store_ids: Sequence[str]) -> None:
        self._ask(tuple(store_ids))
        self.change(stores=tuple(store_ids))

    async def documents_of(self, store_id: str) -> int | None:
        return self.documents.get(store_id)

    async def sign_in(self, user: str, password: str) -> None:
        self._ask((user, password))
        self.change(phase=Phase.CONNECTED, user=user)

    async def sign_out(self, remove: bool) -> None:
        self._ask(remove)
        self.change(phase=Phase.SIGNED_OUT, user="")

    def _ask(self, what: object) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append(what)


class FakeDeliveries(_Heard):
    """The outbox in memory; what is in `gone` has left, what is in the page waits."""

    def __init__(self) -> None:
        super().__init__()
        self.page: tuple[Waiting, ...] = ()
        self.gone: dict[str, Delivery] = {}

    async def deliveries_of(self, collection: str, document_ids: Sequence[Any]) -> list[Delivery]:
        waiting = {text_of(one.document_id) for one in self.page if one.collection == collection}
        return [
            Delivery(False)
            if text_of(one) in waiting
            else self.gone.get(text_of(one), Delivery(True))
            for one in document_ids
        ]


class FakeFaultyDocuments:
    """Faulty documents that somebody has put there; while `found` is not set, it looks for them."""

    def __init__(self, *documents: FaultyDocumentError) -> None:
        self.documents = list(documents)
        self.found = asyncio.Event()
        self.found.set()

    async def find(self) -> list[FaultyDocumentError]:
        await self.found.wait()
        return list(self.documents)


class FakeSpace:
    """Room on a device that is not there."""

    total = 37_000_000

    async def rooms(self) -> list[Room]:
        return [Room("orders", 5000, 2_400_000), Room("stores", 8, 4_000)]
