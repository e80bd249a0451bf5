"""No pipeline shows, changes or finds out what is another store's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_config.errors import UserError
from seed.mcp_servers import free_query, guard
from seed.mcp_servers.guard import ALLOWED_STAGES, FORBIDDEN, Guard
from seed.mcp_servers.people import Person
from tests.helpers.property_tests import examples
from tests.seed.mcp_servers.people import EVERYBODY, MANAGER, REP, SEATTLE, TACOMA, WORKER, question
from tests.seed.used_shop import Asked

Pipeline = list[dict[str, Any]]


def run(
    asked: Asked, collection: str, pipeline: Any, who: Person = MANAGER
) -> list[dict[str, Any]]:
    return free_query.run(question(asked, who), collection, pipeline)["rows"]


def foreign(asked: Asked, found: object) -> set[str]:
    """Ids of other stores' orders, lines, movements and customers in an answer."""
    text = json.dumps(found)
    return {
        str(one[key])
        for name, key, store in (
            ("orders", "order_id", "store_id"),
            ("order_items", "order_item_id", "store_id"),
            ("stock_movements", "movement_id", "store_id"),
            ("customers", "customer_id", "primary_store_id"),
        )
        for one in asked.documents[name]
        if one[store] != SEATTLE
        # Orders say who their customers are, but not how to call them.
        and (name != "customers" or str(one["phone"]) in text)
        and f'"{one[key]}"' in text
    }


# Each reads orders, or what belongs to them, from where it is put.
READS: dict[str, tuple[str, Pipeline]] = {
    "plain": ("orders", []),
    "all of it": ("orders", [{"$match": {}}]),
    "another store": ("orders", [{"$match": {"store_id": TACOMA}}]),
    "or": ("orders", [{"$match": {"$or": [{"store_id": TACOMA}, {"store_id": {"$ne": "x"}}]}}]),
    "nor": ("orders", [{"$match": {"$nor": [{"store_id": SEATTLE}]}}]),
    "expr": ("orders", [{"$match": {"$expr": {"$ne": ["$store_id", SEATTLE]}}}]),
    "its store renamed": ("orders", [{"$set": {"store_id": SEATTLE}}, {"$match": {}}]),
    "lines": ("order_items", [{"$match": {"store_id": {"$exists": True}}}]),
    "movements": ("stock_movements", []),
    "customers": ("customers", [{"$match": {"primary_store_id": TACOMA}}]),
    "customers by e-mail": ("customers", [{"$match": {"email": {"$gte": "a"}}}]),
    "group": ("orders", [{"$group": {"_id": "$order_id", "store": {"$first": "$store_id"}}}]),
    "lookup": (
        "stores",
        [
            {"$sort": {"_id": -1}},
            {
                "$lookup": {
                    "from": "orders",
                    "localField": "_id",
                    "foreignField": "store_id",
                    "as": "x",
                }
            },
            {"$unwind": "$x"},
            {"$replaceRoot": {"newRoot": "$x"}},
        ],
    ),
    "lookup, absorbed": (
        "stores",
        [
            {
                "$lookup": {
                    "from": "orders",
                    "localField": "_id",
                    "foreignField": "store_id",
                    "as": "x",
                }
            },
            {"$unwind": "$x"},
            {"$match": {"x.store_id": TACOMA}},
        ],
    ),
    "lookup, by let": (
        "stores",
        [
            {
                "$lookup": {
                    "from": "orders",
                    "let": {"s": "$_id"},
                    "pipeline": [{"$match": {"$expr": {"$eq": ["$store_id", "$$s"]}}}],
                    "as": "x",
                }
            }
        ],
    ),
    "lookup of lines": (
        "products",
        [
            {"$limit": 60},
            {
                "$lookup": {
                    "from": "order_items",
                    "localField": "product_id",
                    "foreignField": "product_id",
                    "as": "x",
                    "pipeline": [{"$match": {"$or": [{}, {"store_id": TACOMA}]}}],
                }
            },
        ],
    ),
    "graph": (
        "stores",
        [
            {
                "$graphLookup": {
                    "from": "orders",
                    "startWith": "$_id",
                    "connectFromField": "store_id",
                    "connectToField": "store_id",
                    "as": "x",
                }
            }
        ],
    ),
    "graph, restricted": (
        "stores",
        [
            {
                "$graphLookup": {
                    "from": "orders",
                    "startWith": "$_id",
                    "connectFromField": "customer_id",
                    "connectToField": "store_id",
                    "as": "x",
                    "maxDepth": 2,
                    "restrictSearchWithMatch": {
                        "$or": [{"store_id": TACOMA}, {"store_id": SEATTLE}]
                    },
                }
            }
        ],
    ),
    "union": ("stores", [{"$unionWith": "orders"}]),
    "union, with stages": (
        "orders",
        [{"$unionWith": {"coll": "orders", "pipeline": [{"$match": {"store_id": TACOMA}}]}}],
    ),
    "facet": ("orders", [{"$facet": {"a": [{"$match": {"store_id": TACOMA}}], "b": []}}]),
    "windows": (
        "orders",
        [
            {
                "$setWindowFields": {
                    "sortBy": {"order_date": 1},
                    "output": {"all": {"$push": "$order_id", "window": {"documents": [-2, 2]}}},
                }
            }
        ],
    ),
    "variables": ("orders", [{"$project": {"x": "$$ROOT", "y": "$$CURRENT"}}]),
}


