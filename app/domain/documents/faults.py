"""Why a document of a collection cannot be used, if so: for the lists of all faulty documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.domain.documents.closings import to_closed_day
from app.domain.documents.codes import to_code
from app.domain.documents.customers import to_customer
from app.domain.documents.orders import to_order
from app.domain.documents.oversell import to_settlements
from app.domain.documents.purchase_orders import to_purchase_order
from app.domain.documents.reading import faulty, sound
from app.domain.documents.receipts import to_receipt
from app.domain.documents.staff import to_person
from app.domain.documents.stock import to_item, to_movement, to_product, to_store
from app.domain.documents.stocktakes import to_count, to_stocktake
from app.domain.documents.transfers import to_transfer
from app.domain.errors import FaultyDocumentError
from app.domain.papers import Document
from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS

_READERS: Final[Mapping[str, Callable[[Document], object]]] = {
    names.STORES: to_store,
    names.STAFF: to_person,
    names.CUSTOMERS: to_customer,
    names.PRODUCTS: to_product,
    names.INVENTORY: to_item,
    names.STOCK_MOVEMENTS: to_movement,
    names.ORDERS: lambda document: to_order(document, ()),
    names.OVERSELL_CASES: to_settlements,
    names.TRANSFERS: to_transfer,
    names.REPLENISHMENTS: to_purchase_order,
    names.GOODS_RECEIPTS: to_receipt,
    names.STOCKTAKES: to_stocktake,
    names.STOCKTAKE_COUNTS: to_count,
    names.DAY_CLOSINGS: to_closed_day,
}


def fault_of(collection: str, document: Document) -> FaultyDocumentError | None:
    """What is wrong with a document; None where nothing is, or where it was deleted."""
    if document.get("deleted") is True:
        return None
    try:
        if reader := _READERS.get(collection):
            reader(document)
        else:
            sound(collection, document, *COLLECTIONS[collection].id_fields)
        if "deleted" not in document:
            return faulty(collection, document, "deleted", "is missing, so that no list has it")
        if collection == names.PRODUCT_CODES and to_code(document) is None:
            return faulty(collection, document, "code", "and its units cannot be those of a code")
    except FaultyDocumentError as error:
        return error
    return None
