"""Purchase orders as stored, under the name of replenishments."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.documents.papers import to_receipts
from app.domain.documents.parts import dollars, to_signature
from app.domain.documents.reading import sound
from app.domain.entities import Product, natural_key
from app.domain.papers import Document, arrived
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from connector_config.schema import paper_documents as stored
from connector_config.schema.collections import REPLENISHMENTS


def new_purchase_order(
    begun: stored.Paper,
    purchase_order_id: str,
    store_id: str,
    supplier: str,
    expected_at: str,
    lines: Mapping[str, stored.PurchaseOrderLine],
) -> stored.NewPurchaseOrder:
    """A purchase order that is a draft."""
    return {
        **begun,
        "store_id": store_id,
        "replenishment_id": purchase_order_id,
        "supplier": supplier,
        "expected_at": expected_at,
        "lines": dict(lines),
        "receipts": {},
    }


def new_purchase_order_line(
    product: Product, quantity: int, unit_cost: float
) -> stored.PurchaseOrderLine:
    """A line with the product's name of today; `quantity` in units, `unit_cost` in US dollars."""
    return {
        "sku": product.sku,
        "product_name": product.stored_name,
        "quantity": quantity,
        "unit_cost": unit_cost,
    }


def to_purchase_order(document: Document) -> PurchaseOrder:
    """A purchase order document as an entity, its lines by name."""
    document = sound(REPLENISHMENTS, document, "store_id", "replenishment_id")
    receipts = to_receipts(document)
    ordered = document.get("lines") or {}
    products = dict.fromkeys(ordered)
    for one in receipts:
        products |= dict.fromkeys(one.lines)
    lines = []
    for product_id in products:
        line = ordered.get(product_id) or {}
        came = arrived(receipts, product_id)
        quantity = int(line.get("quantity") or 0)
        if quantity or came.received or came.missing:
            lines.append(
                PurchaseOrderLine(
                    product_id=product_id,
                    sku=line.get("sku") or "",
                    name=line.get("product_name") or product_id,
                    quantity=quantity,
                    unit_cost=dollars(line.get("unit_cost")),
                    received=came.received,
                    damaged=came.damaged,
                    missing=came.missing,
                )
            )
    return PurchaseOrder(
        store_id=document["store_id"],
        purchase_order_id=document["replenishment_id"],
        number=document.get("number") or "",
        supplier=document.get("supplier") or "",
        note=document.get("note") or "",
        signature=to_signature(document),
        lines=tuple(sorted(lines, key=lambda one: (natural_key(one.name), one.product_id))),
        receipts=receipts,
        expected_at=document.get("expected_at") or "",
        ordered_at=document.get("ordered_at") or "",
        cancelled_at=document.get("cancelled_at") or "",
        closed_at=document.get("closed_at") or "",
    )
