"""Judges from the documents alone whether papers, ledger and stock agree in the end.

Nothing here asks the rules of the app how it should be, but for the shape of a document: what a
transfer says is compared with what the ledger moved, what a count says with what is on hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.domain.documents.transfers import to_transfer
from app.rehearsal.contents import Document, text_id
from app.rehearsal.goods import Goods
from app.rehearsal.journal import Journal
from app.rehearsal.schedule import Expected
from connector_config.schema.collections import (
    GOODS_RECEIPTS,
    INVENTORY,
    STOCK_MOVEMENTS,
    STOCKTAKE_COUNTS,
    STOCKTAKES,
    TRANSFERS,
)

Documents = Mapping[str, Sequence[Document]]

# What never changes once it is written, at any depth.
_FIXED: Final = ("shipments", "receipts", "number", "device_id", "quantity", "at")


def lost_papers(journal: Journal, mongodb: Documents) -> Iterator[str]:
    """Sentences about papers, and parts of papers, that a peer acknowledged and nobody has."""
    there = {(name, text_id(name, one)): one for name, its in mongodb.items() for one in its}
    for done in journal.done:
        for name, document in done.evidence.get("papers", ()):
            what = f"of {name} {document.get('number', '')} after a {done.step.do} of {done.peer}"
            stored = there.get((name, text_id(name, document)))
            if stored is None:
                yield f"a document {what} is not in MongoDB"
                continue
            for path, value in _leaves(document):
                found = _at(stored, path)
                if found is _MISSING or (path[0] in _FIXED and found != value):
                    where = ".".join(path)
                    yield f"{where} {what} is {value!r}, and in MongoDB it is {_word(found)}"


def odd_papers(mongodb: Documents) -> Iterator[str]:
    """Sentences about papers of which there are halves, or that do not add up with the ledger."""
    moved: dict[str, Counter[tuple[str, str]]] = {
        name: Counter() for name in ("shipment", "return", "receipt")
    }
    for movement in mongodb[STOCK_MOVEMENTS]:
        for name, counter in moved.items():
            # Orders have returns too.
            if "order" in movement["reference"]:
                continue
            if (key := movement["reference"].get(name)) is not None:
                counter[key, movement["product_id"]] += int(movement["quantity"])
    receipts = {one["receipt_id"]: one for one in mongodb[GOODS_RECEIPTS]}
    for receipt in receipts.values():
        yield from _odd_receipt(receipt, moved["receipt"], mongodb)
    for document in mongodb[TRANSFERS]:
        yield from _odd_transfer(document, moved, receipts)
    # What was moved for something that no paper has.
    for name, counter in moved.items():
        for (key, product), quantity in counter.items():
            if quantity:
                yield f"{quantity:+d} of {product} moved for {name} {key}, which is on no paper"
    yield from _odd_counts(mongodb)


def _odd_receipt(
    receipt: Document, moved: Counter[tuple[str, str]], mongodb: Documents
) -> Iterator[str]:
    counts = receipt.get("posted_at") and not receipt.get("undone_at")
    for product, line in receipt["lines"].items():
        wanted = line["received"] - line["damaged"] if counts else 0
        if (found := moved.pop((receipt["receipt_id"], product), 0)) != wanted:
            yield f"receipt {receipt['number']} says {wanted:+d} {product}, the ledger {found:+d}"
    if receipt.get("posted_at") and receipt["kind"] == "transfer":
        papers = [one for one in mongodb[TRANSFERS] if one["number"] == receipt["paper_number"]]
        for paper in papers:
            entry = paper["receipts"].get(receipt["receipt_id"])
            if entry is None or bool(entry.get("undone")) != bool(receipt.get("undone_at")):
                yield f"transfer {paper['number']} does not know what became of {receipt['number']}"


def _odd_transfer(
    document: Document,
    moved: Mapping[str, Counter[tuple[str, str]]],
    receipts: Mapping[str, Document],
) -> Iterator[str]:
    transfer = to_transfer(document)
    name = transfer.number
    out: Counter[str] = Counter()
    back: Counter[str] = Counter()
    came: Counter[str] = Counter()
    noted: Counter[str] = Counter()
    for key, entry in document["shipments"].items():
        for product, quantity in entry["lines"].items():
            out[product] -= (found := moved["shipment"].pop((key, product), 0))
            if found != -quantity:
                yield f"a shipment of {name} says {quantity} of {product}, the ledger {found:+d}"
    for key, entry in document["returns"].items():
        for product, line in entry["lines"].items():
            back[product] += (found := moved["return"].pop((key, product), 0))
            if found != line["quantity"]:
                yield (
                    f"a return of {name} says {line['quantity']} {product}, the ledger {found:+d}"
                )
    for key, entry in document["receipts"].items():
        if (receipt := receipts.get(key)) is None or not receipt.get("posted_at"):
            yield f"nobody posted the receipt {entry['number']} that {name} knows"
        elif not receipt.get("undone_at"):
            came.update({product: line["received"] for product, line in receipt["lines"].items()})
            noted.update({product: line["missing"] for product, line in receipt["lines"].items()})
    for line in transfer.lines:
        product = line.product_id
        left = out[product] - back[product] - came[product]
        missing = min(noted[product], max(left, 0))
        wanted = (max(left - missing, 0), missing, max(came[product] - out[product], 0))
        if (found_ := (line.in_transit, line.missing, line.over)) != wanted:
            yield (
                f"of {product}, {name} says {found_} in transit, missing and over; "
                f"by ledger and receipts it is {wanted}"
            )


def _odd_counts(mongodb: Documents) -> Iterator[str]:
    """On hand is what was last counted and posted, and what happened since."""
    counts = {one["count_id"]: one for one in mongodb[STOCKTAKE_COUNTS]}
    takes = {one["stocktake_id"]: one for one in mongodb[STOCKTAKES]}
    of_item: dict[str, list[Document]] = {}
    for movement in mongodb[STOCK_MOVEMENTS]:
        of_item.setdefault(movement["inventory_id"], []).append(movement)
    for item in mongodb[INVENTORY]:
        movements = of_item.get(item["inventory_id"], [])
        posted = {one["reference"].get("count") for one in movements} - {None}
        if unknown := posted - counts.keys():
            yield f"counts {sorted(unknown)} were posted, and there are no such documents"
            continue
        for key in posted:
            if not takes[counts[key]["stocktake_id"]]["posted_by"]:
                yield f"a count of {counts[key]['stocktake_id']} is posted, and that is still open"
        if not posted:
            continue
        last = max((counts[key] for key in posted), key=lambda one: (one["at"], one["count_id"]))
        since = sum(
            int(one["quantity"])
            for one in movements
            if one["reference"].get("count") is None
            and str(one.get("effective_at") or one["at"]) > last["at"]
            and one["movement_id"] not in (last.get("seen_ahead") or {})
        )
        wanted = last["quantity"] - last["stock_level"] + since
        if (found := int(item.get("stock_delta") or 0)) != wanted:
            yield (
                f"of {item['product_id']} in {item['store_id']}, {last['quantity']} were counted "
                f"and {since:+d} moved since: that is {wanted:+d} to the opening level, not "
                f"{found:+d}"
            )


def of_paper(one: Expected, goods: Goods, journal: Journal, mongodb: Documents) -> dict[str, Any]:
    """The actual values of what is expected of a paper."""
    key = journal.papers[one.paper or ""]["key"] if one.paper in journal.papers else {}
    line = goods.line(one.store, one.item)["product_id"] if one.item else None
    for document in mongodb[TRANSFERS]:
        if document["transfer_id"] == key.get("transfer_id"):
            transfer = to_transfer(document)
            its = [part for part in transfer.lines if line in (None, part.product_id)]
            names = ("shipped", "returned", "received", "missing", "in_transit")
            found = {name: sum(getattr(part, name) for part in its) for name in names}
            return {"state": transfer.state.value, **found}
    counts = [
        count
        for count in sorted(mongodb[STOCKTAKE_COUNTS], key=lambda count: str(count["at"]))
        if count["stocktake_id"] == key.get("stocktake_id") and line in (None, count["product_id"])
    ]
    posted = [
        int(movement["quantity"])
        for movement in mongodb[STOCK_MOVEMENTS]
        if movement["reference"].get("count") in {count["count_id"] for count in counts}
    ]
    return {"counted": [int(count["quantity"]) for count in counts], "posted": sum(posted)}


_MISSING: Final = object()


def _word(value: object) -> str:
    return "missing" if value is _MISSING else repr(value)


def _leaves(
    document: Document, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return _MISSING
        document = document[name]
    return document
