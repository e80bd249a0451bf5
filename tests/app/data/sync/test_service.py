"""The service: a switch that stays where it is put, one log, and machinery that only reports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from app.data.store.session import Session
from app.data.sync.choices import Choices, Preferences
from app.data.sync.credentials import Grant
from app.data.sync.delivery import Outbox
from app.data.sync.linked import Linked
from app.data.sync.modes import Choice, Mode
from app.data.sync.service import SyncService
from app.data.sync.state import PeerView, Phase, Report
from app.data.sync.subscriptions import wanted
from app.domain.entities import Device, Profile, Role
from app.settings import Settings
from connector_config.link.state import Comparison, LinkState
from connector_config.link.state import Phase as LinkPhase
from connector_config.schema.scope import Wanted, shared
from tests.helpers.sync_peer import Kept, sell
from tests.helpers.two_stores import NOW, SEATTLE, TACOMA, everything, fill, now, switch_of
from tests.helpers.waiting import settle, until

DEVICE = Device("device-1", "laptop")
MAYA = Profile(SEATTLE, Role.WORKER, "Maya")
BEN = Profile(TACOMA, Role.REP, "Ben")
MIA = Profile(SEATTLE, Role.MANAGER, "Mia")
SPOKANE = "store_spokane"


class FakeLink:
    """Runs links that do nothing but say what the test wants."""

    def __init__(self) -> None:
        self.scopes: list[tuple[Wanted, ...]] = []
        self.running: list[asyncio.Future[None]] = []
        self.say: Callable[[LinkState], None] = lambda _: None

    def __call__(
        self, scope: tuple[Wanted, ...], on_state: Callable[[LinkState], None]
    ) -> asyncio.Future[None]:
        self.scopes.append(scope)
        self.say = on_state
        self.running.append(asyncio.get_running_loop().create_future())
        return self.running[-1]

    @property
    def alive(self) -> int:
        return sum(not one.done() for one in self.running)


class LinkedService:
    """A service in the mode link, on a real store and a link that is not one."""

    def __init__(self, folder: Path, session: Session, kept: Preferences) -> None:
        self.session = session
        self.link = FakeLink()
        choice = Choice(Mode.LINK, "its setting is there")
        outbox = Outbox(session, "MongoDB", now)
        self.sync = SyncService(Settings(folder), choice, outbox, kept, now)
        linked = Linked(
            self.link, self.count, "mongo.example", now, self.sync.report, self.sync.log
        )
        self.switch = switch_of(folder, session, linked)  # type: ignore[arg-type]
        self.sync.use(linked, self.switch)

    async def count(self, scope: Sequence[Wanted]) -> int:
        """What MongoDB would say: seven documents of each part."""
        return 7 * len(scope)

    @property
    def phase(self) -> Phase:
        return self.sync.state.report.phase

    def says(self, *texts: str) -> bool:
        """Whether the log holds these, newest first."""
        return [one.text for one in self.sync.state.log][: len(texts)] == list(texts)


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    await fill(tmp_path)
    session = await Session.open(tmp_path, now)
    await session.query("EVICT FROM local_outbox")
    yield session
    await session.close()


@pytest.fixture
async def service(tmp_path: Path, session: Session) -> AsyncIterator[LinkedService]:
    service = LinkedService(tmp_path, session, Kept())
    await service.sync.open()
    yield service
    await service.sync.close()


async def held_of(session: Session, store_id: str) -> int:
    """How many documents are here of a store; a transfer has two."""
    everywhere = await everything(session)
    return sum(
        str(row[field]) == store_id
        for name, documents in everywhere.items()
        if name != "inventory"
        for row in documents.values()
        for field in {
            "transfers": ("from_store_id", "to_store_id"),
            "customers": ("primary_store_id",),
        }.get(name, ("store_id",))
    )


async def test_a_new_device_asks_for_what_everybody_wants(service: LinkedService):
    assert service.link.scopes == [shared()]
    assert service.phase is Phase.CONNECTING


async def test_who_signs_in_decides_what_is_asked_for_and_one_link_runs(service: LinkedService):
    await service.sync.enter(MAYA, "Seattle", DEVICE)
    assert service.link.scopes[-1] == wanted(Role.WORKER, (SEATTLE,), NOW)
    await service.sync.enter(BEN, "Tacoma", DEVICE)
    assert service.link.scopes[-1] == wanted(Role.REP, (TACOMA,), NOW)
    assert service.link.alive == 1


async def test_only_once_connected_the_other_store_leaves(service: LinkedService):
    await service.sync.enter(MAYA, "Seattle", DEVICE)
    before = await everything(service.session)
    service.link.say(LinkState(LinkPhase.FIRST_SYNC, done=1, total=3))
    await settle()
    assert await everything(service.session) == before
    assert "1 of 3 documents" in service.sync.state.sentence
    service.link.say(LinkState(LinkPhase.LIVE, last_exchange=NOW))
    await until(lambda: service.switch.tidy, "a tidy device")
    left = await everything(service.session)
    assert not any(TACOMA in text.split("to_store_id")[0] for text in left["orders"])
    assert len(left["orders"]) > 0
    assert any("left this device" in one.text for one in service.sync.state.log)


async def test_offline_stays_offline_until_a_person_says_otherwise(
    tmp_path: Path, session: Session
):
    kept = Kept()
    service = LinkedService(tmp_path, session, kept)
    await service.sync.open()
    service.link.say(LinkState(LinkPhase.LIVE, last_exchange=NOW))
    assert service.sync.connected
    assert service.sync.state.tone == "ok"
    await service.sync.go_offline()
    # What it knew then it knows now, but claims no more than that.
    assert service.sync.state.report.last_exchange == NOW
    assert service.sync.state.tone == ""
    assert (service.phase, service.link.alive, service.sync.connected) == (Phase.PAUSED, 0, False)
    await service.sync.enter(MAYA, "Seattle", DEVICE)
    assert (service.phase, service.link.alive) == (Phase.PAUSED, 0)
    await service.sync.close()
    # As Qt's settings give it back.
    kept.update({name: str(value).lower() for name, value in kept.items()})
    again = LinkedService(tmp_path, session, kept)
    await again.sync.open()
    assert (again.phase, again.link.alive) == (Phase.PAUSED, 0)
    await again.sync.go_online()
    assert again.link.alive == 1
    assert again.link.scopes[-1] == wanted(Role.WORKER, (SEATTLE,), NOW)
    await again.sync.close()
    assert again.link.alive == 0


@pytest.mark.parametrize(
    ("state", "phase", "sentence"),
    [
        (LinkState(LinkPhase.CONNECTING), Phase.CONNECTING, "MongoDB: looking for others"),
        (
            LinkState(LinkPhase.WAITING, "mongo.example does not answer."),
            Phase.TROUBLE,
            "MongoDB: mongo.example does not answer",
        ),
        (
            LinkState(LinkPhase.REFUSED, "No pre-images."),
            Phase.TROUBLE,
            "MongoDB: No pre-images",
        ),
        (LinkState(LinkPhase.LIVE), Phase.CONNECTED, "MongoDB: connected"),
        (
            LinkState(LinkPhase.LIVE, last_exchange=NOW),
            Phase.CONNECTED,
            "MongoDB: everything is delivered",
        ),
        (
            LinkState(LinkPhase.LIVE, last_exchange=NOW, parked=2),
            Phase.CONNECTED,
            "MongoDB: connected  \N{MIDDLE DOT}  2 changes refused",
        ),
    ],
)
async def test_what_the_link_says_in_words(
    service: LinkedService, state: LinkState, phase: Phase, sentence: str
):
    service.link.say(state)
    assert (service.phase, service.sync.state.sentence) == (phase, sentence)
    delivered = "delivered" in sentence
    assert (service.sync.state.tone == "ok") is delivered


async def test_a_connection_has_a_since_and_a_line_in_the_log(service: LinkedService):
    service.link.say(LinkState(LinkPhase.LIVE, last_exchange=NOW))
    peer = PeerView("mongodb", "MongoDB", "mongo.example", "Network", NOW, NOW)
    assert service.sync.state.report.peers == (peer,)
    assert service.says("Connected to MongoDB at mongo.example")
    service.link.say(LinkState(LinkPhase.WAITING, "Gone."))
    assert not service.sync.state.report.peers
    service.link.say(LinkState(LinkPhase.WAITING, "Gone."))
    assert service.says("Gone.", "Connected to MongoDB at mongo.example")


async def test_the_log_does_not_grow_for_ever(service: LinkedService):
    for at in range(1000):
        service.sync.log(f"line {at}", "")
    assert len(service.sync.state.log) == 200
    assert service.says("line 999", "line 998")


# --- the stores that a manager chose


def held(*stores: str) -> tuple[Wanted, ...]:
    return wanted(Role.MANAGER, stores, NOW)


async def test_a_manager_has_the_own_store_until_more_are_chosen(tmp_path: Path, session: Session):
    kept = Kept()
    service = LinkedService(tmp_path, session, kept)
    await service.sync.open()
    await service.sync.enter(MIA, "Seattle", DEVICE)
    assert list(service.sync.state.stores) == [SEATTLE]
    await service.sync.choose_stores((TACOMA, SEATTLE))
    assert list(service.sync.state.stores) == [SEATTLE, TACOMA]
    assert service.link.scopes[-1] == held(SEATTLE, TACOMA)
    # Another manager of this device has a choice of their own, and a worker none.
    await service.sync.enter(Profile(SEATTLE, Role.MANAGER, "Zoe"), "Seattle", DEVICE)
    assert service.link.scopes[-1] == held(SEATTLE)
    await service.sync.enter(Profile(SEATTLE, Role.WORKER, "Mia"), "Seattle", DEVICE)
    await service.sync.choose_stores((SEATTLE, TACOMA))
    assert service.link.scopes[-1] == wanted(Role.WORKER, (SEATTLE,), NOW)
    await service.sync.close()
    again = LinkedService(tmp_path, session, kept)
    await again.sync.open()
    await again.sync.enter(MIA, "Seattle", DEVICE)
    assert again.link.scopes[-1] == held(SEATTLE, TACOMA)
    # Whoever comes to work in one more store holds it from then on.
    await again.sync.enter(Profile(SPOKANE, Role.MANAGER, "mia"), "Spokane", DEVICE)
    await again.sync.enter(MIA, "Seattle", DEVICE)
    assert again.sync.state.stores == (SEATTLE, SPOKANE, TACOMA)
    await again.sync.choose_stores(())
    assert again.link.scopes[-1] == held(SEATTLE)
    await again.sync.close()


async def test_working_in_another_store_that_is_here_asks_for_nothing_new(service: LinkedService):
    await service.sync.enter(MIA, "Seattle", DEVICE)
    await service.sync.choose_stores((SEATTLE, TACOMA))
    asked = len(service.link.scopes)
    await service.sync.enter(Profile(TACOMA, Role.MANAGER, "Mia"), "Tacoma", DEVICE)
    assert (len(service.link.scopes), service.link.alive) == (asked, 1)


async def test_a_store_taken_out_leaves_but_for_what_was_not_delivered(
    tmp_path: Path, session: Session
):
    await session.query("EVICT FROM orders")
    await sell(session, "waits", TACOMA)
    service = LinkedService(tmp_path, session, Kept())
    await service.sync.open()
    await service.sync.enter(MIA, "Seattle", DEVICE)
    await service.sync.choose_stores((SEATTLE, TACOMA))
    service.link.say(LinkState(LinkPhase.LIVE, last_exchange=NOW))
    await until(lambda: not service.sync.state.leaving, "a tidy device")
    # Its own parts of each collection, of transfers from it and to it.
    assert await service.sync.documents_of(TACOMA) == await held_of(session, TACOMA)
    await service.sync.choose_stores((SEATTLE,))
    assert service.sync.state.leaving
    # MongoDB is not connected yet, and says nothing.
    assert await service.sync.documents_of(TACOMA) is None
    service.link.say(LinkState(LinkPhase.LIVE, last_exchange=NOW))
    its = [one for one in wanted(Role.MANAGER, (TACOMA,), NOW) if one.field is not None]
    assert await service.sync.documents_of(TACOMA) == await service.count(its)
    await until(lambda: "left this device" in service.sync.state.log[0].text, "the store to leave")
    left = await everything(session)
    assert [row["order_id"] for row in left["orders"].values()] == ["waits-order_id"]
    assert not any(row["store_id"] == TACOMA for row in left["stock_movements"].values())
    assert service.sync.state.leaving
    await session.query("EVICT FROM local_outbox")
    await until(lambda: not service.sync.state.leaving, "the last of it")
    assert (await everything(session))["orders"] == {}
    await service.sync.close()


async def test_of_two_choices_at_once_the_later_one_holds(service: LinkedService):
    await service.sync.enter(MIA, "Seattle", DEVICE)
    await asyncio.gather(
        service.sync.choose_stores((SEATTLE, TACOMA)),
        service.sync.choose_stores((SEATTLE, SPOKANE)),
    )
    assert service.link.scopes[-1] == service.switch.scope == held(SEATTLE, SPOKANE)
    assert service.sync.state.stores == (SEATTLE, SPOKANE)
    assert service.link.alive == 1


async def test_a_choice_is_on_the_disk_before_anything_is_done_about_it(
    tmp_path: Path, session: Session
):
    file = str(tmp_path / "zava.ini")
    kept = QSettings(file, QSettings.Format.IniFormat)
    service = LinkedService(tmp_path, session, kept)
    await service.sync.open()
    await service.sync.enter(MIA, "Seattle", DEVICE)
    seen: list[object] = []

    async def crash(scope: object) -> None:
        seen.append(QSettings(file, QSettings.Format.IniFormat).value("sync/stores"))
        raise RuntimeError("the process is gone")

    service.switch.enter = crash  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        await service.sync.choose_stores((SEATTLE, TACOMA))
    await service.sync.close()
    assert seen == ['{"mia": ["store_seattle", "store_tacoma"]}']
    again = LinkedService(tmp_path, session, QSettings(file, QSettings.Format.IniFormat))
    await again.sync.open()
    assert again.link.scopes == [held(SEATTLE)]
    await again.sync.enter(MIA, "Seattle", DEVICE)
    assert again.link.scopes[-1] == held(SEATTLE, TACOMA)
    await again.sync.close()


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"mia": 7}'])
def test_a_damaged_choice_is_the_own_store(text: str):
    choices = Choices(Kept({"sync/stores": text}))
    assert choices.stores(MIA) == (SEATTLE,)
    choices.keep_stores(MIA, (TACOMA,))
    assert choices.stores(MIA) == (SEATTLE, TACOMA)


async def test_what_a_login_does_not_allow_is_said(service: LinkedService):
    await service.sync.enter(MIA, "Seattle", DEVICE)
    await service.sync.choose_stores((SEATTLE, TACOMA))
    for grant, words in (
        (None, ""),
        (Grant("manager", (SEATTLE, TACOMA)), ""),
        (Grant("super_manager", None), ""),
        (Grant("manager", (SEATTLE,)), "no access to some of the stores chosen"),
        (Grant("manager", (TACOMA,)), "no access to Seattle: what is done here does not leave"),
    ):
        service.sync.report(Report(Phase.CONNECTED, last_exchange=NOW, grant=grant))
        assert words in service.sync.state.report.problem
        assert (service.sync.state.tone == "ok") is not bool(words)


async def test_what_a_sign_out_removes_is_gone_after_a_crash_in_the_middle_of_it(
    tmp_path: Path, session: Session
):
    await sell(session, "waits")
    service = LinkedService(tmp_path, session, Kept())
    await service.sync.open()
    await service.sync.enter(MAYA, "Seattle", DEVICE)
    await service.switch.enter(())
    await service.sync.close()
    assert len((await everything(session))["customers"]) > 0
    again = LinkedService(tmp_path, session, Kept())
    await again.sync.open()
    left = {name: its for name, its in (await everything(session)).items() if its}
    assert [row["order_id"] for row in left.pop("orders").values()] == ["waits-order_id"]
    assert left == {}
    assert again.link.scopes == [shared()]
    await again.sync.close()


async def test_listeners_hear_of_new_states_only(service: LinkedService):
    heard: list[int] = []
    cancel = service.sync.on_changed(lambda: heard.append(1))
    service.sync.report(Report(Phase.CONNECTED))
    service.sync.report(Report(Phase.CONNECTED))
    assert len(heard) == 1
    cancel()
    service.sync.report(Report(Phase.TROUBLE, "x"))
    assert len(heard) == 1


async def test_what_the_device_mended_by_itself_is_in_the_log_and_in_the_report(
    service: LinkedService,
):
    live = LinkState(LinkPhase.LIVE, last_exchange=NOW)
    service.link.say(replace(live, compared=Comparison(NOW)))
    assert not any("Mended" in one.text for one in service.sync.state.log)
    found = (("customers", 1), ("inventory", 2))
    for _ in range(2):
        service.link.say(replace(live, compared=Comparison(NOW, found)))
    said = "Mended 3 documents that differed from MongoDB: Customers 1, Stock levels 2"
    assert [one.tone for one in service.sync.state.log if one.text == said] == ["warn"]
    await service.sync.go_offline()
    # It was so, whether or not the link runs now.
    assert service.sync.state.report.compared == NOW
    assert service.sync.state.report.mended == 3


async def test_green_only_for_what_is_delivered(service: LinkedService):
    service.sync.report(Report(Phase.CONNECTED, last_exchange=NOW))
    assert service.sync.state.tone == "ok"
    service.sync.outbox.pending = 3
    assert service.sync.state.tone == "warn"
    assert "3 changes not sent yet" in service.sync.state.sentence
    service.sync.outbox.pending = 1
    assert "1 change not sent yet" in service.sync.state.sentence
