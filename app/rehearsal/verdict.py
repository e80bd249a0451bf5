"""Judges whether a rehearsal ended as it must, and if not, what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.domain.entities import Reason
from app.domain.order_numbers import order_number
from app.rehearsal.code_steps import ScanPack
from app.rehearsal.code_verdict import Read, lost_codes, odd_scans, read_apart
from app.rehearsal.contents import Contents, Document, contents, text_id
from app.rehearsal.edits import lost_edits
from app.rehearsal.expectations import unexpected
from app.rehearsal.goods import Goods
from app.rehearsal.journal import Journal
from app.rehearsal.paper_steps import OfPaper, Tidy
from app.rehearsal.paper_verdict import lost_papers, odd_papers
from app.rehearsal.people_verdict import lost_people, odd_words
from app.rehearsal.return_verdict import odd_returns
from app.rehearsal.schedule import Expected
from connector_config.schema.collections import (
    COLLECTIONS,
    GOODS_RECEIPTS,
    INVENTORY,
    ORDER_ITEMS,
    ORDERS,
    STOCK_MOVEMENTS,
    STOCKTAKES,
    TRANSFERS,
)
from connector_config.schema.scope import Wanted
from connector_config.wording import counted

FAILED: Final = "failed"
STUCK: Final = "stuck"
LOST: Final = "lost"
DUPLICATES: Final = "duplicates"
UNEQUAL: Final = "unequal"
LEDGER: Final = "ledger"
PAPERS: Final = "papers"
UNEXPECTED: Final = "unexpected"

_MOVING: Final = frozenset({"sell", "receive", "count", "move", "undo", "take_much"})
# What becomes of an order is written into it.
_GROWS: Final = frozenset({"status", "history", "returns", "updated_at"})
_OF_PAPERS: Final = frozenset({"shipment", "return", "receipt", "count", "undoes"})


@dataclass(slots=True)
class Verdict:
    """The sentences about what is wrong, by kind; and how many ledgers and papers were proven."""

    problems: dict[str, list[str]] = field(
        default_factory=lambda: {
            kind: []
            for kind in (FAILED, STUCK, LOST, DUPLICATES, UNEQUAL, LEDGER, PAPERS, UNEXPECTED)
        }
    )
    ledgers: int = 0
    papers: int = 0

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.problems.values())

    def first(self, count: int = 10) -> list[str]:
        """The first sentences about what is wrong, each with its kind."""
        said = [f"{kind}: {one}" for kind, its in self.problems.items() for one in its]
        rest = len(said) - count
        return said[:count] + ([f"and {rest} more"] if rest > 0 else [])


@dataclass(frozen=True, slots=True)
class Held:
    """The contents of a peer of a store in the end."""

    store_id: str
    scope: Sequence[Wanted]
    contents: Contents
    codes: Read = field(default_factory=dict)
    """What its scanner reads the codes as that the schedule was about."""


Documents = Mapping[str, Sequence[Document]]


def judge(
    goods: Goods,
    begin: Documents,
    journal: Journal,
    mongodb: Documents,
    peers: Mapping[str, Held],
    expected: Sequence[Expected] = (),
    stuck: Sequence[str] = (),
    others: Collection[str] = (),
) -> Verdict:
    """Compare what was acknowledged with what is there; `begin` is what MongoDB held before.

    `others` are devices that wrote into MongoDB besides, and are in no journal.
    """
    verdict = Verdict()
    problems = verdict.problems
    problems[FAILED] += journal.failures
    problems[STUCK] += stuck
    problems[LOST] += _lost(journal, mongodb)
    problems[LOST] += lost_edits(goods, begin, journal, mongodb)
    problems[LOST] += lost_papers(journal, mongodb)
    problems[LOST] += lost_codes(journal, mongodb)
    problems[LOST] += lost_people(journal, mongodb)
    problems[DUPLICATES] += _duplicates(mongodb, peers)
    problems[DUPLICATES] += _written_by_nobody(begin, journal, mongodb, others)
    problems[DUPLICATES] += _halves(goods, mongodb)
    everything = {"MongoDB": (mongodb[INVENTORY], mongodb[STOCK_MOVEMENTS])}
    for name, held in peers.items():
        problems[UNEQUAL] += _differences(goods, name, held, mongodb)
        problems[UNEQUAL] += read_apart(name, held.codes, mongodb)
        own = [i for i in held.contents[INVENTORY].values() if i["store_id"] == held.store_id]
        everything[name] = (own, list(held.contents[STOCK_MOVEMENTS].values()))
    for name, (items, movements) in everything.items():
        verdict.ledgers += len(items)
        problems[LEDGER] += _ledger(goods, name, items, movements)
    verdict.papers = sum(len(mongodb[name]) for name in (TRANSFERS, GOODS_RECEIPTS, STOCKTAKES))
    problems[PAPERS] += odd_papers(mongodb)
    problems[PAPERS] += odd_returns(mongodb)
    problems[LEDGER] += odd_words(mongodb)
    problems[LEDGER] += odd_scans(begin, journal, mongodb)
    problems[UNEXPECTED] += unexpected(goods, expected, journal, begin, mongodb)
    return verdict


def _lost(journal: Journal, mongodb: Documents) -> Iterator[str]:
    movements = {one["movement_id"]: one for one in mongodb[STOCK_MOVEMENTS]}
    there = {
        (name, text_id(name, one)): one for name in (ORDERS, ORDER_ITEMS) for one in mongodb[name]
    }
    for done in journal.done:
        for movement in done.evidence.get("movements", ()):
            found = movements.get(movement["movement_id"])
            what = (
                f"the movement {movement['movement_id']} ({movement['quantity']:+d}) of a "
                f"{done.step.do} that {done.peer} acknowledged"
            )
            if found is None:
                yield f"{what} is not in MongoDB"
            elif any(found.get(name) != value for name, value in movement.items()):
                yield f"{what} is another one in MongoDB"
        for name, documents in done.evidence.get("documents", {}).items():
            for document in documents:
                stored = there.get((name, text_id(name, document)))
                if stored is None:
                    yield f"{name} {document['order_id']} of {done.peer} is not in MongoDB"
                elif any(
                    stored.get(field) != value
                    for field, value in document.items()
                    if field not in _GROWS
                ):
                    yield f"{name} {document['order_id']} of {done.peer} is another one in MongoDB"


def _duplicates(mongodb: Documents, peers: Mapping[str, Held]) -> Iterator[str]:
    everywhere = {"MongoDB": mongodb} | {
        name: {kind: list(its.values()) for kind, its in held.contents.items()}
        for name, held in peers.items()
    }
    for where, documents in everywhere.items():
        for name, its in documents.items():
            field_name = COLLECTIONS[name].id_fields[-1]
            for value, count in Counter(one[field_name] for one in its).items():
                if count > 1:
                    yield f"{name} {value} is {counted(count, 'time')} in {where}"


def _written_by_nobody(
    begin: Documents, journal: Journal, mongodb: Documents, others: Collection[str]
) -> Iterator[str]:
    known = {movement["movement_id"] for movement in begin[STOCK_MOVEMENTS]} | {
        movement["movement_id"]
        for done in journal.done
        for movement in done.evidence.get("movements", ())
    }
    orders = {order["order_id"] for order in begin[ORDERS]} | {
        order["order_id"]
        for done in journal.done
        for order in done.evidence.get("documents", {}).get(ORDERS, ())
    }
    orders |= {
        paper["order_id"]
        for done in journal.done
        for name, paper in done.evidence.get("papers", ())
        if name == ORDERS
    }
    cut_off = {
        one.arguments["order_id"] for one in journal.in_flight if "order_id" in one.arguments
    }
    numbers = {order_number(one) for one in cut_off}
    orders |= cut_off | {one["order_id"] for one in mongodb[ORDERS] if one.get("number") in numbers}
    # A write that was cut off may have left one movement about its item.
    allowed = Counter(
        (one.device_id, one.arguments.get("item", {}).get("inventory_id"))
        for one in journal.in_flight
        if one.step.do in _MOVING
    )
    # One about papers may have left more; whether it is whole, the papers tell.
    of_papers = {
        one.device_id
        for one in journal.in_flight
        if isinstance(one.step, (OfPaper, Tidy, ScanPack))
    }
    for movement in mongodb[STOCK_MOVEMENTS]:
        if movement["movement_id"] in known or movement["device_id"] in others:
            continue
        if movement["device_id"] in of_papers and movement["reference"].keys() & _OF_PAPERS:
            continue
        if (order_id := movement["reference"].get("order")) is not None:
            if order_id not in orders:
                yield f"nobody took the order {order_id} of a movement in MongoDB"
            continue
        item = None if movement["reference"].get("undoes") else movement["inventory_id"]
        if not allowed[(movement["device_id"], item)]:
            yield (
                f"nobody wrote the movement {movement['movement_id']} "
                f"({movement['quantity']:+d}) that is in MongoDB"
            )
        allowed[(movement["device_id"], item)] -= 1
    for order in mongodb[ORDERS]:
        if order["order_id"] not in orders and order.get("device_id") not in others:
            yield f"nobody took the order {order['order_id']} that is in MongoDB"


def _halves(goods: Goods, mongodb: Documents) -> Iterator[str]:
    """An order is there with all its lines and movements, or not at all.

    Those that zava-seed made have no movements.
    """
    made = {one["order_id"] for one in goods.documents[ORDERS]}
    lines = Counter(one["order_id"] for one in mongodb[ORDER_ITEMS])
    moved = Counter(
        one["reference"].get("order")
        for one in mongodb[STOCK_MOVEMENTS]
        if one["reason"] == Reason.SOLD.value
    )
    counts = {one["order_id"]: int(one["item_count"]) for one in mongodb[ORDERS]}
    for order_id in sorted((counts.keys() | lines.keys() | (moved.keys() - {None})) - made):
        count = counts.get(order_id, 0)
        if (lines[order_id], moved[order_id]) != (count, count):
            yield (
                f"order {order_id} has {counted(count, 'line')} by its own word, "
                f"{counted(lines[order_id], 'line')} and "
                f"{counted(moved[order_id], 'movement')} in MongoDB"
            )


def _differences(goods: Goods, name: str, held: Held, mongodb: Documents) -> Iterator[str]:
    there = contents(held.scope, mongodb)
    for collection, documents in there.items():
        mine = held.contents[collection]
        for key in sorted(documents.keys() | mine.keys()):
            what = goods.name_of(collection, key)
            if key not in mine:
                yield f"{what} is in MongoDB and not on {name}"
            elif key not in documents:
                yield f"{what} is on {name} and not in MongoDB"
            else:
                for part in sorted(documents[key].keys() | mine[key].keys()):
                    ours, theirs = mine[key].get(part), documents[key].get(part)
                    if ours != theirs:
                        yield f"{part} of {what} is {ours!r} on {name} and {theirs!r} in MongoDB"


def _ledger(
    goods: Goods, where: str, items: Sequence[Document], movements: Sequence[Document]
) -> Iterator[str]:
    moved: Counter[str] = Counter()
    for movement in movements:
        moved[movement["inventory_id"]] += int(movement["quantity"])
    for item in items:
        counter = int(item.get("stock_delta") or 0)
        total = moved[item["inventory_id"]]
        if counter != total:
            what = goods.name_of(INVENTORY, text_id(INVENTORY, item))
            yield (
                f"in {where}, stock of {what} moved by {counter:+d}, but its movements add up to "
                f"{total:+d}"
            )
