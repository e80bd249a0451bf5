"""Transfers between stores: what follows from the steps so far; `transfer_steps` has the steps.

Of every line, at any moment and on any device:

    shipped = returned + received + missing + in transit - over

The sending store writes `picked`, shipments and returns, the receiving store receipts; nothing is
written by both, and all amounts are sums over entries, so halves that happen apart merge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from app.domain.papers import PaperReceipt, Signature


class TransferState(Enum):
    """How far a transfer is; follows from its steps."""

    REQUESTED = "requested"
    PICKING = "picking"
    IN_TRANSIT = "in transit"
    PART_RECEIVED = "partly received"
    RECEIVED = "received"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self not in (TransferState.RECEIVED, TransferState.CANCELLED)


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A product of a transfer with all its amounts, in units; `noted` is missing as noted."""

    product_id: str
    sku: str
    name: str
    requested: int = 0
    picked: int = 0
    shipped: int = 0
    returned: int = 0
    received: int = 0
    damaged: int = 0
    noted: int = 0

    @property
    def missing(self) -> int:
        """Units that were given up, and neither arrived nor came back after all."""
        return min(self.noted, max(self.shipped - self.returned - self.received, 0))

    @property
    def in_transit(self) -> int:
        """Units that left the sender and are still expected."""
        return max(self.shipped - self.returned - self.received - self.missing, 0)

    @property
    def over(self) -> int:
        """Units that arrived although they were never shipped, as far as this device knows."""
        return max(self.received + self.returned - self.shipped, 0)

    @property
    def to_ship(self) -> int:
        """Units that are still to be shipped.

        Those picked, or else requested, less those that left.
        """
        return max((self.picked or self.requested) - (self.shipped - self.returned), 0)


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods that left at one time; units by product."""

    shipment_id: str
    signature: Signature
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units that went back: `asked` when it was cancelled, `quantity` after all."""

    asked: int
    quantity: int
    revision: int


@dataclass(frozen=True, slots=True)
class Return:
    """A cancelled shipment; `signature` names the one device that writes it."""

    return_id: str
    shipment_id: str
    signature: Signature
    lines: Mapping[str, ReturnedLine]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as far as this device knows it."""

    transfer_id: str
    from_store_id: str
    to_store_id: str
    number: str
    note: str
    signature: Signature
    lines: tuple[TransferLine, ...]
    shipments: tuple[Shipment, ...]
    returns: tuple[Return, ...]
    receipts: tuple[PaperReceipt, ...]
    cancelled: bool

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {
            "from_store_id": self.from_store_id,
            "to_store_id": self.to_store_id,
            "transfer_id": self.transfer_id,
        }

    @property
    def in_transit(self) -> int:
        """Units on their way."""
        return sum(line.in_transit for line in self.lines)

    @property
    def differences(self) -> tuple[TransferLine, ...]:
        """Lines of which some are missing, damaged or too many."""
        return tuple(one for one in self.lines if one.missing or one.damaged or one.over)

    @property
    def state(self) -> TransferState:
        """How far the transfer is."""
        received = any(line.received or line.missing for line in self.lines)
        if self.in_transit:
            return TransferState.PART_RECEIVED if received else TransferState.IN_TRANSIT
        if any(line.to_ship for line in self.lines) and not self.cancelled:
            if received:
                return TransferState.PART_RECEIVED
            picked = any(line.picked for line in self.lines)
            return TransferState.PICKING if picked else TransferState.REQUESTED
        return TransferState.RECEIVED if received else TransferState.CANCELLED

    def line(self, product_id: str) -> TransferLine | None:
        """The line of a product; None where the transfer has none."""
        return next((one for one in self.lines if one.product_id == product_id), None)

    def can_cancel(self, shipment_id: str) -> Mapping[str, int]:
        """Units of a shipment that can still be taken back, by product; empty where none can."""
        if any(one.shipment_id == shipment_id for one in self.returns):
            return {}
        shipment = next((one for one in self.shipments if one.shipment_id == shipment_id), None)
        if shipment is None:
            return {}
        lines = {line.product_id: line for line in self.lines}
        able = {
            product_id: min(quantity, lines[product_id].in_transit + lines[product_id].missing)
            for product_id, quantity in shipment.lines.items()
        }
        return {product_id: quantity for product_id, quantity in able.items() if quantity > 0}
