"""A manager's word: what a store wants one for, and whether it was given.

A store without people who can sign in wants none, and neither does one whose document names no
limit. Whoever approves is one of the store's managers, maybe the person who is at work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector_config.errors import UserError
from connector_config.wording import counted, dollars

if TYPE_CHECKING:
    from app.domain.carts import Cart
    from app.domain.orders import Order
    from app.domain.staff import Person
    from app.domain.stocktake import ReviewLine
    from app.domain.unusual import Unusual

_CENT: Final = Decimal("0.01")
_TENTH: Final = Decimal("0.1")
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who gave the word for what somebody else did, or for what they did themselves."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a store wants a manager's word for; None, or false, for what it lets everybody do.

    Above so many percent of discount on a line; above so many units, or US dollars at cost, of a
    product's difference in a count. `below_zero` is for a store that else refuses such orders.
    """

    discount_percent: Decimal | None = None
    count_units: int | None = None
    count_value: Decimal | None = None
    below_zero: bool = False
    cancel_handed_over: bool = False
    delete_customer: bool = False
    unusual_quantity: bool = False


NO_LIMITS: Final = Limits()


class WordNeededError(UserError):
    """What somebody is about to do needs a manager's word; nothing was written.

    `asked` says what it is, a phrase each; `managers` are those who can give it, by name.
    """

    def __init__(self, asked: Sequence[str], managers: Sequence[Person]) -> None:
        who = "a manager's word"
        fix = "" if managers else " No manager of this store can sign in: People adds one."
        super().__init__(f"This needs {who}: {'; '.join(asked)}.{fix}")
        self.asked = tuple(asked)
        self.managers = tuple(managers)


def given(
    asked: Sequence[str], people: Iterable[Person], person_id: str, approval: Approval | None
) -> Approval | None:
    """Whose word holds for what is `asked`; None where none is needed.

    `people` are those of the store, `person_id` is who is at work. Raises WordNeededError.
    """
    people = list(people)
    if not asked or not any(one.may_sign_in for one in people):
        return None
    managers = [one for one in people if one.manages]
    for its in (person_id, approval.person_id if approval is not None else ""):
        for one in managers:
            if one.person_id == its:
                return Approval(one.person_id, one.name)
    raise WordNeededError(asked, managers)


def of_cart(limits: Limits, cart: Cart, below_zero: bool) -> list[str]:
    """What of a cart needs a word; `below_zero` where it takes what is not there, if need be."""
    asked = []
    most = limits.discount_percent
    if most is not None:
        lines = cart.priced(Decimal(0)).lines
        # The order's discount is spread in whole cents, so a line may have one more than its part.
        over = [
            one.discount / one.gross * _HUNDRED
            for one in lines
            if one.gross and one.discount > one.gross * most / _HUNDRED + (_CENT if most else 0)
        ]
        if over:
            asked.append(f"a discount of {percent(max(over))}, which is above {percent(most)}")
    if below_zero and limits.below_zero:
        asked.append("more is sold than is on hand")
    return asked


def of_cancelling(limits: Limits, order: Order) -> list[str]:
    """What of cancelling an order needs a word."""
    if limits.cancel_handed_over and order.handed_over:
        return [f"order {order.title} was handed over already, and is cancelled"]
    return []


def of_count(limits: Limits, lines: Iterable[ReviewLine]) -> list[str]:
    """What of posting the differences of a count needs a word."""
    differing = [line for line in lines if line.difference]
    asked = []
    if (units := limits.count_units) is not None:
        over = sum(abs(line.difference or 0) > units for line in differing)
        if over:
            products, limit = counted(over, "product"), counted(units, "unit")
            asked.append(f"the count of {products} differs by more than {limit}")
    if (most := limits.count_value) is not None:
        over = sum(abs(line.value) > most for line in differing)
        if over:
            products = counted(over, "product")
            asked.append(f"the count of {products} differs by more than {dollars(most)}")
    return asked


def of_deleting(limits: Limits, name: str) -> list[str]:
    """What of deleting a customer needs a word."""
    return [f"the customer {name} is deleted"] if limits.delete_customer else []


def of_unusual(found: Sequence[Unusual]) -> list[str]:
    """What of unusually many units needs a word, which the store wants for them."""
    return [f"{counted(one.quantity, 'unit')} at once: unusually many" for one in found]


def percent(value: Decimal) -> str:
    """A percentage with a decimal where it has one, such as `12.5%`."""
    rounded = value.quantize(_TENTH)
    whole = rounded.to_integral_value()
    return f"{whole if rounded == whole else rounded}%"
