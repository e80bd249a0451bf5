"""Vectors of products from Azure OpenAI.

Azure OpenAI reads text, not pictures: the image vector is that of the picture's caption, in 512
dimensions, and the description vector that of name and description, in 1,536. Both come from the
one deployment, which must be of a model that can shorten its vectors (text-embedding-3-small or
-large).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    AzureOpenAI,
    BadRequestError,
    NotFoundError,
    OpenAIError,
    PermissionDeniedError,
    RateLimitError,
)

from connector_config.errors import UserError
from connector_config.schema.documents import Product, ProductEmbedding
from connector_config.schema.instants import to_iso
from connector_config.wording import counted
from seed.azure_settings import DEPLOYMENT, ENDPOINT, KEY, VERSION, AzureSettings
from seed.embeddings import (
    CAPTION,
    DESCRIPTION_DIMENSIONS,
    IMAGE_DIMENSIONS,
    caption,
    description,
    text_hash,
)

BATCH_SIZE: Final = 64

# The library waits between these, at least as long as the service asks for.
_RETRIES: Final = 6
_SECONDS: Final = 60.0


def azure_vectors(
    texts: Sequence[str], settings: AzureSettings, dimensions: int
) -> list[list[float]]:
    """The vectors of a few texts; raises UserError."""
    with _explained(settings), _client(settings) as client:
        return _vectors(client, settings, texts, dimensions)


def azure_embeddings(
    products: Iterable[Product], settings: AzureSettings
) -> Iterator[ProductEmbedding]:
    """Make one document for each product, `BATCH_SIZE` products with two requests.

    The library tries again after 408, 409, 429, 500 and above, and lost connections. Raises
    UserError when that did not help; what was given out until then is complete.
    """
    rest = iter(products)
    with (
        _explained(settings),
        _client(settings) as client,
    ):
        while batch := list(islice(rest, BATCH_SIZE)):
            images = _vectors(client, settings, [caption(p) for p in batch], IMAGE_DIMENSIONS)
            texts = _vectors(
                client, settings, [description(p) for p in batch], DESCRIPTION_DIMENSIONS
            )
            now = to_iso(datetime.now(UTC))
            for product, image, text in zip(batch, images, texts, strict=True):
                yield {
                    "product_id": product["product_id"],
                    "image_embedding": image,
                    "image_made_of": CAPTION,
                    "description_embedding": text,
                    "source": settings.source,
                    "text_hash": text_hash(product),
                    "image_url": product["image_url"],
                    "created_at": now,
                    "updated_at": now,
                    "deleted": False,
                }


def _client(settings: AzureSettings) -> AzureOpenAI:
    return AzureOpenAI(
        azure_endpoint=settings.endpoint,
        api_key=settings.key,
        api_version=settings.version,
        max_retries=_RETRIES,
        timeout=_SECONDS,
    )


def _vectors(
    client: AzureOpenAI, settings: AzureSettings, texts: Sequence[str], dimensions: int
) -> list[list[float]]:
    try:
        answer = client.embeddings.create(
            model=settings.deployment, input=list(texts), dimensions=dimensions
        )
        entries = sorted(answer.data, key=lambda entry: entry.index)
        vectors = [[float(value) for value in entry.embedding] for entry in entries]
    except (ValueError, TypeError, AttributeError) as error:
        # What the library makes of a page that a proxy or a wrong address answered with.
        raise UserError(_senseless(settings)) from error
    if len(vectors) != len(texts):
        raise UserError(
            f"Azure OpenAI gave {counted(len(vectors), 'vector')} for "
            f"{counted(len(texts), 'text')}: try again."
        )
    if any(len(vector) != dimensions for vector in vectors):
        raise UserError(
            f"The deployment {settings.deployment} does not give vectors of {dimensions} numbers: "
            "use one of text-embedding-3-small or text-embedding-3-large."
        )
    return vectors


@contextmanager
def _explained(settings: AzureSettings) -> Iterator[None]:
    """Turns every error of the library into a UserError with one sentence."""
    try:
        yield
    except OpenAIError as error:
        raise UserError(_sentence(error, settings)) from error


def _sentence(error: OpenAIError, settings: AzureSettings) -> str:
    where = urlsplit(settings.endpoint).hostname
    if isinstance(error, (AuthenticationError, PermissionDeniedError)):
        return f"Azure OpenAI at {where} refuses the key: correct {KEY}."
    if isinstance(error, NotFoundError):
        return (
            f"Azure OpenAI at {where} has no deployment {settings.deployment} for this version of "
            f"the API: correct {DEPLOYMENT} or {VERSION} ({settings.version})."
        )
    if isinstance(error, RateLimitError):
        return (
            f"Azure OpenAI at {where} is out of quota, also after {_RETRIES} more tries: wait, or "
            "raise the quota of the deployment; the same command goes on where it stopped."
        )
    if isinstance(error, BadRequestError):
        return (
            f"Azure OpenAI at {where} does not take the request: {DEPLOYMENT} must be of "
            "text-embedding-3-small or text-embedding-3-large, which can shorten their vectors."
        )
    if isinstance(error, APITimeoutError):
        return f"Azure OpenAI at {where} took too long to answer: try again."
    if isinstance(error, APIConnectionError):
        return f"Azure OpenAI at {where} cannot be reached: check {ENDPOINT} and the network."
    if isinstance(error, APIStatusError):
        return f"Azure OpenAI at {where} failed (status {error.status_code}): try again later."
    return _senseless(settings)


def _senseless(settings: AzureSettings) -> str:
    where = urlsplit(settings.endpoint).hostname
    return f"What answers at {where} does not speak as Azure OpenAI does: check {ENDPOINT}."
