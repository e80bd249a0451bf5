"""What people are told of a scan."""

from __future__ import annotations

import pytest

from app.domain.codes import read_code
from app.domain.entities import Role
from app.domain.known_codes import KnownCodes
from app.domain.paper_numbers import PaperKind
from app.domain.scans import ScannedOrder, ScannedPaper
from app.ui.core.scan_words import layout_note, not_shown, refusal, shown

KNOWN = KnownCodes([("HND-HAMMER-001", "hammer"), ("TWIN", "left"), ("twin", "right")])
US = "the scanner seems to be set to a US keyboard, and this computer to "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("HND-HAMMER-001", "HND-HAMMER-001"),
        ("a\x1db\x00\x7f", "a␝b␀␡"),
        ("a\u202eb\u200d\ud800", "a\\u202eb\\u200d\\ud800"),
        ("Ä ß 木", "Ä ß 木"),
        ("9" * 48, "9" * 48),
        ("9" * 49, "9" * 48 + "…"),
        ("\u200b" * 40, ("\\u200b" * 40)[:48] + "…"),
    ],
)
def test_what_was_read_is_shown(text: str, said: str) -> None:
    assert shown(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NO-SUCH", "No product has the code NO-SUCH: look it up by its name."),
        ("----", "No product has the code ----."),
        (" ", "Nothing was read."),
        ("a\x1db", "No product has the code a␝b: look it up by its name."),
        (
            "4006381333932",
            "No product has the code 4006381333932, and its check digit is wrong: scan it again.",
        ),
        ("5901234123457", "No product has the code 5901234123457: look it up by its name."),
        (
            "010590123412345710ABC\x1d",
            "No product has the GTIN 05901234123457 of the code 010590123412345710ABC␝: look it "
            "up by its name.",
        ),
        ("]C110ABC", "The code ]C110ABC names no product that could be counted."),
        ("LOC-3-B", "LOC-3-B is a place, no product: Aisle 3, shelf B."),
        ("tr-sea-3f2a-0007", "TR-SEA-3F2A-0007 is a transfer, no product."),
        ("TWIN", "Several products have the code TWIN: look up the right one by its name."),
        (
            "HNDßHAMMERß9",
            "No product has the code HNDßHAMMERß9: look it up by its name. It was read as "
            f"HND-HAMMER-9: {US}German.",
        ),
        (
            "LOC'3'B",
            "LOC'3'B is a place, no product: Aisle 3, shelf B. It was read as LOC-3-B: "
            f"{US}Swiss, Italian or Spanish.",
        ),
    ],
)
def test_why_a_scan_is_no_product(text: str, said: str) -> None:
    assert refusal(read_code(text, KNOWN)) == said


def test_the_keyboard_that_was_assumed_is_named() -> None:
    assert layout_note(read_code("HND-HAMMER-001", KNOWN)) == ""
    assert layout_note(read_code("HNDßHAMMERß001", KNOWN)) == (
        f"It was read as HND-HAMMER-001: {US}German."
    )


def test_who_does_not_get_to_see_a_paper() -> None:
    order = ScannedOrder("K7Q-4M9-XTB")
    assert not_shown(order, Role.WORKER) == (
        "K7Q-4M9-XTB is an order, which is not shown to a store worker."
    )
    paper = ScannedPaper(PaperKind.PURCHASE_ORDER, "PO-SEA-3F2A-0001")
    assert not_shown(paper, Role.REP) == (
        "PO-SEA-3F2A-0001 is a purchase order, which is not shown to a sales rep."
    )
