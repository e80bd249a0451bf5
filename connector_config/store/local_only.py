"""Collections that exist on one device only: Ditto never sends them to a peer."""

from __future__ import annotations

from typing import Final

OUTBOX: Final = "local_outbox"
"""What this device changed and MongoDB has not acknowledged, a row for each document."""

PARKED: Final = "local_link_parked"
"""Documents that cannot be exchanged, each with the reason."""

ECHOES: Final = "local_link_echoes"
"""Documents that MongoDB has as this device changed them, and its change stream has not told of."""

PROGRESS: Final = "local_link_progress"
"""How far the first sync and the change stream have come."""

DELIVERED: Final = "local_delivered"
"""When documents that this device made were delivered, for its histories."""

CARTS: Final = "local_carts"
"""Orders in the making, which are nobody else's business until they are placed."""

SALES: Final = "local_sales"
"""What orders of a store in a month come to, added up day by day."""

NUMBERS: Final = "local_numbers"
"""The last number this device gave to a paper, for each collection of papers."""

MADE: Final = "local_made"
"""The last changes that people made on this device, in their order, for undo."""

SIGN_INS: Final = "local_sign_ins"
"""Wrong PINs on this device, for each person, so that guessing is slow also after a restart."""

SYNC_SCOPES: Final = dict.fromkeys(
    (OUTBOX, PARKED, ECHOES, PROGRESS, DELIVERED, CARTS, SALES, NUMBERS, MADE, SIGN_INS),
    "LocalPeerOnly",
)
"""For Ditto's system parameter `user_collection_sync_scopes`, which takes the whole map at once."""
