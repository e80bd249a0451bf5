"""Whom a store may talk to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from connector_config.schema.collections import DATABASE_ID


@dataclass(frozen=True, slots=True)
class Connection:
    """Whom a store may talk to once its sync is started; without a server, devices only.

    `shared_key` (a P-256 key, PKCS#8 DER in base64) encrypts what devices exchange without one.
    """

    database_id: str = DATABASE_ID
    server_url: str | None = None
    shared_key: str | None = field(default=None, repr=False)


DEVICES_ONLY: Final = Connection()
