"""Keeping people and telling who somebody is, on a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config.repositories import Repositories
from app.data.staff.staff import StaffRepository
from app.data.staff.verifying import Verifier
from app.data.store.session import Session
from app.domain.entities import Role
from app.domain.errors import InvalidInputError
from app.domain.staff import BADGE_RANDOM, Person, Refusal, new_badge
from connector_config.errors import UserError
from connector_config.schema.staff_documents import staff_id
from connector_config.secret_hashes import SecretHashes, fault_of_hash
from tests.helpers.nasty import bad, good
from tests.helpers.stock_room import BOB, SEATTLE, Clock, Heard


class Still(Clock):
    """A clock that goes on only when it is told to."""

    def __call__(self) -> datetime:
        return self.now


TACOMA = "store_tacoma"
PIN = "2719"
BADGE = new_badge("1" * BADGE_RANDOM)
_PUT = "INSERT INTO staff DOCUMENTS (:document) ON ID CONFLICT DO UPDATE"


@pytest.fixture
def clock() -> Clock:
    return Still()


@pytest.fixture
async def session(tmp_path: Path, clock: Clock) -> AsyncIterator[Session]:
    session = await Session.open(tmp_path, clock)
    yield session
    await session.close()


@pytest.fixture
def staff(session: Session, clock: Clock) -> StaffRepository:
    return StaffRepository(session, clock)


@pytest.fixture
def verifier(session: Session, clock: Clock) -> Verifier:
    return Verifier(session, clock)


async def add(staff: StaffRepository, name: str = "Ann", role: Role = Role.MANAGER) -> Person:
    return await staff.add(name, role, [SEATTLE], PIN, BOB)


async def stored(session: Session, person: Person) -> dict[str, Any]:
    rows = await session.query("SELECT * FROM staff WHERE _id = :id", {"id": person.key})
    return rows[0]


async def test_who_is_added_comes_in_with_the_pin_and_nothing_else(
    session: Session, staff: StaffRepository, verifier: Verifier
) -> None:
    assert await staff.is_open(SEATTLE)
    ann = await add(staff)
    assert not await staff.is_open(SEATTLE)
    assert await staff.is_open(TACOMA)
    came = await verifier.by_pin(SEATTLE, ann.person_id, "２７１９")
    assert isinstance(came, Person)
    assert (came.name, came.role, came.store_id, came.stores) == (
        *("Ann", Role.MANAGER, SEATTLE),
        (SEATTLE,),
    )
    for wrong in ("2718", "27190", "", "abcd"):
        assert isinstance(await verifier.by_pin(SEATTLE, ann.person_id, wrong), Refusal)
    assert isinstance(await verifier.by_pin(TACOMA, ann.person_id, PIN), Refusal)
    document = await stored(session, ann)
    assert fault_of_hash(document["pin_hash"]) == ""
    assert PIN not in document["pin_hash"].split("$")
    assert document["changed_by"] == "Bob"


async def test_a_badge_comes_in_without_a_name(staff: StaffRepository, verifier: Verifier) -> None:
    ann = await add(staff)
    assert isinstance(await verifier.by_badge(SEATTLE, BADGE), Refusal)
    assert await staff.set_badge(ann, BADGE, BOB) == []
    came = await verifier.by_badge(SEATTLE, BADGE)
    assert isinstance(came, Person) and came.person_id == ann.person_id
    assert isinstance(await verifier.by_badge(TACOMA, BADGE), Refusal)
    another = new_badge("2" * BADGE_RANDOM)
    await staff.set_badge(ann, another, BOB)
    assert isinstance(await verifier.by_badge(SEATTLE, BADGE), Refusal)
    assert isinstance(await verifier.by_badge(SEATTLE, another), Person)


async def test_who_guesses_waits_also_after_a_restart_and_a_badge_never_does(
    tmp_path: Path, session: Session, staff: StaffRepository, verifier: Verifier, clock: Clock
) -> None:
    ann = await add(staff)
    ben = await add(staff, "Ben", Role.WORKER)
    await staff.set_badge(ann, BADGE, BOB)
    for _ in range(3):
        refused = await verifier.by_pin(SEATTLE, ann.person_id, "1357")
    assert isinstance(refused, Refusal) and refused.until is not None
    # The right one is not looked at either, else the wait would tell whether it was right.
    assert isinstance(await verifier.by_pin(SEATTLE, ann.person_id, PIN), Refusal)
    assert isinstance(await verifier.by_badge(SEATTLE, BADGE), Person)
    assert isinstance(await verifier.by_pin(SEATTLE, ben.person_id, PIN), Person)
    again = Verifier(session, clock)
    assert isinstance(await again.by_pin(SEATTLE, ann.person_id, PIN), Refusal)
    clock.now += timedelta(minutes=5)
    assert isinstance(await again.by_pin(SEATTLE, ann.person_id, PIN), Person)
    assert isinstance(await again.by_pin(SEATTLE, ann.person_id, "1357"), Refusal)
    assert isinstance(await again.by_pin(SEATTLE, ann.person_id, PIN), Person)


async def test_a_new_pin_ends_the_wait_and_the_former_pin(
    staff: StaffRepository, verifier: Verifier
) -> None:
    ann = await add(staff)
    for _ in range(4):
        await verifier.by_pin(SEATTLE, ann.person_id, "1357")
    await staff.set_pin(ann, "2468", BOB)
    assert isinstance(await verifier.by_pin(SEATTLE, ann.person_id, "2468"), Person)
    assert isinstance(await verifier.by_pin(SEATTLE, ann.person_id, PIN), Refusal)
    with pytest.raises(InvalidInputError):
        await staff.set_pin(ann, "1234", BOB)


async def test_nothing_takes_the_last_manager(
    session: Session, staff: StaffRepository, clock: Clock
) -> None:
    with pytest.raises(InvalidInputError, match="begin with a manager"):
        await add(staff, "Ben", Role.WORKER)
    ann = await add(staff)
    for act in (
        lambda: staff.set_active(ann, False, BOB),
        lambda: staff.change(ann, "Ann", Role.WORKER, [SEATTLE], BOB),
        lambda: staff.change(ann, "Ann", Role.MANAGER, [], BOB),
        lambda: staff.change(ann, "Ann", Role.MANAGER, [TACOMA], BOB),
    ):
        with pytest.raises(UserError, match="last manager"):
            await act()
    assert [one.name for one in await staff.people(SEATTLE)] == ["Ann"]
    cleo = await add(staff, "Cleo")
    await staff.set_active(ann, False, BOB)
    with pytest.raises(UserError, match="last manager"):
        await staff.set_active(cleo, False, BOB)
    await staff.set_active(ann, True, BOB)
    with pytest.raises(InvalidInputError, match="works here already"):
        await staff.change(cleo, "ANN", Role.MANAGER, [SEATTLE], BOB)


async def test_who_does_not_work_here_any_more_stays_out(
    staff: StaffRepository, verifier: Verifier
) -> None:
    await add(staff)
    ben = await add(staff, "Ben", Role.WORKER)
    await staff.set_badge(ben, BADGE, BOB)
    await staff.set_active(ben, False, BOB)
    for refused in (
        await verifier.by_pin(SEATTLE, ben.person_id, PIN),
        await verifier.by_badge(SEATTLE, BADGE),
    ):
        assert isinstance(refused, Refusal) and "any more" in refused.sentence


async def test_a_manager_of_two_stores_is_one_person_in_both(
    staff: StaffRepository, verifier: Verifier
) -> None:
    ann = await add(staff)
    await staff.set_badge(ann, BADGE, BOB)
    await staff.change(ann, "Ann", Role.MANAGER, [SEATTLE, TACOMA], BOB)
    for store_id in (SEATTLE, TACOMA):
        came = await verifier.by_pin(store_id, ann.person_id, PIN)
        assert isinstance(came, Person)
        assert (came.store_id, came.stores) == (store_id, (SEATTLE, TACOMA))
        assert isinstance(await verifier.by_badge(store_id, BADGE), Person)
    await staff.set_pin(ann, "2468", BOB)
    assert isinstance(await verifier.by_pin(TACOMA, ann.person_id, "2468"), Person)
    await staff.add("Cleo", Role.MANAGER, [TACOMA], PIN, BOB)
    await staff.change(ann, "Ann", Role.MANAGER, [SEATTLE], BOB)
    assert isinstance(await verifier.by_pin(TACOMA, ann.person_id, "2468"), Refusal)
    (here,) = await staff.people(SEATTLE)
    assert here.stores == (SEATTLE,)
    elsewhere = replace(here, stores=(SEATTLE, "store_spokane"))
    assert await staff.set_pin(elsewhere, PIN, BOB) == ["store_spokane"]


async def test_undo_takes_back_what_was_done_to_people(
    session: Session, staff: StaffRepository, clock: Clock
) -> None:
    undoing = Repositories(session, clock, SEATTLE).undoing

    async def undo() -> str:
        offer = await undoing.last(SEATTLE, BOB.device.device_id)
        assert offer is not None
        if not offer.refused:
            await undoing.take_back(offer, BOB)
        return offer.name

    await add(staff)
    ben = await add(staff, "Ben", Role.WORKER)
    await staff.change(ben, "Ben", Role.REP, [SEATTLE], BOB)
    await staff.set_active(ben, False, BOB)
    assert await undo() == "change of Ben in People"
    assert [one.active for one in await staff.people(SEATTLE)] == [True, True]
    await undo()
    assert [one.role for one in await staff.people(SEATTLE)] == [Role.MANAGER, Role.WORKER]
    await undo()
    assert [one.name for one in await staff.people(SEATTLE)] == ["Ann"]
    await staff.set_pin((await staff.people(SEATTLE))[0], "2468", BOB)
    assert await undo() == "new PIN or badge of Ann"


async def test_undo_leaves_the_last_manager(
    session: Session, staff: StaffRepository, clock: Clock
) -> None:
    undoing = Repositories(session, clock, SEATTLE).undoing
    await add(staff)
    offer = await undoing.last(SEATTLE, BOB.device.device_id)
    assert offer is not None
    with pytest.raises(UserError, match="last manager"):
        await undoing.take_back(offer, BOB)


async def test_a_faulty_person_is_one_faulty_row(
    session: Session, staff: StaffRepository, verifier: Verifier
) -> None:
    ann = await add(staff)
    for one in bad("staff"):
        document = one.document | {"store_id": SEATTLE} | one.document
        await session.query(_PUT, {"document": document})
    assert [one.name for one in await staff.people(SEATTLE) if one.name == "Ann"] == ["Ann"]
    assert isinstance(await verifier.by_pin(SEATTLE, ann.person_id, PIN), Person)
    heard: Heard[list[Person]] = Heard()
    cancel = staff.watch(SEATTLE, heard)
    shown = await heard.until(lambda people: len(people) > 20)
    cancel()
    assert any(one.fault for one in shown)
    assert all(not one.may_sign_in for one in shown if one.fault)


@pytest.mark.parametrize(
    ("pin_hash", "words"),
    [
        ("1234", "no argon2id hash"),
        ("$argon2i$v=19$m=65536,t=3,p=4$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA", "no argon2id"),
        ("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA", "too little"),
        ("$argon2id$v=19$m=99999999,t=3,p=4$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA", "too long"),
        ("$argon2id$v=19$m=65536,t=999,p=4$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA", "too long"),
    ],
)
async def test_a_hash_that_is_weak_or_a_burden_lets_nobody_in(
    session: Session, verifier: Verifier, pin_hash: str, words: str
) -> None:
    document = good("staff") | {"role": "manager", "active": True, "pin_hash": pin_hash}
    document["badge_hash"] = ""
    await session.query(_PUT, {"document": document})
    key = {"store_id": SEATTLE, "staff_id": staff_id(SEATTLE, "p")}
    document |= key | {"_id": key, "person_id": "p"}
    await session.query(_PUT, {"document": document})
    refused = await verifier.by_pin(SEATTLE, "p", PIN)
    assert isinstance(refused, Refusal)
    assert words in refused.sentence
    assert pin_hash not in refused.sentence


@pytest.mark.usefixtures("own_hashes")
def test_our_own_hashes_are_as_owasp_asks() -> None:
    kept = SecretHashes().hash(PIN)
    assert fault_of_hash(kept) == ""
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert SecretHashes().verify(kept, PIN)
    assert not SecretHashes().verify(None, PIN)
