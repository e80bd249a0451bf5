"""Sentences about orders of other stores: where their goods go, and whose the money is."""

from __future__ import annotations

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


def not_here(number: str, manages: bool) -> str:
    """What can be done with a number that no order on this device has."""
    other = (
        "If it is another store's, tick that store on the Sync screen first."
        if manages
        else "Another store's goes back there, or to a manager who holds that store."
    )
    return f"This device has no order {number}. {other}"
