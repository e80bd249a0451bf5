"""What a scanned code means: one pure function for all screens.

A code is first what it says: the SKU or another code of a product, the label of a place, the
number of a paper or an order, or a GTIN, bare or with batch and date around it. Only a text that
is none of these is tried as what a scanner sends to a computer with another keyboard layout.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from app.domain.keyboards import LAYOUTS
from app.domain.known_codes import KnownCodes, code_key
from app.domain.order_numbers import read_title
from app.domain.paper_numbers import read_paper_number
from app.domain.scans import (
    AmbiguousCode,
    Meaning,
    Scan,
    ScannedOrder,
    ScannedPaper,
    ScannedPlace,
    ScannedProduct,
    UnknownCode,
    Unread,
)
from app.domain.stock import MAX_QUANTITY, read_label

_BLANKS: Final = " \t\r\n"
# For a text that begins otherwise the library behind `app.domain.gs1` need not be loaded.
_MAYBE_GS1: Final = re.compile(r"[\x1d0-9(␝|^<{\[]|https?:", re.I)
_NOT_MISTYPED: Final = re.compile(r"[\w./ -]*", re.ASCII)
_LIKE_A_CODE: Final = re.compile(r"(?:\][A-Za-z][0-9A-Z])?[A-Za-z0-9]+(?:[-_./ ][A-Za-z0-9]+)*")


def read_code(text: str, known: KnownCodes) -> Scan:
    """What a text means, as a scanner sends or a person types it; takes any text."""
    meaning = _read(text, known)
    if not isinstance(meaning, UnknownCode):
        return Scan(text, meaning)
    tried = [
        Scan(text, _read(meant, known), (layout.name,), meant)
        for layout in LAYOUTS
        if (meant := layout.as_meant(text)) is not None and meant != text
    ]
    if read := [one for one in tried if not isinstance(one.meaning, UnknownCode)]:
        return _together(read)
    if meaning.gtin or _NOT_MISTYPED.fullmatch(text):
        return Scan(text, meaning)
    alike = [one for one in tried if _LIKE_A_CODE.fullmatch(one.meant)]
    return _likeliest(alike) if alike else Scan(text, meaning)


def _together(scans: list[Scan]) -> Scan:
    """One scan of what several layouts make of a text; where they differ, it asks or is unknown."""
    meanings = tuple(dict.fromkeys(one.meaning for one in scans))
    meaning = meanings[0]
    if len(meanings) > 1:
        # A product is known, while a number only looks like one.
        products = [product for one in meanings for product in _choices(one)]
        meaning = _one_of(products) if products else UnknownCode(Unread.UNKNOWN)
    layouts = tuple(name for one in scans for name in one.layouts)
    return replace(scans[0], meaning=meaning, layouts=layouts)


def _likeliest(scans: list[Scan]) -> Scan:
    """What most layouts make of a text."""
    (meant, _), *_ = Counter(one.meant for one in scans).most_common(1)
    return _together([one for one in scans if one.meant == meant])


def _read(text: str, known: KnownCodes) -> Meaning:
    """What a text means as it is."""
    if not code_key(text):
        return UnknownCode(Unread.EMPTY)
    if products := known.exactly(text):
        return _one_of(products)
    identifier, data = _split(text)
    if identifier and (products := known.exactly(data)):
        return _one_of(products)
    if (place := read_label(data)) is not None:
        return ScannedPlace(place)
    if (paper := read_paper_number(data)) is not None:
        return ScannedPaper(*paper)
    # Without its hyphens one in thirty of all texts of nine characters would be one.
    if (order := read_title(data)) is not None and order.upper() == data.upper():
        return ScannedOrder(order)
    return _read_gs1(data, identifier, known)


def _split(text: str) -> tuple[str, str]:
    trimmed = text.strip(_BLANKS)
    if not trimmed.startswith("]"):
        return "", trimmed
    from app.domain.gs1 import split_identifier

    return split_identifier(trimmed)


def _read_gs1(data: str, identifier: str, known: KnownCodes) -> Meaning:
    if not identifier and not _MAYBE_GS1.match(data):
        return UnknownCode(Unread.UNKNOWN)
    from app.domain.gs1 import read_gs1

    reading = read_gs1(data, identifier)
    products = [
        replace(product, units=product.units * item.count, batch=item.batch, expires=item.expires)
        for item in reading.items
        for product in known.with_gtin(item.gtin)
    ]
    # A count of 0, or of tens of millions, is a label that nobody should book from.
    if products and all(1 <= one.units <= MAX_QUANTITY for one in products):
        return _one_of(products)
    if reading.is_wrong:
        return UnknownCode(Unread.CHECK_DIGIT)
    if reading.items and not products:
        return UnknownCode(Unread.UNKNOWN, reading.items[0].gtin)
    return UnknownCode(Unread.NO_PRODUCT if reading.is_gs1 else Unread.UNKNOWN)


def _one_of(products: Iterable[ScannedProduct]) -> Meaning:
    choices = tuple(dict.fromkeys(products))
    return choices[0] if len(choices) == 1 else AmbiguousCode(choices)


def _choices(meaning: Meaning) -> tuple[ScannedProduct, ...]:
    match meaning:
        case ScannedProduct():
            return (meaning,)
        case AmbiguousCode(choices):
            return choices
        case _:
            return ()
