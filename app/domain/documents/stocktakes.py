"""Stocktakes and their counts as stored."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.documents.parts import signed, to_signature
from app.domain.documents.reading import sound
from app.domain.entities import Actor, StockItem
from app.domain.papers import Document
from app.domain.stocktake import Count, Stocktake
from connector_config.schema import paper_documents as stored
from connector_config.schema.collections import STOCKTAKE_COUNTS, STOCKTAKES


def new_stocktake(
    begun: stored.Paper,
    stocktake_id: str,
    store_id: str,
    name: str,
    aisle: str,
    shelf: str,
    blind: bool,
) -> stored.NewStocktake:
    """A stocktake that begins now."""
    return {
        **begun,
        "store_id": store_id,
        "stocktake_id": stocktake_id,
        "name": name,
        "aisle": aisle,
        "shelf": shelf,
        "blind": blind,
        "chosen": {},
        "posted_by": {},
    }


def new_count(
    stocktake: Stocktake,
    item: StockItem,
    count_id: str,
    quantity: int,
    stock_level: int,
    seen_ahead: Iterable[str],
    actor: Actor,
    at: str,
) -> stored.StocktakeCount:
    """A count of `quantity` units that is made now; `stock_level` is the item's opening level."""
    return {
        **signed(actor, at),
        "store_id": item.store_id,
        "inventory_id": item.inventory_id,
        "count_id": count_id,
        "stocktake_id": stocktake.stocktake_id,
        "product_id": item.product_id,
        "quantity": quantity,
        "stock_level": stock_level,
        "seen_ahead": dict.fromkeys(seen_ahead, True),
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }


def to_stocktake(document: Document) -> Stocktake:
    """A stocktake document as an entity."""
    document = sound(STOCKTAKES, document, "store_id", "stocktake_id")
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
    document = sound(
        STOCKTAKE_COUNTS,
        document,
        *("store_id", "count_id", "stocktake_id", "inventory_id", "product_id", "quantity", "at"),
    )
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
