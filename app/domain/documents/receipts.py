"""Goods receipts as stored."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.documents.parts import to_signature
from app.domain.documents.reading import member, sound
from app.domain.entities import Product, natural_key
from app.domain.papers import Document, ReceivedLine
from app.domain.receiving import GoodsReceipt, ReceiptKind, ReceiptLine, ReceiptState
from connector_config.schema import paper_documents as stored
from connector_config.schema.collections import GOODS_RECEIPTS


def new_receipt(
    begun: stored.Paper,
    receipt_id: str,
    store_id: str,
    kind: ReceiptKind,
    paper_id: str,
    paper_number: str,
    lines: Mapping[str, stored.GoodsReceiptLine],
) -> stored.NewGoodsReceipt:
    """A goods receipt that is a draft; `paper_id` is empty where the paper has not been seen."""
    return {
        **begun,
        "store_id": store_id,
        "receipt_id": receipt_id,
        "kind": kind.value,
        "paper_id": paper_id,
        "paper_number": paper_number,
        "supplier": "",
        "lines": dict(lines),
    }


def new_receipt_line(
    product: Product, came: ReceivedLine, note: str = ""
) -> stored.GoodsReceiptLine:
    """A line with the product's name of today and what arrived of it."""
    return {
        "sku": product.sku,
        "product_name": product.stored_name,
        "expected": 0,
        "received": came.received,
        "damaged": came.damaged,
        "missing": came.missing,
        "note": note,
    }


def to_receipt(document: Document) -> GoodsReceipt:
    """A receipt document as an entity, its lines by name."""
    document = sound(GOODS_RECEIPTS, document, "store_id", "receipt_id")
    lines = [
        ReceiptLine(
            product_id=product_id,
            sku=line.get("sku") or "",
            name=line.get("product_name") or product_id,
            expected=int(line.get("expected") or 0),
            received=int(line.get("received") or 0),
            damaged=int(line.get("damaged") or 0),
            missing=int(line.get("missing") or 0),
            note=line.get("note") or "",
        )
        for product_id, line in (document.get("lines") or {}).items()
    ]
    return GoodsReceipt(
        store_id=document["store_id"],
        receipt_id=document["receipt_id"],
        number=document.get("number") or "",
        kind=member(document.get("kind") or "free", ReceiptKind),
        paper_id=document.get("paper_id") or "",
        paper_number=document.get("paper_number") or "",
        supplier=document.get("supplier") or "",
        note=document.get("note") or "",
        signature=to_signature(document),
        lines=tuple(sorted(lines, key=lambda one: (natural_key(one.name), one.product_id))),
        state=_state(document),
        posted_at=document.get("posted_at") or "",
    )


def _state(document: Document) -> ReceiptState:
    if document.get("undone_at"):
        return ReceiptState.UNDONE
    if document.get("posted_at"):
        return ReceiptState.POSTED
    return ReceiptState.DISCARDED if document.get("discarded_at") else ReceiptState.DRAFT
