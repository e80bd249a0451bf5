"""The Sync screen's facts: what waits in words, room, and what a person asks for."""

from __future__ import annotations

from app.data.sync.delivery import Waiting
from app.data.sync.modes import Mode
from app.data.sync.state import Phase
from app.data.sync.transports import Transport
from app.domain.entities import Place, Reason
from app.domain.errors import SyncError
from app.ui.core.message import problem
from app.ui.sync.view_model import SyncViewModel
from connector_config.schema.collections import INVENTORY, ORDERS, STOCK_MOVEMENTS
from tests.helpers.fake_sync import NINE, FakeDeliveries, FakeFaultyDocuments, FakeSpace, FakeSync
from tests.helpers.fakes import (
    FakeCatalogue,
    FakeStockRepository,
    make_actor,
    make_item,
    make_product,
)
from tests.helpers.waiting import collect, settle

HAMMER = "store_seattle-p1"


class OneProduct:
    """The screen's view model on one product, in the mode link."""

    def __init__(self) -> None:
        item = make_item("p1", 10)
        self.sync = FakeSync(Mode.LINK)
        self.deliveries = FakeDeliveries()
        self.stock = FakeStockRepository([item])
        catalogue = FakeCatalogue([make_product()], [item])
        self.faulty = FakeFaultyDocuments()
        self.screen = SyncViewModel(
            self.sync, self.deliveries, FakeSpace(), self.stock, catalogue, self.faulty
        )

    async def waits(self, *more: Waiting) -> list[tuple[str, str]]:
        """The rows, when every movement and these wait."""
        moved = [
            Waiting(
                STOCK_MOVEMENTS,
                {"store_id": movement.store_id, "movement_id": movement.movement_id},
                "insert",
                NINE,
            )
            for movement in self.stock.movements
        ]
        self.deliveries.page = (*moved, *more)
        self.screen.activate()
        self.deliveries.tell()
        await settle()
        return [(row.what, row.more) for row in self.screen.state.waiting]


async def test_what_waits_is_said_in_words():
    parts = OneProduct()
    actor = make_actor()
    await parts.stock.adjust(parts.stock.item(HAMMER), -2, Reason.DAMAGED, actor)
    await parts.stock.move(parts.stock.item(HAMMER), Place("9", "Z", "1"), actor)
    assert await parts.waits(
        Waiting(INVENTORY, {"store_id": "s", "inventory_id": "i"}, "update", NINE),
        Waiting(ORDERS, {"store_id": "s", "order_id": "o"}, "insert", NINE),
    ) == [
        ("\N{MINUS SIGN}2 Claw Hammer", "Damaged, by Maya"),
        ("Claw Hammer moved to 9Z-1", "Moved to another place, by Maya"),
        ("Orders, new", ""),
    ]


async def test_stock_without_its_movement_is_shown():
    rows = await OneProduct().waits(
        Waiting(INVENTORY, {"store_id": "s", "inventory_id": "i"}, "update", NINE)
    )
    assert rows == [("Stock levels, changed", "")]


async def test_what_is_refused_comes_with_its_reason():
    parts = OneProduct()
    refused = Waiting(INVENTORY, {"store_id": "s"}, "update", NINE, "No such item.")
    order = Waiting(ORDERS, {"store_id": "s", "order_id": "o"}, "insert", NINE)
    assert await parts.waits(refused, order) == [
        ("Stock levels, changed", "No such item."),
        ("Orders, new", ""),
    ]
    assert [row.refused for row in parts.screen.state.waiting] == [True, False]


async def test_only_so_many_are_shown():
    parts = OneProduct()
    many = [Waiting(ORDERS, {"order_id": str(at)}, "insert", NINE) for at in range(150)]
    assert len(await parts.waits(*many)) == 100


async def test_the_switch_goes_both_ways():
    parts = OneProduct()
    parts.screen.activate()
    parts.sync.change(phase=Phase.CONNECTED)
    parts.screen.switch.execute()
    await settle()
    parts.screen.switch.execute()
    await settle()
    assert parts.sync.asked == ["offline", "online"]
    assert parts.screen.state.sync.connected


async def test_roads_and_signing_out_are_passed_on():
    parts = OneProduct()
    parts.screen.set_road.execute(Transport.LAN, False)
    parts.screen.sign_out.execute(True)
    await settle()
    assert parts.sync.asked == [(Transport.LAN, False), True]


async def test_a_refused_sign_in_is_a_sentence_and_a_good_one_a_signal():
    parts = OneProduct()
    refused = collect(parts.screen.sign_in_refused)
    signed_in: list[int] = []
    parts.screen.signed_in.connect(lambda: signed_in.append(1))
    parts.sync.refusal = SyncError("Wrong password.")
    parts.screen.sign_in.execute("maya", "1")
    await settle()
    assert (refused, signed_in) == (["Wrong password."], [])
    parts.sync.refusal = None
    parts.screen.sign_in.execute("maya", "2")
    await settle()
    assert signed_in == [1]


async def test_what_fails_is_noticed():
    parts = OneProduct()
    parts.sync.refusal = SyncError("The network is gone.")
    parts.screen.switch.execute()
    await settle()
    assert parts.screen.state.message == problem("The network is gone.")


async def test_room_is_measured_when_it_is_shown():
    parts = OneProduct()
    assert not parts.screen.state.rooms
    parts.screen.activate()
    await settle()
    rooms = [one.collection for one in parts.screen.state.rooms]
    assert rooms == ["orders", "stores"]
    assert parts.screen.state.total == 37_000_000
    parts.screen.deactivate()


async def test_hidden_it_follows_nothing():
    parts = OneProduct()
    parts.screen.activate()
    parts.screen.activate()
    assert (parts.sync.listening, parts.deliveries.listening) == (1, 1)
    parts.screen.deactivate()
    assert (parts.sync.listening, parts.deliveries.listening) == (0, 0)
    await settle()


async def test_nobody_looks_for_faulty_documents_once_the_screen_is_left():
    parts = OneProduct()
    parts.faulty.found.clear()
    parts.screen.activate()
    await settle()
    assert parts.screen.busy
    parts.screen.deactivate()
    assert not parts.screen.busy
    parts.screen.activate()
    parts.faulty.found.set()
    await settle()
    assert not parts.screen.busy
    parts.screen.deactivate()
