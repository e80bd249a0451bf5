"""The status line's facts: saved, undo, problems."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from app.domain.changes import Kind, Made, NewlyMade
from app.domain.entities import Place, Reason, Role
from app.domain.errors import ShortStockError, StorageError
from app.domain.last_change import Offer
from app.ui.core.appearance import Appearance
from app.ui.core.message import NO_MESSAGE, problem
from app.ui.shell.status import StatusLine, StatusViewModel, shortage_question
from tests.helpers.fake_sync import FakeSync
from tests.helpers.fakes import (
    TACOMA,
    FakeStockRepository,
    FakeUndoing,
    make_actor,
    make_item,
)
from tests.helpers.waiting import collect, settle, until

ITEM = "store_seattle-p1"


class Shop:
    """A status view model on one product with ten on hand."""

    def __init__(self, role: Role = Role.WORKER) -> None:
        item = make_item("p1", 10)
        self.actor = make_actor(role)
        self.stock = FakeStockRepository([item])
        self.bytes = 5_000_000
        self.sync = FakeSync()
        self.undoing = FakeUndoing(self.stock)
        self.status = StatusViewModel(
            self.undoing,
            self.actor,
            self.sync,
            lambda: datetime(2026, 11, 20, 9, 30, 5, tzinfo=UTC),
            lambda: self.bytes,
            self.stock.on_written,
            look_after=0,
        )

    async def adjust(self, quantity: int, reason: Reason = Reason.DAMAGED) -> None:
        await self.stock.adjust(self.stock.item(ITEM), quantity, reason, self.actor)
        await settle()

    @property
    def on_hand(self) -> int:
        return self.stock.item(ITEM).on_hand


async def test_before_the_first_change_it_claims_nothing():
    shop = Shop()
    await settle()
    state = shop.status.state
    assert (state.message, state.undoes) == (NO_MESSAGE, "")
    assert state.sync.sentence == (
        "Offline: no Ditto credentials; the app works fully on this device"
    )
    assert state.size == 5_000_000


async def test_a_change_is_said_to_be_saved_here_and_with_the_time():
    shop = Shop()
    shop.bytes = 6_000_000
    await shop.adjust(-2)
    assert re.fullmatch(r"Saved on this device at \d\d:30:05", shop.status.state.message.text)
    assert shop.status.state.size == 6_000_000


async def test_undo_says_what_it_would_take_back():
    shop = Shop()
    await shop.adjust(-2)
    assert shop.status.state.undoes == "\N{MINUS SIGN}2 Claw Hammer, damaged"
    await shop.adjust(3, Reason.FOUND)
    assert shop.status.state.undoes == "+3 Claw Hammer, found"


async def test_whoever_may_not_change_stock_undoes_nothing_of_those_who_may():
    shop = Shop(Role.REP)
    await shop.adjust(-2)  # as an order does
    assert shop.status.state.message.text
    assert shop.status.state.undoes == ""
    shop.status.request_undo()
    await settle()
    assert shop.on_hand == 8


async def test_undo_of_a_move_names_the_place():
    shop = Shop()
    await shop.stock.move(shop.stock.item(ITEM), Place("9", "Z", "1"), shop.actor)
    await settle()
    assert shop.status.state.undoes == "Claw Hammer moved to 9Z-1"
    shop.status.request_undo()
    await settle()
    assert shop.stock.item(ITEM).place == Place("3", "B", "12")


async def test_undo_takes_back_one_change_after_the_other_and_then_nothing():
    shop = Shop()
    await shop.adjust(-2)
    await shop.adjust(-3)
    shop.status.request_undo()
    await until(lambda: "2 Claw" in shop.status.state.undoes, "the change before")
    assert shop.on_hand == 8
    shop.status.request_undo()
    await until(lambda: shop.status.state.undoes == "", "nothing left")
    assert shop.on_hand == 10
    shop.status.request_undo()
    await settle()
    assert len(shop.stock.movements) == 4


async def test_pressing_undo_twice_at_once_takes_back_one_change():
    shop = Shop()
    await shop.adjust(-2)
    await shop.adjust(-3)
    shop.status.request_undo()
    shop.status.request_undo()
    await settle()
    assert shop.on_hand == 8


async def test_what_was_there_before_signing_in_can_be_undone():
    shop = Shop()
    await shop.adjust(-2)
    shop.status.close()
    again = StatusViewModel(
        shop.undoing,
        shop.actor,
        FakeSync(),
        lambda: datetime(2026, 11, 20, tzinfo=UTC),
        lambda: 0,
        shop.stock.on_written,
        look_after=0,
    )
    await settle()
    assert again.state.undoes
    assert again.state.message.text == ""


async def test_the_change_of_another_store_is_not_offered():
    shop = Shop()
    other = make_item("p1", 4, store=TACOMA)
    shop.stock.put(other)
    await shop.stock.adjust(other, -1, Reason.LOST, make_actor(store=TACOMA))
    await settle()
    assert shop.status.state.undoes == ""


async def test_an_undo_below_zero_asks_first():
    shop = Shop()
    await shop.adjust(5, Reason.RECEIVED)
    shop.stock.put(make_item("p1", -3))
    questions: list[tuple[Offer, ShortStockError]] = []
    shop.status.short.connect(lambda offer, error: questions.append((offer, error)))
    shop.status.request_undo()
    await settle()
    ((offer, error),) = questions
    assert (error.on_hand, error.quantity) == (-3, -5)
    sentence = shortage_question(error)
    assert "\N{MINUS SIGN}3 on hand" in sentence
    assert "leaves \N{MINUS SIGN}8" in sentence
    assert len(shop.stock.movements) == 1
    shop.status.take_back(offer, allow_negative=True)
    await settle()
    assert shop.on_hand == -8


async def test_a_problem_is_said_and_goes_with_the_next_change():
    shop = Shop()
    await shop.adjust(-2)
    shop.stock.failures["undo"] = StorageError("The disk is full.")
    shop.status.request_undo()
    await settle()
    assert shop.status.state.message == problem("The disk is full.")
    del shop.stock.failures["undo"]
    await shop.adjust(-1)
    assert not shop.status.state.message.is_problem


async def test_a_problem_is_shown_in_the_colour_of_errors(appearance: Appearance, qtbot: QtBot):
    shop = Shop()
    line = StatusLine(shop.status, appearance)
    qtbot.addWidget(line)
    line.resize(1_000, 40)
    line.show()
    await shop.adjust(-2)
    calm = line.saved.palette().windowText().color().name()
    shop.stock.failures["undo"] = StorageError("The disk is full.")
    shop.status.request_undo()
    await settle()
    assert line.saved.text() == "The disk is full."
    assert line.saved.palette().windowText().color().name() == appearance.tokens.danger
    await shop.adjust(-1)
    assert line.saved.palette().windowText().color().name() == calm


async def test_undone_by_somebody_else_while_it_asks_it_says_so_and_looks_again():
    shop = Shop()
    await shop.adjust(-2)
    offer = await shop.undoing.last("store_seattle", "device-1")
    assert offer is not None
    shop.status.close()  # so that the undo elsewhere is not heard of
    await shop.stock.undo(shop.stock.movements[0], shop.actor)
    shop.status.take_back(offer)
    await settle()
    assert shop.status.state.message.is_problem
    assert "undone already" in shop.status.state.message.text
    assert shop.status.state.undoes == ""


def receipt(asks: bool = False, refused: bool = False) -> Offer:
    change = NewlyMade(Kind.RECEIPT, "store_seattle", {"receipt_id": "r"}, "device-1")
    made = Made(7, change)
    return Offer(made, "goods receipt GR-1", "12 leave.", asks, refused, "receive")


async def test_what_concerns_others_or_money_is_asked_first():
    shop = Shop()
    await shop.adjust(-2)
    offer = receipt(asks=True)
    shop.undoing.offers = [offer]
    asked: list[Offer] = collect(shop.status.asked)
    for _ in range(2):  # No is the answer, and it is still the last one
        shop.status.request_undo()
        await settle()
    assert asked == [offer, offer]
    assert (shop.on_hand, shop.undoing.taken) == (8, [])
    shop.status.take_back(offer)
    await settle()
    assert (shop.on_hand, shop.undoing.taken) == (8, [offer])
    assert shop.status.state.message.text == "Undone: goods receipt GR-1."
    shop.status.request_undo()
    await settle()
    assert shop.on_hand == 10


async def test_what_cannot_be_undone_is_said_once_and_the_one_before_it_is_asked():
    shop = Shop()
    await shop.adjust(-2)
    shop.undoing.offers = [receipt(refused=True)]
    asked: list[Offer] = collect(shop.status.asked)
    refused: list[Offer] = collect(shop.status.refused)
    shop.status.request_undo()
    await settle()
    assert (refused, asked, shop.on_hand) == (shop.undoing.offers, [], 8)
    shop.status.request_undo()
    await settle()
    (offer,) = asked
    assert offer.sentence.startswith("What came after it stays as it is.")
    assert (len(refused), shop.on_hand) == (1, 8)


async def test_what_is_on_a_screen_of_others_is_theirs_to_undo():
    shop = Shop(Role.REP)
    shop.undoing.offers = [receipt(asks=True)]
    refused: list[Offer] = collect(shop.status.refused)
    shop.status.request_undo()
    await settle()
    (offer,) = refused
    assert "sales rep" in offer.sentence
    assert offer.screen == ""


async def test_nothing_to_undo_is_said_on_a_card_too():
    shop = Shop()
    shop.status.request_undo()
    await settle()
    assert shop.status.state.message.text.startswith("Nothing to undo: this device has changed")
    shop.status.request_undo("p1")
    await settle()
    assert "neither this product" in shop.status.state.message.text


@pytest.mark.parametrize(("card", "said"), [("p1", False), ("p2", True), ("", False)])
async def test_a_change_of_another_product_than_the_cards_is_named(card: str, said: bool):
    shop = Shop()
    await shop.adjust(-2)
    shop.status.request_undo(card)
    await settle()
    text = shop.status.state.message.text
    assert text.startswith("Undone: \N{MINUS SIGN}2 Claw Hammer, damaged.")
    assert ("no change of the product on this card" in text) is said


async def test_a_change_during_a_look_up_is_not_missed():
    shop = Shop()
    await settle()
    held = asyncio.Event()
    shop.stock.pauses["last_change"] = [held]
    await shop.adjust(-2)
    await shop.adjust(-3)
    held.set()
    await until(lambda: "3 Claw" in shop.status.state.undoes, "the newest change")


@pytest.mark.parametrize(("role", "offered"), [(Role.WORKER, True), (Role.REP, False)])
async def test_a_rep_is_not_offered_an_undo(role: Role, offered: bool):
    shop = Shop()
    await shop.adjust(-2)
    again = StatusViewModel(
        shop.undoing,
        make_actor(role),
        FakeSync(),
        lambda: datetime(2026, 11, 20, tzinfo=UTC),
        lambda: 0,
        shop.stock.on_written,
        look_after=0,
    )
    await settle()
    assert bool(again.state.undoes) is offered


async def test_closed_it_hears_nothing():
    shop = Shop()
    shop.status.close()
    await shop.adjust(-2)
    assert shop.status.state.message == NO_MESSAGE
