"""What undo says of changes that only other versions of the program make."""

from __future__ import annotations

from app.domain.changes import Kind, Made, NewlyMade
from app.domain.last_change import settled
from app.domain.oversell import Settlement, SettlementKind
from app.domain.papers import Signature


def test_a_settlement_of_a_kind_that_is_not_known_is_no_transfer() -> None:
    made = Made(1, NewlyMade(Kind.SETTLED, "store_seattle", {"settlement": "one"}))
    settlement = Settlement(
        *("one", "case", "store_seattle", "prod_1", "order_1", 1, SettlementKind.UNKNOWN, 2),
        *("", "Rita", "device-rita", "SEA-0001", Signature("2026-11-21T09:00:00.000Z")),
    )
    offer = settled(made, settlement, None)
    assert offer is not None
    assert offer.refused
    assert offer.name == "order SEA-0001, settled in Oversold"
    assert "newer version of this program" in offer.sentence
