"""Who may do what: one table of the screens, and one of what is done on them.

Nothing else compares roles for that: the navigation, the screens and their keys, the bar that finds
everything, undo and the repositories all ask here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from app.domain.changes import Kind, NewlyMade
from app.domain.entities import Actor, Role
from connector_config.errors import UserError

_EVERYBODY: Final = frozenset(Role)
_SALES: Final = frozenset({Role.REP, Role.MANAGER})
_STOCK_ROOM: Final = frozenset({Role.WORKER, Role.MANAGER})
_MANAGERS: Final = frozenset({Role.MANAGER})


class Right(Enum):
    """What somebody may do, in the words that follow "may not"."""

    CHANGE_STOCK = "change stock or its places"
    RECEIVE = "take goods in"
    TRANSFER = "transfer goods between stores"
    COUNT = "count stock"
    PURCHASE = "order from suppliers"
    SELL = "take orders or goods that come back"
    KEEP_CUSTOMERS = "add, change or delete customers"
    MERGE_CUSTOMERS = "merge customers or have one forgotten"
    SETTLE_OVERSOLD = "settle what is oversold"
    TEACH_CODES = "say whose code something is"
    CORRECT_CODES = "add or remove codes on a product's card"
    CLOSE_DAYS = "close a day"
    KEEP_PEOPLE = "add or change people"
    WORK_ELSEWHERE = "work in several stores"


RIGHTS: Final[Mapping[Right, frozenset[Role]]] = {
    Right.CHANGE_STOCK: _STOCK_ROOM,
    Right.RECEIVE: _STOCK_ROOM,
    Right.TRANSFER: _STOCK_ROOM,
    Right.COUNT: _STOCK_ROOM,
    Right.PURCHASE: _STOCK_ROOM,
    Right.SELL: _SALES,
    Right.KEEP_CUSTOMERS: _SALES,
    Right.MERGE_CUSTOMERS: _MANAGERS,
    Right.SETTLE_OVERSOLD: _STOCK_ROOM,
    Right.TEACH_CODES: _EVERYBODY,
    Right.CORRECT_CODES: _MANAGERS,
    # Whoever locks the shop closes its day.
    Right.CLOSE_DAYS: _STOCK_ROOM,
    Right.KEEP_PEOPLE: _MANAGERS,
    Right.WORK_ELSEWHERE: _MANAGERS,
}
"""Who has each right."""

SCREENS: Final[Mapping[str, frozenset[Role]]] = {
    "find": _EVERYBODY,
    "order": _SALES,
    "orders": _SALES,
    "catalogue": _SALES,
    "customers": _SALES,
    "aisles": _STOCK_ROOM,
    "low_stock": _STOCK_ROOM,
    "receive": _STOCK_ROOM,
    "transfers": _STOCK_ROOM,
    "count": _STOCK_ROOM,
    "reorder": _STOCK_ROOM,
    "history": _STOCK_ROOM,
    "alerts": _STOCK_ROOM,
    "oversold": _EVERYBODY,
    "sales": _MANAGERS,
    "closing": _STOCK_ROOM,
    "people": _MANAGERS,
    "sync": _EVERYBODY,
}
"""Who has each screen; everybody gets to the product card."""

_BY_SCREEN: Final = {
    "history": Right.CHANGE_STOCK,
    "customers": Right.KEEP_CUSTOMERS,
    "receive": Right.RECEIVE,
    "count": Right.COUNT,
    "orders": Right.SELL,
    "transfers": Right.TRANSFER,
    "reorder": Right.PURCHASE,
    "oversold": Right.SETTLE_OVERSOLD,
    "closing": Right.CLOSE_DAYS,
    "people": Right.KEEP_PEOPLE,
}


class NotAllowedError(UserError):
    """The role of whoever is at work may not do this; nothing was written."""

    def __init__(self, role: Role, right: Right) -> None:
        others = " or ".join(f"a {one.label.lower()}" for one in Role if may(one, right))
        super().__init__(f"A {role.label.lower()} may not {right.value}: ask {others}.")
        self.right = right


def may(role: Role, right: Right) -> bool:
    """Whether somebody with this role may do that."""
    return role in RIGHTS[right]


def sees(role: Role, screen: str) -> bool:
    """Whether somebody with this role has a screen, by its name."""
    return role in SCREENS[screen]


def check(actor: Actor, right: Right) -> None:
    """Raise NotAllowedError unless the role of whoever is at work has a right."""
    if not may(actor.profile.role, right):
        raise NotAllowedError(actor.profile.role, right)


def to_undo(change: NewlyMade) -> Right:
    """The right that taking a change back needs: that of doing it."""
    if change.kind is Kind.CUSTOMERS_MERGED:
        return Right.MERGE_CUSTOMERS
    return _BY_SCREEN.get(change.screen, Right.TEACH_CODES)
