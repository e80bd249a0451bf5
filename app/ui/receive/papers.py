"""The receipts of a store, and the papers that announce goods to it, as they are now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.domain.entities import Profile
from app.domain.purchase_orders import PurchaseOrder
from app.domain.receiving import GoodsReceipt, Paper, ReceiptState
from app.domain.transfers import Transfer


class StorePapers:
    """Follows three bounded lists of papers; calls `on_changed` when one of them changed."""

    def __init__(
        self,
        receiving: ReceivingRepository,
        transfers: TransferRepository,
        orders: PurchaseOrderRepository,
        profile: Profile,
        on_changed: Callable[[], None],
    ) -> None:
        self._receiving = receiving
        self._transfers = transfers
        self._orders = orders
        self._store_id = profile.store_id
        self._on_changed = on_changed
        self._receipts: list[GoodsReceipt] | None = None
        self._incoming: list[Transfer] | None = None
        self._ordered: list[PurchaseOrder] | None = None

    @property
    def complete(self) -> bool:
        """Whether all three lists have been read."""
        return None not in (self._receipts, self._incoming, self._ordered)

    @property
    def receipts(self) -> list[GoodsReceipt]:
        """The newest receipts, newest first."""
        return self._receipts or []

    @property
    def announced(self) -> list[Paper]:
        """The transfers to this store, and its purchase orders."""
        return [*(self._incoming or ()), *(self._ordered or ())]

    def follow(self) -> Callable[[], None]:
        """Follow all three lists; returns the cancel."""
        following = ExitStack()
        following.callback(self._receiving.watch_all(self._store_id, self._on_receipts))
        following.callback(self._transfers.watch_all(self._store_id, self._on_transfers))
        following.callback(self._orders.watch_all(self._store_id, self._on_orders))
        return following.close

    def watch(self, paper: Paper, on_paper: Callable[[Paper], None]) -> Callable[[], None]:
        """Follow one paper; returns the cancel."""
        if isinstance(paper, Transfer):
            return self._transfers.watch(paper, on_paper)
        return self._orders.watch(paper, on_paper)

    def add(self, receipt: GoodsReceipt) -> None:
        """Add a new receipt before the store tells of it."""
        self._receipts = [receipt, *self.receipts]

    def with_number(self, number: str) -> Paper | None:
        """The paper with a number; None where it is not among these."""
        found = (one for one in self.announced if number and one.number == number)
        return next(found, None)

    def draft_of(self, number: str, device_id: str) -> GoodsReceipt | None:
        """The receipt that a device has begun against the paper with this number."""
        for receipt in self.receipts:
            own = receipt.state is ReceiptState.DRAFT and receipt.signature.device_id == device_id
            if own and number and receipt.paper_number == number:
                return receipt
        return None

    def _on_receipts(self, receipts: list[GoodsReceipt]) -> None:
        self._receipts = receipts
        self._on_changed()

    def _on_transfers(self, found: list[Transfer]) -> None:
        self._incoming = [one for one in found if one.to_store_id == self._store_id]
        self._on_changed()

    def _on_orders(self, orders: list[PurchaseOrder]) -> None:
        self._ordered = orders
        self._on_changed()
