"""The shapes of papers: transfers, orders, goods receipts and stocktakes; see `documents`."""

# Without `from __future__ import annotations`: it hides NotRequired from `__required_keys__`.
from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

from connector_config.schema import collections as names
from connector_config.schema.document_fields import Document, Instant, Money, Uuid


class Signed(TypedDict):
    """Who did a step of a paper, on which device, and when."""

    at: Instant
    who: str
    device_id: str
    device_name: str


class _Paper(Document):
    """What every paper has; `number` is for people, made of the store, the device and a sequence.

    A step that is final is a time that is there or not: `ordered_at`, `cancelled_at`. What can
    happen several times is a map by an id that its maker chose, so that two devices add to it at
    once and both stay. The state of a paper follows from these and is not stored.
    """

    number: str
    who: str
    device_id: str
    device_name: str
    note: str


class ReceivedLine(TypedDict):
    """What arrived of a product: `received` units, `damaged` of them; `missing` is given up."""

    received: int
    damaged: int
    missing: int


class PaperReceipt(Signed):
    """A goods receipt as the paper it belongs to knows it; its lines by product."""

    number: str
    lines: dict[str, ReceivedLine]
    undone: bool


class TransferLine(TypedDict):
    """A product of a transfer; the name and the SKU are those at the time of the request."""

    sku: str
    product_name: str
    requested: int


class Shipment(Signed):
    """What left the sending store in one go, units by product."""

    lines: dict[str, int]


class ReturnedLine(TypedDict):
    """Units of a shipment that went back: `asked` at first, `quantity` after all.

    It went down when the other store turned out to have received some; each change is a revision.
    """

    asked: int
    quantity: int
    revision: int


class Return(Signed):
    """A cancelled shipment, written by the device that cancelled it and by no other."""

    shipment_id: Uuid
    lines: dict[str, ReturnedLine]


class Transfer(_Paper):
    """Goods from one store to another.

    The sending store writes `picked` (units by product), `shipments` and `returns`, the receiving
    store writes `receipts`, and either may cancel what has not been shipped. In transit is shipped
    less returned, received and missing.
    """

    from_store_id: str
    to_store_id: str
    transfer_id: Uuid
    lines: dict[str, TransferLine]
    picked: dict[str, int]
    shipments: dict[str, Shipment]
    returns: dict[str, Return]
    receipts: dict[str, PaperReceipt]
    cancelled_at: NotRequired[Instant]


class ReplenishmentLine(TypedDict):
    """A product to order; 0 units is a line that was taken out."""

    sku: str
    product_name: str
    quantity: int
    unit_cost: Money


class Replenishment(_Paper):
    """An order of a store at a supplier; `expected_at` is when it should arrive.

    `closed_at` says that no more will come, although not all did.
    """

    store_id: str
    replenishment_id: Uuid
    supplier: str
    lines: dict[str, ReplenishmentLine]
    receipts: dict[str, PaperReceipt]
    expected_at: Instant
    ordered_at: NotRequired[Instant]
    cancelled_at: NotRequired[Instant]
    closed_at: NotRequired[Instant]


class GoodsReceiptLine(TypedDict):
    """A product of a receipt; `expected` units were on their way when it was posted."""

    sku: str
    product_name: str
    expected: int
    received: int
    damaged: int
    missing: int
    note: str


class GoodsReceipt(_Paper):
    """What came in at a store in one go; only the device that began it writes it.

    `kind` is `transfer`, `replenishment` or `free`. `paper_id` is empty as long as this store has
    not seen the paper whose number, `paper_number`, was read from the box.
    """

    store_id: str
    receipt_id: Uuid
    kind: str
    paper_id: str
    paper_number: str
    supplier: str
    lines: dict[str, GoodsReceiptLine]
    posted_at: NotRequired[Instant]
    undone_at: NotRequired[Instant]
    discarded_at: NotRequired[Instant]


class Stocktake(_Paper):
    """A stocktake of a store, an aisle or a shelf (`aisle` and `shelf` empty for all of them).

    `chosen` names the count that holds, by item, where people counted differently. `posted_by` has
    when each device posted it.
    """

    store_id: str
    stocktake_id: Uuid
    name: str
    aisle: str
    shelf: str
    blind: bool
    chosen: dict[str, str]
    posted_by: dict[str, Instant]
    cancelled_at: NotRequired[Instant]


class StocktakeCount(Document):
    """One person's count of one item, never changed; a wrong one is soft-deleted.

    `seen_ahead` names the movements that the device had seen although their time lies after `at`:
    another device's clock is ahead. They and all whose time is `at` or earlier are in the count.
    """

    store_id: str
    count_id: Uuid
    stocktake_id: Uuid
    inventory_id: Uuid
    product_id: str
    quantity: int
    stock_level: int
    seen_ahead: dict[str, bool]
    at: Instant
    who: str
    device_id: str
    device_name: str


SHAPES: Final[Mapping[str, Any]] = {
    names.TRANSFERS: Transfer,
    names.REPLENISHMENTS: Replenishment,
    names.GOODS_RECEIPTS: GoodsReceipt,
    names.STOCKTAKES: Stocktake,
    names.STOCKTAKE_COUNTS: StocktakeCount,
}
