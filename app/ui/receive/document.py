"""The receipt document, to print and to sign."""

from __future__ import annotations

from app.domain.receiving import GoodsReceipt, ReceiptLine, ReceiptState
from app.ui.core.formats import counted, local_day, number
from app.ui.core.report import Report, ReportColumn

_COLUMNS = (
    ReportColumn("SKU", 34),
    ReportColumn("Product"),
    ReportColumn("Expected", 17, right=True),
    ReportColumn("Received", 17, right=True),
    ReportColumn("Damaged", 17, right=True),
    ReportColumn("Difference", 24, right=True),
)


def receipt_report(receipt: GoodsReceipt, origin: str, store: str) -> Report:
    """The receipt as a paper: what came in, with the differences; `origin` says where from."""
    undone = receipt.state is ReceiptState.UNDONE
    signature = receipt.signature
    facts = [
        ("Store", store),
        ("From", origin),
        ("Paper", receipt.paper_number or "None"),
        (
            "Received",
            f"{local_day(receipt.posted_at)} by {signature.names} on {signature.device_name}",
        ),
    ]
    units = sum(line.received for line in receipt.lines)
    notes = [f"{line.name}: {line.note}" for line in receipt.lines if line.note]
    damaged = sum(line.damaged for line in receipt.lines)
    missing = sum(line.missing for line in receipt.lines)
    total = f"{counted(units, 'unit')} received, {number(damaged)} of them damaged"
    if undone:
        notes.insert(0, "This receipt was undone: nothing of it is in stock.")
    return Report(
        name=f"Receipt {receipt.number}",
        title="Goods receipt, undone" if undone else "Goods receipt",
        columns=_COLUMNS,
        rows=[_row(line) for line in receipt.lines if line.received or line.missing],
        facts=facts,
        notes=[f"{total}, {number(missing)} missing.", *notes],
        signatures=("Received by", "Delivered by"),
        code=receipt.number,
    )


def _row(line: ReceiptLine) -> tuple[str, ...]:
    parts = []
    if line.missing:
        parts.append(f"{number(line.missing)} missing")
    if line.short:
        parts.append(f"{number(line.short)} to come")
    if line.over:
        parts.append(f"{number(line.over)} over")
    return (
        line.sku,
        line.name,
        number(line.expected),
        number(line.received),
        number(line.damaged) if line.damaged else "",
        ", ".join(parts),
    )
