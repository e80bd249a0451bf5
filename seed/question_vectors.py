"""The vector of a question, by whoever made the vectors that it is compared with."""

from __future__ import annotations

from connector_config.variables import load_variables
from seed.azure_settings import load_azure_settings
from seed.embeddings import DESCRIPTION_DIMENSIONS, LOCAL, local_vectors


def embed(source: str, text: str) -> list[float] | None:
    """Make it; None where this machine is not set up for that source."""
    if source == LOCAL:
        return local_vectors([text], DESCRIPTION_DIMENSIONS)[0]
    azure = load_azure_settings(load_variables())
    if azure is None or azure.source != source:
        return None
    from seed.azure import azure_vectors

    return azure_vectors([text], azure, DESCRIPTION_DIMENSIONS)[0]
