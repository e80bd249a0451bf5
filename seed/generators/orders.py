"""Documents of orders and of their items.

Money is counted in whole cents, which are as exact as `Decimal` and several times faster; a float
appears only when a finished amount is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connector_config.schema.order_documents import Order, OrderItem
from seed.generators.catalogue import TAX_PER_MILLE
from seed.generators.sales import Sales
from seed.generators.streams import timestamp, uuid4_text

_CANCELLED_SHARE: Final = 0.03
_PENDING_SHARE: Final = 0.6
_PENDING_DAYS: Final = 3
_SHORTEST_MS: Final = 3 * 60_000
_LONGEST_MS: Final = 45 * 60_000


def discount_cents(gross: int, percent: int) -> int:
    """`percent` of an amount in cents, rounded half up."""
    return (gross * percent + 50) // 100


def tax_cents(net: int) -> int:
    """The sales tax on an amount in cents, rounded half up."""
    return (net * TAX_PER_MILLE + 500) // 1000


def orders(sales: Sales) -> Iterator[Order]:
    """One document a sale, in the order of time."""
    stores = [(store.store_id, store.name) for store in sales.stores]
    prices = sales.prices
    pending_from = sales.end.toordinal() - _PENDING_DAYS
    for sale in sales.sales():
        store_id, store_name = stores[sale.store]
        person = sale.person
        subtotal = discount = 0
        for product, quantity, percent, _ in sale.lines:
            gross = quantity * prices[product]
            subtotal += gross
            if percent:
                discount += discount_cents(gross, percent)
        net = subtotal - discount
        tax = tax_cents(net)
        day, moment, fate = sale.day, sale.moment, sale.fate
        placed = updated = timestamp(day, moment)
        if fate < _CANCELLED_SHARE:
            status = "cancelled"
        elif day >= pending_from and fate > 1 - _PENDING_SHARE:
            status = "pending"
        else:
            status = "completed"
        if status != "pending":
            took = _SHORTEST_MS + int(fate * (_LONGEST_MS - _SHORTEST_MS))
            updated = timestamp(day, moment + took)
        yield {
            "order_id": sale.order_id,
            "customer_id": person.customer_id,
            "store_id": store_id,
            "order_date": placed,
            "customer_name": f"{person.first_name} {person.last_name}",
            "customer_email": person.email,
            "store_name": store_name,
            "item_count": len(sale.lines),
            "subtotal": subtotal / 100,
            "tax": tax / 100,
            "discount_total": discount / 100,
            "total": (net + tax) / 100,
            "status": status,
            "created_at": placed,
            "updated_at": updated,
            "deleted": False,
        }


def order_items(sales: Sales) -> Iterator[OrderItem]:
    """One document a line, in the order of the orders."""
    store_ids = [store.store_id for store in sales.stores]
    products = [(p.product_id, p.sku, p.name) for p in sales.catalogue.products]
    prices = sales.prices
    for sale in sales.sales():
        store_id = store_ids[sale.store]
        order_id = sale.order_id
        customer_id = sale.person.customer_id
        placed = timestamp(sale.day, sale.moment)
        for product, quantity, percent, bits in sale.lines:
            product_id, sku, name = products[product]
            price = prices[product]
            gross = quantity * price
            discount = discount_cents(gross, percent) if percent else 0
            yield {
                "order_item_id": uuid4_text(bits),
                "order_id": order_id,
                "store_id": store_id,
                "customer_id": customer_id,
                "product_id": product_id,
                "sku": sku,
                "product_name": name,
                "quantity": quantity,
                "unit_price": price / 100,
                "discount_percent": percent,
                "discount_amount": discount / 100,
                "line_total": (gross - discount) / 100,
                "created_at": placed,
                "updated_at": placed,
                "deleted": False,
            }
