"""Customers as stored."""

from __future__ import annotations

from app.domain.customers import Customer
from app.domain.documents.reading import sound
from app.domain.papers import Document
from connector_config.schema.collections import CUSTOMERS


def to_customer(document: Document) -> Customer:
    """A customer document, or a projection of one, as an entity."""
    document = sound(CUSTOMERS, document, "primary_store_id", "customer_id")
    return Customer(
        document["primary_store_id"],
        document["customer_id"],
        document.get("first_name") or "",
        document.get("last_name") or "",
        document.get("email") or "",
        document.get("phone") or "",
        document.get("phone_e164") or "",
    )
