"""The connector as Kubernetes resources, for a Ditto server that the Ditto operator runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from connector_config.schema.collections import Collection

# Kubernetes would take it and the connector would refuse it: nobody forgets to replace it.
PLACEHOLDER: Final = "REPLACE-WITH-THE-CONNECTION-STRING"

_SECRET_KEY: Final = "connectionString"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the resources; `app` and `big_peer` are those of the Ditto server."""

    connector: str
    namespace: str
    app: str
    big_peer: str
    database: str


def manifests(
    collections: Sequence[Collection], names: Names, connection_string: str = PLACEHOLDER
) -> str:
    """The YAML of a Secret with the connection string, and of the BigPeerDataBridge."""
    metadata = {"name": names.connector, "namespace": names.namespace}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "stringData": {_SECRET_KEY: connection_string},
    }
    bridge = {
        "apiVersion": "ditto.live/v1alpha1",
        "kind": "BigPeerDataBridge",
        "metadata": {
            **metadata,
            # The operator finds the app and the server by these.
            "labels": {"ditto.live/app": names.app, "ditto.live/big-peer": names.big_peer},
        },
        "spec": {
            "description": "Zava retail: MongoDB and Ditto hold the same documents.",
            "bridge": {
                "mongoConnector": {
                    "connectionSecret": {
                        "kubernetesSecret": {
                            "name": names.connector,
                            "connectionString": _SECRET_KEY,
                        }
                    },
                    "database": names.database,
                    "collections": {c.name: _collection(c) for c in collections if c.sync},
                }
            },
        },
    }
    documents = [secret, bridge]
    return yaml.safe_dump_all(documents, sort_keys=False, explicit_start=True, width=100)


def _collection(collection: Collection) -> dict[str, Any]:
    """`dqlStrictMode` off makes objects MAPs, which merge field by field, as the SDK has them."""
    return {
        "fields": list(collection.id_fields),
        "initialSync": collection.initial_sync,
        "mode": "native",
        "dqlStrictMode": False,
    }
