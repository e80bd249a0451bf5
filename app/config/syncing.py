"""Puts together the sync of this device, for the mode that the settings choose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from app.data.store.session import Session
from app.data.sync.choices import Preferences
from app.data.sync.delivery import Outbox
from app.data.sync.linked import Linked, join
from app.data.sync.mesh import Mesh
from app.data.sync.modes import Choice, Mode, choose
from app.data.sync.service import SyncService
from app.data.sync.switching import Switch
from app.domain.entities import Device
from app.settings import Settings
from connector_config.link.state import LinkState
from connector_config.schema.scope import Wanted


def make_sync(
    session: Session,
    settings: Settings,
    preferences: Preferences,
    device: Device,
    now: Callable[[], datetime],
) -> SyncService:
    """Make the sync of this device, not opened yet; raises UserError for a mode that cannot be."""
    choice = choose(settings)
    outbox = Outbox(session, _destination(choice), now)
    sync = SyncService(settings, choice, outbox, preferences, now)
    exchange: Mesh | Linked
    if choice.mode is Mode.OFFLINE:
        return sync
    if choice.mode is Mode.LINK:
        exchange = _linked(session, settings, device, now, sync)
    else:
        server = settings.secrets["DITTO_SERVER_URL"] if choice.mode is Mode.CLOUD else None
        license_token = settings.secrets.get("DITTO_OFFLINE_TOKEN")
        exchange = Mesh(session, outbox, now, sync.report, sync.log, license_token, server)
    sync.use(exchange, Switch(scope_file(settings.data_dir), session, exchange))
    return sync


def scope_file(data_dir: Path) -> Path:
    """The file in which a device keeps which documents it asks for."""
    return data_dir / "sync-scope.json"


def _destination(choice: Choice) -> str:
    return "another device" if choice.mode is Mode.P2P else choice.mode.label


def _linked(
    session: Session,
    settings: Settings,
    device: Device,
    now: Callable[[], datetime],
    sync: SyncService,
) -> Linked:
    # pymongo takes 0.1 s to load, and only this mode needs it.
    from pymongo.errors import PyMongoError

    from connector_config.mongodb.connection import MongoSettings, new_async_client

    mongo = MongoSettings(settings.secrets["MONGODB_LOCAL_CONNECTION_STRING"], settings.database)

    def run(
        scope: tuple[Wanted, ...], on_state: Callable[[LinkState], None]
    ) -> asyncio.Future[None]:
        return join(session, mongo, scope, device.device_id, now, on_state)

    async def count(scope: Sequence[Wanted]) -> int | None:
        client = new_async_client(mongo)
        try:
            its = client[mongo.database]
            return sum(
                [await its[one.collection].count_documents(one.mongo_filter()) for one in scope]
            )
        except PyMongoError:
            return None
        finally:
            closing = asyncio.ensure_future(client.close())
            try:
                await asyncio.shield(closing)
            except asyncio.CancelledError:
                # To the end, also where whoever asked is gone by now.
                await closing
                raise

    hosts = mongo.shown.rpartition("://")[2].rpartition("@")[2].rstrip("/")
    return Linked(run, count, hosts, now, sync.report, sync.log)
