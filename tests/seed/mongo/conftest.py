"""Fixtures that the tests of MongoDB share."""

from __future__ import annotations

import pytest

from connector_config.mongodb.mapping import mongo_id
from seed.data_set import mongo_data_set
from tests.seed.mongo.generating import CONTENT, Documents


@pytest.fixture(scope="session")
def expected() -> Documents:
    """Every document of the small set with its `_id`, by collection and id."""
    return {
        part.collection: {
            mongo_id(part.collection, d): {"_id": mongo_id(part.collection, d), **d}
            for d in part.documents
        }
        for part in mongo_data_set(CONTENT)
    }
