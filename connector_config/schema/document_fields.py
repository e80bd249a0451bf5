"""What the shapes of documents are made of: `connector_config.schema.documents` has the shapes."""

from typing import Annotated, TypedDict

# To a type checker these are a text and a number; what checks documents reads the rest.
Instant = Annotated[str, "instant"]
Uuid = Annotated[str, "uuid"]
Money = Annotated[float, "money"]


class Document(TypedDict):
    """What every document has."""

    deleted: bool
    created_at: Instant
    updated_at: Instant
