"""The rows of a receipt: what was announced beside what is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from app.data.stock.catalogue import Catalogue
from app.domain.conventions import US, Conventions
from app.domain.entities import Product
from app.domain.errors import InvalidInputError
from app.domain.receiving import GoodsReceipt, Paper, ReceiptLine, ReceiptState, expected
from app.domain.stock import parse_units
from app.ui.core.collation import text_key
from app.ui.core.formats import number


@dataclass(frozen=True, slots=True)
class ReceiptRow(ReceiptLine):
    """A product that is expected, here, or both, and where it goes."""

    place: str = ""

    @property
    def product(self) -> Product:
        """The product as the receipt knows it."""
        return Product(self.product_id, self.sku, self.name, Decimal())

    def plus(self, by: int) -> ReceiptRow:
        """The row with more units here, or with a minus fewer."""
        received = max(self.received + by, 0)
        # What was given up and turned up after all is not missing any more.
        missing = min(self.missing, max(self.expected - received, 0))
        damaged = min(self.damaged, received)
        return replace(self, received=received, damaged=damaged, missing=missing)

    def with_quantities(self, quantities: Quantities, note: str) -> ReceiptRow:
        """The row with other quantities and another note."""
        return replace(self, **asdict(quantities), note=note.strip())

    def without_rest(self) -> ReceiptRow:
        """The row with all that is not here noted as missing."""
        return replace(self, missing=max(self.expected - self.received, 0))


@dataclass(frozen=True, slots=True)
class Quantities:
    """How many units are here, how many of them damaged, and how many missing."""

    received: int
    damaged: int
    missing: int

    @classmethod
    def of(
        cls, received: str, damaged: str, missing: str, conventions: Conventions = US
    ) -> Quantities:
        """Read typed quantities, an empty one as 0; raises InvalidInputError for a wrong field."""
        typed = (("received", received), ("damaged", damaged), ("missing", missing))
        quantities = cls(*(_quantity_of(field, text, conventions) for field, text in typed))
        if quantities.damaged > quantities.received:
            raise InvalidInputError("damaged", "No more can be damaged than are here.")
        return quantities


def rows_of(
    receipt: GoodsReceipt, paper: Paper | None, catalogue: Catalogue
) -> tuple[ReceiptRow, ...]:
    """The rows of a receipt by name; those of a draft have what its paper still expects."""
    draft = receipt.state is ReceiptState.DRAFT
    awaited = expected(paper) if draft else {}
    rows = {}
    for announced in paper.lines if paper and draft else ():
        if awaited[announced.product_id]:
            rows[announced.product_id] = ReceiptRow(
                announced.product_id,
                announced.sku,
                announced.name,
                awaited[announced.product_id],
                place=place_of(announced.product_id, catalogue),
            )
    for line in receipt.lines:
        if line.received or line.missing or line.damaged:
            rows[line.product_id] = ReceiptRow(
                line.product_id,
                line.sku,
                line.name,
                awaited.get(line.product_id, 0) if draft else line.expected,
                line.received,
                line.damaged,
                line.missing,
                line.note,
                place_of(line.product_id, catalogue),
            )
    by_id = sorted(rows.values(), key=lambda one: one.product_id)
    return tuple(sorted(by_id, key=lambda one: text_key(one.name)))


def new_row(product_id: str, catalogue: Catalogue) -> ReceiptRow:
    """The row of a product that nobody announced."""
    listing = catalogue.listing(product_id)
    if listing is None:
        return ReceiptRow(product_id, "", product_id)
    product = listing.product
    return ReceiptRow(product_id, product.sku, product.name, place=place_of(product_id, catalogue))


def place_of(product_id: str, catalogue: Catalogue) -> str:
    """Where to put a product in this store, such as `3B-12`; empty where it has no place."""
    listing = catalogue.listing(product_id)
    return listing.place.code if listing and listing.place else ""


def consequence(rows: Sequence[ReceiptRow], has_paper: bool) -> str:
    """Words for what taking in would mean; empty where all is as announced."""
    damaged = sum(row.damaged for row in rows)
    missing = sum(row.missing for row in rows)
    short = sum(row.short for row in rows)
    over = sum(row.over for row in rows) if has_paper else 0
    parts = []
    if damaged:
        parts.append(f"Damaged: {number(damaged)}. Received, and written off at once.")
    if missing:
        parts.append(f"Missing: {number(missing)}. Nobody waits for that any more.")
    if short:
        parts.append(f"Not here yet: {number(short)}. That stays expected, for another receipt.")
    if over:
        parts.append(f"More than announced: {number(over)}. Taken in as well.")
    return "\n".join(parts)


def _quantity_of(field: str, text: str, conventions: Conventions) -> int:
    try:
        return parse_units(text, conventions)
    except InvalidInputError as error:
        raise InvalidInputError(field, str(error)) from None
