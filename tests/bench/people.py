"""From the last key of a PIN, or of a badge, to the work of that person on the screen."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.client import Client
from app.domain.entities import Role
from app.domain.staff import BADGE_RANDOM, new_badge
from app.tour.driver import send_scan
from app.ui.shell.workplace import Workplace
from tests.bench.client import until, with_client
from tests.bench.report import Figure, p95
from tests.bench.stores import STORE

_ROUNDS = 15
_PIN = "2719"
_BADGES = {name: new_badge(str(at) * BADGE_RANDOM) for at, name in enumerate(("Ann", "Ben"), 1)}
_PIN_MS, _BADGE_MS = 300.0, 200.0
_REST = 0.5


def measure_people(data_dir: Path) -> list[Figure]:
    """Two people of a store come in by PIN, and take turns by their badges."""

    async def work(client: Client, workplace: Workplace) -> list[Figure]:
        staff = client.repositories.staff
        for name, role in (("Ann", Role.MANAGER), ("Ben", Role.WORKER)):
            person = await staff.add(name, role, [STORE], _PIN, None)
            await staff.set_badge(person, _BADGES[name], None)
        by_pin = [await _enter(client, ("Ann", "Ben")[at % 2]) for at in range(_ROUNDS)]
        # Both have their work behind the lock before the turns are measured.
        by_badge = [await _scan(client, ("Ann", "Ben")[at % 2]) for at in range(_ROUNDS + 3)]
        return [
            *_figures("sign-in by PIN", by_pin[1:], _PIN_MS),
            *_figures("switch to somebody by badge", by_badge[3:], _BADGE_MS),
        ]

    return with_client(data_dir, work)


def _figures(name: str, milliseconds: list[float], limit: float) -> list[Figure]:
    return [
        Figure(
            f"{name}, {label}", "ms", measure(milliseconds), limit=limit, samples=len(milliseconds)
        )
        for label, measure in (("median", statistics.median), ("p95", p95))
    ]


async def _enter(client: Client, name: str) -> float:
    client.show_sign_in()
    await until(lambda: client.workplace is None and client.sign_in_screen is not None)
    screen = client.sign_in_screen
    assert screen is not None
    screen.choose(STORE)
    await until(lambda: screen.pin.isVisible() and screen.person.findText(name) >= 0)
    screen.person.setCurrentText(name)
    screen.pin.setFocus()
    screen.pin.setText(_PIN)
    await asyncio.sleep(_REST)
    began = perf_counter()
    QTest.keyClick(screen.pin, Qt.Key.Key_Return)
    return await _at_work(client, name, began)


async def _scan(client: Client, name: str) -> float:
    await asyncio.sleep(_REST)
    focused = QApplication.focusWidget()
    assert focused is not None
    send_scan(_BADGES[name], focused)
    return await _at_work(client, name, perf_counter())


async def _at_work(client: Client, name: str, began: float) -> float:
    def is_here() -> bool:
        its = client.signed_in
        return client.workplace is not None and its is not None and its.profile.name == name

    await until(is_here)
    client.window.repaint()
    return (perf_counter() - began) * 1000
