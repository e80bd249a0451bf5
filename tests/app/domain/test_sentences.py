"""Numbers in the sentences of rules are written as whoever shows the sentences writes them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from app.domain.carts import Doubt
from app.domain.errors import InvalidInputError, ShortStockError
from app.domain.pricing import Discount
from app.domain.reordering import Suggestion
from app.domain.stock import parse_quantity
from app.domain.unusual import Unusual
from connector_config import wording
from connector_config.wording import counted


def swiss(value: int) -> str:
    return f"{value:,}".replace(",", "’")


def francs(value: Decimal) -> str:
    return f"{value:.2f} $".replace(".", ",")


@pytest.fixture(autouse=True)
def elsewhere() -> Iterator[None]:
    """Written as in another country."""
    before = wording._writing.number, wording._writing.dollars
    wording.write_as(swiss, francs)
    yield
    wording.write_as(*before)


def test_whoever_shows_the_sentences_writes_their_numbers() -> None:
    assert counted(1_200, "unit") == "1’200 units"
    asked = Unusual("p1", "Hammer", 12_345, 1_000)
    assert asked.text == "Hammer: 12’345. Usual at once: up to 1’000."
    assert str(ShortStockError(1_200, -1_300)).startswith("Only 1’200 on hand: a change of -1’300")
    with pytest.raises(InvalidInputError, match="at most 1’000’000"):
        parse_quantity("1000001")
    doubt = Doubt("", "", Discount(amount=Decimal(40)), Decimal(20))
    assert "40,00 $ off the order" in str(doubt.error)
    reasoning = Suggestion("i1", "p1", 2_000, 1_000, 0, 1_500).text
    assert reasoning.startswith("Up to 1’000 (reorder point) plus ")
    assert "less 2’000 on hand" in reasoning
