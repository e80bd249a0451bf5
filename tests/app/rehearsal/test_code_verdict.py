"""The verdict on codes: what was taught stands everywhere, and packs count with their units."""

from __future__ import annotations

from typing import Any

import pytest

from app.rehearsal.code_steps import ScanPack, Teach, Unteach
from app.rehearsal.code_verdict import codes_in, lost_codes, odd_scans, read_apart
from app.rehearsal.journal import Done, InFlight, Journal
from connector_config.schema.collections import PRODUCT_CODES, STOCK_MOVEMENTS

CODE = {"code_id": "c", "code": "CRATE-A", "product_id": "p", "units": 12, "deleted": False}
TAUGHT = Done(
    "ann",
    Teach(do="teach", peer="ann", code="CRATE-A", item=1, units=12),
    {"codes": [CODE]},
)
MOVEMENT = {"movement_id": "m", "product_id": "p", "quantity": 24}


def scanned(into: str, **evidence: Any) -> Done:
    step = ScanPack.model_validate(
        {"do": "scan", "peer": "bob", "code": "CRATE-A", "into": into, "packs": 2}
    )
    found: dict[str, Any] = {"movements": [MOVEMENT], "papers": []}
    return Done("bob", step, found | {"scanned": {"product_id": "p", "units": 12}} | evidence)


def mongodb(code: dict[str, Any] = CODE, quantity: int = 24) -> dict[str, list[dict[str, Any]]]:
    return {PRODUCT_CODES: [code], STOCK_MOVEMENTS: [MOVEMENT | {"quantity": quantity}]}


NOTHING: dict[str, list[dict[str, Any]]] = {PRODUCT_CODES: [], STOCK_MOVEMENTS: []}


def test_what_is_right_is_not_said() -> None:
    journal = Journal([TAUGHT, scanned("receive")])
    assert codes_in(journal) == ["CRATE-A"]
    assert not [*lost_codes(journal, mongodb()), *odd_scans(NOTHING, journal, mongodb())]
    assert not list(read_apart("bob", {"CRATE-A": [("p", 12)]}, mongodb()))
    assert not list(read_apart("bob", {"CRATE-A": []}, mongodb(CODE | {"deleted": True})))


def test_a_code_that_is_gone_or_another_one_is_named() -> None:
    journal = Journal([TAUGHT])
    assert list(lost_codes(journal, NOTHING)) == [
        "the code CRATE-A that ann was taught is not in MongoDB"
    ]
    assert list(lost_codes(journal, mongodb(CODE | {"product_id": "q"}))) == [
        "the code CRATE-A that ann was taught is another one in MongoDB"
    ]


@pytest.mark.parametrize("read", [[], [("p", 1)], [("p", 12), ("q", 6)]])
def test_a_scanner_that_reads_something_else_is_named(read: list[tuple[str, int]]) -> None:
    (said,) = read_apart("bob", {"CRATE-A": read}, mongodb())
    assert said == f"the code CRATE-A is {read} on bob and [('p', 12)] in MongoDB"


@pytest.mark.parametrize("into", ["receive", "order", "count"])
def test_a_pack_that_was_booked_as_one_is_named(into: str) -> None:
    count = {"count_id": "k", "quantity": 2}
    journal = Journal([TAUGHT, scanned(into, papers=[("stocktake_counts", count)])])
    quantity = -2 if into == "order" else 2
    (said,) = odd_scans(NOTHING, journal, mongodb(quantity=quantity))
    assert "2 were booked, and it was taught with 12 units" in said


def test_what_was_taught_before_or_cut_off_may_be_booked() -> None:
    journal = Journal([scanned("receive")])
    assert list(odd_scans(NOTHING, journal, mongodb()))
    assert not list(odd_scans(mongodb(), journal, mongodb()))
    journal.in_flight.append(InFlight("ann", TAUGHT.step, "d", {"product_id": "p"}))
    assert not list(odd_scans(NOTHING, journal, mongodb()))


def test_units_that_somebody_gave_back_may_be_booked() -> None:
    """What is taken back may be of an earlier schedule on the same devices."""
    edit = {"collection": PRODUCT_CODES, "key": "c", "field": "units", "before": 1, "after": 12}
    step = Unteach(do="unteach", peer="ann", code="CRATE-A")
    before = mongodb(CODE | {"units": 1})
    assert list(odd_scans(before, Journal([scanned("receive")]), before))
    journal = Journal([Done("ann", step, {"edits": [edit]}), scanned("receive")])
    assert not list(odd_scans(before, journal, before))
