"""The types of fields in documents; `connector_config.schema.documents` has the shapes."""

from typing import Annotated, TypedDict

# To a type checker these are a text and a number; what checks documents reads the rest.
Instant = Annotated[str, "instant"]
Uuid = Annotated[str, "uuid"]
Money = Annotated[float, "money"]


class Document(TypedDict):
    """The fields of every document."""

    deleted: bool
    created_at: Instant
    updated_at: Instant
