"""A living data set: sales, restocks and returns, each in one transaction of MongoDB."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.mongodb.mapping import to_mongo
from connector_config.schema import collections as names
from connector_config.schema.instants import to_iso
from connector_config.schema.order_documents import NewOrderItem
from connector_config.schema.stock_documents import StockMovement
from seed.generators.demand import popularity
from seed.generators.sales import Sales
from seed.generators.shelves import Shelves
from seed.generators.streams import uuid4_text
from seed.mongo.shop import Shop, open_shops
from seed.mongo.simulated import (
    DEVICE,
    RECEIVED,
    RETURNED,
    Goods,
    Placed,
    Sold,
    came_back,
    movement,
    placed,
)
from seed.mongo.transactions import all_or_nothing
from seed.options import DEFAULT_SEED

_RETURNS: Final = 0.03
"""The share of sales after which something comes back."""
_REMEMBERED: Final = 200
"""Lines of which one may come back."""
_LOYALTY: Final = 2
"""As the generator has it: half of the sales are to a quarter of the customers."""
_FILLED: Final = 3
"""To how many times its reorder threshold, at least, an item is filled up."""
_FEWEST: Final = 6


@dataclass(slots=True)
class Counts:
    """What was simulated so far; `cents` is what customers paid, `orders` are by store's name."""

    orders: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    units: int = 0
    cents: int = 0
    restocks: int = 0
    returns: int = 0


class _Wish(NamedTuple):
    goods: Goods
    quantity: int
    percent: int
    inventory_id: str


class _Bought(NamedTuple):
    shop: Shop
    item: NewOrderItem
    inventory_id: str


