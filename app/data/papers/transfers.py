"""Transfers between stores, on the embedded store."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from app.data.papers import papers
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import transfer_steps as steps
from app.domain.documents.papers import new_paper
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor, Product
from app.domain.errors import InvalidInputError, PaperError
from app.domain.papers import Change
from app.domain.transfers import Transfer
from connector_config.schema.collections import TRANSFERS, ditto_id
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]
Lines = Mapping[str, int]

_LIMIT = 200
_FROM = (
    "SELECT * FROM transfers WHERE from_store_id = :store_id "
    f"ORDER BY created_at DESC LIMIT {_LIMIT}"
)
_TO = (
    f"SELECT * FROM transfers WHERE to_store_id = :store_id ORDER BY created_at DESC LIMIT {_LIMIT}"
)
_ONE = "SELECT * FROM transfers WHERE _id = :id"


class TransferRepository:
    """Transfers from and to a store; each step belongs to one of the two stores.

    A step that was done already does nothing and gives the transfer as it is. All steps raise
    PaperError with a sentence when they are not possible now or here.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def watch_all(self, store_id: str, on_transfers: Callable[[list[Transfer]], None]) -> Cancel:
        """The newest transfers in both directions (at most 200 each), newest first."""
        found: dict[str, list[Transfer]] = {}

        def on_rows(direction: str, rows: list[Row]) -> None:
            found[direction] = [to_transfer(row) for row in rows if not row.get("deleted")]
            if len(found) == 2:
                both = {one.transfer_id: one for part in found.values() for one in part}
                newest = sorted(both.values(), key=lambda one: one.signature.at, reverse=True)
                on_transfers(newest)

        parameters = {"store_id": store_id}
        cancels = [
            self._session.watch(_FROM, parameters, lambda rows: on_rows("from", rows)),
            self._session.watch(_TO, parameters, lambda rows: on_rows("to", rows)),
        ]

        def cancel() -> None:
            for one in cancels:
                one()

        return cancel

    def watch(self, transfer: Transfer, on_transfer: Callable[[Transfer], None]) -> Cancel:
        """One transfer as it goes on."""

        def on_rows(rows: list[Row]) -> None:
            if rows:
                on_transfer(to_transfer(rows[0]))

        return self._session.watch(_ONE, {"id": ditto_id(TRANSFERS, transfer.key)}, on_rows)

    async def request(
        self,
        from_store_id: str,
        to_store_id: str,
        lines: Mapping[str, tuple[Product, int]],
        actor: Actor,
        note: str = "",
    ) -> Transfer:
        """Ask for goods: products and units by product id; by either of the two stores."""
        if from_store_id == to_store_id:
            raise InvalidInputError("store", "Choose another store than your own.")
        wanted = {
            product_id: papers.snapshot(product, quantity, "requested")
            for product_id, (product, quantity) in lines.items()
            if quantity > 0
        }
        if not wanted:
            raise InvalidInputError("lines", "Put at least one product on the transfer.")
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> Transfer:
            document = new_paper(
                actor, at, await papers.next_number(unit, "TR", TRANSFERS, actor), note
            ) | {
                "from_store_id": from_store_id,
                "to_store_id": to_store_id,
                "transfer_id": str(uuid.uuid4()),
                "lines": wanted,
                "picked": {},
                "shipments": {},
                "returns": {},
                "receipts": {},
            }
            await papers.insert(unit, TRANSFERS, document)
            return to_transfer(document)

        return await self._session.write(work)

    async def set_line(
        self, transfer: Transfer, product: Product, quantity: int, actor: Actor
    ) -> Transfer:
        """Ask for so many of a product, 0 for none; only before anything was shipped."""
        line = papers.snapshot(product, max(quantity, 0), "requested")

        def step(stored: Transfer) -> Change:
            if stored.shipments:
                raise PaperError("Some of it was shipped: request the rest with a new transfer.")
            return steps.request_line(stored, product.product_id, line)

        return await self._step(transfer, step, actor)

    async def pick(self, transfer: Transfer, quantities: Lines, actor: Actor) -> Transfer:
        """Say how many of each product are put aside at the sending store."""
        return await self._step(transfer, lambda one: steps.pick(one, quantities, actor), actor)

    async def ship(
        self,
        transfer: Transfer,
        shipment_id: str,
        quantities: Lines,
        actor: Actor,
        allow_negative: bool = False,
    ) -> Transfer:
        """Let goods leave: stock goes down here and is in transit; raises ShortLinesError.

        `shipment_id` is a UUID made when the person began: the same one ships once.
        """
        at = to_iso(self._now())
        return await self._step(
            transfer,
            lambda one: steps.ship(one, shipment_id, quantities, actor, at),
            actor,
            at,
            allow_negative,
        )

    async def cancel_shipment(self, transfer: Transfer, shipment_id: str, actor: Actor) -> Transfer:
        """Take back in what of a shipment has not arrived (`Transfer.can_cancel` says what)."""
        at = to_iso(self._now())
        return await self._step(
            transfer, lambda one: steps.cancel_shipment(one, shipment_id, actor, at), actor, at
        )

    async def cancel(self, transfer: Transfer, actor: Actor) -> Transfer:
        """Ship no more of it."""
        at = to_iso(self._now())
        return await self._step(transfer, lambda one: steps.cancel(one, at), actor, at)

    async def _step(
        self,
        transfer: Transfer,
        step: Callable[[Transfer], Change],
        actor: Actor,
        at: str | None = None,
        allow_negative: bool = True,
    ) -> Transfer:
        async def work(unit: UnitOfWork) -> Transfer:
            change = step(to_transfer(await papers.load(unit, TRANSFERS, transfer.key)))
            moment = at or to_iso(self._now())
            await papers.apply(unit, change, actor, moment, allow_negative)
            return to_transfer(await papers.load(unit, TRANSFERS, transfer.key))

        return await self._session.write(work)
