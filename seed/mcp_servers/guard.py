"""Pipelines of strangers, made to show nothing but what a person may see.

The person's filter stands in front, and inside whatever reads another collection. Behind it stands
a `$limit` that lets everything through: MongoDB puts neighbouring filters together and tries them
in any order, so that a stranger's expression could be tried on a document that is not for them, and
tell of it by failing. Past a `$limit` nothing is moved. Only a first `$match` that just compares
fields, which cannot fail, is put beside the filter, so that it finds its index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from connector_config.errors import UserError
from seed.mcp_servers.people import Person
from seed.mcp_servers.values import read_expression, read_query

Stage = dict[str, Any]

_EVERYTHING: Final = 2**62
_MOST_STAGES: Final = 100
_DEEPEST: Final = 6
_DEEPEST_VALUE: Final = 60

_PLAIN_TEXT: Final = """
    $addFields $bucket $bucketAuto $count $group $limit $match $project $replaceRoot $replaceWith
    $set $setWindowFields $skip $sort $sortByCount $unset $unwind
"""
_PLAIN: Final = frozenset(_PLAIN_TEXT.split())
_NESTED: Final = ("$facet", "$graphLookup", "$lookup", "$unionWith")
ALLOWED_STAGES: Final = (*sorted(_PLAIN), *_NESTED)

# They write, run JavaScript or tell of other people's work, wherever they stand.
_FORBIDDEN_TEXT: Final = """
    $accumulator $changeStream $collStats $currentOp $documents $function $indexStats
    $listLocalSessions $listSampledQueries $listSearchIndexes $listSessions $merge $out
    $planCacheStats $where
"""
FORBIDDEN: Final = frozenset(_FORBIDDEN_TEXT.split())
_COMPARES: Final = {"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists"}
_EXTENDED: Final = {"$date", "$oid", "$numberInt", "$numberLong", "$numberDouble"}
_JOINS: Final = {"$and", "$or", "$nor"}


class Guard:
    """Rewrites the pipelines of one person; counts their stages.

    `read_too` are the collections that a pipeline reads beside its own, with the field by which.
    """

    def __init__(self, person: Person) -> None:
        self._person = person
        self._count = 0
        self.read_too: list[tuple[str, str | None]] = []

    def pipeline(self, collection: str, stages: object, depth: int = 0) -> list[Stage]:
        """The stages for a collection, with the person's filter; raises UserError with the fix."""
        checked = self._checked(stages, depth)
        scope, hidden = self._person.filter(collection), self._person.hidden(collection)
        if not scope and not hidden:
            return self._stages(checked, depth)
        head: list[Stage] = [{"$match": scope}] if scope else []
        first = checked[0].get("$match") if checked else None
        # What is hidden could be found out by comparing.
        if first is not None and not hidden and only_compares(first):
            head = [{"$match": {"$and": [scope, read_query(first)]}}]
            checked = checked[1:]
        if hidden:
            head.append({"$unset": list(hidden)})
        return [*head, {"$limit": _EVERYTHING}, *self._stages(checked, depth)]

    def _checked(self, stages: object, depth: int) -> list[Stage]:
        if not isinstance(stages, list) or any(
            not isinstance(one, dict) or len(one) != 1 for one in stages
        ):
            raise UserError(
                "A pipeline is a list of stages, each an object with one name such as $match."
            )
        self._count += len(stages)
        if depth > _DEEPEST or self._count > _MOST_STAGES:
            raise UserError(
                f"A pipeline has at most {_MOST_STAGES} stages, {_DEEPEST} deep: ask in parts."
            )
        return stages

    def _stages(self, stages: Sequence[Stage], depth: int) -> list[Stage]:
        return [self._stage(name, value, depth) for one in stages for name, value in one.items()]

    def _stage(self, name: str, value: Any, depth: int) -> Stage:
        nested: Mapping[str, Callable[[Any, int], Any]] = {
            "$facet": self._facet,
            "$graphLookup": self._graph_lookup,
            "$lookup": self._lookup,
            "$unionWith": self._union_with,
        }
        if name in nested:
            return {name: nested[name](value, depth + 1)}
        if name not in _PLAIN:
            raise UserError(
                f"The stage {name[:40]} is not allowed here: use {', '.join(ALLOWED_STAGES)}."
            )
        refuse_forbidden(value)
        return {name: read_query(value) if name == "$match" else read_expression(value)}

    def _facet(self, value: Any, depth: int) -> Any:
        parts = _of(value, "$facet")
        # They work on what is filtered already.
        return {name: self._stages(self._checked(one, depth), depth) for name, one in parts.items()}

    def _lookup(self, value: Any, depth: int) -> Any:
        spec = _known(value, "$lookup", "from localField foreignField let pipeline as")
        collection, field = _collection(spec, "from", "$lookup"), spec.get("foreignField")
        stages = self.pipeline(collection, spec.get("pipeline", []), depth)
        self.read_too.append((collection, field if isinstance(field, str) else None))
        refuse_forbidden({key: one for key, one in spec.items() if key != "pipeline"})
        rest = {key: read_expression(one) for key, one in spec.items() if key != "pipeline"}
        # Without a filter and stages MongoDB knows quicker ways.
        return {**rest, "pipeline": stages} if stages or "pipeline" in spec else rest

    def _union_with(self, value: Any, depth: int) -> Any:
        given = {"coll": value} if isinstance(value, str) else value
        spec = _known(given, "$unionWith", "coll pipeline")
        collection = _collection(spec, "coll", "$unionWith")
        return {
            "coll": collection,
            "pipeline": self.pipeline(collection, spec.get("pipeline", []), depth),
        }

    def _graph_lookup(self, value: Any, depth: int) -> Any:
        spec = _known(
            value,
            "$graphLookup",
            "from startWith connectFromField connectToField as maxDepth depthField "
            "restrictSearchWithMatch",
        )
        collection = _collection(spec, "from", "$graphLookup")
        scope = self._person.filter(collection)
        if self._person.hidden(collection):
            raise UserError(f"$graphLookup cannot read {collection} for you: use $lookup.")
        field = spec.get("connectToField")
        self.read_too.append((collection, field if isinstance(field, str) else None))
        refuse_forbidden(spec)
        also = spec.get("restrictSearchWithMatch", {})
        if scope and not only_compares(also):
            raise UserError(
                "restrictSearchWithMatch may only compare fields here: filter with $match behind."
            )
        rest = {
            key: read_expression(one)
            for key, one in spec.items()
            if key != "restrictSearchWithMatch"
        }
        both = [one for one in (scope, read_query(also)) if one]
        return {**rest, "restrictSearchWithMatch": {"$and": both}} if both else rest


