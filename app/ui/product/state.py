"""The state of the product card, and the change that is being typed on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.data.sync.delivery import Delivery
from app.domain.conventions import US, Conventions, in_ascii
from app.domain.entities import Product, Reason, StockItem
from app.domain.errors import InvalidInputError
from app.domain.stock import REASONS_TO_ADD, REASONS_TO_REMOVE, Ledger, parse_quantity


@dataclass(frozen=True, slots=True)
class Draft:
    """The change that is being typed; it is kept while another product is looked at."""

    adding: bool = False
    quantity: str = ""
    reason: Reason = Reason.DAMAGED
    note: str = ""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons that fit the direction."""
        return REASONS_TO_ADD if self.adding else REASONS_TO_REMOVE

    def edited(
        self, adding: bool | None, quantity: str | None, reason: Reason | None, note: str | None
    ) -> Draft:
        """The draft with the given fields; if that turns it, with a reason that fits."""
        draft = self
        if adding is not None and adding != self.adding:
            turned = replace(self, adding=adding)
            draft = replace(turned, reason=turned.reasons[0])
        return replace(
            draft,
            quantity=draft.quantity if quantity is None else quantity,
            reason=reason or draft.reason,
            note=draft.note if note is None else note,
        )

    @property
    def is_typed(self) -> bool:
        """Whether something is typed that is not saved."""
        return bool(self.quantity.strip() or self.note.strip())

    def emptied(self) -> Draft:
        """A draft for the next change, often one of the same kind: direction and reason stay."""
        return replace(self, quantity="", note="")

    def change(self, conventions: Conventions = US) -> int:
        """The units that the draft adds, or with a minus removes; raises InvalidInputError.

        Nobody who types +5 wants to lose 5.
        """
        typed = in_ascii(self.quantity)
        if typed.startswith("+") and not self.adding:
            raise InvalidInputError(
                "quantity", f"“{typed[:20]}” adds: choose Add, or leave the + out to remove."
            )
        quantity = parse_quantity(typed, 1, conventions)
        return quantity if self.adding else -quantity

    def preview(self, item: StockItem | None, conventions: Conventions = US) -> int | None:
        """What on hand would become; None while that cannot be said."""
        try:
            change = self.change(conventions)
        except InvalidInputError:
            return None
        return item.on_hand + change if item is not None else None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What another store has on hand and since when; None where it does not stock the product.

    `kilometres` is None where nobody knows how far it is.
    """

    store: str
    on_hand: int | None
    store_id: str = ""
    kilometres: float | None = None
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProductState:
    """What the card shows.

    Until `is_read` nobody knows whether the store has the product: `item` is None then, too.
    `preview` is what on hand would become; `unexplained` counts units whose movements have not
    arrived.
    """

    product: Product | None = None
    item: StockItem | None = None
    is_read: bool = False
    elsewhere: tuple[Elsewhere, ...] = ()
    ledger: Ledger | None = None
    draft: Draft = field(default_factory=Draft)
    preview: int | None = None
    quantity_error: str = ""
    unexplained: int = 0
    may_adjust: bool = True
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    """By movement id, what has become of the lines that this device wrote."""
