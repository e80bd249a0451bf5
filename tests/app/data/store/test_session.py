"""Opening and closing the store, and one sentence for everything that can be wrong with it."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.data.store.session import Row, Session, store_in_use
from app.data.store.unit_of_work import UnitOfWork, Written
from app.domain.entities import Reason
from app.domain.errors import StorageError
from connector_config.paths import MINIMUM_FREE_BYTES, store_directory
from tests.helpers import programs
from tests.helpers.stock_room import ANN, SEATTLE, Heard, StockRoom
from tests.helpers.waiting import PATIENCE, until

Damage = Callable[[Path], object]


def outcome_of_opening(data_dir: Path) -> str:
    """Open the store in a process of its own, which the native library may abort."""
    ended = programs.run("tests.helpers.worker", data_dir, "open")
    assert (ended.code, ended.err) == (0, "")
    return ended.out.strip()


async def examine(data_dir: Path, movements: int | None = None) -> set[str]:
    """The movements of a store that is whole and takes another change."""
    session = await Session.open(data_dir)
    room = StockRoom(session)
    rows = await session.query("SELECT movement_id FROM stock_movements")
    proof = await room.stock.prove(SEATTLE)
    assert (proof.holds, proof.movements) == (True, len(rows))
    assert movements in (None, len(rows))
    item = await room.item()
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    assert (await room.stored(item)).on_hand == item.on_hand + 1
    await session.close()
    return {row["movement_id"] for row in rows}


# --- opening and closing


async def test_a_new_folder_becomes_an_empty_store(tmp_path: Path) -> None:
    session = await Session.open(tmp_path / "deep" / "down")
    assert await session.query("SELECT * FROM inventory LIMIT 1") == []
    assert session.size > 0
    await session.close()


async def test_what_was_written_is_there_after_opening_again(data_dir: Path) -> None:
    session = await Session.open(data_dir)
    room = StockRoom(session)
    item = await room.item()
    await room.stock.adjust(item, -2, Reason.DAMAGED, ANN)
    await session.close()

    session = await Session.open(data_dir)
    assert (await StockRoom(session).stored(item)).on_hand == item.on_hand - 2
    await session.close()


async def test_closing_waits_for_the_writes_under_way(data_dir: Path) -> None:
    session = await Session.open(data_dir)
    room = StockRoom(session)
    items = await room.items(limit=30)
    writes = [
        asyncio.ensure_future(room.stock.adjust(item, 1, Reason.FOUND, ANN)) for item in items
    ]
    await asyncio.sleep(0)
    await session.close()
    assert [movement.quantity for movement in await asyncio.gather(*writes)] == [1] * 30

    session = await Session.open(data_dir)
    room = StockRoom(session)
    assert await room.count_movements() == 30
    assert (await room.stock.prove(SEATTLE)).holds
    await session.close()


@pytest.mark.parametrize("moments", [0, 1, 3, 10])
async def test_it_closes_while_what_was_read_is_given_up(data_dir: Path, moments: int) -> None:
    session = await Session.open(data_dir)

    async def work(unit: UnitOfWork) -> list[Row]:
        return await unit.query("SELECT * FROM stores LIMIT 10", {})

    reads = [asyncio.ensure_future(session.read(work)) for _ in range(3)]
    for _ in range(moments):
        await asyncio.sleep(0)
    for read in reads:
        read.cancel()
    await asyncio.wait_for(session.close(), PATIENCE)
    outcomes = await asyncio.gather(*reads, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in outcomes)


async def test_who_is_gone_leaves_no_write_that_nobody_hears_of(data_dir: Path) -> None:
    session = await Session.open(data_dir)
    room, heard = StockRoom(session), list[Written]()
    session.on_written(heard.append)
    item = await room.item()
    asked = asyncio.ensure_future(room.stock.adjust(item, 1, Reason.FOUND, ANN))
    await until(lambda: session.busy, "the transaction")
    asked.cancel()
    await asyncio.wait([asked])
    assert asked.cancelled()
    await session.written()
    assert (await room.stored(item)).on_hand == item.on_hand + 1
    assert len(heard) == 1
    await session.close()


async def test_a_failure_is_nobody_s_once_whoever_asked_is_gone(data_dir: Path) -> None:
    session = await Session.open(data_dir)
    reported: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(context))
    go_on = asyncio.Event()

    async def work(unit: UnitOfWork) -> None:
        await go_on.wait()
        raise LookupError("It cannot be done.")

    asked = asyncio.ensure_future(session.read(work))
    await asyncio.sleep(0.05)
    asked.cancel()
    await asyncio.wait([asked])
    go_on.set()
    await until(lambda: not session._under_way, "it to end")
    await asyncio.sleep(0)
    assert asked.cancelled()
    # It holds the frame that awaited what failed.
    del asked
    gc.collect()
    assert reported == []
    loop.set_exception_handler(None)
    await session.close()


async def test_closing_ends_every_live_query(data_dir: Path) -> None:
    session = await Session.open(data_dir)
    heard = Heard[list[Row]]()
    cancel = session.watch("SELECT * FROM stores", None, heard)
    await heard.first()
    await session.close()
    cancel()
    calls = len(heard.calls)
    await asyncio.sleep(0.1)
    assert len(heard.calls) == calls


async def test_a_big_live_result_arrives_whole(session: Session) -> None:
    heard = Heard[list[Row]]()
    cancel = session.watch("SELECT * FROM inventory", None, heard)
    rows = await heard.first()
    assert len(rows) > 3_000
    assert {"stock_level", "product_id", "_id"} <= rows[0].keys()
    cancel()


async def test_a_wrong_statement_is_a_sentence(session: Session) -> None:
    with pytest.raises(StorageError, match=r"^The store in .* refused that: .*\.$"):
        await session.query("SELEKT everything")


# --- one at a time


async def test_a_store_is_in_use_while_it_is_open(data_dir: Path) -> None:
    assert not store_in_use(data_dir)
    session = await Session.open(data_dir)
    assert store_in_use(data_dir)
    await session.close()
    assert not store_in_use(data_dir)


def test_a_folder_without_a_store_is_not_in_use(tmp_path: Path) -> None:
    assert not store_in_use(tmp_path)
    assert not store_in_use(tmp_path / "missing")


async def test_a_second_session_is_refused_and_the_first_goes_on(data_dir: Path) -> None:
    session = await Session.open(data_dir)
    with pytest.raises(StorageError) as refused:
        await Session.open(data_dir)
    assert str(data_dir) in str(refused.value)
    assert "--data-dir" in str(refused.value)
    assert outcome_of_opening(data_dir) == f"refused {refused.value}"
    room = StockRoom(session)
    item = await room.item()
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    assert (await room.stored(item)).on_hand == item.on_hand + 1
    await session.close()


# --- folders that cannot be used


async def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    with pytest.raises(StorageError) as refused:
        await Session.open(file / "data")
    assert str(file) in str(refused.value)
    assert "choose another data folder" in str(refused.value)


async def test_a_store_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    store_directory(tmp_path).write_text("in the way")
    with pytest.raises(StorageError, match="a file is in its way"):
        await Session.open(tmp_path)


async def test_a_disk_without_room_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: type(usage)(usage.total, usage.used, MINIMUM_FREE_BYTES - 1)
    )
    with pytest.raises(StorageError, match=r"less than 64 MB free: free some space"):
        await Session.open(tmp_path)


# --- a damaged store


def garbage(file: Path, size: int = 100_000) -> None:
    """Overwrite a file from the start with what is no database."""
    file.write_bytes(os.urandom(size))


def cut(file: Path) -> None:
    """Leave the first half of a file."""
    os.truncate(file, file.stat().st_size // 2)


def scratch(file: Path) -> None:
    """Overwrite everything but the first page of a file."""
    size = file.stat().st_size - 4096
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(os.urandom(size))


def in_the_way(folder: Path) -> None:
    """Put a file where a folder was."""
    shutil.rmtree(folder)
    folder.write_text("in the way")


DOCUMENTS: dict[str, Damage] = {
    "garbage": lambda store: garbage(store / "ditto_store" / "db.sql"),
    "a few bytes": lambda store: garbage(store / "ditto_store" / "db.sql", 5),
    "cut off": lambda store: cut(store / "ditto_store" / "db.sql"),
    "scratched": lambda store: scratch(store / "ditto_store" / "db.sql"),
}

HELPERS: dict[str, tuple[str, Damage]] = {
    f"{folder} {name}": (folder, damage)
    for folder in ("ditto_attachments", "ditto_system_info")
    for name, damage in {
        "garbage": lambda helper: garbage(helper / "db.sql"),
        "cut off": lambda helper: cut(helper / "db.sql"),
        "scratched": lambda helper: scratch(helper / "db.sql"),
        "a file": in_the_way,
    }.items()
}


@pytest.mark.parametrize("damage", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_damaged_documents_are_told_with_the_folder_and_the_fix(
    data_dir: Path, damage: Damage
) -> None:
    damage(store_directory(data_dir))
    assert outcome_of_opening(data_dir) == (
        f"refused The store in {data_dir} is damaged: move that folder away to keep it, "
        "or delete the store with `zava reset`, then start again."
    )


@pytest.mark.parametrize(("folder", "damage"), HELPERS.values(), ids=HELPERS.keys())
def test_damage_beside_the_documents_is_told_and_deleting_it_helps(
    data_dir: Path, folder: str, damage: Damage
) -> None:
    helper = store_directory(data_dir) / folder
    damage(helper)
    assert outcome_of_opening(data_dir) == (
        f"refused {helper} is damaged: delete it (no stock and no history is in it), "
        "and start again."
    )
    if helper.is_dir():
        shutil.rmtree(helper)
    else:
        helper.unlink()
    asyncio.run(examine(data_dir, movements=0))


@pytest.mark.parametrize("rest", ["missing", "garbage", "cut off"])
def test_a_lost_write_ahead_file_leaves_whole_transactions(data_dir: Path, rest: str) -> None:
    with programs.start("tests.helpers.worker", data_dir, "work") as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            if line.startswith("confirmed"):
                break
        worker.kill()
    log = store_directory(data_dir) / "ditto_store" / "db.sql-wal"
    assert log.stat().st_size > 0
    if rest == "missing":
        log.unlink()
    elif rest == "garbage":
        garbage(log, log.stat().st_size)
    else:
        cut(log)

    asyncio.run(examine(data_dir))


# --- a disk that fills up


@pytest.mark.parametrize("megabytes", [1, 3])
def test_a_disk_that_fills_up_loses_nothing_that_was_confirmed(
    data_dir: Path, megabytes: int
) -> None:
    # No file may grow beyond this, which is what the write-ahead file of the store runs into.
    limit = megabytes * 1_000_000
    ended = programs.run(
        "tests.helpers.worker", data_dir, "work", "--largest-file", limit, "--note", 9_000
    )
    lines = ended.out.splitlines()
    confirmed = {line.split()[1] for line in lines if line.startswith("confirmed")}
    refused = {line for line in lines if line.startswith("refused")}
    assert (ended.code, ended.err, lines[-1]) == (0, "", "ended")
    assert len(confirmed) > 2
    (sentence,) = refused
    assert str(data_dir) in sentence
    assert "free space" in sentence

    assert confirmed <= asyncio.run(examine(data_dir))
