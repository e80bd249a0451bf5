"""Doing the steps of a transfer in the store, each with the sentence that tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.domain.approvals import Approval
from app.domain.entities import Actor, Product
from app.domain.errors import InvalidInputError
from app.domain.paper_numbers import PaperKind, read_paper_number
from app.domain.papers import ReceivedLine
from app.domain.purchase_orders import PurchaseOrder
from app.domain.transfers import Transfer
from app.ui.core.formats import counted

Done = tuple[Transfer, str]
"""A transfer after a step, and what was done."""


class TransferWork:
    """Asks for transfers and works on them; `names` has the names of all stores by id.

    `approval` is a manager's word where a step needs one: else it raises WordNeededError.
    """

    def __init__(
        self,
        transfers: TransferRepository,
        receiving: ReceivingRepository,
        names: Mapping[str, str],
        actor: Actor,
    ) -> None:
        self._transfers = transfers
        self._receiving = receiving
        self._names = names
        self._actor = actor
        self._store_id = actor.profile.store_id

    async def request(
        self,
        other_id: str,
        sending: bool,
        wanted: Mapping[str, tuple[Product, int]],
        approval: Approval | None,
    ) -> Done:
        """Ask another store for goods, or announce that some go there."""
        ends = (self._store_id, other_id) if sending else (other_id, self._store_id)
        transfer = await self._transfers.request(*ends, wanted, self._by(approval))
        return transfer, f"{transfer.number} is on the list of both stores."

    async def ship(
        self,
        transfer: Transfer,
        shipment_id: str,
        quantities: Mapping[str, int],
        allow_negative: bool,
        approval: Approval | None,
    ) -> Done:
        """Ship goods; raises ShortLinesError before going below zero, unless that is allowed."""
        shipped = await self._transfers.ship(
            transfer, shipment_id, quantities, self._by(approval), allow_negative
        )
        receiver = self._names.get(transfer.to_store_id, transfer.to_store_id)
        count = counted(sum(quantities.values()), "unit")
        return shipped, f"{count} shipped: they are in transit until {receiver} receives them."

    async def receive(
        self,
        transfer: Transfer | None,
        number: str,
        came: Sequence[tuple[Product, ReceivedLine]],
        approval: Approval | None,
    ) -> tuple[Transfer | None, str]:
        """Receive goods of a transfer or a number; None while its paper has not been seen here."""
        if transfer is None:
            if not number:
                raise InvalidInputError("number", "Type or scan the number on the transfer.")
            transfer = await self._announced(number)
        receipt = await self._receiving.take_in(self._by(approval), came, transfer, number)
        count = counted(sum(line.received for _, line in came), "unit")
        message = f"{count} taken in: {receipt.number}."
        if transfer is None:
            message += f" It joins transfer {number} when that arrives on this device."
        return transfer, message

    async def take_back(self, transfer: Transfer, shipment_id: str) -> Done:
        """Cancel a shipment."""
        changed = await self._transfers.cancel_shipment(transfer, shipment_id, self._actor)
        return changed, "The shipment was taken back: its units are in stock here again."

    async def put_aside(self, transfer: Transfer, picked: Mapping[str, int]) -> Done:
        """Store what is put aside so far, without shipping it."""
        changed = await self._transfers.pick(transfer, picked, self._actor)
        return changed, f"{counted(sum(picked.values()), 'unit')} put aside, not shipped yet."

    async def cancel_rest(self, transfer: Transfer) -> Done:
        """Ship no more of a transfer."""
        return await self._transfers.cancel(transfer, self._actor), "No more of it is shipped."

    def _by(self, approval: Approval | None) -> Actor:
        return replace(self._actor, approved_by=approval)

    async def _announced(self, number: str) -> Transfer | None:
        """The transfer with a typed number, None while it has not arrived on this device.

        Raises InvalidInputError for the number of a paper whose goods do not come as a transfer.
        """
        paper = await self._receiving.find_paper(self._store_id, number)
        if isinstance(paper, PurchaseOrder):
            why = "is an order at a supplier: take its goods in on Receive."
        elif paper is not None:
            if paper.state.is_open:
                return paper
            why = f"is {paper.state.value} already: take in more on Receive, without a paper."
        elif await self._transfers.with_number(self._store_id, number) is not None:
            why = "leaves this store: open it in the list to ship it."
        else:
            read = read_paper_number(number)
            if read is not None and read[0] is PaperKind.TRANSFER:
                return None
            why = "is no number of a transfer: type it as on the paper, such as TR-SEA-3F2A-0007."
        raise InvalidInputError("number", f"{number} {why}")
