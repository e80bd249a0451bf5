"""The codes of the products: GTINs for use within a company, and cases."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

import pytest
from biip.gtin import Gtin
from biip.rcn import Rcn, RcnUsage

from app.domain.codes import read_code
from app.domain.documents.codes import to_code
from app.domain.known_codes import KnownCodes
from app.domain.product_codes import new_code
from connector_config.schema.code_documents import code_id
from seed.gtins import case_gtin, kind_of, own_choices, own_gtins

Demo = dict[str, list[dict[str, Any]]]


def test_every_product_has_a_gtin_13_for_use_within_a_company(demo: Demo) -> None:
    singles = [code for code in demo["product_codes"] if code["units"] == 1]
    assert [code["product_id"] for code in singles] == [p["product_id"] for p in demo["products"]]
    for code in singles:
        assert len(code["code"]) == 13
        gtin = Gtin.parse(code["code"])
        assert isinstance(gtin, Rcn)
        assert gtin.usage is RcnUsage.COMPANY
        assert code["code"].startswith("04")
        assert code["kind"] == "ean"


def test_a_quarter_of_them_come_in_cases(demo: Demo) -> None:
    singles = {c["product_id"]: c["code"] for c in demo["product_codes"] if c["units"] == 1}
    cases = [code for code in demo["product_codes"] if code["units"] > 1]
    assert 0.2 < len(cases) / len(singles) < 0.3
    assert set(Counter(code["units"] for code in cases)) == {6, 12, 24}
    for code in cases:
        assert code["kind"] == "gtin14"
        assert code["code"][0] == "1"
        assert Gtin.parse(code["code"]).payload[1:] == singles[code["product_id"]][:-1]


def test_devices_read_every_code_and_would_give_it_the_same_id(demo: Demo) -> None:
    read = [to_code(document) for document in demo["product_codes"]]
    codes = [code for code in read if code is not None]
    assert len(codes) == len(read)
    skus = [(product["sku"], product["product_id"]) for product in demo["products"]]
    known = KnownCodes(skus, codes)
    for code in codes:
        scanned = read_code(code.code, known).product
        assert scanned is not None
        assert (scanned.product_id, scanned.units) == (code.product_id, code.units)
        # As a scanner sends it that leaves a zero at the beginning out.
        assert read_code(code.code.removeprefix("0"), known).product == scanned
        taught = new_code(code.code)
        assert code_id(taught.forms[0], code.product_id) == code.code_id


def test_no_two_skus_have_the_same() -> None:
    skus = [f"SKU-{number}" for number in range(20_000)]
    gtins = own_gtins(skus)
    assert len(set(gtins.values())) == len(skus)
    assert own_gtins(reversed(skus)) == gtins
    first, second = islice(own_choices("SKU-1"), 2)
    assert first != second
    assert all(kind_of(gtin) == "ean" for gtin in (first, second))
    assert kind_of(case_gtin(first)) == "gtin14"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("96385074", "ean"),
        ("036000291452", "upc"),
        ("4006381333931", "ean"),
        ("10036000291459", "gtin14"),
        ("4006381333932", None),
        ("400638133393", None),
        ("", None),
        ("HND-1", None),
        ("４００６３８１３３３９３１", None),
    ],
)
def test_the_kind_follows_from_the_digits(code: str, kind: str | None) -> None:
    assert kind_of(code) == kind