def nested(inner: tuple[str, Pipeline]) -> Iterator[tuple[str, str, Pipeline]]:
    """The same reading inside each stage that has a pipeline."""
    collection, stages = inner
    yield "lookup", "stores", [{"$lookup": {"from": collection, "pipeline": stages, "as": "in"}}]
    yield "union", "categories", [{"$unionWith": {"coll": collection, "pipeline": stages}}]
    yield "facet", collection, [{"$facet": {"in": stages}}]
    yield (
        "union in lookup",
        "stores",
        [
            {
                "$lookup": {
                    "from": "stores",
                    "pipeline": [{"$unionWith": {"coll": collection, "pipeline": stages}}],
                    "as": "in",
                }
            }
        ],
    )
    yield (
        "lookup in facet",
        "categories",
        [{"$facet": {"in": [{"$lookup": {"from": collection, "pipeline": stages, "as": "in"}}]}}],
    )


ATTACKS = [(name, collection, stages) for name, (collection, stages) in READS.items()] + [
    (f"{name} in {where}", collection, stages)
    for name, read in READS.items()
    for where, collection, stages in nested(read)
]


@pytest.mark.parametrize(
    ("collection", "pipeline"), [a[1:] for a in ATTACKS], ids=[a[0] for a in ATTACKS]
)
def test_nothing_of_another_store_is_shown(
    asked: Asked, collection: str, pipeline: Pipeline
) -> None:
    short = [*pipeline, {"$limit": 3}]
    try:
        rows = run(asked, collection, short)
    except UserError as error:
        # Nested deeper, some are no pipelines of MongoDB; no reason is that it was ours to forbid.
        assert "MongoDB refuses" in str(error), error
        assert not foreign(asked, str(error))
        return
    assert not foreign(asked, rows)


def test_without_the_guard_they_would_see_it(asked: Asked) -> None:
    """The attacks reach other stores where nothing holds them."""
    seen = {
        name
        for name, (collection, stages) in READS.items()
        if foreign(asked, run(asked, collection, [*stages, {"$limit": 100}], EVERYBODY))
    }
    # Of these 60 KB hold nothing: what is found stands in one document.
    assert READS.keys() - seen <= {"lookup, by let", "graph", "graph, restricted", "facet"}


