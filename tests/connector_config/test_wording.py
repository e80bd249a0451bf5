"""How numbers stand in sentences: in the English way, until a program says otherwise."""

from __future__ import annotations

from decimal import Decimal

from connector_config.wording import counted, dollars, number, signed

MINUS = "\N{MINUS SIGN}"


def test_the_english_way() -> None:
    assert counted(1_200, "unit") == "1,200 units"
    assert (counted(0, "box", "boxes"), counted(1, "box", "boxes")) == ("0 boxes", "1 box")
    assert (number(-1_234), signed(1_234), signed(0)) == (f"{MINUS}1,234", "+1,234", "0")
    assert (dollars(Decimal("1234.5")), dollars(Decimal(-2))) == ("$1,234.50", f"{MINUS}$2.00")
