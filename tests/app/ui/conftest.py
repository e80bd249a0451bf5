"""The tests of the screens run on the loop of the running program: Qt's, through qasync."""

from __future__ import annotations

import asyncio
import contextvars
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
import pytestqt.plugin
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QSettings
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app.client import Client
from app.data.store.session import Session
from app.domain.entities import Role
from app.run import utc_now
from app.settings import Settings
from app.ui.core.appearance import Appearance
from tests.helpers.hands import Hands
from tests.helpers.shared import copied

T = TypeVar("T")

# Tests draw into memory unless the caller names another platform.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Numbers and days are written as on this computer: the tests read them as in the US.
QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))

# WORKAROUND: pytest-qt 4.5 lets Qt work between a test and its fixtures, and with it the tasks and
# timers of qasync's loop, which does not run then: they end in "no running event loop".
pytestqt.plugin._process_events = lambda: None


class _Loop(QEventLoop):  # type: ignore[misc]  # qasync has no types
    """WORKAROUND: qasync 0.28 does the same once more when a test or a fixture is done."""

    def run_until_complete(self, future: Awaitable[T]) -> T:
        task = asyncio.ensure_future(future, loop=self)
        task.add_done_callback(self._end)
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(self._end)
        return task.result()

    def _end(self, _: object) -> None:
        self.stop()

    def call_soon(
        self,
        callback: Callable[..., object],
        *args: object,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        # qasync looks into each callback first, for a quarter of what a turn of the loop takes.
        handle: asyncio.Handle = self._add_callback(asyncio.Handle(callback, args, self, context))
        return handle


@cache
def _application() -> QCoreApplication:
    return QApplication.instance() or QApplication(["zava"])


def _qt_loop() -> asyncio.AbstractEventLoop:
    loop = _Loop(_application())
    loop.set_default_executor(ThreadPoolExecutor(4, "db"))
    assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every async test below this folder runs on Qt's loop."""
    return {"qt": _qt_loop}


@pytest.fixture(scope="module", autouse=True)
def no_widget_is_left() -> Iterator[None]:
    """Takes away what a file of tests left open: every change of the look restyles all there is."""
    yield
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def preferences(tmp_path: Path) -> QSettings:
    """Preferences of one's own."""
    return QSettings(str(tmp_path / "zava.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def appearance(qapp: QApplication, preferences: QSettings) -> Appearance:
    """The light look, on."""
    return Appearance(qapp, preferences, "light")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(
    qapp: QApplication, demo_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    """The whole client on the demo data, opened once for a file of tests.

    Such a file says `pytestmark = pytest.mark.asyncio(loop_scope="module")`: Ditto lives on the
    loop that opened it.
    """
    with copied(demo_template, tmp_path_factory.mktemp("client") / "data") as data_dir:
        client = Client(qapp, Settings(data_dir=data_dir, theme="light"), utc_now)
        await client.start(await Session.open(data_dir))
        yield client
        await client.close()
        client.window.hide()
        client.window.deleteLater()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def person(client: Client) -> Hands:
    """Whoever sits at the client's window."""
    return Hands(client)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rita(person: Hands) -> Hands:
    """A rep, signed in once."""
    await person.begin(Role.REP, name="Rita")
    return person


@pytest_asyncio.fixture(loop_scope="module")
async def hands(person: Hands) -> AsyncIterator[Hands]:
    """Maya, a store worker in Seattle, in an empty Find."""
    await person.go_on()
    yield person
    await person.rest()
