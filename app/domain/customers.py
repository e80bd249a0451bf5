"""Customers, as the rest of the app sees them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of a store; one who moves to another store is a new customer."""

    store_id: str
    customer_id: str
    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {"primary_store_id": self.store_id, "customer_id": self.customer_id}
