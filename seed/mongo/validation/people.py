"""Checks customers who were merged with others, and those who wished to be forgotten."""

from __future__ import annotations

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import CUSTOMERS, ORDERS
from seed.mongo.forget import NAMED, read_merged
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome


def check_people(database: MongoDatabase, *, most: int = MOST_EXAMPLES) -> list[Outcome]:
    """Check that pointers lead to customers of the same store, and that nobody forgotten is named.

    Who is one person with somebody forgotten is forgotten too.
    """
    merged = read_merged(database)
    fields = {"customer_id": 1, "primary_store_id": 1, "merged_into": 1, "forgotten_at": 1}
    concerned = {"$or": [{"merged_into": {"$gt": ""}}, {"forgotten_at": {"$gt": ""}}]}
    found = list(database[CUSTOMERS].find(concerned, fields))
    ends = {one["merged_into"] for one in found if one.get("merged_into")}
    there = {
        one["customer_id"]: one.get("primary_store_id")
        for one in database[CUSTOMERS].find({"customer_id": {"$in": list(ends)}}, fields)
    }
    astray = [
        one["_id"]
        for one in found
        if one.get("merged_into") and there.get(one["merged_into"]) != one.get("primary_store_id")
    ]
    forgotten = {one["customer_id"] for one in found if one.get("forgotten_at")}
    groups = {merged.kept(one) for one in forgotten}
    same = {one for end in groups for one in (end, *merged.others(end))}
    left = sorted(same - forgotten)
    query = {"customer_id": {"$in": sorted(forgotten)}, **NAMED}
    named = database[ORDERS].count_documents(query) if forgotten else 0
    examples = database[ORDERS].find(query, {"_id": 1}, limit=most) if named else ()
    return [
        outcome(
            CUSTOMERS,
            "merged_into",
            "merged_into is a customer of the same store",
            len(astray),
            astray,
            most=most,
        ),
        outcome(
            CUSTOMERS,
            "forgotten_together",
            "who is one person with somebody forgotten is forgotten (zava-seed forget)",
            len(left),
            left,
            most=most,
        ),
        outcome(
            ORDERS,
            "forgotten",
            "orders of the forgotten say “Customer removed” (zava-seed forget)",
            named,
            [one["_id"] for one in examples],
            most=most,
        ),
    ]
