"""The product card: drafts, changes, its ledger, and what happens when another is opened."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.domain.entities import Place, Reason, Role
from app.domain.errors import InvalidInputError, ShortStockError, StorageError
from app.ui.product.item_ledger import HISTORY_PAGE
from app.ui.product.view_model import ProductViewModel
from tests.helpers.fakes import (
    STORES,
    TACOMA,
    FakeCatalogue,
    FakeStockRepository,
    make_actor,
    make_item,
    make_product,
)
from tests.helpers.waiting import collect, settle

ITEM = "store_seattle-p1"
OTHER = "store_seattle-p2"


class Card:
    """A view model on a shop with two products, the first also in Tacoma."""

    def __init__(self, role: Role = Role.WORKER, settle_ms: int = 0) -> None:
        items = [make_item("p1", 10), make_item("p2", 5)]
        self.stock = FakeStockRepository([*items, make_item("p1", 4, store=TACOMA)])
        self.catalogue = FakeCatalogue(
            [make_product("p1"), make_product("p2", "Mallet"), make_product("p3", "Saw")], items
        )
        self.model = ProductViewModel(
            self.catalogue, self.stock, make_actor(role), STORES, settle_ms=settle_ms
        )
        self.questions: list[tuple[ShortStockError, bool]] = collect(self.model.short)
        self.refusals: list[str] = collect(self.model.refused)

    async def open(self, product_id: str = "p1") -> Card:
        self.model.open(product_id)
        await settle()
        return self

    @property
    def state(self) -> Any:
        return self.model.state


# --- what it shows --------------------------------------------------------------------------------


async def test_it_shows_here_and_every_other_store():
    card = await Card().open()
    assert card.state.item.on_hand == 10
    assert [(one.store, one.on_hand) for one in card.state.elsewhere] == [
        ("Tacoma", 4),
        ("Online", None),
    ]


async def test_it_follows_this_and_the_other_stores():
    card = await Card().open()
    card.stock.put(make_item("p1", 3), make_item("p1", 1, store=TACOMA))
    await settle()
    assert card.state.item.on_hand == 3
    assert card.state.elsewhere[0].on_hand == 1


async def test_details_are_loaded_and_follow_the_catalogue():
    card = Card()
    card.catalogue.details = {"p1": "For nails."}
    await card.open()
    assert card.state.product.description == "For nails."
    card.catalogue.put(make_product("p1", "Better Hammer"))
    await settle()
    assert card.state.product.name == "Better Hammer"


async def test_a_product_that_is_not_stocked_here_has_no_item_and_no_change():
    card = await Card().open("p3")
    assert card.state.product.name == "Saw"
    assert card.state.item is None
    card.model.step(1)
    await settle()
    assert card.stock.movements == []
    card.model.edit(quantity="1")
    card.model.apply()
    await settle()
    # A single unit is refused as a typed number is.
    assert card.refusals == ["This store does not stock the product."] * 2


async def test_a_product_that_is_still_being_read_is_not_called_missing():
    card = Card()
    card.model.open("p1")
    assert not card.state.is_read
    assert not card.model.may_change()
    assert card.refusals == [
        "The stock of this product is still being read: press it again in a moment."
    ]
    await settle()
    assert card.state.is_read
    assert card.model.may_change()


async def test_an_unknown_product_has_nothing_to_show():
    card = await Card().open("nobody")
    assert (card.state.product, card.state.item) == (None, None)


async def test_closed_it_follows_nothing():
    card = await Card().open()
    assert card.stock.watching == 2
    card.model.close()
    assert (card.stock.watching, card.catalogue.listening) == (0, 0)


async def test_opening_again_does_not_pile_up_live_queries():
    card = Card()
    for product_id in ("p1", "p2", "p1", "p2"):
        await card.open(product_id)
    assert (card.stock.watching, card.catalogue.listening) == (2, 1)


# --- the draft ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adding", "quantity", "preview"),
    [
        (False, "3", 7),
        (True, "3", 13),
        (False, "12", -2),
        (False, "", None),
        (False, "x", None),
        (True, "1.5", None),
    ],
)
async def test_the_preview_says_what_the_number_will_become(
    adding: bool, quantity: str, preview: int | None
):
    card = await Card().open()
    card.model.edit(adding=adding, quantity=quantity)
    assert card.state.preview == preview


async def test_the_preview_follows_the_store():
    card = await Card().open()
    card.model.edit(quantity="3")
    card.stock.put(make_item("p1", 20))
    await settle()
    assert card.state.preview == 17


async def test_turning_the_direction_offers_fitting_reasons():
    card = await Card().open()
    assert card.state.draft.reason.value == "damaged"
    card.model.edit(adding=True)
    assert card.state.draft.reason.value == "received"
    assert Reason.DAMAGED not in card.state.draft.reasons
    card.model.edit(reason=Reason.FOUND)
    card.model.edit(adding=True)
    assert card.state.draft.reason is Reason.FOUND


async def test_each_product_keeps_its_draft():
    card = await Card().open()
    card.model.edit(adding=True, quantity="3", reason=Reason.FOUND, note="behind the shelf")
    await card.open("p2")
    assert (card.state.draft.quantity, card.state.draft.note) == ("", "")
    card.model.edit(quantity="9")
    await card.open("p1")
    draft = card.state.draft
    assert (draft.adding, draft.quantity, draft.reason) == (True, "3", Reason.FOUND)
    assert draft.note == "behind the shelf"
    assert card.state.preview == 13
    await card.open("p2")
    assert card.state.draft.quantity == "9"


@pytest.mark.parametrize("quantity", ["", "x", "1.5", "-1", "0", "1000001", "9" * 10_000, "1e3"])
async def test_a_wrong_quantity_is_answered_with_a_sentence(quantity: str):
    card = await Card().open()
    card.model.edit(quantity=quantity)
    card.model.apply()
    await settle()
    assert card.state.quantity_error.endswith(".")
    assert card.stock.movements == []
    card.model.edit(quantity="1")
    assert card.state.quantity_error == ""


# --- changes --------------------------------------------------------------------------------------


async def test_apply_writes_the_draft_and_empties_quantity_and_note():
    card = await Card().open()
    card.model.edit(quantity="2", reason=Reason.LOST, note="fell behind")
    card.model.apply()
    await settle()
    (movement,) = card.stock.movements
    assert (movement.quantity, movement.reason, movement.note) == (-2, Reason.LOST, "fell behind")
    assert (movement.who, movement.device_name) == ("Maya", "laptop-1")
    assert card.state.item.on_hand == 8
    draft = card.state.draft
    assert (draft.quantity, draft.note, draft.reason) == ("", "", Reason.LOST)


async def test_apply_adds():
    card = await Card().open()
    card.model.edit(adding=True, quantity="1000000")
    card.model.apply(sure=True)
    await settle()
    assert card.state.item.on_hand == 1_000_010


async def test_apply_twice_at_once_writes_once():
    card = await Card().open()
    card.model.edit(quantity="2")
    card.model.apply()
    card.model.apply()
    await settle()
    assert [one.quantity for one in card.stock.movements] == [-2]


async def test_quick_steps_all_land_one_after_the_other():
    card = await Card().open()
    for by in (-1, -1, 1, -1, 1, 1, 1):
        card.model.step(by)
    await settle()
    await settle()
    assert [one.quantity for one in card.stock.movements] == [-1, -1, 1, -1, 1, 1, 1]
    assert {one.reason for one in card.stock.movements} == {Reason.CORRECTION}
    assert card.state.item.on_hand == 11


async def test_steps_wait_for_a_change_under_way():
    card = await Card().open()
    held = asyncio.Event()
    card.stock.pauses["adjust"] = [held]
    card.model.edit(quantity="2")
    card.model.apply()
    card.model.step(1)
    await settle()
    assert card.stock.movements == []
    held.set()
    await settle()
    assert [one.quantity for one in card.stock.movements] == [-2, 1]


async def test_steps_that_wait_belong_to_the_product_they_were_meant_for():
    card = await Card().open()
    held = asyncio.Event()
    card.stock.pauses["adjust"] = [held]
    card.model.step(-1)
    card.model.step(-1)
    card.model.step(-1)
    await card.open("p2")
    held.set()
    await settle()
    await settle()
    assert [(one.inventory_id, one.quantity) for one in card.stock.movements] == [(ITEM, -1)] * 3


async def test_a_change_that_ends_after_another_product_was_opened_clears_its_own_draft():
    card = await Card().open()
    held = asyncio.Event()
    card.stock.pauses["adjust"] = [held]
    card.model.edit(quantity="2", note="mine")
    card.model.apply()
    await card.open("p2")
    card.model.edit(quantity="5", note="yours")
    held.set()
    await settle()
    assert (card.state.draft.quantity, card.state.draft.note) == ("5", "yours")
    await card.open("p1")
    assert (card.state.draft.quantity, card.state.draft.note) == ("", "")


async def test_short_stock_asks_and_writes_nothing_until_allowed():
    card = await Card().open()
    card.model.edit(quantity="12")
    card.model.apply()
    await settle()
    ((error, drafted),) = card.questions
    assert (error.on_hand, error.quantity, drafted) == (10, -12, True)
    assert card.stock.movements == []
    assert card.state.draft.quantity == "12"
    card.model.apply(allow_negative=True)
    await settle()
    assert card.state.item.on_hand == -2
    assert card.state.draft.quantity == ""


async def test_a_step_below_zero_asks_and_forgets_the_steps_behind_it():
    card = await Card().open()
    card.stock.put(make_item("p1", 1))
    await settle()
    for _ in range(4):
        card.model.step(-1)
    await settle()
    assert card.state.item.on_hand == 0
    assert [drafted for _, drafted in card.questions] == [False]
    card.model.step(-1, allow_negative=True)
    await settle()
    assert card.state.item.on_hand == -1


async def test_a_step_that_asks_leaves_a_typed_draft_alone():
    card = await Card().open()
    card.stock.put(make_item("p1", 0))
    await settle()
    card.model.edit(quantity="4")
    card.model.step(-1)
    await settle()
    assert card.state.draft.quantity == "4"


async def test_a_store_that_refuses_says_why_and_keeps_the_draft():
    card = await Card().open()
    card.stock.failures["adjust"] = StorageError("The disk is full.")
    card.model.edit(quantity="2")
    card.model.apply()
    card.model.step(1)
    await settle()
    assert card.refusals == ["The disk is full."]
    assert card.state.draft.quantity == "2"
    del card.stock.failures["adjust"]
    card.model.apply()
    await settle()
    assert [one.quantity for one in card.stock.movements] == [-2]


@pytest.mark.parametrize(("role", "may"), [(Role.WORKER, 1), (Role.MANAGER, 1), (Role.REP, 0)])
async def test_a_rep_does_not_change_stock(role: Role, may: int):
    card = await Card(role).open()
    assert card.state.may_adjust is bool(may)
    card.model.step(1)
    card.model.edit(quantity="2")
    card.model.apply()
    card.model.move_to("9", "Z", "1")
    await settle()
    assert bool(card.stock.movements) is bool(may)


# --- moving ---------------------------------------------------------------------------------------


async def test_moving_writes_a_movement_of_quantity_zero():
    card = await Card().open()
    moved = []
    card.model.moved.connect(lambda: moved.append(True))
    card.model.move_to(" 9 ", "z", "")
    await settle()
    (movement,) = card.stock.movements
    assert (movement.reason, movement.quantity) == (Reason.MOVED, 0)
    assert (movement.from_place, movement.to_place) == (Place("3", "B", "12"), Place("9", "Z", ""))
    assert card.state.item.place == Place("9", "Z", "")
    assert moved == [True]


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (("", "B", "1"), "aisle"),
        (("3", "  ", "1"), "shelf"),
        (("3", "B", "123456789"), "bin"),
        (("3", "B/", "1"), "shelf"),
        (("🔨", "B", "1"), "aisle"),
        (("x" * 10_000, "B", "1"), "aisle"),
        (("3", "b", "12"), "aisle"),
    ],
)
async def test_a_place_that_cannot_be_is_answered_at_its_field(
    place: tuple[str, str, str], field: str
):
    card = await Card().open()
    refused: list[InvalidInputError] = collect(card.model.place_refused)
    card.model.move_to(*place)
    await settle()
    assert [error.field for error in refused] == [field]
    assert str(refused[0]).endswith(".")
    assert card.stock.movements == []


async def test_a_move_that_the_store_refuses_is_said():
    card = await Card().open()
    card.stock.failures["move"] = StorageError("It is no longer stocked.")
    card.model.move_to("9", "Z", "1")
    await settle()
    assert card.refusals == ["It is no longer stocked."]


async def test_nothing_moves_that_is_not_stocked():
    card = await Card().open("p3")
    card.model.move_to("9", "Z", "1")
    await settle()
    assert card.refusals == ["This store does not stock the product."]


# --- the ledger -----------------------------------------------------------------------------------


async def test_the_ledger_adds_up_to_the_number_on_top():
    card = await Card().open()
    for by in (-1, -1, 1):
        card.model.step(by)
        await settle()
    lines = card.state.ledger.lines
    assert [(line.movement.quantity, line.balance) for line in lines] == [(1, 9), (-1, 8), (-1, 9)]
    assert lines[0].balance == card.state.item.on_hand
    assert card.state.ledger.difference == 0


async def test_the_ledger_follows_what_others_write():
    card = await Card().open()
    await card.stock.adjust(card.stock.item(ITEM), 5, Reason.RECEIVED, make_actor(Role.MANAGER))
    await settle()
    assert card.state.ledger.lines[0].balance == 15


async def test_changes_during_a_reading_are_read_too():
    card = await Card().open()
    held = asyncio.Event()
    card.stock.pauses["ledger"] = [held]
    card.model.step(1)
    await settle()
    card.model.step(1)
    await settle()
    assert card.state.ledger.count == 0
    held.set()
    await settle()
    assert card.state.ledger.count == 2


async def test_the_history_of_the_product_before_never_shows():
    card = await Card().open()
    card.model.step(1)
    await settle()
    held = asyncio.Event()
    card.stock.pauses["ledger"] = [held]
    card.model.step(1)
    await settle()
    await card.open("p2")
    held.set()
    await settle()
    assert card.state.ledger.item.inventory_id == OTHER
    assert card.state.ledger.lines == ()


async def test_more_shows_older_movements():
    card = await Card().open()
    for _ in range(HISTORY_PAGE + 3):
        await card.stock.adjust(card.stock.item(ITEM), 1, Reason.FOUND, make_actor())
    await settle()
    assert len(card.state.ledger.lines) == HISTORY_PAGE
    assert card.state.ledger.count == HISTORY_PAGE + 3
    card.model.show_more()
    await settle()
    assert len(card.state.ledger.lines) == HISTORY_PAGE + 3


async def _half_arrived(card: Card) -> str:
    """A counter whose ledger document is still on its way."""
    movement = await card.stock.adjust(card.stock.item(ITEM), 4, Reason.FOUND, make_actor())
    card.stock.hidden_movements.add(movement.movement_id)
    return movement.movement_id


async def test_a_difference_is_only_said_after_it_stays():
    card = await Card(settle_ms=60_000).open()
    await _half_arrived(card)
    await settle()
    assert card.state.ledger.difference == 4
    assert card.state.unexplained == 0


async def test_a_difference_that_stays_reads_arriving_and_goes_with_its_movement():
    card = await Card(settle_ms=0).open()
    movement_id = await _half_arrived(card)
    await settle()
    assert card.state.unexplained == 4
    card.stock.arrive(movement_id)
    await settle()
    assert card.state.unexplained == 0


async def test_a_difference_that_went_away_in_time_is_never_said():
    card = await Card(settle_ms=60_000).open()
    states = collect(card.model.state_changed)
    movement_id = await _half_arrived(card)
    await settle()
    assert card.model._ledger._settle.isActive()
    card.stock.arrive(movement_id)
    await settle()
    # The minute is over.
    card.model._ledger._settle.timeout.emit()
    assert {state.unexplained for state in states} == {0}


async def test_a_product_opened_while_details_are_read_keeps_its_own():
    card = Card()
    card.model.open("p1")
    card.model.open("p2")
    await settle()
    assert card.state.product.product_id == "p2"
    assert replace(card.state.product, description="") == make_product("p2", "Mallet")
