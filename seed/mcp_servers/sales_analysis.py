"""The tools of `zava-mcp sales-analysis`: the reports, the schemas and free pipelines.

They know nothing of the protocol. Each is a method whose docstring an assistant reads.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from connector_config.errors import UserError
from seed.mcp_servers import free_query
from seed.mcp_servers.answers import MOST_ROWS, Answer, answer, of_report
from seed.mcp_servers.asking import Asking, Question
from seed.mcp_servers.schemas import HINTS, schema_of
from seed.mcp_servers.times import current_time
from seed.reports import customers as customers_of
from seed.reports.items import ValueBy
from seed.reports.orders import returns as returns_report
from seed.reports.report import Report
from seed.reports.sales import By, Each, Rank
from seed.reports.sales import sales as sales_report
from seed.reports.sales import top_products as top_report
from seed.reports.shops import Period, Shops, twelve_months
from seed.reports.stock import on_hand, oversold, reorder, slow_movers, stock_value

_MOST_SCHEMAS: Final = 6

Day = Annotated[str | None, Field(max_length=10)]
Name = Annotated[str | None, Field(max_length=80)]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]
StockView = Literal["on_hand", "value", "reorder", "slow_movers", "oversold"]
CustomerView = Literal["best", "segments", "one"]


class SalesAnalysis:
    """The tools; what a person may see is looked up at each question."""

    def __init__(self, asking: Asking, big: int = free_query.BIG) -> None:
        self._asking = asking
        self._big = big

    def tools(self) -> list[Any]:
        """The methods that are tools."""
        return [
            self.collection_schemas,
            self.sales,
            self.top_products,
            self.customer_analytics,
            self.stock,
            self.returns,
            self.query,
            self.current_time,
        ]

    def collection_schemas(
        self, collections: Annotated[list[str], Field(min_length=1, max_length=_MOST_SCHEMAS)]
    ) -> Answer:
        """Fields, keys with an index and valid values of collections, with hints. Ask before you
        write a query: stores, customers, categories, product_types, products, product_codes,
        inventory, inventory_on_hand, orders, order_items, stock_movements, transfers,
        replenishments, goods_receipts, stocktakes, stocktake_counts, oversell_cases, day_closings.
        """
        with self._asking.question() as its:
            rows = [schema_of(its.database, its.person, name) for name in collections]
            return answer("Collections", rows, HINTS)

    def sales(
        self,
        by: By = "month",
        first_day: Day = None,
        last_day: Day = None,
        store: Name = None,
        category: Name = None,
    ) -> Answer:
        """Revenue by day, month, store, category, type or product, beside the year before. Days are
        the shop's, such as 2026-01-31; by default the last 12 months.
        """
        with self._asking.question() as its:
            shops = _shops(its, store)
            today = its.today(shops)
            period = _period(first_day, last_day, today) or twelve_months(today)
            return of_report(sales_report(its.database, shops, period, by, category))

    def top_products(
        self,
        first_day: Day = None,
        last_day: Day = None,
        store: Name = None,
        category: Name = None,
        each: Each | None = None,
        rank: Rank = "revenue",
        limit: Limit = 20,
    ) -> Answer:
        """The best selling products by revenue or units, of all days or of some; `each` gives so
        many for each store or category.
        """
        with self._asking.question() as its:
            shops = _shops(its, store)
            period = _period(first_day, last_day, its.today(shops))
            return of_report(top_report(its.database, shops, period, category, each, rank, limit))

    def customer_analytics(
        self,
        view: CustomerView = "best",
        customer: Name = None,
        first_day: Day = None,
        last_day: Day = None,
        store: Name = None,
        segment: Literal["new", "regular", "occasional", "lapsed"] | None = None,
        limit: Limit = 20,
    ) -> Answer:
        """Customers: `best` by what they spent, `segments` (new, regular, occasional, lapsed), or
        `one` by e-mail or id: spent, orders, last order, favourite products.
        """
        with self._asking.question() as its:
            shops = _shops(its, store)
            today = its.today(shops)
            if view == "segments":
                return of_report(customers_of.segments(its.database, shops, today))
            if view == "one" or customer:
                if not customer:
                    raise UserError("Name the customer: the whole e-mail address, or the id.")
                _see_customer(its, customer)
                return of_report(customers_of.customer(its.database, shops, customer))
            period = _period(first_day, last_day, today)
            return of_report(
                customers_of.customers(its.database, shops, period, today, segment, limit)
            )

    def stock(
        self,
        view: StockView = "on_hand",
        store: Name = None,
        product: Name = None,
        by: ValueBy = "store",
        days: Annotated[int, Field(ge=1, le=3650)] = 90,
        limit: Limit = 50,
    ) -> Answer:
        """Stock: `on_hand` (of any store; `product` is a SKU), `value` by store, category or
        product, `reorder`, `slow_movers` of so many days, `oversold`. By default your stores.
        """
        with self._asking.question() as its:
            # What was sold is not for everybody, as the stock is.
            of_all = view in ("on_hand", "value", "oversold")
            shops = its.shops([] if store is None else [store], of_all=of_all)
            return of_report(self._stock(its, view, shops, product, by, days, limit))

    def _stock(
        self,
        its: Question,
        view: StockView,
        shops: Shops,
        product: str | None,
        by: ValueBy,
        days: int,
        limit: int,
    ) -> Report:
        today = its.today(shops)
        match view:
            case "on_hand":
                return on_hand(its.database, shops, product, limit)
            case "value":
                return stock_value(its.database, shops, by)
            case "reorder":
                return reorder(its.database, shops, today, limit)
            case "slow_movers":
                return slow_movers(its.database, shops, today, days, limit=limit)
            case "oversold":
                return oversold(its.database, shops, limit)

    def returns(
        self,
        first_day: Day = None,
        last_day: Day = None,
        store: Name = None,
        limit: Limit = 20,
    ) -> Answer:
        """What came back by product, and how much was cancelled, by the day of the sale."""
        with self._asking.question() as its:
            shops = _shops(its, store)
            period = _period(first_day, last_day, its.today(shops))
            return of_report(returns_report(its.database, shops, period, limit))

    def query(self, collection: str, pipeline: list[dict[str, Any]]) -> Answer:
        """Run a MongoDB aggregation, read-only, on one collection; documents of other stores are
        not there for you. Stages: $match, $project, $group, $sort, $limit, $skip, $unwind, $set,
        $unset, $count, $bucket, $lookup, $unionWith, $facet and the like. At most 100 rows. Ask
        collection_schemas first; the other tools know the usual questions.
        """
        with self._asking.question() as its:
            return free_query.run(its, collection, pipeline, self._big)

    def current_time(self) -> Answer:
        """The date and time, UTC and by the clocks of your stores, and who you are."""
        return current_time(self._asking)


def _shops(its: Question, store: str | None) -> Shops:
    return its.shops([] if store is None else [store])


def _see_customer(its: Question, who: str) -> None:
    """Raise UserError, as for one that is not there, for a customer who is not theirs to see."""
    person = customers_of.customer_named(its.database, who)
    stores = its.person.stores
    if not its.person.sees_everything and person.get("primary_store_id") not in stores:
        raise customers_of.no_customer(who)


def _period(first: str | None, last: str | None, today: date) -> Period | None:
    start, end = _day(first, "first_day"), _day(last, "last_day")
    if start is None and end is None:
        return None
    if start is None:
        raise UserError("Give first_day beside last_day, such as 2026-01-01.")
    return Period(start, end or max(today, start))


def _day(text: str | None, name: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{name} is a day such as 2026-01-31, not {text[:20]!r}.") from None
