"""The purchase order as it goes to the supplier: as a paper, and as a CSV file."""

from __future__ import annotations

from app.domain.entities import Store
from app.domain.pricing import half_up
from app.domain.purchase_orders import PurchaseOrder
from app.ui.core.formats import counted, local_day, money, number
from app.ui.core.report import Report, ReportColumn
from app.ui.reorder.lines import units

CSV_HEADER = ("Order", "SKU", "Product", "Quantity", "Unit cost", "Cost")
_COLUMNS = (
    ReportColumn("SKU", 36),
    ReportColumn("Product"),
    ReportColumn("Quantity", 20, right=True),
    ReportColumn("Unit cost", 24, right=True),
    ReportColumn("Cost", 30, right=True),
)


def order_report(paper: PurchaseOrder, store: Store) -> Report:
    """The order as a paper for the supplier."""
    lines = [line for line in paper.lines if line.quantity]
    ordered = local_day(paper.ordered_at)
    return Report(
        name=f"Order {paper.number}",
        title="Purchase order" if ordered else "Purchase order, draft",
        columns=_COLUMNS,
        rows=[
            (line.sku, line.name, number(line.quantity), money(line.unit_cost), money(line.cost))
            for line in lines
        ],
        facts=[
            ("To", paper.supplier or "\N{EN DASH}"),
            ("From", f"{store.stored_name}, {store.city}"),
            ("Ordered", f"{ordered or 'Not yet'}, by {paper.signature.names}"),
            ("Expected", local_day(paper.expected_at)),
        ],
        notes=[
            f"{counted(units(paper), 'unit')} of {counted(len(lines), 'product')}, "
            f"{money(paper.total)} in total. Please put {paper.number} on the delivery note.",
            *([paper.note] if paper.note else []),
        ],
        code=paper.number,
    )


def csv_rows(paper: PurchaseOrder) -> list[tuple[object, ...]]:
    """The lines for the supplier's system; `CSV_HEADER` names the columns."""
    return [
        (
            paper.number,
            line.sku,
            line.name,
            line.quantity,
            half_up(line.unit_cost),
            half_up(line.cost),
        )
        for line in paper.lines
        if line.quantity
    ]
