"""The papers of one device of a rehearsal, through the app's own repositories."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

from app.config.repositories import Repositories
from app.data.papers import papers
from app.data.selling.oversell_watch import Oversold
from app.domain.documents.receipts import to_receipt
from app.domain.documents.stock import to_item, to_store
from app.domain.documents.stocktakes import to_stocktake
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor, Product
from app.domain.errors import PaperError
from app.domain.oversell import Case
from app.domain.papers import ReceivedLine
from app.domain.receiving import GoodsReceipt, ReceiptKind
from app.domain.transfers import Transfer
from app.rehearsal.steps import STORES
from app.rehearsal.witness import Evidence, Witness
from connector_config.schema.collections import (
    GOODS_RECEIPTS,
    STOCKTAKES,
    TRANSFERS,
)
from connector_config.wording import counted

Key = Mapping[str, str]
Line = tuple[dict[str, str], Any]
"""A product as id, SKU and name, and how many of it."""

T = TypeVar("T")

_ITEM: Final = "SELECT * FROM inventory WHERE _id = :id"
_STORE: Final = "SELECT * FROM stores WHERE _id = :id"


class Paperwork:
    """The requests about papers; each public method is one.

    A request returns what it wrote: `movements`, `papers` (collection and document), and the `key`
    and the `number` of the paper that it is about.
    """

    def __init__(self, repositories: Repositories, actor: Actor, witness: Witness) -> None:
        self._session = repositories.session
        self._actor = actor
        self._transfers = repositories.transfers
        self._receiving = repositories.receiving
        self._stocktakes = repositories.stocktakes
        self._settler = repositories.settler
        self._oversold = repositories.oversell
        self._done = witness.done

    async def request(self, from_store: str, to_store: str, lines: list[Line]) -> Evidence:
        return await self._done(
            self._transfers.request(
                from_store,
                to_store,
                {one["product_id"]: (_product(one), quantity) for one, quantity in lines},
                self._actor,
            )
        )

    async def ship(
        self, key: Key, shipment_id: str, lines: list[Line], below_zero: bool, twice: bool
    ) -> Evidence:
        transfer = await self._transfer(key)
        quantities = {one["product_id"]: quantity for one, quantity in lines}
        return await self._pressed(
            twice,
            lambda: self._transfers.ship(
                transfer, shipment_id, quantities, self._actor, below_zero
            ),
        )

    async def take_back(self, key: Key, twice: bool) -> Evidence:
        transfer = await self._transfer(key)
        shipments = [one.shipment_id for one in transfer.shipments]
        able = [one for one in shipments if transfer.can_cancel(one)]
        if not able:
            raise PaperError("There is nothing to take back.")
        return await self._pressed(
            twice, lambda: self._transfers.cancel_shipment(transfer, able[-1], self._actor)
        )

    async def take_in(self, number: str, lines: list[Line]) -> Evidence:
        paper = await self._receiving.find_paper(self._store_id, number)
        received = [(_product(one), ReceivedLine(**line)) for one, line in lines]
        transfer = paper if isinstance(paper, Transfer) else None
        return await self._done(
            self._receiving.take_in(
                self._actor, received, transfer, "" if transfer is not None else number
            )
        )

    async def begin_receipt(self, number: str, lines: list[Line]) -> Evidence:
        async def begin() -> GoodsReceipt:
            paper = await self._receiving.find_paper(self._store_id, number) if number else None
            kind = ReceiptKind.TRANSFER if number else ReceiptKind.FREE
            receipt = await self._receiving.begin(self._actor, paper, kind, number)
            for one, line in lines:
                receipt = await self._receiving.set_line(
                    receipt, _product(one), actor=self._actor, **line
                )
            return receipt

        return await self._done(begin())

    async def post_receipt(self, key: Key, twice: bool) -> Evidence:
        receipt = to_receipt(await self._load(GOODS_RECEIPTS, key))
        return await self._pressed(twice, lambda: self._receiving.post(receipt, self._actor))

    async def undo_receipt(self, key: Key, twice: bool) -> Evidence:
        receipt = to_receipt(await self._load(GOODS_RECEIPTS, key))
        return await self._pressed(twice, lambda: self._receiving.undo(receipt, self._actor))

    async def begin_count(self, item: Any) -> Evidence:
        aisle = shelf = ""
        if item is not None:
            place = to_item((await self._session.query(_ITEM, {"id": item}))[0]).place
            aisle, shelf = place.aisle, place.shelf
        return await self._done(self._stocktakes.open(self._actor, "", aisle, shelf))

    async def count_in(self, key: Key, item: Any, counted: int) -> Evidence:
        stocktake = to_stocktake(await self._load(STOCKTAKES, key))
        counting = to_item((await self._session.query(_ITEM, {"id": item}))[0])
        return await self._done(self._stocktakes.count(stocktake, counting, counted, self._actor))

    async def choose(self, key: Key, item: Any, of: str) -> Evidence:
        stocktake = to_stocktake(await self._load(STOCKTAKES, key))
        shown = {
            count.signature.device_id: count
            for line in await self._stocktakes.review(stocktake)
            if line.item.inventory_id == item["inventory_id"]
            for count in line.counts
        }
        if of not in shown:
            raise PaperError("That count has not arrived on this device yet.")
        return await self._done(self._stocktakes.choose(stocktake, shown[of], self._actor))

    async def post_count(self, key: Key, twice: bool) -> Evidence:
        stocktake = to_stocktake(await self._load(STOCKTAKES, key))
        return await self._pressed(twice, lambda: self._stocktakes.post(stocktake, self._actor))

    async def tidy(self) -> Evidence:
        """Do what the app does by itself when documents have arrived."""

        async def work() -> None:
            await self._receiving.link_papers(self._store_id)
            await self._settler.settle(self._actor)

        return await self._done(work())

    async def see_case(self, item: Key, short: int, taken_by: list[str]) -> Evidence:
        """Look at Oversold; fails where it says something else."""
        case = await self._case(item)
        if case is None or case.short != short:
            raise RuntimeError(f"Oversold has {case.short if case is not None else 0} short")
        if (took := [one.movement.device_id for one in case.steps]) != taken_by:
            raise RuntimeError(f"Oversold says that {took} took them, and not {taken_by}")
        return {}

    async def see_no_case(self, item: Key) -> Evidence:
        if await self._case(item) is not None:
            raise RuntimeError("Oversold has a case")
        return {}

    async def settle_sale(self, item: Key, how: str) -> Evidence:
        case = await self._case(item)
        if case is None or not case.open:
            raise PaperError("There is nothing to settle.")
        sale = next(one for one in case.sales if one.settlement is None)
        if how == "transfer":
            other = next(one for one in STORES if one != self._store_id)
            step = self._oversold.transfer(case, sale, other, self._actor, "")
        elif how == "back_order":
            step = self._oversold.back_order(case, sale, self._actor, "")
        elif how == "swap":
            (product, _), *_ = await self._oversold.substitutes(case, sale)
            rows = await self._session.query(_STORE, {"id": self._store_id})
            step = self._oversold.swap(case, sale, product, to_store(rows[0]), self._actor, "")
        else:
            step = self._oversold.cancel(case, sale, self._actor, "")
        return await self._done(step)

    async def _case(self, item: Key) -> Case | None:
        """What Oversold shows of an item; fails where it shows it twice."""
        answered: asyncio.Future[Oversold] = asyncio.get_running_loop().create_future()

        def on_oversold(oversold: Oversold) -> None:
            if not answered.done():
                answered.set_result(oversold)

        cancel = self._oversold.watch([self._store_id], on_oversold)
        try:
            cases = (await answered).cases
        finally:
            cancel()
        its = [one for one in cases if one.item.inventory_id == item["inventory_id"]]
        if len(its) > 1:
            raise RuntimeError(f"Oversold has {counted(len(its), 'case')} of one item")
        return its[0] if its else None

    @property
    def _store_id(self) -> str:
        return self._actor.profile.store_id

    async def _transfer(self, key: Key) -> Transfer:
        return to_transfer(await self._load(TRANSFERS, key))

    async def _load(self, collection: str, key: Key) -> dict[str, Any]:
        return await self._session.read(lambda unit: papers.load(unit, collection, key))

    async def _pressed(self, twice: bool, step: Callable[[], Awaitable[T]]) -> Evidence:
        async def work() -> T:
            presses = await asyncio.gather(*(step() for _ in range(1 + twice)))
            return presses[0]

        return await self._done(work())


def _product(one: Mapping[str, str]) -> Product:
    return Product(one["product_id"], one["sku"], one["name"], Decimal(0))
