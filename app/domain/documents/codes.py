"""Codes of products as stored."""

from __future__ import annotations

from app.domain.documents.parts import from_iso
from app.domain.documents.reading import sound
from app.domain.entities import Actor
from app.domain.errors import FaultyDocumentError
from app.domain.known_codes import CodeKind, code_key
from app.domain.papers import Document
from app.domain.product_codes import NewCode, TaughtCode
from app.domain.stock import MAX_QUANTITY
from connector_config.schema import code_documents as stored
from connector_config.schema.collections import PRODUCT_CODES

_KINDS = {kind.value: kind for kind in CodeKind}


def to_code(document: Document) -> TaughtCode | None:
    """A code document, or a projection of one; None where it is damaged and leads to nothing.

    A kind of a newer version reads as one's own.
    """
    try:
        document = sound(PRODUCT_CODES, document)
    except FaultyDocumentError:
        return None
    texts = [document.get(name) for name in ("code_id", "code", "product_id", "kind")]
    units = document.get("units") or 0
    code_id, code, product_id, kind = (str(text or "") for text in texts)
    if not (code_id and code_key(code) and product_id and kind) or not 1 <= units <= MAX_QUANTITY:
        return None
    return TaughtCode(
        code=code,
        product_id=product_id,
        kind=_KINDS.get(kind, CodeKind.OWN),
        units=units,
        code_id=code_id,
        taught_by=document.get("taught_by") or "",
        taught_at=from_iso(document.get("taught_at")),
    )


def new_document(
    code: NewCode, product_id: str, units: int, actor: Actor, at: str
) -> stored.ProductCode:
    """The document of a code that is taught now; `at` is a stored time."""
    who, device_id = actor.profile.name, actor.device.device_id
    return code_document(code, product_id, units, who, device_id, at)


def code_document(
    code: NewCode, product_id: str, units: int, taught_by: str, device_id: str, at: str
) -> stored.ProductCode:
    """The document of a code; who taught it and where are "" where nobody did on a screen."""
    return {
        "code_id": stored.code_id(code.forms[0], product_id),
        "code": code.code,
        "product_id": product_id,
        "kind": code.kind.value,
        "units": units,
        "taught_by": taught_by,
        "device_id": device_id,
        "taught_at": at,
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }
