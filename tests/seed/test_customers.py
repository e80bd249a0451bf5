"""Customers: who they are and where."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from seed.generators.customers import people
from seed.store_files import StorePlan

Demo = dict[str, list[dict[str, Any]]]

WASHINGTON = {"206", "253", "360", "425", "509", "564"}


def test_stores_have_their_share(demo: Demo, plans: tuple[StorePlan, ...]) -> None:
    found = Counter(customer["primary_store_id"] for customer in demo["customers"])
    everything = sum(plan.customer_weight for plan in plans)
    for plan in plans:
        expected = plan.customer_weight / everything
        assert found[plan.store_id] / 2_000 == pytest.approx(expected, abs=0.03)


def test_addresses_and_numbers_belong_to_nobody(demo: Demo) -> None:
    for customer in demo["customers"]:
        assert re.fullmatch(r"[a-z.]+\d*@example\.(com|org|net)", customer["email"])
        area, number = re.fullmatch(r"\((\d{3})\) (.*)", customer["phone"]).groups()  # type: ignore[union-attr]
        assert area in WASHINGTON
        assert re.fullmatch(r"555-01\d\d", number)
        assert re.fullmatch(r"cust_[0-9a-f]{8}", customer["customer_id"])


def test_area_codes_fit_the_store(demo: Demo) -> None:
    codes = Counter((c["primary_store_id"], c["phone"][1:4]) for c in demo["customers"])
    assert codes["store_seattle", "206"] > codes["store_seattle", "425"] > 0
    assert {code for store, code in codes if store == "store_spokane"} == {"509"}
    assert {code for store, code in codes if store == "store_online"} == WASHINGTON


def test_they_joined_after_their_store_opened_and_over_the_years(
    demo: Demo, plans: tuple[StorePlan, ...]
) -> None:
    opened = {plan.store_id: plan.opened.isoformat() for plan in plans}
    for customer in demo["customers"]:
        assert customer["created_at"] >= opened[customer["primary_store_id"]]
    years = Counter(customer["created_at"][:4] for customer in demo["customers"])
    assert len(years) >= 10


def test_a_longer_list_starts_with_a_shorter_one(plans: tuple[StorePlan, ...]) -> None:
    assert people(5, plans, 300)[:100] == people(5, plans, 100)


def test_ids_and_addresses_stay_unique_in_a_large_set(plans: tuple[StorePlan, ...]) -> None:
    members = people(7, plans, 50_000)
    assert len({person.customer_id for person in members}) == 50_000
    assert len({person.email for person in members}) == 50_000
