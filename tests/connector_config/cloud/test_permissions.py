"""What each role may read and write, walked through with an evaluator of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from connector_config.cloud.permissions import ditto_permissions
from connector_config.errors import UserError
from connector_config.schema.collections import COLLECTIONS, ditto_id
from connector_config.schema.roles import ROLES, Role

CATALOGUE = {"stores", "categories", "product_types", "products", "product_codes"}
OF_A_STORE = {"customers", "orders", "order_items", "stock_movements", "oversell_cases"}
STOCK_ROOM = {
    *("replenishments", "goods_receipts", "stocktakes", "stocktake_counts", "day_closings"),
}

# What everybody teaches; else nobody but the super manager writes what is of all stores.
WRITTEN_ALL = {"product_codes"}
# Read all, read own, written own.
EXPECTED: dict[Role, tuple[set[str], set[str], set[str]]] = {
    "worker": (
        CATALOGUE | {"inventory"},
        OF_A_STORE | STOCK_ROOM | {"transfers", "staff"},
        OF_A_STORE | STOCK_ROOM | {"transfers", "inventory"},
    ),
    "rep": (
        CATALOGUE | {"inventory"},
        OF_A_STORE | {"transfers", "staff"},
        OF_A_STORE | {"inventory"},
    ),
    "manager": (
        CATALOGUE | {"inventory"},
        OF_A_STORE | STOCK_ROOM | {"transfers", "staff"},
        OF_A_STORE | STOCK_ROOM | {"transfers", "inventory", "staff"},
    ),
}
STORES: dict[Role, list[str]] = {
    "worker": ["store_seattle"],
    "rep": ["store_seattle", "store_tacoma"],
    "manager": ["store_seattle", "store_tacoma", "store_online"],
    "super_manager": [],
}
OTHER = ["store_spokane", "store_seattle2", "store_"]


def legacy(query: str, identity: object) -> bool:
    """Ditto's legacy query language, as much of it as may be here, on an `_id`."""
    if query == "true":
        return True
    parsed = re.fullmatch(r"_id((?:\.[a-z_]+)?) == '([^'\\]*)'", query)
    assert parsed is not None, query
    path, value = parsed.groups()
    if not path:
        return identity == value
    return isinstance(identity, dict) and identity.get(path[1:]) == value


def allows(permissions: Mapping[str, Any], operation: str, name: str, identity: object) -> bool:
    granted = permissions[operation]
    assert set(granted) == {"everything", "queriesByCollection"}
    if granted["everything"]:
        return True
    return any(legacy(query, identity) for query in granted["queriesByCollection"].get(name, ()))


def identity(name: str, store: str, second: str | None = None) -> object:
    """The `_id` of a document of a store, and of a transfer to the second one."""
    body = {field: store if "store" in field else f"{field}-1" for field in FIELDS[name]}
    if second is not None:
        body["to_store_id"] = second
    return ditto_id(name, body)


FIELDS: dict[str, Sequence[str]] = {n: c.id_fields for n, c in COLLECTIONS.items()}


@pytest.mark.parametrize("role", ROLES)
def test_every_collection_and_operation_of_own_and_other_stores(role: Role) -> None:
    mine = STORES[role]
    permissions = ditto_permissions(role, mine)
    assert set(permissions) == {"remoteQuery", "read", "write"}
    assert permissions["remoteQuery"] is False
    for name in COLLECTIONS:
        for store in [*(mine or ["store_seattle"]), *OTHER]:
            if role == "super_manager":
                may = {"read": True, "write": True}
            else:
                reads_all, reads_own, writes_own = EXPECTED[role]
                own = store in mine
                may = {
                    "read": name in reads_all or (own and name in reads_own),
                    "write": name in WRITTEN_ALL or (own and name in writes_own),
                }
            for operation, expected in may.items():
                found = allows(permissions, operation, name, identity(name, store))
                assert found is expected, (role, operation, name, store)


@pytest.mark.parametrize(
    ("sender", "receiver", "worker_of_seattle"),
    [
        ("store_seattle", "store_spokane", True),
        ("store_spokane", "store_seattle", True),
        ("store_spokane", "store_everett", False),
    ],
)
def test_both_stores_of_a_transfer_have_it(
    sender: str, receiver: str, worker_of_seattle: bool
) -> None:
    transfer = identity("transfers", sender, receiver)
    worker = ditto_permissions("worker", ["store_seattle"])
    rep = ditto_permissions("rep", ["store_seattle"])
    assert allows(worker, "read", "transfers", transfer) is worker_of_seattle
    assert allows(worker, "write", "transfers", transfer) is worker_of_seattle
    assert allows(rep, "read", "transfers", transfer) is worker_of_seattle
    assert allows(rep, "write", "transfers", transfer) is False


def test_queries_look_at_the_id_alone_and_name_no_collection_without_need() -> None:
    permissions = ditto_permissions("worker", ["store_seattle"])
    assert permissions["read"]["queriesByCollection"]["orders"] == [
        "_id.store_id == 'store_seattle'"
    ]
    assert permissions["read"]["queriesByCollection"]["customers"] == [
        "_id.primary_store_id == 'store_seattle'"
    ]
    assert "products" not in permissions["write"]["queriesByCollection"]
    assert "product_embeddings" not in permissions["read"]["queriesByCollection"]


@pytest.mark.parametrize(
    "store",
    [
        "",
        "x' || true || _id == 'x",
        "store'",
        "store\\",
        "Store_seattle",
        "store-seattle",
        "store_seattle\n",
        "störe",
        "s" * 65,
        "1store",
    ],
)
def test_an_id_that_could_be_more_than_an_id_is_refused(store: str) -> None:
    with pytest.raises(UserError, match="cannot be the id of a store"):
        ditto_permissions("worker", [store])


@pytest.mark.parametrize(
    ("role", "stores", "words"),
    [
        ("worker", [], "exactly one store"),
        ("worker", ["store_a", "store_b"], "exactly one store"),
        ("rep", [], "at least one store"),
        ("manager", [], "at least one store"),
        ("manager", ["store_a", "store_a"], "named twice"),
        ("super_manager", ["store_a"], "has every store"),
    ],
)
def test_a_role_has_the_stores_that_it_can_have(role: Role, stores: list[str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        ditto_permissions(role, stores)
