"""What waits for somebody in a store, as counts that stay current, on the embedded store."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.data.store.reading import ON_HAND, REORDER
from app.data.store.session import Row, Session
from app.domain.purchase_orders import PurchaseOrder
from app.domain.receiving import GoodsReceipt, ReceiptState
from app.domain.transfers import Transfer, TransferState
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_PARTS = 4
_STATES = ("negative", "empty", "low")
_STOCK = (
    f"SELECT SUM(CASE WHEN {ON_HAND} < 0 THEN 1 ELSE 0 END) AS negative, "
    f"SUM(CASE WHEN {ON_HAND} = 0 THEN 1 ELSE 0 END) AS empty, "
    f"SUM(CASE WHEN {ON_HAND} > 0 AND {ON_HAND} <= {REORDER} THEN 1 ELSE 0 END) AS low "
    "FROM inventory WHERE store_id = :store_id AND deleted = false"
)


@dataclass(frozen=True, slots=True)
class Alerts:
    """What waits in a store: numbers of items, and the papers themselves, oldest first.

    `to_ship` are requests to this store, `to_receive` what is in transit to it, `uneven` transfers
    of which more arrived than left, `overdue` orders that should be here, `unmatched` receipts
    whose paper has not been seen.
    """

    negative: int = 0
    empty: int = 0
    low: int = 0
    to_ship: tuple[Transfer, ...] = ()
    to_receive: tuple[Transfer, ...] = ()
    uneven: tuple[Transfer, ...] = ()
    overdue: tuple[PurchaseOrder, ...] = ()
    unmatched: tuple[GoodsReceipt, ...] = ()

    @property
    def total(self) -> int:
        """The number that the navigation shows."""
        papers = (self.to_ship, self.to_receive, self.uneven, self.overdue, self.unmatched)
        return self.negative + self.empty + self.low + sum(map(len, papers))


class AlertRepository:
    """Counts what waits in a store."""

    def __init__(
        self,
        session: Session,
        now: Callable[[], datetime],
        transfers: TransferRepository,
        purchase_orders: PurchaseOrderRepository,
        receipts: ReceivingRepository,
    ) -> None:
        self._session = session
        self._now = now
        self._transfers = transfers
        self._purchase_orders = purchase_orders
        self._receipts = receipts

    def watch(self, store_id: str, on_alerts: Callable[[Alerts], None]) -> Cancel:
        """Everything that waits, now and after every change; the first call is complete."""
        known = Alerts()
        heard: set[str] = set()

        def tell(part: str, changed: Alerts) -> None:
            nonlocal known
            new = part not in heard or changed != known
            heard.add(part)
            known = changed
            if new and len(heard) == _PARTS:
                on_alerts(known)

        def on_stock(rows: list[Row]) -> None:
            row = rows[0] if rows else {}
            negative, empty, low = (int(row.get(name) or 0) for name in _STATES)
            tell("stock", replace(known, negative=negative, empty=empty, low=low))

        def on_transfers(found: list[Transfer]) -> None:
            oldest_first = found[::-1]
            tell(
                "transfers",
                replace(
                    known,
                    to_ship=tuple(
                        one
                        for one in oldest_first
                        if one.from_store_id == store_id
                        and one.state in (TransferState.REQUESTED, TransferState.PICKING)
                    ),
                    to_receive=tuple(
                        one
                        for one in oldest_first
                        if one.to_store_id == store_id and one.in_transit
                    ),
                    uneven=tuple(
                        one for one in oldest_first if any(line.over for line in one.lines)
                    ),
                ),
            )

        def on_purchase_orders(found: list[PurchaseOrder]) -> None:
            now = to_iso(self._now())
            overdue = tuple(one for one in found[::-1] if one.is_overdue(now))
            tell("purchase orders", replace(known, overdue=overdue))

        def on_receipts(found: list[GoodsReceipt]) -> None:
            waiting = tuple(
                one
                for one in found[::-1]
                if one.waits_for_paper and one.state is ReceiptState.POSTED
            )
            tell("receipts", replace(known, unmatched=waiting))

        following = ExitStack()
        following.callback(self._session.watch(_STOCK, {"store_id": store_id}, on_stock))
        following.callback(self._transfers.watch_all(store_id, on_transfers))
        following.callback(self._purchase_orders.watch_all(store_id, on_purchase_orders))
        following.callback(self._receipts.watch_all(store_id, on_receipts))
        return following.close
