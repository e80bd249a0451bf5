"""The receipt, made of nothing but the order's own documents, so that a reprint is the same."""

from __future__ import annotations

from dataclasses import replace

from app.domain.orders import Order, OrderLine
from app.ui.core.formats import MINUS, local_day, money, number, tax_label
from app.ui.core.report import Report, ReportColumn

_COLUMNS = (
    ReportColumn("SKU", 36),
    ReportColumn("Product"),
    ReportColumn("Quantity", 18, right=True),
    ReportColumn("Price", 24, right=True),
    ReportColumn("Discount", 24, right=True),
    ReportColumn("Amount", 26, right=True),
)
_PRICED = 3
"""The first column with money in it."""
_OF_BUYER = ("Customer", "E-mail")
_KEEP = "Please keep this receipt: goods come back with it."


def receipt(order: Order) -> Report:
    """The receipt that the customer gets; whatever became of the order later is not on it."""
    net = order.subtotal - order.discount
    sums = [
        ("Before tax", money(net)),
        (tax_label(order.tax_percent), money(order.tax)),
        ("Total", money(order.total)),
    ]
    saved = [f"You saved {money(order.discount)}."] if order.discount else []
    return Report(
        name=f"Receipt {order.title}",
        title=f"Receipt {order.number}".strip(),
        columns=_COLUMNS,
        rows=[_row(line) for line in order.lines],
        sums=[("", name, "", "", "", amount) for name, amount in sums],
        facts=_facts(order),
        notes=[*saved, _KEEP],
        code=order.title,
    )


def gift_receipt(order: Order) -> Report:
    """The same for whoever is given the goods: with what came of which order, and no money."""
    return replace(
        receipt(order),
        name=f"Gift receipt {order.title}",
        title=f"Gift receipt {order.number}".strip(),
        columns=_COLUMNS[:_PRICED],
        rows=[_row(line)[:_PRICED] for line in order.lines],
        sums=(),
        facts=[(name, value) for name, value in _facts(order) if name not in _OF_BUYER],
        notes=[_KEEP],
    )


def _facts(order: Order) -> list[tuple[str, str]]:
    facts = [
        ("Store", order.store_name),
        ("Customer", order.customer_name),
        ("E-mail", order.customer_email),
        ("Date", order.placed_local or local_day(order.order_date, order.store_id)),
        ("Served by", order.signature.who),
    ]
    return [(name, value) for name, value in facts if value]


def _row(line: OrderLine) -> tuple[str, ...]:
    return (
        line.sku,
        line.name,
        number(line.quantity),
        money(line.unit_price),
        f"{MINUS}{money(line.discount)}" if line.discount else "",
        money(line.total),
    )
