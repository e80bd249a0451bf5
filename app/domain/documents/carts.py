"""Carts as plain values, money as exact text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.carts import Cart, CartLine
from app.domain.customers import Customer
from app.domain.pricing import NO_DISCOUNT, Discount


def from_cart(cart: Cart) -> dict[str, Any]:
    """A cart as plain values, money as exact text."""
    customer = cart.customer
    return {
        "cart_id": cart.cart_id,
        "store_id": cart.store_id,
        "begun_at": cart.begun_at,
        "day": cart.day,
        "discount": cart.discount.text,
        "customer": customer
        and {
            "store_id": customer.store_id,
            "customer_id": customer.customer_id,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "email": customer.email,
            "phone": customer.phone,
        },
        "lines": [
            {
                "product_id": line.product_id,
                "sku": line.sku,
                "name": line.name,
                "unit_price": str(line.unit_price),
                "quantity": line.quantity,
                "discount": line.discount.text,
            }
            for line in cart.lines
        ],
    }


def to_cart(values: Mapping[str, Any]) -> Cart:
    """A cart from what `from_cart` made."""
    return Cart(
        values["cart_id"],
        values["store_id"],
        values["begun_at"],
        Customer(**values["customer"]) if values["customer"] else None,
        tuple(
            CartLine(
                line["product_id"],
                line["sku"],
                line["name"],
                Decimal(line["unit_price"]),
                line["quantity"],
                _discount(line["discount"]),
            )
            for line in values["lines"]
        ),
        _discount(values["discount"]),
        values.get("day", ""),
    )


def _discount(text: str) -> Discount:
    if text.endswith("%"):
        return Discount(percent=int(text[:-1]))
    return Discount(amount=Decimal(text)) if text else NO_DISCOUNT