def only_compares(query: object) -> bool:
    """Whether a query does nothing but compare fields with values, which never fails."""
    if not isinstance(query, Mapping):
        return False
    for key, value in query.items():
        if key in _JOINS:
            if not isinstance(value, list) or not value or not all(map(only_compares, value)):
                return False
        elif str(key).startswith("$") or not _is_comparison(value):
            return False
    return True


def refuse_forbidden(value: object, depth: int = 0) -> None:
    """Raise UserError where anything in a value writes, runs code or looks behind the scenes."""
    if depth > _DEEPEST_VALUE:
        raise UserError("That is nested too deeply: ask in parts.")
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key in FORBIDDEN or str(key).startswith("$_"):
                raise UserError(f"{str(key)[:40]} is not allowed here: only reading is.")
            refuse_forbidden(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            refuse_forbidden(one, depth + 1)


def _is_comparison(value: object) -> bool:
    if isinstance(value, Mapping):
        if not any(str(key).startswith("$") for key in value):
            return all(not isinstance(one, Mapping | list) for one in value.values())
        if set(value) <= _EXTENDED:
            return True
        return set(value) <= _COMPARES and all(map(_is_value, value.values()))
    return _is_value(value)


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_value, value))
    if isinstance(value, Mapping):
        return len(value) == 1 and set(value) <= {
            "$date",
            "$oid",
            "$numberInt",
            "$numberLong",
            "$numberDouble",
        }
    return True


def _of(value: object, stage: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UserError(f"{stage} takes an object, as MongoDB documents it.")
    return value


def _known(value: object, stage: str, fields: str) -> dict[str, Any]:
    spec = _of(value, stage)
    if unknown := sorted(map(str, set(spec) - set(fields.split()))):
        raise UserError(
            f"{stage} has no {unknown[0][:40]} here: it takes {', '.join(fields.split())}."
        )
    return spec


def _collection(spec: Mapping[str, Any], field: str, stage: str) -> str:
    name = spec.get(field)
    if not isinstance(name, str):
        raise UserError(f"{stage} names the collection in {field}, such as order_items.")
    return name
