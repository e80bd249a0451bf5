"""Pre- and post-images of changes, which every synced collection needs for the connector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import synced

SYNCED: Final = tuple(one.name for one in synced())

# They came with this version.
IMAGES_VERSION: Final = (6, 0, 0)

_OPTION: Final = "changeStreamPreAndPostImages"


def has_images(options: Mapping[str, Any]) -> bool:
    """Whether the options of a collection, as `listCollections` gives them, have the images on."""
    return bool(options.get(_OPTION, {}).get("enabled", False))


def is_enabled(database: MongoDatabase, collection: str) -> bool:
    """Whether a collection keeps pre- and post-images."""
    return any(
        has_images(found.get("options", {}))
        for found in database.list_collections(filter={"name": collection})
    )


def switch_on(database: MongoDatabase, collection: str) -> None:
    """Keep the images of a collection from now on; needs the action collMod."""
    database.command({"collMod": collection, _OPTION: {"enabled": True}})
