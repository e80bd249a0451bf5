"""People who ask, and the tools as they have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connector_config.schema.roles import Role
from seed.mcp_servers.asking import Asking, Question
from seed.mcp_servers.customer_sales import CustomerSales
from seed.mcp_servers.people import Person
from seed.mcp_servers.sales_analysis import SalesAnalysis
from tests.seed.used_shop import Asked

NOW = datetime(2025, 12, 31, 20, tzinfo=UTC)
SEATTLE, TACOMA = "store_seattle", "store_tacoma"
SEATTLE_USER = "f47ac10b-58cc-4372-a567-0e02b2c3d479"

MANAGER = Person("ann", "manager", (SEATTLE,))
WORKER = Person("bob", "worker", (SEATTLE,))
REP = Person("cid", "rep", (SEATTLE, TACOMA))
EVERYBODY = Person("dan", "super_manager", ())
PEOPLE = (MANAGER, WORKER, REP, EVERYBODY)


def person(role: Role, *stores: str) -> Person:
    return Person("eve", role, stores)


_ASKING: dict[tuple[str, Person], Asking] = {}


def asking(asked: Asked, who: Person) -> Asking:
    """One connection for each person, for all tests."""
    key = asked.settings.database, who
    if key not in _ASKING:
        _ASKING[key] = Asking(lambda database: who, lambda: NOW, lambda: asked.settings)
        asked.closing.callback(_ASKING[key].close)
    return _ASKING[key]


def question(asked: Asked, who: Person) -> Question:
    return Question(asked.database, who, NOW)


def customer_sales(asked: Asked, who: Person) -> CustomerSales:
    return CustomerSales(asking(asked, who))


def sales_analysis(asked: Asked, who: Person, **limits: Any) -> SalesAnalysis:
    return SalesAnalysis(asking(asked, who), **limits)
