"""Sync by Ditto itself: with devices nearby and, in the mode for it, with Ditto Cloud."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential_jitter

from app.data.store.session import Session
from app.data.store.unit_of_work import Written
from app.data.sync.credentials import Credentials, Grant, grant_of, reachable
from app.data.sync.delivery import Outbox, Waiting, key_of
from app.data.sync.network import Network, Seen
from app.data.sync.presence import SERVER, Company, asked_by
from app.data.sync.state import Phase, Report
from app.data.sync.subscriptions import subscription
from app.data.sync.transports import Plan
from app.domain.documents.parts import from_iso
from app.domain.errors import SyncError
from connector_config.schema.scope import Wanted
from connector_config.store.local_only import DELIVERED

_EVERY = 2.0
"""Seconds between two looks at how far the others have come."""

_FAR = "SELECT * FROM system:data_sync_info LIMIT 100"
# A plain statement, because only that tells a number of its commit (a transaction does not), and
# all that was written before has a smaller one.
_STAMP = (
    f"INSERT INTO {DELIVERED} DOCUMENTS ({{'_id': 'stamp', 'at': :at}}) ON ID CONFLICT DO UPDATE"
)


class _Stamp(NamedTuple):
    """A commit that is later than what was in a row when that said `changed`."""

    commit: int
    changed: str


class Mesh:
    """Starts, stops and watches Ditto's own sync."""

    def __init__(
        self,
        session: Session,
        outbox: Outbox,
        now: Callable[[], datetime],
        report: Callable[[Report], None],
        log: Callable[[str, str], None],
        license_token: str | None,
        server_url: str | None,
    ) -> None:
        self._session = session
        self.network: Network = session.network
        self._outbox = outbox
        self._report = report
        self._log = log
        self._license_token = license_token
        self._server_url = server_url
        self._subscriptions = ExitStack()
        self._company = Company(now, log)
        self._now = now
        self._seen = Seen()
        self._asked: dict[str, tuple[Wanted, ...]] = {}
        self._following = ExitStack()
        self._login: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._problem = ""
        self._heard: dict[str, datetime] = {}
        self._stamps: dict[str, _Stamp] = {}
        self._grant: Grant | None = None
        self.credentials: Credentials | None = None

    async def unsubscribe(self) -> None:
        self._subscriptions.close()

    async def subscribe(self, scope: Sequence[Wanted]) -> None:
        for one in scope:
            self._subscriptions.callback(self.network.subscribe(*subscription(one)))

    async def count(self, scope: Sequence[Wanted]) -> int | None:
        """None: nobody knows how much the others hold."""
        return None

    def use(self, plan: Plan) -> None:
        """Use the roads of a plan."""
        self.network.use(plan)

    async def start(self) -> None:
        """Begin to exchange; a problem is reported, never raised."""
        self._problem = ""
        try:
            if self._server_url is None:
                self.network.activate(self._license_token or "")
            elif self.credentials is None:
                self._report(Report(Phase.SIGNED_OUT))
                return
            else:
                # Called at once when there is no login, and again before it expires.
                self.network.on_expiring(self._on_expiring)
            self.network.start()
        except SyncError as error:
            self._problem = str(error)
            self._log(str(error), "warn")
            self._report(Report(Phase.TROUBLE, self._problem))
            return
        self._following.callback(self.network.watch(self._on_seen))
        self._following.callback(self._session.on_written(self._on_written))
        self._looking = asyncio.get_running_loop().create_task(self._keep_looking())

    async def stop(self) -> None:
        """Stop exchanging; the subscriptions stay for the next start."""
        tasks = [task for task in (self._login, self._looking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._login = self._looking = None
        self._following.close()
        self.network.stop()
        self._seen = Seen()
        self._company.update(self._seen, "", {})

    def log_out(self) -> None:
        """Forget the login; call `stop` before."""
        self.network.logout()
        self.credentials = self._grant = None

    def _on_expiring(self) -> None:
        if self._login is None or self._login.done():
            self._login = asyncio.get_running_loop().create_task(self._log_in())

    async def _log_in(self) -> None:
        try:
            async for attempt in AsyncRetrying(
                wait=wait_exponential_jitter(initial=1, max=60),
                retry=retry_if_exception(lambda e: isinstance(e, SyncError) and e.again),
                before_sleep=self._say_why,
                reraise=True,
            ):
                with attempt:
                    await self._log_in_once()
        except SyncError as error:
            self._trouble(error)

    async def _log_in_once(self) -> None:
        credentials, url = self.credentials, self._server_url
        if credentials is None or url is None:
            return
        token = await credentials.token()
        try:
            self._grant = grant_of(await self.network.login(token, credentials.provider))
        except SyncError as error:
            if await reachable(url):
                raise SyncError(f"{error} Check the token and DITTO_APP_ID.") from None
            raise SyncError("Ditto Cloud does not answer; trying again.", again=True) from None
        self._problem = ""
        self._log("Signed in to Ditto Cloud", "ok")
        self._notify()

    async def _say_why(self, attempt: RetryCallState) -> None:
        if attempt.outcome is not None and isinstance(
            error := attempt.outcome.exception(), SyncError
        ):
            self._trouble(error)

    def _trouble(self, error: SyncError) -> None:
        if str(error) != self._problem:
            self._log(str(error), "warn")
        self._problem = str(error)
        self._notify()

    def _on_seen(self, seen: Seen) -> None:
        self._seen = seen
        for peer in seen.peers:
            asked = asked_by(peer.metadata)
            if self._asked.setdefault(peer.key, asked) != asked:
                # As far as it came it came with other documents than these.
                self._asked[peer.key] = asked
                self._stamps.clear()
        self._notify()

    def _on_written(self, written: Written) -> None:
        for one in written.touched:
            # What is in its row now has a later commit than the stamp knows of.
            self._stamps.pop(key_of(one.collection, one.document_id), None)

    def _notify(self) -> None:
        self._company.update(self._seen, self._server_url or "", self._heard)
        peers = self._company.peers
        phase = Phase.CONNECTED if peers else Phase.CONNECTING
        if self._problem and not peers:
            phase = Phase.TROUBLE
        last = max(self._heard.values(), default=None)
        self._report(Report(phase, self._problem, peers, last, grant=self._grant))

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            await self._look()

    async def _look(self) -> None:
        reached: dict[str, int] = {}
        for row in await self._session.query(_FAR):
            documents: dict[str, Any] = row.get("documents") or {}
            key = SERVER if row.get("is_ditto_server") else str(row.get("_id"))
            commit = int(documents.get("synced_up_to_local_commit_id") or 0)
            reached[key] = max(reached.get(key, 0), commit)
            at = documents.get("last_update_received_time")
            if isinstance(at, (int, float)):
                self._heard[key] = datetime.fromtimestamp(at / 1000, self._now().tzinfo)
            elif (moment := from_iso(at)) is not None:
                self._heard[key] = moment
        await self._deliver(partial(self._reached, reached))
        self._notify()

    def _reached(self, reached: Mapping[str, int], waiting: Waiting) -> int:
        """Up to which commit somebody has this document who keeps it."""
        if self._server_url is not None:
            # What a device nearby has is not in Ditto Cloud.
            return reached.get(SERVER, 0)
        # A device goes past a commit also when it does not ask for what is in it.
        return max(
            (
                reached.get(peer.key, 0)
                for peer in self._seen.peers
                if _covers(self._asked[peer.key], waiting)
            ),
            default=0,
        )

    async def _deliver(self, reached: Callable[[Waiting], int]) -> None:
        page = self._outbox.waiting
        # Of a row that was changed again the stamp knows nothing.
        self._stamps = {
            one.key: stamp
            for one in page
            if (stamp := self._stamps.get(one.key)) is not None and stamp.changed == one.changed
        }
        known = [one for one in page if one.key in self._stamps]
        arrived = [one for one in known if self._stamps[one.key].commit <= reached(one)]
        waiting = [one for one in page if one not in arrived]
        if arrived:
            await self._outbox.delivered(arrived)
            for one in arrived:
                self._stamps.pop(one.key, None)
        if fresh := [one for one in waiting if one.key not in self._stamps]:
            commit = await self._session.stamp(_STAMP, {"at": self._now().isoformat()})
            # With what was in the row before: an edit may have come while this was stored.
            self._stamps |= {one.key: _Stamp(commit, one.changed) for one in fresh}


def _covers(asked: Sequence[Wanted], one: Waiting) -> bool:
    # What decides is part of every `_id`.
    return any(its.collection == one.collection and its.covers(one.document_id) for its in asked)
