"""The shapes of orders, of their lines and of oversell cases; see `documents`.

The app writes `New…` first; a step merges a `…Change` into the document, maps key by key.
"""

# Without `from __future__ import annotations`: it hides NotRequired from `__required_keys__`.
from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

from connector_config.schema import collections as names
from connector_config.schema.document_fields import Document, Instant, Money, Uuid
from connector_config.schema.paper_documents import Signed


class OrderStep(Signed):
    """A status that an order reached."""

    status: str


class RevisedItem(TypedDict):
    """Units of a line that came back after all, `damaged` of them."""

    quantity: int
    damaged: int


class ReturnedItem(RevisedItem):
    """Units of a line that came back, and what was given back for them: price and tax."""

    refund: Money
    tax: Money


class TakenInto(TypedDict, total=False):
    """The store that took the goods into its stock, where that is not the order's own.

    The money is the order's store's all the same.
    """

    store_id: str
    store_name: str


class OrderReturn(Signed, TakenInto):
    """Goods that came back at one time, by the id of the line.

    The whole order where `cancelled`.
    """

    cancelled: bool
    note: str
    lines: dict[str, ReturnedItem]


class RevisedOrderReturn(TypedDict):
    """The lines of a return that its device has corrected."""

    lines: dict[str, RevisedItem]


class _AnyOrder(Document):
    """An order without its lines.

    `subtotal` is the sum of `quantity * unit_price` of its items, `discount_total` the sum of their
    `discount_amount`, `tax` is rounded half up on what remains, and
    `total = subtotal - discount_total + tax`. `item_count` is the number of lines. `status` is
    `pending`, `completed`, `cancelled` or `returned`. Names and the e-mail are those at the time of
    the order.
    """

    order_id: str
    customer_id: str
    store_id: str
    order_date: Instant
    customer_name: str
    customer_email: str
    store_name: str
    item_count: int
    subtotal: Money
    tax: Money
    discount_total: Money
    total: Money
    status: str


class NewOrder(_AnyOrder):
    """An order that is taken on a device.

    It has the `number` that people know it by, the rate of the tax, who took it on which device,
    and the local time on its receipt. `history` and `returns` are maps by an id that their maker
    chose, so that two devices add to them at once and both entries stay.
    """

    number: str
    placed_local: str
    tax_percent: float
    who: str
    device_id: str
    device_name: str
    offline: bool
    history: dict[str, OrderStep]
    returns: dict[str, OrderReturn]


class Order(_AnyOrder):
    """An order; one that was taken on a device has more fields than others."""

    number: NotRequired[str]
    placed_local: NotRequired[str]
    tax_percent: NotRequired[float]
    who: NotRequired[str]
    device_id: NotRequired[str]
    device_name: NotRequired[str]
    offline: NotRequired[bool]
    history: NotRequired[dict[str, OrderStep]]
    returns: NotRequired[dict[str, OrderReturn]]


class OrderChange(TypedDict, total=False):
    """What a step merges into an order."""

    status: str
    history: dict[str, OrderStep]
    returns: dict[str, OrderReturn | RevisedOrderReturn]


class _AnyOrderItem(Document):
    """A line of an order; `line_total = quantity * unit_price - discount_amount`.

    It repeats the store and the customer because DQL has neither subqueries nor joins in a
    subscription. `discount_percent` is 0 to 100.
    """

    order_item_id: Uuid
    order_id: str
    store_id: str
    customer_id: str
    product_id: str
    sku: str
    product_name: str
    quantity: int
    unit_price: Money
    discount_percent: int
    discount_amount: Money
    line_total: Money


class NewOrderItem(_AnyOrderItem):
    """A line that is taken on a device.

    It splits `discount_amount` into the discount of the line and its share of the order's discount,
    and has its share of the tax and its `line_number` on the receipt.
    """

    line_discount: Money
    order_discount: Money
    tax_amount: Money
    line_number: int


class OrderItem(_AnyOrderItem):
    """A line of an order; one that was taken on a device has more fields than others."""

    line_discount: NotRequired[Money]
    order_discount: NotRequired[Money]
    tax_amount: NotRequired[Money]
    line_number: NotRequired[int]


class SettlementMade(TypedDict, total=False):
    """What settling a sale made.

    A transfer, a return of the order, or an order of another product.
    """

    from_store_id: str
    transfer_id: Uuid
    transfer_number: str
    return_id: Uuid
    new_order_id: str
    new_number: str


class NewSettlement(Signed, SettlementMade):
    """How a sale that went below zero was settled, written by one device and by no other.

    `sale_id` is the order, or the movement where there is no order; `round` is how many settlements
    of the sale were known before; `kind` is `transfer`, `back_order`, `swap` or `cancel`. The
    `note` is for `for_who`, who sold the goods on the device `for_device_id`.
    """

    sale_id: str
    round: int
    kind: str
    units: int
    note: str
    for_who: str
    for_device_id: str
    order_id: str
    number: str


class OversellSettlement(NewSettlement):
    """A settlement at any time: `seen_at` is when the seller read the note.

    `taken_back_at` is there where somebody else had settled the sale.
    """

    seen_at: NotRequired[Instant]
    taken_back_at: NotRequired[Instant]


class SettlementSeen(TypedDict):
    """The note was read."""

    seen_at: Instant


class SettlementTakenBack(TypedDict):
    """The settlement came to nothing."""

    taken_back_at: Instant


class OversellCase(Document):
    """All that was done about one item that was below zero.

    The stock says whether a case is open.
    """

    store_id: str
    case_id: Uuid
    inventory_id: Uuid
    product_id: str
    settlements: dict[str, OversellSettlement]


class OversellCaseChange(TypedDict, total=False):
    """What a step merges into the document of an item's cases."""

    settlements: dict[str, NewSettlement | SettlementSeen | SettlementTakenBack]


SHAPES: Final[Mapping[str, Any]] = {
    names.ORDERS: Order,
    names.ORDER_ITEMS: OrderItem,
    names.OVERSELL_CASES: OversellCase,
}
