"""The orders of stores, page by page, on the embedded store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from app.data.store.newest_first import Asked, NewestFirst, ends
from app.data.store.reading import entities
from app.data.store.session import Row, Session
from app.data.store.sorted_rows import Filtered, SortedRows, Sorting
from app.domain.documents.orders import to_order
from app.domain.orders import Order, OrderStatus
from connector_config.schema.collections import ORDERS
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

# With an OR in place of the CASE, Ditto reads the whole collection.
_AFTER: Final = (
    "CASE WHEN order_date < :at THEN true "
    "WHEN order_date = :at THEN order_id < :order_id ELSE false END"
)
# With a bare IN, Ditto reads all of these stores, whichever index is named, and sorts that.
_IN_STORES: Final = "CASE WHEN store_id IN :store THEN true ELSE false END"
_AMONG_STORES: Final = "CASE WHEN array_contains(:store, store_id) THEN true ELSE false END"
_FEW: Final = (OrderStatus.PENDING, OrderStatus.RETURNED)
"""What few of all orders are: where a person took them is then found out on the way."""
_RARE: Final = (*_FEW, OrderStatus.CANCELLED)


class OrderColumn(Enum):
    """What orders can be sorted by, each in both directions.

    Of the few values of a status, or the few people, the filters show one at a time.
    """

    CUSTOMER = "customer_name"
    DATE = "order_date"
    TOTAL = "total"


_SORTINGS: Final = {
    (column, descending): Sorting(
        tuple(dict.fromkeys((column.value, "order_date", "order_id"))), descending, index
    )
    for column, descending, index in (
        (OrderColumn.CUSTOMER, False, "orders_customers_up"),
        (OrderColumn.CUSTOMER, True, "orders_customers_down"),
        (OrderColumn.DATE, False, "orders_oldest"),
        (OrderColumn.TOTAL, False, "orders_smallest"),
        (OrderColumn.TOTAL, True, "orders_largest"),
    )
}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """The orders of some stores that meet all given conditions; `until` is included; times in UTC.

    `customer_ids` are those of one person; `who` is the person who took the order. Where days begin
    at other times in each store, `spans` has the first and the last time of each of `store_ids`.
    """

    store_ids: tuple[str, ...]
    customer_ids: tuple[str, ...] = ()
    status: OrderStatus | None = None
    who: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    spans: tuple[tuple[datetime | None, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders without their lines, newest first.

    No order above `end`, a time and an id, is left out, and older ones may follow; None as `end`
    means that there are surely no more.
    """

    orders: tuple[Order, ...]
    end: tuple[str, str] | None


