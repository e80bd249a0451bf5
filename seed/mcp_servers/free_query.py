"""A stranger's aggregation, run within the limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pymongo.errors import ExecutionTimeout, OperationFailure

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.wording import counted
from seed.mcp_servers.answers import MOST_ROWS, Answer, answer
from seed.mcp_servers.asking import Question
from seed.mcp_servers.guard import Guard
from seed.mcp_servers.schemas import indexed
from seed.mongo.views import INVENTORY_ON_HAND

MOST_MS: Final = 5_000
BIG: Final = 10_000
"""A collection of more documents is not read whole."""

_LONGEST_REASON: Final = 300
_NO_TIME: Final = 50


def run(its: Question, collection: str, pipeline: object, big: int = BIG) -> Answer:
    """Run a pipeline for a person; raises UserError naming the fix."""
    guard = Guard(its.person)
    stages = [*guard.pipeline(collection, pipeline), {"$limit": MOST_ROWS + 1}]
    try:
        _refuse_scans(its.database, collection, stages, guard, big)
        found = its.database[collection].aggregate(stages, maxTimeMS=MOST_MS, allowDiskUse=False)
        return answer(collection, found)
    except ExecutionTimeout:
        raise UserError(
            f"This took longer than {MOST_MS // 1000} seconds: begin with a $match on "
            f"{_helps(collection)}, or ask for a shorter time."
        ) from None
    except OperationFailure as error:
        if error.code == _NO_TIME:
            raise UserError("This took too long: begin with a narrower $match.") from None
        reason = str((error.details or {}).get("errmsg") or "no reason given")
        raise UserError(f"MongoDB refuses the pipeline: {reason[:_LONGEST_REASON]}") from None


def _refuse_scans(
    database: MongoDatabase, collection: str, stages: list[dict[str, Any]], guard: Guard, big: int
) -> None:
    for name, field in guard.read_too:
        if field is not None and field != "_id" and field not in indexed(name):
            _refuse_big(database, name, big, f"$lookup by {field}")
    explained = database.command(
        "explain",
        {"aggregate": collection, "pipeline": stages, "cursor": {}, "maxTimeMS": MOST_MS},
        verbosity="queryPlanner",
    )
    for name in set(_scanned(explained, collection)):
        _refuse_big(database, name, big, "this")


def _refuse_big(database: MongoDatabase, name: str, big: int, what: str) -> None:
    if name == INVENTORY_ON_HAND:
        return
    documents = database[name].estimated_document_count()
    if documents > big:
        raise UserError(
            f"{name} has {counted(documents, 'document')}, and {what} would read them all: begin "
            f"with a $match on one of {_helps(name)}, which have an index."
        )


def _helps(collection: str) -> str:
    return ", ".join(indexed(collection)[:8]) or "_id"


def _scanned(plan: object, collection: str) -> Iterator[str]:
    """The collections that a plan reads whole, in any form that explain has."""
    if isinstance(plan, Mapping):
        space = plan.get("namespace")
        here = space.partition(".")[2] if isinstance(space, str) else collection
        if plan.get("stage") == "COLLSCAN":
            yield here
        for name, value in plan.items():
            if name == "rejectedPlans":
                continue
            union = value if name == "$unionWith" and isinstance(value, Mapping) else {}
            yield from _scanned(value, str(union.get("coll") or here))
    elif isinstance(plan, list):
        for value in plan:
            yield from _scanned(value, collection)
