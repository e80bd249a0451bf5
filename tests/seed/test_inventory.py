"""Inventory: what each store has, and where it stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from seed.catalogue_files import Catalogue
from seed.generators.places import BINS, SHELVES, store_places
from seed.store_files import StorePlan

Documents = list[dict[str, Any]]
Demo = dict[str, Documents]


def by_store(demo: Demo) -> dict[str, Documents]:
    stores: dict[str, Documents] = defaultdict(list)
    for entry in demo["inventory"]:
        stores[entry["store_id"]].append(entry)
    return stores


def test_each_store_carries_its_number(demo: Demo, plans: tuple[StorePlan, ...]) -> None:
    found = {store: len(entries) for store, entries in by_store(demo).items()}
    assert found == {plan.store_id: plan.products_carried for plan in plans}


def test_stores_differ_in_what_they_leave_out(demo: Demo) -> None:
    everything = {product["product_id"] for product in demo["products"]}
    missing = [
        frozenset(everything - {entry["product_id"] for entry in entries})
        for store, entries in by_store(demo).items()
        if store != "store_online"
    ]
    assert len(set(missing)) == 7
    assert all(one != two for one in missing for two in missing if one is not two)


def test_places_lie_in_the_aisles_of_the_category(demo: Demo, catalogue: Catalogue) -> None:
    aisles = {category.category_id: category.aisles for category in catalogue.categories}
    category_of = {product.product_id: product.category_id for product in catalogue.products}
    for entry in demo["inventory"]:
        location = entry["location"]
        assert location["aisle"] in aisles[category_of[entry["product_id"]]]
        assert location["shelf"] in SHELVES
        assert 1 <= int(location["bin"]) <= BINS


def test_a_shelf_holds_one_type(demo: Demo, catalogue: Catalogue) -> None:
    type_of = {product.product_id: product.type_id for product in catalogue.products}
    shelves = defaultdict(set)
    for entry in demo["inventory"]:
        place = entry["location"]
        shelves[entry["store_id"], place["aisle"], place["shelf"]].add(type_of[entry["product_id"]])
    assert {len(types) for types in shelves.values()} == {1}


def test_a_type_stands_together(demo: Demo, catalogue: Catalogue) -> None:
    type_of = {product.product_id: product.type_id for product in catalogue.products}
    shelves = defaultdict(set)
    for entry in demo["inventory"]:
        place = entry["location"]
        number = int(place["aisle"]) * len(SHELVES) + SHELVES.index(place["shelf"])
        shelves[entry["store_id"], type_of[entry["product_id"]]].add(number)
    for numbers in shelves.values():
        assert max(numbers) - min(numbers) == len(numbers) - 1


def test_no_two_products_share_a_bin(demo: Demo) -> None:
    places = Counter((e["store_id"], *e["location"].values()) for e in demo["inventory"])
    assert set(places.values()) == {1}


def test_stores_place_differently(demo: Demo) -> None:
    places = defaultdict(set)
    for entry in demo["inventory"]:
        places[entry["product_id"]].add(tuple(entry["location"].values()))
    assert sum(len(found) > 1 for found in places.values()) > 300


@pytest.mark.parametrize("count", [1, 5, 12, 13, 40])
def test_a_crowded_shelf_shares_bins(catalogue: Catalogue, count: int) -> None:
    category = catalogue.categories[0]
    one_aisle = Catalogue(
        (type(category)("c", "C", category.seasonal_multipliers, ("1",), category.types[:1]),),
        (catalogue.products[0],) * count,
    )
    places = store_places(one_aisle, range(count), Random(1).random)
    assert len(places) == count
    assert all(1 <= int(bin_number) <= BINS for _, _, bin_number in places.values())


def test_levels(demo: Demo) -> None:
    levels = [(entry["stock_level"], entry["reorder_threshold"]) for entry in demo["inventory"]]
    low = sum(level <= threshold for level, threshold in levels) / len(levels)
    zero = sum(level == 0 for level, _ in levels) / len(levels)
    assert 0.09 < low < 0.15
    assert 0.01 < zero < 0.03
    assert all(level >= 0 and threshold >= 2 for level, threshold in levels)
    assert max(level for level, _ in levels) < 300


def test_fast_movers_have_more(demo: Demo) -> None:
    sold = Counter(item["product_id"] for item in demo["order_items"])
    level: Counter[str] = Counter()
    for entry in demo["inventory"]:
        level[entry["product_id"]] += entry["stock_level"]
    ranking = [product for product, _ in sold.most_common()]
    top, bottom = ranking[:100], ranking[-100:]
    assert sum(level[p] for p in top) > 3 * sum(level[p] for p in bottom)


def test_the_hammer_is_everywhere(demo: Demo) -> None:
    hammers = [e for e in demo["inventory"] if e["product_id"] == "prod_hnd_hammer_001"]
    assert len(hammers) == 8
    assert all(e["stock_level"] >= max(12, 2 * e["reorder_threshold"]) for e in hammers)


def test_counted_within_ninety_days(demo: Demo, end: date) -> None:
    earliest = (end - timedelta(days=90)).isoformat()
    assert all(entry["last_counted"] >= earliest for entry in demo["inventory"])


def test_some_have_notes(demo: Demo) -> None:
    notes = [entry["notes"] for entry in demo["inventory"] if entry["notes"]]
    assert 0.03 < len(notes) / 3_168 < 0.1
    assert max(map(len, notes)) <= 40
