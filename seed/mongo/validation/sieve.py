"""One query for documents that break any of many rules, as quick as the server can answer it.

A `$jsonSchema` asks of each field whether it is there and which type it has, one by one. Where no
field is an array, the query operators say the same in half the time, and often one says it all: a
number that is at least 0 is a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from seed.mongo.validation.schema import Query, Rule, Schema, merged

# What MongoDB's operators for query values do with an array is to look into it.
_NO_ARRAY: Final = ["double", "int", "long", "string", "bool", "object", "objectId", "null"]

_OPERATORS: Final = {
    "bsonType": "$type",
    "pattern": "$regex",
    "minimum": "$gte",
    "maximum": "$lte",
    "enum": "$in",
}
_NUMBER: Final = {"double", "int", "long"}


def any_broken(rules: Iterable[Rule]) -> Query:
    """The query that finds the documents that break at least one of some rules."""
    all_rules = list(rules)
    schema = merged(rule.schema for rule in all_rules if rule.schema is not None)
    queries = [rule.wrong for rule in all_rules if rule.wrong is not None]
    # Several formulas in one expression are cheaper than one each.
    expressions = [query["$expr"] for query in queries if "$expr" in query]
    others = [query for query in queries if "$expr" not in query]
    conditions, rest = _split(schema)
    right = [
        conditions,
        {"$jsonSchema": rest},
        {"$jsonSchema": _no_arrays(conditions, schema)},
        *([{"$expr": {"$not": [{"$or": expressions}]}}] if expressions else []),
        *({"$nor": [query]} for query in others),
    ]
    return {"$nor": [{"$and": right}]}


def _split(schema: Schema) -> tuple[Query, Schema]:
    """Conditions for the required fields that hold one value, and what is left of the schema."""
    required = set(schema["required"])
    conditions: Query = {}
    properties: Schema = {}
    for name, rule in schema["properties"].items():
        if name in required and rule.keys() <= _OPERATORS.keys() and "bsonType" in rule:
            conditions[name] = _condition(rule)
            required.discard(name)
            properties[name] = {}
        else:
            properties[name] = rule
    rest = schema | {"properties": properties}
    # An empty list is not allowed.
    del rest["required"]
    return conditions, rest | ({"required": sorted(required)} if required else {})


def _condition(rule: Schema) -> Query:
    types = set(rule["bsonType"])
    # No other type passes these; of numbers, Decimal128 would, but it is not in `_NO_ARRAY`.
    implied = "pattern" in rule or "enum" in rule or (types == _NUMBER and "minimum" in rule)
    return {
        _OPERATORS[key]: value for key, value in rule.items() if key != "bsonType" or not implied
    }


def _no_arrays(conditions: Query, schema: Schema) -> Schema:
    """Holds where no field that has a condition is an array or of another odd type."""
    others: dict[str, Any] = {name: {} for name in schema["properties"] if name not in conditions}
    return {"properties": others, "additionalProperties": {"bsonType": _NO_ARRAY}}
