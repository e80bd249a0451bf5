"""What waits in a store, from sign-in to sign-out: the counter of the shell and the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.data.stock.alerts import AlertRepository, Alerts
from app.domain.entities import Store
from app.domain.transfers import Transfer
from app.ui.core.formats import counted, local_day, number


@dataclass(frozen=True, slots=True)
class AlertRow:
    """Something that waits: the screen that settles it, and the id of the thing there, if any."""

    key: str
    text: str
    detail: str
    count: int
    tone: str
    route: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class AlertsState:
    """The alerts, worst first, None before the first answer; `total` is the number in the shell."""

    rows: tuple[AlertRow, ...] | None = None
    total: int = 0


class AlertsViewModel(QObject):
    """Follows what waits in a store, whatever screen is open."""

    state_changed = Signal(object)

    def __init__(
        self,
        alerts: AlertRepository,
        stores: Sequence[Store],
        store_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._names: Mapping[str, str] = {one.store_id: one.short_name for one in stores}
        self.state = AlertsState()
        self._cancel: Callable[[], None] = alerts.watch(store_id, self._on_alerts)

    def close(self) -> None:
        """Stop following the store."""
        self._cancel()

    def _on_alerts(self, alerts: Alerts) -> None:
        rows = tuple(self._rows(alerts))
        self.state = AlertsState(rows, alerts.total)
        self.state_changed.emit(self.state)

    def _rows(self, alerts: Alerts) -> Iterator[AlertRow]:
        yield from _stock(
            "negative",
            alerts.negative,
            "below zero",
            "More left than was there: see who took them, and settle it.",
            "danger",
            "oversold",
        )
        for transfer in alerts.uneven:
            too_many = sum(line.over for line in transfer.lines)
            yield self._paper(
                transfer,
                f"uneven/{transfer.transfer_id}",
                f"{transfer.number}: {too_many} more arrived than left",
                "danger",
            )
        for order in alerts.overdue:
            due = local_day(order.expected_at)
            yield AlertRow(
                f"overdue/{order.purchase_order_id}",
                f"{order.number} from {order.supplier or 'the supplier'} is overdue",
                f"It was expected on {due}: receive it, or ask the supplier.",
                1,
                "danger",
                "reorder",
                order.purchase_order_id,
            )
        for transfer in alerts.to_receive:
            yield self._paper(
                transfer,
                f"receive/{transfer.transfer_id}",
                f"{self._name(transfer.from_store_id)} has shipped {number(transfer.in_transit)} "
                "for this store",
                "warn",
            )
        for transfer in alerts.to_ship:
            wanted = sum(line.to_ship for line in transfer.lines)
            yield self._paper(
                transfer,
                f"ship/{transfer.transfer_id}",
                f"{self._name(transfer.to_store_id)} waits for {number(wanted)} from this store",
                "warn",
            )
        for receipt in alerts.unmatched:
            yield AlertRow(
                f"unmatched/{receipt.receipt_id}",
                f"{receipt.number} waits for {receipt.paper_number}",
                "The goods are in stock; the paper joins when it arrives on this device.",
                1,
                "warn",
                "receive",
                receipt.receipt_id,
            )
        yield from _stock(
            "empty", alerts.empty, "with none left", "Order them, or ask another store.", "danger"
        )
        yield from _stock(
            "low", alerts.low, "at or below the reorder point", "Order them in time.", "warn"
        )

    def _paper(self, transfer: Transfer, key: str, text: str, tone: str) -> AlertRow:
        names = ", ".join(line.name for line in transfer.lines)
        return AlertRow(
            key,
            text,
            f"{transfer.number} \N{MIDDLE DOT} {names}",
            1,
            tone,
            "transfers",
            transfer.transfer_id,
        )

    def _name(self, store_id: str) -> str:
        return self._names.get(store_id, store_id)


def _stock(
    key: str, count: int, what: str, detail: str, tone: str, route: str = "reorder"
) -> Iterator[AlertRow]:
    if count:
        yield AlertRow(key, f"{counted(count, 'product')} {what}", detail, count, tone, route)
