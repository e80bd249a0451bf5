"""The peers that a store may sync with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from connector_config.schema.collections import DATABASE_ID


@dataclass(frozen=True, slots=True)
class Connection:
    """The peers that a store syncs with once its sync is started; without a server, devices only.

    `shared_key` (a P-256 key, PKCS#8 DER in base64) encrypts what devices exchange by themselves.
    """

    database_id: str = DATABASE_ID
    server_url: str | None = None
    shared_key: str | None = field(default=None, repr=False)


DEVICES_ONLY: Final = Connection()
