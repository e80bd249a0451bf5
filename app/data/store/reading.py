"""Rows of the store as entities: what is faulty is left out, and said in the log once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from app.domain.documents.reading import read_all, sound
from app.domain.errors import FaultyDocumentError
from app.domain.papers import Document
from connector_config.schema.values import MOST

T = TypeVar("T")

_log = logging.getLogger("zava.faulty")
_KEPT: Final = 10_000
_said: set[tuple[str, str, str]] = set()


def entities(rows: Iterable[Document], to_entity: Callable[[Document], T]) -> list[T]:
    """The entities of the rows that can be read, in their order."""
    found, faults = read_all(rows, to_entity)
    for fault in faults:
        note(fault)
    return found


def sound_rows(collection: str, rows: Iterable[Document], *needed: str) -> list[dict[str, Any]]:
    """The rows of which every field has its type; see `sound`."""
    return entities(rows, lambda row: sound(collection, row, *needed))


def note(fault: FaultyDocumentError) -> None:
    """Say once in the log that a document is faulty."""
    key = (fault.collection, str(fault.key), fault.brief)
    if key not in _said and len(_said) < _KEPT:
        _said.add(key)
        _log.warning("%s %s: %s", fault.collection, fault.key, fault.brief)


def whole_number(field: str) -> str:
    """DQL for a number as `reading` reads it, which Ditto would not add up where it is a text.

    It is null where it is no number, or one that is too large.
    """
    read = f"CAST({field} AS FLOAT)"
    return f"CASE WHEN {read} BETWEEN -{MOST} AND {MOST} THEN {read} END"


ON_HAND: Final = f"{whole_number('stock_level')} + coalesce(stock_delta, 0)"
REORDER: Final = "CAST(reorder_threshold AS FLOAT)"
