"""A shop that begins: what is typed of it, and the document of its first store."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.conventions import US, Conventions
from app.domain.documents.stock import show_store
from app.domain.shops import NewShop, TypedShop, read_shop, store_document

TYPED = TypedShop(" Str\u00f6m  Hardware", "Tacoma", "", "us", "10.1%", "America/Los_Angeles")


def test_a_shop_becomes_a_store_that_the_app_reads() -> None:
    shop = read_shop(TYPED, US)
    assert isinstance(shop, NewShop)
    document = store_document(
        shop, "b2f7e3f0-0000-4000-8000-000000000001", "2026-12-01T08:00:00.000Z"
    )
    store = show_store(document)
    assert (store.name, store.city, store.country) == ("Str\u00f6m Hardware Tacoma", "Tacoma", "US")
    assert (store.tax_percent, store.fault) == (Decimal("10.1"), "")
    assert str(store.zone) == "America/Los_Angeles"


def test_a_comma_is_read_as_people_write_it() -> None:
    shop = read_shop(replace(TYPED, tax="7,7"), Conventions(decimal=",", group="."))
    assert isinstance(shop, NewShop)
    assert shop.tax_percent == Decimal("7.7")


def test_every_field_that_is_wrong_is_said() -> None:
    wrong = read_shop(TypedShop(" ", "x" * 81, "", "Norway", "101", "Middle/Earth"), US)
    assert not isinstance(wrong, NewShop)
    assert wrong.keys() == {"name", "town", "country", "tax", "time_zone"}
    assert all(one.endswith(".") for one in wrong.values())


@pytest.mark.parametrize("tax", ["", "ten", "-1", "1,000"])
def test_a_tax_is_never_guessed(tax: str) -> None:
    wrong = read_shop(replace(TYPED, tax=tax), US)
    assert not isinstance(wrong, NewShop)
    assert wrong.keys() == {"tax"}
