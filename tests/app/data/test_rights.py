"""What a role may not do is refused by the repositories, whoever calls them."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any, Final

import pytest

from app.domain.changes import Kind, Made, NewlyMade
from app.domain.entities import Role
from app.domain.last_change import Offer
from app.domain.rights import NotAllowedError, Right, may
from tests.helpers.stock_room import BOB, SEATTLE, StockRoom

pytestmark = pytest.mark.asyncio

NEEDED: Final[dict[Right, dict[str, tuple[str, ...]]]] = {
    Right.CHANGE_STOCK: {
        "stock": ("adjust", "move", "undo"),
        "places": ("add", "remove"),
        "undoing": ("take_back",),
    },
    Right.RECEIVE: {
        "receiving": ("begin", "set_line", "fill_in", "post", "take_in", "undo", "discard")
    },
    Right.TRANSFER: {
        "transfers": ("request", "set_line", "pick", "ship", "cancel_shipment", "cancel")
    },
    Right.COUNT: {"stocktakes": ("open", "count", "withdraw", "choose", "post", "cancel")},
    Right.PURCHASE: {
        "purchase_orders": ("create", "add_lines", "set_line", "describe", "order", "cancel")
    },
    Right.SELL: {"orders": ("place", "complete", "cancel", "take_back")},
    Right.KEEP_CUSTOMERS: {"customers": ("save", "delete")},
    Right.MERGE_CUSTOMERS: {"merging": ("merge",), "forgetting": ("forget",)},
    Right.SETTLE_OVERSOLD: {
        "oversell": ("transfer", "back_order", "swap", "cancel", "take_back"),
    },
    Right.TEACH_CODES: {"product_codes": ("teach",)},
    Right.CORRECT_CODES: {"product_codes": ("forget", "restore")},
    Right.CLOSE_DAYS: {"closings": ("close", "take_back")},
    Right.KEEP_PEOPLE: {"staff": ("add", "change", "set_active", "set_pin", "set_badge")},
}
"""The steps of each repository, by the right that they need."""

ONLY_READ: Final = {("purchase_orders", "draft"), ("stocktakes", "counted_by")}
ITSELF: Final = {("settler", "settle")}
"""What the app does for whoever is signed in, without being asked."""


def steps(room: StockRoom) -> dict[tuple[str, str], Any]:
    """Every public method of a repository that is told who does it."""
    its = room.repositories
    made = {name: getattr(its, name) for name in dir(type(its)) if not name.startswith("_")}
    return {
        (name, method): bound
        for name, repository in made.items()
        if name != "session"
        for method, bound in inspect.getmembers(repository, inspect.iscoroutinefunction)
        if not method.startswith("_") and {"actor", "by"} & {*inspect.signature(bound).parameters}
    }


async def test_each_step_is_refused_to_those_who_have_no_right_to_it(room: StockRoom) -> None:
    known = steps(room)
    needed = {
        (name, method): right
        for right, its in NEEDED.items()
        for name, methods in its.items()
        for method in methods
    }
    assert known.keys() == needed.keys() | ONLY_READ | ITSELF
    written: list[Any] = []
    room.session.on_written(written.append)
    offer = Offer(Made(1, NewlyMade(Kind.STOCK, SEATTLE)), "")
    for (name, method), right in needed.items():
        for role in Role:
            if may(role, right):
                continue
            actor = replace(BOB, profile=replace(BOB.profile, role=role))
            given: dict[str, Any] = {"actor": actor, "by": actor, "offer": offer}
            asked = {
                one: given.get(one, object())
                for one, its in inspect.signature(known[name, method]).parameters.items()
                if its.default is its.empty
            }
            with pytest.raises(NotAllowedError) as refused:
                await known[name, method](**asked)
            assert refused.value.right is right, (name, method)
    assert not written
