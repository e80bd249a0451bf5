"""A fill while the primary of a replica set of three goes away."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date

import pytest
from pymongo.errors import AutoReconnect

from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.mongodb.mapping import mongo_id
from connector_config.mongodb.server import (
    Member,
    direct_client,
    find_mongod,
    free_port,
    initiate,
    is_primary,
    running,
)
from seed.data_set import mongo_data_set
from seed.mongo import fill as fill_module
from seed.mongo.fill import fill
from seed.options import Options
from tests.helpers.mongodb import SMALL

pytestmark = pytest.mark.usefixtures("vectors_once")

CONTENT = Options(start=date(2026, 1, 1), end=date(2026, 11, 21), customers=200, orders=1_000)
QUICK = {"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 200}


@dataclass
class Three:
    """Three members and their processes."""

    members: list[Member]
    processes: list[subprocess.Popen[bytes]]

    @property
    def settings(self) -> MongoSettings:
        """For the whole set."""
        hosts = ",".join(member.address for member in self.members)
        return MongoSettings(f"mongodb://{hosts}/?replicaSet=rs0", "zava")

    def primary(self) -> int:
        """The number of the member that takes writes."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for number, member in enumerate(self.members):
                if self.processes[number].poll() is None and is_primary(member):
                    return number
            time.sleep(0.1)
        raise AssertionError("no primary")

    def step_down(self) -> None:
        """Let the primary become a secondary, ready or not."""
        with direct_client(self.members[self.primary()]) as client:
            with suppress(AutoReconnect):
                client.admin.command("replSetStepDown", 20, force=True)

    def kill(self) -> None:
        """End the primary as a power cut would."""
        self.processes[self.primary()].send_signal(signal.SIGKILL)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    """A replica set of three that elects quickly."""
    mongod = find_mongod()
    members = [
        Member(mongod, tmp_path_factory.mktemp(f"member{number}"), free_port(), arguments=SMALL)
        for number in range(3)
    ]
    with ExitStack() as stack:
        processes = [stack.enter_context(running(member)) for member in members]
        initiate(members, QUICK)
        yield Three(members, processes)


# The kill comes last: it leaves two members.
@pytest.mark.parametrize("disturb", [Three.step_down, Three.kill], ids=["step down", "kill"])
def test_every_document_is_there_once(
    three: Three, disturb: Callable[[Three], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_module, "BATCH_SIZE", 200)
    before = three.primary()
    disturbed: list[str] = []

    def on_progress(collection: str, done: int, total: int) -> None:
        if collection == "orders" and done and not disturbed:
            disturbed.append(collection)
            disturb(three)

    with open_database(three.settings) as database:
        database.client.drop_database("zava")
        filled = fill(database, CONTENT, on_progress)
        assert disturbed and three.primary() != before
        assert all(part.found == part.expected for part in filled)
        for part in mongo_data_set(CONTENT):
            name = part.collection
            wanted = {mongo_id(name, d): dict(d) for d in part.documents}
            found = {d.pop("_id"): d for d in database[name].find()}
            assert found == wanted, name
