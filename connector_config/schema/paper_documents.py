"""The shapes of papers: transfers, orders, goods receipts and stocktakes; see `documents`.

Of each paper, `New…` is the document when it is begun; a step merges a `…Change` into it, maps key
by key.
"""

# Without `from __future__ import annotations`: it hides NotRequired from `__required_keys__`.
from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

from connector_config.schema import collections as names
from connector_config.schema.document_fields import Document, Instant, Money, Uuid
from connector_config.schema.stock_documents import ApprovedBy


class Signed(TypedDict):
    """Who did a step of a paper, on which device and when, and who approved what needs a word."""

    at: Instant
    who: str
    device_id: str
    device_name: str
    approved_by: NotRequired[ApprovedBy]


class Paper(Document):
    """The fields of every paper; its `number` is made of the store, the device and a sequence.

    A step that is final is a time that is there or not: `ordered_at`, `cancelled_at`. What can
    happen several times is a map by an id that its maker chose, so that two devices add to it at
    once and both stay. The state of a paper follows from these and is not stored. `approved_by` is
    there where asking for the goods, or ordering them, needed a manager's word.
    """

    number: str
    who: str
    device_id: str
    device_name: str
    note: str
    approved_by: NotRequired[ApprovedBy]


class ReceivedLine(TypedDict):
    """What arrived of a product: `received` units, `damaged` of them; `missing` is given up."""

    received: int
    damaged: int
    missing: int


class PaperReceipt(Signed):
    """A goods receipt as the paper it belongs to knows it; its lines by product."""

    number: str
    lines: dict[str, ReceivedLine]
    undone: NotRequired[bool]


class ReceiptUndone(TypedDict):
    """A goods receipt that was taken back, and counts for nothing."""

    undone: bool


class ReceiptsChange(TypedDict, total=False):
    """What a step of a receipt merges into its paper."""

    receipts: dict[str, PaperReceipt | ReceiptUndone]


class TransferLine(TypedDict):
    """A product of a transfer; the name and the SKU are those at the time of the request."""

    sku: str
    product_name: str
    requested: int


class Shipment(Signed):
    """Goods that left the sending store at one time, units by product."""

    lines: dict[str, int]


class RevisedLine(TypedDict):
    """Units of a shipment that went back after all; each change is a revision."""

    quantity: int
    revision: int


class ReturnedLine(RevisedLine):
    """Units of a shipment that went back: `asked` at first, `quantity` after all.

    `quantity` is less than `asked` where the other store turned out to have received some.
    """

    asked: int


class Return(Signed):
    """A cancelled shipment, written by the device that cancelled it and by no other."""

    shipment_id: Uuid
    lines: dict[str, ReturnedLine]


class RevisedReturn(TypedDict):
    """The lines of a return that its device has corrected."""

    lines: dict[str, RevisedLine]


class NewTransfer(Paper):
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


class Transfer(NewTransfer):
    """A transfer at any time."""

    cancelled_at: NotRequired[Instant]


class TransferChange(ReceiptsChange, total=False):
    """What a step merges into a transfer."""

    lines: dict[str, TransferLine]
    picked: dict[str, int]
    shipments: dict[str, Shipment]
    returns: dict[str, Return | RevisedReturn]
    cancelled_at: Instant


class PurchaseOrderLine(TypedDict):
    """A product to order; a line of 0 units was taken out."""

    sku: str
    product_name: str
    quantity: int
    unit_cost: Money


class NewPurchaseOrder(Paper):
    """An order of a store at a supplier; `expected_at` is when it should arrive.

    Its collection, its id and the `kind` of its receipts are stored as `replenishment`.
    """

    store_id: str
    replenishment_id: Uuid
    supplier: str
    lines: dict[str, PurchaseOrderLine]
    receipts: dict[str, PaperReceipt]
    expected_at: Instant


class PurchaseOrder(NewPurchaseOrder):
    """A purchase order at any time; `closed_at`: no more will come, although not all did."""

    ordered_at: NotRequired[Instant]
    cancelled_at: NotRequired[Instant]
    closed_at: NotRequired[Instant]


class PurchaseOrderChange(ReceiptsChange, total=False):
    """What a step merges into a purchase order."""

    supplier: str
    note: str
    lines: dict[str, PurchaseOrderLine]
    expected_at: Instant
    ordered_at: Instant
    approved_by: ApprovedBy
    cancelled_at: Instant
    closed_at: Instant


class ExpectedLine(TypedDict):
    """How many units of a product were on their way when its receipt was posted."""

    expected: int


class GoodsReceiptLine(ExpectedLine, ReceivedLine):
    """A product of a receipt."""

    sku: str
    product_name: str
    note: str


class NewGoodsReceipt(Paper):
    """Goods that came in at a store at one time; only the device that began the receipt writes it.

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


class GoodsReceipt(NewGoodsReceipt):
    """A goods receipt at any time."""

    posted_at: NotRequired[Instant]
    undone_at: NotRequired[Instant]
    discarded_at: NotRequired[Instant]


class GoodsReceiptChange(TypedDict, total=False):
    """What a step merges into a goods receipt."""

    paper_id: str
    lines: dict[str, GoodsReceiptLine | ExpectedLine]
    posted_at: Instant
    undone_at: Instant
    discarded_at: Instant


class NewStocktake(Paper):
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


class Stocktake(NewStocktake):
    """A stocktake at any time."""

    cancelled_at: NotRequired[Instant]


class StocktakeChange(TypedDict, total=False):
    """What a step merges into a stocktake."""

    chosen: dict[str, str]
    posted_by: dict[str, Instant]
    cancelled_at: Instant


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
    approved_by: NotRequired[ApprovedBy]


SHAPES: Final[Mapping[str, Any]] = {
    names.TRANSFERS: Transfer,
    names.REPLENISHMENTS: PurchaseOrder,
    names.GOODS_RECEIPTS: GoodsReceipt,
    names.STOCKTAKES: Stocktake,
    names.STOCKTAKE_COUNTS: StocktakeCount,
}
