"""Forgets a customer in MongoDB: the person in all customers who are the same, and in all orders.

What is done may be done again: an interruption is finished by the same command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema.collections import CUSTOMERS, ORDERS
from connector_config.schema.emails import email_forms
from connector_config.schema.forgotten import IN_ORDERS, is_forgotten, without_person
from connector_config.schema.merged import Merged
from seed.mongo.extended_json import Stored

NAMED: Final[Mapping[str, Any]] = {"$or": [{name: {"$ne": its}} for name, its in IN_ORDERS.items()]}
"""The orders that say whose they are."""

_PLAIN: Final = {"$toLower": {"$trim": {"input": {"$ifNull": ["$email", ""]}}}}
_IS_TEXT: Final = {"$eq": [{"$type": "$email"}, "string"]}


@dataclass(frozen=True, slots=True)
class Person:
    """The documents of one person, and how many orders there are, `named` of which say whose."""

    customers: Sequence[Document]
    orders: int
    named: int

    @property
    def ids(self) -> list[str]:
        """The ids of the customers."""
        return [one["customer_id"] for one in self.customers]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return not self.named and not any(without_person(one, "now") for one in self.customers)


def find_person(database: MongoDatabase, who: str) -> Person:
    """The person with an e-mail address or a customer id: who was merged, and who was before.

    Raises UserError where there is none, or where several share the address.
    """
    merged = read_merged(database)
    found = _with_email(database, who) if "@" in who else _by_ids(database, [who])
    if not found:
        raise UserError(f"No customer has the {'address' if '@' in who else 'id'} {who}.")
    # Those who are deleted are who one of the others was before.
    there = [one for one in found if _stands(merged, one)] or found
    kept = {merged.kept(one["customer_id"]) for one in there}
    if len(kept) > 1:
        raise UserError(
            f"Several customers have the address {who}: {', '.join(sorted(kept))}. Name one of "
            "them by the id, or merge them in the app first."
        )
    (end,) = kept
    customers = {one["customer_id"]: one for one in _by_ids(database, [end, *merged.others(end)])}
    for email in {one["email"] for one in customers.values() if _text(one.get("email"))}:
        for one in _with_email(database, email):
            its = one["customer_id"]
            if one.get("deleted") is True and merged.kept(its) in (end, its):
                customers.setdefault(its, one)
    ids = list(customers)
    orders = database[ORDERS].count_documents({"customer_id": {"$in": ids}})
    named = database[ORDERS].count_documents({"customer_id": {"$in": ids}, **NAMED})
    return Person(list(customers.values()), orders, named)


def forget(database: MongoDatabase, person: Person, at: str) -> None:
    """Empty what is personal, `at` a time; devices do the same with what they hold once told."""
    for one in person.customers:
        if left := without_person(one, at):
            change = {"$set": {**left, "updated_at": at}}
            database[CUSTOMERS].update_one({"_id": one["_id"]}, change)
    database[ORDERS].update_many(
        {"customer_id": {"$in": person.ids}, **NAMED}, {"$set": {**IN_ORDERS, "updated_at": at}}
    )


def read_merged(database: MongoDatabase) -> Merged:
    """Who stands for whom among the customers of MongoDB."""
    pointing = {"merged_into": {"$gt": ""}, "deleted": True}
    found = database[CUSTOMERS].find(pointing, {"customer_id": 1, "merged_into": 1})
    return Merged({one["customer_id"]: one["merged_into"] for one in found})


def forgotten_ids(database: MongoDatabase) -> frozenset[str]:
    """The ids of the customers who are forgotten."""
    found = database[CUSTOMERS].find({"forgotten_at": {"$gt": ""}}, {"customer_id": 1})
    return frozenset(one["customer_id"] for one in found)


def still_forgotten(
    collection: str, documents: Sequence[Stored], forgotten: frozenset[str]
) -> list[Stored]:
    """Documents of before that may be put in place, without those who were forgotten since."""
    if collection == CUSTOMERS:
        return [one for one in documents if one.get("customer_id") not in forgotten]
    return [
        {**one, **IN_ORDERS} if one.get("customer_id") in forgotten else one for one in documents
    ]


def _by_ids(database: MongoDatabase, ids: Sequence[str]) -> list[Document]:
    return list(database[CUSTOMERS].find({"customer_id": {"$in": list(ids)}}))


def _with_email(database: MongoDatabase, email: str) -> list[Document]:
    forms = list(email_forms(email))
    same = {"$and": [_IS_TEXT, {"$in": [_PLAIN, forms]}]}
    return list(database[CUSTOMERS].find({"$expr": same}).limit(1_000))


def _stands(merged: Merged, one: Document) -> bool:
    its = one["customer_id"]
    given_up = merged.kept(its) != its
    return not is_forgotten(one) and (given_up or one.get("deleted") is not True)


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
