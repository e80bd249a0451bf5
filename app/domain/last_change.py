"""What undo does about the last change of this device, whatever it was.

What was noted (`app.domain.changes`) names the change. Everything else is asked of the documents
when somebody wants to undo: an `Offer` says what taking it back does, or why that cannot be, and
what to do instead. What the documents say was taken back already, wherever that was done, has None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.domain.changes import Kind, Made, shown
from app.domain.closings import Closing
from app.domain.entities import Movement, Reason, StockItem, short
from app.domain.errors import UPDATE_FIRST
from app.domain.orders import Order, OrderStatus
from app.domain.oversell import Settlement, SettlementKind
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.domain.receiving import GoodsReceipt, ReceiptState
from app.domain.stocktake import Count, Stocktake
from app.domain.transfers import Transfer
from app.domain.undo import UndoPreview
from connector_config.schema.forgotten import is_forgotten
from connector_config.wording import counted, dollars, number, signed


@dataclass(frozen=True, slots=True)
class Offer:
    """What undo does now about a change, which `name` names.

    `sentence` says what taking it back does, or, where it is `refused`, why it cannot be and what
    to do instead: on `screen`, at the thing with the id `item`. Where it `asks`, others or money
    are concerned: it is done once a person has said so. `product_id` is there where the change is
    one of a product.
    """

    made: Made
    name: str
    sentence: str = ""
    asks: bool = False
    refused: bool = False
    screen: str = ""
    item: str = ""
    product_id: str = ""

    def before_that(self) -> Offer:
        """The same after a newer change could not be undone: nobody expects it, so it asks."""
        sentence = f"What came after it stays as it is. {self.sentence}".strip()
        return self if self.refused else replace(self, asks=True, sentence=sentence)


def edited(made: Made, stored: Sequence[Mapping[str, Any]]) -> Offer | None:
    """Undoing an edit; `stored` are its documents as they are now."""
    edits, name = made.change.edits, _EDITED[made.change.kind].format(**made.change.key)
    parts = list(zip(edits, stored, strict=True))
    if any(is_forgotten(there) for there in stored):
        return _refused(made, name, _FORGOTTEN)
    if all(shown(one.before, there) == one.before for one, there in parts):
        return None
    if any(shown(one.after, there) != one.after for one, there in parts):
        sentence = "It was changed again since then, here or elsewhere: change it there instead."
        return _refused(made, name, sentence)
    merged = made.change.kind is Kind.CUSTOMERS_MERGED
    return Offer(made, name, _TWO_AGAIN if merged else "It is as it was before.")


def moved(made: Made, movement: Movement, preview: UndoPreview, name: str) -> Offer | None:
    """Undoing an adjustment or a move of a product that is called `name`."""
    if preview.undone:
        return None
    if movement.reason is Reason.MOVED and movement.to_place is not None:
        what = f"{name} moved to {movement.to_place.code}"
    else:
        quantity = signed(movement.quantity)
        what = f"{quantity} {name}, {movement.reason.label.lower()}"
    offer = Offer(made, what, preview.sentence, product_id=movement.product_id)
    if not preview.allowed:
        return replace(offer, refused=True)
    return offer


def placed(made: Made, movement: Movement, item: StockItem, name: str) -> Offer | None:
    """Undoing that a product called `name` got a further place, or lost one."""
    added, gone = movement.to_place, movement.from_place
    if (added is not None and added not in item.other_places) or gone in item.other_places:
        return None
    what = f"{name}, {movement.note[:1].lower()}{movement.note[1:]}"
    return Offer(made, what, "It is as it was before.", product_id=movement.product_id)


def receipt_posted(made: Made, receipt: GoodsReceipt) -> Offer | None:
    """Undoing goods that came in."""
    if receipt.state is not ReceiptState.POSTED:
        return None
    units = sum(one.received - one.damaged for one in receipt.lines)
    taken = counted(units, "unit")
    sentence = f"{taken} out of the stock again, each line with a counter-movement"
    if receipt.paper_number:
        sentence += f", and what {receipt.paper_number} announced is expected once more"
    return _asked(made, f"goods receipt {receipt.number}", f"It takes {sentence}.")


def receipt_begun(made: Made, receipt: GoodsReceipt) -> Offer | None:
    """Undoing a draft, of which everything else was taken back before."""
    if receipt.state is not ReceiptState.DRAFT:
        return None
    offer = Offer(made, f"goods receipt {receipt.number}, begun", "The draft is discarded.")
    return replace(offer, asks=any(line.received for line in receipt.lines))


def count_begun(made: Made, stocktake: Stocktake) -> Offer | None:
    """Undoing a stocktake that was begun."""
    if not stocktake.is_open:
        return None
    sentence = "It stops, for everybody who counts, and nothing of it is posted."
    return _asked(made, f"count {stocktake.name}, begun", sentence)


def count_entered(made: Made, count: Count, stocktake: Stocktake, name: str) -> Offer | None:
    """Undoing what somebody counted of a product that is called `name`."""
    if count.withdrawn or stocktake.cancelled:
        return None
    what = f"{number(count.quantity)} {name} counted"
    if stocktake.posted_by:
        return _refused(made, what, _COUNTED_ONCE.format(number=stocktake.number))
    return replace(Offer(made, what, "The count is taken out."), product_id=count.product_id)


def order_placed(made: Made, order: Order) -> Offer | None:
    """Undoing an order, which is cancelling it."""
    if order.status is OrderStatus.CANCELLED:
        return None
    name = f"order {order.title} of {order.customer_name}"
    if order.status is OrderStatus.UNKNOWN:
        return _refused(made, name, f"How far it is cannot be told: {UPDATE_FIRST}.")
    if order.returns:
        return _refused(made, name, "Some of it came back already: return the rest in Orders.")
    units = sum(line.quantity for line in order.lines)
    sentence = (
        f"The whole order is cancelled: {counted(units, 'unit')} back into the stock of "
        f"{short(order.store_name)}, and {dollars(order.total)} to be given back."
    )
    if order.status is OrderStatus.COMPLETED:
        sentence += " The customer has the goods already."
    return _asked(made, name, sentence)


def transfer_requested(made: Made, transfer: Transfer) -> Offer | None:
    """Undoing a request for goods."""
    if transfer.cancelled:
        return None
    name = f"transfer {transfer.number}"
    if any(line.shipped > line.returned for line in transfer.lines):
        return _refused(made, name, "Some of it was shipped: cancel the shipment in Transfers.")
    return _asked(made, name, "It is cancelled: the other store is asked for nothing any more.")


def shipped(made: Made, transfer: Transfer) -> Offer | None:
    """Undoing a shipment."""
    shipment_id = made.change.key["shipment_id"]
    if any(one.shipment_id == shipment_id for one in transfer.returns):
        return None
    name = f"shipment of transfer {transfer.number}"
    back = sum(transfer.can_cancel(shipment_id).values())
    if not back:
        return _refused(made, name, "All of it has arrived: ask for it back with a transfer.")
    return _asked(
        made, name, f"{counted(back, 'unit')} back into this stock: the box must not leave."
    )


def purchase_order_begun(made: Made, paper: PurchaseOrder) -> Offer | None:
    """Undoing a draft at a supplier."""
    if paper.state is not PurchaseOrderState.DRAFT:
        return None
    return _asked(made, f"draft {paper.number}", "The draft is cancelled; nothing was ordered.")


def ordered(made: Made, paper: PurchaseOrder) -> Offer | None:
    """Undoing that a draft was ordered, which is cancelling the order."""
    if paper.state is PurchaseOrderState.CANCELLED:
        return None
    name = f"purchase order {paper.number}"
    if paper.state is not PurchaseOrderState.ORDERED:
        return _refused(made, name, "Goods of it came in: undo their receipt in Receive first.")
    at = f" of {paper.supplier}" if paper.supplier else ""
    sentence = (
        f"It is cancelled here, {dollars(paper.total)} at cost. Tell the supplier{at} yourself."
    )
    return _asked(made, name, sentence)


def settled(made: Made, settlement: Settlement, transfer: Transfer | None) -> Offer | None:
    """Undoing a settlement of a sale that was short; `transfer` is the one it asked for."""
    if settlement.taken_back_at:
        return None
    number = settlement.number or settlement.order_id
    if settlement.kind is SettlementKind.CANCEL:
        return _refused(
            made,
            f"order {number}, cancelled in Oversold",
            "A cancelled order stays cancelled: place it anew in Order.",
        )
    if settlement.kind is SettlementKind.SWAP:
        return _refused(
            made,
            f"order {number}, swapped for {settlement.new_number}",
            f"Cancel order {settlement.new_number} in Orders, and place another one in Order.",
        )
    if settlement.kind is SettlementKind.BACK_ORDER:
        return Offer(made, "the customer waits, in Oversold", "The case is open again.")
    if settlement.kind is SettlementKind.UNKNOWN:
        sentence = f"What was done about it cannot be told: {UPDATE_FIRST}."
        return _refused(made, f"order {number}, settled in Oversold", sentence)
    name = f"transfer {settlement.transfer_number}, asked for in Oversold"
    if transfer is None or transfer.shipments:
        return _refused(made, name, "It is on its way: cancel the shipment in Transfers.")
    return _asked(made, name, "The transfer is cancelled, and the case is open again.")


def day_closed(made: Made, closing: Closing) -> Offer | None:
    """Undoing that a day was closed."""
    if closing.taken_back_at:
        return None
    sentence = (
        "The day is open again and can be closed anew. A paper that was printed of it does not "
        "hold any more."
    )
    return _asked(made, f"closing of {made.change.key['day']}", sentence)


def final(made: Made) -> Offer:
    """What cannot be undone, whatever became of its documents."""
    name, sentence = _FINAL[made.change.kind]
    number = made.change.key.get("number", "")
    return _refused(made, name.format(number=number), sentence.format(number=number))


_EDITED: Final = {
    Kind.CUSTOMER: "change of the customer {number}",
    Kind.CUSTOMERS_MERGED: "merging of the customers {number} and {kept}",
    Kind.CODE: "change of the code {number}",
    Kind.PERSON: "change of {number} in People",
    Kind.PAPER: "change of {number}",
}
_TWO_AGAIN: Final = "They are two customers again, each with the orders of their own."
_FORGOTTEN: Final = "The customer was removed at their own wish, and nothing brings them back."
_COUNTED_ONCE: Final = "{number} is posted: count the product again in a new stocktake."
_FINAL: Final = {
    Kind.CUSTOMER_FORGOTTEN: ("removal of a customer, who asked for it", _FORGOTTEN),
    Kind.COUNT: (
        "count {number}, posted",
        "What was counted is in the books: count it again in a new stocktake.",
    ),
    Kind.COUNT_CANCELLED: ("count {number}, stopped", "Begin a new one in Count."),
    Kind.PERSON_SECRET: ("new PIN or badge of {number}", "Give another one in People."),
    Kind.RECEIPT_DISCARDED: ("goods receipt {number}, discarded", "Begin it anew in Receive."),
    Kind.ORDER_COMPLETED: (
        "order {number}, handed over",
        "The customer has the goods: take them back in Orders.",
    ),
    Kind.ORDER_CANCELLED: (
        "order {number}, cancelled",
        "Its goods are in stock again and its money is given back: place it anew in Order.",
    ),
    Kind.ORDER_RETURNED: (
        "goods of order {number}, taken back",
        "They are in stock and their money is given back: sell them again in Order.",
    ),
    Kind.TRANSFER_CANCELLED: ("transfer {number}, cancelled", "Ask anew in Transfers."),
    Kind.SHIPMENT_CANCELLED: (
        "shipment of transfer {number}, cancelled",
        "Its goods are in stock again: ship them anew in Transfers.",
    ),
    Kind.PURCHASE_ORDER_CANCELLED: (
        "purchase order {number}, cancelled",
        "Order it anew in Reorder.",
    ),
}
FINAL: Final = frozenset(_FINAL)
"""The kinds of changes that cannot be undone, of which nothing needs to be looked up."""


def _asked(made: Made, name: str, sentence: str) -> Offer:
    return _placed(Offer(made, name, sentence, asks=True))


def _refused(made: Made, name: str, sentence: str) -> Offer:
    return _placed(Offer(made, name, sentence, refused=True))


def _placed(offer: Offer) -> Offer:
    change = offer.made.change
    return replace(offer, screen=change.screen, item=change.item)
