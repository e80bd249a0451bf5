"""Windows of whole clients, each a device of its own, that meet through a real MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.client import Client
from app.data.store.session import Session
from app.data.sync.state import Phase
from app.domain.entities import Actor, Profile, Role
from app.rehearsal.goods import Goods, load_goods
from app.settings import Settings
from app.ui.shell.workplace import Workplace
from app.ui.transfers.screen import TransfersScreen
from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.mongodb.mapping import to_mongo
from seed.mongo.change_streams import enable
from tests.helpers.waiting import until

LEVEL = 40
"""So many of each product are there at first."""


def few_goods() -> Goods:
    """A few products in two stores, LEVEL of each."""
    loaded = load_goods()
    for items in loaded.items.values():
        for one in items:
            one["stock_level"] = LEVEL
    return loaded


def fill(settings: MongoSettings, goods: Goods) -> None:
    """Put goods into a new MongoDB, as zava-seed does."""
    with open_database(settings) as database:
        list(enable(database))
        for name, documents in goods.documents.items():
            if documents:
                database[name].insert_many([to_mongo(name, one) for one in documents])


@asynccontextmanager
async def clients(
    qapp: QApplication,
    settings: MongoSettings,
    folders: Sequence[Path],
    now: Callable[[], datetime],
) -> AsyncIterator[list[Client]]:
    """New devices, one in each folder, that have got the stores."""
    opened = []
    for folder in folders:
        secrets = {"MONGODB_LOCAL_CONNECTION_STRING": settings.uri}
        its = Settings(folder, theme="light", database=settings.database, secrets=secrets)
        client = Client(qapp, its, now)
        await client.start(await Session.open(folder, now))
        opened.append(client)
    for client in opened:
        await until(lambda client=client: client.stores, "the stores")  # type: ignore[misc]
    yield opened
    for client in opened:
        await client.close()
        client.window.deleteLater()


class Window:
    """One client, and what a person does at it."""

    def __init__(self, client: Client, sku: str) -> None:
        self.client = client
        self.sku = sku

    @property
    def workplace(self) -> Workplace:
        """The screens behind the sign-in."""
        assert self.client.workplace is not None
        return self.client.workplace

    @property
    def actor(self) -> Actor:
        """Whoever is signed in."""
        made: Actor = self.workplace._status._actor
        return made

    @property
    def on_hand(self) -> int | None:
        """What the card of the product shows."""
        item = self.workplace.product.view_model.state.item
        return item.on_hand if item else None

    async def sign_in(self, store_id: str, name: str) -> None:
        """Begin to work at a store, which has all that belongs to it."""
        self.client.show_sign_in()
        await self.client.sign_in(Profile(store_id, Role.WORKER, name))
        await self.until(lambda: self.client.sync.state.report.phase is Phase.CONNECTED, "the link")
        await self.until(self.look, "the product")

    def look(self) -> bool:
        """Open the product's card."""
        product_id = self.client.repositories.catalogue.read(self.sku).product_id
        if product_id is not None:
            self.workplace.open_product(product_id)
        return product_id is not None

    async def shows(self, on_hand: int) -> None:
        """Wait until the product's card says so, and the ledger too."""
        self.look()
        await self.until(lambda: self.on_hand == on_hand, f"{on_hand} on hand")
        store_id = self.actor.profile.store_id
        assert (await self.client.repositories.stock.prove(store_id)).holds

    async def sell(self) -> None:
        """Take one off the shelf."""
        self.look()
        await self.until(lambda: self.on_hand is not None, "the product")
        before = self.on_hand or 0
        self.workplace.product.stock.minus.click()
        await self.until(lambda: self.on_hand == before - 1, "one less")

    async def meet(self) -> None:
        """Go online, and wait until everything is delivered."""
        await self.client.sync.go_online()
        sync = self.client.sync
        await self.until(lambda: sync.connected and not sync.outbox.pending, "delivery")

    async def transfers(self) -> TransfersScreen:
        """Go there."""
        screen = self.workplace.go("transfers")
        assert isinstance(screen, TransfersScreen)
        return screen

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait for something on a busy computer."""
        await until(holds, what)
