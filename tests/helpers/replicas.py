"""Devices in memory that exchange documents in any order, for the rules of `app.domain`.

What Ditto does, as far as the rules rest on it: documents are maps whose fields each keep the last
write, counters add up, and single changes of documents travel on their own, in any order and more
than once. What one transaction of a device writes is there at once on that device, and nowhere else
at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.data.stock.movements import new_document
from app.domain import papers, receiving, stocktake, transfer_steps, transfers, undo
from app.domain.documents.receipts import to_receipt
from app.domain.documents.stocktakes import to_count, to_stocktake
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor, Device, Place, Profile, Role, StockItem
from app.domain.papers import Change, Posting
from connector_config.schema.collections import (
    GOODS_RECEIPTS,
    STOCKTAKE_COUNTS,
    STOCKTAKES,
    TRANSFERS,
    ditto_id,
)
from connector_config.schema.instants import to_iso
from connector_config.schema.stock_documents import item_id

Key = tuple[str, tuple[tuple[str, str], ...]]
Path = tuple[str, ...]
Stamp = tuple[int, str]

_START = datetime(2026, 11, 21, 9, tzinfo=UTC)
_moments = itertools.count(1)


def now(ahead: int = 0) -> str:
    """A moment as stored, later than any before on a clock that is so many minutes ahead."""
    return to_iso(_START + timedelta(minutes=ahead, seconds=next(_moments)))


@dataclass(frozen=True, slots=True)
class Fields:
    """A change of a document: each field with the stamp of the write."""

    key: Key
    stores: frozenset[str]
    values: Mapping[Path, tuple[Stamp, Any]]


@dataclass(frozen=True, slots=True)
class Moved:
    """A ledger document."""

    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Increment:
    """A device's addition to a counter; no other addition has its number."""

    number: int
    inventory_id: str
    quantity: int


Message = Fields | Moved | Increment


