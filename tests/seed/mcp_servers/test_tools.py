"""Every tool for every role, of one's own store and of another; questions with their numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoSettings
from connector_config.schema.roles import Role
from seed.mcp_servers.answers import DATA, Answer
from seed.mcp_servers.asking import Asking
from seed.mcp_servers.customer_sales import CustomerSales
from seed.mcp_servers.people import NOBODY, Person, check_user_id, person_of
from tests.seed.mcp_servers.people import (
    MANAGER,
    NOW,
    PEOPLE,
    REP,
    SEATTLE,
    SEATTLE_USER,
    TACOMA,
    WORKER,
    customer_sales,
    person,
    sales_analysis,
)
from tests.seed.used_shop import Asked

BELLEVUE = "store_bellevue"


def order_of(asked: Asked, store: str) -> dict[str, Any]:
    return next(
        one for one in asked.documents["orders"] if one["store_id"] == store and not one["deleted"]
    )


def customer_of(asked: Asked, store: str) -> dict[str, Any]:
    """A customer of a store who ordered there."""
    who = {one["customer_id"] for one in asked.documents["orders"] if one["store_id"] == store}
    return next(
        one
        for one in asked.documents["customers"]
        if one["primary_store_id"] == store and one["customer_id"] in who
    )


def refused_or_empty(call: Callable[[], Answer]) -> bool:
    try:
        return not call()["rows"]
    except UserError as error:
        assert "is not yours to see" in str(error) or "There is no" in str(error), error
        return True


def _find(asked: Asked, who: Person, store: str, field: str) -> Answer:
    return customer_sales(asked, who).find_customer(str(customer_of(asked, store)[field]))


def _query(asked: Asked, who: Person, store: str, collection: str) -> Answer:
    return sales_analysis(asked, who).query(collection, [{"$match": {"store_id": store}}])


# What a tool says of a store: its own is answered, another one's is not there.
Tool = Callable[[Asked, Person, str], Answer]
OF_A_STORE: dict[str, Tool] = {
    "order": lambda a, who, of: customer_sales(a, who).order(order_of(a, of)["order_id"]),
    "find_customer": lambda a, who, of: _find(a, who, of, "email"),
    "find_customer by phone": lambda a, who, of: _find(a, who, of, "phone"),
    "find_customer by id": lambda a, who, of: _find(a, who, of, "customer_id"),
    "customer_orders": lambda a, who, of: customer_sales(a, who).customer_orders(
        customer_of(a, of)["customer_id"]
    ),
    "sales": lambda a, who, of: sales_analysis(a, who).sales("store", "2024-01-01", None, of),
    "top_products": lambda a, who, of: sales_analysis(a, who).top_products(store=of),
    "best customers": lambda a, who, of: sales_analysis(a, who).customer_analytics(store=of),
    "segments": lambda a, who, of: sales_analysis(a, who).customer_analytics("segments", store=of),
    "one customer": lambda a, who, of: sales_analysis(a, who).customer_analytics(
        "one", customer_of(a, of)["email"]
    ),
    "reorder": lambda a, who, of: sales_analysis(a, who).stock("reorder", of),
    "slow_movers": lambda a, who, of: sales_analysis(a, who).stock("slow_movers", of),
    "returns": lambda a, who, of: sales_analysis(a, who).returns(store=of),
    "query of orders": lambda a, who, of: _query(a, who, of, "orders"),
    "query of movements": lambda a, who, of: _query(a, who, of, "stock_movements"),
}
OF_ALL: dict[str, Tool] = {
    "find_products": lambda a, who, of: customer_sales(a, who).find_products("hammer"),
    "search_by_meaning": lambda a, who, of: customer_sales(a, who).search_by_meaning("melt ice"),
    "product_availability": lambda a, who, of: customer_sales(a, who).product_availability(
        "hammer", of
    ),
    "on_hand": lambda a, who, of: sales_analysis(a, who).stock("on_hand", of),
    "value": lambda a, who, of: sales_analysis(a, who).stock("value", of),
    "oversold": lambda a, who, of: sales_analysis(a, who).stock("oversold", of),
    "query of products": lambda a, who, of: sales_analysis(a, who).query(
        "products", [{"$match": {"base_price": {"$gt": 100}}}]
    ),
    "query of stock": lambda a, who, of: _query(a, who, of, "inventory_on_hand"),
    "schemas": lambda a, who, of: sales_analysis(a, who).collection_schemas(["orders", "stores"]),
    "current_time": lambda a, who, of: customer_sales(a, who).current_time(),
}


@pytest.mark.parametrize("tool", OF_A_STORE)
@pytest.mark.parametrize("who", PEOPLE, ids=[one.role for one in PEOPLE])
def test_what_is_of_a_store_is_for_its_people(asked: Asked, tool: str, who: Person) -> None:
    for store in (SEATTLE, TACOMA, BELLEVUE):
        allowed = who.sees_everything or store in who.stores
        if allowed:
            answer = OF_A_STORE[tool](asked, who, store)
            assert answer["rows"] and DATA in answer["notes"], store
            assert who is not WORKER or "@" not in json.dumps(answer["rows"])
        else:
            assert refused_or_empty(lambda: OF_A_STORE[tool](asked, who, store)), store  # noqa: B023


@pytest.mark.parametrize("tool", OF_ALL)
@pytest.mark.parametrize("who", PEOPLE, ids=[one.role for one in PEOPLE])
def test_products_and_stock_are_for_all(asked: Asked, tool: str, who: Person) -> None:
    for store in (SEATTLE, BELLEVUE):
        answer = OF_ALL[tool](asked, who, store)
        assert answer["rows"] and DATA in answer["notes"]


@pytest.mark.parametrize("code", ["PWR-DRILL-001", "pwr-drill-001"])
def test_a_product_by_its_code(asked: Asked, code: str) -> None:
    tools = customer_sales(asked, MANAGER)
    (by_sku,) = tools.find_products(code)["rows"]
    product = next(p for p in asked.documents["products"] if p["sku"] == "PWR-DRILL-001")
    known = next(
        c for c in asked.documents["product_codes"] if c["product_id"] == product["product_id"]
    )
    assert tools.find_products(known["code"])["rows"] == [by_sku]
    assert by_sku["price"] == product["base_price"]


def test_a_rep_asks_about_one_of_two_stores(asked: Asked) -> None:
    tools = sales_analysis(asked, REP)
    both = {row["store"] for row in tools.sales("store", "2025-01-01")["rows"]}
    assert both == {"Zava Retail Seattle", "Zava Retail Tacoma"}
    one = tools.sales("store", "2025-01-01", store="Tacoma")["rows"]
    assert {row["store"] for row in one} == {"Zava Retail Tacoma"}


@pytest.mark.parametrize("form", ["{} {}", "{1} {0}", "{1}"])
def test_a_customer_by_name(asked: Asked, form: str) -> None:
    who = customer_of(asked, SEATTLE)
    text = form.format(who["first_name"], who["last_name"][:4].lower())
    found = customer_sales(asked, MANAGER).find_customer(text)["rows"]
    assert who["customer_id"] in [row["customer_id"] for row in found]


def test_schemas_name_fields_keys_and_values(asked: Asked) -> None:
    for name in MANAGER.collections():
        (row,) = sales_analysis(asked, MANAGER).collection_schemas([name])["rows"]
        assert row["fields"] and row["keys"], name
    (orders,) = sales_analysis(asked, MANAGER).collection_schemas(["orders"])["rows"]
    assert orders["fields"]["total"] == "number" and "order_date" in orders["keys"]
    assert orders["values"]["status"] == ["cancelled", "completed", "pending", "returned"]
    (people,) = sales_analysis(asked, WORKER).collection_schemas(["customers"])["rows"]
    assert "email" not in people["fields"]


def test_the_time_is_that_of_the_store(asked: Asked) -> None:
    answer = customer_sales(asked, MANAGER).current_time()
    assert answer["facts"] == {"utc": "2025-12-31T20:00:00.000Z", "you are": "ann"}
    assert [row["time"] for row in answer["rows"]] == ["2025-12-31 12:00"]


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda c, s: c.order("K7Q"), "There is no order"),
        (lambda c, s: c.find_customer("x"), "at least two letters"),
        (lambda c, s: c.customer_orders("nobody@x.y"), "look with find_customer first"),
        (lambda c, s: c.product_availability("hammer", "Gotham"), "There is no store 'Gotham'"),
        (lambda c, s: s.sales("month", "soon"), "first_day is a day such as 2026-01-31"),
        (lambda c, s: s.sales("month", None, "2025-01-01"), "Give first_day beside last_day"),
        (lambda c, s: s.sales(category="Toys"), "There is no category 'Toys'"),
        (lambda c, s: s.sales(store="Tacoma"), "Zava Retail Tacoma is not yours to see"),
        (lambda c, s: s.customer_analytics("one"), "Name the customer"),
        (lambda c, s: s.collection_schemas(["secrets"]), "There is no collection 'secrets'"),
        (lambda c, s: s.stock("on_hand", product="X-1"), "There is no product 'X-1'"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(
    asked: Asked, ask: Callable[[Any, Any], object], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        ask(customer_sales(asked, MANAGER), sales_analysis(asked, MANAGER))


def test_without_mongodb_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seed.mcp_servers.asking.CONNECT_SECONDS", 0.2)
    away = MongoSettings("mongodb://127.0.0.1:1/", "zava")
    tools = CustomerSales(Asking(lambda database: MANAGER, lambda: NOW, lambda: away))
    with pytest.raises(UserError, match=r"127\.0\.0\.1:1"):
        tools.find_products("hammer")
    answer = tools.current_time()
    assert answer["facts"]["utc"] and "127.0.0.1:1" in answer["notes"][0]


def test_who_asks_is_named(asked: Asked) -> None:
    found = person_of(asked.database, SEATTLE_USER, "rep")
    assert (found.role, found.stores) == ("rep", (SEATTLE,))
    assert person_of(asked.database, NOBODY, "rep").sees_everything
    with pytest.raises(UserError, match="No store has the rls_user_id"):
        person_of(asked.database, SEATTLE_USER.replace("f", "0"), "manager")


@pytest.mark.parametrize(
    ("user", "flag", "sentence"),
    [
        (None, False, "Say who asks"),
        ("", False, "Say who asks"),
        ("ann", False, "a UUID such as"),
        (NOBODY, False, "The zero UUID is nobody"),
        (SEATTLE_USER, True, "leave out --user"),
    ],
)
def test_without_an_identity_it_does_not_start(user: str | None, flag: bool, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        check_user_id(user, flag)


def test_an_identity_is_read_as_it_is_written() -> None:
    assert check_user_id(f" {SEATTLE_USER.upper()} ", False) == SEATTLE_USER
    assert check_user_id(NOBODY, True) == check_user_id(None, True) == NOBODY


@pytest.mark.parametrize("role", ["worker", "rep", "manager"])
def test_a_collection_that_a_role_does_not_have(role: Role) -> None:
    assert person(role, SEATTLE).filter("products") == {}
    assert person(role, SEATTLE).filter("transfers") == {
        "$or": [{"from_store_id": {"$in": [SEATTLE]}}, {"to_store_id": {"$in": [SEATTLE]}}]
    }
