"""The one owner of everything that syncs: the mode, whether it is on, and what is to be said."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from app.data.sync.choices import Choices, Preferences
from app.data.sync.credentials import DevelopmentToken, WebhookLogin
from app.data.sync.delivery import Outbox
from app.data.sync.device_proofs import DeviceProofs
from app.data.sync.mesh import Mesh
from app.data.sync.modes import Choice, Mode, ways
from app.data.sync.presence import introduction
from app.data.sync.state import Cancel, Event, Phase, Report, SyncState
from app.data.sync.subscriptions import wanted
from app.data.sync.switching import Subscribes, Switch
from app.data.sync.transports import Plan, Transport, existing, plan
from app.domain.entities import Device, Profile
from app.domain.errors import SyncError
from app.settings import Settings
from connector_config.schema.scope import Wanted, shared
from connector_config.wording import counted

_LOG = 200


class Exchange(Subscribes, Protocol):
    """The machinery of a mode; it reports what is wrong and does not raise."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def count(self, scope: Sequence[Wanted]) -> int | None: ...


class SyncService:
    """The sync of this device; it lives as long as the session, while people sign in and out."""

    def __init__(
        self,
        settings: Settings,
        choice: Choice,
        outbox: Outbox,
        preferences: Preferences,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._choice = choice
        self.outbox = outbox
        self._choices = Choices(preferences)
        self._now = now
        self._listeners: list[Callable[[], None]] = []
        self._log: deque[Event] = deque(maxlen=_LOG)
        self._report = Report(Phase.OFF)
        self._exchange: Exchange | None = None
        self._switch: Switch | None = None
        self._cleaning: asyncio.Task[None] | None = None
        self._stale = False
        self._one_at_a_time = asyncio.Lock()
        self._unlisten: Cancel = lambda: None
        self._user = ""
        self._profile: Profile | None = None
        self._store = ""

    def use(self, exchange: Exchange, switch: Switch) -> None:
        """Take the machinery of the mode; there is none in the mode offline."""
        self._exchange, self._switch = exchange, switch

    @property
    def state(self) -> SyncState:
        report = self._report
        return SyncState(
            mode=self._choice.mode,
            reason=self._choice.reason,
            report=replace(report, problem=report.problem or self._no_access),
            pending=self.outbox.pending,
            roads=tuple((road, road not in self._choices.closed) for road in self._roads),
            user=self._user,
            may_sign_in=self._may_sign_in,
            log=tuple(self._log),
            ways=ways(self._settings),
            stores=self._stores if self._switch is not None else (),
            leaving=self._switch is not None and not self._switch.tidy,
        )

    @property
    def connected(self) -> bool:
        """Whether this device and another one, or a server, hear each other now."""
        return self.state.connected

    @property
    def holds_all_days(self) -> bool:
        """Whether this device holds orders however old they are."""
        return self._switch is None or self._settings.orders_days is None

    def on_changed(self, listener: Callable[[], None]) -> Cancel:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def open(self) -> None:
        """Go on with what this device asked for last, or begin with what everybody wants."""
        if self._exchange is None or self._switch is None:
            return
        await self.outbox.open()
        self._unlisten = self.outbox.on_changed(self._on_outbox)
        self.log(f"{self._choice.mode.label}: {self._choice.reason}", "")
        if isinstance(self._exchange, Mesh):
            self._exchange.use(self._plan)
            token = self._settings.secrets.get("DITTO_DEVELOPMENT_TOKEN")
            if token is not None:
                self._exchange.credentials = DevelopmentToken(token)
        if self._switch.scope == ():
            # Who signed out wanted everything removed: a crash in the middle of it changes nothing.
            await self._switch.clean()
        await self._enter(self._switch.scope or shared())
        if self._choices.offline:
            self.report(Report(Phase.PAUSED))
        else:
            await self._exchange.start()

    async def enter(self, profile: Profile, store: str, device: Device) -> None:
        """Ask for what a person wants; `store` is the name of the person's store."""
        if isinstance(self._exchange, Mesh):
            self._exchange.network.introduce(introduction(profile, store, device))
        self._profile, self._store = profile, store
        # A store that a manager came to work in stays until it is taken out.
        await self.choose_stores(self._stores)

    async def choose_stores(self, store_ids: Sequence[str]) -> None:
        before = self._stores
        if self._profile is not None:
            self._choices.keep_stores(self._profile, store_ids)
        if self._stores != before:
            count = len(self._stores)
            self.log(f"{counted(count, 'store')} on this device from now on", "")
        # A device that is alone asks for nothing, and does without the list of collections.
        if self._switch is not None:
            await self._enter(self._wanted(self._stores))
        self._changed()

    async def documents_of(self, store_id: str) -> int | None:
        if self._switch is None or self._exchange is None:
            return None
        its = [one for one in self._wanted((store_id,)) if one.field is not None]
        if store_id in self._stores:
            return await self._switch.count(its)
        return await self._exchange.count(its)

    async def go_offline(self) -> None:
        self._choices.offline = True
        if self._exchange is None:
            return
        async with self._one_at_a_time:
            await self._exchange.stop()
        self.log("Gone offline", "")
        self.report(Report(Phase.PAUSED))

    async def go_online(self) -> None:
        self._choices.offline = False
        if self._exchange is None:
            return
        async with self._one_at_a_time:
            await self._exchange.stop()
            self.report(Report(Phase.CONNECTING))
            await self._exchange.start()

    async def set_road(self, road: Transport, is_open: bool) -> None:
        closed = self._choices.closed
        self._choices.closed = closed - {road} if is_open else closed | {road}
        if isinstance(self._exchange, Mesh):
            self._exchange.use(self._plan)
        self.log(f"{road.label} {'opened' if is_open else 'closed'}", "")
        self._changed()

    async def sign_in(self, user: str, password: str) -> None:
        url = self._settings.auth_url
        if not self._may_sign_in or url is None or not isinstance(self._exchange, Mesh):
            raise SyncError("This device has no login server: set ZAVA_AUTH_URL.")
        proofs = DeviceProofs(self._settings.data_dir)
        login = WebhookLogin(url, user, password, self._settings.auth_provider, proofs)
        await login.token()
        async with self._one_at_a_time:
            await self._exchange.stop()
            # Ditto goes on with a login that it still has, whoever that was.
            self._exchange.log_out()
        self._exchange.credentials = login
        self._user = user
        # Who signed out may have had everything removed, and with it what is asked for.
        await self._enter(self._wanted(self._stores))
        await self.go_online()

    async def sign_out(self, remove: bool) -> None:
        if not isinstance(self._exchange, Mesh) or self._switch is None:
            return
        async with self._one_at_a_time:
            await self._exchange.stop()
            self._exchange.log_out()
            if remove:
                # As a switch to nothing: what waits to be delivered stays.
                await self._switch.enter(())
                gone = await self._switch.clean()
                self.log(f"{counted(gone, 'document')} removed from this device", "")
        self._user = ""
        self.log("Signed out of Ditto Cloud", "")
        self.report(Report(Phase.SIGNED_OUT))

    async def close(self) -> None:
        """Stop everything; call it before the session closes."""
        self._unlisten()
        if self._cleaning is not None:
            await asyncio.gather(self._cleaning, return_exceptions=True)
        if self._exchange is not None:
            await self._exchange.stop()
        await self.outbox.close()

    def report(self, report: Report) -> None:
        """Take in what the machinery says."""
        before = self._report
        # When it last heard of others, and looked for itself, stays true while it does not.
        report = self._report = replace(
            report,
            last_exchange=report.last_exchange or before.last_exchange,
            compared=report.compared or before.compared,
            mended=report.mended or before.mended,
        )
        if report.phase is not before.phase and report.phase is Phase.CONNECTED:
            self._clean()
        if report != before:
            self._changed()

    def log(self, text: str, tone: str) -> None:
        """Add a line to the log."""
        self._log.appendleft(Event(self._now(), text, tone))

    @property
    def _roads(self) -> tuple[Transport, ...]:
        return existing(self._choice.mode, self._settings)

    @property
    def _plan(self) -> Plan:
        return plan(self._choice.mode, self._settings, self._choices.closed)

    @property
    def _may_sign_in(self) -> bool:
        return (
            self._choice.mode is Mode.CLOUD
            and self._settings.auth_url is not None
            and "DITTO_DEVELOPMENT_TOKEN" not in self._settings.secrets
        )

    @property
    def _stores(self) -> tuple[str, ...]:
        return () if self._profile is None else self._choices.stores(self._profile)

    @property
    def _no_access(self) -> str:
        """What the login that was made does not allow, in a sentence."""
        grant = self._report.grant
        if grant is None or self._profile is None:
            return ""
        if not grant.covers(self._profile.store_id):
            return (
                f"The login of {self._user} has no access to {self._store}: what is done here does "
                "not leave this device."
            )
        if not all(map(grant.covers, self._stores)):
            return f"The login of {self._user} has no access to some of the stores chosen."
        return ""

    def _wanted(self, store_ids: Sequence[str]) -> tuple[Wanted, ...]:
        if self._profile is None:
            return shared()
        return wanted(self._profile.role, store_ids, self._now(), self._settings.orders_days)

    async def _enter(self, scope: tuple[Wanted, ...]) -> None:
        if self._switch is None:
            return
        async with self._one_at_a_time:
            try:
                await self._switch.enter(scope)
            except SyncError as error:
                self.log(str(error), "warn")
                self.report(replace(self._report, problem=str(error)))
        if self.connected:
            self._clean()

    def _clean(self) -> None:
        if self._switch is None or self._switch.tidy:
            return
        self._stale = True
        if self._cleaning is None or self._cleaning.done():
            self._cleaning = asyncio.get_running_loop().create_task(self._clean_up(self._switch))

    async def _clean_up(self, switch: Switch) -> None:
        while self._stale:
            self._stale = False
            if gone := await switch.clean():
                self.log(f"{counted(gone, 'document')} of other stores left this device", "")
            self._changed()

    def _on_outbox(self) -> None:
        if not self.outbox.pending and self.connected:
            self._clean()
        self._changed()

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()
