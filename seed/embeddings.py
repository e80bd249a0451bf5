"""Vectors of products: the texts they are made of, and those that this machine makes itself.

The local vectors are those of the static model in `connector_config.search.model`, 256 numbers with
zeros behind them, which keeps their cosines: as many as the vector index of MongoDB wants. Nothing
here sees a picture: what is called the image vector is made of the picture's caption, and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Final

from connector_config.schema.documents import Product, ProductEmbedding
from connector_config.search.model import SOURCE, Model, load_model, product_text

LOCAL: Final = SOURCE
"""The `source` of local vectors."""
HASHED: Final = "local"
"""The `source` of vectors of word hashes, as version 0.2 made them: nothing is searched by them."""

IMAGE_DIMENSIONS: Final = 512
DESCRIPTION_DIMENSIONS: Final = 1_536

CAPTION: Final = "caption"
PICTURE: Final = "picture"

_BATCH: Final = 256
_DECIMALS: Final = 7


def caption(product: Product) -> str:
    """The text for the image vector: what a picture of the product shows."""
    kind = product["type_id"].removeprefix("type_").replace("_", " ")
    return f"A picture of a product: {product['product_name']} ({kind})"


def description(product: Product) -> str:
    """The text for the description vector of Azure OpenAI."""
    return f"{product['product_name']}. {product['product_description']}"


def text_hash(product: Product) -> str:
    """The SHA-256 (hex) of both texts: vectors of another hash are out of date."""
    return hashlib.sha256(f"{caption(product)}\n{description(product)}".encode()).hexdigest()


def local_embeddings(products: Iterable[Product]) -> Iterator[ProductEmbedding]:
    """Make one document for each product, the same on every machine; times are the product's.

    Raises UserError where the model cannot be used.
    """
    rest = iter(products)
    while batch := list(islice(rest, _BATCH)):
        images = local_vectors([caption(one) for one in batch], IMAGE_DIMENSIONS)
        texts = local_vectors([_text(one) for one in batch], DESCRIPTION_DIMENSIONS)
        for product, image, text in zip(batch, images, texts, strict=True):
            yield {
                "product_id": product["product_id"],
                "image_embedding": image,
                "image_made_of": CAPTION,
                "description_embedding": text,
                "source": LOCAL,
                "text_hash": text_hash(product),
                "image_url": product["image_url"],
                "created_at": product["created_at"],
                "updated_at": product["updated_at"],
                "deleted": False,
            }


def local_vectors(texts: Sequence[str], dimensions: int) -> list[list[float]]:
    """Unit vectors for texts, never all zeros: texts that say nothing all point one way."""
    padded = []
    for vector in _model().vectors(texts).tolist():
        numbers = [round(number, _DECIMALS) for number in vector]
        if not any(numbers):
            numbers[0] = 1.0
        padded.append(numbers + [0.0] * (dimensions - len(numbers)))
    return padded


@cache
def _model() -> Model:
    return load_model()


def _text(product: Product) -> str:
    return product_text(product["type_id"], product["product_name"], product["product_description"])
