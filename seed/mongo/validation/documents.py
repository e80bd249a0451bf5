"""The rules for single documents: one pass over a collection, whatever the number of rules.

The pass looks for documents that break any rule. Only those are then held against each rule, so
that what is right costs one comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from connector_config.mongodb.connection import MongoDatabase
from connector_config.wording import counted
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome
from seed.mongo.validation.rules import rules
from seed.mongo.validation.schema import Rule
from seed.mongo.validation.sieve import any_broken

Pipeline = list[dict[str, Any]]

_MOST_FIELDS: Final = 4


def check_documents(
    database: MongoDatabase,
    collection: str,
    first_day: date,
    last_day: date,
    *,
    most: int = MOST_EXAMPLES,
) -> list[Outcome]:
    """Check the documents of a collection, one outcome for each rule."""
    its_rules = rules(collection, first_day, last_day)
    found = next(
        iter(database[collection].aggregate(pipeline(its_rules, most), allowDiskUse=True)), {}
    )
    broken = {number: found.get(f"r{number}") or [] for number in range(len(its_rules))}
    checks: dict[str, list[int]] = {}
    for number, rule in enumerate(its_rules):
        checks.setdefault(rule.check, []).append(number)
    return [
        _outcome(
            collection, [(its_rules[n], broken[n][0]) for n in numbers if broken[n]], title, most
        )
        for numbers in checks.values()
        for title in [its_rules[numbers[0]]]
    ]


def pipeline(its_rules: Sequence[Rule], most: int = MOST_EXAMPLES) -> Pipeline:
    """A pipeline that yields one document: `n` and `ids` for each broken rule `r0`, `r1`, …."""
    count = {"_id": None, "n": {"$sum": 1}, "ids": examples("$_id", most)}
    return [
        {"$match": any_broken(its_rules)},
        {
            "$facet": {
                f"r{number}": [{"$match": rule.query}, {"$group": count}]
                for number, rule in enumerate(its_rules)
            }
        },
    ]


def examples(what: Any, most: int) -> dict[str, Any]:
    """An accumulator that keeps the first few values of an expression."""
    return {"$firstN": {"input": what, "n": most}}


def _outcome(
    collection: str, broken: Sequence[tuple[Rule, dict[str, Any]]], of: Rule, most: int
) -> Outcome:
    ids = dict.fromkeys(str(one) for _, found in broken for one in found["ids"])
    fields: dict[str, int] = {}
    for rule, found in broken:
        fields[rule.field] = fields.get(rule.field, 0) + found["n"]
    named = [f"{field} ({count:,})" for field, count in fields.items()]
    left = len(named) - _MOST_FIELDS
    more = [counted(left, "more field")] if left > 0 else []
    detail = ", ".join(named[:_MOST_FIELDS] + more)
    return outcome(collection, of.check, of.title, sum(fields.values()), list(ids), detail, most)
