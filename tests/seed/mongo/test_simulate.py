"""`zava-seed simulate` against a real MongoDB: it sells, and the ledger stays equal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.schema.order_documents import NewOrder, NewOrderItem
from connector_config.schema.stock_documents import StockMovement
from seed.cli import main
from seed.mongo.simulation import Counts, Simulation
from tests.helpers.programs import ROOT
from tests.seed.mongo.small_set import put, small_set

DAY = date(2026, 11, 21)
JANUARY = datetime(2026, 1, 20, 20, 0, tzinfo=UTC)
JULY = datetime(2026, 7, 20, 20, 0, tzinfo=UTC)
STEPS = 150


@pytest.fixture(scope="module")
def filled(new_database: Callable[[], MongoSettings]) -> MongoSettings:
    """A database in which the tests sell more and more."""
    settings = new_database()
    with open_database(settings) as database:
        put(database)
    return settings


@pytest.fixture
def shop(filled: MongoSettings) -> Iterator[MongoDatabase]:
    with open_database(filled) as database:
        yield database


@pytest.fixture(scope="module")
def sold(filled: MongoSettings) -> Counts:
    """What a while in summer sold."""
    with open_database(filled) as database:
        simulation = Simulation(database, Random(7))
        for at in range(STEPS):
            simulation.step(JULY + timedelta(seconds=at))
    return simulation.counts


def simulated(database: MongoDatabase) -> list[dict[str, Any]]:
    return list(database.orders.find({"device_id": "simulation"}))


def assert_ledger_is_equal(database: MongoDatabase) -> None:
    moved: Counter[str] = Counter()
    for one in database.stock_movements.find():
        moved[one["inventory_id"]] += one["quantity"]
    for item in database.inventory.find():
        assert item.get("stock_delta", 0) == moved[item["_id"]]
        assert item["stock_level"] + moved[item["_id"]] >= 0


def test_it_sells_restocks_and_takes_back(shop: MongoDatabase, sold: Counts) -> None:
    orders = simulated(shop)
    assert len(orders) == sold.orders.total() > 0.9 * STEPS
    assert set(sold.orders) <= {one["store_name"] for one in small_set()["stores"]}
    assert len(sold.orders) == 8
    assert sold.restocks == shop.stock_movements.count_documents({"reason": "received"}) > 0
    assert sold.returns == shop.stock_movements.count_documents({"reason": "returned"}) > 0
    assert sold.cents == round(sum(one["total"] for one in orders) * 100)
    lines = list(shop.order_items.find({"order_id": {"$in": [one["_id"] for one in orders]}}))
    assert (sold.lines, sold.units) == (len(lines), sum(one["quantity"] for one in lines))


def test_the_ledger_is_equal_and_nothing_is_below_zero(shop: MongoDatabase, sold: Counts) -> None:
    assert sold.lines
    assert_ledger_is_equal(shop)
    # Nobody but devices writes the opening level.
    before = {one["_id"]: one["stock_level"] for one in small_set()["inventory"]}
    assert {one["_id"]: one["stock_level"] for one in shop.inventory.find()} == before


def test_documents_have_their_shapes_and_sums(shop: MongoDatabase, sold: Counts) -> None:
    assert sold.lines
    tax = {one["store_id"]: one["tax_percent"] for one in small_set()["stores"]}
    for order in simulated(shop):
        assert set(order) == {"_id", *NewOrder.__required_keys__}
        lines = list(shop.order_items.find({"order_id": order["_id"]}))
        assert len(lines) == order["item_count"]
        for line in lines:
            assert set(line) == {"_id", *NewOrderItem.__required_keys__}
            gross = round(line["quantity"] * line["unit_price"] * 100)
            off = round(line["discount_amount"] * 100)
            assert round(line["line_total"] * 100) == gross - off
            assert abs(off - gross * line["discount_percent"] / 100) <= 0.5
            (moved,) = shop.stock_movements.find(
                {"reference.order": order["_id"], "product_id": line["product_id"],
                 "reason": "sold"}
            )  # fmt: skip
            assert set(moved) == {"_id", *StockMovement.__required_keys__}
            assert moved["quantity"] == -line["quantity"]

        def cents(name: str, of: list[dict[str, Any]] = lines) -> int:
            return sum(round(one[name] * 100) for one in of)

        net = cents("line_total")
        assert round(order["subtotal"] * 100) - round(order["discount_total"] * 100) == net
        assert abs(round(order["tax"] * 100) - net * tax[order["store_id"]] / 100) <= 0.5
        assert cents("tax_amount") == round(order["tax"] * 100)
        assert round(order["total"] * 100) == net + cents("tax_amount")
        for entry in order["returns"].values():
            for item_id, part in entry["lines"].items():
                (line,) = [one for one in lines if one["order_item_id"] == item_id]
                assert (part["quantity"], part["refund"]) == (line["quantity"], line["line_total"])
        back = {item for entry in order["returns"].values() for item in entry["lines"]}
        assert order["status"] == ("returned" if len(back) == len(lines) else "completed")


def test_it_sells_by_the_season(shop: MongoDatabase, sold: Counts) -> None:
    assert sold.lines

    def winter_goods(at: datetime, seed: int) -> float:
        simulation = Simulation(shop, Random(seed))
        for _ in range(60):
            simulation.step(at)
        when = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found = [one["product_id"] for one in shop.order_items.find({"created_at": when})]
        return sum("grd_winter" in one for one in found) / len(found)

    assert winter_goods(JANUARY, 3) > winter_goods(JULY + timedelta(days=1), 4)
    assert_ledger_is_equal(shop)


def test_one_store_and_the_command(
    filled: MongoSettings,
    shop: MongoDatabase,
    sold: Counts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", filled.uri)
    monkeypatch.setenv("MONGODB_DATABASE", filled.database)
    before = len(simulated(shop))
    arguments = ["--rate", "600", "--for", "1s", "--stores", "zava retail tacoma"]
    assert main(["simulate", *arguments], DAY) == 0
    out, err = capsys.readouterr()
    new = simulated(shop)[before:]
    assert 0 < len(new) <= 10
    assert {one["store_id"] for one in new} == {"store_tacoma"}
    assert err == ""
    assert out.splitlines()[-1].startswith(f"{len(new)} order")
    assert "Seattle" not in out and "Tacoma" in out
    assert_ledger_is_equal(shop)


def test_ctrl_c_ends_it_with_the_summary(filled: MongoSettings, shop: MongoDatabase) -> None:
    before = len(simulated(shop))
    settings = {"MONGODB_CONNECTION_STRING": filled.uri, "MONGODB_DATABASE": filled.database}
    with subprocess.Popen(
        [sys.executable, "-m", "seed", "simulate", "--rate", "6000"],
        cwd=ROOT,
        env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while len(simulated(shop)) == before and process.poll() is None:
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
    said = f"{len(simulated(shop)) - before:,} order"
    assert out.splitlines()[-1].startswith(said)
    assert_ledger_is_equal(shop)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--for", "10"], "the time is written like 90s, 10m or 2h"),
        (["--for", "0s"], "the time is written like 90s, 10m or 2h"),
        (["--rate", "0"], "the number of orders a minute must be a whole number from 1"),
        (["--stores", "paris"], "There are no stores in the database"),
    ],
)
def test_what_is_wrong_is_said(
    mongo_settings: MongoSettings,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    try:
        assert main(["simulate", *arguments], DAY) == 1
    except SystemExit as ended:
        assert ended.code != 0
    out, err = capsys.readouterr()
    assert out == "" and words in err and "Traceback" not in err


def test_what_the_database_lacks_is_named(shop: MongoDatabase, sold: Counts) -> None:
    with pytest.raises(UserError, match="There is no store 'paris': choose from store_"):
        Simulation(shop, Random(1), ["paris"])
    shop.inventory.update_many({"store_id": "store_everett"}, {"$set": {"deleted": True}})
    with pytest.raises(UserError, match="Everett stocks nothing of the catalogue"):
        Simulation(shop, Random(1))
    shop.inventory.update_many({"store_id": "store_everett"}, {"$set": {"deleted": False}})


def test_damaged_documents_are_passed_over(shop: MongoDatabase, sold: Counts) -> None:
    items = list(shop.inventory.find({"store_id": "store_tacoma"}))
    kept = items[0]["_id"]
    for at, one in enumerate(items[1:]):
        bad: Any = [None, "5", 1.5, {}][at % 4]
        shop.inventory.update_one({"_id": one["_id"]}, {"$set": {"stock_level": bad}})
    shop.customers.update_many({"primary_store_id": "store_tacoma"}, {"$set": {"last_name": 5}})
    before = len(simulated(shop))
    simulation = Simulation(shop, Random(1), ["store_tacoma"])
    for at in range(5):
        simulation.step(JULY + timedelta(days=2, seconds=at))
    new = simulated(shop)[before:]
    assert new
    moved = shop.stock_movements.find({"reference.order": {"$in": [one["_id"] for one in new]}})
    assert {one["inventory_id"] for one in moved} == {kept}
