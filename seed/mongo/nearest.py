"""Compares the vectors of products with that of a text: by Atlas, by the server, or here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from pymongo.errors import OperationFailure

from connector_config.mongodb.abilities import version_parts
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from connector_config.search.model import DIMENSIONS, LEAST_LIKE
from connector_config.wording import counted
from seed.embeddings import DESCRIPTION_DIMENSIONS, HASHED, LOCAL
from seed.mongo.index_list import VECTOR_INDEX_NAME

_CANDIDATES: Final = 10
"""How many times more Atlas looks at than it returns."""
_SIMILARITY_VERSION: Final = (8, 3)
_MOST_PRODUCTS: Final = 100_000
_ALIVE: Final[Document] = {"deleted": {"$ne": True}}

Embed = Callable[[str, str], list[float] | None]
"""Makes the vector of a text as the maker with that `source` does; None where it cannot."""


class Method(StrEnum):
    """Who compares the vectors: Atlas by its index, the server one by one, or this process."""

    ATLAS = "atlas"
    SERVER = "server"
    LOCAL = "local"


def by_meaning(
    database: MongoDatabase, text: str, embed: Embed, depth: int, remarks: list[str]
) -> tuple[dict[str, float], Method | None]:
    """The cosines of the products that mean something like the text, and who compared them.

    What could not be searched is added to `remarks`, in sentences.
    """
    source = _source(database, remarks)
    if source is None:
        return {}, None
    vector = embed(source, text)
    if vector is None:
        remarks.append(
            f"The vectors are of {source}, which cannot be asked from here, so nothing was "
            "searched by meaning: set its variables, or run zava-seed embeddings --local."
        )
        return {}, None
    for method, look in ((Method.ATLAS, _by_atlas), (Method.SERVER, _by_server)):
        if (found := look(database, source, vector, depth)) is not None:
            return _near(found, depth), method
    return _near(_by_process(database, source, vector), depth), Method.LOCAL


def _near(cosines: Mapping[str, float], depth: int) -> dict[str, float]:
    best = sorted(cosines.items(), key=lambda item: -item[1])[:depth]
    return {one: cosine for one, cosine in best if cosine >= LEAST_LIKE}


def _source(database: MongoDatabase, remarks: list[str]) -> str | None:
    """Whose vectors are searched: those of whoever made most of them."""
    counts = list(
        database[names.PRODUCT_EMBEDDINGS].aggregate(
            [
                {"$match": _ALIVE},
                {"$group": {"_id": "$source", "n": {"$sum": 1}}},
                {"$sort": {"n": -1, "_id": 1}},
            ]
        )
    )
    makers = [(str(one["_id"]), int(one["n"])) for one in counts]
    usable = [maker for maker, _ in makers if maker != HASHED]
    if not usable:
        remarks.append(
            "There are no vectors to search by meaning: run zava-seed embeddings."
            if not makers
            else "The vectors are word hashes of version 0.2: run zava-seed embeddings."
        )
        return None
    if len(makers) > 1:
        shares = ", ".join(f"{counted(n, 'vector')} of {maker}" for maker, n in makers)
        remarks.append(
            f"The products have {shares}: only those of {usable[0]} were searched by meaning; "
            "zava-seed embeddings --again makes all of them anew."
        )
    return usable[0]


def _by_atlas(
    database: MongoDatabase, source: str, vector: list[float], depth: int
) -> dict[str, float] | None:
    """None where there is no vector index that can be asked."""
    vectors = database[names.PRODUCT_EMBEDDINGS]
    try:
        indexes = list(vectors.list_search_indexes(VECTOR_INDEX_NAME))
        if not any(one.get("queryable") for one in indexes):
            return None
        found = vectors.aggregate(
            [
                {
                    "$vectorSearch": {
                        "index": VECTOR_INDEX_NAME,
                        "path": "description_embedding",
                        "queryVector": vector,
                        "numCandidates": depth * _CANDIDATES,
                        "limit": depth,
                        "filter": {"deleted": False},
                    }
                },
                {"$project": {"source": 1, "score": {"$meta": "vectorSearchScore"}}},
                {"$match": {"source": source}},
            ]
        )
        # Its score is (1 + cosine) / 2.
        return {str(one["_id"]): 2 * float(one["score"]) - 1 for one in found}
    except OperationFailure:
        return None


def similarity_stages(source: str, vector: Sequence[float], depth: int) -> list[dict[str, Any]]:
    """The stages with which a server since MongoDB 8.3 compares vectors one by one."""
    return [
        {"$match": {**_ALIVE, "source": source}},
        {"$project": {"cosine": {"$similarityCosine": ["$description_embedding", list(vector)]}}},
        {"$sort": {"cosine": -1}},
        {"$limit": depth},
    ]


def _by_server(
    database: MongoDatabase, source: str, vector: list[float], depth: int
) -> dict[str, float] | None:
    """None where the server cannot compare vectors, or one of them is damaged."""
    if version_parts(str(database.client.server_info()["version"])) < _SIMILARITY_VERSION:
        return None
    try:
        found = database[names.PRODUCT_EMBEDDINGS].aggregate(
            similarity_stages(source, vector, depth)
        )
        return {str(one["_id"]): float(one["cosine"]) for one in found if one["cosine"] is not None}
    except OperationFailure:
        return None


def _by_process(database: MongoDatabase, source: str, vector: list[float]) -> dict[str, float]:
    import numpy as np

    # The last of ours are zeros, which need not travel.
    kept = DIMENSIONS if source == LOCAL else DESCRIPTION_DIMENSIONS
    asked = np.array(vector[:kept])
    asked /= np.linalg.norm(asked)
    found = database[names.PRODUCT_EMBEDDINGS].find(
        {**_ALIVE, "source": source},
        {"description_embedding": {"$slice": kept}, "source": 1},
        limit=_MOST_PRODUCTS,
    )
    cosines: dict[str, float] = {}
    for one in found:
        its = one.get("description_embedding")
        # A damaged vector is one product that is not found by meaning.
        if not isinstance(its, list) or len(its) != kept or not _are_numbers(its):
            continue
        numbers = np.array(its, dtype=float)
        if length := float(np.linalg.norm(numbers)):
            cosines[str(one["_id"])] = float(numbers @ asked) / length
    return cosines


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(type(value) in (int, float) for value in values)
