"""The local vectors: the same everywhere, of unit length, and near each other where words are."""

from __future__ import annotations

import hashlib
import json
from math import fsum, sqrt
from operator import mul
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_config.schema.documents import Product, ProductEmbedding
from seed.catalogue_files import Catalogue
from seed.embeddings import (
    DESCRIPTION_DIMENSIONS,
    IMAGE_DIMENSIONS,
    local_embeddings,
    local_vectors,
    text_hash,
)
from seed.generators.catalogue import products

Vectors = dict[str, ProductEmbedding]


@pytest.fixture(scope="module")
def goods(catalogue: Catalogue) -> dict[str, Product]:
    return {product["sku"]: product for product in products(catalogue)}


@pytest.fixture(scope="module")
def vectors(goods: dict[str, Product]) -> Vectors:
    return dict(zip(goods, local_embeddings(goods.values()), strict=True))


def cosine(one: list[float], two: list[float]) -> float:
    return fsum(map(mul, one, two))


def test_the_shape(goods: dict[str, Product], vectors: Vectors) -> None:
    hints = get_type_hints(ProductEmbedding)
    for sku, vector in vectors.items():
        assert set(vector) == set(hints)
        assert vector["product_id"] == goods[sku]["product_id"]
        assert vector["source"] == "local:wordllama-256"
        assert vector["image_made_of"] == "caption"
        assert vector["text_hash"] == text_hash(goods[sku])
        assert len(vector["image_embedding"]) == IMAGE_DIMENSIONS == 512
        assert len(vector["description_embedding"]) == DESCRIPTION_DIMENSIONS == 1_536


def test_unit_length(vectors: Vectors) -> None:
    for vector in vectors.values():
        for numbers in (vector["image_embedding"], vector["description_embedding"]):
            assert sqrt(fsum(n * n for n in numbers)) == pytest.approx(1.0, abs=1e-6)


def test_they_are_the_same_on_every_machine() -> None:
    text = json.dumps(local_vectors(["16 oz Curved Claw Hammer"], 512))
    assert hashlib.sha256(text.encode()).hexdigest() == (
        "db3f72bed75259f1946313ab524ff19535a5a45e6e5604cbc6cefd9b27afa140"
    )


def test_the_padding_keeps_cosines() -> None:
    texts = ["a claw hammer", "a big hammer"]
    short, long = (local_vectors(texts, size) for size in (256, 1_536))
    assert cosine(*short) == cosine(*long) > 0.2


@pytest.mark.parametrize("field", ["image_embedding", "description_embedding"])
@pytest.mark.parametrize(
    ("product", "like", "unlike"),
    [
        ("HND-HAMMER-001", "HND-HAMMER-002", "PLB-PIPE-016"),
        ("GRD-WINTER-001", "GRD-WINTER-002", "HND-HAMMER-001"),
        ("GRD-WINTER-005", "GRD-WINTER-006", "GRD-WINTER-011"),
    ],
)
def test_like_products_are_nearer(
    vectors: Vectors, field: str, product: str, like: str, unlike: str
) -> None:
    def between(a: str, b: str) -> float:
        first, second = dict(vectors[a]), dict(vectors[b])
        return cosine(first[field], second[field])  # type: ignore[arg-type]

    assert between(product, like) > between(product, unlike) + 0.05


def test_products_of_a_type_are_nearer_on_average(
    goods: dict[str, Product], vectors: Vectors
) -> None:
    sample = list(goods)[::7]
    near: list[float] = []
    far: list[float] = []
    for product in sample:
        for other in goods:
            if product != other:
                same = goods[product]["type_id"] == goods[other]["type_id"]
                value = cosine(
                    vectors[product]["image_embedding"], vectors[other]["image_embedding"]
                )
                (near if same else far).append(value)
    assert sum(near) / len(near) > 1.5 * sum(far) / len(far)


def test_another_text_is_another_hash(goods: dict[str, Product]) -> None:
    hammer = goods["HND-HAMMER-001"]
    renamed: Product = {**hammer, "product_name": "A hammer"}
    dearer: Product = {**hammer, "cost": 1.0}
    assert text_hash(renamed) != text_hash(hammer)
    assert text_hash(dearer) == text_hash(hammer)


@given(st.text(max_size=200), st.sampled_from([256, 512]))
def test_any_text_has_a_vector(text: str, dimensions: int) -> None:
    [vector] = local_vectors([text], dimensions)
    assert len(vector) == dimensions
    assert sqrt(fsum(n * n for n in vector)) == pytest.approx(1.0, abs=1e-6)


def test_half_a_character_and_very_long_texts_have_one_too() -> None:
    assert [len(vector) for vector in local_vectors(["\ud83d", "", "nail " * 100_000], 256)] == [
        256
    ] * 3
