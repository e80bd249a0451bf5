"""The outcome of a validation: a table for people, JSON for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from connector_config.wording import counted

MOST_EXAMPLES: Final = 3

# What these count is no document.
_NO_DOCUMENTS: Final = {"count", "indexes", "explain", "vector_index", "view"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one check.

    `check` names it for scripts and `title` for people; `passed` is None where this server cannot
    be checked. `number` counts what is wrong, `examples` are some ids of it, and `detail` says what
    was expected or which fields are wrong.
    """

    collection: str
    check: str
    title: str
    passed: bool | None
    number: int = 0
    examples: tuple[str, ...] = ()
    detail: str = ""


def outcome(
    collection: str,
    check: str,
    title: str,
    number: int,
    examples: Sequence[object] = (),
    detail: str = "",
    most: int = MOST_EXAMPLES,
) -> Outcome:
    """An outcome that passes when nothing is wrong; keeps at most so many of the examples."""
    shown = tuple(str(example) for example in examples[:most])
    return Outcome(collection, check, title, not number, number, shown, detail if number else "")


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes, the number of documents by collection, and the time it took in seconds."""

    database: str
    counts: Mapping[str, int]
    outcomes: Sequence[Outcome]
    seconds: float

    @property
    def failed(self) -> list[Outcome]:
        """The outcomes that say something is wrong."""
        return [found for found in self.outcomes if found.passed is False]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failed

    @property
    def sound(self) -> int:
        """How many documents have no fault, at the least: one with several may count as several."""
        faults: dict[str, int] = {}
        for found in self.failed:
            if found.check not in _NO_DOCUMENTS:
                faults[found.collection] = faults.get(found.collection, 0) + found.number
        return sum(max(count - faults.get(name, 0), 0) for name, count in self.counts.items())

    def as_json(self) -> dict[str, Any]:
        """The report as numbers, texts, lists and maps."""
        return {
            "database": self.database,
            "passed": self.passed,
            "checks": len(self.outcomes),
            "failed": len(self.failed),
            "not_checked": sum(found.passed is None for found in self.outcomes),
            "documents": sum(self.counts.values()),
            "documents_without_fault": self.sound,
            "counts": dict(self.counts),
            "seconds": round(self.seconds, 3),
            "outcomes": [asdict(found) for found in self.outcomes],
        }


def show(report: Report, console: Console) -> None:
    """Print the table of checks and a summary with the counts."""
    table = Table("Result", box=box.SIMPLE_HEAD, header_style="bold")
    table.add_column("Wrong", justify="right")
    table.add_column("Check", overflow="fold")
    last = ""
    for found in report.outcomes:
        if found.collection != last:
            last = found.collection
            count = f" ({report.counts[last]:,})" if last in report.counts else ""
            table.add_section()
            table.add_row("", "", Text(f"{last}{count}", style="bold"))
        number = f"{found.number:,}" if found.passed is False else ""
        # Text, because an id or a name could look like markup.
        words = Text(found.title)
        if found.detail or found.examples:
            words.append(f"\n{_remarks(found)}", style="red" if found.passed is False else "dim")
        table.add_row(_result(found), number, words)
    console.print(table)
    console.print(Text(_summary(report), style="bold green" if report.passed else "bold red"))


def _result(found: Outcome) -> Text:
    if found.passed is None:
        return Text("skipped", style="yellow")
    return Text("pass", style="green") if found.passed else Text("FAIL", style="bold red")


def _remarks(found: Outcome) -> str:
    return " · ".join(part for part in (found.detail, ", ".join(found.examples)) if part)


def _summary(report: Report) -> str:
    documents = sum(report.counts.values())
    left_out = sum(found.passed is None for found in report.outcomes)
    extra = f", {left_out} not possible here" if left_out else ""
    share = ""
    if report.sound < documents:
        # Rounded down, so that 100 is never said where something is wrong.
        tenths = report.sound * 1_000 // documents
        share = f", at least {tenths / 10:.1f}% of them without a fault"
    passed = len(report.outcomes) - len(report.failed) - left_out
    return (
        f"{passed} of {counted(len(report.outcomes), 'check')} passed, {len(report.failed)} "
        f"failed{extra}: "
        f"{counted(documents, 'document')} in {report.database!r}{share} ({report.seconds:.1f} s)."
    )
