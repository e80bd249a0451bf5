"""What is left of a customer who wished to be forgotten, in stores and on the way between them.

The wish beats whatever else is written: a change that was made without knowing of it, and arrives
later, brings nothing back. So the same is done wherever two versions of a document meet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connector_config.schema.collections import CUSTOMERS, ORDERS

PERSONAL: Final = ("first_name", "last_name", "email", "phone", "phone_e164")
"""The fields of a customer that say who it is."""

REMOVED: Final = "Customer removed"
"""What orders have for the name."""

IN_ORDERS: Final[Mapping[str, str]] = {"customer_name": REMOVED, "customer_email": ""}
"""The fields of an order that say whose it is, as they are afterwards."""


def without_person(customer: Mapping[str, Any], at: str) -> dict[str, Any]:
    """The fields of a customer document that differ once the person is forgotten, `at` a time."""
    left: dict[str, Any] = {name: "" for name in PERSONAL if customer.get(name)}
    if customer.get("deleted") is not True:
        left["deleted"] = True
    if not is_forgotten(customer):
        left["forgotten_at"] = at
    return left


def is_forgotten(document: Mapping[str, Any]) -> bool:
    """Whether a customer document is of somebody who wished to be forgotten."""
    return bool(document.get("forgotten_at"))


def keep_forgotten(
    collection: str, merged: dict[str, Any], *versions: Mapping[str, Any]
) -> dict[str, Any]:
    """What comes of merging these versions of a document, without whom one of them forgot."""
    if collection == CUSTOMERS:
        times = [str(one["forgotten_at"]) for one in versions if is_forgotten(one)]
        if times:
            merged |= {"forgotten_at": min(times)}
            merged |= without_person(merged, min(times))
    elif collection == ORDERS and REMOVED in [one.get("customer_name") for one in versions]:
        merged |= IN_ORDERS
    return merged
