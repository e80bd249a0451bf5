"""The settings of the Azure OpenAI that makes the vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from connector_config.errors import UserError
from connector_config.extras import need_extra

ENDPOINT: Final = "AZURE_OPENAI_ENDPOINT"
KEY: Final = "AZURE_OPENAI_API_KEY"
DEPLOYMENT: Final = "AZURE_OPENAI_EMBEDDING_DEPLOYMENT"
VERSION: Final = "AZURE_OPENAI_API_VERSION"
DEFAULT_VERSION: Final = "2024-10-21"

_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class AzureSettings:
    """A deployment of an Azure OpenAI resource; the key is never printed."""

    endpoint: str
    key: str = field(repr=False)
    deployment: str
    version: str = DEFAULT_VERSION

    @property
    def source(self) -> str:
        """The `source` with which the vectors are marked."""
        return f"azure:{self.deployment}"


def load_azure_settings(variables: Mapping[str, str]) -> AzureSettings | None:
    """The settings, or None when none of the three needed variables is set.

    Raises UserError naming what is missing when only some are, or the extra that they need, and for
    an endpoint that would send the key unencrypted.
    """
    needed = {name: variables.get(name, "").strip() for name in (ENDPOINT, KEY, DEPLOYMENT)}
    missing = [name for name, value in needed.items() if not value]
    if len(missing) == len(needed):
        return None
    if missing:
        raise UserError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set: Azure OpenAI "
            f"needs {ENDPOINT}, {KEY} and {DEPLOYMENT}; set all three, or none for local vectors."
        )
    _check_endpoint(needed[ENDPOINT])
    if not needed[KEY].isascii() or not needed[KEY].isprintable():
        raise UserError(f"{KEY} holds characters that no key has: copy it again from the portal.")
    need_extra("azure")
    version = variables.get(VERSION, "").strip() or DEFAULT_VERSION
    return AzureSettings(needed[ENDPOINT], needed[KEY], needed[DEPLOYMENT], version)


def _check_endpoint(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or (parts.scheme != "https" and host not in _LOOPBACK):
        raise UserError(
            f"{ENDPOINT} must be an address such as https://my-resource.openai.azure.com/: "
            "copy it from the portal."
        )
