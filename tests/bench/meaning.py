"""How well people's questions are answered, by words, by meaning and by both; and how quickly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from pymongo import MongoClient

from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from connector_config.search.meaning import MeaningIndex
from connector_config.search.model import load_model, product_text
from seed.catalogue_files import load_catalogue
from seed.embeddings import DESCRIPTION_DIMENSIONS, local_embeddings, local_vectors
from seed.generators.catalogue import categories, product_types, products
from seed.mongo.indexes import create_indexes
from seed.mongo.search import all_products, rank
from tests.bench.questions import QUESTIONS
from tests.bench.report import Figure, p95
from tests.bench.seed_mongo import server

_FIRST = 5
_ROUNDS = 10
_LIMIT_MS = 5.0
_LARGE = 50_000
_DAY = 740_000


def measure_meaning(folder: Path) -> list[Figure]:
    """The table of questions, and a question by meaning in a small and in a large catalogue."""
    with server(folder) as uri, MongoClient[Document](uri) as client:
        database = client["zava_bench_meaning"]
        fill_catalogue(database)
        missed = unanswered(database)
        client.drop_database(database.name)
    best = min(missed["words"], missed["meaning"])
    return [
        *(
            Figure(
                f"{len(QUESTIONS)} questions without an answer among the first {_FIRST}, by {way}",
                "",
                number,
                # By both must beat each.
                limit=best - 1 if way == "both" else None,
                samples=len(QUESTIONS),
            )
            for way, number in missed.items()
        ),
        *(_asked(number) for number in (len(load_catalogue().products), _LARGE)),
    ]


def fill_catalogue(database: MongoDatabase) -> None:
    """Put the catalogue into a database, with vectors and indexes and nothing else."""
    goods = load_catalogue()
    documents: dict[str, list[Mapping[str, object]]] = {
        names.PRODUCTS: list(products(goods)),
        names.PRODUCT_TYPES: list(product_types(goods)),
        names.CATEGORIES: list(categories(goods, _DAY)),
        names.PRODUCT_EMBEDDINGS: list(local_embeddings(products(goods))),
    }
    keys = {names.PRODUCT_TYPES: "type_id", names.CATEGORIES: "category_id"}
    for name, its in documents.items():
        key = keys.get(name, "product_id")
        database[name].insert_many([{"_id": one[key], **one} for one in its])
    list(create_indexes(database))


def unanswered(database: MongoDatabase) -> dict[str, int]:
    """How many questions have no right product among the first five, by each way of searching."""
    goods = all_products(database)
    missed = {"words": 0, "meaning": 0, "both": 0}
    for question, types in QUESTIONS.items():
        right = {f"type_{one}" for one in types.split()}
        ranked = rank(database, question, goods, _embed)
        for way, found in (
            ("words", ranked.words),
            ("meaning", ranked.meaning),
            ("both", ranked.both),
        ):
            missed[way] += right.isdisjoint(_types(goods, found[:_FIRST]))
    return missed


def _types(goods: Mapping[str, Document], found: Sequence[str]) -> set[str]:
    return {str(goods[one]["type_id"]) for one in found}


def _embed(source: str, text: str) -> list[float]:
    return local_vectors([text], DESCRIPTION_DIMENSIONS)[0]


def _asked(size: int) -> Figure:
    model = load_model()
    index = MeaningIndex(model)
    goods = list(products(load_catalogue()))
    texts = {
        f"{one['product_id']}_{at}": product_text(
            one["type_id"], one["product_name"], one["product_description"]
        )
        for at in range(-(-size // len(goods)))
        for one in goods
    }
    index.put([index.read(texts)])
    seconds = []
    for _ in range(_ROUNDS):
        for question in QUESTIONS:
            began = perf_counter()
            index.like(question, 10)
            seconds.append(perf_counter() - began)
    return Figure(
        f"a question by meaning in {len(index):,} products, p95",
        "ms",
        p95(seconds) * 1000,
        limit=_LIMIT_MS,
        samples=len(seconds),
    )
