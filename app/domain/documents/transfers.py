"""Transfers as stored."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.documents.papers import to_receipts
from app.domain.documents.parts import to_signature
from app.domain.documents.reading import sound
from app.domain.entities import Product, natural_key
from app.domain.papers import Document, arrived
from app.domain.transfers import Return, ReturnedLine, Shipment, Transfer, TransferLine
from connector_config.schema import paper_documents as stored
from connector_config.schema.collections import TRANSFERS


def new_transfer(
    begun: stored.Paper,
    transfer_id: str,
    from_store_id: str,
    to_store_id: str,
    lines: Mapping[str, stored.TransferLine],
) -> stored.NewTransfer:
    """A transfer that is requested now."""
    return {
        **begun,
        "from_store_id": from_store_id,
        "to_store_id": to_store_id,
        "transfer_id": transfer_id,
        "lines": dict(lines),
        "picked": {},
        "shipments": {},
        "returns": {},
        "receipts": {},
    }


def new_transfer_line(product: Product, requested: int) -> stored.TransferLine:
    """A line with the product's name of today; `requested` in units."""
    return {"sku": product.sku, "product_name": product.stored_name, "requested": requested}


def to_transfer(document: Document) -> Transfer:
    """A transfer document as an entity, its lines by name; any part but the ids may be missing."""
    document = sound(TRANSFERS, document, "transfer_id", "from_store_id", "to_store_id")
    shipments = tuple(
        sorted(
            (
                Shipment(key, to_signature(entry), dict(entry.get("lines") or {}))
                for key, entry in (document.get("shipments") or {}).items()
            ),
            key=lambda one: (one.signature.at, one.shipment_id),
        )
    )
    returns = tuple(
        sorted(
            (_to_return(key, entry) for key, entry in (document.get("returns") or {}).items()),
            key=lambda one: (one.signature.at, one.return_id),
        )
    )
    receipts = to_receipts(document)
    requested = document.get("lines") or {}
    picked = document.get("picked") or {}
    products = dict.fromkeys([*requested, *picked])
    for lines_of in (*(one.lines for one in shipments), *(one.lines for one in receipts)):
        products |= dict.fromkeys(lines_of)
    lines = []
    for product_id in products:
        line = requested.get(product_id) or {}
        came = arrived(receipts, product_id)
        lines.append(
            TransferLine(
                product_id=product_id,
                sku=line.get("sku") or "",
                name=line.get("product_name") or product_id,
                requested=int(line.get("requested") or 0),
                picked=int(picked.get(product_id) or 0),
                shipped=sum(one.lines.get(product_id, 0) for one in shipments),
                returned=sum(
                    one.lines[product_id].quantity for one in returns if product_id in one.lines
                ),
                received=came.received,
                damaged=came.damaged,
                noted=came.missing,
            )
        )
    return Transfer(
        transfer_id=document["transfer_id"],
        from_store_id=document["from_store_id"],
        to_store_id=document["to_store_id"],
        number=document.get("number") or "",
        note=document.get("note") or "",
        signature=to_signature(document),
        lines=tuple(sorted(lines, key=lambda one: (natural_key(one.name), one.product_id))),
        shipments=shipments,
        returns=returns,
        receipts=receipts,
        cancelled=bool(document.get("cancelled_at")),
    )


def _to_return(return_id: str, entry: Document) -> Return:
    return Return(
        return_id=return_id,
        shipment_id=entry.get("shipment_id") or "",
        signature=to_signature(entry),
        lines={
            product_id: ReturnedLine(
                int(line.get("asked") or 0),
                int(line.get("quantity") or 0),
                int(line.get("revision") or 0),
            )
            for product_id, line in (entry.get("lines") or {}).items()
        },
    )
