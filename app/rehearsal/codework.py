"""The codes of one device of a rehearsal: taught, read by its scanner, and booked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from app.config.repositories import Repositories
from app.domain.documents.codes import to_code
from app.domain.entities import Actor, Place, Product, StockItem
from app.domain.papers import ReceivedLine
from app.domain.product_codes import TaughtCode, Teaching, new_code
from app.domain.receiving import GoodsReceipt
from app.domain.scans import AmbiguousCode, ScannedProduct
from app.domain.stocktake import Stocktake
from app.rehearsal import writes
from app.rehearsal.witness import Evidence, Witness
from connector_config.errors import UserError
from connector_config.schema.collections import PRODUCT_CODES, ditto_id

_OF_CODE: Final = (
    "SELECT * FROM product_codes WHERE lower(code) = :code AND deleted = false LIMIT 200"
)
_ONE: Final = "SELECT * FROM product_codes WHERE _id = :id"
_PATIENCE: Final = 10.0


class Codework:
    """The requests about codes; each public method but `close` is one.

    The catalogue, with which the scanner reads codes, is loaded when a code is needed first.
    """

    def __init__(self, repositories: Repositories, actor: Actor, witness: Witness) -> None:
        self._repositories = repositories
        self._session = repositories.session
        self._catalogue = repositories.catalogue
        self._codes = repositories.product_codes
        self._actor = actor
        self._witness = witness
        self._taught: dict[str, Teaching] = {}
        self._opening: asyncio.Task[None] | None = None

    def close(self) -> None:
        """Let go of the catalogue."""
        if self._opening is not None:
            self._opening.cancel()
        self._catalogue.close()

    async def teach(self, code: str, product_id: str, units: int, how: str) -> Evidence:
        teaching = await self._codes.teach(
            code, product_id, units, self._actor, beside=how == "beside", instead=how == "instead"
        )
        self._taught[code] = teaching
        taught = teaching.code
        edits = [_edit(taught, "units", teaching.before and teaching.before.units, taught.units)]
        if teaching.before is None:
            # Mostly it is new; what was taken back may count as the last, too.
            edits.append(_edit(taught, "deleted", None, False))
        edits += [_edit(other, "deleted", False, True) for other in teaching.moved]
        await self.read([code])
        return {"edits": edits, "codes": await self._session.query(_ONE, {"id": _id(taught)})}

    async def unteach(self, code: str) -> Evidence:
        if (teaching := self._taught.pop(code, None)) is None:
            raise UserError("There is nothing to take back.")
        await self._codes.undo(teaching)
        taught, before = teaching.code, teaching.before
        edits = [_edit(other, "deleted", True, False) for other in teaching.moved]
        if before is None:
            edits.append(_edit(taught, "deleted", False, True))
        else:
            edits.append(_edit(taught, "units", taught.units, before.units))
        await self.read([code])
        return {"edits": edits}

    async def scan(
        self, code: str, into: str, packs: int, customer: Any, order_id: str
    ) -> Evidence:
        await self.read([code])
        meaning = self._catalogue.read(code).meaning
        if not isinstance(meaning, ScannedProduct):
            raise UserError(f"{code} is no code of one product.")
        listing = self._catalogue.listing(meaning.product_id)
        if listing is None or listing.key is None:
            raise UserError("This product is not stocked here.")
        quantity = packs * meaning.units
        if into == "order":
            lines = [(listing.key, quantity)]
            now = self._repositories.now()
            evidence = await self._witness.of_sale(
                writes.order(self._session, self._actor, order_id, customer, lines, now)
            )
        elif into == "count":
            item = StockItem(
                listing.key["inventory_id"],
                listing.key["store_id"],
                meaning.product_id,
                listing.place or Place(),
                0,
            )
            evidence = await self._witness.done(self._count(item, quantity))
        else:
            evidence = await self._witness.done(self._receive(listing.product, quantity))
        return evidence | {"scanned": {"product_id": meaning.product_id, "units": meaning.units}}

    async def read(self, codes: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        """What the scanner reads codes as: products and units, once it knows what is stored."""
        if codes and self._opening is None:
            self._opening = asyncio.create_task(self._catalogue.open(self._repositories.store_id))
        if self._opening is not None:
            await self._opening
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                for code in codes:
                    while self._read(code) != await self._stored(code):
                        await self._changed()
        return {code: self._read(code) for code in codes}

    def _read(self, code: str) -> list[tuple[str, int]]:
        match self._catalogue.read(code).meaning:
            case ScannedProduct(product_id, units):
                return [(product_id, units)]
            case AmbiguousCode(choices):
                return sorted((one.product_id, one.units) for one in choices)
            case _:
                return []

    async def _stored(self, code: str) -> list[tuple[str, int]]:
        rows = await self._session.query(_OF_CODE, {"code": new_code(code).code.lower()})
        codes = (to_code(row) for row in rows)
        return sorted((one.product_id, one.units) for one in codes if one is not None)

    async def _changed(self) -> None:
        changed = asyncio.Event()
        cancel = self._catalogue.on_changed(changed.set)
        try:
            with suppress(TimeoutError):
                # It may have changed just before.
                async with asyncio.timeout(0.1):
                    await changed.wait()
        finally:
            cancel()

    async def _receive(self, product: Product, quantity: int) -> GoodsReceipt:
        lines = [(product, ReceivedLine(received=quantity))]
        return await self._repositories.receiving.take_in(self._actor, lines)

    async def _count(self, item: StockItem, quantity: int) -> Stocktake:
        stocktakes = self._repositories.stocktakes
        begun = await stocktakes.open(self._actor, "", item.place.aisle, item.place.shelf)
        await stocktakes.count(begun, item, quantity, self._actor)
        return await stocktakes.post(begun, self._actor)


def _edit(code: TaughtCode, field: str, before: object, after: object) -> Evidence:
    key = {"code_id": code.code_id}
    return {
        "collection": PRODUCT_CODES,
        "key": ditto_id(PRODUCT_CODES, key),
        "field": field,
        "before": before,
        "after": after,
    }


def _id(code: TaughtCode) -> Any:
    return ditto_id(PRODUCT_CODES, {"code_id": code.code_id})
