"""Vectors of products: the texts they are made of, and those that this machine makes itself.

The local vectors are no work of a language model. They are feature hashing: every word, and every
run of letters in it, adds plus or minus one step at a place that its hash names. Products that
share words, or parts of words, point into similar directions, so that a vector search has something
sensible to find without a network. They are marked `"source": "local"`.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import fsum, sqrt
from typing import Final

from connector_config.schema.documents import Product, ProductEmbedding

LOCAL: Final = "local"
IMAGE_DIMENSIONS: Final = 512
DESCRIPTION_DIMENSIONS: Final = 1_536

_WORD: Final = re.compile(r"[a-z0-9]+")
_GRAMS: Final = (3, 4)
_WORD_WEIGHT: Final = 3.0
# Words that say nothing about a product, those of every caption among them.
_STOP_TEXT: Final = """
a an and are as at be by for from has in into is it its made no not of on or so that the their them
they this to up use used with without you your picture product
"""
_STOP: Final = frozenset(_STOP_TEXT.split())
_DECIMALS: Final = 8


def caption(product: Product) -> str:
    """The text for the image vector: what a picture of the product shows."""
    kind = product["type_id"].removeprefix("type_").replace("_", " ")
    return f"A picture of a product: {product['product_name']} ({kind})"


def description(product: Product) -> str:
    """The text for the description vector."""
    return f"{product['product_name']}. {product['product_description']}"


def text_hash(product: Product) -> str:
    """The SHA-256 (hex) of both texts: vectors of another hash are out of date."""
    return hashlib.sha256(f"{caption(product)}\n{description(product)}".encode()).hexdigest()


def local_embeddings(products: Iterable[Product]) -> Iterator[ProductEmbedding]:
    """Make one document for each product, the same on every machine; times are the product's."""
    for product in products:
        yield {
            "product_id": product["product_id"],
            "image_embedding": local_vector(caption(product), IMAGE_DIMENSIONS),
            "description_embedding": local_vector(description(product), DESCRIPTION_DIMENSIONS),
            "source": LOCAL,
            "text_hash": text_hash(product),
            "image_url": product["image_url"],
            "created_at": product["created_at"],
            "updated_at": product["updated_at"],
            "deleted": False,
        }


def local_vector(text: str, dimensions: int) -> list[float]:
    """A unit vector for a text, never all zeros: texts without words all point one way."""
    vector = [0.0] * dimensions
    words = [word for word in _WORD.findall(text.lower()) if word not in _STOP]
    for word, count in Counter(words).items():
        # A word that comes often says more, but not twice as much each time.
        often = sqrt(count)
        for place, weight in _features(word):
            vector[place % dimensions] += often * weight
    length = sqrt(fsum([value * value for value in vector]))
    if not length:
        return [1.0, *vector[1:]]
    return [round(value / length, _DECIMALS) if value else 0.0 for value in vector]


@lru_cache(maxsize=16_384)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """Places and signed weights of a word and of the runs of letters in it."""
    edged = f"<{word}>"
    grams = sorted({edged[n : n + size] for size in _GRAMS for n in range(len(edged) - size + 1)})
    # All runs of a word together weigh as much as the word, however long it is.
    share = _WORD_WEIGHT / sqrt(len(grams)) if grams else 0.0
    return (_feature(edged, _WORD_WEIGHT), *(_feature("#" + gram, share) for gram in grams))


def _feature(text: str, weight: float) -> tuple[int, float]:
    number: int = struct.unpack("<Q", hashlib.blake2b(text.encode(), digest_size=8).digest())[0]
    return number >> 1, weight if number & 1 else -weight
