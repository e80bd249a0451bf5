"""Actions that all count: in the order asked for, and a submit only after what worked."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QObject

from app.domain.errors import ZavaError
from app.ui.core.actions import Action, Actions
from tests.helpers.waiting import collect, until


@pytest.fixture
def done() -> list[str]:
    """What was done."""
    return []


def doing(done: list[str], what: str, fails: bool = False) -> Action:
    """An action that takes its time, and fails or is noted."""

    async def work() -> None:
        await asyncio.sleep(0)
        if fails:
            raise ZavaError(what)
        done.append(what)

    return work


async def test_a_submit_waits_and_is_dropped_with_what_failed_before_it(done: list[str]):
    parent = QObject()
    actions = Actions(parent)
    failed = collect(actions.failed)
    actions.add(doing(done, "line"))
    actions.submit(doing(done, "order"))
    actions.add(doing(done, "note", fails=True))
    actions.add(doing(done, "scan"))
    actions.submit(doing(done, "print"))
    await until(lambda: not actions.running, "a rest")
    assert done == ["line", "order", "scan"]
    assert [str(error) for error in failed] == ["note"]
    # What failed before it was asked for is another matter.
    actions.submit(doing(done, "again"))
    await until(lambda: not actions.running, "a rest")
    assert done[-1] == "again"


async def test_a_submit_that_fails_says_so(done: list[str]):
    parent = QObject()
    actions = Actions(parent)
    failed = collect(actions.failed)
    actions.submit(doing(done, "order", fails=True))
    actions.submit(doing(done, "print"))
    await until(lambda: not actions.running, "a rest")
    assert done == []
    assert [str(error) for error in failed] == ["order"]
