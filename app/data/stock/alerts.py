"""What waits for somebody in a store, as counts that stay current, on the embedded store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.data.stock.feed import StockFeed
from app.data.stock.selection import STOCKED, Change, Selection
from app.data.store.reading import ON_HAND, REORDER
from app.data.store.session import Row
from app.domain.purchase_orders import PurchaseOrder
from app.domain.receiving import GoodsReceipt, ReceiptState
from app.domain.transfers import Transfer, TransferState
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_PARTS = 4
_STOCK = Selection(
    f"_id, {ON_HAND} AS on_hand",
    f"{STOCKED} AND CASE WHEN {ON_HAND} <= 0 THEN true ELSE {ON_HAND} <= {REORDER} END",
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
        now: Callable[[], datetime],
        feed: StockFeed,
        transfers: TransferRepository,
        purchase_orders: PurchaseOrderRepository,
        receipts: ReceivingRepository,
    ) -> None:
        self._now = now
        self._feed = feed
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

        def on_stock(counts: tuple[int, int, int]) -> None:
            negative, empty, low = counts
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
        following.callback(self._feed.follow(_STOCK, [store_id], count_states, on_stock))
        following.callback(self._transfers.watch_all(store_id, on_transfers))
        following.callback(self._purchase_orders.watch_all(store_id, on_purchase_orders))
        following.callback(self._receipts.watch_all(store_id, on_receipts))
        return following.close


def count_states(
    before: tuple[int, int, int] | None, rows: Mapping[str, Row], changes: Sequence[Change]
) -> tuple[int, int, int]:
    """How many items are below zero, empty, and low."""
    counts = list(before or (0, 0, 0))
    for old, new in changes:
        for row, sign in ((old, -1), (new, 1)):
            if row is not None:
                on_hand = row["on_hand"]
                counts[0 if on_hand < 0 else 1 if on_hand == 0 else 2] += sign
    negative, empty, low = counts
    return negative, empty, low
