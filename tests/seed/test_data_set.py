"""The data set as a whole: counts, references, uniqueness, shapes, and that it is repeatable."""

from __future__ import annotations

import re
import types
import typing
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from connector_config.errors import UserError
from connector_config.schema.collections import ditto_id
from connector_config.schema.documents import SHAPES
from seed.data_set import DATA_SET, data_set
from seed.generators.sales import Sale, Sales
from seed.generators.shelves import Shelves
from seed.options import EARLIEST_END, Options

Demo = dict[str, list[dict[str, Any]]]

REFERENCES = [
    ("product_types", "category_id", "categories", "category_id"),
    ("products", "category_id", "categories", "category_id"),
    ("products", "type_id", "product_types", "type_id"),
    ("product_codes", "product_id", "products", "product_id"),
    ("customers", "primary_store_id", "stores", "store_id"),
    ("inventory", "store_id", "stores", "store_id"),
    ("inventory", "product_id", "products", "product_id"),
    ("orders", "customer_id", "customers", "customer_id"),
    ("orders", "store_id", "stores", "store_id"),
    ("order_items", "order_id", "orders", "order_id"),
    ("order_items", "product_id", "products", "product_id"),
    ("order_items", "customer_id", "customers", "customer_id"),
    ("order_items", "store_id", "stores", "store_id"),
]

UNIQUE = [
    ("stores", ("store_name",)),
    ("stores", ("rls_user_id",)),
    ("categories", ("category_name",)),
    ("products", ("sku",)),
    ("products", ("product_name",)),
    ("product_codes", ("code",)),
    ("customers", ("customer_id",)),
    ("customers", ("email",)),
    ("inventory", ("inventory_id",)),
    ("inventory", ("store_id", "product_id")),
    ("orders", ("order_id",)),
    ("order_items", ("order_item_id",)),
    ("order_items", ("order_id", "product_id")),
]

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def made(options: Options) -> Demo:
    return {p.collection: [dict(d) for d in p.documents] for p in data_set(options)}


def small(end: date, seed: int = 1, orders: int = 300) -> Options:
    return Options(end=end, seed=seed, customers=100, orders=orders)


def test_counts(demo: Demo) -> None:
    counts = {name: len(found) for name, found in demo.items()}
    items = counts.pop("order_items")
    assert counts == {
        "stores": 8,
        "categories": 9,
        "product_types": 31,
        "products": 424,
        "product_codes": 529,
        "customers": 2_000,
        "inventory": 3_168,
        "orders": 5_000,
    }
    assert 1.5 <= items / 5_000 <= 2.5
    assert list(demo) == list(DATA_SET)


def test_the_expected_numbers_are_true(end: date) -> None:
    for part in data_set(Options(end=end)):
        if part.expected is not None:
            assert sum(1 for _ in part.documents) == part.expected, part.collection


@pytest.mark.parametrize(("child", "field", "parent", "key"), REFERENCES)
def test_references_lead_somewhere(
    demo: Demo, child: str, field: str, parent: str, key: str
) -> None:
    assert {d[field] for d in demo[child]} <= {d[key] for d in demo[parent]}


@pytest.mark.parametrize(("collection", "fields"), UNIQUE)
def test_unique(demo: Demo, collection: str, fields: tuple[str, ...]) -> None:
    values = [tuple(d[f] for f in fields) for d in demo[collection]]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("collection", DATA_SET)
def test_shapes(demo: Demo, collection: str) -> None:
    hints = typing.get_type_hints(SHAPES[collection])
    required = SHAPES[collection].__required_keys__
    for document in demo[collection]:
        assert required <= set(document) <= set(hints)
        assert document["deleted"] is False
        assert_maps_of_plain_values(document)
        for field, value in document.items():
            kind = hints[field]
            if isinstance(kind, type) and not typing.is_typeddict(kind):
                assert type(value) is kind, (field, value)


def assert_maps_of_plain_values(value: object) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            assert isinstance(key, str)
            assert_maps_of_plain_values(inner)
    else:
        # No arrays (they do not merge) and no Decimal (Ditto makes an array of it).
        assert type(value) in (str, int, float, bool), value


@pytest.mark.parametrize("collection", DATA_SET)
def test_times_are_utc_with_milliseconds_and_before_the_end(
    demo: Demo, collection: str, end: date
) -> None:
    fields = {"created_at", "updated_at", "order_date", "last_updated", "last_counted", "taught_at"}
    for document in demo[collection]:
        for field in fields & set(document):
            assert STAMP.fullmatch(document[field]), document[field]
            assert document[field] < end.isoformat()
        assert document["created_at"] <= document["updated_at"]


@pytest.mark.parametrize("collection", DATA_SET)
def test_every_document_has_a_ditto_id(demo: Demo, collection: str) -> None:
    ids = [str(ditto_id(collection, document)) for document in demo[collection]]
    assert len(set(ids)) == len(ids)


