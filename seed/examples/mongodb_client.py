"""How a program of one's own works with this MongoDB, by PyMongo alone.

    python -m seed.examples.mongodb_client

reads MONGODB_CONNECTION_STRING and MONGODB_DATABASE from the environment or from `.env`, and leaves
the data as it found it. What is written here has `example` in its id.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from dotenv import load_dotenv
from pymongo import DeleteOne, InsertOne, MongoClient, UpdateOne
from pymongo.database import Database
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
)
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

Document = dict[str, Any]

# The driver itself repeats one read or write once; this is for what takes longer to pass.
patiently = retry(
    retry=retry_if_exception_type(ConnectionFailure),
    stop=stop_after_attempt(4),
    wait=wait_exponential(multiplier=0.2, max=2),
    reraise=True,
)


@contextmanager
def connected() -> Iterator[Database[Document]]:
    """The database that the settings name; raises ValueError when one is missing."""
    load_dotenv(".env", interpolate=False)
    uri = os.environ.get("MONGODB_CONNECTION_STRING", "")
    if not uri:
        raise ValueError("Set MONGODB_CONNECTION_STRING in the environment or in .env.")
    # One client for the whole program: it keeps a pool of connections, for all threads.
    with MongoClient[Document](uri, serverSelectionTimeoutMS=5_000, appname="example") as client:
        client.admin.command("ping")
        yield client[os.environ.get("MONGODB_DATABASE") or "zava"]


def now() -> str:
    """The time as documents hold it: a text, in UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- Create, read, update, delete ---


@patiently
def create_customer(database: Database[Document], customer_id: str, email: str) -> bool:
    """Store a customer; False where that one is there already, so that it may be repeated."""
    at = now()
    try:
        database["customers"].insert_one(
            {
                "customer_id": customer_id,
                "first_name": "Ada",
                "last_name": "Example",
                "email": email,
                "phone": "(206) 555-0100",
                "primary_store_id": "store_seattle",
                "created_at": at,
                "updated_at": at,
                "deleted": False,
            }
        )
        return True
    except DuplicateKeyError:
        return False


@patiently
def read_customer(database: Database[Document], email: str) -> Document | None:
    """The customer with an address, by the index on `email`."""
    return database["customers"].find_one({"email": email, "deleted": False}, {"_id": 0})


@patiently
def update_customer(database: Database[Document], customer_id: str, phone: str) -> bool:
    """Change one field, and say when: devices merge field by field. False where nobody is there."""
    changed = {"phone": phone, "updated_at": now()}
    result = database["customers"].update_one({"customer_id": customer_id}, {"$set": changed})
    return result.matched_count == 1


@patiently
def delete_customer(database: Database[Document], customer_id: str) -> bool:
    """Delete softly, so that every device learns of it."""
    changed = {"deleted": True, "updated_at": now()}
    result = database["customers"].update_one({"customer_id": customer_id}, {"$set": changed})
    return result.modified_count == 1


def remove_customer(database: Database[Document], customer_id: str) -> None:
    """Remove for good; here only what this example made."""
    database["customers"].delete_many({"customer_id": customer_id})


# --- Aggregations ---


@patiently
def order_with_items(database: Database[Document], order_id: str) -> Document | None:
    """An order with its lines in `items`."""
    pipeline: list[Document] = [
        {"$match": {"order_id": order_id}},
        {
            "$lookup": {
                "from": "order_items",
                "localField": "order_id",
                "foreignField": "order_id",
                "as": "items",
            }
        },
    ]
    return next(iter(database["orders"].aggregate(pipeline)), None)


@patiently
def sales_by_store(database: Database[Document], first: str, until: str) -> list[Document]:
    """Orders and money by store from a stored time on and before another, the most first."""
    pipeline: list[Document] = [
        {
            "$match": {
                "order_date": {"$gte": first, "$lt": until},
                "status": {"$ne": "cancelled"},
                "deleted": False,
            }
        },
        {
            "$group": {
                "_id": "$store_id",
                "orders": {"$sum": 1},
                "revenue": {"$sum": {"$subtract": ["$subtotal", "$discount_total"]}},
            }
        },
        {"$set": {"revenue": {"$round": ["$revenue", 2]}}},
        {"$sort": {"revenue": -1, "_id": 1}},
    ]
    return list(database["orders"].aggregate(pipeline, maxTimeMS=10_000))


@patiently
def low_stock(database: Database[Document], store_id: str, limit: int) -> list[Document]:
    """What is at or below its reorder point; the view adds the movements to the opening level."""
    found = database["inventory_on_hand"].find(
        {"store_id": store_id, "low": True}, {"_id": 0, "sku": 1, "on_hand": 1}
    )
    return list(found.sort([("on_hand", 1), ("sku", 1)]).limit(limit))


# --- Vectors ---


