"""Stocktakes and their counts as stored."""

from __future__ import annotations

from app.domain.documents.parts import to_signature
from app.domain.papers import Document
from app.domain.stocktake import Count, Stocktake


def to_stocktake(document: Document) -> Stocktake:
    """A stocktake document as an entity."""
    return Stocktake(
        store_id=document["store_id"],
        stocktake_id=document["stocktake_id"],
        number=document.get("number") or "",
        name=document.get("name") or "",
        aisle=document.get("aisle") or "",
        shelf=document.get("shelf") or "",
        blind=bool(document.get("blind", True)),
        signature=to_signature(document),
        chosen=document.get("chosen") or {},
        posted_by=document.get("posted_by") or {},
        cancelled=bool(document.get("cancelled_at")),
    )


def to_count(document: Document) -> Count:
    """A count document as an entity."""
    return Count(
        store_id=document["store_id"],
        count_id=document["count_id"],
        stocktake_id=document["stocktake_id"],
        inventory_id=document["inventory_id"],
        product_id=document["product_id"],
        quantity=int(document["quantity"]),
        stock_level=int(document.get("stock_level") or 0),
        seen_ahead=frozenset(document.get("seen_ahead") or {}),
        signature=to_signature(document),
        withdrawn=bool(document.get("deleted")),
    )
