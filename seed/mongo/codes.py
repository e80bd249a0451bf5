"""The codes of products in MongoDB: which are free, and which can be given."""

from __future__ import annotations

from typing import Final

from pymongo.client_session import ClientSession

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from seed.gtins import kind_of, own_choices

_NOT_DELETED: Final[Document] = {"deleted": {"$ne": True}}


def checked_code(database: MongoDatabase, text: str) -> str:
    """Check a GTIN, and return it; raises UserError for what is none, or one that is known."""
    code = text.strip()
    if kind_of(code) is None:
        raise UserError(
            f"A code is a GTIN of 8, 12, 13 or 14 digits with a right check digit, such as "
            f"4006381333931, not {text[:40]!r}: leave it out to get one, or teach another code in "
            "the app."
        )
    if holder := _holder(database, code):
        raise UserError(f"The code {code} belongs to {holder!r} already: choose another.")
    return code


def free_code(database: MongoDatabase, sku: str) -> str:
    """A GTIN-13 of our own for a product with this SKU, which nothing has."""
    return next(gtin for gtin in own_choices(sku) if _holder(database, gtin) is None)


def with_code(
    database: MongoDatabase, gtin: str, session: ClientSession | None = None
) -> Document | None:
    """The live code document that has a GTIN, in whatever form; None where there is none."""
    query: Document = {"code": {"$in": _forms(gtin)}, **_NOT_DELETED}
    return database[names.PRODUCT_CODES].find_one(query, session=session)


def _holder(database: MongoDatabase, gtin: str) -> str | None:
    """What has a GTIN, in whatever form, or one as its SKU; None where nothing has."""
    code = with_code(database, gtin)
    key = {"_id": code.get("product_id")} if code else {"sku": {"$in": _forms(gtin)}}
    product = database[names.PRODUCTS].find_one(key)
    if product is not None:
        return str(product.get("product_name"))
    return str(code.get("product_id")) if code else None


def _forms(gtin: str) -> list[str]:
    """A GTIN with 14, 13, 12 and 8 digits, as far as it has no more."""
    full = gtin.zfill(14)
    return [full[-length:] for length in (14, 13, 12, 8) if int(full[:-length] or 0) == 0]