@patiently
def products_like(
    database: Database[Document], vector: Sequence[float], limit: int
) -> list[tuple[str, float]]:
    """Products and the cosine of their descriptions with a vector, the nearest first.

    By the vector index of Atlas; where there is none, one by one in this process.
    """
    vectors = database["product_embeddings"]
    search: Document = {
        "index": "vector_index",
        "path": "description_embedding",
        "queryVector": list(vector),
        "numCandidates": max(100, limit),
        "limit": limit,
        "filter": {"deleted": False},
    }
    score = {"product_id": 1, "score": {"$meta": "vectorSearchScore"}}
    try:
        found = list(vectors.aggregate([{"$vectorSearch": search}, {"$project": score}]))
        # Atlas gives (1 + cosine) / 2.
        return [(one["product_id"], 2 * one["score"] - 1) for one in found]
    except OperationFailure:
        cosines = [
            (str(one["product_id"]), _cosine(vector, one["description_embedding"]))
            for one in vectors.find({"deleted": False}, {"product_id": 1, search["path"]: 1})
        ]
        return sorted(cosines, key=lambda one: (-one[1], one[0]))[:limit]


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    # Stored vectors have the length 1.
    length = sum(number * number for number in one) ** 0.5
    return sum(a * b for a, b in zip(one, other, strict=True)) / (length or 1.0)


# --- Many at once ---


def write_many(database: Database[Document], codes: Sequence[str]) -> int:
    """Store documents in batches and change some of them, each batch in one journey.

    What is there already stays, so that it may be repeated; returns how many are new.
    """
    at = now()
    written = 0
    for begin in range(0, len(codes), 500):
        batch = codes[begin : begin + 500]
        work: list[InsertOne[Document] | UpdateOne | DeleteOne] = [
            InsertOne({"_id": code, "created_at": at}) for code in batch
        ]
        work.append(UpdateOne({"_id": batch[0]}, {"$set": {"first": True}}))
        try:
            # Not in order, so that one that fails does not hold up the others.
            written += database["example"].bulk_write(work, ordered=False).inserted_count
        except BulkWriteError as error:
            others = [one for one in error.details["writeErrors"] if one["code"] != 11000]
            if others:
                raise
            written += error.details["nInserted"]
    return written


# --- All or nothing ---


def take_from_stock(database: Database[Document], inventory_id: str, units: int) -> bool:
    """Write a movement and the counter of its item in one transaction; False if too few are there.

    The driver repeats the whole of it when the primary changes in between.
    """
    at = now()
    taken = False

    def work(session: Any) -> None:
        nonlocal taken
        taken = False
        item = database["inventory"].find_one({"inventory_id": inventory_id}, session=session)
        if item is None or item["stock_level"] + item.get("stock_delta", 0) < units:
            return
        database["inventory"].update_one(
            {"_id": item["_id"]},
            {"$inc": {"stock_delta": -units}, "$set": {"last_updated": at}},
            session=session,
        )
        database["stock_movements"].insert_one(
            {
                "_id": f"example-{inventory_id}",
                "movement_id": f"example-{inventory_id}",
                "store_id": item["store_id"],
                "inventory_id": inventory_id,
                "product_id": item["product_id"],
                "reason": "sale",
                "quantity": -units,
                "at": at,
                "deleted": False,
            },
            session=session,
        )
        taken = True

    with database.client.start_session() as session:
        session.with_transaction(work)
    return taken


def main() -> int:
    """Do all of it once, say what came of it, and clean up."""
    try:
        with connected() as database:
            _tour(database)
    except (ValueError, PyMongoError) as error:
        # The text of a driver's error may be long, and its first line says it.
        print(str(error).splitlines()[0], file=sys.stderr)
        return 1
    return 0


def _tour(database: Database[Document]) -> None:
    who, email = "cust_example", "ada@example.net"
    remove_customer(database, who)
    try:
        print("created:", create_customer(database, who, email))
        print("once more:", create_customer(database, who, email))
        print("changed:", update_customer(database, who, "(206) 555-0101"))
        print("read:", (read_customer(database, email) or {}).get("phone"))
        print("deleted:", delete_customer(database, who), read_customer(database, email))
    finally:
        remove_customer(database, who)
    order = database["orders"].find_one({"deleted": False}, sort=[("order_date", -1)])
    if order is not None:
        found = order_with_items(database, order["order_id"]) or {"items": []}
        print("the newest order has lines:", len(found["items"]))
        print("sales since the first of its month:", sales_by_store(
            database, f"{str(order['order_date'])[:7]}-01", "9"
        )[:2])  # fmt: skip
    print("low stock:", low_stock(database, "store_seattle", 2))
    like = database["product_embeddings"].find_one({"deleted": False})
    if like is not None:
        print("like it:", products_like(database, like["description_embedding"], 3))
    try:
        print("written:", write_many(database, ["a", "b", "c"]), write_many(database, ["c", "d"]))
    finally:
        database.drop_collection("example")


if __name__ == "__main__":
    raise SystemExit(main())
