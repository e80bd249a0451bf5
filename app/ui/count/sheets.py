"""Count sheets for pencil and paper, in walking order."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.stocktake import Stocktake
from app.ui.core.formats import number
from app.ui.core.printing import Printout
from app.ui.core.report import Report, ReportColumn, printout
from app.ui.count.review_view_model import ReviewRow
from app.ui.count.sessions_view_model import scope_text


def sheet(rows: Sequence[ReviewRow], stocktake: Stocktake, store: str) -> Printout:
    """A count sheet: a line with room to write for each product.

    It has the expected number only where people may see it.
    """
    columns = [ReportColumn("Place", 24), ReportColumn("Product"), ReportColumn("SKU", 40)]
    if not stocktake.blind:
        columns.append(ReportColumn("Expected", 20, right=True))
    columns.append(ReportColumn("Counted", 26, right=True))
    lines = []
    for one in rows:
        item = one.line.item
        expected = [] if stocktake.blind else [number(item.on_hand)]
        lines.append((item.place.code or "No place", one.name, one.sku, *expected, ""))
    return printout(
        Report(
            name=f"Count sheet {stocktake.number}",
            title=f"Count sheet: {stocktake.name}",
            columns=columns,
            rows=lines,
            facts=(("Store", store), ("Counts", scope_text(stocktake))),
            notes=(
                "Write 0 where there is none; leave empty what was not counted. Type the numbers "
                "in under Count: scan the barcode of the first page to open this stocktake.",
            ),
            signatures=("Counted by", "Date and time"),
            code=stocktake.number,
            row_height=9.0,
        )
    )
