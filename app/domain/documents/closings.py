"""Closed days as stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from app.domain.closings import (
    WAYS,
    Back,
    ClosedDay,
    Closing,
    Counted,
    DayFigures,
    Oversold,
    Takings,
)
from app.domain.documents.parts import dollars, signed, to_signature
from app.domain.documents.reading import faulty, sound
from app.domain.entities import Actor
from app.domain.papers import Document
from connector_config.schema import closing_documents as stored
from connector_config.schema.collections import DAY_CLOSINGS
from connector_config.schema.instants import to_iso


def new_day(store_id: str, day: date, begins: datetime) -> stored.DayClosing:
    """A day's document before its first closing: the same on every device that begins it."""
    at = to_iso(begins)
    return {
        "store_id": store_id,
        "closing_id": stored.closing_id(store_id, day.isoformat()),
        "day": day.isoformat(),
        "closings": {},
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }


def new_closing(
    figures: DayFigures, returns_count: str, actor: Actor, at: str
) -> stored.NewClosing:
    """A closing that is made now."""
    people: list[stored.ClosedPerson] = [
        {**_sums(takings), "who": who} for who, takings in sorted(figures.people.items())
    ]
    rates = [_rate(rate, takings) for rate, takings in figures.rates.items()]
    parts: stored.ClosedParts = {}
    if rates:
        parts["rates"] = {f"rate{at}": one for at, one in enumerate(rates, 1)}
    if people:
        parts["people"] = {f"person{at}": one for at, one in enumerate(people, 1)}
    return {
        **signed(actor, at),
        **_sums(figures.takings),
        **parts,
        "returns_on": returns_count,
        "cancelled": figures.cancelled,
        "open": figures.open,
        "open_total": float(figures.open_total),
        "open_before": figures.open_before,
        "incomplete": figures.incomplete,
        "counts": figures.counted.counts,
        "counted": figures.counted.items,
        "found": figures.counted.found,
        "lost": figures.counted.lost,
        "below_zero": figures.oversold.items,
        "owed": figures.oversold.units,
    }


def to_closed_day(document: Document) -> ClosedDay:
    """A closed day of a document, with all its closings that have arrived."""
    document = sound(DAY_CLOSINGS, document, "store_id", "closing_id", "day")
    try:
        day = date.fromisoformat(document["day"])
    except ValueError:
        raise faulty(DAY_CLOSINGS, document, "day", "is no day") from None
    found = [
        Closing(
            key,
            to_signature(entry),
            entry.get("returns_on") or WAYS[0],
            _figures(entry),
            entry.get("taken_back_at") or "",
        )
        for key, entry in (document.get("closings") or {}).items()
        # Its parts come one by one.
        if entry.get("at") and entry.get("returns_on")
    ]
    found.sort(key=lambda one: (one.signature.at, one.signature.device_id, one.key))
    return ClosedDay(document["store_id"], document["closing_id"], day, tuple(found))


def _figures(entry: Document) -> DayFigures:
    return DayFigures(
        takings=_takings(entry),
        rates={_percent(one): _takings(one) for one in _entries(entry, "rates")},
        people={str(one.get("who") or ""): _takings(one) for one in _entries(entry, "people")},
        cancelled=_whole(entry, "cancelled"),
        open=_whole(entry, "open"),
        open_total=dollars(entry.get("open_total")),
        open_before=_whole(entry, "open_before"),
        incomplete=_whole(entry, "incomplete"),
        counted=Counted(*(_whole(entry, name) for name in ("counts", "counted", "found", "lost"))),
        oversold=Oversold(_whole(entry, "below_zero"), _whole(entry, "owed")),
    )


def _takings(entry: Document) -> Takings:
    returned: Mapping[str, Document] = entry.get("returned") or {}
    return Takings(
        _whole(entry, "orders"),
        dollars(entry.get("gross")),
        dollars(entry.get("discount")),
        dollars(entry.get("tax")),
        {
            way: Back(_whole(one, "count"), dollars(one.get("refund")), dollars(one.get("tax")))
            for way, one in returned.items()
        },
    )


def _sums(takings: Takings) -> stored.ClosedSums:
    return {
        "orders": takings.orders,
        "gross": float(takings.gross),
        "discount": float(takings.discount),
        "tax": float(takings.tax),
        "returned": {way: _returns(takings.returned(way)) for way in WAYS},
    }


def _rate(rate: Decimal | None, takings: Takings) -> stored.ClosedRate:
    known: stored.Rate = {} if rate is None else {"tax_percent": float(rate)}
    return {**_sums(takings), **known}


def _returns(back: Back) -> stored.ClosedReturns:
    return {"count": back.count, "refund": float(back.refund), "tax": float(back.tax)}


def _entries(entry: Document, name: str) -> Iterable[Document]:
    found: Mapping[str, Document] = entry.get(name) or {}
    return found.values()


def _percent(entry: Document) -> Decimal | None:
    stored_percent = entry.get("tax_percent")
    return None if stored_percent is None else Decimal(str(stored_percent)).normalize()


def _whole(entry: Document, name: str) -> int:
    return int(entry.get(name) or 0)
