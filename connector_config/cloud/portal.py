"""The checklist of what a person types into the portal to set up the managed connector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector_config.schema.collections import Collection
from connector_config.wording import counted

# An example beats a description, and it holds nobody's password.
SRV_EXAMPLE = "mongodb+srv://USER:PASSWORD@cluster.example.mongodb.net/"


def checklist(collections: Sequence[Collection], database: str) -> Iterator[str]:
    """The lines of the checklist; names in the words of the portal."""
    synced = [collection for collection in collections if collection.sync]
    yield "Set up the MongoDB connector in the Ditto portal"
    yield ""
    yield "Before: the organisation needs access to the connector (ask Ditto), and MongoDB has to"
    yield "be ready: `zava-connector check` says so, with the command that mends what is not."
    yield ""
    yield "1. Open the database in the portal: Settings > MongoDB Connector."
    yield f"2. [ ] Database: {database}"
    yield f"3. [ ] Connection string: {SRV_EXAMPLE}"
    yield "       Only mongodb+srv:// works there. In Atlas, let the connector in: Network Access,"
    yield "       with the addresses that the portal shows."
    yield f"4. Add Collection, {counted(len(synced), 'time')}:"
    for number, collection in enumerate(synced, 1):
        yield ""
        yield f"   [ ] {number:>2}. {collection.name}"
        fields = ", ".join(collection.id_fields)
        yield f"           Map fields to Ditto ID (not Match IDs): {fields}"
        yield f"           Initial Sync: {'on' if collection.initial_sync else 'off'}"
        yield f"           Ditto _id: {collection.ditto_id_shape}"
        yield f"           Values: {collection.types}"
    yield ""
    yield "5. [ ] Save, and wait until the status is Running; Failed comes with its reason."
    left_out = [collection for collection in collections if not collection.sync]
    if left_out:
        yield ""
        yield "Leave out:"
        for collection in left_out:
            yield f"   {collection.name}: {collection.why_not}"
