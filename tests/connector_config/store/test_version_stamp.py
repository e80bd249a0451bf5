"""A store of an older version opens; one of a newer version is refused and stays as it is."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from app.doctor import BAD, examine
from app.settings import Settings
from connector_config import __version__
from connector_config.paths import store_directory
from connector_config.store.local_store import LocalStoreError, open_local_store
from connector_config.store.version_stamp import STAMP, newer_version
from tests.helpers import older_store


def opened(data_dir: Path) -> None:
    """Open the store, and close it."""

    async def look() -> None:
        peer = await open_local_store(data_dir)
        await peer.close()

    asyncio.run(look())


def contents(folder: Path) -> dict[str, tuple[int, int, str]]:
    """What is in a folder: the mode, the last change and the content of each file."""
    return {
        str(one.relative_to(folder)): (
            one.stat().st_mode,
            one.stat().st_mtime_ns,
            hashlib.sha256(one.read_bytes()).hexdigest() if one.is_file() else "",
        )
        for one in (folder, *folder.rglob("*"))
    }


def test_an_older_store_is_stamped_when_it_is_opened(tmp_path: Path) -> None:
    older_store.unpack(tmp_path)
    file = store_directory(tmp_path) / STAMP
    assert not file.exists()
    opened(tmp_path)
    assert file.read_text("utf-8") == f"{__version__}\n"
    file.write_text("0.1.0\n")
    opened(tmp_path)
    assert file.read_text("utf-8") == f"{__version__}\n"


@pytest.mark.parametrize("version", ["0.2.1", "0.10.0", "1.0.0", "99.0.0.dev1"])
def test_a_newer_store_is_refused_and_stays_as_it_is(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_config.store.version_stamp.__version__", "0.2.0")
    older_store.unpack(tmp_path)
    (store_directory(tmp_path) / STAMP).write_text(f"{version}\n")
    # Others may read it, which opening would end.
    tmp_path.chmod(0o755)
    before = contents(tmp_path)
    with pytest.raises(LocalStoreError, match=f"written by version {version}, which is newer"):
        opened(tmp_path)
    assert contents(tmp_path) == before
    (found,) = [one for one in examine(Settings(tmp_path)) if one.subject == "Local store"]
    assert found.level == BAD and version in found.text


@pytest.mark.parametrize("text", ["", "0.1.9", "0.2.0", "what?", "\x00\xff"])
def test_every_other_one_is_opened(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_config.store.version_stamp.__version__", "0.2.0")
    (tmp_path / STAMP).write_text(text, "latin-1")
    assert newer_version(tmp_path) == ""
    assert newer_version(tmp_path / "nowhere") == ""
