"""Sentences about orders of other stores: where their goods go, and whose the money is."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.entities import Store, short
from app.domain.order_steps import taking_store
from app.domain.orders import Order, OrderReturn


def of_other_store(order: Order, here: Store) -> str:
    """What happens to the goods and the money of another store's order; empty for the own."""
    if order.store_id == here.store_id:
        return ""
    its = short(order.store_name)
    return (
        f"An order of {its}. What comes back goes into {here.short_name}'s stock; what is given "
        f"back is {its}'s money."
    )


def goods_back(order: Order, here: Store) -> str:
    """Where the goods are after the order is cancelled here."""
    if order.store_id == here.store_id:
        return "All its goods are in stock again"
    its = short(order.store_name)
    if taking_store(order, here, cancels=True) is None:
        return f"It was not handed over: all its goods stay in {its} and are in stock there again"
    return f"All its goods are in {here.short_name}'s stock now, the money is {its}'s"


def whose(order: Order, returned: OrderReturn | None, here: Store) -> str:
    """The end of a sentence about what was given back, for another store's order."""
    if order.store_id == here.store_id:
        return ""
    its = short(order.store_name)
    into = short(returned.store_name) if returned is not None and returned.store_id else its
    return f" for {its}; the goods are in {into}'s stock"


def not_here(number: str, held: Sequence[Store], manages: bool) -> str:
    """What a number is that no order on this device has, and what can be done about it."""
    names = ", ".join(one.short_name for one in held)
    done = (
        "tick that store on the Sync screen, and it can be taken back here"
        if manages
        else "its goods go back there, or here to a manager who has that store on the device"
    )
    return (
        f"This device has no order {number}; it has those of {names}. If it is another store's, "
        f"{done}."
    )