class Simulation:
    """Shops in the stores of a database as the generator does, by its seasons and weights.

    Every sale takes its goods from the stock that is there, with a movement for each line; what
    runs low is restocked, and now and then something comes back.
    """

    def __init__(
        self,
        database: MongoDatabase,
        draws: Random,
        stores: Sequence[str] = (),
        catalogue: Path | None = None,
    ) -> None:
        """`stores` are ids or names, all where there are none; `catalogue` is as for `generate`.

        Raises UserError where the database lacks what is needed.
        """
        self.counts = Counts()
        self._database = database
        self._draws = draws
        self._bought: deque[_Bought] = deque(maxlen=_REMEMBERED)
        opened = open_shops(database, stores, catalogue)
        self._shops, self._goods = opened.shops, opened.goods
        self._product_ids = [one.product_id for one in opened.catalogue.products]
        carried = [
            [at for at, one in enumerate(self._product_ids) if one in shop.items]
            for shop in self._shops
        ]
        plans = [shop.plan for shop in self._shops]
        demand = popularity(DEFAULT_SEED, opened.catalogue)
        self._shelves = Shelves(plans, opened.catalogue, demand, carried)
        today = [datetime.now(UTC).date()]
        self._sales = Sales(
            DEFAULT_SEED, today, plans, opened.catalogue, demand, carried, people=(), orders=0
        )

    def step(self, now: datetime) -> None:
        """One customer, and what follows: a restock of what ran low, perhaps a return."""
        at = self._sales.store(self._draws)
        shop = self._shops[at]
        shelf = self._shelves.at(at, now.astimezone(shop.till.zone).date())
        lines = self._sales.lines(self._shelves, shelf, at, self._draws)
        wishes = []
        for position, quantity, percent, _ in lines:
            product_id = self._product_ids[position]
            its = self._goods[product_id], quantity, percent, shop.items[product_id]
            wishes.append(_Wish(*its))
        customer = shop.customers[int(self._draws.random() ** _LOYALTY * len(shop.customers))]
        for wish, units in self._sell(shop, customer, wishes, now):
            self._restock(shop, wish, units, now)
        if self._bought and self._draws.random() < _RETURNS:
            self._return(now)

    def _sell(
        self, shop: Shop, customer: Document, wishes: Sequence[_Wish], now: datetime
    ) -> list[tuple[_Wish, int]]:
        """Sell what is there; returns what is low then, with the units that it needs."""
        ids = [one.inventory_id for one in wishes]

        def work(session: ClientSession) -> tuple[Placed | None, dict[str, Document]]:
            found = self._database[names.INVENTORY].find({"_id": {"$in": ids}}, session=session)
            stock = {str(one["_id"]): one for one in found}
            lines = [
                Sold(wish.goods, units, wish.percent, wish.inventory_id)
                for wish in wishes
                if (units := min(wish.quantity, _on_hand(stock, wish))) > 0
            ]
            if not lines:
                return None, stock
            made = placed(shop.till, customer, lines, now, self._draws)
            self._move(made.movements, session)
            order = to_mongo(names.ORDERS, made.order)
            self._database[names.ORDERS].insert_one(order, session=session)
            items = [to_mongo(names.ORDER_ITEMS, one) for one in made.items]
            self._database[names.ORDER_ITEMS].insert_many(items, session=session)
            return made, stock

        made, stock = all_or_nothing(self._database, "an order is placed", work)
        sold: dict[str, int] = {}
        if made is not None:
            self._count(shop, made)
            sold = {one["inventory_id"]: -one["quantity"] for one in made.movements}
        low = []
        for wish in wishes:
            if (item := stock.get(wish.inventory_id)) is None:
                continue
            left = _on_hand(stock, wish) - sold.get(wish.inventory_id, 0)
            threshold = _whole(item.get("reorder_threshold"))
            # So that the next one who wants as many gets them.
            if left <= threshold or left < wish.quantity:
                low.append((wish, max(_FILLED * threshold, wish.quantity, _FEWEST) - left))
        return low

    def _restock(self, shop: Shop, wish: _Wish, units: int, now: datetime) -> None:
        came = movement(
            shop.till.store_id, wish.goods.product_id, wish.inventory_id, units, RECEIVED, {},
            to_iso(now), self._draws,
        )  # fmt: skip
        all_or_nothing(
            self._database, "goods are received", lambda session: self._move([came], session)
        )
        self.counts.restocks += 1

    def _return(self, now: datetime) -> None:
        """A whole line of an earlier sale comes back, undamaged."""
        at = int(self._draws.random() * len(self._bought))
        shop, item, inventory_id = self._bought[at]
        del self._bought[at]
        return_id, when = uuid4_text(self._draws.getrandbits(128)), to_iso(now)
        orders = self._database[names.ORDERS]
        key = {"_id": item["order_id"]}

        def work(session: ClientSession) -> bool:
            order = orders.find_one(key, session=session)
            if order is None or order.get("status") != "completed":
                # Somebody else was first.
                return False
            returns = list(order["returns"].values())
            back = {line for one in returns for line in one["lines"]}
            if item["order_item_id"] in back:
                return False
            change: Document = {f"returns.{return_id}": came_back(item, when), "updated_at": when}
            ours = all(one["device_id"] == DEVICE for one in returns)
            if ours and len(back) + 1 == order["item_count"]:
                change["status"] = "returned"
            reference = {
                "order": item["order_id"], "number": order["number"], "return": return_id
            }  # fmt: skip
            moved = movement(
                shop.till.store_id, item["product_id"], inventory_id, item["quantity"], RETURNED,
                reference, when, self._draws,
            )  # fmt: skip
            self._move([moved], session)
            orders.update_one(key, {"$set": change}, session=session)
            return True

        if all_or_nothing(self._database, "goods are taken back", work):
            self.counts.returns += 1

    def _move(self, movements: Sequence[StockMovement], session: ClientSession) -> None:
        """Write movements and what they do to the stock: never the one without the other."""
        ready = [to_mongo(names.STOCK_MOVEMENTS, one) for one in movements]
        self._database[names.STOCK_MOVEMENTS].insert_many(ready, session=session)
        self._database[names.INVENTORY].bulk_write(
            [
                UpdateOne(
                    {"_id": one["inventory_id"]},
                    {"$inc": {"stock_delta": one["quantity"]}, "$max": {"last_updated": one["at"]}},
                )
                for one in movements
            ],
            session=session,
        )

    def _count(self, shop: Shop, made: Placed) -> None:
        self.counts.orders[shop.till.name] += 1
        self.counts.lines += len(made.items)
        self.counts.units += sum(one["quantity"] for one in made.items)
        self.counts.cents += round(made.order["total"] * 100)
        for item, moved in zip(made.items, made.movements, strict=True):
            self._bought.append(_Bought(shop, item, moved["inventory_id"]))


def _on_hand(stock: Mapping[str, Document], wish: _Wish) -> int:
    item = stock.get(wish.inventory_id, {})
    return _whole(item.get("stock_level")) + _whole(item.get("stock_delta"))


def _whole(value: Any) -> int:
    return value if type(value) is int else 0
