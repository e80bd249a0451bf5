"""A day as it is printed, and as a CSV file."""

from __future__ import annotations

from app.data.selling.closings import DayBook
from app.domain.closings import WAYS, Closing
from app.domain.pricing import half_up
from app.domain.sales import BY_RETURN, BY_SALE
from app.ui.closing.lines import Compared, Value, compared, shown, shown_change, since_closing
from app.ui.core.formats import local_moment, shown_day
from app.ui.core.report import Report, ReportColumn

RETURNS = {BY_SALE: "on the day of the sale", BY_RETURN: "on the day they came"}
CSV_HEADER = (
    *("Store", "Day", "Part", "Figure", "When closed", "Since closing", "Now"),
    *(f"When closed, returns {RETURNS[way]}" for way in WAYS),
    *(f"Now, returns {RETURNS[way]}" for way in WAYS),
)
_OPEN = (ReportColumn("Part", 32), ReportColumn("Figure"), ReportColumn("Amount", 32, right=True))
_CLOSED = (
    ReportColumn("Part", 28),
    ReportColumn("Figure"),
    ReportColumn("When closed", 32, right=True),
    ReportColumn("Since closing", 32, right=True),
    ReportColumn("Now", 32, right=True),
)


def closed_by(closing: Closing, store_id: str) -> str:
    """Who closed a day, when and where."""
    one = closing.signature
    when = local_moment(one.at, store_id)
    where = f" on {one.device_name}" if one.device_name else ""
    return f"{when} by {one.who}{where}"


def notes(book: DayBook, lines: tuple[Compared, ...], is_over: bool) -> list[str]:
    """What has to be known about the figures of a day, a sentence each."""
    way, store_id = book.store.returns_count, book.store.store_id
    said = [f"Returns count {RETURNS.get(way, way)}."]
    standing = book.standing
    if not is_over:
        said.append("The day is not over: what still comes is a difference after closing.")
    if standing is None or book.closed is None:
        return said
    said.insert(0, since_closing(lines))
    if standing.returns_count != way:
        said.append("When it was closed, they counted the other way.")
    said += [
        f"It was closed a second time, {closed_by(one, store_id)}: the first closing stands."
        for one in book.closed.beside
    ]
    return said


def day_report(book: DayBook, is_over: bool) -> Report:
    """A day as a paper: what was closed, what came since, and lines to sign on."""
    lines = compared(book)
    standing = book.standing
    done = closed_by(standing, book.store.store_id) if standing is not None else "Not closed"
    return Report(
        name=f"Day {book.day.isoformat()} {book.store.short_name}",
        title="Closing of the day",
        columns=_OPEN if standing is None else _CLOSED,
        rows=[_row(one, standing is not None) for one in lines],
        facts=[
            ("Store", book.store.name),
            ("Day", f"{shown_day(book.day)}, {book.store.time_zone or 'by this computer'}"),
            ("Closed", done),
        ],
        notes=notes(book, lines, is_over),
        signatures=("Closed by", "Checked by"),
    )


def csv_rows(book: DayBook) -> list[tuple[object, ...]]:
    """All figures of a day with returns both ways; `CSV_HEADER` names the columns."""
    by_way = [{one.line.key: one for one in compared(book, way)} for way in WAYS]
    return [
        (
            book.store.name,
            book.day.isoformat(),
            one.line.section,
            one.line.label,
            *(_cell(value) for value in (one.closed, one.since, one.line.value)),
            *(_cell(its[one.line.key].closed) for its in by_way),
            *(_cell(its[one.line.key].line.value) for its in by_way),
        )
        for one in compared(book)
    ]


def _row(one: Compared, is_closed: bool) -> tuple[str, ...]:
    then = (shown(one.closed), shown_change(one.since)) if is_closed else ()
    return (one.line.section, one.line.label, *then, shown(one.line.value))


def _cell(value: Value | None) -> object:
    if value is None:
        return ""
    return value if isinstance(value, int) else half_up(value)
