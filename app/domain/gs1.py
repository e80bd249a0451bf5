"""What the standards of GS1 say of a scanned text: which items it names, read by biip."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from biip import ParseConfig, ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin
from biip.sscc import Sscc
from biip.symbology import GS1Symbology, SymbologyIdentifier
from biip.upc import Upc

_SEPARATOR: Final = "\x1d"
# How scanners that play a keyboard write the separator (FNC1), beside Ctrl+] itself. None of the
# signs is allowed in a batch or a serial number but < and >, and nobody has a batch called <GS>.
_SEPARATORS: Final = re.compile(r"␝|\^\]|\||<(?:GS|FNC1)>|\{(?:GS|FNC1)\}|\[(?:GS|FNC1)\]", re.I)
_DIGITS: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_ITEM: Final = re.compile(r"0[0-2][0-9]{14}")
"""How an element string begins: a GTIN, the GTIN of contents, or the number of what holds them."""
_EXPIRY: Final = ("17", "7003", "15", "16")
"""Use by, the same with a time, best before, sell by: the first one that is there."""
_MESSAGES: Final = {f"]{symbology.value}" for symbology in GS1Symbology.with_gs1_messages()}
# A label with a senseless date is of that product all the same.
_CONFIG: Final = ParseConfig(gs1_element_strings_verify_date=False)


@dataclass(frozen=True, slots=True)
class TradeItem:
    """A GTIN in its form of 14 digits, and what the code says of it; `count` of it are meant."""

    gtin: str
    count: int = 1
    batch: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The items that a text may name; none where it names nothing, or `is_wrong` by a check digit.

    `is_gs1` tells that it is of GS1 at all.
    """

    items: tuple[TradeItem, ...] = ()
    is_gs1: bool = True
    is_wrong: bool = False


_NOTHING: Final = Reading(is_gs1=False)


def split_identifier(text: str) -> tuple[str, str]:
    """The AIM symbology identifier in front of a text, or "", and the text behind it."""
    with suppress(ParseError, ValueError, IndexError):
        identifier = str(SymbologyIdentifier.extract(text))
        if len(identifier) >= 3 and identifier[2:].isalnum():
            return identifier, text[len(identifier) :]
    return "", text


def is_gtin(text: str) -> bool:
    """Whether a text is a GTIN in any of its forms, with a right check digit."""
    return bool(_DIGITS.fullmatch(text)) and _gtin(text) is not None


def is_sscc(text: str) -> bool:
    """Whether a text is the number of a pallet or a parcel, as it is read from one."""
    with suppress(ParseError):
        return text.startswith("00") and bool(Sscc.parse(text.removeprefix("00")))
    return False


def with_check_digit(digits: str) -> str:
    """The digits of a GTIN but for its last one, and that."""
    return f"{digits}{gs1_standard_check_digit(digits)}"


def shortest_gtin(gtin: str) -> str:
    """A right GTIN of 14 digits in its shortest form: 8, 12, 13 or 14 digits."""
    return gtin[-Gtin.parse(gtin).format.length :]


def read_gs1(text: str, identifier: str = "") -> Reading:
    """Read a GTIN, a UPC-E, element strings (raw or with brackets), or a GS1 Digital Link."""
    marked = _SEPARATORS.sub(_SEPARATOR, text.strip(" "))
    data = marked.strip(_SEPARATOR)
    if not data.isascii():
        return _NOTHING
    if data[:4].lower() == "http":
        return _of_link(data)
    if data.startswith("("):
        return _of_hri(data.replace(_SEPARATOR, ""))
    is_message = marked.startswith(_SEPARATOR) or identifier in _MESSAGES
    if _DIGITS.fullmatch(data) and not is_message:
        return _of_number(data, identifier)
    if is_message or _ITEM.match(data):
        return _of_message(data, identifier)
    return _NOTHING


def _gtin(text: str) -> str | None:
    with suppress(ParseError):
        return Gtin.parse(text).as_gtin_14()
    return None


def _upc_e(text: str) -> str | None:
    with suppress(ParseError):
        return Upc.parse(text).as_gtin_14()
    return None


def _of_number(digits: str, identifier: str) -> Reading:
    found = [_gtin(digits)]
    if len(digits) == 8 and not identifier:
        # A scanner that sends identifiers tells EAN-8 apart, and sends UPC-E as 13 digits.
        found.append(_upc_e(digits))
    items = tuple(TradeItem(gtin) for gtin in dict.fromkeys(found) if gtin is not None)
    return Reading(items, is_wrong=not items)


def _of_message(data: str, identifier: str) -> Reading:
    try:
        return _of_elements(GS1Message.parse(data, config=_CONFIG).element_strings)
    except (ParseError, ValueError):
        # Where a separator got lost, what follows is a muddle, but not the GTIN in front of it.
        return _of_first(data) or (Reading() if identifier else _NOTHING)


def _of_first(data: str) -> Reading | None:
    with suppress(ParseError, ValueError):
        first = GS1ElementString.parse(data[:16], config=_CONFIG)
        if first.ai.ai == "01":
            return _of_elements([first])
    return None


def _of_hri(data: str) -> Reading:
    with suppress(ParseError, ValueError):
        message = GS1Message.parse_hri(data, config=_CONFIG)
        # It leaves out what it cannot place.
        if message.as_hri() == "".join(data.split()):
            return _of_elements(message.element_strings)
    return _NOTHING


def _of_link(data: str) -> Reading:
    with suppress(ParseError, ValueError):
        return _of_elements(GS1DigitalLinkURI.parse(data, config=_CONFIG).element_strings)
    return _NOTHING


def _of_elements(elements: Iterable[GS1ElementString]) -> Reading:
    by_ai: dict[str, list[GS1ElementString]] = {}
    for element in elements:
        by_ai.setdefault(element.ai.ai, []).append(element)
    item_ai, count_ai = ("01", "30") if "01" in by_ai else ("02", "37")
    named = by_ai.get(item_ai, [])
    if any(element.gtin is None for element in named):
        return Reading(is_wrong=True)
    counted = [int(element.value or 0) for element in by_ai.get(count_ai, [])]
    dates = [element.date for ai in _EXPIRY for element in by_ai.get(ai, []) if element.date]
    described = TradeItem(
        "",
        counted[0] if counted else 1,
        by_ai["10"][0].value if "10" in by_ai else "",
        dates[0] if dates else None,
    )
    gtins = dict.fromkeys(element.gtin.as_gtin_14() for element in named if element.gtin)
    return Reading(tuple(replace(described, gtin=gtin) for gtin in gtins))
