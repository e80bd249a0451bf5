"""Whatever is wrong with one document keeps nothing else back, and goes when it is mended.

One link of one device is live all the time, so each case also meets what the others left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import pytest
import pytest_asyncio
from bson import Code, Decimal128, ObjectId
from bson.datetime_ms import DatetimeMS

from app.domain.entities import Reason
from connector_config.link import batch, link, outgoing
from connector_config.link.answers import Answers
from connector_config.link.state import Phase
from connector_config.mongodb.connection import (
    Document,
    MongoDatabase,
    MongoSettings,
    open_database,
)
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import CUSTOMERS, INVENTORY, STOCK_MOVEMENTS, ditto_id
from tests.helpers.link import (
    AT,
    SEATTLE,
    TACOMA,
    LinkedDevice,
    customer_document,
    device,
    equal,
    item_document,
    prepare,
    put,
)
from tests.helpers.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

_HAMMER, _SAW = item_document(SEATTLE, 1), item_document(SEATTLE, 2)
_SOME = customer_document(SEATTLE, 1)
_MB: Final = 1_000_000
_NUMBERS: Final = count(1_000)


@dataclass(frozen=True)
class Shop:
    """A live device and its MongoDB."""

    database: MongoDatabase
    ann: LinkedDevice

    def set(self, collection: str, document: Document, **fields: Any) -> None:
        """The back office sets fields of a document."""
        where = {"_id": mongo_id(collection, document)}
        assert self.database[collection].update_one(where, {"$set": fields}).matched_count

    async def parked(self, says: str) -> None:
        """Wait until a document is parked, for this reason."""
        await self.ann.until(lambda: self.ann.state.parked == 1, "a parked document")
        rows = await self.ann.session.query("SELECT * FROM local_link_parked")
        assert says in rows[0]["reason"]
        assert len(rows[0]["reason"]) < 300
        assert rows[0]["document_id"]

    async def mended(self) -> None:
        """Wait until nothing is parked, and all is equal."""
        await self.ann.until(lambda: self.ann.state.parked == 0, "nothing parked")
        await equal(self.database, self.ann)

    async def goes_on(self) -> None:
        """Everything else comes and goes, and the link did not even stop for it."""
        number = next(_NUMBERS)
        put(self.database, CUSTOMERS, customer_document(SEATTLE, number))
        await self.ann.stock.adjust(await self.ann.item(_HAMMER), 1, Reason.FOUND, self.ann.actor)
        await self.ann.delivered()
        key = {"id": ditto_id(CUSTOMERS, customer_document(SEATTLE, number))}
        async with asyncio.timeout(PATIENCE):
            while not await self.ann.session.query(_ONE, key):
                await asyncio.sleep(0.01)
        assert {state.phase for state in self.ann.states} == {Phase.LIVE}


_ONE = "SELECT * FROM customers WHERE _id = :id"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(
    new_database: Callable[[], MongoSettings], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    settings = new_database()
    with pytest.MonkeyPatch.context() as patch, open_database(settings) as database:
        patch.setattr(outgoing, "_AGAIN_SECONDS", 0.2)
        patch.setattr(link, "_LOOK_SECONDS", 0.2)
        prepare(database)
        async with device(tmp_path_factory.mktemp("ann"), settings) as ann:
            ann.connect()
            await ann.live()
            yield Shop(database, ann)


@pytest_asyncio.fixture(loop_scope="module")
async def shop(live: Shop) -> AsyncIterator[Shop]:
    """The shop, with a link that has said nothing yet but that it is live."""
    del live.ann.states[:-1]
    yield live


def _movement(its: str, **fields: Any) -> Document:
    """A movement of another device."""
    return {
        "store_id": SEATTLE,
        "movement_id": its,
        "inventory_id": _SAW["inventory_id"],
        "product_id": _SAW["product_id"],
        "reason": "found",
        "quantity": 2,
        "note": "",
        "who": "Bob",
        "role": "worker",
        "device_id": "device-bob",
        "device_name": "bob",
        "at": AT,
        "offline": False,
        "reference": {},
        "deleted": False,
        "created_at": AT,
        "updated_at": AT,
    } | fields


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


_LONG = "c" * 235

_SUMS: Final[tuple[Any, ...]] = ("abc", ["x"], True, 1.5, {"a": 1}, 2**62)
_FIELDS: Final[dict[str, tuple[str, Document, dict[str, Any], dict[str, Any], str]]] = {
    "no number": (CUSTOMERS, _SOME, {"age": float("nan")}, {"age": 5}, "nan"),
    "a time that is none": (
        CUSTOMERS,
        _SOME,
        {"born": DatetimeMS(300_000_000_000_000)},
        {"born": ""},
        "time",
    ),
    "6 MB": (CUSTOMERS, _SOME, {"notes": "x" * 6 * _MB}, {"notes": ""}, "6.0 MB"),
    "9 MB": (CUSTOMERS, _SOME, {"notes": "x" * 9 * _MB}, {"notes": ""}, "9.0 MB"),
    "too deep": (CUSTOMERS, _SOME, {"notes": _deep(140)}, {"notes": ""}, "too deep"),
    "another id": (CUSTOMERS, _SOME, {"customer_id": 5}, {"customer_id": "c-store_seattle-1"}, "5"),
    **{
        f"a sum that is {value!r}": (
            INVENTORY,
            item_document(SEATTLE, 3),
            {"stock_delta": value},
            {"stock_delta": 0},
            "stock_delta",
        )
        for value in _SUMS
    },
}


@pytest.mark.parametrize("case", _FIELDS)
async def test_a_document_that_is_damaged_in_mongodb(shop: Shop, case: str) -> None:
    collection, document, damage, mend, says = _FIELDS[case]
    shop.set(collection, document, **damage)
    await shop.parked(says)
    await shop.goes_on()
    shop.set(collection, document, **mend)
    await shop.mended()


_NEW: Final[dict[str, tuple[str, Document, str]]] = {
    "no id": (CUSTOMERS, {"primary_store_id": SEATTLE, "first_name": "None"}, "customer_id"),
    "a long id that is too long beside another one": (
        CUSTOMERS,
        customer_document(SEATTLE, 800) | {"customer_id": _LONG, "age": float("inf")},
        "inf",
    ),
    "an id that no device takes": (
        CUSTOMERS,
        customer_document(SEATTLE, 801) | {"customer_id": _LONG * 2},
        "shorter",
    ),
    "an id that is a text on devices alone": (
        CUSTOMERS,
        customer_document(SEATTLE, 803) | {"customer_id": ObjectId(b"no text here")},
        "customer_id",
    ),
    "an id that is code": (
        INVENTORY,
        item_document(SEATTLE, 804)
        | {"_id": item_document(SEATTLE, 804)["inventory_id"]}
        | {"store_id": Code("f()")},
        "store_id",
    ),
    "an _id that is not its own": (
        INVENTORY,
        item_document(SEATTLE, 1) | {"_id": "other"},
        "as its _id",
    ),
}


@pytest.mark.parametrize("case", _NEW)
async def test_a_document_that_can_never_come_until_it_is_deleted(shop: Shop, case: str) -> None:
    collection, document, says = _NEW[case]
    its = shop.database[collection].insert_one({"_id": ObjectId(), **document}).inserted_id
    await shop.parked(says)
    await shop.goes_on()
    shop.database[collection].delete_one({"_id": its})
    await shop.mended()


async def test_a_document_without_an_id_comes_once_it_has_one(shop: Shop) -> None:
    late = customer_document(SEATTLE, 802)
    shop.database[CUSTOMERS].insert_one({"_id": ObjectId(), "primary_store_id": SEATTLE})
    await shop.parked("customer_id")
    shop.database[CUSTOMERS].update_one({"customer_id": None}, {"$set": late})
    await shop.mended()
    assert await shop.ann.session.query(_ONE, {"id": ditto_id(CUSTOMERS, late)})


_QUANTITIES: Final[tuple[Any, ...]] = ("2", True, 1.5, [2], {})
_BAD: Final[dict[str, dict[str, Any]]] = {
    **{f"a quantity that is {value!r}": {"quantity": value} for value in _QUANTITIES},
    "no quantity": {"quantity": None},
    "far too many": {"quantity": 2**62},
    "an item that is no text": {"inventory_id": 5},
    "a time that is a number": {"at": 5},
    "a reference that is a text": {"reference": "x"},
}


@pytest.mark.parametrize("case", _BAD)
async def test_a_movement_that_is_none_does_not_come_into_the_ledger(shop: Shop, case: str) -> None:
    before = (await shop.ann.item(_SAW)).stock_delta
    right = _movement(f"m {case}")
    put(shop.database, STOCK_MOVEMENTS, right | _BAD[case])
    await shop.parked(next(iter(_BAD[case])))
    await shop.goes_on()
    assert (await shop.ann.item(_SAW)).stock_delta == before
    shop.set(STOCK_MOVEMENTS, right, **{name: right[name] for name in _BAD[case]})
    shop.database[INVENTORY].update_one({"_id": _SAW["inventory_id"]}, {"$inc": {"stock_delta": 2}})
    await shop.mended()
    assert (await shop.ann.item(_SAW)).stock_delta == before + 2


@pytest.mark.parametrize(
    "change",
    [{"quantity": 5}, {"inventory_id": _HAMMER["inventory_id"]}],
    ids=["quantity", "item"],
)
async def test_a_known_movement_does_not_change(shop: Shop, change: dict[str, Any]) -> None:
    known = _movement(f"known {change}")
    put(shop.database, STOCK_MOVEMENTS, known)
    shop.database[INVENTORY].update_one({"_id": _SAW["inventory_id"]}, {"$inc": {"stock_delta": 2}})
    await shop.mended()
    before = (await shop.ann.item(_SAW)).stock_delta
    shop.set(STOCK_MOVEMENTS, known, **change)
    await shop.parked("never changes")
    await shop.goes_on()
    assert (await shop.ann.item(_SAW)).stock_delta == before
    assert (await shop.ann.stock.prove(SEATTLE)).discrepancies == ()
    shop.set(STOCK_MOVEMENTS, known, **{name: known[name] for name in change})
    await shop.mended()


async def test_numbers_are_read_as_they_were_meant(shop: Shop) -> None:
    other = item_document(TACOMA, 1)
    shop.set(INVENTORY, other, stock_delta=Decimal128("2.0"))
    await shop.ann.until_stock(other, 2)
    shop.set(INVENTORY, other, stock_delta="0")
    await shop.ann.until_stock(other, 0)
    put(shop.database, STOCK_MOVEMENTS, _movement("a double", quantity=3.0))
    shop.database[INVENTORY].update_one({"_id": _SAW["inventory_id"]}, {"$inc": {"stock_delta": 3}})
    await shop.goes_on()
    assert shop.ann.state.parked == 0
    shop.set(INVENTORY, other, stock_delta=0)
    await shop.mended()


async def test_what_mongodb_refuses_is_tried_again(shop: Shop) -> None:
    shop.database.command({"collMod": STOCK_MOVEMENTS, "validator": {"quantity": {"$lt": 90}}})
    await shop.ann.stock.adjust(await shop.ann.item(_SAW), 99, Reason.FOUND, shop.ann.actor)
    await shop.parked("MongoDB")
    await shop.goes_on()
    shop.database.command({"collMod": STOCK_MOVEMENTS, "validator": {}})
    await shop.mended()


async def test_stock_that_moves_in_an_item_whose_sum_is_damaged(shop: Shop) -> None:
    item = item_document(SEATTLE, 0)
    shop.set(INVENTORY, item, stock_delta="abc")
    await shop.parked("stock_delta")
    await shop.ann.stock.adjust(await shop.ann.item(item), 4, Reason.FOUND, shop.ann.actor)
    await shop.ann.until(lambda: shop.ann.state.parked == 2, "a movement that is parked too")
    await shop.goes_on()
    shop.set(INVENTORY, item, stock_delta=0)
    await shop.mended()
    assert (await shop.ann.item(item)).stock_delta == 4


_PHONE = "UPDATE customers SET phone = '5', updated_at = :at WHERE customer_id = :id"


async def test_a_document_that_is_changed_here_while_it_is_damaged_there(shop: Shop) -> None:
    shop.set(CUSTOMERS, _SOME, age=float("nan"))
    await shop.parked("nan")
    parameters = {"id": _SOME["customer_id"], "at": "2026-11-20T09:00:00.000Z"}
    await shop.ann.session.write(lambda unit: unit.update(CUSTOMERS, _PHONE, parameters))
    await shop.goes_on()
    await shop.parked("nan")
    shop.set(CUSTOMERS, _SOME, age=5)
    await shop.mended()
    stored = shop.database[CUSTOMERS].find_one({"customer_id": _SOME["customer_id"]})
    assert stored and (stored["phone"], stored["age"]) == ("5", 5)


async def test_an_exception_of_any_kind_while_it_is_worked_in(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Any, name: str, ours: Any, change: Any) -> None:
        if (change.document or {}).get("notes") == "bug":
            raise ZeroDivisionError("division by zero")
        merges(self, name, ours, change)

    merges = batch.Batch._merge
    monkeypatch.setattr(batch.Batch, "_merge", fails)
    shop.set(CUSTOMERS, _SOME, notes="bug")
    await shop.parked("ZeroDivisionError")
    await shop.goes_on()
    shop.set(CUSTOMERS, _SOME, notes="")
    await shop.mended()


_NEW_CUSTOMER = "INSERT INTO customers DOCUMENTS (:document)"


@pytest.mark.parametrize("when", ["sent", "answered"])
async def test_an_exception_of_any_kind_while_it_is(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    made = customer_document(SEATTLE, 810) | {"customer_id": f"c {when}"}

    def of_made(documents: Any) -> bool:
        return any(one.get("customer_id") == made["customer_id"] for one in documents)

    async def posts(self: Any, letters: Any, *others: Any) -> Any:
        if of_made(one.document for one in letters):
            raise ZeroDivisionError("division by zero")
        return await post(self, letters, *others)

    async def settles(self: Any, tx: Any, name: str, answers: Any) -> Any:
        if of_made(one.document for one in answers):
            raise ZeroDivisionError("division by zero")
        return await settle(self, tx, name, answers)

    post, settle = outgoing.Sender._post, Answers._settle
    with monkeypatch.context() as patch:
        if when == "sent":
            patch.setattr(outgoing.Sender, "_post", posts)
        else:
            patch.setattr(Answers, "_settle", settles)
        await shop.ann.session.write(lambda unit: unit.insert(CUSTOMERS, _NEW_CUSTOMER, made))
        if when == "sent":
            # Else MongoDB has it, and tells so: it is not parked for long.
            await shop.parked("ZeroDivisionError")
        await shop.goes_on()
    await shop.mended()
