"""What documents are made of: times, amounts, and who did a step."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from app.domain.approvals import Approval
from app.domain.entities import Actor
from app.domain.papers import Document, Signature
from app.domain.pricing import half_up
from connector_config.schema.paper_documents import Signed
from connector_config.schema.stock_documents import ApprovedBy


def from_iso(text: object) -> datetime | None:
    """Read a stored time, in UTC where it names no zone; None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def dollars(stored: object) -> Decimal:
    """Read a stored amount of US dollars, exact to the cent."""
    return half_up(Decimal(str(stored or 0)))


def signed(actor: Actor, at: str) -> Signed:
    """The signature of a step, as stored; `at` is a stored time."""
    signature: Signed = {
        "at": at,
        "who": actor.profile.name,
        "device_id": actor.device.device_id,
        "device_name": actor.device.name,
    }
    if actor.granted is not None:
        signature["approved_by"] = from_approval(actor.granted)
    return signature


def from_approval(approval: Approval) -> ApprovedBy:
    """Who gave the word for a change, as stored."""
    return {"person_id": approval.person_id, "name": approval.name}


def approver(document: Document) -> str:
    """The name of whoever gave the word for a stored change; empty where nobody had to."""
    return str((document.get("approved_by") or {}).get("name") or "")


def to_signature(document: Document) -> Signature:
    """The signature of a stored step."""
    return Signature(
        at=str(document.get("at") or document.get("created_at") or ""),
        who=document.get("who") or "",
        device_id=document.get("device_id") or "",
        device_name=document.get("device_name") or "",
        approved_by=approver(document),
    )
