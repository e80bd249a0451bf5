"""The steps of the tour, and its report."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from app.client import Client
from app.config.logs import LOG_NAME
from app.rehearsal.server import DATABASE, serving
from app.run import run_client, utc_now
from app.settings import Settings
from app.tour.driver import Driver
from app.tour.steps import STEPS
from app.tour.sync_steps import SYNC_STEPS
from connector_config.errors import UserError
from seed.demo import fill_demo
from seed.mongo.change_streams import enable
from seed.mongo.fill import fill
from seed.options import Options

_SIZE = (1280, 800)
_SEED = 1
_log = logging.getLogger("zava.tour")

Step = Callable[[Driver], Awaitable[None]]
Steps = Sequence[tuple[str, Step]]


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step of report.json."""

    name: str
    seconds: float
    passed: bool


def tour(out: Path) -> int:
    """Write the pictures and report.json to `out`; returns 1 when a step failed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_report(out, [])
    except OSError as error:
        raise UserError(
            f"The folder {out} cannot be written ({error.strerror}): choose another with --out."
        ) from None
    with tempfile.TemporaryDirectory(prefix="zava-tour-") as folder:
        data_dir = Path(folder)
        asyncio.run(fill_demo(data_dir, _SEED, utc_now().date(), lambda *_: None))
        steps: list[StepReport] = []
        code = _run(Settings(data_dir=data_dir, theme="light"), out, STEPS, steps)
        if all(step.passed for step in steps):
            code = code or _through_mongodb(data_dir, out, steps)
        if code or not all(step.passed for step in steps):
            _keep_logs(data_dir, out)
    _write_report(out, steps)
    return code or int(not steps or not all(step.passed for step in steps))


def _run(settings: Settings, out: Path, todo: Steps, steps: list[StepReport]) -> int:
    """Take these steps with a client; gives its exit code."""

    async def work(client: Client, _closing: asyncio.Event) -> int:
        client.window.resize(*_SIZE)
        client.window.show()
        client.window.activateWindow()
        steps.extend(await _walk(Driver(client, out), todo))
        return 0

    return run_client(settings, work)


def _through_mongodb(data_dir: Path, out: Path, steps: list[StepReport]) -> int:
    """A new device gets everything from a MongoDB, and delivers what it writes."""
    try:
        with serving(data_dir / "mongodb") as server:
            list(enable(server.database))
            few = Options(end=utc_now().date(), seed=_SEED, customers=500, orders=2_000)
            fill(server.database, few, lambda *_: None)
            link = {"MONGODB_LOCAL_CONNECTION_STRING": server.settings.uri}
            new = data_dir / "manager"
            settings = Settings(new, theme="light", database=DATABASE, secrets=link)
            return _run(settings, out, SYNC_STEPS, steps)
    except UserError as error:
        print(f"left out  sync through a MongoDB: {error}")
        return 0


def _keep_logs(data_dir: Path, out: Path) -> None:
    """What the dialogs and the last line of a failure point to is gone with the folder."""
    for device in (data_dir, data_dir / "manager"):
        if (device / LOG_NAME).exists():
            name = LOG_NAME if device == data_dir else f"{device.name}-{LOG_NAME}"
            shutil.copyfile(device / LOG_NAME, out / name)


def _write_report(out: Path, steps: list[StepReport]) -> None:
    report = {"steps": [asdict(step) for step in steps]}
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


async def _walk(driver: Driver, todo: Steps) -> list[StepReport]:
    reports: list[StepReport] = []
    for name, step in todo:
        report = await _take(driver, name, step)
        reports.append(report)
        if not report.passed:
            # Later steps stand on this one; their failures would say nothing new.
            break
    return reports


async def _take(driver: Driver, name: str, step: Step) -> StepReport:
    started = perf_counter()
    try:
        await step(driver)
        driver.check()
        passed = True
    except Exception as error:
        _log.exception("step %s", name)
        print(f"{name}: {error}")
        await driver.picture(f"failed-{name}", ("light",))
        passed = False
    seconds = round(perf_counter() - started, 3)
    print(f"{'ok    ' if passed else 'FAILED'}  {name}  {seconds:.1f} s")
    return StepReport(name, seconds, passed)
