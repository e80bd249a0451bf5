"""What of a scanned text becomes a code of a product, and what never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import read_code
from app.domain.documents.codes import to_code
from app.domain.errors import InvalidInputError
from app.domain.known_codes import CodeKind, KnownCodes, ProductCode
from app.domain.product_codes import MAX_LENGTH, check_units, new_code
from app.domain.stock import MAX_QUANTITY
from connector_config.schema.code_documents import code_id

GS = "\x1d"


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("4006381333931", "4006381333931", CodeKind.EAN),
        (" 4006381333931\n", "4006381333931", CodeKind.EAN),
        ("04006381333931", "4006381333931", CodeKind.EAN),
        ("96385074", "96385074", CodeKind.EAN),
        ("036000291452", "036000291452", CodeKind.UPC),
        ("0036000291452", "036000291452", CodeKind.UPC),
        ("10036000291459", "10036000291459", CodeKind.GTIN_14),
        ("]E04006381333931", "4006381333931", CodeKind.EAN),
        # What is around a GTIN differs from pack to pack.
        ("(01)10036000291459(10)LOT7", "10036000291459", CodeKind.GTIN_14),
        (f"]C10110036000291459{'10LOT7'}{GS}17301231", "10036000291459", CodeKind.GTIN_14),
        ("https://id.gs1.org/01/04006381333931/10/A", "4006381333931", CodeKind.EAN),
        # A wrong check digit, and lengths that no GTIN has.
        ("4006381333932", "4006381333932", CodeKind.OWN),
        ("12345", "12345", CodeKind.OWN),
        ("  acme-17/B ", "acme-17/B", CodeKind.OWN),
        ("]C0acme-17", "acme-17", CodeKind.OWN),
        # A US scanner with a German layout.
        ("ACMEß17", "ACME-17", CodeKind.OWN),
    ],
)
def test_a_text_teaches_its_gtin_or_itself(text: str, code: str, kind: CodeKind) -> None:
    taught = new_code(text)
    assert (taught.code, taught.kind) == (code, kind)
    known = KnownCodes((), [ProductCode(taught.code, "p1", taught.kind, 12)])
    read = read_code(text, known).product
    assert read is not None
    assert (read.product_id, read.units) == ("p1", 12)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "a letter or a digit"),
        ("  \n", "a letter or a digit"),
        ("----", "a letter or a digit"),
        ("LOC-3-B-12", "the label of the place 3B-12"),
        ("locß3ßbß12", "the label of the place 3B-12"),
        ("TR-SEA-3F2A-0007", "TR-SEA-3F2A-0007, the number of a transfer"),
        ("po-sea-3f2a-0007", "the number of a purchase order"),
        ("]C0GR-SEA-3F2A-0007", "the number of a goods receipt"),
        ("order_20260101_SEA_0001", "the number of an order"),
        ("x" * (MAX_LENGTH + 1), "at most 80 characters"),
    ],
)
def test_what_cannot_be_a_code_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence) as refused:
        new_code(text)
    assert refused.value.field == "code"


@pytest.mark.parametrize("units", [1, 12, MAX_QUANTITY])
def test_units_in_bounds(units: int) -> None:
    check_units(units)


@pytest.mark.parametrize("units", [0, -1, MAX_QUANTITY + 1])
def test_units_out_of_bounds(units: int) -> None:
    with pytest.raises(InvalidInputError, match="from 1 to 1,000,000"):
        check_units(units)


@given(st.text(max_size=100))
def test_whatever_is_taught_is_read_again_as_that_product(text: str) -> None:
    try:
        taught = new_code(text)
    except InvalidInputError:
        return
    known = KnownCodes((), [ProductCode(taught.code, "p1", taught.kind)])
    assert read_code(taught.code, known).product_id == "p1"
    assert new_code(taught.code) == taught


def test_the_id_follows_from_code_and_product_alone() -> None:
    upc, ean = new_code("036000291452"), new_code("0036000291452")
    assert code_id(upc.forms[0], "p1") == code_id(ean.forms[0], "p1")
    assert code_id(upc.forms[0], "p1") != code_id(upc.forms[0], "p2")
    assert new_code("Acme-1").forms[0] == new_code("aCME-1").forms[0]
    # Hyphens count.
    assert new_code("AB-1-23").forms[0] != new_code("AB-12-3").forms[0]


DOCUMENT = {"code_id": "c1", "code": "X-1", "product_id": "p1", "kind": "own", "units": 12}


@pytest.mark.parametrize("units", [12, 12.0])
def test_a_document_is_read(units: float) -> None:
    code = to_code(DOCUMENT | {"units": units})
    assert code is not None
    assert (code.code, code.product_id, code.kind, code.units) == ("X-1", "p1", CodeKind.OWN, 12)


def test_a_kind_of_a_newer_version_is_ones_own() -> None:
    code = to_code(DOCUMENT | {"kind": "epc"})
    assert code is not None
    assert code.kind is CodeKind.OWN


@pytest.mark.parametrize(
    "damage",
    [
        {"units": "12,0"},
        {"units": None},
        {"units": True},
        {"units": 0},
        {"units": -3},
        {"units": 1.5},
        {"units": float("nan")},
        {"units": float("inf")},
        {"units": MAX_QUANTITY + 1},
        {"units": [12]},
        {"code": None},
        {"code": 4006381333931},
        {"code": "--"},
        {"code": {}},
        {"product_id": ["p1"]},
        {"product_id": ""},
        {"kind": None},
        {"code_id": 7},
    ],
)
def test_a_damaged_document_is_none(damage: dict[str, object]) -> None:
    assert to_code(DOCUMENT | damage) is None
    name = next(iter(damage))
    assert to_code({key: value for key, value in DOCUMENT.items() if key != name}) is None
