"""Checks fields that several may edit: whether the value is one that can be the last."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.rehearsal.code_steps import OfCode
from app.rehearsal.contents import Document, text_id
from app.rehearsal.goods import Goods
from app.rehearsal.journal import InFlight, Journal
from connector_config.schema.collections import CUSTOMERS, INVENTORY, PRODUCT_CODES

_EDITED: Final = (
    (INVENTORY, "notes"),
    (INVENTORY, "location"),
    (CUSTOMERS, "first_name"),
    (PRODUCT_CODES, "units"),
    (PRODUCT_CODES, "deleted"),
)
# The step that edits a field, and where it has the document and the value.
_STEPS: Final = {
    "note": (INVENTORY, "notes", "item", "text"),
    "move": (INVENTORY, "location", "item", "to"),
    "rename": (CUSTOMERS, "first_name", "customer", "first_name"),
}

_Key = tuple[str, str, str]


@dataclass(slots=True)
class _History:
    """Values as text: those written, those that somebody had seen when writing the next one."""

    written: set[str] = field(default_factory=set)
    overwritten: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)
    loose: bool = False
    """Whether an old value came back, by an undo or written again, so that values tell no order."""


def lost_edits(
    goods: Goods,
    begin: Mapping[str, Sequence[Document]],
    journal: Journal,
    mongodb: Mapping[str, Sequence[Document]],
) -> Iterator[str]:
    """Sentences about fields that hold none of the edits which nobody overwrote knowingly."""
    histories = _histories(journal)
    # What a step that was cut off did about a code depends on what it found.
    uncertain = {one.step.code for one in journal.in_flight if isinstance(one.step, OfCode)}
    undo_cut_off = any(one.step.do == "undo" for one in journal.in_flight)
    for collection, name in _EDITED:
        before = {text_id(collection, one): _text(one[name]) for one in begin[collection]}
        for document in mongodb[collection]:
            if document.get("code") in uncertain:
                continue
            key = text_id(collection, document)
            history = histories.get((collection, key, name), _History())
            last = history.written - history.overwritten
            # A code may be new.
            first = before.get(key, _text(None))
            again = first in history.written
            if history.loose or again or (undo_cut_off and name == "location"):
                last = history.written | {first}
            elif not last:
                last = {first}
            if (now := _text(document[name])) not in last | history.uncertain:
                yield (
                    f"{name} of {goods.name_of(collection, key)} is {now} in the end, but the last "
                    f"to be acknowledged was {' or '.join(sorted(last))}"
                )


def _histories(journal: Journal) -> dict[_Key, _History]:
    histories: dict[_Key, _History] = {}
    for done in journal.done:
        for edit in done.evidence.get("edits", ()):
            key = (edit["collection"], json.dumps(edit["key"], sort_keys=True), edit["field"])
            history = histories.setdefault(key, _History())
            after = _text(edit["after"])
            history.loose |= done.step.do == "undo" or after in history.written
            history.written.add(after)
            history.overwritten.add(_text(edit["before"]))
    for cut_off in journal.in_flight:
        if cut_off.step.do in _STEPS:
            cut_off_key, value = _of_cut_off(cut_off)
            histories.setdefault(cut_off_key, _History()).uncertain.add(value)
    return histories


def _of_cut_off(one: InFlight) -> tuple[_Key, str]:
    collection, name, document, value = _STEPS[one.step.do]
    key = (collection, json.dumps(one.arguments[document], sort_keys=True), name)
    after: Any = one.arguments[value]
    if name == "location":
        stand, bin_ = after.split("-")
        after = {"aisle": stand[:-1], "shelf": stand[-1], "bin": bin_}
    return key, _text(after)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
