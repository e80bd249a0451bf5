"""The documents of a used shop once more, added up one by one, to hold reports against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from seed.reports.sales import By
from seed.reports.shops import Period, Shops
from tests.seed.used_shop import Asked


def dollars(value: Any) -> Decimal:
    return Decimal(str(value))


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Books:
    """The documents once more, added up one by one."""

    def __init__(self, asked: Asked, shops: Shops) -> None:
        self.documents = asked.documents
        self.stores = {
            s["store_id"]: s for s in asked.documents["stores"] if s["store_id"] in shops.names
        }
        self.products = {p["product_id"]: p for p in asked.documents["products"]}
        self.lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in asked.documents["order_items"]:
            if not line["deleted"]:
                self.lines[line["order_id"]].append(line)

    def day(self, one: dict[str, Any]) -> date | None:
        if not isinstance(one["order_date"], str):
            return None
        zone = ZoneInfo(self.stores[one["store_id"]].get("time_zone") or "UTC")
        return datetime.fromisoformat(one["order_date"]).astimezone(zone).date()

    def orders(self, period: Period | None = None) -> Iterator[dict[str, Any]]:
        for one in self.documents["orders"]:
            if one["store_id"] not in self.stores or one["deleted"]:
                continue
            if one["status"] == "cancelled":
                continue
            if one["status"] == "returned" and not one.get("returns"):
                continue
            day = self.day(one)
            if period is None or (day and period.first <= day <= period.last):
                yield one

    def back(self, one: dict[str, Any], line: dict[str, Any]) -> tuple[int, Decimal]:
        units, refund = 0, Decimal(0)
        returned = one.get("returns")
        for each in returned.values() if isinstance(returned, dict) else ():
            its = each["lines"].get(line["order_item_id"])
            if its:
                units, refund = units + its["quantity"], refund + dollars(its["refund"])
        return units, refund

    def sold(
        self, period: Period | None
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any], int, Decimal]]:
        """Orders with a line each, and its units and money that were sold for good."""
        for one in self.orders(period):
            for line in self.lines[one["order_id"]]:
                units, refund = self.back(one, line)
                yield one, line, line["quantity"] - units, dollars(line["line_total"]) - refund

    def on_hand(self) -> dict[str, int]:
        found = {
            i["inventory_id"]: i["stock_level"]
            for i in self.documents["inventory"]
            if i["store_id"] in self.stores
        }
        for one in self.documents["stock_movements"]:
            if one["inventory_id"] in found and not one["deleted"]:
                found[one["inventory_id"]] += one["quantity"]
        return found


KEYS: dict[By, Callable[[Books, dict[str, Any], dict[str, Any]], str]] = {
    "day": lambda books, one, line: str(books.day(one)),
    "month": lambda books, one, line: str(books.day(one))[:7],
    "store": lambda books, one, line: books.stores[one["store_id"]]["store_name"],
    "category": lambda books, one, line: next(
        c["category_name"]
        for c in books.documents["categories"]
        if c["category_id"] == books.products[line["product_id"]]["category_id"]
    ),
    "type": lambda books, one, line: next(
        t["type_name"]
        for t in books.documents["product_types"]
        if t["type_id"] == books.products[line["product_id"]]["type_id"]
    ),
    "product": lambda books, one, line: books.products[line["product_id"]]["product_name"],
}
