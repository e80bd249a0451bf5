"""The demo data, made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from connector_config.mongodb.connection import MongoSettings
from seed.catalogue_files import Catalogue, load_catalogue
from seed.data_set import data_set
from seed.embeddings import local_vectors
from seed.options import Options
from seed.store_files import StorePlan, load_stores
from tests.seed.used_shop import Asked, asked_shop

END = date(2026, 11, 21)

Documents = list[dict[str, Any]]


@pytest.fixture(scope="session")
def end() -> date:
    """The end of the demo data: nothing in it lies at or after its midnight UTC."""
    return END


@pytest.fixture(scope="session")
def demo() -> dict[str, Documents]:
    """All documents of the demo by collection; not to be changed."""
    return {
        part.collection: [dict(document) for document in part.documents]
        for part in data_set(Options(end=END))
    }


@pytest.fixture(scope="session")
def _kept_vectors() -> Callable[[tuple[str, ...], int], list[list[float]]]:
    return cache(lambda texts, dimensions: local_vectors(texts, dimensions))


@pytest.fixture
def vectors_once(
    _kept_vectors: Callable[[tuple[str, ...], int], list[list[float]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Makes the vectors of a text once, for tests that make whole data sets again and again."""
    monkeypatch.setattr(
        "seed.embeddings.local_vectors", lambda texts, size: _kept_vectors(tuple(texts), size)
    )


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The catalogue that comes with the package."""
    return load_catalogue()


@pytest.fixture(scope="session")
def plans() -> tuple[StorePlan, ...]:
    """The stores with their generator inputs."""
    return load_stores()


@pytest.fixture(scope="session")
def asked(new_database: Callable[[], MongoSettings]) -> Iterator[Asked]:
    """A database with a small shop that was used, for tests that only read."""
    with asked_shop(new_database) as shop:
        yield shop