def test_stock_delta_belongs_to_the_devices(demo: Demo) -> None:
    assert not any("stock_delta" in document for document in demo["inventory"])


def test_the_same_options_give_the_same_documents(end: date) -> None:
    assert made(small(end)) == made(small(end))


def test_another_seed_gives_others(end: date) -> None:
    first, second = made(small(end, 1)), made(small(end, 2))
    for collection in ("customers", "inventory", "orders", "order_items"):
        assert first[collection] != second[collection]
    # What is the company's own does not depend on chance.
    for collection in ("stores", "categories", "product_types", "products", "product_codes"):
        assert first[collection] == second[collection]


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_the_size_of_the_batches_does_not_matter(end: date, size: int) -> None:
    whole = made(small(end))
    parts = list(data_set(small(end)))
    found: Demo = {part.collection: [] for part in parts}
    waiting: list[tuple[str, Iterator[Mapping[str, object]]]] = [
        (part.collection, part.documents) for part in parts
    ]
    # In turns, a batch of each collection, which is the hardest way of consuming them.
    while waiting:
        for collection, rest in list(waiting):
            batch = list(islice(rest, size))
            found[collection].extend(dict(document) for document in batch)
            if not batch:
                waiting.remove((collection, rest))
    assert found == whole


def test_long_lists_are_made_twice_with_the_same_result(
    end: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = made(small(end))
    monkeypatch.setattr("seed.generators.sales._KEPT_IN_MEMORY", 0)
    assert made(small(end)) == kept


@pytest.mark.parametrize(("kept", "times"), [(200, 1), (0, 2)])
def test_orders_and_items_in_turns_share_the_days_that_were_made(
    end: date, monkeypatch: pytest.MonkeyPatch, kept: int, times: int
) -> None:
    made: Counter[date] = Counter()
    original = Sales._day

    def day(self: Sales, shelves: Shelves, day: date, *rest: int) -> list[Sale]:
        made[day] += 1
        return original(self, shelves, day, *rest)

    monkeypatch.setattr(Sales, "_day", day)
    monkeypatch.setattr("seed.generators.sales._KEPT_IN_MEMORY", kept)
    parts = {part.collection: part.documents for part in data_set(small(end, orders=2_000))}
    while orders := list(islice(parts["orders"], 100)):
        lines = sum(int(str(order["item_count"])) for order in orders)
        assert len(list(islice(parts["order_items"], lines))) == lines
    assert list(parts["order_items"]) == []
    assert Counter(made.values()).most_common(1)[0][0] == times


def test_the_generators_are_lazy(end: date) -> None:
    parts = {p.collection: p.documents for p in data_set(Options(end=end, orders=1_000_000))}
    for collection in ("customers", "inventory", "orders", "order_items"):
        assert isinstance(parts[collection], types.GeneratorType)
        assert next(parts[collection])


@pytest.mark.parametrize("later", [1, 40])
def test_fills_of_different_days_agree(demo: Demo, end: date, later: int) -> None:
    """Two devices that were filled on different days merge without contradictions."""
    other = made(Options(end=end + timedelta(days=later)))
    assert other["customers"] == demo["customers"]
    assert [(d["store_id"], d["inventory_id"], d["product_id"], d["location"], d["stock_level"])
            for d in other["inventory"]] == [
        (d["store_id"], d["inventory_id"], d["product_id"], d["location"], d["stock_level"])
        for d in demo["inventory"]
    ]  # fmt: skip
    for collection, key in (("orders", "order_id"), ("order_items", "order_item_id")):
        mine = {d[key]: d for d in demo[collection]}
        theirs = {d[key]: d for d in other[collection]}
        shared = mine.keys() & theirs.keys()
        assert len(shared) > len(mine) * (0.99 if later == 1 else 0.9)
        for document in shared:
            # A pending order is completed later.
            assert {**mine[document], "status": "", "updated_at": ""} == {
                **theirs[document],
                "status": "",
                "updated_at": "",
            } or mine[document] == theirs[document]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"seed": -1}, "seed number must be 0 to"),
        ({"seed": 2**32}, "seed number must be 0 to"),
        ({"end": EARLIEST_END - timedelta(days=1)}, "correct the clock"),
        ({"customers": 0}, "at least one customer"),
        ({"orders": -1}, "not less than 0 orders"),
    ],
)
def test_options_out_of_range_are_a_sentence(
    end: date, changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        Options(**{"end": end, **changed})


def test_no_orders_and_a_single_customer_are_possible(end: date) -> None:
    few = made(Options(end=end, customers=1, orders=0))
    assert [few["orders"], few["order_items"], len(few["customers"])] == [[], [], 1]
    one = made(Options(end=EARLIEST_END, customers=1, orders=1))
    assert one["orders"][0]["customer_id"] == one["customers"][0]["customer_id"]
