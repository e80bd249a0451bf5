"""Transfers between stores, on the embedded store."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import partial

from app.data.papers import papers
from app.data.papers.table import PaperTable
from app.data.staff import word
from app.data.stock import usual
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import transfer_steps as steps
from app.domain.changes import Kind, NewlyMade
from app.domain.documents.papers import new_paper
from app.domain.documents.transfers import new_transfer, new_transfer_line, to_transfer
from app.domain.entities import Actor, Product
from app.domain.errors import InvalidInputError
from app.domain.papers import Change
from app.domain.rights import Right, check
from app.domain.transfers import Transfer
from app.domain.unusual import Asked
from connector_config.schema.collections import TRANSFERS
from connector_config.schema.instants import to_iso
from connector_config.schema.paper_documents import TransferLine

Cancel = Callable[[], None]
Lines = Mapping[str, int]


class TransferRepository:
    """Transfers from and to a store; each step belongs to one of the two stores.

    A step that was done already does nothing and returns the transfer as it is. All steps raise
    PaperError with a sentence when they are not possible now or here.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._table = PaperTable(session, TRANSFERS, to_transfer)

    def watch_all(self, store_id: str, on_transfers: Callable[[list[Transfer]], None]) -> Cancel:
        """The newest transfers in both directions (at most 200 each), newest first."""
        found: dict[str, list[Transfer]] = {}

        def hear(direction: str, transfers: list[Transfer]) -> None:
            found[direction] = transfers
            if len(found) == 2:
                both = {one.transfer_id: one for part in found.values() for one in part}
                newest = sorted(both.values(), key=lambda one: one.signature.at, reverse=True)
                on_transfers(newest)

        following = ExitStack()
        for store in ("from_store_id", "to_store_id"):
            told = partial(hear, store)
            following.callback(self._table.watch_newest(store_id, told, store, with_deleted=False))
        return following.close

    def watch(self, transfer: Transfer, on_transfer: Callable[[Transfer], None]) -> Cancel:
        """One transfer, now and after every change."""
        return self._table.watch(transfer, on_transfer)

    async def with_id(self, transfer_id: str) -> Transfer | None:
        """The transfer with an id, however old; None where this device has none."""
        return await self._table.find("transfer_id", transfer_id)

    async def with_number(self, store_id: str, number: str) -> Transfer | None:
        """The transfer from or to a store with a number; None where this device has none."""
        found = await self._table.find("number", number)
        ends = (found.from_store_id, found.to_store_id) if found is not None else ()
        return found if store_id in ends else None

    async def request(
        self,
        from_store_id: str,
        to_store_id: str,
        lines: Mapping[str, tuple[Product, int]],
        actor: Actor,
        note: str = "",
    ) -> Transfer:
        """Ask for goods, from either of the two stores; `lines` has products and units by id.

        Raises InvalidInputError, and WordNeededError for so many that the store wants a manager's
        word.
        """
        check(actor, Right.TRANSFER)
        if from_store_id == to_store_id:
            raise InvalidInputError("store", "Choose another store than your own.")
        wanted = {
            product_id: new_transfer_line(product, quantity)
            for product_id, (product, quantity) in lines.items()
            if quantity > 0
        }
        if not wanted:
            raise InvalidInputError("lines", "Put at least one product on the transfer.")
        at = to_iso(self._now())
        between = from_store_id, to_store_id
        sign = -1 if from_store_id == actor.profile.store_id else 1
        units = [
            Asked(key, product.name, sign * quantity) for key, (product, quantity) in lines.items()
        ]

        async def work(unit: UnitOfWork) -> Transfer:
            transfer_id = str(uuid.uuid4())
            by = await word.approved(unit, actor, await usual.asked_of(unit, actor, units))
            made = await write_request(unit, transfer_id, between, wanted, by, at, note)
            unit.note(_made(made, Kind.TRANSFER, actor))
            return made

        return await self._session.write(work)

    async def set_line(
        self, transfer: Transfer, product: Product, quantity: int, actor: Actor
    ) -> Transfer:
        """Set the units of a product, 0 for none; raises PaperError once something was shipped."""
        check(actor, Right.TRANSFER)
        line = new_transfer_line(product, max(quantity, 0))
        return await self._edit(
            transfer, lambda one: steps.request_line(one, product.product_id, line), actor
        )

    async def pick(self, transfer: Transfer, quantities: Lines, actor: Actor) -> Transfer:
        """Set how many units of each product are put aside at the sending store, by product id."""
        check(actor, Right.TRANSFER)
        return await self._edit(transfer, lambda one: steps.pick(one, quantities, actor), actor)

    async def ship(
        self,
        transfer: Transfer,
        shipment_id: str,
        quantities: Lines,
        actor: Actor,
        allow_negative: bool = False,
    ) -> Transfer:
        """Ship goods: stock goes down here and is in transit.

        `shipment_id` is a UUID made when the person began: the same one ships once. Raises
        ShortLinesError, and WordNeededError for so many that the store wants a manager's word.
        """
        check(actor, Right.TRANSFER)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork, stored: Transfer) -> None:
            shipped = any(one.shipment_id == shipment_id for one in stored.shipments)
            units = [] if shipped else _leaving(stored, quantities)
            by, refusal = await word.heard(unit, actor, await usual.asked_of(unit, actor, units))
            change = steps.ship(stored, shipment_id, quantities, by, at)
            await papers.apply(unit, change, by, at, allow_negative)
            if refusal is not None:
                # Only now: what is short is said first.
                raise refusal
            unit.note(_made(transfer, Kind.SHIPMENT, actor, shipment_id))

        return await self._table.step(transfer, work)

    async def cancel_shipment(self, transfer: Transfer, shipment_id: str, actor: Actor) -> Transfer:
        """Take back what has not arrived of a shipment (`Transfer.can_cancel` says what)."""
        check(actor, Right.TRANSFER)
        at = to_iso(self._now())
        return await self._step(
            transfer,
            lambda one: steps.cancel_shipment(one, shipment_id, actor, at),
            actor,
            at,
            _made(transfer, Kind.SHIPMENT_CANCELLED, actor, shipment_id),
        )

    async def cancel(self, transfer: Transfer, actor: Actor) -> Transfer:
        """Ship no more of a transfer."""
        check(actor, Right.TRANSFER)
        at = to_iso(self._now())
        made = _made(transfer, Kind.TRANSFER_CANCELLED, actor)
        return await self._step(transfer, lambda one: steps.cancel(one, at), actor, at, made)

    async def _step(
        self,
        transfer: Transfer,
        step: Callable[[Transfer], Change],
        actor: Actor,
        at: str,
        made: NewlyMade,
    ) -> Transfer:
        async def work(unit: UnitOfWork, stored: Transfer) -> None:
            await papers.apply(unit, step(stored), actor, at)
            unit.note(made)

        return await self._table.step(transfer, work)

    async def _edit(
        self, transfer: Transfer, step: Callable[[Transfer], Change], actor: Actor
    ) -> Transfer:
        at = to_iso(self._now())
        return await self._table.edit(transfer, step, at, actor.profile.store_id)


def _made(transfer: Transfer, kind: Kind, actor: Actor, shipment_id: str = "") -> NewlyMade:
    key = {**transfer.key, "number": transfer.number, "shipment_id": shipment_id}
    return NewlyMade(kind, actor.profile.store_id, key, actor.device.device_id)


def _leaving(transfer: Transfer, quantities: Lines) -> list[Asked]:
    """What a shipment takes off the stock; the paper says how many are usual of it."""
    return [
        Asked(key, line.name, -quantity, line.requested)
        for key, quantity in quantities.items()
        if (line := transfer.line(key)) is not None
    ]


async def write_request(
    unit: UnitOfWork,
    transfer_id: str,
    between: tuple[str, str],
    lines: Mapping[str, TransferLine],
    actor: Actor,
    at: str,
    note: str,
) -> Transfer:
    """Store a new transfer from one store to another."""
    begun = new_paper(actor, at, await papers.next_number(unit, "TR", TRANSFERS, actor), note)
    document = new_transfer(begun, transfer_id, *between, lines)
    await papers.insert(unit, TRANSFERS, document)
    return to_transfer(document)
