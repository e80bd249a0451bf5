"""What a customer bought, on the embedded store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from app.data.store.reading import entities, sound_rows
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.customers import Bought, Customer, Favourite
from app.domain.documents.orders import to_order
from app.domain.orders import OrderStatus
from app.domain.sales import kept
from connector_config.schema.collections import ORDER_ITEMS, ORDERS

Cancel = Callable[[], None]

_MOST: Final = 1_000
_FAVOURITES: Final = 5
_SEEN: Final = 20
_ORDERS: Final = (
    "SELECT * FROM orders USE INDEX 'orders_customer' WHERE customer_id = :customer_id "
    "ORDER BY order_date DESC, order_id DESC LIMIT :limit"
)
# Of several, Ditto reads all and sorts them, which one alone need not wait for.
_ORDERS_OF_ALL: Final = (
    "SELECT * FROM orders USE INDEX 'orders_customer' WHERE customer_id IN :customer_ids "
    "ORDER BY order_date DESC, order_id DESC LIMIT :limit"
)
_ITEMS: Final = (
    "SELECT order_id, order_item_id, product_id, product_name, quantity FROM order_items "
    "WHERE order_id IN :orders LIMIT 5000"
)


class BoughtRepository:
    """What customers bought, as far as this device knows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, customer: Customer) -> Bought:
        """All that a customer bought in the stores of this device; the newest 1,000 orders.

        What those bought who were merged into this one counts too.
        """

        async def work(unit: UnitOfWork) -> Bought:
            rows = await unit.query(*_asked(customer, _MOST))
            documents = {row["order_id"]: row for row in sound_rows(ORDERS, rows, "order_id")}
            orders = tuple(entities(documents.values(), lambda row: to_order(row, ())))
            stand = [one.order_id for one in orders if one.status is not OrderStatus.CANCELLED]
            found = await unit.query(_ITEMS, {"orders": stand[:200]}) if stand else []
            times, units, names = Counter[str](), Counter[str](), dict[str, str]()
            for item in sound_rows(ORDER_ITEMS, found, "product_id", "order_id", "order_item_id"):
                product_id: str = item["product_id"]
                left, _ = kept(documents[item["order_id"]], item)
                if left <= 0:
                    # What came back was no favourite.
                    continue
                times[product_id] += 1
                units[product_id] += left
                names.setdefault(product_id, item.get("product_name") or "")
            best = sorted(times, key=lambda one: (-times[one], -units[one], names[one]))
            favourites = tuple(
                Favourite(one, names[one], times[one], units[one]) for one in best[:_FAVOURITES]
            )
            return Bought(orders, favourites, len(rows) < _MOST)

        return await self._session.read(work)

    def watch(self, customer: Customer, on_change: Callable[[], None]) -> Cancel:
        """Call back now, and whenever one of the customer's newest orders has changed."""
        return self._session.watch(*_asked(customer, _SEEN), lambda _: on_change())


def _asked(customer: Customer, limit: int) -> tuple[str, dict[str, Any]]:
    if customer.others:
        return _ORDERS_OF_ALL, {"customer_ids": list(customer.ids), "limit": limit}
    return _ORDERS, {"customer_id": customer.customer_id, "limit": limit}
