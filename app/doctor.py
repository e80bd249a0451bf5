"""`zava doctor`: what is here, what is missing, and the fix for each finding."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.config.system_libraries import missing
from app.data.stock.catalogue import StoreDirectory
from app.data.store.faulty import DittoFaultyDocuments
from app.data.store.session import Session, store_in_use
from app.data.sync.modes import Mode, choose, connection
from app.domain.errors import FaultyDocumentError, SyncError
from app.domain.shop_days import zones_problem
from app.settings import SECRETS, Settings
from connector_config.errors import UserError
from connector_config.paths import DataDirectoryError, prepare_directory, store_directory
from connector_config.privacy import close_to_others
from connector_config.variables import settings_file
from connector_config.wording import counted

_SHOWN = 20
GOOD, NOTE, BAD = "ok", "note", "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; `fix` is empty where nothing needs fixing.

    Only a `problem` keeps `zava run` from working.
    """

    level: str
    subject: str
    text: str
    fix: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything `zava run` needs."""
    return [
        _python(),
        _package("dittolive-ditto", "Ditto SDK"),
        _package("PySide6-Essentials", "Qt for Python"),
        _libraries(),
        _display(),
        *_settings(settings),
        *_sync(settings),
        *_data_folder(settings),
        *_credentials(settings),
    ]


def report(findings: list[Finding]) -> int:
    """Print the findings; returns the exit code, 1 when `zava run` would fail."""
    for finding in findings:
        mark = {GOOD: "ok     ", NOTE: "note   ", BAD: "PROBLEM"}[finding.level]
        print(f"{mark}  {finding.subject}: {finding.text}")
        if finding.fix:
            print(f"         fix: {finding.fix}")
    problems = sum(finding.level == BAD for finding in findings)
    print(
        f"\n{counted(problems, 'problem')}: `zava run` cannot work yet."
        if problems
        else "\nEverything that `zava run` needs is here."
    )
    return 1 if problems else 0


def display_problem() -> str:
    """Why a window cannot be opened, with the fix; empty when it can."""
    finding = _display()
    return f"{finding.text} {finding.fix}" if finding.level == BAD else ""


def _python() -> Finding:
    version = platform.python_version()
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return Finding(GOOD, "Python", version)
    return Finding(BAD, "Python", version, "use Python 3.11, 3.12 or 3.13")


def _package(name: str, subject: str) -> Finding:
    from importlib import metadata  # `run` asks for the display only

    try:
        return Finding(GOOD, subject, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(BAD, subject, "not installed", "run `make run`, which installs it")


def _libraries() -> Finding:
    packages = " ".join(sorted({package for _, package in missing("run")}))
    if sys.platform != "linux" or not packages:
        return Finding(GOOD, "System libraries", "all there")
    install = "sudo apt-get install " if shutil.which("apt-get") else "install "
    return Finding(BAD, "System libraries", f"{packages} missing", install + packages)


def _display() -> Finding:
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return Finding(GOOD, "Display", os.environ.get("QT_QPA_PLATFORM", "the desktop"))
    if wayland := os.environ.get("WAYLAND_DISPLAY"):
        return Finding(GOOD, "Display", f"Wayland {wayland}")
    display = os.environ.get("DISPLAY")
    if not display:
        return Finding(
            BAD,
            "Display",
            "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set).",
            "Start it on a desktop, or make pictures with `zava tour`.",
        )
    if display.startswith(":") and not _answers(display):
        return Finding(
            BAD,
            "Display",
            f"The display {display} does not answer.",
            "Set DISPLAY to a running one, or make pictures with `zava tour`.",
        )
    return Finding(GOOD, "Display", f"X11 {display}")


def _answers(display: str) -> bool:
    number = display.removeprefix(":").split(".")[0]
    # The abstract name first: some servers have no file in /tmp.
    for address in (f"\0/tmp/.X11-unix/X{number}", f"/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False


def _data_folder(settings: Settings) -> Iterator[Finding]:
    directory = settings.data_dir
    try:
        prepare_directory(directory)
    except DataDirectoryError as error:
        yield Finding(BAD, "Data folder", str(error), "see there, or give another with --data-dir")
        return
    yield Finding(GOOD, "Data folder", str(directory))
    yield _other_users(directory)
    if store_in_use(directory):
        yield Finding(BAD, "Local store", "a running Zava holds it", "use that window, or close it")
        return
    if not store_directory(directory).exists():
        yield Finding(NOTE, "Local store", "empty", "start `zava`, which asks how to begin")
        return
    try:
        refused, faults, zones = asyncio.run(_try_store(settings))
    except UserError as error:
        yield Finding(BAD, "Local store", str(error), "see there")
    else:
        if refused:
            yield Finding(NOTE, "Licence", refused, "until then the app works without sync")
        size = sum(_size(file) for file in store_directory(directory).rglob("*"))
        yield Finding(GOOD, "Local store", f"{size / 1_000_000:,.1f} MB")
        if zones:
            yield Finding(NOTE, "Time zone", zones, "see there; until then all else works")
        yield from _faulty(faults)


def _faulty(faults: list[FaultyDocumentError]) -> Iterator[Finding]:
    for fault in faults[:_SHOWN]:
        yield Finding(
            NOTE,
            "Faulty document",
            f"{fault.collection} {fault.key}: {fault.brief}",
            "correct it in MongoDB or in the back office; until then all else works",
        )
    if len(faults) > _SHOWN:
        rest = counted(len(faults) - _SHOWN, "more document")
        yield Finding(NOTE, "Faulty documents", f"{rest} like these; Sync lists them")


def _other_users(directory: Path) -> Finding:
    closed = close_to_others(directory)
    if closed.still_open:
        first = closed.still_open[0]
        return Finding(
            NOTE, "Other users", f"may read {first}", f"as its owner: chmod -R go= {first}"
        )
    if closed.changed:
        return Finding(NOTE, "Other users", "could read the data folder, and cannot any more")
    return Finding(GOOD, "Other users", "cannot read what Zava keeps")


def _settings(settings: Settings) -> Iterator[Finding]:
    files = [str(one) for one in (settings_file(), Path(".env").absolute()) if one.is_file()]
    yield Finding(GOOD, "Settings", " and ".join(files) or "the defaults")
    for name, instead in settings.unused:
        yield Finding(NOTE, name, "set, and not used here", instead)


def _sync(settings: Settings) -> Iterator[Finding]:
    try:
        choice = choose(settings)
    except UserError as error:
        yield Finding(BAD, "Sync", str(error), "see there, or remove ZAVA_SYNC")
        return
    yield Finding(NOTE if choice.lacking else GOOD, "Sync", f"{choice.mode.label}: {choice.reason}")


async def _try_store(settings: Settings) -> tuple[str, list[FaultyDocumentError], str]:
    """Open the store as `zava run` would: why Ditto refuses the licence, what is faulty, and why
    the days of its stores are this computer's.
    """
    try:
        mode = choose(settings).mode
    except UserError:  # a finding of its own
        mode = Mode.OFFLINE
    session = await Session.open(settings.data_dir, connection=connection(settings, mode))
    try:
        faults = await DittoFaultyDocuments(session).find()
        zones = zones_problem(await StoreDirectory(session).stores())
        if mode is Mode.P2P:
            session.network.activate(settings.secrets["DITTO_OFFLINE_TOKEN"])
    except SyncError as error:
        return str(error), faults, zones
    finally:
        await session.close()
    return "", faults, zones


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _credentials(settings: Settings) -> Iterator[Finding]:
    for name, effect in SECRETS.items():
        present = "set" if name in settings.secrets else "not set"
        yield Finding(GOOD if name in settings.secrets else NOTE, name, f"{present}; {effect}")
