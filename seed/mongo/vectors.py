"""The vectors of the products in MongoDB, made where they are missing or out of date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, cast

from pymongo import ReplaceOne

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema.collections import PRODUCT_EMBEDDINGS, PRODUCTS
from connector_config.schema.documents import Product, ProductEmbedding
from seed.embeddings import DESCRIPTION_DIMENSIONS, HASHED, IMAGE_DIMENSIONS, text_hash
from seed.mongo.extended_json import LineError, from_line

# Makes the vectors of products, lazily and in their order.
Maker = Callable[[Iterable[Product]], Iterator[ProductEmbedding]]

# Written together: what is lost when it is interrupted, and must be made again.
BATCH_SIZE: Final = 64

_FIELDS: Final = ProductEmbedding.__required_keys__ | ProductEmbedding.__optional_keys__
_LATER: Final = {"image_made_of"}
"""What files of version 0.2 do not have."""

# What the vectors are made of.
_TEXTS: Final = (
    "product_id", "product_name", "product_description", "type_id", "image_url", "created_at",
    "updated_at",
)  # fmt: skip


class Vectors(NamedTuple):
    """How many products there are, and how many have vectors made just now or kept."""

    products: int
    made: int
    kept: int


def refresh_vectors(
    database: MongoDatabase,
    make: Maker,
    source: str | None,
    on_progress: Callable[[int, int], None],
    *,
    again: bool = False,
) -> Vectors:
    """Make the vectors of every product that has none of this source and of its present texts.

    Without a source, those of any will do but word hashes; with `again`, none will. `on_progress`
    is called with how many of how many are written. Raises UserError when there are no products,
    or one lacks a text.
    """
    products = [_checked(product) for product in _products(database)]
    if not products:
        raise UserError(
            f"There are no products in the database {database.name}: "
            "fill it with zava-seed generate first."
        )
    ready = {} if again else _ready(database, source)
    wanted = [
        product for product in products if ready.get(product["product_id"]) != text_hash(product)
    ]
    made = 0
    vectors = make(wanted)
    while batch := list(islice(vectors, BATCH_SIZE)):
        database[PRODUCT_EMBEDDINGS].bulk_write(
            [ReplaceOne({"_id": v["product_id"]}, mongo_vector(v), upsert=True) for v in batch],
            ordered=False,
        )
        made += len(batch)
        on_progress(made, len(wanted))
    return Vectors(len(products), made, len(products) - len(wanted))


def file_maker(path: Path) -> Maker:
    """Make a maker that takes vectors from a file of `zava-seed transform`, one document a line.

    A product that the file lacks, or that has other texts by now, gets none. Raises UserError
    naming the file and the line.
    """
    found = {vector["product_id"]: vector for vector in _read(path)}

    def make(products: Iterable[Product]) -> Iterator[ProductEmbedding]:
        for product in products:
            vector = found.get(product["product_id"])
            if vector is not None and vector["text_hash"] == text_hash(product):
                yield vector

    return make


def mongo_vector(vector: ProductEmbedding) -> Document:
    """The document as MongoDB holds it, with its `_id`."""
    return {"_id": vector["product_id"], **vector}


def _read(path: Path) -> Iterator[ProductEmbedding]:
    sizes = {
        "image_embedding": IMAGE_DIMENSIONS,
        "description_embedding": DESCRIPTION_DIMENSIONS,
    }
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    document = dict(from_line(line))
                except LineError as error:
                    raise UserError(f"Line {number} of {path} is no document: {error}.") from None
                document.pop("_id")
                if not _FIELDS - _LATER <= set(document) <= _FIELDS or any(
                    not _is_vector(document[name], size) for name, size in sizes.items()
                ):
                    raise UserError(f"Line {number} of {path} does not hold vectors of a product.")
                yield cast(ProductEmbedding, document)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}).") from None


def _is_vector(value: object, size: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == size
        and all(type(number) in (int, float) for number in value)
    )


def _products(database: MongoDatabase) -> Iterator[Document]:
    return database[PRODUCTS].find(
        {"deleted": {"$ne": True}}, dict.fromkeys(_TEXTS, 1), sort=[("_id", 1)]
    )


def _checked(document: Document) -> Product:
    for field in _TEXTS:
        if not isinstance(document.get(field), str):
            raise UserError(
                f"The product {document['_id']} has no text in {field}, so its vectors cannot be "
                "made: run zava-seed validate, and correct the product."
            )
    return cast(Product, document)


def _ready(database: MongoDatabase, source: str | None) -> dict[str, str]:
    """The hash of the texts of every product that has whole vectors of this source."""
    whole: Document = {
        "image_embedding": {"$size": IMAGE_DIMENSIONS},
        "description_embedding": {"$size": DESCRIPTION_DIMENSIONS},
    }
    whole["source"] = {"$ne": HASHED} if source is None else source
    found = database[PRODUCT_EMBEDDINGS].find(whole, {"text_hash": 1})
    return {str(vector["_id"]): str(vector.get("text_hash")) for vector in found}
