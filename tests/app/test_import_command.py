"""`zava import-catalogue`: the command around the import."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli import main
from app.data.store.new_shop import begin_shop
from app.data.store.session import Session
from app.domain.conventions import US
from app.domain.shops import NewShop, TypedShop, read_shop
from app.settings import SECRETS

ROWS = (
    "Name;SKU;EAN;Price;Category\nHammer;HAM-1;4006381333931;12,50;Tools\nNail;NAI-1;;0,05;Tools\n"
)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside, and an empty working directory."""
    for name in (*SECRETS, "ZAVA_DATA_DIR", "ZAVA_SYNC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def goods(tmp_path: Path) -> Path:
    """A file with two products."""
    file = tmp_path / "goods.csv"
    file.write_text(ROWS, "utf-8-sig")
    return file


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that has begun."""
    folder = tmp_path_factory.mktemp("shop")

    async def begin() -> None:
        session = await Session.open(folder)
        shop = read_shop(TypedShop("Strom", "", "", "US", "0", "America/Los_Angeles"), US)
        assert isinstance(shop, NewShop)
        await begin_shop(session, lambda: datetime(2026, 12, 1, tzinfo=UTC), shop, ())
        await session.close()

    asyncio.run(begin())
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """The exit code, and what is printed."""
    code = main(["import-catalogue", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_file_is_tried_taken_in_and_known_again(
    capsys: pytest.CaptureFixture[str], data_dir: Path, goods: Path
) -> None:
    given = (goods, "--data-dir", data_dir)
    counts = "2 new products, 0 changed, 0 as they were; 1 new code, 1 new category; in 1 store.\n"
    tried = f"Nothing was changed. It would be: {counts}"
    assert run(capsys, *given, "--dry-run") == (0, tried, "")
    assert run(capsys, *given) == (0, f"Imported: {counts}", "")
    again = "0 new products, 0 changed, 2 as they were; 0 new codes, 0 new categories; in 1 store."
    assert run(capsys, *given) == (0, f"Imported: {again}\n", "")


def test_all_that_is_wrong_is_printed_and_nothing_is_taken_in(
    capsys: pytest.CaptureFixture[str], data_dir: Path, goods: Path
) -> None:
    goods.write_text(ROWS + "Saw;SAW-1;4006381333930;x;Tools\n;;;;More\n")
    code, out, err = run(capsys, goods, "--data-dir", data_dir)
    assert (code, out) == (1, "")
    assert err.startswith("zava: 5 problems in the file, and nothing was imported:\n  line 4, ")
    assert len(err.splitlines()) == 6


def test_what_cannot_be_is_one_sentence(
    capsys: pytest.CaptureFixture[str],
    data_dir: Path,
    goods: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, _, err = run(capsys, tmp_path / "no.csv", "--data-dir", data_dir)
    assert code == 1 and "cannot be read (No such file or directory): name a CSV file." in err
    code, _, err = run(capsys, goods, "--data-dir", tmp_path / "empty")
    assert code == 1 and "There is no store on this device yet" in err
    for name in ("DITTO_SERVER_URL", "DITTO_APP_ID", "DITTO_DEVELOPMENT_TOKEN"):
        monkeypatch.setenv(name, "https://cloud.example")
    code, _, err = run(capsys, goods, "--data-dir", data_dir)
    assert code == 1 and "With Ditto Cloud the catalogue comes from MongoDB" in err
