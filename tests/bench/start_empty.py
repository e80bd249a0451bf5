"""The baseline of the start: an empty window, painted, and `Ditto.open` on a filled store."""

from __future__ import annotations

import asyncio
import signal
import sys
import time

from ditto import Ditto, DittoConfig, DittoConfigConnect, DittoLogger, LogLevel
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from connector_config.schema.collections import DATABASE_ID


class _Window(QMainWindow):
    painted = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted = True


async def _open(directory: str) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    DittoLogger.minimum_log_level = LogLevel.ERROR  # as in the client: logging would slow it down
    config = DittoConfig(
        database_id=DATABASE_ID,
        connect=DittoConfigConnect.small_peers_only(),
        persistence_directory=directory,
    )
    async with Ditto.open(config):
        print(time.monotonic(), flush=True)
        await ended.wait()


if __name__ == "__main__":
    application = QApplication(["empty"])
    window = _Window()
    window.resize(1280, 800)
    window.show()
    while not window.painted:
        application.processEvents()
    asyncio.run(_open(sys.argv[1]))
