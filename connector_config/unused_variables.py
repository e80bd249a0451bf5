"""Variables that comparable projects and Ditto's samples use and this one does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

UNUSED: Final = {
    "AZURE_OPENAI_DEPLOYMENT_NAME": "set AZURE_OPENAI_EMBEDDING_DEPLOYMENT instead",
    "DITTO_API_KEY": (
        "devices sign in with DITTO_DEVELOPMENT_TOKEN, or by the webhook at ZAVA_AUTH_URL"
    ),
    "DITTO_AUTH_URL": "set DITTO_SERVER_URL instead, to the address in the portal",
    "DITTO_CLOUD_ENDPOINT": "set DITTO_SERVER_URL instead, to the address in the portal",
    "DITTO_PLAYGROUND_TOKEN": "set DITTO_DEVELOPMENT_TOKEN instead",
    "DITTO_WEBSOCKET_URL": "set DITTO_SERVER_URL instead, to the address in the portal",
    "END_DATE": "give the last day to `zava-seed generate --to`",
    "MONGODB_ATLAS_PROJECT_ID": "MONGODB_CONNECTION_STRING alone says which cluster",
    "NUM_CUSTOMERS": "give the number to `zava-seed generate --customers`",
    "NUM_ORDERS": "give the number to `zava-seed generate --orders`",
    "START_DATE": "give the first day to `zava-seed generate --from`",
}
"""What to do instead, by the name of the variable."""


def unused(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those of the variables that are set for nothing, each with what to do instead."""
    for name, instead in UNUSED.items():
        if name in variables:
            yield name, instead
