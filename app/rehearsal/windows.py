"""`zava rehearse`: two windows on this computer, each a device of its own, and how they meet."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QMainWindow
from rich.console import Console

from app.domain.entities import Role
from app.rehearsal.server import DATABASE, serving
from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.mongodb.server import HOST, free_port
from seed.demo import fill_demo
from seed.mongo.change_streams import enable
from seed.mongo.fill import fill
from seed.options import Options
from seed.progress import OnProgress, progress

_SEED: Final = 1
_LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits at one of the windows."""

    name: str
    role: Role


SEATS: Final = (Seat("Ann", Role.WORKER), Seat("Rob", Role.REP))

TO_TRY: Final = """\
1. Press Start in both windows: Ann is a store worker in Seattle, Rob a sales rep of the same store.
2. Find the same product in both, and remove one in Ann's: Rob sees it at once.
3. Ann: Sync, Go offline. Change stock, undo, move a product: the status line counts what waits.
4. Rob: Switch user, Store worker (a sales rep changes no stock), and remove some too. Then Ann
   goes online again: both are equal.
5. The history of a product explains every unit.
6. Rob: Switch user, and be Tom, a store worker in Tacoma. Both: Go offline. Ann: Transfers, send
   Tacoma ten of something, and ship them. Tom: Transfers, Receive a number: the one that Ann's
   window shows; nine arrived, and one is missing. Both: Go online. Both windows say so.
7. Tom: Switch user, and be a worker in Seattle. Ann: Count a shelf. Tom: remove one of it before
   and one after Ann has counted it, offline or not. Ann: post. No sale is lost or counted twice.
Ctrl+C here, or closing both windows, ends it."""


def rehearse_windows(token: str | None, keep: bool, console: Console) -> int:
    """Open both windows and stay until they are closed; returns the exit code.

    With a licence token for devices nearby they meet directly, else through a MongoDB. Raises
    UserError.
    """
    from app.doctor import display_problem

    if problem := display_problem():
        raise UserError(f"{problem} Without a display there is zava rehearse --headless.")
    today = datetime.now(UTC).date()
    folder = Path(tempfile.mkdtemp(prefix="zava-rehearsal-"))
    # SIGTERM ends it as Ctrl+C does, with everything cleaned up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _rehearse(folder, token, today, console)
    except KeyboardInterrupt:
        return 0
    finally:
        if keep:
            console.print(f"The data is in {folder}.", highlight=False, soft_wrap=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _rehearse(folder: Path, token: str | None, today: date, console: Console) -> int:
    data_dirs = [folder / seat.name.lower() for seat in SEATS]
    _place(data_dirs)
    with _joined(folder, token, today, console) as variables:
        for seat, data_dir in zip(SEATS, data_dirs, strict=True):
            console.print(f"Filling the store of {seat.name}:")
            with progress(console) as on_progress:
                asyncio.run(fill_demo(data_dir, _SEED, today, on_progress))
        windows = [_open(data_dir, its) for data_dir, its in zip(data_dirs, variables, strict=True)]
        console.print(f"\n{TO_TRY}", highlight=False, soft_wrap=True)
        try:
            while any(window.poll() is None for window in windows):
                time.sleep(_LOOK_SECONDS)
        finally:
            _end(windows)
    return int(any(window.returncode for window in windows))


@contextmanager
def _joined(
    folder: Path, token: str | None, today: date, console: Console
) -> Iterator[Sequence[Mapping[str, str]]]:
    """The variables that let the two devices meet: over loopback TCP, or through a MongoDB."""
    if token:
        address = f"{HOST}:{free_port()}"
        console.print(f"With your licence token they meet over TCP, at {address}.")
        yield (
            {"ZAVA_SYNC": "p2p", "ZAVA_TCP_LISTEN": address},
            {"ZAVA_SYNC": "p2p", "ZAVA_TCP_CONNECT": address},
        )
        return
    console.print("Starting a MongoDB, and filling it:")
    with serving(folder / "mongodb") as server:
        with progress(console) as on_progress:
            _fill(server.database, today, on_progress)
        link = {
            "ZAVA_SYNC": "link",
            "MONGODB_LOCAL_CONNECTION_STRING": server.settings.uri,
            "MONGODB_DATABASE": DATABASE,
        }
        yield link, link


def _fill(database: MongoDatabase, today: date, on_progress: OnProgress) -> None:
    for _ in enable(database):
        pass
    # As fill_demo makes them, so that there is nothing to exchange at first.
    fill(database, Options(end=today, seed=_SEED), on_progress)


def _place(data_dirs: Sequence[Path]) -> None:
    """Put the windows side by side, and the names into the sign-in."""
    application = QApplication.instance() or QApplication(["zava"])
    assert isinstance(application, QApplication)
    screen = application.primaryScreen().availableGeometry()
    width = screen.width() // len(SEATS)
    for number, (seat, data_dir) in enumerate(zip(SEATS, data_dirs, strict=True)):
        window = QMainWindow()
        window.setGeometry(screen.x() + number * width, screen.y(), width, screen.height())
        data_dir.mkdir(parents=True)
        preferences = QSettings(str(data_dir / "zava.ini"), QSettings.Format.IniFormat)
        preferences.setValue("window/geometry", window.saveGeometry())
        # Not as flags: whoever switches the user would be asked about these again and again.
        preferences.setValue("profile/store", "store_seattle")
        preferences.setValue("profile/role", seat.role.value)
        preferences.setValue("profile/name", seat.name)
        preferences.sync()


def _open(data_dir: Path, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "run", "--data-dir", str(data_dir)],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        # Ctrl+C is for this program, which then ends them.
        start_new_session=True,
    )


def _end(windows: Sequence[subprocess.Popen[bytes]]) -> None:
    for window in windows:
        if window.poll() is None:
            window.terminate()
    for window in windows:
        try:
            window.wait(20)
        except subprocess.TimeoutExpired:
            window.kill()
            window.wait()
