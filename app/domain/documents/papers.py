"""What all papers have, as stored."""

from __future__ import annotations

from app.domain.documents.parts import signed, to_signature
from app.domain.entities import Actor
from app.domain.papers import Document, PaperReceipt, ReceivedLine
from connector_config.schema.paper_documents import Paper


def new_paper(actor: Actor, at: str, number: str, note: str = "") -> Paper:
    """The fields that every new paper has."""
    maker = signed(actor, at)
    paper: Paper = {
        "number": number,
        "who": maker["who"],
        "device_id": maker["device_id"],
        "device_name": maker["device_name"],
        "note": note,
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }
    if "approved_by" in maker:
        paper["approved_by"] = maker["approved_by"]
    return paper


def to_receipts(document: Document) -> tuple[PaperReceipt, ...]:
    """The receipts a paper knows of, oldest first."""
    receipts = [
        PaperReceipt(
            receipt_id=receipt_id,
            number=entry.get("number") or "",
            signature=to_signature(entry),
            undone=bool(entry.get("undone")),
            lines={
                product_id: ReceivedLine(
                    int(line.get("received") or 0),
                    int(line.get("damaged") or 0),
                    int(line.get("missing") or 0),
                )
                for product_id, line in (entry.get("lines") or {}).items()
            },
        )
        for receipt_id, entry in (document.get("receipts") or {}).items()
    ]
    return tuple(sorted(receipts, key=lambda one: (one.signature.at, one.receipt_id)))
