"""Runs the window: one asyncio loop for Qt and Ditto, and a clean end."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app.config.logs import start_log
from app.data.store.session import Session
from app.data.sync.modes import Mode, choose, connection
from app.settings import Settings
from app.telling import tell
from connector_config import __version__
from connector_config.errors import UserError
from connector_config.log_lines import LogLines
from connector_config.schema.collections import synced

if TYPE_CHECKING:
    from app.client import Client
    from app.ui.core.sounds import Speaker

DESKTOP_ENTRY: Final = "zava"
"""The name of the file that stands for the program in the menu of a desktop."""

_ICON = Path(__file__).parent / "ui/zava.svg"
_log = logging.getLogger("zava")


def utc_now() -> datetime:
    """The current time in UTC, the clock of the running program."""
    return datetime.now(UTC)


def run(settings: Settings) -> int:
    """Open the window and stay until it is closed; returns the exit code."""

    async def stay(client: Client, closing: asyncio.Event) -> int:
        client.window.show()
        await closing.wait()
        return 0

    from app.ui.core.speaker import ComputerSpeaker

    return run_client(settings, stay, ComputerSpeaker)


def run_client(
    settings: Settings,
    work: Callable[[Client, asyncio.Event], Awaitable[int]],
    make_speaker: Callable[[], Speaker] | None = None,
) -> int:
    """Start the client, do `work` on it, and end cleanly; returns the exit code.

    `closing` is set when the window is closed or the process is asked to end. It is silent unless
    it is given a speaker.
    """
    # First of all, so that what Qt and the store say goes there and not to stderr.
    log, lines = start_log(settings.data_dir, settings.secrets.values())
    qInstallMessageHandler(_on_qt_message)
    application = QApplication.instance() or QApplication(["zava"])
    assert isinstance(application, QApplication)
    application.setApplicationName("Zava retail")
    application.setApplicationVersion(__version__)
    application.setQuitOnLastWindowClosed(False)
    application.setDesktopFileName(DESKTOP_ENTRY)
    application.setWindowIcon(QIcon(str(_ICON)))
    try:
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            return runner.run(_main(application, settings, work, make_speaker, log, lines))
    except UserError as error:
        print(f"zava: {error}", file=sys.stderr)
        tell(str(error))
        return 1
    except Exception:
        _log.exception("cannot run")
        print(f"zava: That failed, and it is our mistake; details are in {log}.", file=sys.stderr)
        return 1


async def _main(
    application: QApplication,
    settings: Settings,
    work: Callable[[Client, asyncio.Event], Awaitable[int]],
    make_speaker: Callable[[], Speaker] | None,
    log: Path,
    lines: LogLines,
) -> int:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(8, "db"))
    closing = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, closing.set)
    # A mode without its settings is said before anything is opened.
    mode = choose(settings).mode
    opening = asyncio.ensure_future(
        Session.open(settings.data_dir, utc_now, connection(settings, mode))
    )
    await asyncio.sleep(0)
    # The store is being opened beside Python: meanwhile the screens are loaded and the window made.
    from app.client import Client

    client = Client(application, settings, utc_now, make_speaker() if make_speaker else None)
    if mode is not Mode.OFFLINE:
        # What a device asks for is read from a file, which costs nothing as long as that goes on.
        synced()
    session = await opening
    client.window.closing.connect(closing.set)
    _catch_everything(loop, client, lines, str(log))
    _log.info("started %s on %s", __version__, settings.data_dir)
    try:
        await client.start(session)
        gc.freeze()
        gc.enable()
        return await work(client, closing)
    finally:
        client.window.hide()
        await client.close()
        _log.info("ended")


def _catch_everything(
    loop: asyncio.AbstractEventLoop, client: Client, lines: LogLines, log: str
) -> None:
    """Unexpected errors go to the log and, calmly, to the person; never to a traceback."""

    def report(error: BaseException) -> None:
        details = lines.redact("".join(traceback.format_exception(error)))
        _log.error("unexpected", exc_info=error)
        window = client.window if client.window.isVisible() else None
        if window is not None and QApplication.activeModalWidget() is None:
            from app.ui.core.dialogs import show_failure

            said = str(error) if isinstance(error, UserError) else ""
            show_failure(window, said, details, log)

    def on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            report(error)
        else:
            _log.error("loop: %s", context.get("message"))

    def on_error(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        report(error)

    loop.set_exception_handler(on_loop_error)
    sys.excepthook = on_error


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if kind is QtMsgType.QtFatalMsg:
        # Qt would abort with a core dump, for example where the display cannot be opened.
        print(
            f"zava: The window cannot be opened ({message.splitlines()[0]}). "
            "Run `zava doctor` to see what is missing.",
            file=sys.stderr,
            flush=True,
        )
        os._exit(1)
    logging.getLogger("qt").warning("%s", message)