STAGES = st.sampled_from(
    [
        {"$match": {}},
        {"$match": {"store_id": TACOMA}},
        {"$match": {"$expr": {"$ne": ["$store_id", SEATTLE]}}},
        {"$unionWith": "orders"},
        {"$unionWith": {"coll": "order_items"}},
        {
            "$lookup": {
                "from": "orders",
                "localField": "store_id",
                "foreignField": "store_id",
                "as": "o",
            }
        },
        {
            "$lookup": {
                "from": "orders",
                "localField": "order_id",
                "foreignField": "order_id",
                "as": "o",
            }
        },
        {"$set": {"store_id": SEATTLE}},
        {"$limit": 5},
        {"$sort": {"store_id": -1}},
        {"$unwind": {"path": "$o", "preserveNullAndEmptyArrays": True}},
        {"$match": {"o.store_id": {"$ne": SEATTLE}}},
        {"$replaceWith": {"$mergeObjects": ["$$ROOT", {"z": 1}]}},
    ]
)


@examples(25)
@given(
    collection=st.sampled_from(["orders", "order_items", "stores", "products", "stock_movements"]),
    inner=st.lists(STAGES, max_size=3),
    outer=st.lists(STAGES, max_size=3),
    how=st.sampled_from(["flat", "facet", "union", "lookup"]),
)
def test_whatever_is_put_together(
    asked: Asked, collection: str, inner: Pipeline, outer: Pipeline, how: str
) -> None:
    ways: dict[str, Pipeline] = {
        "flat": inner,
        "facet": [{"$facet": {"a": [*inner, {"$limit": 3}]}}],
        "union": [{"$unionWith": {"coll": "orders", "pipeline": inner}}],
        "lookup": [{"$limit": 3}, {"$lookup": {"from": "orders", "pipeline": inner, "as": "o"}}],
    }
    within = ways[how]
    try:
        rows = run(asked, collection, [*outer, *within, {"$limit": 20}])
    except UserError:
        return
    assert not foreign(asked, rows)


def test_a_failing_expression_tells_nothing_of_another_store(asked: Asked) -> None:
    """It would fail on documents of Tacoma, and so say that they are there."""
    fails = {
        "$expr": {"$cond": [{"$ne": ["$store_id", SEATTLE]}, {"$toInt": "$product_name"}, True]}
    }
    inside: Pipeline = [
        {
            "$lookup": {
                "from": "order_items",
                "localField": "product_id",
                "foreignField": "product_id",
                "as": "x",
                "pipeline": [{"$match": fails}],
            }
        }
    ]
    assert run(asked, "products", inside)
    assert run(asked, "order_items", [{"$match": fails}, {"$limit": 1}])
    assert run(
        asked, "stores", [{"$unionWith": {"coll": "order_items", "pipeline": [{"$match": fails}]}}]
    )
    # And without the limit between them it does.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "_EVERYTHING", None)
        patch.setattr(Guard, "pipeline", _without_barrier(Guard.pipeline))
        with pytest.raises(UserError, match="MongoDB refuses"):
            run(asked, "products", inside)


def _without_barrier(whole: Any) -> Any:
    def pipeline(self: Guard, *arguments: Any) -> Pipeline:
        return [one for one in whole(self, *arguments) if one != {"$limit": None}]

    return pipeline


@pytest.mark.parametrize(
    "name",
    sorted(
        FORBIDDEN
        | {"$geoNear", "$redact", "$sample", "$fill", "$search", "$densify", "$foo", "out"}
    ),
)
@pytest.mark.parametrize("where", ["alone", "in lookup", "in union", "in facet"])
def test_other_stages_are_refused(asked: Asked, name: str, where: str) -> None:
    bad: Pipeline = [{name: {}}]
    pipeline = {
        "alone": bad,
        "in lookup": [{"$lookup": {"from": "stores", "pipeline": bad, "as": "x"}}],
        "in union": [{"$unionWith": {"coll": "stores", "pipeline": bad}}],
        "in facet": [{"$facet": {"x": bad}}],
    }[where]
    with pytest.raises(UserError, match="is not allowed here: use"):
        run(asked, "stores", pipeline)


