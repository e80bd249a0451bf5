"""The shape of the codes of products; see `documents`."""

# Without `from __future__ import annotations`: it hides NotRequired from `__required_keys__`.
import uuid
from collections.abc import Mapping
from typing import Any, Final

from connector_config.schema import collections as names
from connector_config.schema.document_fields import Document, Instant, Uuid

_CODE: Final = uuid.UUID("4d6f1c0e-8a57-4b0b-9f3e-2c7a5e1b60d8")


class ProductCode(Document):
    """A code of a product beside its SKU; `units`, at least 1, are in what carries it.

    `kind` is `ean`, `upc`, `gtin14` or `own`. `taught_by` and `device_id` are "" where the back
    office gave the code.
    """

    code_id: Uuid
    code: str
    product_id: str
    kind: str
    units: int
    taught_by: str
    device_id: str
    taught_at: Instant


def code_id(identity: str, product_id: str) -> str:
    """The id of a code of a product, the same on every device that is taught it.

    `identity` is what makes a code the same code: of a GTIN its form of 14 digits, of any other one
    the form in which codes are compared (in NFC and without case).
    """
    return str(uuid.uuid5(_CODE, f"{identity}|{product_id}"))


SHAPES: Final[Mapping[str, Any]] = {names.PRODUCT_CODES: ProductCode}
