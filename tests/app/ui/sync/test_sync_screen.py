"""The Sync screen with keys and clicks, without sync and through a real MongoDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.client import Client
from app.data.store.session import Session
from app.data.sync.delivery import Delivery, Waiting
from app.data.sync.modes import Mode, connection
from app.data.sync.state import Phase
from app.data.sync.transports import Transport
from app.domain.entities import Actor, Profile, Reason, Role, StockItem
from app.run import utc_now
from app.settings import Settings
from app.ui.core.appearance import Appearance
from app.ui.core.formats import local_clock, local_date
from app.ui.core.sync_words import delivery_cell, sync_icon
from app.ui.sync.dialogs import SignInDialog
from app.ui.sync.screen import SyncScreen
from app.ui.sync.stores import StoresPanel
from app.ui.sync.view_model import SyncViewModel
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.schema.collections import INVENTORY, ORDERS, STOCK_MOVEMENTS, ditto_id
from tests.helpers.fake_sync import (
    NINE,
    FakeDeliveries,
    FakeFaultyDocuments,
    FakeSpace,
    FakeSync,
    scanner,
)
from tests.helpers.fakes import FakeCatalogue, FakeStockRepository
from tests.helpers.hands import ALT, Hands, cells, dialog, focus, named, texts
from tests.helpers.link import SEATTLE, TACOMA, item_document, prepare
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def look(hands: Hands) -> SyncScreen:
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_0, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, SyncScreen)
    return screen


async def test_offline_it_says_why_and_what_to_set(hands: Hands):
    screen = await look(hands)
    assert "This device works offline" in texts(screen)
    assert "No Ditto credentials; the app works fully on this device" in texts(screen)
    assert [row[0] for row in cells(screen.tables["ways"])] == [
        "Ditto Cloud",
        "Devices nearby",
        "MongoDB",
    ]
    assert [row[2] for row in cells(screen.tables["ways"])] == ["Not set"] * 3
    assert not screen.overview.switch.isVisible()
    status = texts(hands.workplace.status_line)
    assert any(text.startswith("Offline: no Ditto credentials; the app") for text in status)


async def test_room_and_log_by_keys(hands: Hands):
    screen = await look(hands)
    screen.focus_first()
    assert focus() is screen.tabs.button(screen.tabs.chosen)
    await hands.click(screen.tabs.button("rooms"))
    await until(lambda: len(cells(screen.tables["rooms"])) > 5, "the room")
    room = {row[0]: row[1] for row in cells(screen.tables["rooms"])}
    assert (room["Products"], room["Stock levels"]) == ("424", "3,168")
    assert any("estimates from 50 documents" in text for text in texts(screen))
    await hands.click(screen.tabs.button("log"))
    assert "Nothing has happened since the start." in texts(screen)


# --- with a service that is not one


@pytest.fixture
def parts(
    qapp: QApplication, appearance: Appearance, preferences: QSettings
) -> tuple[FakeSync, FakeDeliveries, SyncScreen]:
    sync, deliveries = FakeSync(Mode.CLOUD), FakeDeliveries()
    model = SyncViewModel(
        sync,
        deliveries,
        FakeSpace(),
        FakeStockRepository([]),
        FakeCatalogue([], []),
        FakeFaultyDocuments(),
    )
    screen = SyncScreen(model, appearance, scanner(preferences))
    screen.resize(1024, 600)
    screen.show()
    screen.activate()
    return sync, deliveries, screen


Parts = tuple[FakeSync, FakeDeliveries, SyncScreen]


async def test_connected_alone_is_never_green(parts: Parts):
    sync, deliveries, screen = parts
    sync.change(phase=Phase.CONNECTED)
    assert screen.overview.headline.text() == "Nothing to deliver"
    assert sync_icon(sync.state)[1] == "muted"
    sync.change(phase=Phase.CONNECTED, last_exchange=NINE)
    assert screen.overview.headline.text() == "Everything is delivered"
    assert sync_icon(sync.state) == ("check_circle", "ok")
    deliveries.page = (Waiting(ORDERS, {"order_id": "1"}, "insert", NINE),)
    sync.change(pending=1)
    await settle()
    assert screen.overview.headline.text() == "1 change not sent yet"
    assert sync_icon(sync.state) == ("sync", "warn")
    assert screen.tabs.button("waiting").text() == "Not sent yet (1)"
    assert cells(screen.tables["waiting"])[0][0] == "Orders, new"
    sync.change(parked=2)
    assert screen.overview.headline.text() == "2 changes refused and 1 change not sent yet"
    screen.deactivate()


async def test_a_look_of_the_device_for_itself_is_one_line(parts: Parts):
    sync, _, screen = parts
    sync.change(phase=Phase.CONNECTED, last_exchange=NINE)
    assert not screen.overview.compared.isVisible()
    when = f"Compared with MongoDB {local_date(NINE)}, {local_clock(NINE)}"
    sync.change(compared=NINE)
    assert f"{when}: all is equal" in texts(screen)
    sync.change(mended=1)
    assert f"{when}: 1 document mended since the start" in texts(screen)
    sync.change(mended=2)
    assert f"{when}: 2 documents mended since the start" in texts(screen)
    screen.deactivate()


async def test_the_first_sync_counts_documents(parts: Parts):
    sync, _, screen = parts
    sync.change(phase=Phase.FIRST_SYNC, done=1200, total=101_000)
    assert "1,200 of 101,000 documents" in texts(screen)
    sync.change(total=None)
    assert "1,200 documents here so far" in texts(screen)
    screen.deactivate()


async def test_roads_are_boxes_to_tick(parts: Parts):
    sync, _, screen = parts
    sync.change(roads=((Transport.CLOUD, True), (Transport.LAN, False)))
    boxes = screen.overview.roads
    assert [box.text() for box in boxes.values()] == ["Ditto Cloud", "Local network"]
    assert [box.isChecked() for box in boxes.values()] == [True, False]
    boxes[Transport.LAN].click()
    await settle()
    assert sync.asked == [(Transport.LAN, True)]
    screen.deactivate()


async def test_signing_in_and_out(parts: Parts):
    sync, _, screen = parts
    sync.change(phase=Phase.SIGNED_OUT, may_sign_in=True)
    screen.overview.enter.click()
    form = next(one for one in screen.findChildren(SignInDialog))
    form.enter.click()
    assert "Type your name and your password." in texts(form)
    form.user.setText("maya")
    form.password.setText("1234")
    form.enter.click()
    await settle()
    assert sync.asked == [("maya", "1234")]
    assert screen.findChildren(SignInDialog) == []
    assert not screen.overview.enter.isVisible()
    screen.overview.leave.click()
    question = next(one for one in screen.findChildren(QDialog) if one.isVisible())
    named(question, "Sign out and keep it").click()
    await settle()
    assert sync.asked[1:] == [False]
    screen.deactivate()


@pytest.mark.parametrize(
    ("delivery", "text", "tone"),
    [
        (None, "", ""),
        (Delivery(False), "Not sent yet", "warn"),
        (Delivery(True), "Delivered", "ok"),
        (Delivery(True, NINE, "MongoDB"), "To MongoDB", "ok"),
    ],
)
async def test_a_line_of_the_history_says_what_became_of_it(
    delivery: Delivery | None, text: str, tone: str
):
    cell = delivery_cell(delivery, NINE)
    assert (cell.text, cell.tone) == (text, tone)


# --- through MongoDB


@asynccontextmanager
async def new_device(
    qapp: QApplication, folder: Path, mongo: MongoSettings
) -> AsyncIterator[Hands]:
    """A device that has nothing yet; inside the test, because between tests no loop runs."""
    settings = Settings(
        folder,
        theme="light",
        database=mongo.database,
        secrets={"MONGODB_LOCAL_CONNECTION_STRING": mongo.uri},
    )
    client = Client(qapp, settings, utc_now)
    await client.start(await Session.open(folder, utc_now, connection(settings, Mode.LINK)))
    try:
        yield Hands(client)
    finally:
        await client.close()
        client.window.hide()
        client.window.deleteLater()


async def stock(client: Client) -> StockItem:
    (row, *_) = await client.session.query(
        "SELECT * FROM inventory WHERE store_id = 'store_seattle' ORDER BY _id LIMIT 1"
    )
    key = {"store_id": row["store_id"], "inventory_id": row["inventory_id"]}
    (item,) = await client.repositories.stock.items([key])
    return item


async def test_a_new_device_works_offline_and_delivers_when_it_is_back(
    qapp: QApplication, tmp_path: Path, mongo_settings: MongoSettings, database: MongoDatabase
):
    prepare(database)
    async with new_device(qapp, tmp_path, mongo_settings) as hands:
        await work(hands, database)
        await choose_stores(hands, database)


async def work(hands: Hands, database: MongoDatabase) -> None:
    """A first start, a change offline, and its delivery."""
    client = hands.client
    hands.window.show()
    assert "Through MongoDB: waiting for the stores to arrive on this device." in texts(
        client.window
    )
    await until(lambda: client.stores, "the stores", 20)
    await client.sign_in(Profile("store_seattle", Role.WORKER, "Maya"))
    screen = hands.workplace.go("sync")
    assert isinstance(screen, SyncScreen)
    await until(lambda: client.sync.state.report.phase is Phase.CONNECTED, "the link", 20)
    assert [row[0] for row in cells(screen.tables["peers"])] == ["MongoDB"]
    maya = Actor(Profile("store_seattle", Role.WORKER, "Maya"), client.device)
    actor = Actor(maya.profile, maya.device, lambda: client.sync.connected)
    item = await stock(client)

    screen.focus_first()
    assert focus() is screen.overview.switch
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: client.sync.state.paused, "offline")
    moved = await client.repositories.stock.adjust(item, -3, Reason.DAMAGED, actor)
    assert moved.offline
    await until(lambda: screen.overview.headline.text() == "1 change not sent yet", "the count")
    assert database[STOCK_MOVEMENTS].count_documents({}) == 0
    assert any("1 change not sent yet" in text for text in texts(hands.workplace.status_line))
    key = {"store_id": moved.store_id, "movement_id": moved.movement_id}
    assert await client.sync.outbox.deliveries_of(STOCK_MOVEMENTS, [key]) == [Delivery(False)]

    await hands.press(Qt.Key.Key_Return)
    await until(
        lambda: screen.overview.headline.text() == "Everything is delivered", "delivery", 20
    )
    (sent,) = database[STOCK_MOVEMENTS].find({})
    assert (sent["quantity"], sent["offline"]) == (-3, True)
    stored = database[INVENTORY].find_one({"inventory_id": item.inventory_id})
    assert stored is not None
    assert stored["stock_delta"] == -3
    (its,) = await client.sync.outbox.deliveries_of(STOCK_MOVEMENTS, [key])
    assert (its.sent, its.to) == (True, "MongoDB")
    assert its.at is not None and its.at >= moved.at
    online = await client.repositories.stock.adjust(item, 1, Reason.FOUND, actor)
    assert not online.offline
    await until(lambda: client.sync.outbox.pending == 0, "the second", 20)
    assert dialog() is None


async def choose_stores(hands: Hands, database: MongoDatabase) -> None:
    """A manager has Tacoma too, works there, and takes it out before all of that is delivered."""
    client = hands.client
    mia = Profile(SEATTLE, Role.MANAGER, "Mia")
    client.show_sign_in()
    await client.sign_in(mia)
    screen = hands.workplace.go("sync")
    assert isinstance(screen, SyncScreen)
    screen.open_item("stores")
    (panel,) = screen.findChildren(StoresPanel)
    await until(lambda: "4 documents to get" in texts(panel), "what MongoDB has of it", 20)
    assert await customers(client) == {SEATTLE: 4}
    panel.boxes[TACOMA].click()
    await hands.click(panel.apply)
    await until(lambda: "4 documents on this device" in texts(panel), "Tacoma", 20)
    assert await customers(client) == {SEATTLE: 4, TACOMA: 4}

    (item,) = await client.repositories.stock.items([ditto_id(INVENTORY, item_document(TACOMA, 1))])
    tacoma = Actor(replace(mia, store_id=TACOMA), client.device)
    await client.repositories.stock.adjust(item, -2, Reason.DAMAGED, tacoma)
    await until(lambda: database[STOCK_MOVEMENTS].count_documents({}) == 3, "the third", 20)
    await client.sync.go_offline()
    await client.repositories.stock.adjust(item, -1, Reason.DAMAGED, tacoma, allow_negative=True)
    panel.boxes[TACOMA].click()
    await hands.click(panel.apply)
    await until(lambda: client.sync.state.leaving, "the choice")
    assert await customers(client) == {SEATTLE: 4, TACOMA: 4}
    await client.sync.go_online()
    await until(lambda: not client.sync.state.leaving, "Tacoma to leave", 20)
    await until(lambda: client.sync.outbox.pending == 0, "the delivery", 20)
    assert await customers(client) == {SEATTLE: 4}
    stored = database[INVENTORY].find_one({"inventory_id": item.inventory_id})
    assert stored is not None
    assert stored["stock_delta"] == -3
    left = "SELECT * FROM stock_movements WHERE store_id = :store"
    assert await client.session.query(left, {"store": TACOMA}) == []

    on_hand: list[int] = []
    key = ditto_id(INVENTORY, item_document(TACOMA, 1))
    stop = client.repositories.stock.watch_items(
        [key], lambda items: on_hand.extend(one.on_hand for one in items)
    )
    # MongoDB's sum and what was moved here are told one after the other.
    await until(lambda: on_hand[-1:] == [47], "what is on hand")
    stop()


async def customers(client: Client) -> dict[str, int]:
    """How many are here, by store."""
    rows = await client.session.query("SELECT primary_store_id FROM customers")
    return dict(Counter(row["primary_store_id"] for row in rows))
