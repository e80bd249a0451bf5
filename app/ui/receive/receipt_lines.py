"""Changing the lines of a receipt, as they are scanned and typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.data.papers.receiving import ReceivingRepository
from app.data.stock.catalogue import Catalogue
from app.domain.entities import Actor
from app.domain.receiving import GoodsReceipt, Paper
from app.domain.unusual import Asked
from app.ui.core.actions import Actions
from app.ui.core.formats import number
from app.ui.core.open_paper import OpenPaper
from app.ui.receive.lines import Quantities, ReceiptRow, new_row, rows_of

Write = Callable[[Awaitable[GoodsReceipt], str], Awaitable[None]]
"""Does a step, and says a sentence while its receipt is open."""


class ReceiptLines:
    """Changes lines of the receipt that is open when asked, even if it is left meanwhile.

    `announced` is the paper that announced the goods of the open receipt, None where nobody did,
    or while it has not arrived here.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        receiving: ReceivingRepository,
        receipts: OpenPaper[GoodsReceipt],
        actor: Actor,
        actions: Actions,
        write: Write,
    ) -> None:
        self._catalogue = catalogue
        self._receiving = receiving
        self._receipts = receipts
        self._actor = actor
        self._actions = actions
        self._write = write
        self.announced: Paper | None = None

    @property
    def rows(self) -> tuple[ReceiptRow, ...]:
        """The rows of the open receipt, with what is expected on it."""
        receipt = self._receipts.paper
        return rows_of(receipt, self.announced, self._catalogue) if receipt is not None else ()

    def add(self, product_id: str, by: int) -> None:
        """Count more units of a product as here, or with a minus fewer."""
        self._change(product_id, lambda row: row.plus(by), _here)

    def set(self, product_id: str, quantities: Quantities, note: str) -> None:
        """Set the quantities and the note of a product."""
        self._change(product_id, lambda row: row.with_quantities(quantities, note), _here)

    def asked(self, receipt: GoodsReceipt, announced: Paper | None) -> list[Asked]:
        """What taking a receipt in would post, as it is after what was written last."""
        return [
            Asked(row.product_id, row.name, row.received, row.expected)
            for row in self._newest_rows(receipt, announced)
        ]

    def give_up_rest(self, product_id: str) -> None:
        """Note what is still expected of a product as missing."""
        self._change(product_id, ReceiptRow.without_rest, _missing)

    def all_as_expected(self) -> None:
        """Fill in every line that is empty as announced."""
        receipt, announced = self._receipts.paper, self.announced
        if receipt is None:
            return

        async def work() -> None:
            lines = {
                row.product_id: (row.product, row.expected)
                for row in self._newest_rows(receipt, announced)
                if row.expected and not (row.received or row.missing)
            }
            await self._write(
                self._receiving.fill_in(receipt, lines, self._actor),
                "Everything else as expected. Correct what differs.",
            )

        self._actions.add(work)

    def _change(
        self,
        product_id: str,
        change: Callable[[ReceiptRow], ReceiptRow],
        message: Callable[[ReceiptRow], str],
    ) -> None:
        receipt, announced = self._receipts.paper, self.announced
        if receipt is None:
            return

        async def work() -> None:
            rows = self._newest_rows(receipt, announced)
            found = (row for row in rows if row.product_id == product_id)
            row = change(next(found, None) or new_row(product_id, self._catalogue))
            await self._write(
                self._receiving.set_line(
                    *(receipt, row.product, row.received, self._actor),
                    *(row.damaged, row.missing, row.note),
                ),
                message(row),
            )

        self._actions.add(work)

    def _newest_rows(
        self, receipt: GoodsReceipt, announced: Paper | None
    ) -> tuple[ReceiptRow, ...]:
        """The lines of a receipt as they are after what was written last."""
        if self._receipts.is_open(receipt):
            return self.rows
        return rows_of(self._receipts.newest(receipt), announced, self._catalogue)


def _here(row: ReceiptRow) -> str:
    return f"{row.name}: {number(row.received)}" + (
        f" of {number(row.expected)}" if row.expected else " here"
    )


def _missing(row: ReceiptRow) -> str:
    return f"{row.name}: {number(row.missing)} noted as missing"
