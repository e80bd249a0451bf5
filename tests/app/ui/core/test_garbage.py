"""Garbage is collected on the thread of Qt, whoever asks for memory."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject

from app.ui.core.garbage import GarbageCollector
from tests.helpers.waiting import until


class Circle:
    """A widget and what it belongs to hold each other, as they do on every screen."""

    def __init__(self, ended: list[str]) -> None:
        self.held = QObject()
        self.held.setProperty("name", "of a circle")
        self.me = self
        weakref.finalize(self, lambda: ended.append(threading.current_thread().name))


def decode() -> None:
    """Ask for as much memory as a thread does that decodes documents."""
    kept = [[at] for at in range(200_000)]
    assert len(kept) == 200_000


async def test_no_other_thread_destroys_a_widget(qapp):
    gc.collect()
    garbage = GarbageCollector()
    ended: list[str] = []
    try:
        for _ in range(50):
            Circle(ended)
        thread = threading.Thread(target=decode, name="decoding")
        thread.start()
        thread.join()
        assert "decoding" not in ended
        kept = [[at] for at in range(5_000)]
        await until(lambda: len(ended) == 50, "them to be collected")
        assert kept
    finally:
        garbage.close()
    assert set(ended) == {threading.main_thread().name}
    assert gc.isenabled()
