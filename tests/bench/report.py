"""Figures, what is printed of them, and the JSON file."""

from __future__ import annotations

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

_CAVEAT = (
    "Timings of this run on this machine; each pair alternates, so drift cancels in the ratio."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value beside its raw baseline; `limit` bounds the value, `ratio_limit` the ratio.

    `ratio` is ours by raw unless it was measured as such, pair by pair.
    """

    name: str
    unit: str
    ours: float
    raw: float | None = None
    ratio: float | None = None
    limit: float | None = None
    ratio_limit: float | None = None
    samples: int = 1

    @property
    def times(self) -> float | None:
        """How many times the baseline."""
        if self.ratio is not None:
            return self.ratio
        return self.ours / self.raw if self.raw else None

    @property
    def met(self) -> bool | None:
        """Whether every bound holds; None where there is none."""
        verdicts = [self.ours <= self.limit] if self.limit is not None else []
        if self.ratio_limit is not None and self.times is not None:
            verdicts.append(self.times <= self.ratio_limit)
        return all(verdicts) if verdicts else None

    @property
    def bound(self) -> str:
        """The bounds in words."""
        parts = [f"≤ {self.limit:g} {self.unit}"] if self.limit is not None else []
        if self.ratio_limit is not None:
            parts.append(f"≤ {self.ratio_limit:g} ×")
        return ", ".join(parts)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def pair(
    name: str,
    ours: Sequence[float],
    raw: Sequence[float],
    *,
    limit_ms: float | None = None,
    ratio_limit: float | None = None,
) -> list[Figure]:
    """Median and p95 of two series of seconds, in milliseconds; a limit in time is for the p95."""
    return [
        Figure(
            f"{name}, {label}",
            "ms",
            measure(ours) * 1000,
            measure(raw) * 1000,
            limit=limit_ms if measure is p95 else None,
            ratio_limit=ratio_limit,
            samples=len(ours),
        )
        for label, measure in (("median", statistics.median), ("p95", p95))
    ]


def show(console: Console, figures: Sequence[Figure], seconds: float) -> None:
    """Print the table."""
    table = Table(title="Zava bench", title_justify="left", caption=_CAVEAT, caption_justify="left")
    table.add_column("Figure", overflow="fold")
    for title in ("Measured", "Raw", "Ratio", "Bound"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for figure in figures:
        verdict = {True: "[green]met[/green]", False: "[bold red]MISSED[/bold red]", None: ""}
        table.add_row(
            figure.name,
            _value(figure.ours, figure.unit),
            _value(figure.raw, figure.unit) if figure.raw is not None else "",
            f"{figure.times:.2f} ×" if figure.times is not None else "",
            figure.bound,
            verdict[figure.met],
        )
    console.print(table)
    missed = sum(one.met is False for one in figures)
    bounded = sum(one.met is not None for one in figures)
    console.print(f"{bounded - missed} of {bounded} bounds met, in {seconds:.0f} s.")


def save(path: Path, figures: Sequence[Figure], seconds: float) -> None:
    """Write everything as JSON."""
    content = {
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "pyside6": version("PySide6-Essentials"),
            "ditto": version("dittolive-ditto"),
        },
        "seconds": round(seconds, 1),
        "figures": [
            {
                "name": figure.name,
                "unit": figure.unit,
                "measured": _rounded(figure.ours),
                "raw": _rounded(figure.raw),
                "ratio": _rounded(figure.times),
                "bound": figure.bound or None,
                "met": figure.met,
                "samples": figure.samples,
            }
            for figure in figures
        ],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _value(number: float, unit: str) -> str:
    return f"{number:,.2f} {unit}" if number < 100 else f"{number:,.0f} {unit}"


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