class Replica:
    """One device of a store with its documents; `sent` is all it ever wrote or passed on."""

    def __init__(self, store_id: str, name: str) -> None:
        self.store_id = store_id
        self.actor = Actor(Profile(store_id, Role.MANAGER, name), Device(name, name))
        self.documents: dict[Key, dict[Path, tuple[Stamp, Any]]] = {}
        self.movements: dict[str, Mapping[str, Any]] = {}
        self.counters: dict[str, int] = {}
        self.messages: list[Message] = []
        self._known: set[int] = set()
        self._lamport = 0

    @property
    def device_id(self) -> str:
        return self.actor.device.device_id

    # --- documents

    def all(self, collection: str) -> list[dict[str, Any]]:
        """The documents of a collection, as this device sees them."""
        return [_nested(fields) for key, fields in self.documents.items() if key[0] == collection]

    def papers(self) -> list[transfers.Transfer]:
        """The transfers that have arrived here whole enough to be read."""
        whole = [one for one in self.all(TRANSFERS) if "number" in one]
        return [to_transfer(one) for one in whole]

    def receipts(self) -> list[receiving.GoodsReceipt]:
        """The goods receipts here."""
        return [to_receipt(one) for one in self.all(GOODS_RECEIPTS) if "number" in one]

    def paper_of(self, receipt: receiving.GoodsReceipt) -> transfers.Transfer | None:
        """The transfer of a receipt, by id or by number."""
        for one in self.papers():
            if one.to_store_id == receipt.store_id and one.number == receipt.paper_number:
                return one
        return None

    def item(self, product_id: str) -> StockItem:
        """The store's item of a product as this device sees it; all begin with a level of 20."""
        inventory_id = item_id(self.store_id, product_id)
        delta = self.counters.get(inventory_id, 0)
        return StockItem(inventory_id, self.store_id, product_id, Place(), 20, delta)

    def of_item(self, inventory_id: str) -> list[Mapping[str, Any]]:
        """The ledger of an item, as far as it arrived."""
        return [one for one in self.movements.values() if one["inventory_id"] == inventory_id]

    # --- writing: the counterpart of app.data.papers.papers.apply

    def insert(self, collection: str, document: Mapping[str, Any], *stores: str) -> None:
        """A new document, for the devices of some stores."""
        self._write(collection, document, frozenset(stores or (self.store_id,)))

    def apply(self, change: Change, at: str) -> None:
        """Everything of a change, or what is left of it."""
        for patch in change.patches:
            key = (patch.collection, _key(patch.collection, patch.document))
            document = _nested(self.documents[key])
            names = ("store_id", "from_store_id", "to_store_id")
            stores = frozenset(document[name] for name in names if name in document)
            self._write(patch.collection, patch.document, stores)
        for posting in change.postings:
            self.post(posting, at)

    def post(self, posting: Posting, at: str) -> str:
        """A movement and its increment, once; gives the movement's id."""
        item = self.item(posting.product_id)
        movement = papers.movement_id(posting.step, self.device_id)
        if movement in self.movements:
            return movement
        document = new_document(item, posting.reason, self.actor, at, posting.quantity) | {
            "movement_id": movement,
            "reference": dict(posting.reference),
        }
        if posting.effective_at is not None:
            document["effective_at"] = posting.effective_at
        self._emit(Moved(document))
        self._emit(Increment(next(_moments), item.inventory_id, posting.quantity))
        return movement

    def _write(self, collection: str, document: Mapping[str, Any], stores: frozenset[str]) -> None:
        self._lamport += 1
        stamp = (self._lamport, self.device_id)
        values = {path: (stamp, value) for path, value in _leaves(document)}
        self._emit(Fields((collection, _key(collection, document)), stores, values))

    def _emit(self, message: Message) -> None:
        self.receive(message)

    # --- exchange

    def wants(self, message: Message) -> bool:
        """Papers of its store and the store's ledger; counters of all stores."""
        if isinstance(message, Fields):
            return self.store_id in message.stores
        return isinstance(message, Increment) or message.document["store_id"] == self.store_id

    def receive(self, message: Message) -> None:
        """Take a change in; a second time it changes nothing."""
        if id(message) in self._known:
            return
        self._known.add(id(message))
        self.messages.append(message)
        if isinstance(message, Moved):
            self.movements.setdefault(message.document["movement_id"], message.document)
        elif isinstance(message, Increment):
            sum_ = self.counters.get(message.inventory_id, 0) + message.quantity
            self.counters[message.inventory_id] = sum_
        else:
            fields = self.documents.setdefault(message.key, {})
            for path, written in message.values.items():
                self._lamport = max(self._lamport, written[0][0])
                if path not in fields or fields[path][0] < written[0]:
                    fields[path] = written

    def missing_from(self, other: Replica) -> list[Message]:
        """What another device has that this one wants and lacks."""
        return [one for one in other.messages if id(one) not in self._known and self.wants(one)]

    # --- the counterparts of app.data.papers.receiving.link_papers and app.data.papers.settling

    def link(self) -> None:
        """Tell papers of receipts that came before them."""
        for receipt in self.receipts():
            paper = self.paper_of(receipt)
            if paper is not None:
                self.apply(receiving.link(receipt, paper), now())

    def settle(self) -> int:
        """Correct what this device posted; how much there was to correct."""
        change = Change()
        for transfer in self.papers():
            if transfer.from_store_id == self.store_id:
                change += transfer_steps.settle_returns(transfer, self.device_id)
        undos: dict[str, list[Mapping[str, Any]]] = {}
        for one in self.movements.values():
            if one["reason"] == "undo":
                undos.setdefault(one["reference"]["undoes"], []).append(one)
        postings = [
            undo.take_back(one)
            for of_movement in undos.values()
            for one in undo.superfluous(of_movement, self.device_id)
            if one["movement_id"] not in undos
        ]
        for document in self.all(STOCKTAKE_COUNTS):
            count = to_count(document)
            ledger = self.of_item(count.inventory_id)
            moved = self.counters.get(count.inventory_id, 0)
            if sum(one["quantity"] for one in ledger) != moved:
                continue  # documents are under way
            newer = [one for one in ledger if one["at"] >= count.at]
            if off := stocktake.late(count, moved, newer, self.device_id):
                own = [one for one in newer if stocktake.is_of(one, count, self.device_id)]
                postings.append(stocktake.posting(count, off, len(own)))
        change += Change(postings=tuple(postings))
        if change:
            self.apply(change, now())
        return len(change.postings)

    def stocktakes(self) -> list[stocktake.Stocktake]:
        """The stocktakes here."""
        return [to_stocktake(one) for one in self.all(STOCKTAKES) if "number" in one]

    def post_stocktake(self, taken: stocktake.Stocktake) -> list[stocktake.Count]:
        """The counterpart of papers.stocktakes.post; the newest of differing counts holds."""
        counts: dict[str, list[stocktake.Count]] = {}
        for document in self.all(STOCKTAKE_COUNTS):
            if document["stocktake_id"] == taken.stocktake_id:
                counts.setdefault(document["product_id"], []).append(to_count(document))
        posted = []
        for product_id, of_item in counts.items():
            item = self.item(product_id)
            newer = self.of_item(item.inventory_id)
            line = stocktake.review_line(taken, item, of_item, newer)
            if line.chosen is None:
                newest = max(of_item, key=lambda count: count.at)
                chosen = {item.inventory_id: newest.count_id}
                self._write(
                    STOCKTAKES, {**taken.key, "chosen": chosen}, frozenset((self.store_id,))
                )
                chosen_too = next(
                    two for two in self.stocktakes() if two.stocktake_id == taken.stocktake_id
                )
                line = stocktake.review_line(chosen_too, item, of_item, newer)
            if line.chosen is not None and line.difference is not None and not line.posted:
                self.post(stocktake.posting(line.chosen, line.difference, 0), now())
                posted.append(line.chosen)
        return posted


def exchange(replicas: Iterable[Replica]) -> None:
    """Let everybody have everything that they want."""
    everybody = list(replicas)
    for receiver, sender in itertools.permutations(everybody, 2):
        for message in receiver.missing_from(sender):
            receiver.receive(message)
    for receiver, sender in itertools.permutations(everybody, 2):
        for message in receiver.missing_from(sender):
            receiver.receive(message)


def settle_all(replicas: list[Replica], rounds: int = 40) -> None:
    """Exchange, link and settle until nothing changes; fails when that does not end."""
    for _ in range(rounds):
        exchange(replicas)
        before = sum(len(one.messages) for one in replicas)
        for one in replicas:
            one.link()
        corrections = sum(one.settle() for one in replicas)
        if not corrections and before == sum(len(one.messages) for one in replicas):
            return
    raise AssertionError(f"still correcting after {rounds} rounds")


def _key(collection: str, document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    key = ditto_id(collection, document)
    assert isinstance(key, dict)
    return tuple(sorted(key.items()))


def _leaves(document: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in document.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _nested(fields: Mapping[Path, tuple[Stamp, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for path, (_, value) in fields.items():
        place = document
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = value
    return document