@pytest.mark.parametrize(
    "stage",
    [
        {"$match": {"$where": "sleep(1)"}},
        {"$match": {"$and": [{"$nor": [{"$where": "1"}]}]}},
        {"$match": {"$expr": {"$function": {"body": "f", "args": [], "lang": "js"}}}},
        {"$group": {"_id": 1, "x": {"$accumulator": {}}}},
        {"$project": {"x": {"$map": {"input": [1], "in": {"$function": {}}}}}},
        {"$set": {"x": {"$_internalJsEmit": {}}}},
        {"$graphLookup": {"from": "stores", "startWith": {"$function": {}}, "as": "x"}},
        {"$lookup": {"from": "stores", "let": {"a": {"$function": {}}}, "pipeline": [], "as": "x"}},
    ],
)
def test_no_code_runs(asked: Asked, stage: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="is not allowed here: only reading is"):
        run(asked, "stores", [stage], EVERYBODY)


@pytest.mark.parametrize(
    ("collection", "pipeline", "who", "sentence"),
    [
        ("system.users", [], MANAGER, "There is no collection 'system.users'"),
        ("product_embeddings", [], EVERYBODY, "There is no collection"),
        ("staff", [], EVERYBODY, "There is no collection 'staff'"),
        ("stores", [{"$unionWith": "staff"}], MANAGER, "There is no collection 'staff'"),
        (
            "orders",
            [{"$lookup": {"from": "secrets", "as": "x"}}],
            MANAGER,
            "no collection 'secrets'",
        ),
        (
            "orders",
            [{"$lookup": {"from": {"db": "admin", "coll": "x"}, "as": "x"}}],
            MANAGER,
            "names the collection in from",
        ),
        (
            "orders",
            [{"$unionWith": {"pipeline": [{"$documents": []}]}}],
            MANAGER,
            "names the collection in coll",
        ),
        ("orders", [{"$unionWith": "replenishments"}], REP, "A rep may not see replenishments"),
        ("replenishments", [], REP, "A rep may not see replenishments"),
        ("orders", {"$match": {}}, MANAGER, "A pipeline is a list of stages"),
        ("orders", [{"$match": {}, "$out": "x"}], MANAGER, "A pipeline is a list of stages"),
        ("orders", [{"$facet": []}], MANAGER, "\\$facet takes an object"),
        (
            "orders",
            [{"$lookup": {"from": "stores", "as": "x", "_from": 1}}],
            MANAGER,
            "\\$lookup has no _from",
        ),
        ("orders", [{"$match": {}}] * 101, MANAGER, "at most 100 stages"),
        (
            "orders",
            [{"$graphLookup": {"from": "orders", "restrictSearchWithMatch": {"$expr": True}}}],
            MANAGER,
            "may only compare fields",
        ),
        ("orders", [{"$graphLookup": {"from": "customers"}}], WORKER, "use \\$lookup"),
        ("orders", [{"$match": {"_id": {"$oid": "abc"}}}], MANAGER, "24 hexadecimal digits"),
        (
            "orders",
            [{"$match": {"order_date": {"$gte": {"$date": "soon"}}}}],
            MANAGER,
            "an instant such as",
        ),
        (
            "orders",
            [{"$project": {"x": {"$toInt": "$store_name"}}}],
            MANAGER,
            "MongoDB refuses the pipeline",
        ),
        (
            "orders",
            [{"$set": {"a": json.loads("[" * 70 + "]" * 70)}}],
            MANAGER,
            "nested too deeply",
        ),
    ],
)
def test_what_is_refused_says_why(
    asked: Asked, collection: str, pipeline: Any, who: Person, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        run(asked, collection, pipeline, who)


def test_a_worker_sees_no_contact_data(asked: Asked) -> None:
    people = run(asked, "customers", [{"$limit": 5}], WORKER)
    assert people and not {"email", "phone", "phone_e164"} & set().union(*people)
    assert all("email" in one for one in run(asked, "customers", [{"$limit": 5}], MANAGER))
    orders = run(asked, "orders", [{"$limit": 5}], WORKER)
    assert orders and not any("customer_email" in one for one in orders)
    inside = run(
        asked,
        "stores",
        [
            {
                "$lookup": {
                    "from": "customers",
                    "localField": "_id",
                    "foreignField": "primary_store_id",
                    "as": "c",
                }
            }
        ],
        WORKER,
    )
    assert "@" not in json.dumps(inside)
    # Nor by trying which e-mail there is.
    assert run(asked, "customers", [{"$match": {"email": {"$gte": "a"}}}], WORKER) == []
    assert run(asked, "customers", [{"$match": {"email": {"$gte": "a"}}}], MANAGER)


def test_a_rep_of_two_stores_sees_both(asked: Asked) -> None:
    rows = run(asked, "orders", [{"$sortByCount": "$store_id"}], REP)
    assert {one["_id"] for one in rows} == {SEATTLE, TACOMA}


def test_the_first_match_finds_its_index(asked: Asked) -> None:
    known = asked.documents["orders"][0]
    stages = Guard(EVERYBODY).pipeline("orders", [{"$match": {"order_id": known["order_id"]}}])
    assert stages == [{"$match": {"order_id": known["order_id"]}}]
    (head, *_) = Guard(MANAGER).pipeline("orders", [{"$match": {"order_id": "x"}}])
    assert head == {"$match": {"$and": [{"store_id": {"$in": [SEATTLE]}}, {"order_id": "x"}]}}


@pytest.mark.parametrize(
    "wanted",
    [
        {"$gte": {"$date": "2025-12-01T00:00:00Z"}},
        {"$gte": {"$date": {"$numberLong": "1764547200000"}}},
        {"$gte": "2025-12-01T00:00:00Z"},
        {"$gte": "2025-11-30T16:00:00-08:00"},
        {"$gte": "2025-12-01"},
    ],
)
def test_an_instant_is_understood_in_every_form(asked: Asked, wanted: Any) -> None:
    expected = sorted(
        one["order_id"]
        for one in asked.documents["orders"]
        if one["store_id"] == SEATTLE
        and str(one["order_date"]) >= "2025-12-01"
        and one["order_date"] != 5
    )
    plain = run(asked, "orders", [{"$match": {"order_date": wanted}}])
    assert sorted(one["order_id"] for one in plain) == expected
    compared = {
        "$expr": {
            "$and": [{"$gte": ["$order_date", wanted["$gte"]]}, {"$lt": ["$order_date", "9"]}]
        }
    }
    inside = run(asked, "orders", [{"$match": compared}])
    assert sorted(one["order_id"] for one in inside) == expected


def test_an_object_id_is_understood(asked: Asked) -> None:
    person = next(c for c in asked.documents["customers"] if c["primary_store_id"] == SEATTLE)
    (row,) = run(asked, "customers", [{"$match": {"_id": {"$oid": str(person["_id"])}}}])
    assert row["customer_id"] == person["customer_id"]


def test_limits_say_that_they_applied(asked: Asked) -> None:
    its = question(asked, MANAGER)
    many = free_query.run(
        its, "stock_movements", [{"$unionWith": "orders"}, {"$project": {"_id": 1}}]
    )
    assert len(many["rows"]) == 100 and "only the first 100 rows" in many["notes"][0]
    large = free_query.run(its, "products", [{"$set": {"x": {"$range": [0, 2_000]}}}])
    assert "at most 60 KB" in large["notes"][0] and len(json.dumps(large)) <= 60_000
    one = free_query.run(
        its, "stores", [{"$group": {"_id": 1, "x": {"$push": {"$range": [0, 20_000]}}}}]
    )
    assert one["rows"] == [] and "at most 60 KB" in one["notes"][0]


def test_a_big_collection_is_not_read_whole(asked: Asked) -> None:
    def ask(collection: str, pipeline: Pipeline, who: Person = EVERYBODY) -> Any:
        return free_query.run(question(asked, who), collection, pipeline, big=100)

    totals: Pipeline = [{"$group": {"_id": "$status", "n": {"$sum": 1}}}]
    with pytest.raises(
        UserError, match=r"orders has 8\d\d documents, .* customer_id, number, order_date, order_id"
    ):
        ask("orders", totals)
    with pytest.raises(UserError, match="order_items has"):
        ask("stores", [{"$unionWith": {"coll": "order_items"}}])
    with pytest.raises(UserError, match=r"order_items has .* \$lookup by sku"):
        ask(
            "stores",
            [
                {
                    "$lookup": {
                        "from": "order_items",
                        "localField": "x",
                        "foreignField": "sku",
                        "as": "x",
                    }
                }
            ],
        )
    assert ask("orders", totals, MANAGER)["rows"], "of one store it uses the index"
    assert ask("orders", [{"$match": {"order_date": {"$gte": "2025-06-01"}}}, *totals])["rows"]
    assert ask("stores", [])["rows"]


def test_every_allowed_stage_can_be_used(asked: Asked) -> None:
    uses: Pipeline = [
        {"$match": {"status": "completed"}},
        {"$addFields": {"a": 1}},
        {"$set": {"b": {"$add": ["$a", 1]}}},
        {"$unset": "a"},
        {"$project": {"store_id": 1, "total": 1, "order_id": 1, "b": 1}},
        {"$sort": {"total": -1}},
        {"$skip": 1},
        {"$limit": 50},
        {
            "$lookup": {
                "from": "order_items",
                "localField": "order_id",
                "foreignField": "order_id",
                "as": "i",
            }
        },
        {"$unwind": "$i"},
        {"$replaceRoot": {"newRoot": {"$mergeObjects": ["$i", {"total": "$total"}]}}},
        {"$replaceWith": "$$ROOT"},
        {"$setWindowFields": {"sortBy": {"total": 1}, "output": {"r": {"$rank": {}}}}},
        {
            "$graphLookup": {
                "from": "stores",
                "startWith": "$store_id",
                "connectFromField": "x",
                "connectToField": "_id",
                "as": "s",
            }
        },
        {"$unionWith": {"coll": "orders", "pipeline": [{"$limit": 1}]}},
        {
            "$facet": {
                "a": [{"$bucket": {"groupBy": "$total", "boundaries": [0, 50], "default": "more"}}],
                "b": [{"$bucketAuto": {"groupBy": "$total", "buckets": 2}}],
                "c": [{"$sortByCount": "$sku"}],
                "d": [{"$count": "n"}],
                "e": [{"$group": {"_id": None, "n": {"$sum": 1}}}],
            }
        },
    ]
    (row,) = run(asked, "orders", uses)
    assert row["d"][0]["n"] > 1 and row["d"][0] == {"n": row["e"][0]["n"]}
    used = {name for one in uses for name in one} | {
        "$bucket",
        "$bucketAuto",
        "$sortByCount",
        "$count",
        "$group",
    }
    assert used == set(ALLOWED_STAGES)


def test_a_user_of_the_role_read_cannot_write_whatever_comes(
    asked: Asked, replica_set: Any
) -> None:
    from pymongo import MongoClient
    from pymongo.errors import OperationFailure

    from seed.mcp_servers.asking import warn_of_writer

    with MongoClient[dict[str, Any]](replica_set.read_only_uri) as client:
        database = client[asked.settings.database]
        assert not warn_of_writer(database)
        assert warn_of_writer(asked.database)
        with pytest.raises(OperationFailure):
            database["orders"].aggregate([{"$out": "stolen"}])
