"""Customers as stored."""

from __future__ import annotations

from app.domain.customers import Customer
from app.domain.documents.reading import sound
from app.domain.papers import Document
from connector_config.schema.collections import CUSTOMERS
from connector_config.schema.forgotten import PERSONAL, is_forgotten


def to_customer(document: Document) -> Customer:
    """A customer document, or a projection of one, as an entity; without whom it merged."""
    document = sound(CUSTOMERS, document, "primary_store_id", "customer_id")
    forgotten = is_forgotten(document)
    # A change that somebody made without knowing of the wish may have arrived since.
    first_name, last_name, email, phone, e164 = (
        "" if forgotten else document.get(name) or "" for name in PERSONAL
    )
    return Customer(
        document["primary_store_id"],
        document["customer_id"],
        first_name,
        last_name,
        email,
        phone,
        e164,
        forgotten=forgotten,
    )
