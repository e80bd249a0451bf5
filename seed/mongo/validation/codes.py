"""Checks the codes of products: their check digits, and that none stands twice."""

from __future__ import annotations

from collections import defaultdict

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from seed.gtins import kind_of
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome

OWN = "own"


def check_codes(database: MongoDatabase, *, most: int = MOST_EXAMPLES) -> list[Outcome]:
    """Check the codes that hold; another form of a GTIN, with more zeros before it, is the same.

    One code may lead to several products: a scan then asks.
    """
    wrong: list[object] = []
    same: dict[tuple[str, object], list[object]] = defaultdict(list)
    fields = {"code": 1, "kind": 1, "product_id": 1}
    for one in database[names.PRODUCT_CODES].find({"deleted": {"$ne": True}}, fields):
        code, kind = str(one.get("code")), one.get("kind")
        if kind == OWN:
            same[code.casefold(), str(one.get("product_id"))].append(one["_id"])
            continue
        same[code.zfill(14), str(one.get("product_id"))].append(one["_id"])
        if kind_of(code) != kind:
            wrong.append(one["_id"])
    twice = [document_id for ids in same.values() for document_id in ids[1:]]
    return [
        outcome(
            names.PRODUCT_CODES,
            "check_digit",
            "a GTIN has the length of its kind and a right check digit",
            len(wrong),
            wrong,
            most=most,
        ),
        outcome(
            names.PRODUCT_CODES,
            "twice",
            "no product has a code twice",
            len(twice),
            twice,
            most=most,
        ),
    ]
