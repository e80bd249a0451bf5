"""Transfers on devices whose clocks differ; what happens in any order is in the papers machine."""

from __future__ import annotations

import itertools

import pytest

from app.domain import receiving, transfer_steps
from app.domain.documents.papers import new_paper
from app.domain.documents.transfers import to_transfer
from app.domain.papers import Document
from app.domain.transfers import TransferLine
from connector_config.schema.collections import GOODS_RECEIPTS, TRANSFERS
from connector_config.schema.stock_documents import item_id
from tests.helpers.replicas import Replica, exchange, settle_all

AHEAD, BEHIND, THERE = "device-ahead", "device-behind", "device-there"


class Van:
    """A transfer of ten drills that a device five minutes ahead has shipped, at 10:05 for it."""

    def __init__(self) -> None:
        self.ahead, self.behind = Replica("store_0", AHEAD), Replica("store_0", BEHIND)
        self.there = Replica("store_1", THERE)
        self.all = [self.ahead, self.behind, self.there]
        document = new_paper(self.ahead.actor, at("10:00"), "TR-1") | {
            "from_store_id": "store_0",
            "to_store_id": "store_1",
            "transfer_id": "transfer",
            "lines": {"drill": {"product_name": "drill", "requested": 10}},
        }
        self.ahead.insert(TRANSFERS, document, "store_0", "store_1")
        self.ship(10, "10:05")

    def ship(self, quantity: int, time: str) -> None:
        (transfer,) = self.ahead.papers()
        lines = {"drill": quantity}
        change = transfer_steps.ship(transfer, "shipment", lines, self.ahead.actor, at(time))
        self.ahead.apply(change, at(time))
        exchange(self.all)

    def cancel(self, device: Replica, time: str) -> None:
        (transfer,) = device.papers()
        change = transfer_steps.cancel_shipment(transfer, "shipment", device.actor, at(time))
        device.apply(change, at(time))

    def receive(self, quantity: int, time: str) -> None:
        document = new_paper(self.there.actor, at(time), "GR-1") | {
            "store_id": "store_1",
            "receipt_id": "receipt",
            "kind": "transfer",
            "paper_id": "",
            "paper_number": "TR-1",
            "lines": {"drill": {"received": quantity, "damaged": 0, "missing": 0}},
        }
        self.there.insert(GOODS_RECEIPTS, document)
        (receipt,) = self.there.receipts()
        change = receiving.post(receipt, self.there.paper_of(receipt), self.there.actor, at(time))
        self.there.apply(change, at(time))

    def line(self) -> TransferLine:
        """What all say of the drills when they have met; the ledger of the sender says the same."""
        settle_all(self.all)
        lines = {one.line("drill") for device in self.all for one in device.papers()}
        (line,) = lines
        assert line is not None
        for device in (self.ahead, self.behind):
            ledger = device.of_item(item_id("store_0", "drill"))
            assert sum(one["quantity"] for one in ledger) == line.returned - line.shipped
        return line


def at(time: str) -> str:
    """A time of the day as stored."""
    return f"2026-11-21T{time}:00.000Z"


@pytest.fixture
def van() -> Van:
    return Van()


def test_what_two_devices_cancel_comes_back_once_whatever_their_clocks_say(van: Van) -> None:
    van.cancel(van.behind, "10:02")
    van.cancel(van.ahead, "10:06")
    line = van.line()
    assert (line.shipped, line.returned, line.in_transit) == (10, 10, 0)
    # Who cancelled first keeps it, by the clocks.
    (transfer,) = van.there.papers()
    kept = {one.signature.device_id: one.lines["drill"].quantity for one in transfer.returns}
    assert kept == {BEHIND: 10, AHEAD: 0}


def test_goods_in_hands_do_not_come_back_too_whatever_the_clocks_say(van: Van) -> None:
    van.cancel(van.behind, "10:02")
    van.receive(10, "10:04")
    line = van.line()
    assert (line.shipped, line.returned, line.received, line.over) == (10, 0, 10, 0)


@pytest.mark.parametrize("time", ["10:01", "10:04", "10:07"])
def test_a_receipt_leaves_the_same_whenever_its_clock_says_it_was(van: Van, time: str) -> None:
    van.receive(4, time)
    van.cancel(van.behind, "10:02")
    van.cancel(van.ahead, "10:06")
    line = van.line()
    assert (line.shipped, line.returned, line.received, line.in_transit) == (10, 6, 4, 0)


def test_the_order_in_which_documents_arrived_does_not_matter(van: Van) -> None:
    van.receive(4, "10:04")
    van.cancel(van.behind, "10:02")
    van.cancel(van.ahead, "10:02")
    exchange(van.all)
    van.there.link()
    exchange(van.all)
    (stored,) = van.ahead.all(TRANSFERS)
    corrected = {
        tuple(_corrected({**stored, "returns": dict(returns)}, one) for one in (AHEAD, BEHIND))
        for returns in itertools.permutations(stored["returns"].items())
    }
    assert sorted(map(sorted, corrected)) == [[-10, -4]]


def _corrected(document: Document, device_id: str) -> int:
    """Units by which a device corrects its return."""
    change = transfer_steps.settle_returns(to_transfer(document), device_id)
    return sum(one.quantity for one in change.postings)
