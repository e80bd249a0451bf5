"""Orders: what was sold, what became of it, and what came back.

Like papers, orders only gain: a step adds an entry under an id that its maker chose, so what two
devices do at once merges, and doing a step again does nothing. The status follows from the entries;
the stored one repeats it for filters, and is all there is of orders from before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from app.domain.papers import Signature
from app.domain.pricing import NOTHING


class OrderStatus(Enum):
    """How far an order is; `UNKNOWN` is what a newer version of the program wrote."""

    PENDING = "pending"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The status as shown to a person."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Units of a line that came back, `damaged` of them, and what was given back: price and tax."""

    quantity: int
    damaged: int
    refund: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class OrderReturn:
    """Goods that came back in one go, by line; `cancelled` where it was the whole order.

    `store_id` and `store_name` are empty where the order's own store took them into its stock.
    """

    return_id: str
    cancelled: bool
    note: str
    signature: Signature
    lines: Mapping[str, ReturnLine]
    store_id: str = ""
    store_name: str = ""

    @property
    def refund(self) -> Decimal:
        """What was given back, tax included."""
        return sum((one.refund + one.tax for one in self.lines.values()), NOTHING)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line as it was sold; `total` is without `tax`, `returned` counts units."""

    item_id: str
    product_id: str
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    discount_percent: int
    discount: Decimal
    total: Decimal
    tax: Decimal
    returned: int = 0
    refunded: Decimal = NOTHING
    tax_refunded: Decimal = NOTHING

    @property
    def left(self) -> int:
        """Units that can still come back, as far as this device knows."""
        return max(self.quantity - self.returned, 0)

    @property
    def over(self) -> int:
        """Units that came back beyond what was bought: two devices took the same ones back."""
        return max(self.returned - self.quantity, 0)


@dataclass(frozen=True, slots=True)
class OrderStep:
    """A change of status, for the history."""

    status: OrderStatus
    signature: Signature


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its lines; amounts in US dollars, times as stored.

    Orders older than order numbers have an empty `number` and `placed_local`, and None as
    `tax_percent`. `missing` counts lines that have not arrived on this device yet.
    """

    store_id: str
    order_id: str
    number: str
    customer_id: str
    customer_name: str
    customer_email: str
    store_name: str
    order_date: str
    placed_local: str
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    tax_percent: Decimal | None
    status: OrderStatus
    signature: Signature
    lines: tuple[OrderLine, ...]
    steps: tuple[OrderStep, ...]
    returns: tuple[OrderReturn, ...]
    missing: int

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {"store_id": self.store_id, "order_id": self.order_id}

    @property
    def title(self) -> str:
        """What people call the order."""
        return self.number or self.order_id

    @property
    def handed_over(self) -> bool:
        """Whether the customer has the goods."""
        return self.status is OrderStatus.COMPLETED

    @property
    def refunded(self) -> Decimal:
        """What was given back, tax included."""
        return sum((one.refund for one in self.returns), NOTHING)
