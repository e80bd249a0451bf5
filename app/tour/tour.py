"""The steps of the tour, and its report."""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from app.config.dependencies import Client
from app.config.settings import Settings
from app.domain.errors import ZavaError
from app.run import run_client, utc_now
from app.tour.driver import Driver
from app.tour.steps import STEPS
from seed.demo import fill_demo

_SIZE = (1280, 800)
_log = logging.getLogger("zava.tour")


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step of report.json."""

    name: str
    seconds: float
    passed: bool


def tour(out: Path) -> int:
    """Write the pictures and report.json to `out`; 1 when a step failed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_report(out, [])
    except OSError as error:
        raise ZavaError(
            f"The folder {out} cannot be written ({error.strerror}): choose another with --out."
        ) from None
    with tempfile.TemporaryDirectory(prefix="zava-tour-") as folder:
        data_dir = Path(folder)
        asyncio.run(fill_demo(data_dir, 1, utc_now().date(), lambda *_: None))
        steps: list[StepReport] = []

        async def work(client: Client, _closing: asyncio.Event) -> int:
            client.window.resize(*_SIZE)
            client.window.show()
            client.window.activateWindow()
            steps.extend(await _walk(Driver(client, out)))
            return 0

        code = run_client(Settings(data_dir=data_dir, theme="light"), work)
    _write_report(out, steps)
    return code or int(not steps or not all(step.passed for step in steps))


def _write_report(out: Path, steps: list[StepReport]) -> None:
    report = {"steps": [asdict(step) for step in steps]}
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


async def _walk(driver: Driver) -> list[StepReport]:
    reports: list[StepReport] = []
    for name, step in STEPS:
        report = await _take(driver, name, step)
        reports.append(report)
        if not report.passed:
            # Later steps stand on this one; their failures would say nothing new.
            break
    return reports


async def _take(driver: Driver, name: str, step: Callable[[Driver], Awaitable[None]]) -> StepReport:
    started = perf_counter()
    try:
        await step(driver)
        passed = True
    except Exception as error:
        _log.exception("step %s", name)
        print(f"{name}: {error}")
        await driver.picture(f"failed-{name}", ("light",))
        passed = False
    seconds = round(perf_counter() - started, 3)
    print(f"{'ok    ' if passed else 'FAILED'}  {name}  {seconds:.1f} s")
    return StepReport(name, seconds, passed)
