"""Documents become entities, whatever is missing in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.documents.parts import from_iso
from app.domain.documents.stock import (
    from_place,
    to_item,
    to_movement,
    to_place,
    to_product,
    to_store,
)
from app.domain.entities import Place, Reason
from connector_config.schema.instants import to_iso

KEYS = {"store_id": "s", "inventory_id": "i", "product_id": "p"}
MOVEMENT = KEYS | {"movement_id": "m", "quantity": -2, "at": "2026-11-21T09:00:00.000Z"}


def test_a_time_is_stored_in_utc_with_milliseconds() -> None:
    west = timezone(timedelta(hours=-8))
    assert to_iso(datetime(2026, 11, 21, 1, 30, 0, 250_999, west)) == "2026-11-21T09:30:00.250Z"


@given(st.datetimes(timezones=st.timezones()))
def test_a_stored_time_is_read_back(moment: datetime) -> None:
    try:
        stored = to_iso(moment)
    except OverflowError:  # beyond the years that datetime knows
        return
    read = from_iso(stored)
    assert read is not None
    assert timedelta(0) <= moment.astimezone(UTC) - read < timedelta(milliseconds=1)


@pytest.mark.parametrize("text", [None, "", "yesterday", 5, {}])
def test_what_is_no_time_reads_as_none(text: object) -> None:
    assert from_iso(text) is None


@given(st.text(), st.text(), st.text())
def test_a_place_is_read_back(aisle: str, shelf: str, bin_: str) -> None:
    place = Place(aisle, shelf, bin_)
    assert to_place(from_place(place)) == place


def test_a_place_may_be_missing_or_hold_numbers() -> None:
    assert to_place(None) == to_place({}) == Place()
    assert to_place({"aisle": 3, "shelf": "B", "bin": None}) == Place("3", "B", "")


def test_an_item_may_lack_everything_but_its_ids() -> None:
    item = to_item(KEYS)
    assert (item.on_hand, item.reorder_point, item.place, item.notes) == (0, 0, Place(), "")
    assert (item.last_counted, item.last_updated, item.created_at) == (None, None, None)
    assert to_item(KEYS | {"stock_level": 5}).on_hand == 5
    assert to_item(KEYS | {"stock_delta": -5}).on_hand == -5


def test_a_product_may_lack_everything_but_its_id() -> None:
    product = to_product({"product_id": "p"})
    assert (product.name, product.sku, product.price) == ("p", "", Decimal("0.00"))


@pytest.mark.parametrize(
    ("stored", "price"), [(13.4, "13.40"), (0.1 + 0.2, "0.30"), (7, "7.00"), (1999.99, "1999.99")]
)
def test_a_price_has_two_decimals(stored: float, price: str) -> None:
    product = {"product_id": "p", "sku": "S", "product_name": "N", "base_price": stored}
    assert str(to_product(product).price) == price


def test_a_store_is_read() -> None:
    store = to_store({"store_id": "s", "store_name": "N", "location": {"city": "Kent"}})
    assert (store.city, store.is_online) == ("Kent", False)
    assert to_store({"store_id": "s", "store_name": "N", "is_online": True}).is_online


def test_a_movement_may_lack_what_a_newer_or_older_version_left_out() -> None:
    movement = to_movement(MOVEMENT)
    assert (movement.reason, movement.quantity) == (Reason.CORRECTION, -2)
    assert (movement.undoes, movement.from_place, movement.offline) == (None, None, False)
    assert to_movement(MOVEMENT | {"reason": "eaten by a bear"}).reason is Reason.UNKNOWN
    assert to_movement(MOVEMENT | {"at": "2026-11-21"}).at == datetime(2026, 11, 21, tzinfo=UTC)
    assert to_movement(MOVEMENT | {"reference": None}).undoes is None


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_read(reason: Reason) -> None:
    assert to_movement(MOVEMENT | {"reason": reason.value}).reason is reason
