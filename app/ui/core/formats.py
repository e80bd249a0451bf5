"""Numbers, money and times as people read them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from PySide6.QtCore import QLocale

from app.domain.entities import Movement, Reason, StockState
from app.ui.core.here import clock_of, place
from app.ui.core.rows import Cell
from connector_config.wording import plural

STATE_TONES = {
    StockState.NEGATIVE: "danger",
    StockState.ZERO: "danger",
    StockState.LOW: "warn",
    StockState.OK: "ok",
    StockState.FAULTY: "danger",
}
STATE_LABELS = {
    StockState.NEGATIVE: "Below zero",
    StockState.ZERO: "None left",
    StockState.LOW: "Low",
    StockState.OK: "In stock",
    StockState.FAULTY: "Faulty",
}

MINUS = "\N{MINUS SIGN}"
_KM_IN_A_MILE = 1.609344


def number(value: int) -> str:
    """A number such as `1,234`, with a true minus sign, so that a negative cannot be overlooked."""
    return place().toString(value).replace("-", MINUS)


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things in words: `1 unit`, `1,200 units`."""
    return f"{number(count)} {plural(count, one, many)}"


def signed(value: int) -> str:
    """A number with its sign: `+3`, a true minus sign and 2, or 0."""
    return f"+{number(value)}" if value > 0 else number(value)


def money(value: Decimal) -> str:
    """An amount of US dollars, such as `$1,234.50`."""
    whole, cents = f"{abs(value):.2f}".split(".")
    sign = MINUS if value < 0 else ""
    return f"{sign}${number(int(whole))}{place().decimalPoint()}{cents}"


def distance(kilometres: float) -> str:
    """How far something is: `12 mi` where people count in miles, else `19 km`."""
    if place().measurementSystem() is QLocale.MeasurementSystem.MetricSystem:
        return f"{number(round(kilometres))} km"
    return f"{number(round(kilometres / _KM_IN_A_MILE))} mi"


def megabytes(size: int) -> str:
    """A size in bytes, such as `12.3 MB`."""
    return f"{place().toString(size / 1_000_000, 'f', 1)} MB"


def tax_label(percent: Decimal | None) -> str:
    """The name of the tax, with its rate where that is known."""
    return "Sales tax" if percent is None else f"Sales tax {percent.normalize():f}%"


def local_clock(moment: datetime, store_id: str = "") -> str:
    """The time of day of a UTC time by a store's clock, such as `09:30:05`.

    Without a store it is the one that one is in; before that, the computer's own clock.
    """
    return f"{moment.astimezone(clock_of(store_id)):%H:%M:%S}"


def local_date(moment: datetime | None, fallback: str = "never", store_id: str = "") -> str:
    """The day of a UTC time by a store's clock, such as `21 Nov 2026`,
    or `Nov 21, 2026` where the month is said first.
    """
    if moment is None:
        return fallback
    return shown_day(moment.astimezone(clock_of(store_id)))


def shown_day(day: date) -> str:
    """A day as `local_date` writes it."""
    return f"{day:{'%b %-d, %Y' if _month_first() else '%-d %b %Y'}}"


def day_of_year(day: date) -> str:
    """The same without the year: `21 Nov`, or `Nov 21`."""
    return f"{day:{'%b %-d' if _month_first() else '%-d %b'}}"


def local_day(stored: str, store_id: str = "") -> str:
    """The day of a stored time by a store's clock; empty where there is none."""
    return local_date(_read(stored), store_id=store_id) if stored else ""


def local_moment(stored: str, store_id: str = "") -> str:
    """The day and the time of a stored time by a store's clock; empty without one."""
    if not stored:
        return ""
    at = _read(stored)
    return f"{local_date(at, store_id=store_id)}, {local_clock(at, store_id)}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago a UTC time was, such as `3 min ago`; after a day, the day: `on 12 March`."""
    seconds = max((now - moment).total_seconds(), 0)
    if seconds < 60:
        return "just now"
    if seconds < 3_600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86_400:
        return f"{int(seconds // 3_600)} h ago"
    day, today = moment.astimezone(clock_of()), now.astimezone(clock_of())
    if day.year != today.year:
        return f"on {local_date(moment)}"
    return f"on {day_of_year(day)}"


def _read(stored: str) -> datetime:
    return datetime.fromisoformat(stored.replace("Z", "+00:00"))


def _month_first() -> bool:
    return place().dateFormat(QLocale.FormatType.ShortFormat).startswith("M")


def on_hand_cell(on_hand: int | None, state: StockState | None) -> Cell:
    """On hand as a badge in the tone of its state; a dash where the product is not stocked.

    Of an item that is faulty nobody knows the number.
    """
    if on_hand is None or state is None:
        return Cell("\N{EN DASH}", tone="muted")
    shown = STATE_LABELS[state] if state is StockState.FAULTY else number(on_hand)
    return Cell(shown, tone=STATE_TONES[state], pill=True)


def change_cell(quantity: int) -> Cell:
    """A signed change in the colour of its direction."""
    tone = "ok" if quantity > 0 else "danger" if quantity else "muted"
    return Cell(signed(quantity), tone=tone, bold=True)


def movement_why(movement: Movement) -> str:
    """Why a movement was made, with the places of a move, the note, and who approved it."""
    text = "Moved" if movement.reason is Reason.MOVED else movement.reason.label
    if movement.undone_reason:
        text = f"Undo of {movement.undone_reason}"
    if movement.from_place is not None and movement.to_place is not None:
        text += (
            f": {movement.from_place.code or 'no place'} "
            f"\N{RIGHTWARDS ARROW} {movement.to_place.code}"
        )
    approved = f"approved by {movement.approved_by}" if movement.approved_by else ""
    return " \N{MIDDLE DOT} ".join(filter(None, (text, movement.note, approved)))


def movement_who(movement: Movement) -> str:
    """Who made a movement, on which device, and whether that was offline."""
    where = f"{movement.device_name}{', offline' if movement.offline else ''}"
    return f"{movement.who} on {where}"
