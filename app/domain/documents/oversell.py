"""Oversell cases as stored."""

from __future__ import annotations

from typing import Final

from app.domain.documents.parts import to_signature
from app.domain.documents.reading import member, sound
from app.domain.oversell import Case, Settlement, SettlementKind
from app.domain.papers import Document
from connector_config.schema import order_documents as stored
from connector_config.schema.collections import OVERSELL_CASES

_TEXTS: Final = (
    *("note", "for_who", "for_device_id", "number", "order_id", "from_store_id"),
    *("transfer_id", "transfer_number", "return_id", "new_order_id", "new_number"),
    *("seen_at", "taken_back_at"),
)


def new_case(case: Case, at: str) -> stored.OversellCase:
    """A case's document before its first settlement: the same on every device that begins it."""
    return {
        "store_id": case.item.store_id,
        "case_id": case.case_id,
        "inventory_id": case.item.inventory_id,
        "product_id": case.item.product_id,
        "settlements": {},
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }


def to_settlements(document: Document) -> tuple[Settlement, ...]:
    """The settlements of an item's document, oldest first."""
    document = sound(OVERSELL_CASES, document, "store_id", "case_id", "inventory_id")
    found = [
        Settlement(
            key=key,
            case_id=document["case_id"],
            store_id=document["store_id"],
            product_id=document.get("product_id") or "",
            sale_id=settlement["sale_id"],
            round=int(settlement.get("round") or 0),
            kind=member(settlement["kind"], SettlementKind),
            units=int(settlement.get("units") or 0),
            signature=to_signature(settlement),
            **{name: settlement.get(name) or "" for name in _TEXTS},
        )
        for key, settlement in (document.get("settlements") or {}).items()
        # Its parts come one by one.
        if settlement.get("kind") and settlement.get("sale_id")
    ]
    return tuple(sorted(found, key=lambda one: (one.signature.at, one.key)))