class OrderListRepository:
    """Orders in pages; an order that arrives late has its place by time."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._pages = NewestFirst(session, now, "order_date")
        self._sorted = SortedRows(session)

    async def page(
        self, wanted: OrderFilter, after: Order | None = None, limit: int = 100
    ) -> OrderPage:
        """The newest orders, or those right after the place `after`."""
        rows, _ = await self._pages.read(_asked(wanted, after, limit))
        return _page(rows, limit)

    def watch(
        self,
        wanted: OrderFilter,
        on_page: Callable[[OrderPage], None],
        after: Order | None = None,
        limit: int = 100,
    ) -> Cancel:
        """The page that `page` gives, now and after every change."""
        asked = _asked(wanted, after, limit)

        def on_rows(rows: list[Row], low: str) -> None:
            on_page(_page(rows, limit, low if low > asked.floor else ""))

        return self._pages.watch(asked, on_rows, is_newest=after is None)

    def watch_sorted(
        self,
        wanted: OrderFilter,
        column: OrderColumn,
        descending: bool,
        on_orders: Callable[[list[Order], bool], None],
        limit: int = 100,
    ) -> Cancel:
        """The first orders by a column, and whether there may be more, now and after changes.

        The newest first are those of `watch`.
        """
        return self._sorted.watch(
            _filtered(wanted),
            _SORTINGS[column, descending],
            limit,
            lambda rows, more: on_orders(_orders(rows), more),
        )


def _orders(rows: list[Row]) -> list[Order]:
    return entities(rows, lambda row: to_order(row, ()))


def _asked(wanted: OrderFilter, after: Order | None, limit: int) -> Asked:
    floor, top = ends(wanted.since, wanted.until, after.order_date if after is not None else "")
    return Asked(wanted, floor, top, limit, lambda low: _statement(wanted, after, low, limit))


def _index(wanted: OrderFilter, low: str) -> str:
    """The index that leaves the least to be sorted out on the way.

    It is named, because left to itself Ditto may take one that makes it sort everything. Each
    serves one condition and the order. Ditto reads all of an index that is equal in its first
    field, whatever the first day is: 31 MB of a store with 125,000 orders. So what is frequent is
    found by its time, unless it turned out not to be.
    """
    if wanted.customer_ids:
        return "orders_customer"
    if wanted.status in _FEW or (wanted.status in _RARE and wanted.who is None):
        return "orders_status"
    if wanted.who is not None:
        return "orders_who"
    if low:
        return "orders_time"
    if wanted.status is not None:
        return "orders_status"
    return "orders_store" if len(wanted.store_ids) == 1 else "orders_time"


def _statement(
    wanted: OrderFilter, after: Order | None, low: str, limit: int
) -> tuple[str, dict[str, Any]]:
    where, parameters = _conditions(wanted)
    parameters["limit"] = limit
    _, top = ends(None, wanted.until, after.order_date if after is not None else "")
    for edge, sign, time in (("top", "<=", top), ("low", ">=", low)):
        if time:
            where.append(_test(wanted, f"order_date {sign} :{edge}"))
            parameters[edge] = time
    if after is not None:
        where.append(_AFTER)
        parameters |= {"at": after.order_date, "order_id": after.order_id}
    return (
        f"SELECT * FROM orders USE INDEX '{_index(wanted, low)}' WHERE {' AND '.join(where)} "
        "ORDER BY order_date DESC, order_id DESC LIMIT :limit"
    ), parameters


def _conditions(wanted: OrderFilter) -> tuple[list[str], dict[str, Any]]:
    """The conditions of a filter but for its days, and their values."""
    parameters: dict[str, Any] = {}
    where = [_of_stores(wanted, parameters)]
    one, several = wanted.customer_ids[:1], wanted.customer_ids[1:]
    given = {
        "customer_id": one[0] if one and not several else None,
        "status": wanted.status.value if wanted.status else None,
        "who": wanted.who,
    }
    for name, value in given.items():
        if value is not None:
            where.append(_test(wanted, f"{name} = :{name}"))
            parameters[name] = value
    if several:
        where.append("customer_id IN :customer_ids")
        parameters["customer_ids"] = list(wanted.customer_ids)
    return where, parameters


def _test(wanted: OrderFilter, condition: str) -> str:
    """A condition beside that for the customer.

    Of several ids of one person, Ditto else also reads all that meets it from another index.
    """
    several = len(wanted.customer_ids) > 1
    return f"CASE WHEN {condition} THEN true ELSE false END" if several else condition


def _filtered(wanted: OrderFilter) -> Filtered:
    where, parameters = _conditions(wanted)
    for name, sign, day in (("since", ">=", wanted.since), ("until", "<=", wanted.until)):
        if day is not None:
            where.append(_test(wanted, f"order_date {sign} :{name}"))
            parameters[name] = to_iso(day)
    index = ""
    if wanted.customer_ids or wanted.status in _RARE or wanted.who is not None:
        index = _index(wanted, "")
    elif wanted.since is not None or wanted.until is not None:
        index = "orders_time"
    return Filtered(ORDERS, tuple(where), parameters, index)


def _of_stores(wanted: OrderFilter, parameters: dict[str, Any]) -> str:
    """The condition for the stores, each with its own span of time where they have such."""
    if wanted.spans:
        cases = ""
        for at, (store_id, span) in enumerate(zip(wanted.store_ids, wanted.spans, strict=True)):
            floor, top = ends(*span)
            parameters |= {f"store{at}": store_id, f"floor{at}": floor, f"top{at}": top or "~"}
            within = f"order_date >= :floor{at} AND order_date <= :top{at}"
            cases += f"WHEN store_id = :store{at} THEN {within} "
        return f"CASE {cases}ELSE false END"
    one_store = len(wanted.store_ids) == 1
    parameters["store"] = wanted.store_ids[0] if one_store else list(wanted.store_ids)
    if one_store:
        return _test(wanted, "store_id = :store")
    # Never two lists in one condition, and the one of few customers is by index.
    return _AMONG_STORES if len(wanted.customer_ids) > 1 else _IN_STORES


def _page(rows: list[Row], limit: int, low: str = "") -> OrderPage:
    orders = tuple(_orders(rows))
    if len(rows) >= limit:
        last = rows[-1]
        return OrderPage(orders, (str(last.get("order_date") or ""), str(last.get("order_id"))))
    return OrderPage(orders, (low, "") if low else None)


def place(order: Order) -> tuple[str, str]:
    """The place of an order by time, the newest last: its time and its id."""
    return order.order_date, order.order_id
