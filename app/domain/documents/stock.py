"""Stores, products, stock and its movements as stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.domain.approvals import Limits
from app.domain.documents.parts import approver, dollars, from_iso
from app.domain.documents.reading import faulty, member, read_without, sound
from app.domain.entities import (
    USUAL_COUNTRY,
    Movement,
    Place,
    Product,
    Reason,
    StockItem,
    Store,
)
from app.domain.errors import FaultyDocumentError
from app.domain.pricing import USUAL_TAX_PERCENT
from connector_config.schema import stock_documents as stored
from connector_config.schema.collections import INVENTORY, PRODUCTS, STOCK_MOVEMENTS, STORES
from connector_config.schema.time_zones import zone_named

_DEGREES = {"latitude": 90, "longitude": 180}


def to_store(document: Mapping[str, Any]) -> Store:
    """A store document as an entity."""
    document = sound(STORES, document, "store_id")
    rate = document.get("tax_percent")
    if rate is not None and not 0 <= rate <= 100:
        raise faulty(STORES, document, "tax_percent", f"is {rate:g}, which is no rate of a tax")
    location = document.get("location", {})
    for name, most in _DEGREES.items():
        if abs(degrees := location.get(name, 0)) > most:
            raise faulty(STORES, document, f"location.{name}", f"is {degrees:g}, which is nowhere")
    where = location.get("latitude"), location.get("longitude")
    time_zone = document.get("time_zone", "")
    return Store(
        store_id=document["store_id"],
        name=document.get("store_name") or document["store_id"],
        city=location.get("city", ""),
        is_online=bool(document.get("is_online")),
        tax_percent=USUAL_TAX_PERCENT if rate is None else Decimal(str(rate)),
        blocks_oversell=document.get("oversell") == "block",
        where=None if None in where else (float(where[0]), float(where[1])),
        time_zone=time_zone,
        zone=zone_named(time_zone) if time_zone else None,
        returns_count="return" if document.get("returns_on") == "return" else "sale",
        country=_country(location.get("country", "")),
        limits=_limits(document),
    )


def _limits(document: Mapping[str, Any]) -> Limits:
    asked = document.get("approvals", {})
    for name in ("discount_percent", "count_units", "count_value"):
        if (limit := asked.get(name, 0)) < 0:
            raise faulty(STORES, document, f"approvals.{name}", f"is {limit:g}, below zero")
    most, worth = asked.get("discount_percent"), asked.get("count_value")
    return Limits(
        discount_percent=None if most is None else Decimal(str(most)),
        count_units=asked.get("count_units"),
        count_value=None if worth is None else dollars(worth),
        below_zero=asked.get("below_zero", False),
        cancel_handed_over=asked.get("cancel_handed_over", False),
        delete_customer=asked.get("delete_customer", False),
        unusual_quantity=asked.get("unusual_quantity", False),
    )


def _country(text: str) -> str:
    code = text.strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else USUAL_COUNTRY


def show_store(document: Mapping[str, Any]) -> Store:
    """A store as it is shown, whatever is wrong with its document, as long as it has an id.

    Raises FaultyDocumentError.
    """
    store, faults = read_without(document, to_store)
    if not faults:
        return store
    mark = _mark(faults[0])
    return replace(
        store,
        name=store.name + mark,
        fault=str(faults[0]),
        mark=mark,
        may_sell=not any(one.field == "tax_percent" for one in faults),
    )


def to_product(document: Mapping[str, Any], category: str = "", type_: str = "") -> Product:
    """A product document, or a projection of one, as an entity; all but its id may be missing."""
    document = sound(PRODUCTS, document, "product_id")
    price = dollars(document.get("base_price"))
    if price < 0:
        raise faulty(PRODUCTS, document, "base_price", f"is {price}, which is below zero")
    return Product(
        product_id=document["product_id"],
        sku=document.get("sku") or "",
        name=document.get("product_name") or document["product_id"],
        price=price,
        category=category,
        type=type_,
        description=document.get("product_description", ""),
        specifications=document.get("specifications") or {},
    )


def show_product(document: Mapping[str, Any], category: str = "", type_: str = "") -> Product:
    """A product as lists show it, whatever is wrong with its document, as long as it has an id.

    Raises FaultyDocumentError.
    """
    product, faults = read_without(document, lambda one: to_product(one, category, type_))
    if not faults:
        return product
    mark = _mark(faults[0])
    return replace(product, name=product.name + mark, fault=str(faults[0]), mark=mark)


def _mark(fault: FaultyDocumentError) -> str:
    return f" (faulty: {fault.brief})"


def to_place(location: Mapping[str, Any] | None) -> Place:
    """A `location` map as a place."""
    parts = location or {}
    return Place(*(str(parts.get(name) or "") for name in ("aisle", "shelf", "bin")))


def from_place(place: Place) -> stored.Place:
    """A place as a `location` map."""
    return {"aisle": place.aisle, "shelf": place.shelf, "bin": place.bin}


def to_item(document: Mapping[str, Any]) -> StockItem:
    """An inventory document as an entity; `stock_delta` is missing until a device moves stock."""
    counter = document.get("stock_delta")
    document = sound(INVENTORY, document, "inventory_id", "store_id", "product_id")
    if isinstance(counter, str):
        # It can be read, but what devices add to it begins at zero.
        raise faulty(INVENTORY, document, "stock_delta", "is a text, which cannot be added to")
    return StockItem(
        inventory_id=document["inventory_id"],
        store_id=document["store_id"],
        product_id=document["product_id"],
        place=to_place(document.get("location")),
        stock_level=int(document.get("stock_level") or 0),
        stock_delta=int(document.get("stock_delta") or 0),
        reorder_point=int(document.get("reorder_threshold") or 0),
        last_counted=from_iso(document.get("last_counted")),
        last_updated=from_iso(document.get("last_updated")),
        created_at=from_iso(document.get("created_at")),
        notes=document.get("notes") or "",
        other_places=tuple(
            sorted(
                (
                    to_place(location)
                    for location in (document.get("other_locations") or {}).values()
                    if not location.get("gone")
                ),
                key=lambda place: place.sort_key,
            )
        ),
    )


def show_item(document: Mapping[str, Any]) -> StockItem:
    """An item as lists show it, whatever is wrong with its document, as long as it has its ids.

    Raises FaultyDocumentError.
    """
    item, faults = read_without(document, to_item)
    if not faults:
        return item
    return replace(item, fault=str(faults[0]), notes=str(faults[0]))


def to_movement(document: Mapping[str, Any]) -> Movement:
    """A ledger document as an entity; without a reason it is a correction."""
    document = sound(
        STOCK_MOVEMENTS,
        document,
        *("movement_id", "store_id", "inventory_id", "product_id", "quantity", "at"),
    )
    return Movement(
        movement_id=document["movement_id"],
        store_id=document["store_id"],
        inventory_id=document["inventory_id"],
        product_id=document["product_id"],
        reason=member(document.get("reason") or Reason.CORRECTION.value, Reason),
        quantity=int(document["quantity"]),
        at=from_iso(document["at"]) or datetime.fromtimestamp(0, UTC),
        who=document.get("who", ""),
        device_id=document.get("device_id", ""),
        device_name=document.get("device_name", ""),
        note=document.get("note") or "",
        offline=bool(document.get("offline")),
        undoes=(document.get("reference") or {}).get("undoes"),
        undone_reason=(document.get("reference") or {}).get("undone_reason", ""),
        from_place=to_place(document["from_location"]) if "from_location" in document else None,
        to_place=to_place(document["to_location"]) if "to_location" in document else None,
        reference=document.get("reference") or {},
        effective_at=from_iso(document.get("effective_at")),
        approved_by=approver(document),
    )
